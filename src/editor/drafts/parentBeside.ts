/** What a draft answers, beside it: the message as text, which scrolls along with the draft. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { bodyOf, readDraft } from "../../compose/draftText.ts";
import { readBody } from "../../mail/body.ts";
import type { Message } from "../../mail/message.ts";
import { citedSources } from "../../threads/provenance.ts";
import type { Commands } from "../commands.ts";
import { type Documents, documentUri } from "../documents.ts";
import { activeDraftEditor, isDraft, textOf } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";

interface ParentParts {
  commands: Commands;
  documents: Documents;
  parents: DraftParents;
}

/** The head of the shown text: as much as one wants to know while answering. */
function headOf({ headers }: Message): string[] {
  const shown = ["from", "date", "to", "cc", "subject"];
  return headers.flatMap(([name, value]) =>
    shown.includes(name.toLowerCase()) ? [`${name}: ${value}`] : [],
  );
}

export function openParentBeside({ commands, documents, parents }: ParentParts): vscode.Disposable {
  /** By Message-ID: what is shown. */
  const shown = new Map<string, { uri: vscode.Uri; message: Message }>();

  documents.serve("message", async ({ query }) => {
    const message = shown.get(query)?.message;
    return message && Buffer.from([...headOf(message), "", message.body, ""].join("\n"));
  });

  const show = async (): Promise<void> => {
    const draft = activeDraftEditor();
    if (readDraft(textOf(draft.document)).draft.inReplyTo === undefined) {
      throw new UserError("This draft answers no message.", "It starts a thread of its own when it is sent.");
    }
    const message = await parents.get(draft.document);
    const uri = documentUri("message", message.subject || "Message", message.messageId);
    shown.set(message.messageId, { uri, message });
    const document = await vscode.workspace.openTextDocument(uri);
    const isPatch = readBody(message.body).some(({ kind }) => kind === "diff");
    if (isPatch) await vscode.languages.setTextDocumentLanguage(document, "diff");
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    follow(draft);
  };

  /** Brings the parent's line that the topmost visible cited line cites to the top. */
  const follow = (draft: vscode.TextEditor): void => {
    const [visible] = draft.visibleRanges;
    const text = textOf(draft.document);
    const { inReplyTo } = readDraft(text).draft;
    const parent = inReplyTo === undefined ? undefined : shown.get(inReplyTo);
    if (parent === undefined || visible === undefined) return;
    const beside = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === parent.uri.toString(),
    );
    if (beside === undefined) return;
    const { message } = parent;
    const { body, bodyLine } = bodyOf(text);
    const cited = citedSources(body, readBody(body), [{ messageId: message.messageId, body: message.body }]);
    const top = visible.start.line + 2 - bodyLine;
    const at = cited.find(({ line, sourceLine }) => line >= top && sourceLine > 0);
    const line = at === undefined ? 0 : headOf(message).length + at.sourceLine - (at.line - Math.max(1, top));
    const range = new vscode.Range(Math.max(0, line), 0, Math.max(0, line), 0);
    beside.revealRange(range, vscode.TextEditorRevealType.AtTop);
  };

  let waiting: NodeJS.Timeout | undefined;
  const scrolling = vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
    if (shown.size === 0 || !isDraft(textEditor.document)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => follow(textEditor), 50);
  });
  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    // Giving a document its language closes it and opens it again.
    const isOpen = vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString());
    if (uri.scheme === "kernel-mail" && !isOpen) shown.delete(uri.query);
  });

  commands.register("kernelMail.draft.showParent", show);
  return vscode.Disposable.from(scrolling, closing, new vscode.Disposable(() => clearTimeout(waiting)));
}
