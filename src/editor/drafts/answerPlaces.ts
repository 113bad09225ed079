/** Going from place to place in a draft: ends of cited blocks, own passages, problems. */
import * as vscode from "vscode";
import { answerPlaces } from "../../compose/places.ts";
import type { Commands } from "../commands.ts";
import { activeDraftEditor, readBodyAt } from "./draftDocument.ts";

/** The places of a draft, as positions in order. */
function placesIn(editor: vscode.TextEditor): vscode.Position[] {
  const { document, selection } = editor;
  const { body, bodyLine } = readBodyAt(document, selection);
  const ends = answerPlaces(body).map((line) => document.lineAt(line + bodyLine - 2).range.end);
  const problems = vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
    .map(({ range }) => range.start);
  return [...ends, ...problems].sort((a, b) => a.compareTo(b));
}

export function registerAnswerPlaces(commands: Commands): void {
  const go = (
    find: (places: readonly vscode.Position[], from: vscode.Position) => vscode.Position | undefined,
  ) => {
    const editor = activeDraftEditor();
    const place = find(placesIn(editor), editor.selection.active);
    if (place === undefined) {
      vscode.window.setStatusBarMessage("No further place to answer", 3000);
      return;
    }
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  };
  commands.register("kernelMail.draft.nextPlace", () =>
    go((places, from) => places.find((place) => place.isAfter(from))),
  );
  commands.register("kernelMail.draft.previousPlace", () =>
    go((places, from) => places.findLast((place) => place.isBefore(from))),
  );
}
