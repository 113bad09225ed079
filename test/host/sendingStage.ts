/** What tests of sending stand on: the sample archive, somebody who writes, and a mail server on loopback. */
import { readdirSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import type { OutboxMail } from "../../src/compose/outbox.ts";
import { type MailServer, type MailServerOptions, startMailServer } from "../mailServer.ts";
import { closeEditors, parts, run, samplePath, setArchives, until } from "./editor.ts";

/** The message of the sample archive that is answered. */
export const REVIEW = "20261005152048.p2@kernel.example";

/** Longer than the time in which no key confirms a preview, in milliseconds. */
const LOOKED_MS = 600;

/** The settings that have another value now, and the one they had. */
const had = new Map<string, unknown>();

/** Gives a setting of the extension another value, until the tests of the file have ended. */
export const set = async (name: string, value: unknown): Promise<void> => {
  const settings = vscode.workspace.getConfiguration("kernelMail");
  if (!had.has(name)) had.set(name, settings.inspect(name)?.globalValue);
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
};

export const useServer = (port: number): Promise<void> =>
  set("send.smtp", { host: "127.0.0.1", port, encryption: "none" });

export interface Stage {
  server: MailServer;
  /** The folder of drafts. */
  drafts: string;
  /** What the server says to a recipient, and to a mail. */
  says: Pick<MailServerOptions, "recipient" | "answer">;
}

/** Registers the hooks of a `describe`; its fields are there once they have run. */
export function sendingStage(): Stage {
  const stage: Stage = { server: undefined as never, drafts: "", says: {} };
  before(async () => {
    await setArchives({ path: samplePath() });
    stage.drafts = (await parts()).drafts;
    stage.server = await startMailServer({
      authOptional: true,
      recipient: (address) => stage.says.recipient?.(address),
      answer: (mail) => stage.says.answer?.(mail),
    });
    await set("identities", [{ name: "Ada Reviewer", address: "reviewer@kernel.example" }]);
    await set("send.onlyReserved", true);
    // What is asked once in a person's life is not asked here.
    await set("network.followedThreads", "never");
  });
  beforeEach(async () => {
    stage.server.received.length = 0;
    stage.says = {};
    await useServer(stage.server.port);
    await set("send.undoSeconds", 0);
  });
  afterEach(async () => {
    await closeEditors();
    await (await parts()).sender.settled();
    for (const folder of [stage.drafts, (await outbox()).folder])
      rmSync(folder, { recursive: true, force: true });
  });
  after(async () => {
    for (const [name, value] of had) await set(name, value);
    had.clear();
    await stage.server.close();
    await setArchives();
  });
  return stage;
}

export const outbox = async () => (await parts()).sender.outbox;

/** The only mail in the outbox, once `holds` is true of it. */
export const mailOnceThat = (what: string, holds: (mail: OutboxMail) => boolean): Promise<OutboxMail> =>
  until(what, async () => (await (await outbox()).list()).find(holds));

/** The files of a folder of mails, by name. */
export function mailsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".eml"));
  } catch {
    return [];
  }
}

/** A reply to a message with this text of one's own at its end, in its editor. */
export async function write(text: string, messageId = REVIEW): Promise<vscode.TextEditor> {
  await run("replyAll", { messageId });
  const editor = await until("the draft", () => {
    const active = vscode.window.activeTextEditor;
    return active?.document.languageId === "kernel-mail" && active;
  });
  await editor.edit((edit) => edit.insert(new vscode.Position(editor.document.lineCount, 0), `\n${text}\n`));
  await editor.document.save();
  return editor;
}

/** The preview in the active editor, once it may be confirmed. */
export async function preview(): Promise<vscode.TextDocument> {
  const shown = await until("the preview", () => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === "kernel-mail-preview" && document;
  });
  await delay(LOOKED_MS);
  return shown;
}

/** Confirms the preview that is open. */
export async function confirm(): Promise<void> {
  await preview();
  await run("draft.confirmSend");
  await until(
    "the preview is gone",
    () => vscode.window.activeTextEditor?.document.uri.scheme !== "kernel-mail-preview",
  );
}
