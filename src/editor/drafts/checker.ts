/** The checker in the editor: when drafts are checked, and the page that explains a rule. */
import * as vscode from "vscode";
import { bodyLineOf } from "../../compose/draftText.ts";
import { leaveOutUnanswered } from "../../compose/leaveOut.ts";
import { type Lint, openLint, safeEdits } from "../../compose/lint.ts";
import { explain, rules } from "../../compose/rules/catalogue.ts";
import type { Finding } from "../../compose/rules/rule.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { Documents } from "../documents.ts";
import { recentWriter } from "../identity.ts";
import type { KernelTrees } from "../links/kernelTrees.ts";
import type { Settings } from "../settings.ts";
import type { AddressBooks } from "./addressBooks.ts";
import type { Bounces } from "./bounces.ts";
import { diagnosticOf, registerCheckActions } from "./checkActions.ts";
import { activeDraftEditor, isDraft, textOf, toRange } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";

/** Typing rests this long before a draft is checked, in milliseconds. */
const REST_MS = 300;
/** "Fix All" goes on while fixes make room for others, so many times at most. */
const ROUNDS = 5;
/** A draft that was only just made is not told that it says nothing yet. */
const ONLY_WHEN_ASKED = "L-NO-OWN";

export interface Checker extends vscode.Disposable {
  /** What is found in a draft as it stands, everything included. */
  check(document: vscode.TextDocument): Promise<Finding[]>;
  /** What is found in what would be sent of it: without cited text that nobody answers (R704). */
  checkSent(document: vscode.TextDocument): Promise<Finding[]>;
  /** What was found last, without what is shown when asked only. */
  shown(document: vscode.TextDocument): readonly Finding[];
  /** Other findings are shown than before. */
  readonly onDidChange: vscode.Event<void>;
}

interface CheckerParts {
  books: AddressBooks;
  bounces: Bounces;
  commands: Commands;
  documents: Documents;
  parents: DraftParents;
  settings: Settings;
  trees: KernelTrees;
}

export function openChecker(parts: CheckerParts): Checker {
  const { books, bounces, commands, documents, parents, settings, trees } = parts;
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
    const bounced = writer === undefined ? undefined : await bounces.known(writer.self);
    const madeOf = [parent, writer, aliases, bounced];
    const key = document.uri.toString();
    const held = lints.get(key);
    if (held !== undefined && madeOf.every((part, at) => part === held.madeOf[at])) return held.lint;
    const lint = openLint({
      parent,
      self: writer?.self,
      exclude: writer?.exclude ?? [],
      ...(bounced === undefined ? {} : { bounced }),
      levels: settings.checkLevels(),
      aliases,
      attribution: settings.citing().attribution,
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

  const checkSent = async (document: vscode.TextDocument): Promise<Finding[]> => {
    const lint = await lintFor(document);
    const lines = textOf(document).split("\n");
    const header = lines.splice(0, bodyLineOf(lines.join("\n")) - 1);
    return lint(
      [...header, ...leaveOutUnanswered(lines.join("\n"), settings.trimsOnSend()).lines, ""].join("\n"),
    );
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

  const actions = registerCheckActions(async (document) => {
    const held = found.get(document.uri.toString());
    return held?.version === document.version ? held.findings : await check(document);
  }, trees);

  const watching = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument((document) => schedule(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) schedule(document);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    settings.onDidChange(["check.rules", "compose.attribution", "identities", "myAddresses"], () => {
      lints.clear();
      for (const document of vscode.workspace.textDocuments) schedule(document, 0);
    }),
  );
  for (const document of vscode.workspace.textDocuments) schedule(document, 0);

  return {
    check,
    checkSent,
    shown: (document) => visible(document.uri.toString()),
    onDidChange: changed.event,
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      vscode.Disposable.from(watching, actions, diagnostics, changed).dispose();
    },
  };
}
