/** Own prose at its width: a paragraph is filled by command, a line that was typed too long when one leaves it. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { Edit } from "../../compose/edit.ts";
import { refill, wrapLine } from "../../compose/wrap.ts";
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";
import { applyToBody, editDraft, isDraft, readBodyAt } from "./draftDocument.ts";

/** Typing rests this long before a finished line is looked at, in milliseconds. */
const REST_MS = 120;

/** Longer pieces at once are pasted, not typed: they are as they were meant. */
const TYPED = 32;

/** A line (from 0) that was typed in and not looked at since; it moves with the text. */
interface TypedLine {
  line: number;
}

interface WrappingParts {
  settings: Settings;
  commands: Commands;
}

export function openWrapping({ settings, commands }: WrappingParts): vscode.Disposable {
  const typed = new Map<vscode.TextDocument, TypedLine[]>();
  const timers = new Map<vscode.TextDocument, NodeJS.Timeout>();

  /** Breaks the lines that are finished: no cursor is in them. What is dropped because the text moved waits on. */
  const wrapFinished = async (document: vscode.TextDocument): Promise<void> => {
    const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
    const lines = typed.get(document);
    if (editor === undefined || lines === undefined || document.isClosed) return;
    const { columns } = settings.wrapping(document);
    const { body, bodyLine } = readBodyAt(document, editor.selection);
    const isBusy = (line: number): boolean =>
      vscode.window.visibleTextEditors.some(
        (one) =>
          one.document === document &&
          one.selections.some(({ start, end }) => line >= start.line && line <= end.line),
      );
    const finished = lines.filter(({ line }) => line < document.lineCount && !isBusy(line));
    const edits: Edit[] = [];
    for (const { line } of finished) {
      const inBody = line + 2 - bodyLine;
      if (inBody >= 1) edits.push(...wrapLine(body, inBody, columns));
    }
    if (edits.length > 0 && !(await applyToBody(editor, bodyLine, edits))) later(document);
    else
      typed.set(
        document,
        (typed.get(document) ?? []).filter((one) => !finished.includes(one)),
      );
  };

  const later = (document: vscode.TextDocument): void => {
    clearTimeout(timers.get(document));
    const timer = setTimeout(() => {
      timers.delete(document);
      commands.attempt("wrap a line", () => wrapFinished(document));
    }, REST_MS);
    timers.set(document, timer);
  };

  const forget = (document: vscode.TextDocument): void => {
    clearTimeout(timers.get(document));
    timers.delete(document);
    typed.delete(document);
  };

  const hearEdit = ({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void => {
    if (contentChanges.length === 0 || !isDraft(document)) return;
    let lines = typed.get(document) ?? [];
    for (const { range, text } of contentChanges) {
      const more = text.split("\n").length - 1 - (range.end.line - range.start.line);
      for (const one of lines) {
        if (one.line > range.end.line) one.line += more;
        else if (one.line > range.start.line) one.line = range.start.line;
      }
      const isTyped = reason === undefined && text !== "" && text.length <= TYPED;
      if (isTyped && !lines.some(({ line }) => line === range.start.line)) {
        lines = [...lines, { line: range.start.line }];
      }
    }
    if (!settings.wrapping(document).asTyped) return;
    typed.set(document, lines);
    later(document);
  };

  commands.register("kernelMail.draft.refill", () =>
    editDraft(({ body, firstLine, lastLine }) => {
      const { columns } = settings.wrapping(undefined);
      const edits = new Map<string, Edit>();
      let refused = "the header";
      let isProse = false;
      for (let line = Math.max(1, firstLine); line <= lastLine; line++) {
        const result = refill(body, line, columns);
        if ("refused" in result) {
          refused = result.refused;
          continue;
        }
        isProse = true;
        // Lines of one paragraph give the same edits.
        for (const edit of result) edits.set(`${edit.line}:${edit.column}`, edit);
      }
      if (isProse) return [...edits.values()];
      throw new UserError(
        `This is ${refused}: it keeps its lines.`,
        "Put the cursor into a paragraph and try again.",
      );
    }),
  );

  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(hearEdit),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document } }) => {
      if ((typed.get(document)?.length ?? 0) > 0) later(document);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    new vscode.Disposable(() => {
      for (const document of [...typed.keys()]) forget(document);
    }),
  );
}
