/** Fetching what a thread refers to but no archive has. */
import * as vscode from "vscode";
import type { Commands } from "./commands.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";
import { asking, cannotAsk, type Servers } from "./servers.ts";

interface FetchParts extends FocusParts {
  commands: Commands;
  servers: Servers;
  openThread: (messageId: string) => Promise<void>;
}

export function registerFetchMissing(parts: FetchParts): void {
  const { commands, archive, servers, openThread } = parts;
  commands.register("kernelMail.fetchMissing", async (argument) => {
    const { messageId } = await messageInFocus(parts, argument);
    await fetchMissing(messageId);
  });

  /** Asks for the thread of the messages that are referred to but absent. */
  const fetchMissing = async (messageId: string): Promise<void> => {
    const before = await archive.request("thread", { messageId });
    const missing = before?.nodes.filter((node) => node.missing).map((node) => node.messageId) ?? [];
    const [first] = missing;
    if (first === undefined) {
      void vscode.window.showInformationMessage("No message of this thread is missing.");
      return;
    }
    if (!servers.mayAsk()) {
      throw cannotAsk();
    }
    // The whole thread comes with any message of it: what is there first, for no server may have a ghost.
    const present = before?.nodes.find((node) => !node.missing)?.messageId;
    await asking(`Asking ${servers.names()} for missing messages`, async (signal) => {
      for (const id of present === undefined ? [first] : [present, first]) {
        await servers.fetchThread(id, undefined, signal);
        const [came] = await archive.request("has", { messageIds: [first] });
        if (came) return;
      }
    });
    const held = await archive.request("has", { messageIds: missing });
    const came = held.filter(Boolean).length;
    void vscode.window.showInformationMessage(
      came === 0
        ? `${servers.names()} does not have what is missing here.`
        : `${came} of ${missing.length} missing messages came.`,
    );
    if (came > 0) await openThread(present ?? messageId);
  };
}
