/** The preview of a draft: the exact bytes that would go out, read-only, following the draft as it is edited. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { isUserError, sentence, UserError } from "../../base/report.ts";
import type { Draft } from "../../compose/draft.ts";
import { readDraft } from "../../compose/draftText.ts";
import { toWire, type Wire, type WireOptions } from "../../compose/wire.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { serveBytes } from "../documents.ts";
import { inLabel } from "../plainWords.ts";

export const PREVIEW_SCHEME = "kernel-mail-preview";

/** Edits closer together than this make one new preview, in milliseconds. */
const SETTLE_MS = 250;

/** In the first moments after a preview has come up no key confirms it, in milliseconds. */
const LOOK_MS = 500;

/** What beside its text decides the bytes of a mail. */
type WireChoices = Pick<WireOptions, "sevenBitOnly" | "trim">;

/** A draft as it would be sent, with what it was made from. */
export interface Rendering {
  text: string;
  how: WireChoices;
  draft: Draft;
  wire: Wire;
  recipients: number;
}

/** A rendering, and the draft's file. */
export interface FileRendering extends Rendering {
  file: vscode.Uri;
}

/** What a preview is worth as a confirmation: `early` a key that was still held down, `changed` an older text. */
export type Confirmation =
  | { state: "ready"; rendering: Rendering }
  | { state: "early" }
  | { state: "changed" };

export interface Previews extends vscode.Disposable {
  /** Opens the preview beside the draft. From then on, until the next edit, it can be confirmed. */
  show(draft: vscode.TextDocument): Promise<void>;
  /** What is sent when this draft is confirmed now. */
  confirm(draft: vscode.TextDocument): Confirmation;
  /** The bytes of the draft; those of its preview while the text is the same. */
  bytes(draft: vscode.TextDocument): Uint8Array;
  /** Opens one document with all of these in it, each under a line of its own. */
  showAll(drafts: readonly FileRendering[]): Promise<void>;
  /** What is sent when a document of `showAll` is confirmed now; undefined for any other one. */
  confirmAll(preview: vscode.Uri): readonly FileRendering[] | "early" | undefined;
}

/** Renders a draft's text. Throws a UserError that names the first line in the way. */
export function render(text: string, date: Date, userAgent: string, how: WireChoices): Rendering {
  const { draft, problems } = readDraft(text);
  const error = problems.find((problem) => problem.severity === "error");
  if (error !== undefined) {
    throw new UserError(error.message, `Correct line ${error.line} of the draft and try again.`);
  }
  const zoneMinutes = -date.getTimezoneOffset();
  return {
    text,
    draft,
    how,
    wire: toWire(draft, { date: { ms: date.getTime(), zoneMinutes }, userAgent, ...how }),
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

/** Whether a document previews several mails at once. */
export const isBatch = ({ scheme, query }: vscode.Uri): boolean => scheme === PREVIEW_SCHEME && query === "";

/** The draft that a preview is of. */
export const previewedDraft = (preview: vscode.Uri): vscode.Uri => vscode.Uri.parse(preview.query, true);

/** The mails of a batch below each other: the exact bytes of each, under a line that is not sent, and a line end. */
function bytesOfAll(drafts: readonly Rendering[]): Uint8Array {
  const pieces = drafts.map(({ draft, wire }, index) =>
    Buffer.concat([
      Buffer.from(`==== ${index + 1} of ${drafts.length}: ${draft.subject} ====\r\n`),
      wire.bytes,
      Buffer.from("\r\n"),
    ]),
  );
  return Buffer.concat(pieces);
}

/** The lines of a batch's document (from 0) under which its mails stand. */
function startsOfAll(drafts: readonly Rendering[]): number[] {
  let line = 0;
  return drafts.map(({ wire }) => {
    const start = line;
    line += 2 + Buffer.from(wire.bytes).toString("latin1").split("\n").length - 1;
    return start;
  });
}

export interface PreviewParts {
  commands: Commands;
  userAgent: string;
  language: string;
  /** R1003: the server takes no 8-bit text. */
  sevenBitOnly: () => boolean;
  /** Whether cited text that nobody answers is left out (R704). */
  trims: () => boolean;
  /** What else the line above a preview has to say of a draft. */
  remarks: (draft: vscode.TextDocument) => Promise<string[]>;
}

export function openPreviews(parts: PreviewParts): Previews {
  const { commands, userAgent, language } = parts;
  /** By the draft's address: what its preview shows, and why it is not newer, when it is not. */
  const made = new Map<string, Rendering>();
  /** The text that the person was shown and may confirm, and since when. */
  const offered = new Map<string, { text: string; sinceMs: number }>();
  /** By the address of the document. */
  const batches = new Map<string, { drafts: readonly FileRendering[]; sinceMs: number }>();

  /** A key that is held down comes again and again: only a rest ends the waiting. */
  const isEarly = (offer: { sinceMs: number }): boolean => {
    const early = Date.now() - offer.sinceMs < LOOK_MS;
    if (early) offer.sinceMs = Date.now();
    return early;
  };
  const problems = new Map<string, string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const lensesChanged = new vscode.EventEmitter<void>();
  const said = new Map<string, string[]>();
  const remark = (draft: vscode.TextDocument) =>
    commands.attempt("compare the recipients", async () => {
      said.set(draft.uri.toString(), await parts.remarks(draft));
      lensesChanged.fire();
    });

  const how = (): WireChoices => ({ sevenBitOnly: parts.sevenBitOnly(), trim: parts.trims() });
  const rendering = (draft: vscode.TextDocument): Rendering => {
    const key = draft.uri.toString();
    const text = draft.getText();
    const known = made.get(key);
    if (known?.text === text) return known;
    const next = render(text, new Date(), userAgent, how());
    made.set(key, next);
    return next;
  };

  const documents = serveBytes(PREVIEW_SCHEME, async (uri) => {
    if (isBatch(uri)) {
      const batch = batches.get(uri.toString());
      return batch === undefined ? undefined : bytesOfAll(batch.drafts);
    }
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
      remark(draft);
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
    offered.delete(key);
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
    // Giving a document its language closes it and opens it again.
    const uri = document.uri.toString();
    if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === uri && !open.isClosed)) return;
    if (batches.delete(uri) || isBatch(document.uri)) return;
    const key = previewedDraft(document.uri).toString();
    offered.delete(key);
    said.delete(key);
    made.delete(key);
    problems.delete(key);
  });

  const lenses = vscode.languages.registerCodeLensProvider(
    { scheme: PREVIEW_SCHEME },
    {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: (document) => {
        const top = new vscode.Range(0, 0, 0, 0);
        const say = (title: string) => new vscode.CodeLens(top, { title: inLabel(title), command: "" });
        const send = (title: string) =>
          new vscode.CodeLens(top, { title: `$(send) ${title}`, command: "kernelMail.draft.confirmSend" });
        const edit = (line: number, { fsPath: path }: vscode.Uri) =>
          new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
            title: "$(edit) Edit",
            command: "kernelMail.draft.open",
            arguments: [{ path }],
          });
        const batch = batches.get(document.uri.toString());
        if (batch !== undefined) {
          const { drafts } = batch;
          const starts = startsOfAll(drafts);
          const edits = drafts.map(({ file }, at) => edit(starts[at] ?? 0, file));
          return [send(`Send ${count(drafts.length, "Message")}`), ...edits];
        }
        if (isBatch(document.uri)) return [];
        const draft = previewedDraft(document.uri);
        const shown = made.get(draft.toString());
        const problem = problems.get(draft.toString());
        if (problem !== undefined) return [say(`Older than the draft: ${problem}`)];
        const words = said.get(draft.toString()) ?? [];
        if (shown === undefined) return [];
        return [send("Send This Message"), edit(0, draft), ...[facts(shown), ...words].map(say)];
      },
    },
  );

  return {
    show: async (draft) => {
      const key = draft.uri.toString();
      const known = made.get(key)?.how;
      const now = how();
      // What a server takes may have become known since, or a setting have changed.
      if (known?.sevenBitOnly !== now.sevenBitOnly || known?.trim !== now.trim) made.delete(key);
      rendering(draft);
      remark(draft);
      problems.delete(key);
      const uri = previewUri(draft.uri);
      documents.changed(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      // One that is open stays where it is: beside itself would be a third column.
      const open = vscode.window.tabGroups.all.find(({ tabs }) =>
        tabs.some(
          ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
        ),
      );
      await vscode.window.showTextDocument(document, {
        preview: true,
        preserveFocus: false,
        viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside,
      });
      offered.set(key, { text: draft.getText(), sinceMs: Date.now() });
      lensesChanged.fire();
    },
    confirm: (draft) => {
      const offer = offered.get(draft.uri.toString());
      const rendered = made.get(draft.uri.toString());
      const text = draft.getText();
      if (offer?.text !== text || rendered?.text !== text) return { state: "changed" };
      return isEarly(offer) ? { state: "early" } : { state: "ready", rendering: rendered };
    },
    bytes: (draft) => rendering(draft).wire.bytes,
    showAll: async (drafts) => {
      const name = `Preview of ${count(drafts.length, "message")}`;
      // Each its own address, of which the person sees the name alone.
      const uri = vscode.Uri.from({
        scheme: PREVIEW_SCHEME,
        authority: String(Date.now()),
        path: `/${name}`,
      });
      const batch = { drafts, sinceMs: Date.now() };
      batches.set(uri.toString(), batch);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: false });
      batch.sinceMs = Date.now();
      lensesChanged.fire();
    },
    confirmAll: (preview) => {
      const batch = batches.get(preview.toString());
      return batch === undefined ? undefined : isEarly(batch) ? "early" : batch.drafts;
    },
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      vscode.Disposable.from(documents, edits, opens, closes, lenses, lensesChanged).dispose();
    },
  };
}
