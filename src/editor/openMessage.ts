/** Opening what a person points at: a row of the tree, a pasted Message-ID, link, or text round either. */
import * as vscode from "vscode";
import { UserError } from "../base/report.ts";
import { loreLink } from "../mail/loreLink.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Commands } from "./commands.ts";
import { findReference } from "./messageReference.ts";
import { isElement } from "./threadElements.ts";
import type { ThreadsTree } from "./threadsTree.ts";

interface OpenParts {
  commands: Commands;
  archive: Archive;
  /** Shows the thread of a message, at that message, in the way the person has chosen. */
  openThread: (messageId: string, column?: vscode.ViewColumn) => Promise<void>;
  tree: ThreadsTree;
}

/** The text of a command's argument: a string, or `{id}` from programs. */
function textOf(argument: unknown): string | undefined {
  if (typeof argument === "string") return argument;
  if (typeof argument === "object" && argument !== null && "id" in argument) {
    return typeof argument.id === "string" ? argument.id : undefined;
  }
  return undefined;
}

/** The word or selection in the active editor, when a Message-ID or link stands in it. */
function textAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const range = selection.isEmpty
    ? document.getWordRangeAtPosition(selection.active, /[^\s<>"]{1,400}/)
    : selection;
  const text = range === undefined ? "" : document.getText(range).trim();
  return findReference(text).messageIds.length > 0 ? text : undefined;
}

async function ask(): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: "Open Message or Link",
    prompt:
      "A Message-ID, or a link to a message on lore or another public-inbox server; text round it is fine.",
    placeHolder: "20261116091542.4711-1-ada@kernel.example",
    value: textAtCursor() ?? "",
  });
}

/** A message that no archive has: says so, and offers the browser, which is the person's own step. */
async function offerBrowser(messageId: string, url: string | undefined): Promise<void> {
  const choice = await vscode.window.showInformationMessage(
    `No archive has the message <${messageId}>. Open it in the browser, or add the archive of its list.`,
    "Open in Browser",
    "Add Archive...",
  );
  if (choice === "Open in Browser") {
    await vscode.env.openExternal(vscode.Uri.parse(url ?? loreLink(messageId), true));
  }
  if (choice === "Add Archive...") await vscode.commands.executeCommand("kernelMail.addArchive");
}

export function registerOpenMessage({ commands, archive, openThread, tree }: OpenParts): void {
  const openText = async (text: string): Promise<void> => {
    const { messageIds, url } = findReference(text);
    const [first] = messageIds;
    if (first === undefined) {
      throw new UserError(
        "There is no Message-ID and no link to a message in this text.",
        "Paste a Message-ID such as 20261116091542.4711-1-ada@kernel.example, or a link from lore.kernel.org.",
      );
    }
    const present = await archive.request("has", { messageIds });
    const held = messageIds.find((_, index) => present[index]);
    if (held === undefined) await offerBrowser(first, url);
    else await openThread(held);
  };

  commands.register("kernelMail.openMessage", async (argument) => {
    const text = textOf(argument) ?? (await ask());
    if (text !== undefined && text.trim() !== "") await openText(text);
  });

  const openRow = async (argument: unknown, column?: vscode.ViewColumn): Promise<void> => {
    if (!isElement(argument)) return;
    if (argument.kind === "thread") await openThread(argument.row.thread, column);
    if (argument.kind === "message") await openThread(argument.node.messageId, column);
  };
  commands.register("kernelMail.openThread", (argument) => openRow(argument));
  commands.register("kernelMail.openThreadToSide", (argument) =>
    openRow(argument ?? tree.selected(), vscode.ViewColumn.Beside),
  );
}
