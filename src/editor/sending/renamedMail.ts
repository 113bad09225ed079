/** Drafts that answer a mail of one's own, when its server has put another Message-ID in the place of ours. */
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { readDraft } from "../../compose/draftText.ts";
import { listDrafts } from "../drafts/drafts.ts";

/**
 * Makes every draft of the folder that refers to `from` refer to `to`, the id that the world knows (neither with angle
 * brackets). In the editor's own copy, so that a draft in work keeps what is typed, and can be undone.
 */
export async function referTo(folder: string, from: string, to: string): Promise<void> {
  for (const { path, draft } of await listDrafts(folder)) {
    if (!draft.references.includes(from) && draft.inReplyTo !== from) continue;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const isSaved = !document.isDirty && document.getText() === (await readFile(path, "utf8"));
    const edit = new vscode.WorkspaceEdit();
    for (const { name, firstLine, lastLine } of readDraft(document.getText()).fields) {
      if (!/^(?:in-reply-to|references)$/i.test(name)) continue;
      const field = new vscode.Range(firstLine - 1, 0, lastLine, 0);
      edit.replace(document.uri, field, document.getText(field).replaceAll(`<${from}>`, `<${to}>`));
    }
    if ((await vscode.workspace.applyEdit(edit)) && isSaved) await document.save();
  }
}
