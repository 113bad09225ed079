/** What became of a mail, told to the person with what can be done about it. */
import * as vscode from "vscode";
import { hasLeft, type OutboxMail, outstanding } from "../../compose/outbox.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { inLabel, inMessage } from "../plainWords.ts";

/** How long a sentence stands in the status bar, in milliseconds. */
const SAID_MS = 8000;

export interface MailNotices {
  /** A server took it, perhaps not for every recipient. */
  sent(mail: OutboxMail): void;
  /** It waits for the person: a password, a set-up. */
  held(mail: OutboxMail): void;
  /** It was refused and is the draft of this path again. */
  returned(mail: OutboxMail, path: string): void;
  /** Nobody knows whether it was sent. */
  unknown(mail: OutboxMail): void;
  /** It is tried again by itself. */
  waiting(mail: OutboxMail): void;
}

export function mailNotices(parts: {
  commands: Commands;
  /** Whether the way to send has the person sign in. */
  signsIn: () => boolean;
  retry: (...names: string[]) => Promise<void>;
  /** What was due has been tried. */
  settled: () => Promise<void>;
}): MailNotices {
  const { commands, signsIn, retry, settled } = parts;
  const command = (id: string, argument?: unknown) =>
    vscode.commands.executeCommand(`kernelMail.${id}`, argument);

  const tell = (
    show: (message: string, ...choices: string[]) => Thenable<string | undefined>,
    text: string,
    acts: Record<string, () => unknown>,
  ) => {
    void show(inMessage(text), ...Object.keys(acts)).then((choice) => {
      const act = choice === undefined ? undefined : acts[choice];
      if (act !== undefined) commands.attempt("go on with the mail", async () => await act());
    });
  };

  const alike = new Map<string, string[]>();
  /** Tells once of mails that met the same fate, when everything that was due has been tried. */
  const tellTogether = (problem: string, one: string, tellAll: (text: string, all: string[]) => void) => {
    const others = alike.get(problem);
    if (others !== undefined) {
      others.push(one);
      return;
    }
    const all = [one];
    alike.set(problem, all);
    commands.attempt("tell what became of the mail", async () => {
      await settled();
      alike.delete(problem);
      tellAll(all.length > 1 ? `${problem} That goes for ${count(all.length, "message")}.` : problem, all);
    });
  };

  return {
    sent: ({ name, subject, to, refused }) => {
      const taken = to.length - refused.length;
      vscode.window.setStatusBarMessage(
        `$(check) Sent to ${count(taken, "recipient")}: ${inLabel(subject)}`,
        SAID_MS,
      );
      if (refused.length === 0) return;
      const words = refused.map(({ address, reply }) => `${address}: “${reply}”`).join("; ");
      const text = `“${subject}” was sent, but not to ${count(refused.length, "recipient")}. ${words}`;
      tell(vscode.window.showWarningMessage, text, { "Send to These Again": () => retry(name) });
    },
    held: ({ name, problem = "" }) =>
      tellTogether(problem, name, (text, names) =>
        tell(vscode.window.showErrorMessage, text, {
          ...(signsIn() ? { "Sign In...": () => command("signIn").then(() => retry(...names)) } : {}),
          "Set Up Sending...": () => command("setUpSending"),
          "Retry Now": () => retry(...names),
        }),
      ),
    returned: ({ problem = "" }, path) =>
      tellTogether(problem, path, (text, paths) =>
        tell(vscode.window.showErrorMessage, text, {
          [paths.length > 1 ? "Open Drafts" : "Open Draft"]: async () => {
            for (const one of paths) await command("draft.open", { path: one });
          },
        }),
      ),
    unknown: (mail) =>
      tell(vscode.window.showWarningMessage, `“${mail.subject}”: ${mail.problem ?? ""}`, {
        "Look for It on the List": () => command("outbox.findEcho", mail),
      }),
    waiting: (mail) => {
      if (mail.problem === undefined) return;
      const missed = hasLeft(mail) ? ` to ${count(outstanding(mail).length, "recipient")}` : "";
      vscode.window.setStatusBarMessage(`$(clock) Not sent${missed} yet: ${inLabel(mail.problem)}`, SAID_MS);
    },
  };
}
