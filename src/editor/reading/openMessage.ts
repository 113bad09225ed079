/** Opening what a person points at: a row of the tree, a pasted Message-ID, link or commit, or text round any of them. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { findTextLinks } from "../../mail/links.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Servers } from "../archives/servers.ts";
import type { Commands } from "../commands.ts";
import { type Follow, type FollowedLink, isFollowed } from "../links/follow.ts";
import { findReference } from "../messageReference.ts";
import { isElement } from "../tree/threadElements.ts";
import type { ThreadsTree } from "../tree/threadsTree.ts";

interface OpenParts {
  commands: Commands;
  archive: Archive;
  /** Shows the thread of a message, at that message, in the way the person has chosen. */
  openThread: (messageId: string, column?: vscode.ViewColumn) => Promise<void>;
  tree: ThreadsTree;
  follow: Follow;
  servers: Servers;
}

/** What a key of the tree selects is asked to be opened at the same moment as the key acts, within this, in milliseconds. */
const TREE_KEY_MS = 30;

/** A file that holds a message; of any other one a link in it is opened. */
const MAIL_FILE = /\.(?:eml|patch)$/i;

/** The text of a command's argument: a string, or `{id}` from programs. */
function textOf(argument: unknown): string | undefined {
  if (typeof argument === "string") return argument;
  if (typeof argument === "object" && argument !== null && "id" in argument) {
    return typeof argument.id === "string" ? argument.id : undefined;
  }
  return undefined;
}

/** The word or selection in the active editor, when something to follow stands in it. */
function textAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  const range = selection.isEmpty
    ? document.getWordRangeAtPosition(selection.active, /[^\s<>"]{1,400}/)
    : selection;
  const text = range === undefined ? "" : document.getText(range).trim();
  return pasted(text) === undefined ? undefined : text;
}

/** A link to follow, as `findLinks` finds it in mail, or the candidates for one Message-ID. */
type Pasted = { messageIds: string[]; url?: string } | FollowedLink;

/** What a pasted text names, the likeliest first; undefined when it names nothing. */
export function pasted(text: string): Pasted | undefined {
  const bare = text.trim().replace(/^commit\s+/i, "");
  if (/^[0-9a-f]{7,40}$/i.test(bare)) return { kind: "commit", target: bare.toLowerCase() };
  const links = findTextLinks(text.slice(0, 20_000));
  const commit = links.find(({ kind }) => kind === "commit");
  const reference = findReference(text);
  if (reference.messageIds.length > 0) return reference;
  const [first] = links;
  const link = commit ?? first;
  if (link === undefined) return undefined;
  const { kind, target, url } = link;
  return url === undefined ? { kind, target } : { kind, target, url };
}

async function ask(): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: "Open Message or Link",
    prompt:
      "A Message-ID, a link to a message on lore or another public-inbox server, a commit, a place in a file; text round it is fine.",
    placeHolder: "20261116091542.4711-1-ada@kernel.example",
    value: textAtCursor() ?? "",
  });
}

export function registerOpenMessage({
  commands,
  archive,
  openThread,
  tree,
  follow,
  servers,
}: OpenParts): void {
  const openText = async (text: string): Promise<void> => {
    const found = pasted(text);
    if (found === undefined) {
      throw new UserError(
        "There is no Message-ID, link or commit in this text.",
        "Paste a Message-ID such as 20261116091542.4711-1-ada@kernel.example, or a link from lore.kernel.org.",
      );
    }
    if ("kind" in found) {
      await (found.kind === "commit" ? follow.commit(found.target, found.url) : follow.link(found));
      return;
    }
    const { messageIds, url } = found;
    const present = await archive.request("has", { messageIds });
    const target = messageIds.find((_, index) => present[index]) ?? messageIds[0] ?? "";
    await follow.link({ kind: "messageId", target, ...(url === undefined ? {} : { url }) });
  };

  /** A message that is a file: it is shown like one that a server sent. */
  const openFile = async (uri: vscode.Uri): Promise<void> => {
    const bytes = await vscode.workspace.fs.readFile(uri);
    const [first] = await servers.receive(
      { url: uri.toString(), pieces: [bytes] },
      new AbortController().signal,
    );
    if (first === undefined) {
      throw new UserError(`“${uri.fsPath}” holds no message.`, "Choose a mail or a patch that was mailed.");
    }
    await openThread(first);
  };

  commands.register("kernelMail.openMessage", async (argument) => {
    if (isFollowed(argument)) return await follow.link(argument);
    if (argument instanceof vscode.Uri && MAIL_FILE.test(argument.path)) return await openFile(argument);
    // The menu of an editor gives its file, too: what stands at the cursor is meant.
    const pointed = argument instanceof vscode.Uri ? textAtCursor() : textOf(argument);
    const text = pointed ?? (await ask());
    if (text !== undefined && text.trim() !== "") await openText(text);
  });

  const openRow = async (argument: unknown, column?: vscode.ViewColumn): Promise<void> => {
    if (!isElement(argument)) return;
    if (argument.kind === "thread") await openThread(argument.row.thread, column);
    if (argument.kind === "message") await openThread(argument.node.messageId, column);
  };
  // The keys of the tree act on its selection, so that they select first; and what is selected is opened by the editor.
  commands.register("kernelMail.openThread", async (argument) => {
    await delay(TREE_KEY_MS);
    if (commands.sinceTreeKey() > 2 * TREE_KEY_MS) await openRow(argument);
  });
  commands.register("kernelMail.openThreadToSide", (argument) =>
    openRow(argument ?? tree.selected(), vscode.ViewColumn.Beside),
  );
}
