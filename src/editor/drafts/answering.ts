/** Answers that begin from a message: a comment on its lines, a trailer, a template; and messages that answer none. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { citeForComment, placeComment } from "../../compose/comment.ts";
import type { Draft } from "../../compose/draft.ts";
import { bodyLineOf } from "../../compose/draftText.ts";
import { shiftLines } from "../../compose/edit.ts";
import { forward, newMessage } from "../../compose/forward.ts";
import { chooseIdentity } from "../../compose/identity.ts";
import { type ReplyOptions, replyTo } from "../../compose/reply.ts";
import { fillTemplate, templateValues } from "../../compose/template.ts";
import { insertTrailer, type Offer, offersFor, trailerLine } from "../../compose/trailer.ts";
import type { Message } from "../../mail/message.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { decodeMessage } from "../decoder.ts";
import { findWriter, type Writer } from "../identity.ts";
import type { InFocus } from "../reading/messageInFocus.ts";
import type { Settings } from "../settings.ts";
import type { Bounces } from "./bounces.ts";
import {
  activeDraftEditor,
  applyToBody,
  DRAFT_LANGUAGE,
  readBodyAt,
  textOf,
  toRange,
} from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";
import { createDraft, draftAnswering, keptForDraft } from "./drafts.ts";
import type { Previews } from "./preview.ts";

interface AnsweringParts {
  archive: Archive;
  bounces: Bounces;
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
  /** Asks which trailer is given to which patches of a series, if none are marked, and writes a draft for each; gives their paths. */
  trailers(focus: InFocus): Promise<string[]>;
  /** Asks for a template and answers with it. */
  template(focus: InFocus): Promise<void>;
  forward(focus: InFocus): Promise<void>;
}

interface PatchItem extends vscode.QuickPickItem {
  messageId: string;
}

/**
 * A page to which a list gave the focus back takes it with a delay, on a busy machine after what was opened next, whose
 * keys then go nowhere. So much later, in milliseconds, the focus is given once more.
 */
const PAGE_FOCUS_MS = 250;

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
  let chosen: Offer | undefined;
  const choose = (offer: Offer | undefined): void => {
    chosen = offer;
    list.hide();
  };
  list.onDidChangeValue((value) => {
    const offer = offers.find(({ letter }) => letter === value.toLowerCase());
    if (offer !== undefined) choose(offer);
  });
  list.onDidAccept(() => choose(list.selectedItems[0]?.offer));
  try {
    // A list that goes gives the focus back to where it was: what opens next must come after that, or it loses it again.
    await new Promise<void>((resolve) => {
      list.onDidHide(resolve);
      list.show();
    });
    return chosen;
  } finally {
    list.dispose();
  }
}

export function openAnswering(parts: AnsweringParts): Answering {
  const { archive, bounces, commands, settings, parents, previews, folder, show } = parts;

  const get = async (messageId: string): Promise<Message> => {
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    if (found !== undefined) return await decodeMessage(found);
    throw new UserError(
      "The message to answer is not in any archive.",
      "Check its archive for new mail and try again.",
    );
  };

  const commentCites = () => ({ context: settings.contextLines(), style: settings.citing().style });

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
      bounced: await bounces.known(writer.self),
      signature: settings.signature(),
      ...settings.citing(),
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
      const path = await write(parent, () => ({
        cited: citeForComment(parent, [first, last], commentCites()),
      }));
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
    const place = placeComment(body, parent, [first, last], commentCites());
    await edit(editor, bodyLine, place.edits);
    goTo(editor, place.line + bodyLine - 1);
  };

  /** The draft that gives a trailer to a message: the one that is in writing, which it joins, else one of its own. */
  const give = async (parent: Message, name: string): Promise<string | undefined> => {
    const existing = await draftAnswering(folder, parent.messageId, false);
    if (existing === undefined) {
      return await write(parent, ({ self }) => ({
        cites: settings.trailerCites(),
        ownText: trailerLine(name, chooseIdentity(parent, self)),
      }));
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(existing.path));
    const text = textOf(document);
    const bodyLine = bodyLineOf(text);
    const body = text
      .split("\n")
      .slice(bodyLine - 1)
      .join("\n");
    const line = trailerLine(name, existing.draft.from);
    if (!body.split("\n").includes(line)) {
      const change = new vscode.WorkspaceEdit();
      for (const one of shiftLines(insertTrailer(body, line), bodyLine - 1)) {
        change.replace(document.uri, toRange(one), one.text);
      }
      if (!(await vscode.workspace.applyEdit(change))) {
        throw new UserError("The text was changed at the same time, so nothing was done.", "Try again.");
      }
      await document.save();
    }
    return existing.path;
  };

  const trailer = async ({ messageId }: InFocus): Promise<void> => {
    const parent = await get(messageId);
    const offer = await chooseTrailer(offersFor(parent), "Answer with a Trailer");
    const path = offer && (await give(parent, offer.name));
    if (path === undefined) return;
    const opened = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const document =
      opened.languageId === DRAFT_LANGUAGE
        ? opened
        : await vscode.languages.setTextDocumentLanguage(opened, DRAFT_LANGUAGE);
    await previews.show(document);
    await delay(PAGE_FOCUS_MS);
    await previews.show(document);
  };

  /**
   * The cover letter and the patches of the version that a message belongs to, as its thread has them; of the thread
   * those that are marked, where some are.
   */
  const patchesBeside = async ({ messageId, marked }: InFocus): Promise<PatchItem[]> => {
    const thread = await archive.request("thread", { messageId });
    const nodes = thread?.nodes ?? [];
    const version = readPatchPrefix(
      nodes.find((node) => node.messageId === messageId)?.subject ?? "",
    ).version;
    return nodes
      .map((node) => ({ node, prefix: readPatchPrefix(node.subject) }))
      .filter(({ node, prefix }) => {
        if (node.missing || !prefix.isPatch || prefix.isReply) return false;
        return marked === undefined ? prefix.version === version : marked.includes(node.messageId);
      })
      .sort((a, b) => (a.prefix.n ?? 0) - (b.prefix.n ?? 0))
      .map(({ node, prefix }) => ({
        label: node.subject,
        description: prefix.n === 0 ? "cover letter: for the whole series" : node.fromName,
        picked: prefix.n !== 0,
        messageId: node.messageId,
      }));
  };

  const trailers = async (focus: InFocus): Promise<string[]> => {
    const items = await patchesBeside(focus);
    if (items.length === 0) {
      throw new UserError(
        focus.marked === undefined ? "No series is here." : "Nothing that is marked is a patch.",
        "Choose a patch or a cover letter and try again.",
      );
    }
    const offer = await chooseTrailer(
      offersFor({ subject: "[PATCH]", body: "" }),
      "Give Trailer to Several Patches",
    );
    if (offer === undefined) return [];
    const choose = () =>
      vscode.window.showQuickPick(items, {
        title: `${offer.name} for`,
        placeHolder: "Each gets a mail of its own; all are shown before they are sent",
        canPickMany: true,
      });
    const chosen = focus.marked === undefined ? await choose() : items;
    const paths: string[] = [];
    for (const item of chosen ?? []) {
      const path = await give(await get(item.messageId), offer.name);
      if (path === undefined) return [];
      paths.push(path);
    }
    return paths;
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
    trailers,
    template,
    forward: async ({ messageId }) => {
      const parent = await get(messageId);
      await begin(({ self }) =>
        forward(parent, chooseIdentity(parent, self), { signature: settings.signature() }),
      );
    },
  };
}
