/**
 * Saves that may not break a draft: its text stands in a file of its own while the editor writes over the draft, and
 * what the editor takes for saved is read again.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { writeWhole } from "../../base/wholeFile.ts";
import type { Commands } from "../commands.ts";
import { DRAFT_LANGUAGE, textOf } from "./draftDocument.ts";
import { diskRefusal, finishSaves, savingFolder } from "./drafts.ts";

/** The editor's own save may succeed where there was no room for a second text: it is given this long, in milliseconds. */
const SAVED_MS = 2000;

/** What a person reads when the editor cannot save a draft. */
const notSaved = (error: unknown): unknown =>
  diskRefusal(
    error,
    "the draft is not saved. Its text is in the editor",
    "Leave the editor open, and save again",
  );

/** True where a file holds the beginning of a text alone: a disk that is full takes a part of a write. */
async function isCut(path: string, text: string): Promise<boolean> {
  const written = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    // Sent or discarded since.
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const whole = Buffer.from(text);
  return (
    written !== undefined &&
    written.length < whole.length &&
    whole.subarray(0, written.length).equals(written)
  );
}

/** Has the editor hold a text as one that is not saved: what is not saved it keeps, and nothing else. */
async function holdUnsaved(document: vscode.TextDocument, text: string): Promise<void> {
  // A letter that is written over itself changes a document, and neither its text nor the cursor.
  const [range, letter] = [new vscode.Range(0, 0, 0, 1), text.slice(0, 1)];
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  if (editor !== undefined) {
    // In an active editor an edit of the workspace would be made as small as can be: here to none.
    const noStop = { undoStopBefore: false, undoStopAfter: false };
    const edited = editor.edit((builder) => builder.replace(range, letter), noStop);
    // Refused where the editor is being closed.
    await Promise.resolve(edited).catch(() => false);
  } else if (!document.isClosed) {
    const change = new vscode.WorkspaceEdit();
    change.replace(document.uri, range, letter);
    await vscode.workspace.applyEdit(change);
  }
  if (document.isDirty) return;
  // It is being closed, and its file holds a part: the whole goes into an editor of its own.
  const whole = await vscode.workspace.openTextDocument({ content: text, language: DRAFT_LANGUAGE });
  await vscode.window.showTextDocument(whole, { preview: false });
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
        if (document.isDirty && !document.isClosed) commands.tell(notSaved(error), "save the draft");
      }, SAVED_MS);
    }
  };

  /** The copy has served once the draft is whole. Of one that is not, the text stays in the editor, to be saved. */
  const finish = async (document: vscode.TextDocument, copy: string): Promise<void> => {
    const text = document.getText();
    if (!(await isCut(document.uri.fsPath, text))) {
      await rm(copy, { force: true });
      return;
    }
    // What was typed since is saved soon, and this with it.
    if (document.isDirty) return;
    await holdUnsaved(document, text);
    commands.tell(notSaved({ code: "ENOSPC" }), "save the draft");
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
      if (copy !== undefined) commands.attempt("look at a saved draft", () => finish(document, copy));
    }),
  );
}
