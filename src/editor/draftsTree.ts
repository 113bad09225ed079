/** The Drafts tree: what is in writing, opened by a click, discarded with an undo. */
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import type { Archive } from "./archiveWorker.ts";
import type { Commands } from "./commands.ts";
import { type DraftFile, keptForDraft, listDrafts } from "./drafts.ts";
import { fullDate, spokenAge } from "./threadLabels.ts";

interface DraftsParts {
  archive: Archive;
  commands: Commands;
  folder: string;
  /** Opens a draft where its answer begins. */
  openDraft: (path: string) => Promise<unknown>;
}

/** The argument of the key that holds in this tree. */
const FROM_TREE = "tree";

const isDraftFile = (value: unknown): value is DraftFile =>
  typeof value === "object" && value !== null && "path" in value && typeof value.path === "string";

function treeItem({ path, draft, changedMs }: DraftFile, now: number): vscode.TreeItem {
  const label = draft.subject || "(no subject)";
  const recipients = [...draft.to, ...draft.cc].map(({ name, address }) => name || address);
  const item = new vscode.TreeItem(label);
  item.id = path;
  item.description = [recipients[0] ?? "nobody", spokenAge(changedMs, now)].join(" · ");
  item.tooltip = [label, `To ${recipients.join(", ")}`, `Last changed ${fullDate(changedMs)}`].join("\n");
  item.iconPath = new vscode.ThemeIcon("edit");
  item.contextValue = "draft";
  item.command = { command: "kernelMail.draft.open", title: "Open Draft", arguments: [{ path }] };
  item.accessibilityInformation = {
    label: `Draft, ${label}, to ${recipients[0] ?? "nobody"}, changed ${spokenAge(changedMs, now)}.`,
  };
  return item;
}

async function closeTabs(path: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.fsPath === path);
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}

export function openDraftsTree({ archive, commands, folder, openDraft }: DraftsParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const view = vscode.window.createTreeView<DraftFile>("kernelMail.drafts", {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (file) => treeItem(file, Date.now()),
      getChildren: async (file) => (file === undefined ? await listDrafts(folder) : []),
    },
  });

  const refresh = () =>
    commands.attempt("list the drafts", async () => {
      const files = await listDrafts(folder);
      await vscode.commands.executeCommand("setContext", "kernelMail.hasDrafts", files.length > 0);
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
    await closeTabs(path);
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
      : ((argument === FROM_TREE ? undefined : activePath()) ?? view.selection[0]?.path);
    if (path !== undefined) await discard(path);
  });

  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.file(folder), "*.eml"),
  );
  const listening = vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidChange(refresh),
    watcher.onDidDelete(refresh),
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
