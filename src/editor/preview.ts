/** The preview of a draft: the exact bytes that would go out, read-only, following the draft as it is edited. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { isUserError, sentence, UserError } from "../base/report.ts";
import { readDraft } from "../compose/draftText.ts";
import { toWire, type Wire } from "../compose/wire.ts";
import type { Commands } from "./commands.ts";
import { count } from "./counts.ts";
import { serveBytes } from "./documents.ts";

export const PREVIEW_SCHEME = "kernel-mail-preview";

/** Edits closer together than this make one new preview, in milliseconds. */
const SETTLE_MS = 250;

/** A draft as it would be sent, with the text that it was made from. */
interface Rendering {
  text: string;
  wire: Wire;
  recipients: number;
}

export interface Previews extends vscode.Disposable {
  /** Opens the preview beside the draft. */
  show(draft: vscode.TextDocument): Promise<void>;
  /** The bytes of the draft; those of its preview while the text is the same. */
  bytes(draft: vscode.TextDocument): Uint8Array;
}

/** Renders a draft's text. Throws a UserError that names the first line in the way. */
export function render(text: string, date: Date, userAgent: string): Rendering {
  const { draft, problems } = readDraft(text);
  const error = problems.find((problem) => problem.severity === "error");
  if (error !== undefined) {
    throw new UserError(error.message, `Correct line ${error.line} of the draft and try again.`);
  }
  const zoneMinutes = -date.getTimezoneOffset();
  return {
    text,
    wire: toWire(draft, { date: { ms: date.getTime(), zoneMinutes }, userAgent }),
    recipients: draft.to.length + draft.cc.length + draft.bcc.length,
  };
}

/** What the preview has to tell beside its bytes, in one line. */
export function facts({ wire, recipients }: Pick<Rendering, "wire" | "recipients">): string {
  const size = wire.bytes.byteLength;
  return [
    count(recipients, "recipient"),
    wire.encoding,
    size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} kB`,
    ...(wire.leftOut > 0 ? [`${count(wire.leftOut, "cited line")} left out below the last answer`] : []),
    ...(wire.stripped > 0 ? [`blanks taken off the end of ${count(wire.stripped, "line")}`] : []),
  ].join(" · ");
}

const previewUri = (draft: vscode.Uri): vscode.Uri =>
  vscode.Uri.from({
    scheme: PREVIEW_SCHEME,
    path: `/Preview of ${basename(draft.path)}`,
    query: draft.toString(),
  });

/** The draft that a preview is of. */
export const previewedDraft = (preview: vscode.Uri): vscode.Uri => vscode.Uri.parse(preview.query, true);

export function openPreviews(parts: { commands: Commands; userAgent: string; language: string }): Previews {
  const { commands, userAgent, language } = parts;
  /** By the draft's address: what its preview shows, and why it is not newer, when it is not. */
  const made = new Map<string, Rendering>();
  const problems = new Map<string, string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const lensesChanged = new vscode.EventEmitter<void>();

  const rendering = (draft: vscode.TextDocument): Rendering => {
    const key = draft.uri.toString();
    const text = draft.getText();
    const known = made.get(key);
    if (known?.text === text) return known;
    const next = render(text, new Date(), userAgent);
    made.set(key, next);
    return next;
  };

  const documents = serveBytes(PREVIEW_SCHEME, async (uri) => {
    const key = previewedDraft(uri).toString();
    const known = made.get(key);
    // A tab that came back after a reload: the draft is read again.
    return (known ?? rendering(await vscode.workspace.openTextDocument(previewedDraft(uri)))).wire.bytes;
  });

  const refresh = (draft: vscode.TextDocument) => {
    const key = draft.uri.toString();
    timers.delete(key);
    if (!made.has(key)) return;
    try {
      rendering(draft);
      problems.delete(key);
      documents.changed(previewUri(draft.uri));
    } catch (error) {
      if (isUserError(error)) problems.set(key, sentence(error));
      else commands.tell(error, "preview the draft");
    }
    lensesChanged.fire();
  };

  const edits = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const key = document.uri.toString();
    if (contentChanges.length === 0 || !made.has(key)) return;
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => refresh(document), SETTLE_MS),
    );
  });

  /** The colours of a draft help to read its preview too. */
  const colour = (document: vscode.TextDocument) => {
    if (document.uri.scheme !== PREVIEW_SCHEME || document.languageId === language) return;
    commands.attempt("colour the preview", () =>
      Promise.resolve(vscode.languages.setTextDocumentLanguage(document, language)),
    );
  };
  const opens = vscode.workspace.onDidOpenTextDocument(colour);

  const closes = vscode.workspace.onDidCloseTextDocument((document) => {
    if (document.uri.scheme !== PREVIEW_SCHEME) return;
    const key = previewedDraft(document.uri).toString();
    // Giving a document its language closes it and opens it again.
    const uri = document.uri.toString();
    if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri && !open.isClosed)) return;
    made.delete(key);
    problems.delete(key);
  });

  const lenses = vscode.languages.registerCodeLensProvider(
    { scheme: PREVIEW_SCHEME },
    {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: (document) => {
        const key = previewedDraft(document.uri).toString();
        const shown = made.get(key);
        const problem = problems.get(key);
        const title =
          problem === undefined ? (shown ? facts(shown) : "") : `Older than the draft: ${problem}`;
        if (title === "") return [];
        return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command: "" })];
      },
    },
  );

  return {
    show: async (draft) => {
      rendering(draft);
      problems.delete(draft.uri.toString());
      const uri = previewUri(draft.uri);
      documents.changed(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, {
        preview: true,
        preserveFocus: false,
        viewColumn: vscode.ViewColumn.Beside,
      });
      lensesChanged.fire();
    },
    bytes: (draft) => rendering(draft).wire.bytes,
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      vscode.Disposable.from(documents, edits, opens, closes, lenses, lensesChanged).dispose();
    },
  };
}
