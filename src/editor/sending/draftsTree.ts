/** The Drafts and Outbox tree: what is in writing, and what is on its way; drafts open by a click. */
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { type OutboxMail, RECORDS } from "../../compose/outbox.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { type DraftFile, keptForDraft, listDrafts } from "../drafts/drafts.ts";
import { closeTabs } from "../tabs.ts";
import { fullDate, spokenAge } from "../tree/threadLabels.ts";
import { isOutboxMail, outboxItem } from "./outboxItem.ts";
import type { Sender } from "./sender.ts";

interface DraftsParts {
  archive: Archive;
  commands: Commands;
  folder: string;
  /** Opens a draft where its answer begins. */
  openDraft: (path: string) => Promise<unknown>;
  sender: Sender;
}

/** A draft, with the record of the time it was refused, or a mail of the outbox. */
type DraftRow = DraftFile & { refusal?: OutboxMail };
type Row = DraftRow | OutboxMail;

/** The argument of the key that holds in this tree. */
const FROM_TREE = "tree";

const isDraftFile = (value: unknown): value is DraftFile =>
  typeof value === "object" && value !== null && "path" in value && typeof value.path === "string";

/** "2 problems", of the errors and warnings of a draft; "" where there is none. */
function problemsText({ problems }: DraftFile): string {
  const found = problems.filter(({ severity }) => severity !== "info").length;
  return found === 0 ? "" : count(found, "problem");
}

const words = (...parts: string[]): string[] => parts.filter((part) => part !== "");

function draftItem(row: DraftRow, now: number): vscode.TreeItem {
  const { path, draft, changedMs, refusal } = row;
  const label = draft.subject || "(no subject)";
  const [first] = [...draft.to, ...draft.cc].map(({ name, address }) => name || address);
  const problems = problemsText(row);
  const age = spokenAge(changedMs, now);
  const item = new vscode.TreeItem(label);
  item.id = path;
  item.description = words(refusal === undefined ? "" : "refused", first ?? "nobody", age, problems).join(
    " · ",
  );
  item.iconPath = new vscode.ThemeIcon(refusal === undefined && problems === "" ? "edit" : "warning");
  item.contextValue = "draft";
  item.command = { command: "kernelMail.draft.open", title: "Open Draft", arguments: [{ path }] };
  const refused = refusal === undefined ? "" : "refused by the server";
  item.accessibilityInformation = {
    label: `Draft, ${words(label, refused, `to ${first ?? "nobody"}`, `changed ${age}`, problems).join(", ")}.`,
  };
  return item;
}

/** What one reads when the pointer rests on a draft: whom it goes to, what it answers, what is wrong with it. */
function draftTooltip({ draft, changedMs, problems, refusal }: DraftRow, answers: string): string {
  const recipients = [...draft.to, ...draft.cc].map(({ name, address }) => name || address);
  return [
    draft.subject || "(no subject)",
    `To ${recipients.join(", ") || "nobody"}`,
    answers,
    `Last changed ${fullDate(changedMs)}`,
    ...(refusal?.problem === undefined ? [] : [refusal.problem]),
    ...problems
      .filter(({ severity }) => severity !== "info")
      .map(({ line, message }) => `Line ${line}: ${message}`),
  ].join("\n");
}

/** Drafts, last changed first, then what is on its way. */
async function listRows(folder: string, sender: Sender): Promise<Row[]> {
  const mails = await sender.outbox.list();
  const drafts = (await listDrafts(folder)).map((file): Row => {
    const refusal = mails.find(
      ({ state, messageId }) => state === "returned" && messageId === file.draft.messageId,
    );
    return refusal === undefined ? file : { ...file, refusal };
  });
  return [...drafts, ...mails.filter(({ state }) => state !== "returned")];
}

export function openDraftsTree(parts: DraftsParts): vscode.Disposable {
  const { archive, commands, folder, openDraft, sender } = parts;
  const changed = new vscode.EventEmitter<undefined>();

  /** The message that a draft answers, in words. */
  const answered = async ({ draft: { inReplyTo } }: DraftFile): Promise<string> => {
    if (inReplyTo === undefined) return "Starts a thread of its own";
    const thread = await archive.request("thread", { messageId: inReplyTo });
    const parent = thread?.nodes.find(({ messageId }) => messageId === inReplyTo);
    if (parent === undefined || parent.missing) return "What it answers is in no archive";
    const day = parent.dateMs === undefined ? "" : ` of ${fullDate(parent.dateMs)}`;
    return `Answers ${parent.fromName || parent.fromAddress}: ${parent.subject}${day}`;
  };

  const view = vscode.window.createTreeView<Row>("kernelMail.drafts", {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (row) => (isOutboxMail(row) ? outboxItem(row, Date.now()) : draftItem(row, Date.now())),
      resolveTreeItem: async (item, row) => {
        if (!isOutboxMail(row)) item.tooltip = draftTooltip(row, await answered(row));
        return item;
      },
      getChildren: async (row) => (row === undefined ? await listRows(folder, sender) : []),
    },
  });

  const refresh = () =>
    commands.attempt("list the drafts", async () => {
      const rows = await listRows(folder, sender);
      await vscode.commands.executeCommand("setContext", "kernelMail.hasDrafts", rows.length > 0);
      changed.fire(undefined);
    });

  /** Messages are kept for drafts that are there: not for this one any more, nor for those removed by hand. */
  const releaseKept = async (): Promise<void> => {
    const there = new Set((await listDrafts(folder)).map((file) => keptForDraft(file.path)));
    for (const why of await archive.request("reasons", null)) {
      if (why.startsWith(keptForDraft("")) && !there.has(why)) await archive.request("release", { why });
    }
  };

  /** A discarded draft is kept beside the others, where it can be got back even after the undo has gone. */
  const discard = async (path: string): Promise<void> => {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === path);
    if (document?.isDirty) await document.save();
    await closeTabs(vscode.Uri.file(path));
    const bin = join(folder, "discarded");
    await mkdir(bin, { recursive: true, mode: 0o700 });
    const discarded = join(bin, basename(path));
    await rename(path, discarded);
    refresh();
    const choice = await vscode.window.showInformationMessage("The draft was discarded.", "Undo");
    if (choice !== "Undo") {
      await releaseKept();
      return;
    }
    await rename(discarded, path);
    refresh();
    await openDraft(path);
  };

  /** The draft in the active editor: what the palette means. */
  const activePath = (): string | undefined => {
    const path = vscode.window.activeTextEditor?.document.uri.fsPath;
    return path !== undefined && dirname(path) === folder ? path : undefined;
  };

  commands.register("kernelMail.draft.open", async (argument) => {
    if (isDraftFile(argument)) await openDraft(argument.path);
  });
  commands.register("kernelMail.draft.discard", async (argument) => {
    const path = isDraftFile(argument)
      ? argument.path
      : ((argument === FROM_TREE ? undefined : activePath()) ?? view.selection.find(isDraftFile)?.path);
    if (path !== undefined) await discard(path);
  });

  let isOver = false;
  let watcher: vscode.FileSystemWatcher | undefined;
  /** Another window may make the first draft: only a folder that is there is watched. */
  const watch = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (isOver) return;
    watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), "*.eml"),
    );
    watcher.onDidCreate(refresh);
    watcher.onDidChange(refresh);
    watcher.onDidDelete(refresh);
    refresh();
  };
  commands.attempt("watch the drafts", watch);
  /** Another window may change the outbox too. */
  const others = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.file(sender.outbox.folder), RECORDS),
  );
  const listening = vscode.Disposable.from(
    new vscode.Disposable(() => {
      isOver = true;
      watcher?.dispose();
    }),
    others,
    others.onDidCreate(refresh),
    others.onDidChange(refresh),
    others.onDidDelete(refresh),
    sender.onDidChange(refresh),
    // The watcher of a remote may lag or be missing: what the window itself does is heard at once.
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.fsPath.startsWith(folder)) refresh();
    }),
    vscode.workspace.onDidOpenTextDocument(({ uri }) => {
      if (uri.fsPath.startsWith(folder)) refresh();
    }),
  );
  refresh();
  return vscode.Disposable.from(listening, view, changed);
}
