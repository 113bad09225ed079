/** Saves that may not break a draft: its text stands in a file of its own while the editor writes over the draft. */
import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../base/report.ts";
import { writeWhole } from "../base/wholeFile.ts";
import type { Commands } from "./commands.ts";
import { textOf } from "./draftDocument.ts";
import { finishSaves, savingFolder } from "./drafts.ts";

/** The editor's own save may succeed where there was no room for a second text: it is given this long, in milliseconds. */
const SAVED_MS = 2000;

/** What a person reads when a draft cannot be written. */
function refusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new UserError(
      "The disk is full, so the draft is not saved. Its text is in the editor.",
      "Leave the editor open, make room on the disk, and save again.",
    );
  }
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return new UserError(
      "The folder of drafts cannot be written to, so the draft is not saved. Its text is in the editor.",
      "Make the folder writable and save again.",
    );
  }
  return error;
}

export function openSafeSaves({
  commands,
  folder,
}: {
  commands: Commands;
  folder: string;
}): vscode.Disposable {
  const copyOf = (document: vscode.TextDocument): string | undefined => {
    const { scheme, fsPath } = document.uri;
    if (scheme !== "file" || dirname(fsPath) !== folder || !fsPath.endsWith(".eml")) return undefined;
    return join(savingFolder(folder), basename(fsPath));
  };

  const keep = async (document: vscode.TextDocument, copy: string): Promise<void> => {
    try {
      await mkdir(savingFolder(folder), { recursive: true, mode: 0o700 });
      await writeWhole(copy, textOf(document));
    } catch (error) {
      setTimeout(() => {
        if (document.isDirty && !document.isClosed) commands.tell(refusal(error), "save the draft");
      }, SAVED_MS);
    }
  };

  commands.attempt("finish the saving of drafts", async () => {
    const restored = await finishSaves(folder);
    if (restored.length === 0) return;
    const names = restored.map((path) => basename(path)).join(", ");
    void vscode.window.showInformationMessage(
      `The saving of a draft was cut short; its text is whole again: ${names}.`,
    );
  });

  return vscode.Disposable.from(
    vscode.workspace.onWillSaveTextDocument((event) => {
      const copy = copyOf(event.document);
      if (copy !== undefined) event.waitUntil(keep(event.document, copy));
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      const copy = copyOf(document);
      if (copy !== undefined) commands.attempt("tidy up after a save", () => rm(copy, { force: true }));
    }),
  );
}
