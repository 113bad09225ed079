/** A draft in a text editor: which document is one, its body, and edits that never meet a text they were not made for. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { bodyOf } from "../../compose/draftText.ts";
import { type Edit, shiftLines } from "../../compose/edit.ts";
import { PREVIEW_SCHEME } from "./preview.ts";

export const DRAFT_LANGUAGE = "kernel-mail";

export const isDraft = (document: vscode.TextDocument): boolean =>
  document.languageId === DRAFT_LANGUAGE && document.uri.scheme !== PREVIEW_SCHEME;

/** What an edit is computed from. Lines count from 1 in the body; those of the header are 0 and below. */
export interface DraftBody {
  body: string;
  /** The first line of the body in the document, from 1. */
  bodyLine: number;
  /** Where the cursor is. */
  line: number;
  /** The selected lines; those of the cursor when nothing is selected. */
  firstLine: number;
  lastLine: number;
}

/** The text of a document with `\n` line ends, whatever it has itself. */
export const textOf = (document: vscode.TextDocument): string => document.getText().replace(/\r\n?/g, "\n");

export function readBodyAt(document: vscode.TextDocument, selection: vscode.Selection): DraftBody {
  const { body, bodyLine } = bodyOf(textOf(document));
  const inBody = (line: number): number => line + 2 - bodyLine;
  const { start, end, active } = selection;
  // A selection that ends before the first letter of a line does not mean that line.
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { body, bodyLine, line: inBody(active.line), firstLine: inBody(start.line), lastLine: inBody(last) };
}

/** The editor of the draft that has the focus; a UserError when there is none. */
export function activeDraftEditor(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (editor !== undefined && isDraft(editor.document)) return editor;
  throw new UserError("No draft is open here.", "Put the cursor into a draft and try again.");
}

export const toRange = (edit: Edit): vscode.Range =>
  new vscode.Range(edit.line - 1, edit.column - 1, edit.endLine - 1, edit.endColumn - 1);

/**
 * Makes edits over the body, as one undo step. False when the text has moved since: the editor then drops them whole,
 * for it knows the version that they were computed on.
 */
export async function applyToBody(
  editor: vscode.TextEditor,
  bodyLine: number,
  edits: readonly Edit[],
): Promise<boolean> {
  const { eol } = editor.document;
  const lineEnd = eol === vscode.EndOfLine.CRLF ? "\r\n" : "\n";
  return await editor.edit((builder) => {
    for (const edit of shiftLines(edits, bodyLine - 1)) {
      builder.replace(toRange(edit), edit.text.replaceAll("\n", lineEnd));
    }
  });
}

/** The text has moved since an edit was computed, and what was meant is not worth computing it anew. */
export const textMoved = (): UserError =>
  new UserError("The text was changed at the same time, so nothing was done.", "Try again.");

/** Makes edits of a body that was read just now, as one undo step; a UserError when the text has moved since. */
export async function changeBody(
  editor: vscode.TextEditor,
  bodyLine: number,
  edits: readonly Edit[],
): Promise<void> {
  if (edits.length > 0 && !(await applyToBody(editor, bodyLine, edits))) throw textMoved();
}

/** Settles when the text has moved, as the editor has told; at the latest after a second. */
const moved = (document: vscode.TextDocument): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(end, 1000);
    const listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document) end();
    });
  });

/** How often a command that met a text in motion is computed anew. */
const ATTEMPTS = 3;

/**
 * Computes edits from the draft in the active editor as it stands, and makes them; anew when the text moved meanwhile.
 * @param compute throws a UserError where there is nothing to do, and returns no edit to do nothing
 */
export async function editDraft(compute: (draft: DraftBody) => readonly Edit[]): Promise<void> {
  const editor = activeDraftEditor();
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const draft = readBodyAt(editor.document, editor.selection);
    const edits = compute(draft);
    if (edits.length === 0) return;
    const telling = moved(editor.document);
    if (await applyToBody(editor, draft.bodyLine, edits)) return;
    await telling;
  }
  throw textMoved();
}
