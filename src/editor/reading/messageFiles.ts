/** A message as bytes: shown raw, saved as .eml, or its whole thread saved as an mbox. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { writeMboxrd } from "../../sources/mboxrd.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { type Documents, documentUri, showBytes } from "../documents.ts";
import { draftName } from "../drafts/drafts.ts";
import { askWhere } from "../openFolder.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

/** Messages asked for at once when a thread is written: some hundred kilobytes, not the whole of a large thread. */
const AT_ONCE = 50;

const gone = (messageId: string): UserError =>
  new UserError(
    `The bytes of <${messageId}> cannot be read any more.`,
    "Check its archive for new mail, or look whether the archive was moved.",
  );

interface MessageFilesParts extends FocusParts {
  commands: Commands;
  documents: Documents;
}

export function registerMessageFiles(parts: MessageFilesParts): void {
  const { archive, commands, documents } = parts;

  const bytesOf = async (messageId: string): Promise<Uint8Array | undefined> => {
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    return found?.raw;
  };

  const save = async (
    target: unknown,
    title: string,
    name: string,
    ending: string,
    bytes: () => Promise<Uint8Array>,
  ) => {
    const kind = { label: ending === "eml" ? "Messages" : "mbox", ending };
    const uri = target instanceof vscode.Uri ? target : await askWhere(title, name, kind);
    if (uri === undefined) return;
    await vscode.workspace.fs.writeFile(uri, await bytes());
    vscode.window.setStatusBarMessage(`Saved ${basename(uri.path)}`, 5000);
  };

  const threadOf = async (messageId: string) => {
    const answer = await archive.request("thread", { messageId });
    if (answer === null) throw gone(messageId);
    return answer;
  };

  commands.register("kernelMail.showRaw", async (argument) => {
    const { messageId } = await messageInFocus(parts, argument);
    if ((await bytesOf(messageId)) === undefined) throw gone(messageId);
    await showBytes(documentUri("raw", "Raw Message.txt", messageId));
  });

  commands.register("kernelMail.saveMessage", async (argument, target) => {
    const { messageId } = await messageInFocus(parts, argument);
    const raw = await bytesOf(messageId);
    if (raw === undefined) throw gone(messageId);
    const { nodes } = await threadOf(messageId);
    const subject = nodes.find((node) => node.messageId === messageId)?.subject ?? "";
    await save(target, "Save Message as .eml", draftName(subject || "message"), "eml", async () => raw);
  });

  commands.register("kernelMail.exportThread", async (argument, target) => {
    const { messageId } = await messageInFocus(parts, argument);
    const { row, nodes } = await threadOf(messageId);
    await save(target, "Export Thread as mbox", draftName(row.subject || "thread"), "mbox", async () => {
      const ids = nodes.filter((node) => !node.missing).map((node) => node.messageId);
      const pieces: Uint8Array[] = [];
      const lost = new Set(ids);
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const found = await archive.request("raw", { messageIds: ids.slice(at, at + AT_ONCE) });
        for (const { messageId: id, raw } of found) {
          pieces.push(writeMboxrd(raw));
          lost.delete(id);
        }
      }
      if (lost.size > 0) {
        void vscode.window.showWarningMessage(
          `${count(lost.size, "message")} of the thread can no longer be read: left out of the file.`,
        );
      }
      return Buffer.concat(pieces);
    });
  });

  documents.serve("raw", (uri) => bytesOf(uri.query));
}
