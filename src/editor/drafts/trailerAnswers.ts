/** Answers that are a trailer alone: which one is given is asked, and to which patches of a series. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { bodyOf } from "../../compose/draftText.ts";
import { shiftLines } from "../../compose/edit.ts";
import { chooseIdentity } from "../../compose/identity.ts";
import { insertTrailer, type Offer, offersFor, trailerLine } from "../../compose/trailer.ts";
import type { Message } from "../../mail/message.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { inLabel } from "../plainWords.ts";
import type { InFocus } from "../reading/messageInFocus.ts";
import type { Settings } from "../settings.ts";
import type { AnswerDrafts } from "./answerDraft.ts";
import { DRAFT_LANGUAGE, textMoved, textOf, toRange } from "./draftDocument.ts";
import { draftAnswering } from "./drafts.ts";
import type { Previews } from "./preview.ts";

export interface TrailerAnswers {
  /** Asks which trailer is given, and shows the mail that gives it. */
  trailer(focus: InFocus): Promise<void>;
  /** Asks which trailer is given to which patches of a series, if none are marked, and writes a draft for each; gives their paths. */
  trailers(focus: InFocus): Promise<string[]>;
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
export async function chooseTrailer(offers: readonly Offer[], title: string): Promise<Offer | undefined> {
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

export function openTrailerAnswers(parts: {
  archive: Archive;
  drafts: AnswerDrafts;
  settings: Settings;
  previews: Previews;
  /** Where drafts are kept. */
  folder: string;
}): TrailerAnswers {
  const { archive, drafts, settings, previews, folder } = parts;

  /** The draft that gives a trailer to a message: the one that is in writing, which it joins, else one of its own. */
  const give = async (parent: Message, name: string): Promise<string | undefined> => {
    const existing = await draftAnswering(folder, parent.messageId, false);
    if (existing === undefined) {
      const written = await drafts.write(parent, ({ self }) => ({
        cites: settings.trailerCites(),
        ownText: trailerLine(name, chooseIdentity(parent, self)),
      }));
      return written?.path;
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(existing.path));
    const { body, bodyLine } = bodyOf(textOf(document));
    const line = trailerLine(name, existing.draft.from);
    if (!body.split("\n").includes(line)) {
      const change = new vscode.WorkspaceEdit();
      for (const one of shiftLines(insertTrailer(body, line), bodyLine - 1)) {
        change.replace(document.uri, toRange(one), one.text);
      }
      if (!(await vscode.workspace.applyEdit(change))) throw textMoved();
      await document.save();
    }
    return existing.path;
  };

  const trailer = async ({ messageId }: InFocus): Promise<void> => {
    const parent = await drafts.parent(messageId);
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
        label: inLabel(node.subject),
        description: prefix.n === 0 ? "cover letter: for the whole series" : inLabel(node.fromName),
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
      const path = await give(await drafts.parent(item.messageId), offer.name);
      if (path === undefined) return [];
      paths.push(path);
    }
    return paths;
  };

  return { trailer, trailers };
}
