/** The parts of a draft in the editor: folding, the outline, and which lines are one's own. */
import * as vscode from "vscode";
import { bodyOf } from "../../compose/draftText.ts";
import { draftFolds, draftOutline, type Part } from "../../compose/outline.ts";
import { type ReplyLine, readReply } from "../../compose/replySheet.ts";
import { DRAFT_LANGUAGE, textOf } from "./draftDocument.ts";
import { isBatch } from "./preview.ts";

const SYMBOLS: Record<Part["kind"], vscode.SymbolKind> = {
  header: vscode.SymbolKind.Field,
  cited: vscode.SymbolKind.Module,
  own: vscode.SymbolKind.String,
  file: vscode.SymbolKind.File,
  trailers: vscode.SymbolKind.Key,
  signature: vscode.SymbolKind.Constant,
};

/**
 * What the colours of the grammar cannot tell: whether `- one` is a removed line or a list's item, which cited lines
 * are the code round a change, and, for spell checkers, which prose is one's own.
 */
const TOKENS = ["kernelMail-own", "kernelMail-added", "kernelMail-removed", "kernelMail-context"] as const;
const LEGEND = new vscode.SemanticTokensLegend([...TOKENS]);

function tokenOf({ role, kind, content, diff }: ReplyLine): (typeof TOKENS)[number] | undefined {
  if (content === "") return undefined;
  if (diff === "added") return "kernelMail-added";
  if (diff === "removed") return "kernelMail-removed";
  if (diff === "context") return "kernelMail-context";
  return role === "own" && kind === "text" ? "kernelMail-own" : undefined;
}

export function registerDraftOutline(): vscode.Disposable {
  const drafts: vscode.DocumentSelector = { language: DRAFT_LANGUAGE };

  const folding = vscode.languages.registerFoldingRangeProvider(drafts, {
    provideFoldingRanges: (document) =>
      draftFolds(textOf(document)).map(
        ({ firstLine, lastLine }) => new vscode.FoldingRange(firstLine - 1, lastLine - 1),
      ),
  });

  const outline = vscode.languages.registerDocumentSymbolProvider(
    drafts,
    {
      provideDocumentSymbols: (document) => {
        if (isBatch(document.uri)) return [];
        const symbolOf = (part: Part): vscode.DocumentSymbol => {
          const first = document.lineAt(Math.min(part.firstLine, document.lineCount) - 1).range;
          const last = document.lineAt(Math.min(part.lastLine, document.lineCount) - 1).range;
          const symbol = new vscode.DocumentSymbol(
            part.name || "(empty)",
            part.detail,
            SYMBOLS[part.kind],
            first.union(last),
            first,
          );
          symbol.children = part.parts.map(symbolOf);
          return symbol;
        };
        return draftOutline(textOf(document)).map(symbolOf);
      },
    },
    { label: "Kernel Mail" },
  );

  const own = vscode.languages.registerDocumentSemanticTokensProvider(
    drafts,
    {
      provideDocumentSemanticTokens: (document) => {
        const { body, bodyLine } = bodyOf(textOf(document));
        const tokens = new vscode.SemanticTokensBuilder(LEGEND);
        const { lines } = readReply(body);
        lines.forEach((one, at) => {
          const token = tokenOf(one);
          const line = at + bodyLine - 1;
          if (token === undefined || line >= document.lineCount) return;
          const { length } = document.lineAt(line).text;
          tokens.push(new vscode.Range(line, length - one.content.length, line, length), token);
        });
        return tokens.build();
      },
    },
    LEGEND,
  );

  return vscode.Disposable.from(folding, outline, own);
}

/** Folds the long fields of the draft in the active editor to one line each. */
export async function foldRecipients(editor: vscode.TextEditor): Promise<void> {
  const selectionLines = draftFolds(textOf(editor.document))
    .filter(({ kind }) => kind === "long")
    .map(({ firstLine }) => firstLine - 1);
  if (selectionLines.length > 0)
    await vscode.commands.executeCommand("editor.fold", { levels: 1, selectionLines });
}
