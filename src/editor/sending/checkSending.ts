/** The walk to the mail server, or to the program, that says in one sentence whether sending works. Nothing is sent. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { homePath } from "../../base/homePath.ts";
import { sentence } from "../../base/report.ts";
import { SendFailure } from "../../compose/sendFailure.ts";
import { type SmtpServer, type Transport, transportName } from "../../compose/transport.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { Sender } from "./sender.ts";

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

/** Registers the command; what is returned makes the same walk. */
export function registerCheckSending(commands: Commands, sender: Sender): () => Promise<void> {
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

  /** Says that sending works. Mail that was held for want of it goes out when the person says so. */
  const tellSuccess = async (text: string): Promise<void> => {
    const held = (await sender.outbox.list()).filter(({ state }) => state === "held");
    const acts: string[] = held.length === 0 ? [] : [`Send ${count(held.length, "Held Message")}`];
    const choice = await vscode.window.showInformationMessage(text, ...acts);
    if (choice !== undefined) await sender.retry(...held.map(({ name }) => name));
  };

  const check = async (): Promise<void> => {
    const way = await sender.transport();
    if (way === undefined) {
      const text =
        "There is no way to send mail yet: git send-email is not configured, and no server is set.";
      const choice = await vscode.window.showInformationMessage(text, SET_UP);
      if (choice !== undefined) await vscode.commands.executeCommand("kernelMail.setUpSending");
      return;
    }
    if (way.kind === "smtp" && !(await sender.passwords.ask(way))) return;
    const title = `Asking ${transportName(way)}`;
    const location = vscode.ProgressLocation.Notification;
    try {
      const text = await vscode.window.withProgress({ location, title }, () => walk(way));
      await tellSuccess(text);
    } catch (error) {
      if (!(error instanceof SendFailure)) throw error;
      const acts = error.kind === "login" && way.kind === "smtp" ? ["Enter Password", SET_UP] : [SET_UP];
      const choice = await vscode.window.showErrorMessage(sentence(error), ...acts);
      if (choice === SET_UP) await vscode.commands.executeCommand("kernelMail.setUpSending");
      if (choice === "Enter Password" && way.kind === "smtp" && (await sender.passwords.ask(way, true)))
        await check();
    }
  };

  commands.register("kernelMail.checkSending", check);
  return check;
}
