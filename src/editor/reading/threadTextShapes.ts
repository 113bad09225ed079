/** What the editor is told of threads as text: outline, folds, links, looks, and where a cited line was said. */
import * as vscode from "vscode";
import type { ThreadText } from "../../reader/text.ts";
import { originAt } from "../../reader/textMoves.ts";
import {
  foldsOf,
  LOOKS,
  linksOf,
  type OutlineNode,
  outlineOf,
  stretchesOf,
  type TextLink,
} from "../../reader/textShapes.ts";
import { marcAddress } from "../archives/marc.ts";
import { openable } from "../links/follow.ts";
import { markdownText } from "../markdownText.ts";

/** The text of an open document, once the editor has all of it; undefined when it is none of a thread. */
type TextOf = (uri: vscode.Uri) => Promise<ThreadText | undefined>;

const FOLD_KINDS = {
  message: undefined,
  header: vscode.FoldingRangeKind.Imports,
  // "Fold All Block Comments" puts away what was read before.
  cited: vscode.FoldingRangeKind.Comment,
};

/** The names under which the manifest tells the editor how each look is drawn. */
const legend = new vscode.SemanticTokensLegend(LOOKS.map((look) => `kernelMail-${look}`));

const wholeLines = (first: number, last: number): vscode.Range =>
  new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER);

function symbolOf(node: OutlineNode): vscode.DocumentSymbol {
  const symbol = new vscode.DocumentSymbol(
    node.name,
    "",
    node.isPatch ? vscode.SymbolKind.File : vscode.SymbolKind.String,
    wholeLines(node.heading, node.last),
    wholeLines(node.heading, node.heading),
  );
  // As deep as outlines are: see `outlineOf`.
  symbol.children = node.children.map(symbolOf);
  return symbol;
}

/** Where a link leads: to the web through the editor's opener, else through the command that follows links. */
function targetOf({ kind, target, url }: TextLink): vscode.Uri | undefined {
  const isWeb = kind === "bug" || (kind === "url" && marcAddress(target) === undefined);
  if (isWeb) return openable(target);
  const link = url === undefined ? { kind, target } : { kind, target, url };
  return vscode.Uri.parse(`command:kernelMail.openMessage?${encodeURIComponent(JSON.stringify([link]))}`);
}

export function registerTextShapes(selector: vscode.DocumentFilter, textOf: TextOf): vscode.Disposable[] {
  const { languages } = vscode;
  return [
    languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: async ({ uri }) =>
        outlineOf((await textOf(uri)) ?? { lines: [], messages: [] }).map(symbolOf),
    }),
    languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: async ({ uri }) => {
        const text = await textOf(uri);
        return (
          text &&
          foldsOf(text).map(({ first, last, kind }) => new vscode.FoldingRange(first, last, FOLD_KINDS[kind]))
        );
      },
    }),
    languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: async ({ uri }) => {
        const text = await textOf(uri);
        return (
          text &&
          linksOf(text).flatMap((link) => {
            const target = targetOf(link);
            const { line, start, end } = link;
            return target === undefined
              ? []
              : [new vscode.DocumentLink(new vscode.Range(line, start, line, end), target)];
          })
        );
      },
    }),
    languages.registerDocumentSemanticTokensProvider(
      selector,
      {
        provideDocumentSemanticTokens: async ({ uri }) => {
          const tokens = new vscode.SemanticTokensBuilder(legend);
          const text = await textOf(uri);
          for (const { line, start, length, look } of text === undefined ? [] : stretchesOf(text))
            tokens.push(line, start, length, LOOKS.indexOf(look));
          return tokens.build();
        },
      },
      legend,
    ),
    languages.registerDefinitionProvider(selector, {
      provideDefinition: async ({ uri }, { line }) => {
        const text = await textOf(uri);
        const origin = text && originAt(text, line);
        return origin && new vscode.Location(uri, new vscode.Position(origin.line, 0));
      },
    }),
    languages.registerHoverProvider(selector, {
      provideHover: async ({ uri }, { line }) => {
        const text = await textOf(uri);
        const origin = text && originAt(text, line);
        return (
          origin &&
          new vscode.Hover(new vscode.MarkdownString(markdownText(origin.sentence)), wholeLines(line, line))
        );
      },
    }),
  ];
}
