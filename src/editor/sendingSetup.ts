/** Setting up how mail leaves, and the walk that says in one sentence whether it works. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { readGitConfig } from "../base/gitConfig.ts";
import { homePath } from "../base/homePath.ts";
import { sentence } from "../base/report.ts";
import type { Draft } from "../compose/draft.ts";
import { readDraft } from "../compose/draftText.ts";
import { SendFailure } from "../compose/sendFailure.ts";
import { makeMessageId } from "../compose/threading.ts";
import { gitTransport, type SmtpServer, type Transport, transportName } from "../compose/transport.ts";
import type { Commands } from "./commands.ts";
import type { ComposeEditor } from "./composeEditor.ts";
import { count } from "./counts.ts";
import { createDraft } from "./drafts.ts";
import { findWriter } from "./identity.ts";
import { trustedFolder } from "./openFolder.ts";
import type { Sender } from "./sender.ts";
import type { Sending } from "./sending.ts";
import type { Settings } from "./settings.ts";

interface SetupParts {
  commands: Commands;
  compose: ComposeEditor;
  sender: Sender;
  sending: Sending;
  settings: Settings;
  /** Where drafts are kept. */
  folder: string;
}

const ENCRYPTIONS: Record<SmtpServer["encryption"], string> = {
  tls: "encrypted (TLS)",
  starttls: "encrypted (STARTTLS)",
  none: "not encrypted, on this machine",
};

const SET_UP = "Set Up Sending...";

/** Whether a program can be started: by its path, or found on the PATH. */
async function isThere(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const named = homePath(program);
  const paths = isAbsolute(named) ? [named] : folders.map((folder) => join(folder, named));
  for (const path of paths) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** The body of the test mail: what servers and lists are known to spoil. */
const TEST_BODY = `This is a test mail, to see what reaches the other side.

A tab:		between, and at the start of a line:
	return 0;
Letters outside ASCII: Grüße, žluťoučký, 日本語
A line that begins with From:
From here on nothing may change.
A dot alone:
.
A line of more than 76 characters, which nobody may wrap:
    0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
`;

export function registerSendingSetup(parts: SetupParts): void {
  const { commands, compose, folder, sender, sending, settings } = parts;

  /** Connects, and says in one sentence how that went. Sends nothing. */
  const walk = async (way: Transport): Promise<string> => {
    if (way.kind === "program") {
      const [program] = way.command;
      if (await isThere(program)) return `Mail is given to the program ${program}, which is there.`;
      throw new SendFailure(
        "setup",
        `The program ${program} is not there.`,
        "Install it, or choose another way.",
      );
    }
    const connection = await sender.connect();
    connection.close();
    const login = way.user === undefined ? "without a login" : `logged in as ${way.user}`;
    return `Sending works: ${transportName(way)}, ${ENCRYPTIONS[way.encryption]}, ${login}.`;
  };

  const check = async (): Promise<void> => {
    const way = await sender.transport();
    if (way === undefined) {
      const text =
        "There is no way to send mail yet: git send-email is not configured, and no server is set.";
      const choice = await vscode.window.showInformationMessage(text, SET_UP);
      if (choice !== undefined) await setUp();
      return;
    }
    if (way.kind === "smtp" && !(await sender.passwords.ask(way))) return;
    const title = `Asking ${transportName(way)}`;
    const location = vscode.ProgressLocation.Notification;
    try {
      const text = await vscode.window.withProgress({ location, title }, () => walk(way));
      void vscode.window.showInformationMessage(text);
    } catch (error) {
      if (!(error instanceof SendFailure)) throw error;
      const acts = error.kind === "login" && way.kind === "smtp" ? ["Enter Password", SET_UP] : [SET_UP];
      const choice = await vscode.window.showErrorMessage(sentence(error), ...acts);
      if (choice === SET_UP) await setUp();
      if (choice === "Enter Password" && way.kind === "smtp" && (await sender.passwords.ask(way, true)))
        await check();
    }
  };

  const ask = async (title: string, prompt: string, value = ""): Promise<string | undefined> =>
    (await vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true }))?.trim();

  /** Takes a server as the way to send; then its password is asked for, and the walk made. */
  const useServer = async (smtp: {
    host: string;
    port: number;
    encryption: string;
    user?: string;
    auth?: string;
  }): Promise<void> => {
    await settings.setSending({ smtp });
    const way = await sender.transport();
    if (way?.kind === "smtp" && !(await sender.passwords.ask(way, true))) return;
    await check();
  };

  const askServer = async (): Promise<void> => {
    const title = "Your Mail Server";
    const host = await ask(title, "Its name, as your provider gives it for sending (SMTP).");
    if (!host) return;
    const encryptions = [
      { label: "TLS from the first byte", description: "port 465", encryption: "tls", port: 465 },
      { label: "STARTTLS", description: "port 587", encryption: "starttls", port: 587 },
    ];
    const chosen = await vscode.window.showQuickPick(encryptions, { title, placeHolder: "How it encrypts" });
    if (chosen === undefined) return;
    const port = Number(await ask(title, "The port.", String(chosen.port)));
    const user = await ask(title, "The user's name for the login; empty when there is none.");
    if (user === undefined || !Number.isInteger(port) || port <= 0) return;
    await useServer({ host, port, encryption: chosen.encryption, ...(user === "" ? {} : { user }) });
  };

  const askProgram = async (): Promise<void> => {
    const title = "A Program that Sends";
    const line = await ask(
      title,
      "The program and its arguments, such as “msmtp” or “sendmail -i”.",
      "msmtp",
    );
    if (!line) return;
    await settings.setSending({ program: line.split(/\s+/) });
    await check();
  };

  const askGmail = async (): Promise<void> => {
    const user = await ask("Gmail", "Your Gmail address; the app password is asked for next.");
    if (user) await useServer({ host: "smtp.gmail.com", port: 465, encryption: "tls", user, auth: "PLAIN" });
  };

  const askExchange = async (): Promise<void> => {
    const title = "Exchange and Microsoft 365";
    const user = await ask(
      title,
      "Your address. A token is fetched by the command in kernelMail.send.tokenCommand.",
    );
    if (!user) return;
    await settings.setSending({
      smtp: { host: "smtp.office365.com", port: 587, encryption: "starttls", user, auth: "XOAUTH2" },
    });
    await vscode.commands.executeCommand("workbench.action.openSettings", "kernelMail.send.tokenCommand");
  };

  async function setUp(): Promise<void> {
    const way = gitTransport(await readGitConfig(settings.git(), trustedFolder()));
    const choices = [
      {
        label: "$(git-branch) As git send-email does",
        detail:
          way === undefined
            ? "git has no sendemail.smtpServer and no sendemail.sendmailCmd yet. Set them, and nothing is to be set here."
            : `git's configuration names ${transportName(way)}. Its credential helpers are asked for the password.`,
        run: async () => {
          await settings.setSending(undefined);
          await check();
        },
      },
      {
        label: "$(server) A mail server",
        detail: "Needs its name, port and your login. The password is kept in the editor's secret storage.",
        run: askServer,
      },
      {
        label: "$(terminal) A program such as msmtp or sendmail",
        detail: "Needs the program, configured already. Mail is given to it without a shell.",
        run: askProgram,
      },
      {
        label: "$(mail) Gmail",
        detail: "Needs two-step verification and an app password: https://myaccount.google.com/apppasswords",
        run: askGmail,
      },
      {
        label: "$(organization) Exchange and Microsoft 365",
        detail:
          "Takes no passwords. Needs a command that prints an access token; the server may change Message-IDs.",
        run: askExchange,
      },
    ];
    const title = "How Is Mail to Be Sent?";
    const choice = await vscode.window.showQuickPick(choices, { title, ignoreFocusOut: true });
    await choice?.run();
  }

  commands.register("kernelMail.setUpSending", setUp);
  commands.register("kernelMail.checkSending", check);
  commands.register("kernelMail.forgetSecrets", async () => {
    const question = "Forget every password that Kernel Mail has stored?";
    const choice = await vscode.window.showWarningMessage(question, { modal: true }, "Forget");
    if (choice === undefined) return;
    void vscode.window.showInformationMessage(
      `${count(await sender.passwords.forget(), "password")} forgotten.`,
    );
  });
  /** The draft that the person is in, when they want that one to go to themselves first. */
  const ownDraft = async (): Promise<Draft | undefined | "nothing"> => {
    const document = await compose.activeDraft().catch(() => undefined);
    if (document === undefined) return undefined;
    const choices = [
      { label: "This draft, to myself first", isDraft: true },
      { label: "A test mail with all that servers are known to spoil", isDraft: false },
    ];
    const choice = await vscode.window.showQuickPick(choices, { title: "What Is to Be Sent to You?" });
    if (choice === undefined) return "nothing";
    return choice.isDraft ? readDraft(document.getText()).draft : undefined;
  };

  commands.register("kernelMail.sendTest", async () => {
    const writer = await findWriter(settings);
    const own = writer && (await ownDraft());
    if (writer === undefined || own === "nothing") return;
    const { identity } = writer.self;
    const path = await createDraft(folder, {
      from: identity,
      to: [identity],
      cc: [],
      bcc: [],
      subject: own?.subject ?? "Kernel Mail test",
      messageId: makeMessageId(identity.address),
      references: [],
      body: own?.body ?? TEST_BODY,
    });
    await sending.sendToMyself(path);
  });
}
