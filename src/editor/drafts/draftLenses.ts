/** The line of actions above a draft's text: what one does with it, and who gets it. */
import * as vscode from "vscode";
import { bodyLineOf } from "../../compose/draftText.ts";
import { inLabel } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import type { Bounces } from "./bounces.ts";
import type { Checker } from "./checker.ts";
import { DRAFT_LANGUAGE, isDraft, textOf } from "./draftDocument.ts";
import { recipientsOf, recipientsText } from "./draftHeader.ts";
import type { DraftParents } from "./draftParent.ts";

interface LensParts {
  bounces: Bounces;
  checker: Checker;
  parents: DraftParents;
  settings: Settings;
}

export function registerDraftLenses(parts: LensParts): vscode.Disposable {
  const { checker } = parts;
  return vscode.languages.registerCodeLensProvider(
    { language: DRAFT_LANGUAGE },
    {
      onDidChangeCodeLenses: checker.onDidChange,
      provideCodeLenses: async (document) => {
        if (!isDraft(document)) return [];
        const line = Math.min(bodyLineOf(textOf(document)) - 1, document.lineCount - 1);
        const range = new vscode.Range(line, 0, line, 0);
        const lens = (title: string, command: string) => new vscode.CodeLens(range, { title, command });
        const found = checker.shown(document);
        const problems = found.filter(({ severity }) => severity !== "hint").length;
        const banner = found.find(({ rule }) => rule === "L-NO-LIST");
        return [
          ...(banner === undefined
            ? []
            : [
                new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
                  title: `$(warning) ${inLabel(banner.message)}`,
                  command: "kernelMail.draft.editRecipients",
                }),
              ]),
          lens(problems === 0 ? "Check" : `Check (${problems})`, "kernelMail.draft.check"),
          lens("Preview", "kernelMail.draft.preview"),
          lens("Send", "kernelMail.draft.send"),
          lens("Trim", "kernelMail.draft.trimToReplies"),
          lens(recipientsText(await recipientsOf(document, parts)), "kernelMail.draft.editRecipients"),
        ];
      },
    },
  );
}
