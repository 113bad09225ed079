import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { citeForComment, placeComment } from "../../compose/comment.ts";
import type { Draft } from "../../compose/draft.ts";
import { bodyOf } from "../../compose/draftText.ts";
import { forward, newMessage } from "../../compose/forward.ts";
import { chooseIdentity } from "../../compose/identity.ts";
import { fillTemplate, templateValues } from "../../compose/template.ts";
import { insertTrailer, offersFor, trailerLine } from "../../compose/trailer.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { findWriter, type Writer } from "../identity.ts";
import type { InFocus } from "../reading/messageInFocus.ts";
import type { Settings } from "../settings.ts";
import type { AnswerDrafts } from "./answerDraft.ts";
import { activeDraftEditor, changeBody, readBodyAt, textMoved, textOf } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";
import { createDraft, draftAnswering } from "./drafts.ts";
import type { Previews } from "./preview.ts";
import { chooseTrailer, openTrailerAnswers, type TrailerAnswers } from "./trailerAnswers.ts";

interface AnsweringParts {
  archive: Archive;
  commands: Commands;
  drafts: AnswerDrafts;
  settings: Settings;
  parents: DraftParents;
  previews: Previews;
  /** Where drafts are kept. */
  folder: string;
  /** Opens a draft of the folder; `partly` puts the cursor below what is cited. */
  show(path: string, partly: boolean): Promise<vscode.TextEditor>;
}

export interface Answering extends TrailerAnswers {
  /** Cites lines with what they need in the draft for their message, and puts the cursor where the comment goes. */
  comment(focus: InFocus): Promise<void>;
  /** Asks for a template and answers with it. */
  template(focus: InFocus): Promise<void>;
  forward(focus: InFocus): Promise<void>;
}

export function openAnswering(parts: AnsweringParts): Answering {
  const { commands, drafts, settings, parents, folder, show } = parts;

  const commentCites = () => ({ context: settings.contextLines(), style: settings.citing().style });

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
    const parent = await drafts.parent(messageId);
    const existing = await draftAnswering(folder, messageId, false);
    if (existing === undefined) {
      const cited = citeForComment(parent, [first, last], commentCites());
      const written = await drafts.write(parent, () => ({ cited }));
      if (written !== undefined) await show(written.path, true);
      return;
    }
    const editor = await show(existing.path, false);
    const { body, bodyLine } = bodyOf(textOf(editor.document));
    const place = placeComment(body, parent, [first, last], commentCites());
    await changeBody(editor, bodyLine, place.edits);
    goTo(editor, place.line + bodyLine - 1);
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
    if (!done) throw textMoved();
  };

  const template = async ({ messageId }: InFocus): Promise<void> => {
    const text = await chooseTemplate();
    if (text === undefined) return;
    const parent = await drafts.parent(messageId);
    const filled = fillTemplate(text, templateValues(parent));
    const existing = await draftAnswering(folder, messageId, false);
    if (existing !== undefined) {
      await insertHere(await show(existing.path, false), filled);
      return;
    }
    const written = await drafts.write(parent, () => ({ ownText: filled }));
    if (written === undefined) return;
    const editor = await show(written.path, true);
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
    await changeBody(editor, bodyLine, insertTrailer(body, trailerLine(offer.name, identity), line));
  });

  return {
    comment,
    ...openTrailerAnswers(parts),
    template,
    forward: async ({ messageId }) => {
      const parent = await drafts.parent(messageId);
      await begin(({ self }) =>
        forward(parent, chooseIdentity(parent, self), { signature: settings.signature() }),
      );
    },
  };
}
