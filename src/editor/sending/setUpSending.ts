/** Setting up how mail leaves: each way with what it truly needs, what git has first, a client of one's own last. */
import * as vscode from "vscode";
import { readGitConfig } from "../../base/gitConfig.ts";
import { isUserError, sentence, UserError } from "../../base/report.ts";
import { gitTransport, shellWords, transportName } from "../../compose/transport.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { trustedFolder } from "../openFolder.ts";
import type { Settings, SmtpSetting } from "../settings.ts";
import type { Sender } from "./sender.ts";

interface SetUpParts {
  commands: Commands;
  sender: Sender;
  settings: Settings;
  /** Says in one sentence whether sending works. */
  check: () => Promise<void>;
}

/** Where Microsoft's servers take mail from programs. */
const EXCHANGE = "smtp.office365.com";

export function registerSetUpSending({ commands, sender, settings, check }: SetUpParts): void {
  /** What was typed, without blanks around it; undefined when the person gives up. */
  const ask = async (title: string, prompt: string, value = ""): Promise<string | undefined> =>
    (await vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true }))?.trim();

  /** The words of a typed command line; a UserError for what only a shell can do. */
  const askCommand = async (title: string, prompt: string, value = ""): Promise<string[] | undefined> => {
    const line = await ask(title, prompt, value);
    return line === undefined ? undefined : shellWords(line);
  };

  /** Takes a server as the way to send; then its password is asked for, and the walk made. */
  const useServer = async (smtp: SmtpSetting): Promise<void> => {
    await settings.setSending({ smtp });
    const way = await sender.transport();
    if (way?.kind === "smtp" && !(await sender.passwords.ask(way, true))) return;
    await check();
  };

  const useGit = async (): Promise<void> => {
    await settings.setSending(undefined);
    await check();
  };

  const askServer = async (): Promise<void> => {
    const title = "Your Mail Server";
    const host = await ask(title, "Its name, as your provider gives it for sending (SMTP).");
    if (!host) return;
    const encryptions = [
      { label: "TLS from the first byte", description: "port 465", encryption: "tls", port: 465 },
      { label: "STARTTLS", description: "port 587", encryption: "starttls", port: 587 },
    ] as const;
    const chosen = await vscode.window.showQuickPick(encryptions, { title, placeHolder: "How it encrypts" });
    if (chosen === undefined) return;
    const typed = await ask(title, "The port.", String(chosen.port));
    if (typed === undefined) return;
    const port = Number(typed);
    if (!Number.isInteger(port) || port <= 0 || port > 65_535) {
      throw new UserError(`“${typed}” is no port.`, "Ports are numbers from 1 to 65535.");
    }
    const user = await ask(title, "The user's name for the login; empty when there is none.");
    if (user === undefined) return;
    await useServer({ host, port, encryption: chosen.encryption, ...(user === "" ? {} : { user }) });
  };

  const askProgram = async (): Promise<void> => {
    const title = "A Program that Sends";
    const prompt = "The program and its arguments, such as “msmtp” or “sendmail -i”.";
    const program = await askCommand(title, prompt, "msmtp");
    if (program === undefined || program.length === 0) return;
    await settings.setSending({ program });
    await check();
  };

  const askGmail = async (): Promise<void> => {
    const prompt =
      "Your Gmail address. Asked for next is an app password: with two-step verification on, make one at " +
      "https://myaccount.google.com/apppasswords";
    const user = await ask("Gmail", prompt);
    if (user) await useServer({ host: "smtp.gmail.com", port: 465, encryption: "tls", user, auth: "PLAIN" });
  };

  /** A server that takes access tokens, and its user. */
  const askTokenServer = async (title: string): Promise<SmtpSetting | undefined> => {
    const prompt = "The server's name. Where it gives mail another Message-ID, that is noticed.";
    const host = await ask(title, prompt, EXCHANGE);
    if (!host) return undefined;
    const user = await ask(title, "Your address there.");
    return user ? { host, port: 587, encryption: "starttls", user, auth: "XOAUTH2" } : undefined;
  };

  const askTokens = async (): Promise<void> => {
    const title = "A Server that Takes Access Tokens";
    const smtp = await askTokenServer(title);
    if (smtp === undefined) return;
    const prompt = "The command that prints an access token; empty to ask git's credential helpers for it.";
    const tokenCommand = await askCommand(title, prompt);
    if (tokenCommand === undefined) return;
    await settings.setSending({ smtp, tokenCommand });
    const way = await sender.transport();
    if (way?.kind === "smtp" && !(await sender.passwords.ask(way))) return;
    await check();
  };

  const askClient = async (): Promise<void> => {
    const title = "A Client of Your Own";
    const smtp = await askTokenServer(title);
    if (smtp === undefined) return;
    const authority = await ask(
      title,
      "The address of the authority that it is registered with.",
      "https://login.microsoftonline.com/common/v2.0",
    );
    const id = authority && (await ask(title, "The client's id."));
    if (!id) return;
    const secret = await ask(title, "Its secret; empty when it has none.");
    if (secret === undefined) return;
    const scopes = await ask(
      title,
      "What it asks for (scopes), with blanks between.",
      "https://outlook.office.com/SMTP.Send offline_access",
    );
    if (scopes === undefined) return;
    const oauthClient = {
      id,
      authority,
      scopes: scopes.split(/\s+/).filter((scope) => scope !== ""),
      ...(secret === "" ? {} : { secret }),
    };
    await settings.setSending({ smtp, oauthClient });
    await vscode.commands.executeCommand("kernelMail.signIn");
    await check();
  };

  /** What git's own configuration is good for, in words. */
  const gitWords = async (): Promise<string> => {
    const config = await readGitConfig(settings.git(), trustedFolder());
    try {
      const way = gitTransport(config);
      return way === undefined
        ? "git names no server (sendemail.smtpServer) yet: mail goes to this machine's sendmail."
        : `git names ${transportName(way)}; its credential helpers are asked for the password.`;
    } catch (error) {
      if (isUserError(error)) return sentence(error);
      throw error;
    }
  };

  commands.register("kernelMail.setUpSending", async () => {
    const choices = [
      {
        label: "$(git-branch) As git send-email does",
        detail: await gitWords(),
        run: useGit,
      },
      {
        label: "$(key) A server that takes access tokens, such as Exchange and Microsoft 365",
        detail: "Needs a command, or a credential helper of git's, that gives an access token.",
        run: askTokens,
      },
      {
        label: "$(mail) Gmail",
        detail: "Needs two-step verification and an app password, which is made in a minute.",
        run: askGmail,
      },
      {
        label: "$(server) A mail server",
        detail: "Needs its name, its port and your login. Secret storage keeps the password.",
        run: askServer,
      },
      {
        label: "$(terminal) A program such as msmtp or sendmail",
        detail: "Needs the program, configured already. Mail is given to it without a shell.",
        run: askProgram,
      },
      {
        label: "$(account) A client of your own to sign in with",
        detail: "Needs one that your organisation has registered: its authority and its id.",
        run: askClient,
      },
    ];
    const title = "How Is Mail to Be Sent?";
    const choice = await vscode.window.showQuickPick(choices, { title, ignoreFocusOut: true });
    await choice?.run();
  });
  commands.register("kernelMail.forgetSecrets", async () => {
    const question = "Forget every password and sign-in that Kernel Mail has stored?";
    const choice = await vscode.window.showWarningMessage(question, { modal: true }, "Forget");
    if (choice === undefined) return;
    void vscode.window.showInformationMessage(
      `${count(await sender.passwords.forget(), "password or sign-in", "passwords and sign-ins")} forgotten.`,
    );
  });
}
