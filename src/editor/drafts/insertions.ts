/** What is put into a draft from elsewhere: a commit as a `Fixes:` trailer, a link to a message. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { readDraft } from "../../compose/draftText.ts";
import { loreLink } from "../../mail/loreLink.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { type CommitLine, fixesTrailer, type KernelTrees } from "../links/kernelTrees.ts";
import { findReference } from "../messageReference.ts";
import { inLabel } from "../plainWords.ts";
import { fullDate } from "../tree/threadLabels.ts";
import { activeDraftEditor, textMoved, textOf } from "./draftDocument.ts";

interface InsertionParts {
  archive: Archive;
  commands: Commands;
  trees: KernelTrees;
}

/** Entries of one list. */
const SHOWN = 50;
/** Typing rests this long before git is asked, in milliseconds. */
const REST_MS = 200;

interface CommitItem extends vscode.QuickPickItem {
  commit: CommitLine;
}

interface LinkItem extends vscode.QuickPickItem {
  messageId: string;
}

/** The files that a draft's cited or own diffs change: what was broken is most often found there. */
export function changedFiles(text: string): string[] {
  const files = new Set<string>();
  for (const match of text.matchAll(/^[> ]*diff --git a\/(\S{1,300}) b\/(\S{1,300})$/gm))
    files.add(match[2] ?? "");
  return [...files].slice(0, 20);
}

/** Puts text at the cursor; on a line of its own where the cursor's line has text. */
async function insertLine(editor: vscode.TextEditor, line: string): Promise<void> {
  const { active } = editor.selection;
  const isEmpty = editor.document.lineAt(active.line).text.trim() === "";
  const end = editor.document.lineAt(active.line).range.end;
  const done = await editor.edit((builder) => builder.insert(end, isEmpty ? line : `\n${line}`));
  if (!done) throw textMoved();
}

export function registerInsertions({ archive, commands, trees }: InsertionParts): void {
  const chooseCommit = (files: readonly string[]): Promise<CommitLine | undefined> =>
    new Promise((resolve) => {
      const list = vscode.window.createQuickPick<CommitItem>();
      list.title = "Insert Fixes: from Git Log";
      list.placeholder = "The commit that is repaired: a part of its subject, or its id";
      list.matchOnDescription = true;
      let timer: NodeJS.Timeout | undefined;
      let asked = 0;
      const ask = (value: string) => {
        const turn = ++asked;
        list.busy = true;
        const args = /^[0-9a-f]{6,40}$/.test(value)
          ? ["-1", value, "--"]
          : value !== ""
            ? ["-n", String(SHOWN), "-i", "--fixed-strings", `--grep=${value}`]
            : ["-n", String(SHOWN), "--no-merges", "--", ...files];
        commands.attempt("read the history", async () => {
          const commits = await trees.log(args);
          if (turn !== asked) return;
          list.busy = false;
          list.items = commits.map((commit) => ({
            label: inLabel(commit.subject),
            description: `${commit.id.slice(0, 12)} · ${inLabel(commit.author)} · ${fullDate(commit.dateMs).slice(0, 10)}`,
            alwaysShow: true,
            commit,
          }));
        });
      };
      list.onDidChangeValue((value) => {
        clearTimeout(timer);
        timer = setTimeout(() => ask(value.trim()), REST_MS);
      });
      list.onDidAccept(() => {
        // Enter may come before git has answered.
        const [item] = list.selectedItems;
        if (item === undefined) return;
        resolve(item.commit);
        list.hide();
      });
      list.onDidHide(() => {
        clearTimeout(timer);
        resolve(undefined);
        list.dispose();
      });
      list.show();
      ask("");
    });

  commands.register("kernelMail.draft.insertFixes", async () => {
    const editor = activeDraftEditor();
    if (trees.folders().length === 0) {
      throw new UserError("No kernel tree is open.", "Open the folder of one, trust it, and try again.");
    }
    const commit = await chooseCommit(changedFiles(textOf(editor.document)));
    if (commit !== undefined) await insertLine(editor, fixesTrailer(commit));
  });

  commands.register("kernelMail.draft.insertLink", async () => {
    const editor = activeDraftEditor();
    const { inReplyTo } = readDraft(textOf(editor.document)).draft;
    const thread = inReplyTo === undefined ? null : await archive.request("thread", { messageId: inReplyTo });
    const messageId = await chooseMessage(
      (thread?.nodes ?? [])
        .filter(({ missing }) => !missing)
        .map(({ messageId: id, subject, fromName, dateMs }) => ({
          label: inLabel(subject || id),
          description: [inLabel(fromName), dateMs === undefined ? "" : fullDate(dateMs).slice(0, 10)].join(
            " · ",
          ),
          messageId: id,
        })),
    );
    if (messageId === undefined) return;
    const { active } = editor.selection;
    await editor.edit((builder) => builder.insert(active, loreLink(messageId)));
  });
}

/** One of the thread's messages, or whatever id or link is typed. */
function chooseMessage(items: readonly LinkItem[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<LinkItem>();
    list.title = "Insert Link to a Message";
    list.placeholder = "A message of this thread, or any Message-ID or link";
    list.matchOnDescription = true;
    list.items = items;
    list.onDidChangeValue((value) => {
      const [messageId] = findReference(value).messageIds;
      list.items =
        messageId === undefined ? items : [{ label: messageId, alwaysShow: true, messageId }, ...items];
    });
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      if (item === undefined) return;
      resolve(item.messageId);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}
