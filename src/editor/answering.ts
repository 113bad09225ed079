/** Answers that begin from a message: a comment on its lines, a trailer, a template; and messages that answer none. */
import * as vscode from "vscode";
import { UserError } from "../base/report.ts";
import { citeForComment, placeComment } from "../compose/comment.ts";
import type { Draft } from "../compose/draft.ts";
import { bodyLineOf } from "../compose/draftText.ts";
import { forward, newMessage } from "../compose/forward.ts";
import { chooseIdentity } from "../compose/identity.ts";
import { type ReplyOptions, replyTo } from "../compose/reply.ts";
import { fillTemplate, templateValues } from "../compose/template.ts";
import { insertTrailer, type Offer, offersFor, trailerLine } from "../compose/trailer.ts";
import type { Message } from "../mail/message.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Commands } from "./commands.ts";
import { decodeMessage } from "./decoder.ts";
import { activeDraftEditor, applyToBody, DRAFT_LANGUAGE, readBodyAt, textOf } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";
import { createDraft, draftAnswering, keptForDraft } from "./drafts.ts";
import { findWriter, type Writer } from "./identity.ts";
import type { InFocus } from "./messageInFocus.ts";
import type { Previews } from "./preview.ts";
import type { Settings } from "./settings.ts";

interface AnsweringParts {
  archive: Archive;
  commands: Commands;
  settings: Settings;
  parents: DraftParents;
  previews: Previews;
  /** Where drafts are kept. */
  folder: string;
  /** Opens a draft of the folder; `partly` puts the cursor below what is cited. */
  show(path: string, partly: boolean): Promise<vscode.TextEditor>;
}

export interface Answering {
  /** Cites lines with what they need in the draft for their message, and puts the cursor where the comment goes. */
  comment(focus: InFocus): Promise<void>;
  /** Asks which trailer is given, and shows the mail that gives it. */
  trailer(focus: InFocus): Promise<void>;
  /** Asks for a template and answers with it. */
  template(focus: InFocus): Promise<void>;
  forward(focus: InFocus): Promise<void>;
}

/** A list in which a letter chooses at once. */
async function chooseTrailer(offers: readonly Offer[], title: string): Promise<Offer | undefined> {
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { offer: Offer }>();
  list.title = title;
  list.placeholder = "A letter chooses: r Reviewed, a Acked, t Tested, p Reported, n NACKed";
  list.items = offers.map((offer) => ({
    label: offer.name,
    description: `${offer.letter}  ${offer.says}`,
    offer,
  }));
  try {
    return await new Promise((resolve) => {
      list.onDidChangeValue((value) => {
        const chosen = offers.find(({ letter }) => letter === value.toLowerCase());
        if (chosen !== undefined) resolve(chosen);
      });
      list.onDidAccept(() => resolve(list.selectedItems[0]?.offer));
      list.onDidHide(() => resolve(undefined));
      list.show();
    });
  } finally {
    list.dispose();
  }
}

export function openAnswering(parts: AnsweringParts): Answering {
  const { archive, commands, settings, parents, previews, folder, show } = parts;

  const get = async (messageId: string): Promise<Message> => {
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    if (found !== undefined) return await decodeMessage(found.raw);
    throw new UserError(
      "The message to answer is not in any archive.",
      "Check its archive for new mail and try again.",
    );
  };

  const keep = (messageId: string, path: string) =>
    archive.request("keep", { messageId, why: keptForDraft(path) });

  /** Writes the draft of a reply into the folder; undefined when nobody is known to write it. */
  const write = async (
    parent: Message,
    options: (writer: Writer) => ReplyOptions,
  ): Promise<string | undefined> => {
    const writer = await findWriter(settings);
    if (writer === undefined) return undefined;
    const { draft } = replyTo(parent, writer.self, {
      date: new Date(),
      excludeRecipients: writer.exclude,
      signature: settings.signature(),
      ...options(writer),
    });
    const path = await createDraft(folder, draft);
    await keep(parent.messageId, path);
    return path;
  };

  /** Makes edits of a body that was read just now; a UserError when the text moved meanwhile. */
  const edit = async (
    editor: vscode.TextEditor,
    bodyLine: number,
    edits: Parameters<typeof applyToBody>[2],
  ): Promise<void> => {
    if (edits.length === 0 || (await applyToBody(editor, bodyLine, edits))) return;
    throw new UserError("The text was changed at the same time, so nothing was done.", "Try again.");
  };

  const goTo = (editor: vscode.TextEditor, line: number) => {
    const place = editor.document.lineAt(Math.min(line, editor.document.lineCount) - 1).range.end;
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  };

  const comment = async ({ messageId, lines }: InFocus): Promise<void> => {
    const first = lines?.[0]?.[0];
    const last = lines?.at(-1)?.[1];
    if (first === undefined || last === undefined) {
      throw new UserError(
        "No line is chosen.",
        "Click a line of the message, or select some, and try again.",
      );
    }
    const parent = await get(messageId);
    const existing = await draftAnswering(folder, messageId, false);
    if (existing === undefined) {
      const path = await write(parent, () => ({ cited: citeForComment(parent, [first, last]) }));
      if (path !== undefined) await show(path, true);
      return;
    }
    const editor = await show(existing.path, false);
    const text = textOf(editor.document);
    const bodyLine = bodyLineOf(text);
    const body = text
      .split("\n")
      .slice(bodyLine - 1)
      .join("\n");
    const place = placeComment(body, parent, [first, last]);
    await edit(editor, bodyLine, place.edits);
    goTo(editor, place.line + bodyLine - 1);
  };

  const trailer = async ({ messageId }: InFocus): Promise<void> => {
    const parent = await get(messageId);
    const offer = await chooseTrailer(offersFor(parent), "Answer with a Trailer");
    if (offer === undefined) return;
    const existing = await draftAnswering(folder, messageId, false);
    if (existing !== undefined) {
      // What is in writing is not left behind: the trailer joins it.
      const editor = await show(existing.path, false);
      const { body, bodyLine } = readBodyAt(editor.document, editor.selection);
      await edit(editor, bodyLine, insertTrailer(body, trailerLine(offer.name, existing.draft.from)));
      await editor.document.save();
      await previews.show(editor.document);
      return;
    }
    const path = await write(parent, ({ self }) => ({
      cites: settings.trailerCites(),
      ownText: trailerLine(offer.name, chooseIdentity(parent, self)),
    }));
    if (path === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    await previews.show(await vscode.languages.setTextDocumentLanguage(document, DRAFT_LANGUAGE));
  };

  const chooseTemplate = async (): Promise<string | undefined> => {
    const templates = settings.templates();
    if (templates.length === 0) {
      throw new UserError("There are no templates.", "Add one to the setting kernelMail.compose.templates.");
    }
    const chosen = await vscode.window.showQuickPick(
      templates.map(([label, text]) => ({ label, detail: text.split("\n", 1)[0] ?? "", text })),
      { title: "Template", matchOnDetail: true },
    );
    return chosen?.text;
  };

  /** Puts text where the cursor is, on lines of its own. */
  const insertHere = async (editor: vscode.TextEditor, text: string): Promise<void> => {
    const { active } = editor.selection;
    const line = editor.document.lineAt(active.line);
    const done = await editor.edit((builder) =>
      builder.insert(line.range.end, line.text === "" ? text : `\n\n${text}`),
    );
    if (!done)
      throw new UserError("The text was changed at the same time, so nothing was done.", "Try again.");
  };

  const template = async ({ messageId }: InFocus): Promise<void> => {
    const text = await chooseTemplate();
    if (text === undefined) return;
    const parent = await get(messageId);
    const filled = fillTemplate(text, templateValues(parent));
    const existing = await draftAnswering(folder, messageId, false);
    if (existing !== undefined) {
      await insertHere(await show(existing.path, false), filled);
      return;
    }
    const path = await write(parent, () => ({ ownText: filled }));
    if (path === undefined) return;
    const editor = await show(path, true);
    const ending = filled.trimEnd().split("\n").at(-1) ?? "";
    const lines = textOf(editor.document).split("\n");
    goTo(editor, lines.lastIndexOf(ending) + 1);
  };

  /** A draft that answers nothing, opened at its To field. */
  const begin = async (make: (writer: Writer) => Draft): Promise<void> => {
    const writer = await findWriter(settings);
    if (writer === undefined) return;
    const editor = await show(await createDraft(folder, make(writer)), false);
    const lines = textOf(editor.document).split("\n");
    goTo(editor, Math.max(1, lines.findIndex((line) => /^To:/i.test(line)) + 1));
    await vscode.commands.executeCommand("editor.action.insertSnippet", { snippet: " " });
  };

  commands.register("kernelMail.newMessage", () =>
    begin(({ self }) => newMessage(self.identity, { signature: settings.signature() })),
  );
  commands.register("kernelMail.draft.insertTemplate", async () => {
    const editor = activeDraftEditor();
    const text = await chooseTemplate();
    if (text === undefined) return;
    await insertHere(editor, fillTemplate(text, templateValues(await parents.find(editor.document))));
  });
  commands.register("kernelMail.draft.insertTrailer", async () => {
    const editor = activeDraftEditor();
    const parent = await parents.find(editor.document);
    const offers = offersFor(parent ?? { subject: "[PATCH]", body: "" });
    const offer = await chooseTrailer(offers, "Insert Trailer");
    if (offer === undefined) return;
    const known = await findWriter(settings);
    if (known === undefined) return;
    const { body, bodyLine, line } = readBodyAt(editor.document, editor.selection);
    const identity = parent === undefined ? known.self.identity : chooseIdentity(parent, known.self);
    await edit(editor, bodyLine, insertTrailer(body, trailerLine(offer.name, identity), line));
  });

  return {
    comment,
    trailer,
    template,
    forward: async ({ messageId }) => {
      const parent = await get(messageId);
      await begin(({ self }) =>
        forward(parent, chooseIdentity(parent, self), { signature: settings.signature() }),
      );
    },
  };
}
