/** Surgery on cited text: answer below, split, trim, drop, leave out, put back, cite and uncite. Each is one undo step. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { citeLines, elideLines, unciteLines } from "../../compose/citeLines.ts";
import { cutNear, type Passage, restore } from "../../compose/cutText.ts";
import { dropBlock, trimDeep, trimToReplies } from "../../compose/trim.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { Settings } from "../settings.ts";
import { activeDraftEditor, type DraftBody, editDraft, readBodyAt } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";
import { ANSWER_BELOW, type EditorCommand, SPLIT_CITED } from "./typingKeys.ts";

/** What is left out would be chosen so. */
interface PassageItem extends vscode.QuickPickItem {
  passage: Passage;
}

async function choosePassages(passages: readonly Passage[]): Promise<readonly Passage[] | undefined> {
  if (passages.length === 1) return passages;
  const items = passages.map(
    (passage): PassageItem => ({
      label: passage.lines[0]?.replace(/^[> ]+/, "") || "(empty)",
      description: count(passage.lines.length, "line"),
      picked: true,
      passage,
    }),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: "Restore Cut Text",
    placeHolder: "What the message says here and the draft does not cite",
  });
  return chosen?.map(({ passage }) => passage);
}

/** Throws where lines lie in the header. */
function inBody({ firstLine }: DraftBody): void {
  if (firstLine >= 1) return;
  throw new UserError(
    "The header is not cited text.",
    "Put the cursor into the text below it and try again.",
  );
}

/** The argument of Enter, which is bound where a setting says so: a plain one where no cited line is split. */
const BY_ENTER = "enter";

/** True where the cursor alone stands between words of a cited line. */
function isInsideCited({ document, selections: [selection, more] }: vscode.TextEditor): boolean {
  if (selection?.isEmpty !== true || more !== undefined) return false;
  const { text } = document.lineAt(selection.active.line);
  const [marks = ""] = /^(?:> ?)*/.exec(text) ?? [];
  const { character } = selection.active;
  return character > marks.length && character < text.trimEnd().length;
}

export function registerCitedText({
  commands,
  parents,
  settings,
}: {
  commands: Commands;
  parents: DraftParents;
  settings: Settings;
}): void {
  /** The key runs these without us; the command is for menus and the palette. */
  const runAll = async (all: readonly EditorCommand[]): Promise<void> => {
    activeDraftEditor();
    await vscode.commands.executeCommand("runCommands", { commands: all });
  };
  const nothing = (text: string, next: string): never => {
    throw new UserError(text, next);
  };

  commands.register("kernelMail.draft.answerBelow", () => runAll(ANSWER_BELOW));
  commands.register("kernelMail.draft.splitCited", async (argument) => {
    if (argument !== BY_ENTER || isInsideCited(activeDraftEditor())) await runAll(SPLIT_CITED);
    else await vscode.commands.executeCommand("type", { text: "\n" });
  });
  commands.register("kernelMail.draft.trimToReplies", () =>
    editDraft(({ body }) => {
      const edits = trimToReplies(body);
      if (edits.length > 0) return edits;
      return nothing(
        "There is nothing to trim.",
        "Write below what you answer: the rest can be trimmed then.",
      );
    }),
  );
  commands.register("kernelMail.draft.trimDeep", () =>
    editDraft(({ body }) => {
      const edits = trimDeep(body);
      return edits.length > 0 ? edits : nothing("Nothing is cited three deep, but for what you answer.", "");
    }),
  );
  commands.register("kernelMail.draft.dropBlock", () =>
    editDraft((draft) => {
      const edits = dropBlock(draft.body, draft.line);
      return edits.length > 0
        ? edits
        : nothing("No text is cited at the cursor.", "Put the cursor into the block to drop and try again.");
    }),
  );
  commands.register("kernelMail.draft.elide", () =>
    editDraft((draft) => {
      inBody(draft);
      const edit = elideLines(draft.body, draft.firstLine, draft.lastLine);
      return edit === undefined
        ? nothing("Only cited text is left out.", "Select cited lines alone and try again.")
        : [edit];
    }),
  );
  commands.register("kernelMail.draft.cite", () =>
    editDraft((draft) => {
      inBody(draft);
      return citeLines(draft.body, draft.firstLine, draft.lastLine, settings.citing().style);
    }),
  );
  commands.register("kernelMail.draft.uncite", () =>
    editDraft((draft) => {
      inBody(draft);
      return unciteLines(draft.body, draft.firstLine, draft.lastLine);
    }),
  );
  commands.register("kernelMail.draft.restoreCut", async () => {
    const { document, selection } = activeDraftEditor();
    const parent = await parents.get(document);
    const cutAt = ({ body, line }: DraftBody) =>
      cutNear(body, parent, line, settings.citing().style) ??
      nothing("The draft cites the whole message.", "");
    const chosen = await choosePassages(cutAt(readBodyAt(document, selection)).passages);
    if (chosen === undefined || chosen.length === 0) return;
    const firstLines = new Set(chosen.map(({ firstLine }) => firstLine));
    await editDraft((draft) => {
      const cut = cutAt(draft);
      const passages = cut.passages.filter(({ firstLine }) => firstLines.has(firstLine));
      return [restore(draft.body, cut, passages)];
    });
  });
}
