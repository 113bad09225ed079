/** A draft in an ordinary text editor: made by a reply, checked as it is typed, previewed, saved. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { writeWhole } from "../../base/wholeFile.ts";
import { readDraft } from "../../compose/draftText.ts";
import type { Recipient } from "../../compose/headerEdit.ts";
import type { Finding } from "../../compose/rules/rule.ts";
import { readBody } from "../../mail/body.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import type { Documents } from "../documents.ts";
import { openKernelTrees, tellKernelTree } from "../links/kernelTrees.ts";
import { askWhere } from "../openFolder.ts";
import type { Settings } from "../settings.ts";
import { columnOf, readingColumn } from "../tabs.ts";
import { openAddressBooks } from "./addressBooks.ts";
import { answerDrafts } from "./answerDraft.ts";
import { type Answering, openAnswering } from "./answering.ts";
import { registerAnswerPlaces } from "./answerPlaces.ts";
import { openBounces } from "./bounces.ts";
import { openChecker } from "./checker.ts";
import { registerCitedText } from "./citedText.ts";
import { registerDraftCompletion } from "./draftCompletion.ts";
import { DRAFT_LANGUAGE, isDraft } from "./draftDocument.ts";
import { recipientsOf, registerDraftHeader } from "./draftHeader.ts";
import { registerDraftHovers } from "./draftHovers.ts";
import { registerDraftLenses } from "./draftLenses.ts";
import { foldRecipients, registerDraftOutline } from "./draftOutline.ts";
import { openDraftParents } from "./draftParent.ts";
import { registerInsertions } from "./insertions.ts";
import { openParentBeside } from "./parentBeside.ts";
import { openPreviews, PREVIEW_SCHEME, type Previews, previewedDraft } from "./preview.ts";
import { recipientRemarks } from "./recipientRemarks.ts";
import { openReplying, type Reply } from "./replying.ts";
import { openSafeSaves } from "./safeSaves.ts";
import { openWrapping } from "./wrapping.ts";

export interface ComposeEditor extends vscode.Disposable {
  /** Opens the draft that answers a message: the one there is, else a new one. */
  readonly reply: Reply;
  /** Answers of other kinds. */
  answering: Answering;
  /** Opens a draft of the folder. */
  open(path: string): Promise<vscode.TextEditor>;
  /** The draft in the active editor, or the one whose preview that is; a UserError when there is none. */
  activeDraft(): Promise<vscode.TextDocument>;
  readonly previews: Previews;
  /** Everything that is found in a draft as it stands. */
  check(document: vscode.TextDocument): Promise<Finding[]>;
  /** What is found in what would be sent of it. */
  checkSent(document: vscode.TextDocument): Promise<Finding[]>;
  /** A draft's recipients against those that answering its parent gives; undefined when nobody knows the parent. */
  compare(document: vscode.TextDocument): Promise<Recipient[] | undefined>;
}

interface ComposeParts {
  archive: Archive;
  settings: Settings;
  commands: Commands;
  documents: Documents;
  /** Where drafts are kept. */
  folder: string;
  userAgent: string;
  sevenBitOnly: () => boolean;
  /** Fires when a message is to be read otherwise than before. */
  onReadAs: vscode.Event<void>;
}

/**
 * Where an answer begins: below the cited text when only some lines are cited, else on the first line that the
 * parent's author wrote, from where one reads down to what one answers. Lines count from 0.
 */
export function firstPlace(text: string, partly: boolean): number {
  const lines = text.split("\n");
  const bodyLine = readDraft(text).bodyLine - 1;
  const firstCited = lines.findIndex((line, index) => index >= bodyLine && line.startsWith(">"));
  if (firstCited < 0) return Math.min(bodyLine, lines.length - 1);
  if (!partly) {
    const blocks = readBody(lines.slice(bodyLine).join("\n"));
    const own = blocks.find(({ kind, depth }) => depth === 1 && kind !== "attribution");
    const first = own === undefined ? firstCited : bodyLine + own.firstLine - 1;
    const worded = lines.findIndex((line, index) => index >= first && /^>[> ]*[^> ]/.test(line));
    return worded < 0 ? firstCited : worded;
  }
  const below = lines.findIndex((line, index) => index > firstCited && !line.startsWith(">"));
  if (below < 0) return lines.length - 1;
  return Math.min(lines[below] === "" ? below + 1 : below, lines.length - 1);
}

/** The draft in the active editor, or the one whose preview that is; a UserError when there is none. */
async function activeDraft(): Promise<vscode.TextDocument> {
  const document = vscode.window.activeTextEditor?.document;
  if (document !== undefined && isDraft(document)) return document;
  if (document?.uri.scheme === PREVIEW_SCHEME) {
    return await vscode.workspace.openTextDocument(previewedDraft(document.uri));
  }
  throw new UserError("No draft is open here.", "Put the cursor into a draft and try again.");
}

export function openComposeEditor(parts: ComposeParts): ComposeEditor {
  const { archive, settings, commands, documents, folder, userAgent } = parts;
  const parents = openDraftParents(archive, parts.onReadAs);
  const bounces = openBounces(archive);
  const compare = async (document: vscode.TextDocument) =>
    (await parents.find(document)) && (await recipientsOf(document, { bounces, parents, settings }));
  const previews = openPreviews({
    commands,
    userAgent,
    language: DRAFT_LANGUAGE,
    sevenBitOnly: parts.sevenBitOnly,
    trims: settings.trimsOnSend,
    remarks: async (document) => {
      const recipients = await compare(document);
      return recipients === undefined ? [] : recipientRemarks(recipients);
    },
  });
  const books = openAddressBooks(settings, (error) => commands.tell(error, "read an address book"));
  const trees = openKernelTrees(settings);
  const checker = openChecker({ books, bounces, commands, documents, parents, settings, trees });

  const show = async (path: string, partly: boolean): Promise<vscode.TextEditor> => {
    const uri = vscode.Uri.file(path);
    // Where it is open the cursor stays: somebody may be typing there.
    const open = columnOf(uri);
    let document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== DRAFT_LANGUAGE) {
      document = await vscode.languages.setTextDocumentLanguage(document, DRAFT_LANGUAGE);
    }
    const line = firstPlace(document.getText(), partly);
    const place = new vscode.Position(line, partly ? 0 : document.lineAt(line).text.length);
    const reading = settings.opensBeside() ? readingColumn() : undefined;
    const column = open ?? (reading === undefined ? undefined : reading + 1);
    const editor = await vscode.window.showTextDocument(document, {
      preview: false,
      ...(column === undefined ? {} : { viewColumn: column }),
      ...(open !== undefined ? {} : { selection: new vscode.Range(place, place) }),
    });
    if (open === undefined && settings.foldsRecipients()) await foldRecipients(editor);
    return editor;
  };

  const drafts = answerDrafts({ archive, bounces, commands, settings, folder });
  const reply = openReplying({ archive, commands, drafts, folder, show });

  commands.register("kernelMail.draft.preview", async () => {
    await previews.show(await activeDraft());
  });
  commands.register("kernelMail.draft.saveAs", async (target) => {
    const draft = await activeDraft();
    const bytes = previews.bytes(draft);
    const name = basename(draft.uri.path).replace(/\.[^.]*$/, "");
    const uri =
      target instanceof vscode.Uri
        ? target
        : await askWhere("Save Draft as .eml", name, { label: "Messages", ending: "eml" });
    if (uri === undefined) return;
    if (uri.scheme === "file") await writeWhole(uri.fsPath, bytes);
    else await vscode.workspace.fs.writeFile(uri, bytes);
    vscode.window.setStatusBarMessage(`Saved ${basename(uri.path)}, ${bytes.byteLength} bytes`, 5000);
  });
  registerCitedText({ commands, parents, settings });
  registerAnswerPlaces(commands);
  registerDraftHeader({ archive, bounces, commands, settings, parents });
  registerInsertions({ archive, commands, trees });
  const features = vscode.Disposable.from(
    tellKernelTree(trees, settings),
    openSafeSaves({ commands, folder }),
    openWrapping({ settings, commands }),
    openParentBeside({ commands, documents, parents }),
    registerDraftCompletion({ archive, books, settings, parents, trees }),
    registerDraftHovers({ archive, trees }),
    registerDraftLenses({ bounces, checker, parents, settings }),
    registerDraftOutline(),
  );

  /**
   * Where a window comes back, the indentation of a draft was guessed before its language was known: it is set once
   * for each editor, and what the person changes in it afterwards stays.
   */
  const indented = new WeakSet<vscode.TextEditor>();
  const indentVisible = () => {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!isDraft(editor.document) || indented.has(editor)) continue;
      indented.add(editor);
      editor.options = { ...settings.indentation(editor.document), indentSize: "tabSize" };
    }
  };

  const watching = vscode.Disposable.from(
    vscode.window.onDidChangeVisibleTextEditors(indentVisible),
    // Also told when a document becomes one of another language.
    vscode.workspace.onDidOpenTextDocument(indentVisible),
  );
  indentVisible();

  return {
    reply,
    answering: openAnswering({ archive, commands, drafts, settings, parents, previews, folder, show }),
    open: (path) => show(path, false),
    activeDraft,
    previews,
    compare,
    check: checker.check,
    checkSent: checker.checkSent,
    dispose: () => vscode.Disposable.from(watching, features, checker, previews, parents).dispose(),
  };
}
