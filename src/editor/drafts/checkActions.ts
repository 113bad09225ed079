/** What the checker found, as the editor shows it: problems, and quick fixes for them. */
import * as vscode from "vscode";
import type { Edit } from "../../compose/edit.ts";
import { safeEdits } from "../../compose/lint.ts";
import type { Finding, Fix, Severity } from "../../compose/rules/rule.ts";
import { documentUri } from "../documents.ts";
import type { KernelTrees } from "../links/kernelTrees.ts";
import { DRAFT_LANGUAGE, isDraft, toRange } from "./draftDocument.ts";

/** What puts this right stands in no draft: the kernel trees are asked. */
const COMMIT_RULE = "L-SHA-SHORT";

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** The page about a rule; its name ends so that the editor knows Markdown. */
const pageOf = (rule: string): vscode.Uri => documentUri("check", `${rule}.md`, rule);

const rangeOf = ({ line, column, endLine, endColumn }: Finding): vscode.Range =>
  new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);

/** More lines than these are not underlined all: of a long citation its first line says it. */
const UNDERLINED = 3;
/** Longer than any line; the editor cuts it. */
const LINE_END = 100_000;

function underlined(finding: Finding): vscode.Range {
  const range = rangeOf(finding);
  const { start, end } = range;
  return end.line - start.line < UNDERLINED
    ? range
    : new vscode.Range(start, new vscode.Position(start.line, LINE_END));
}

/** A finding as the Problems panel shows it. */
export function diagnosticOf(finding: Finding): vscode.Diagnostic {
  const range = underlined(finding);
  const diagnostic = new vscode.Diagnostic(range, finding.message, SEVERITIES[finding.severity]);
  diagnostic.source = "Kernel Mail";
  diagnostic.code = { value: finding.rule, target: pageOf(finding.rule) };
  return diagnostic;
}

function workspaceEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const lineEnd = document.eol === vscode.EndOfLine.CRLF ? "\r\n" : "\n";
  const change = new vscode.WorkspaceEdit();
  for (const edit of edits) {
    change.replace(document.uri, toRange(edit), edit.text.replaceAll("\n", lineEnd));
  }
  return change;
}

/** Offers fixes of findings, explanations, and all that is safe at once. `find` gives what a draft as it stands has. */
export function registerCheckActions(
  find: (document: vscode.TextDocument) => Promise<readonly Finding[]>,
  trees: KernelTrees,
): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { language: DRAFT_LANGUAGE },
    {
      provideCodeActions: async (document, range, { diagnostics: shown, only }) => {
        if (!isDraft(document)) return [];
        const findings = await find(document);
        if (only !== undefined && vscode.CodeActionKind.SourceFixAll.contains(only)) {
          return fixAllAction(document, findings);
        }
        const here = findings.filter((finding) => rangeOf(finding).intersection(range) !== undefined);
        const actions = here.map(async (finding) => {
          const fix =
            finding.rule === COMMIT_RULE ? await wholeCommit(document, finding, trees) : finding.fix;
          return fixActions(document, { ...finding, ...(fix === undefined ? {} : { fix }) }, shown);
        });
        return inMenuOrder((await Promise.all(actions)).flat());
      },
    },
    {
      providedCodeActionKinds: [
        vscode.CodeActionKind.QuickFix,
        vscode.CodeActionKind.SourceFixAll.append("kernelMail"),
      ],
    },
  );
}

/** R1204: "commit 0123456" with the letters that stay unique and the subject; undefined when no tree has it. */
async function wholeCommit(
  document: vscode.TextDocument,
  finding: Finding,
  trees: KernelTrees,
): Promise<Fix | undefined> {
  const range = rangeOf(finding);
  const [word = "", id = ""] = document.getText(range).split(" ");
  const commit = await trees.commit(id);
  if (commit === undefined) return undefined;
  const behind = document.lineAt(range.end.line).text.slice(range.end.character);
  const subject = /^ ?\(["“]/.test(behind) ? "" : ` ("${commit.subject}")`;
  const { line, column, endLine, endColumn } = finding;
  const text = `${word} ${commit.id.slice(0, 12)}${subject}`;
  return {
    title: `Name commit ${commit.id.slice(0, 12)} with its subject`,
    edits: [{ line, column, endLine, endColumn, text }],
  };
}

function fixActions(
  document: vscode.TextDocument,
  finding: Finding,
  shown: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const own = shown.filter(
    ({ code, range }) =>
      typeof code === "object" && code.value === finding.rule && range.isEqual(underlined(finding)),
  );
  const why = new vscode.CodeAction(`Explain ${finding.rule}`, vscode.CodeActionKind.QuickFix);
  why.command = { command: "markdown.showPreview", title: why.title, arguments: [pageOf(finding.rule)] };
  why.diagnostics = own;
  if (finding.fix === undefined) return [why];
  const fix = new vscode.CodeAction(finding.fix.title, vscode.CodeActionKind.QuickFix);
  fix.edit = workspaceEdit(document, finding.fix.edits);
  fix.diagnostics = own;
  fix.isPreferred = finding.fix.safe === true;
  return [fix, why];
}

/** What puts right first, each once though several findings offer it, then what explains. */
function inMenuOrder(actions: readonly vscode.CodeAction[]): vscode.CodeAction[] {
  const byEdit = new Map<string, vscode.CodeAction>();
  for (const action of actions) {
    const key = JSON.stringify([action.title, action.edit?.entries()]);
    const held = byEdit.get(key);
    if (held === undefined) byEdit.set(key, action);
    else held.diagnostics = [...(held.diagnostics ?? []), ...(action.diagnostics ?? [])];
  }
  const all = [...byEdit.values()];
  return [...all.filter(({ edit }) => edit !== undefined), ...all.filter(({ edit }) => edit === undefined)];
}

function fixAllAction(document: vscode.TextDocument, findings: readonly Finding[]): vscode.CodeAction[] {
  const edits = safeEdits(findings);
  if (edits.length === 0) return [];
  const action = new vscode.CodeAction(
    "Fix All Safe Problems",
    vscode.CodeActionKind.SourceFixAll.append("kernelMail"),
  );
  action.edit = workspaceEdit(document, edits);
  return [action];
}
