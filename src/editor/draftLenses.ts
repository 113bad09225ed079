/** The line of actions above a draft's text: what one does with it, and who gets it. */
import * as vscode from "vscode";
import { bodyLineOf } from "../compose/draftText.ts";
import { DRAFT_LANGUAGE, isDraft, textOf } from "./draftDocument.ts";
import { recipientsOf, recipientsText } from "./draftHeader.ts";
import type { DraftParents } from "./draftParent.ts";
import type { Settings } from "./settings.ts";

export function registerDraftLenses(parts: { parents: DraftParents; settings: Settings }): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { language: DRAFT_LANGUAGE },
    {
      provideCodeLenses: async (document) => {
        if (!isDraft(document)) return [];
        const line = Math.min(bodyLineOf(textOf(document)) - 1, document.lineCount - 1);
        const range = new vscode.Range(line, 0, line, 0);
        const lens = (title: string, command: string) => new vscode.CodeLens(range, { title, command });
        return [
          lens("Preview", "kernelMail.draft.preview"),
          lens("Send", "kernelMail.draft.send"),
          lens("Send", "kernelMail.draft.send"),
          lens("Trim", "kernelMail.draft.trimToReplies"),
          lens(recipientsText(await recipientsOf(document, parts)), "kernelMail.draft.editRecipients"),
        ];
      },
    },
  );
}
