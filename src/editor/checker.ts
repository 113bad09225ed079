/** The checker in the editor: findings in the Problems panel, quick fixes, and the page that explains a rule. */
import * as vscode from "vscode";
import type { Edit } from "../compose/edit.ts";
import { type Lint, openLint, safeEdits } from "../compose/lint.ts";
import { explain, rules } from "../compose/rules/catalogue.ts";
import type { Finding, Severity } from "../compose/rules/rule.ts";
import type { AddressBooks } from "./addressBooks.ts";
import type { Commands } from "./commands.ts";
import { count } from "./counts.ts";
import { type Documents, documentUri } from "./documents.ts";
import { activeDraftEditor, DRAFT_LANGUAGE, isDraft, textOf, toRange } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";
import { recentWriter } from "./identity.ts";
import type { Settings } from "./settings.ts";

/** Typing rests this long before a draft is checked, in milliseconds. */
const REST_MS = 300;
/** "Fix All" goes on while fixes make room for others, so many times at most. */
const ROUNDS = 5;
/** A draft that was only just made is not told that it says nothing yet. */
const ONLY_WHEN_ASKED = "L-NO-OWN";

export interface Checker extends vscode.Disposable {
  /** What is found in a draft as it stands, everything included. */
  check(document: vscode.TextDocument): Promise<Finding[]>;
  /** What was found last, without what is shown when asked only. */
  shown(document: vscode.TextDocument): readonly Finding[];
  /** Other findings are shown than before. */
  readonly onDidChange: vscode.Event<void>;
}

interface CheckerParts {
  books: AddressBooks;
  commands: Commands;
  documents: Documents;
  parents: DraftParents;
  settings: Settings;
}

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

function diagnosticOf(finding: Finding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(finding), finding.message, SEVERITIES[finding.severity]);
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

export function openChecker({ books, commands, documents, parents, settings }: CheckerParts): Checker {
  const diagnostics = vscode.languages.createDiagnosticCollection("kernel-mail");
  const changed = new vscode.EventEmitter<void>();
  const timers = new Map<string, NodeJS.Timeout>();
  const found = new Map<string, { version: number; findings: Finding[] }>();
  /** Drafts that were checked by command: they are told everything. */
  const asked = new Set<string>();
  const lints = new Map<string, { madeOf: readonly unknown[]; lint: Lint }>();

  documents.serve("check", (uri) => {
    const rule = rules.find(({ id }) => id === uri.query);
    return Promise.resolve(rule && new TextEncoder().encode(`${explain(rule)}\n`));
  });

  /** The checker for a draft, prepared once for as long as what it knows of parent, person and address books stays. */
  const lintFor = async (document: vscode.TextDocument): Promise<Lint> => {
    const [parent, writer, aliases] = await Promise.all([
      parents.find(document),
      recentWriter(settings),
      books.aliases(),
    ]);
    const madeOf = [parent, writer, aliases];
    const key = document.uri.toString();
    const held = lints.get(key);
    if (held !== undefined && madeOf.every((part, at) => part === held.madeOf[at])) return held.lint;
    const lint = openLint({
      parent,
      self: writer?.self,
      exclude: writer?.exclude ?? [],
      levels: settings.checkLevels(),
      aliases,
    });
    lints.set(key, { madeOf, lint });
    return lint;
  };

  const check = async (document: vscode.TextDocument): Promise<Finding[]> => {
    const lint = await lintFor(document);
    const { version } = document;
    const findings = lint(textOf(document));
    found.set(document.uri.toString(), { version, findings });
    return findings;
  };

  const visible = (key: string): Finding[] =>
    (found.get(key)?.findings ?? []).filter(({ rule }) => rule !== ONLY_WHEN_ASKED || asked.has(key));

  const show = (document: vscode.TextDocument) => {
    const key = document.uri.toString();
    if (document.isClosed) return;
    diagnostics.set(document.uri, visible(key).map(diagnosticOf));
    changed.fire();
  };

  const refresh = (document: vscode.TextDocument) =>
    commands.attempt("check the draft", async () => {
      await check(document);
      show(document);
    });

  const schedule = (document: vscode.TextDocument, restMs = REST_MS) => {
    if (!isDraft(document)) return;
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        refresh(document);
      }, restMs),
    );
  };

  const forget = ({ uri }: vscode.TextDocument) => {
    const key = uri.toString();
    clearTimeout(timers.get(key));
    for (const map of [timers, found, lints]) map.delete(key);
    asked.delete(key);
    diagnostics.delete(uri);
  };

  commands.register("kernelMail.draft.check", async () => {
    const { document } = activeDraftEditor();
    asked.add(document.uri.toString());
    const findings = await check(document);
    show(document);
    if (findings.length === 0) {
      vscode.window.setStatusBarMessage("$(check) Nothing to put right in this draft", 5000);
      return;
    }
    await vscode.commands.executeCommand("workbench.actions.view.problems");
  });

  commands.register("kernelMail.draft.fixAll", async () => {
    const editor = activeDraftEditor();
    const { document } = editor;
    const before = (await check(document)).length;
    for (let round = 0; round < ROUNDS; round++) {
      const { version } = document;
      const edits = safeEdits(await check(document));
      // What was typed meanwhile is checked anew.
      if (version !== document.version) continue;
      if (edits.length === 0) break;
      const lineEnd = document.eol === vscode.EndOfLine.CRLF ? "\r\n" : "\n";
      await editor.edit(
        (builder) => {
          for (const edit of edits) builder.replace(toRange(edit), edit.text.replaceAll("\n", lineEnd));
        },
        { undoStopBefore: round === 0, undoStopAfter: false },
      );
    }
    const after = (await check(document)).length;
    show(document);
    const text =
      before > after ? `Put right: ${count(before - after, "problem")}` : "Nothing could be put right safely";
    vscode.window.setStatusBarMessage(text, 5000);
  });

  const actions = vscode.languages.registerCodeActionsProvider(
    { language: DRAFT_LANGUAGE },
    {
      provideCodeActions: async (document, range, { diagnostics: shown, only }) => {
        if (!isDraft(document)) return [];
        const held = found.get(document.uri.toString());
        const findings = held?.version === document.version ? held.findings : await check(document);
        if (only !== undefined && vscode.CodeActionKind.SourceFixAll.contains(only)) {
          return fixAllAction(document, findings);
        }
        return findings
          .filter((finding) => rangeOf(finding).intersection(range) !== undefined)
          .flatMap((finding) => fixActions(document, finding, shown));
      },
    },
    {
      providedCodeActionKinds: [
        vscode.CodeActionKind.QuickFix,
        vscode.CodeActionKind.SourceFixAll.append("kernelMail"),
      ],
    },
  );

  const watching = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument((document) => schedule(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) schedule(document);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    settings.onDidChange(["check.rules", "identities", "myAddresses"], () => {
      lints.clear();
      for (const document of vscode.workspace.textDocuments) schedule(document, 0);
    }),
  );
  for (const document of vscode.workspace.textDocuments) schedule(document, 0);

  return {
    check,
    shown: (document) => visible(document.uri.toString()),
    onDidChange: changed.event,
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      vscode.Disposable.from(watching, actions, diagnostics, changed).dispose();
    },
  };
}

function fixActions(
  document: vscode.TextDocument,
  finding: Finding,
  shown: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const own = shown.filter(
    ({ code, range }) =>
      typeof code === "object" && code.value === finding.rule && range.isEqual(rangeOf(finding)),
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
