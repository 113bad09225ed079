/** A draft handed over to what the person sends with otherwise: git send-email in a terminal, a mail program, a file. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { runProgram } from "../../base/process.ts";
import { UserError } from "../../base/report.ts";
import { writeWhole } from "../../base/wholeFile.ts";
import type { Draft } from "../../compose/draft.ts";
import { readDraft } from "../../compose/draftText.ts";
import { type GitMail, gitArguments, mailtoLink, readGitMail } from "../../compose/handOver.ts";
import { withLineFeeds } from "../../compose/wire.ts";
import { writeMboxrd } from "../../sources/mboxrd.ts";
import type { Commands } from "../commands.ts";
import type { ComposeEditor } from "../drafts/composeEditor.ts";
import { askWhere, trustedFolder } from "../openFolder.ts";
import type { Settings } from "../settings.ts";

/** R1309: the package's name where it is one. */
const WHERE_IT_IS = "Install git-email, which is a package of its own on most systems.";

interface HandOverParts {
  commands: Commands;
  compose: ComposeEditor;
  settings: Settings;
}

export function registerHandOver({ commands, compose, settings }: HandOverParts): void {
  /** A private file with the message as git wants it; the folder is the system's to clear. */
  const temporaryFile = async (bytes: Uint8Array): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "kernel-mail-"));
    const path = join(folder, "draft.eml");
    await writeWhole(path, withLineFeeds(bytes));
    return path;
  };

  /** What the person's git can do; a git that is not there can do nothing. */
  const askGit = async (): Promise<GitMail> => {
    const ask = async (...args: string[]) =>
      (await runProgram(settings.git(), args, { cwd: trustedFolder() })).stdout.toString("utf8");
    try {
      return readGitMail(await ask("version"), await ask("--list-cmds=main,others"));
    } catch {
      return { hasSendEmail: false, takesNoHeaderCmd: false };
    }
  };

  const toGit = async (draft: Draft, bytes: Uint8Array, git: GitMail): Promise<void> => {
    if (!git.hasSendEmail) {
      throw new UserError(
        "git has no send-email on this machine.",
        `${WHERE_IT_IS} Until then, save the draft as a file .eml.`,
      );
    }
    const args = gitArguments(draft, await temporaryFile(bytes), git);
    const terminal = vscode.window.createTerminal({
      name: "git send-email",
      shellPath: settings.git(),
      shellArgs: args,
      cwd: trustedFolder(),
    });
    terminal.show();
  };

  const toFile = async (bytes: Uint8Array, name: string, ending: "eml" | "mbox"): Promise<void> => {
    const label = ending === "eml" ? "Messages" : "mbox";
    const uri = await askWhere(`Save Draft as .${ending}`, name, { label, ending });
    if (uri === undefined) return;
    await vscode.workspace.fs.writeFile(uri, ending === "eml" ? bytes : writeMboxrd(withLineFeeds(bytes)));
    vscode.window.setStatusBarMessage(`Saved ${basename(uri.path)}`, 5000);
  };

  commands.register("kernelMail.draft.handOver", async () => {
    const document = await compose.activeDraft();
    const { draft } = readDraft(document.getText());
    const bytes = compose.previews.bytes(document);
    const name = basename(document.uri.path).replace(/\.[^.]*$/, "");
    const link = mailtoLink(draft);
    const git = await askGit();
    const choices = [
      {
        label: "$(terminal) git send-email, in a terminal",
        detail: git.hasSendEmail
          ? "Asks there before it sends. Recipients are exactly those of the draft."
          : `Not installed. ${WHERE_IT_IS}`,
        run: () => toGit(draft, bytes, git),
      },
      {
        label: "$(file) A file .eml",
        detail: "The exact bytes, for a mail program that opens such files.",
        run: () => toFile(bytes, name, "eml"),
      },
      {
        label: "$(file) An mbox",
        detail: "For mutt -f, b4 and others.",
        run: () => toFile(bytes, name, "mbox"),
      },
      ...(link === undefined
        ? []
        : [
            {
              label: "$(link-external) The mail program of this machine (mailto:)",
              detail:
                "It may wrap lines, turn tabs into blanks, send HTML, and drop the place in the thread.",
              run: async () => void (await vscode.env.openExternal(vscode.Uri.parse(link, true))),
            },
          ]),
    ];
    const choice = await vscode.window.showQuickPick(choices, { title: "Hand the Draft Over to" });
    await choice?.run();
  });
}
