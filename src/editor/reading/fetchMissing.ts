/** Fetching what a thread refers to but no archive has: by command, and under `network.mode` `automatic` when it is opened. */
import * as vscode from "vscode";
import { isUserError, sentence } from "../../base/report.ts";
import type { ThreadView } from "../../reader/protocol.ts";
import { asking, cannotAsk, type Servers } from "../archives/servers.ts";
import type { Commands } from "../commands.ts";
import type { EditorLog } from "../log.ts";
import type { Settings } from "../settings.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

interface FetchParts extends FocusParts {
  commands: Commands;
  settings: Settings;
  servers: Servers;
  log: EditorLog;
  openThread: (messageId: string) => Promise<void>;
}

/** Registers the command. What is returned is told of every thread that is opened. */
export function registerFetchMissing(parts: FetchParts): (opened: ThreadView) => void {
  const { archive, commands, log, openThread, servers, settings } = parts;
  /** Messages that were asked for by themselves: each once, for no server may have it. */
  const asked = new Set<string>();

  const held = async (messageId: string): Promise<boolean> =>
    (await archive.request("has", { messageIds: [messageId] }))[0] === true;

  /** Asks for a missing message with its thread. The whole thread comes with any message of it: with `present` first. */
  const bring = async (missing: string, present: string | undefined, signal: AbortSignal): Promise<void> => {
    for (const id of present === undefined ? [missing] : [present, missing]) {
      await servers.fetchThread(id, undefined, signal);
      if (await held(missing)) return;
    }
  };

  commands.register("kernelMail.fetchMissing", async (argument) => {
    const { messageId } = await messageInFocus(parts, argument);
    const before = await archive.request("thread", { messageId });
    const missing = before?.nodes.filter((node) => node.missing).map((node) => node.messageId) ?? [];
    const [first] = missing;
    if (first === undefined) {
      void vscode.window.showInformationMessage("No message of this thread is missing.");
      return;
    }
    if (!servers.mayAsk()) throw cannotAsk();
    const present = before?.nodes.find((node) => !node.missing)?.messageId;
    await asking(`Asking ${servers.names()} for missing messages`, (signal) => bring(first, present, signal));
    const came = (await archive.request("has", { messageIds: missing })).filter(Boolean).length;
    void vscode.window.showInformationMessage(
      came === 0
        ? `${servers.names()} does not have what is missing here.`
        : `${came} of ${missing.length} missing messages came.`,
    );
    if (came > 0) await openThread(present ?? messageId);
  });

  return ({ outline }) => {
    if (settings.network() !== "automatic" || !servers.mayAsk()) return;
    const missing = outline.filter((entry) => entry.missing && !asked.has(entry.messageId));
    const [first] = missing;
    if (first === undefined) return;
    for (const { messageId } of missing) asked.add(messageId);
    const present = outline.find((entry) => !entry.missing)?.messageId;
    commands.attempt("fetch missing messages", async () => {
      try {
        await bring(first.messageId, present, new AbortController().signal);
      } catch (error) {
        // Nobody asked for it: what failed is not told.
        if (!isUserError(error)) throw error;
        log.warn(`missing messages: ${sentence(error)}`);
      }
    });
  };
}
