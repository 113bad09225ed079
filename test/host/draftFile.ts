/** Drafts of host tests: a file with the cursor where ‸ stands, and the text with the cursor again. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { parts } from "./editor.ts";

const CURSOR = "‸";
let made = 0;

/** Opens a draft with this text; a selection goes from the first ‸ to the second. */
export async function openDraft(text: string): Promise<vscode.TextEditor> {
  const { drafts } = await parts();
  mkdirSync(drafts, { recursive: true });
  const path = join(drafts, `made-${++made}.eml`);
  writeFileSync(path, text.replaceAll(CURSOR, ""));
  const document = await vscode.workspace.openTextDocument(path);
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const [before = "", inside = "", after] = text.split(CURSOR);
  const start = document.positionAt(before.length);
  const end = after === undefined ? start : document.positionAt(before.length + inside.length);
  editor.selection = new vscode.Selection(start, end);
  return editor;
}

/** The whole text, with ‸ at the cursor. */
export function textWithCursor({ document, selection }: vscode.TextEditor): string {
  const at = document.offsetAt(selection.active);
  const text = document.getText();
  return text.slice(0, at) + CURSOR + text.slice(at);
}
