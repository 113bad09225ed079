/** Adding, removing and updating archives. Nothing here writes into an archive. */
import { stat } from "node:fs/promises";
import * as vscode from "vscode";
import type { IndexSummary, Outcome } from "../../archive/remote.ts";
import { expandPath } from "../../base/homePath.ts";
import { UserError } from "../../base/report.ts";
import type { SourceSpec } from "../../sources/source.ts";
import type { Commands } from "../commands.ts";
import { count, grouped } from "../counts.ts";
import { archiveName, type Settings } from "../settings.ts";
import { isElement } from "../tree/threadElements.ts";
import type { ThreadsTree } from "../tree/threadsTree.ts";
import type { Archive } from "./archiveWorker.ts";
import type { RemoteArchives } from "./remoteArchives.ts";
import type { Sync } from "./sync.ts";

interface ArchiveParts {
  archive: Archive;
  commands: Commands;
  settings: Settings;
  sync: Sync;
  tree: ThreadsTree;
  /** Fetches what is new into mirrors, as the settings allow. */
  refresh: (specs: readonly SourceSpec[]) => Promise<void>;
  /** Asks for what is new in followed threads, where the person wants that. */
  refreshFollowed: () => Promise<void>;
  remotes: RemoteArchives;
  /** The archive that comes with the extension. */
  sample: SourceSpec;
}

/**
 * What a finished run found, in one sentence, and what was wrong with the archive. `held` counts the messages of
 * the archive; the run's own count leaves out those that another archive has too.
 */
export function summaryText(
  name: string,
  held: number,
  { added, skipped, notes, cancelled }: IndexSummary,
): string {
  const copies = skipped > 0 ? `, besides ${grouped(skipped)} exact copies of others` : "";
  const holds = `“${name}” holds ${count(held, "message")}${copies}`;
  const told = cancelled
    ? `${holds} so far; reading was stopped, and Check for New Mail goes on from there.`
    : added > 0 && added < held
      ? `${holds}, ${grouped(added)} of them new.`
      : `${holds}.`;
  const [first, ...more] = notes;
  if (first === undefined) return told;
  const others = more.length > 0 ? ` (and ${more.length} more, see the log)` : "";
  return `${told} ${first}${others}`;
}

/** Asks for a path by dialog or by typing; undefined when the person gives up. */
async function askPath(): Promise<string | undefined> {
  const folder = {
    label: "$(folder) Choose a Folder...",
    detail: "Public-inbox mirror, Maildir, or a folder of mboxes",
  };
  const file = { label: "$(file) Choose a File...", detail: "mbox, also .mbox.gz, or a single .eml" };
  const typed = {
    label: "$(edit) Type a Path or Address...",
    detail: "On the machine where this window's folder is; or a list of a server, such as lore's",
  };
  const choice = await vscode.window.showQuickPick([folder, file, typed], {
    title: "Add Archive",
    placeHolder: "Where is the mail? It is only read, never changed.",
  });
  if (choice === undefined) return undefined;
  if (choice === typed) {
    const path = await vscode.window.showInputBox({
      title: "Add Archive",
      prompt: "Path of a folder or file with mail, or the address of a list on a public-inbox server",
      placeHolder: "~/lore/linux-clk or https://lore.kernel.org/linux-clk/",
      ignoreFocusOut: true,
    });
    return path?.trim() ? path : undefined;
  }
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: "Add Archive",
      canSelectFolders: choice === folder,
      canSelectFiles: choice === file,
      canSelectMany: false,
      openLabel: "Add",
    })) ?? [];
  return uri?.fsPath;
}

async function mustExist(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new UserError(`There is no file or folder ${path}.`, "Check the path and add the archive again.");
    }
    throw new UserError(
      `${path} cannot be read (${code ?? String(error)}).`,
      "Check its permissions and add the archive again.",
    );
  }
}

export function registerArchiveCommands({
  archive,
  commands,
  settings,
  sync,
  tree,
  refresh,
  refreshFollowed,
  remotes,
  sample,
}: ArchiveParts): void {
  /** Tells what a run found in an archive; why it could not be read becomes the failure of the command. */
  const tell = async (spec: SourceSpec, outcome: Outcome | undefined) => {
    if (outcome === undefined) return;
    if ("failure" in outcome) throw new UserError(outcome.failure, "");
    const row = (await archive.request("archives", null)).find(({ source }) => source === spec.path);
    const text = summaryText(archiveName(spec), row?.messages ?? outcome.messages, outcome);
    if (outcome.notes.length > 0) void vscode.window.showWarningMessage(text);
    else void vscode.window.showInformationMessage(text);
  };

  const add = async (spec: SourceSpec) => {
    await mustExist(spec.path);
    if (settings.archives().some(({ path }) => path === spec.path)) {
      await vscode.commands.executeCommand("kernelMail.threads.focus");
      void vscode.window.showInformationMessage(`${spec.path} is among your archives already.`);
      return;
    }
    await settings.addArchive(spec);
    await vscode.commands.executeCommand("kernelMail.threads.focus");
    await tree.open(spec.path);
    await tell(spec, await sync.found(spec.path));
  };

  const specOf = (argument: unknown): SourceSpec | undefined => {
    if (isElement(argument) && argument.kind === "archive") return argument.spec;
    return undefined;
  };

  commands.register("kernelMail.addArchive", async (argument) => {
    const given = argument instanceof vscode.Uri ? argument.fsPath : argument;
    const path = typeof given === "string" ? given : await askPath();
    if (path === undefined) return;
    if (/^https?:\/\//i.test(path.trim())) await remotes.add(path);
    else await add({ path: expandPath(path.trim()) });
  });

  commands.register("kernelMail.openSample", () => add(sample));

  commands.register("kernelMail.removeArchive", async (argument) => {
    if (isElement(argument) && argument.kind === "remote") return await remotes.remove(argument);
    const spec = specOf(argument);
    if (spec === undefined) return;
    const undo = await settings.removeArchive(spec.path);
    const name = archiveName(spec);
    const choice = await vscode.window.showInformationMessage(
      `“${name}” is no longer shown. Its files were not touched.`,
      "Undo",
    );
    if (choice === "Undo") await undo();
  });

  commands.register("kernelMail.updateArchives", async () => {
    await refresh(settings.archives());
    if (settings.network() !== "never") {
      // A server that is away keeps nothing on this machine from being read.
      for (const ask of [remotes.refresh, refreshFollowed])
        await ask().catch((error: unknown) => commands.tell(error, "fetch new mail"));
    }
    const outcomes = await sync.update();
    const added = outcomes.reduce((sum, outcome) => sum + ("added" in outcome ? outcome.added : 0), 0);
    vscode.window.setStatusBarMessage(added === 0 ? "No new mail" : `${count(added, "message")} new`, 5000);
    for (const spec of settings.archives()) {
      const outcome = outcomes.find(({ source }) => source === spec.path);
      const isQuiet = outcome !== undefined && "notes" in outcome && outcome.notes.length === 0;
      if (!isQuiet)
        await tell(spec, outcome).catch((error: unknown) => commands.tell(error, "read an archive"));
    }
  });

  commands.register("kernelMail.updateArchive", async (argument) => {
    if (isElement(argument) && argument.kind === "remote") return await remotes.refresh(argument);
    const spec = specOf(argument);
    if (spec === undefined) return;
    await refresh([spec]);
    await tell(spec, await sync.updateOne(spec));
  });

  commands.register("kernelMail.pauseIndexing", () => sync.pause());
  // Nobody waits for the end of the reading: it is shown as every run is.
  commands.register("kernelMail.resumeIndexing", () => commands.attempt("read the archives", sync.update));

  commands.register("kernelMail.rebuildIndex", async (argument) => {
    const spec = specOf(argument);
    const what = spec === undefined ? "of all archives" : `of “${archiveName(spec)}”`;
    const choice = await vscode.window.showWarningMessage(
      `Build the index ${what} anew? Your archives and drafts are not touched.`,
      { modal: true },
      "Rebuild",
    );
    if (choice === "Rebuild") await sync.rebuild(spec === undefined ? settings.archives() : [spec]);
  });
}
