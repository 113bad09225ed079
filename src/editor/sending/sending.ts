/** The three gates before a mail leaves: check, preview of the exact bytes, confirmation; and where one is afterwards. */
import { unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { Draft } from "../../compose/draft.ts";
import { readDraft } from "../../compose/draftText.ts";
import { envelopeOf } from "../../compose/envelope.ts";
import type { NewMail } from "../../compose/outbox.ts";
import type { Finding } from "../../compose/rules/rule.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { ComposeEditor } from "../drafts/composeEditor.ts";
import { type FileRendering, isBatch, PREVIEW_SCHEME, previewedDraft, render } from "../drafts/preview.ts";
import { inMessage } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import { closeTabs, readingColumn } from "../tabs.ts";
import { askToSend, askToSendAll, ownLines, type Question } from "./confirmationWords.ts";
import type { Sender } from "./sender.ts";

/** With more own lines than this a reply is looked at in its preview, whatever the settings say. */
const SMALL = 10;

/** How long a sentence stands in the status bar, in milliseconds. */
const SAID_MS = 8000;

export interface Sending {
  /** Previews drafts of the folder in one document, and sends them all on one confirmation. */
  sendAll(paths: readonly string[]): Promise<void>;
  /** Previews a draft that goes to its own author, to see what comes back: nothing in it has to be put right first. */
  sendToMyself(path: string): Promise<void>;
}

interface SendingParts {
  compose: ComposeEditor;
  sender: Sender;
  /** Shows the thread of a message, at that message, as the person reads threads. */
  openThread: (messageId: string) => Promise<void>;
  settings: Settings;
  commands: Commands;
  /** Where drafts are kept: those files go when they are sent. */
  folder: string;
  userAgent: string;
}

export function openSending(parts: SendingParts): Sending {
  const { compose, sender, settings, commands, folder, userAgent } = parts;
  const { previews } = compose;
  /** Drafts (by path) that go to their own author alone. */
  const toMyself = new Set<string>();

  /** The first gate: what was found; undefined when an error stands in the way, which is told. */
  const check = async (document: vscode.TextDocument): Promise<Finding[] | undefined> => {
    if (toMyself.has(document.uri.fsPath)) return [];
    const found = await compose.check(document);
    const errors = found.filter(({ severity }) => severity === "error");
    const [first, ...more] = errors;
    // What is left out when it is sent needs nobody's word.
    if (first === undefined) return await compose.checkSent(document);
    const others =
      more.length > 0
        ? ` There ${more.length === 1 ? "is one more problem" : `are ${more.length} more problems`}.`
        : "";
    const problems = "Show Problems";
    void vscode.window
      .showErrorMessage(
        inMessage(`Not ready to be sent: ${first.message} (line ${first.line})${others}`),
        problems,
      )
      .then((choice) => {
        if (choice === problems) void vscode.commands.executeCommand("workbench.actions.view.problems");
      });
    return undefined;
  };

  /** There is a way to send these and a password for each; what is missing is asked for, or told. */
  const canSend = async (drafts: readonly Draft[]): Promise<boolean> => {
    for (const from of new Set(drafts.map((draft) => draft.from.address))) {
      if (!(await canSendFrom(from))) return false;
    }
    return true;
  };

  const canSendFrom = async (from: string): Promise<boolean> => {
    const way = await sender.transport(from);
    if (way !== undefined) return way.kind === "program" || (await sender.passwords.ask(way));
    const setUp = "Set Up Sending...";
    const choice = await vscode.window.showInformationMessage(
      "There is no way to send mail yet: git send-email is not configured, and no server is set.",
      setUp,
    );
    if (choice === setUp) await vscode.commands.executeCommand("kernelMail.setUpSending");
    return false;
  };

  /** Each warning has to be accepted by its name. */
  const accept = async (found: readonly Finding[]): Promise<boolean> => {
    const warnings = found.filter(({ severity }) => severity === "warning");
    if (warnings.length === 0) return true;
    const items = warnings.map(({ rule, message, line }) => ({
      label: message,
      description: `${rule}, line ${line}`,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: `Send in Spite of ${count(warnings.length, "Warning")}`,
      placeHolder: "Tick each warning that you accept, then press Enter",
      canPickMany: true,
      ignoreFocusOut: true,
    });
    if (chosen === undefined) return false;
    if (chosen.length === items.length) return true;
    void vscode.window.showInformationMessage("Nothing was sent: a warning was not accepted.");
    return false;
  };

  /** The last gate, where it is a box. */
  const confirmed = async ({ title, detail }: Question, send: string): Promise<boolean> =>
    (await vscode.window.showInformationMessage(title, { modal: true, detail }, send)) === send;

  const rendered = (document: vscode.TextDocument): FileRendering => ({
    ...render(document.getText(), new Date(), userAgent, {
      sevenBitOnly: sender.sevenBitOnly(),
      trim: settings.trimsOnSend(),
    }),
    file: document.uri,
  });

  /** The draft's document, when it says no more what it said when this was made. */
  const changedDraft = async ({ file, text }: FileRendering): Promise<vscode.TextDocument | undefined> => {
    const document = await vscode.workspace.openTextDocument(file);
    return document.getText() === text ? undefined : document;
  };

  const toMail = ({ file, text, draft, wire }: FileRendering): NewMail => ({
    name: basename(file.path).replace(/\.[^.]*$/, ""),
    bytes: wire.bytes,
    draftText: text,
    messageId: draft.messageId,
    subject: draft.subject,
    from: draft.from.address,
    to: envelopeOf(draft),
    eightBit: wire.encoding === "8bit",
    ...(draft.inReplyTo === undefined ? {} : { inReplyTo: draft.inReplyTo }),
  });

  /** Back to where the act began: the message that was answered, where a reader shows its thread. */
  const goBack = async (draft: Draft): Promise<void> => {
    const { afterSend } = settings.sending();
    if (afterSend === "stay" || draft.inReplyTo === undefined) return;
    const isRead = readingColumn() !== undefined;
    if (isRead) await parts.openThread(draft.inReplyTo);
    if (afterSend === "nextUnread") await vscode.commands.executeCommand("kernelMail.nextUnread");
    else if (!isRead) await vscode.commands.executeCommand("kernelMail.threads.focus");
  };

  /**
   * Into the outbox, which has the drafts' text too; then the drafts, and the tabs of all this, go; then the mails may
   * leave. A mail that is refused at once comes back to the draft's own path, which must not be cleared after that.
   */
  const dispatch = async (mails: readonly FileRendering[], ...tabs: vscode.Uri[]): Promise<void> => {
    const files = mails.map(({ file }) => file);
    const removeDrafts = async (): Promise<void> => {
      await closeTabs(...tabs, ...files);
      for (const { fsPath } of files) {
        if (dirname(fsPath) !== folder) continue;
        await unlink(fsPath).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT") throw error;
        });
      }
    };
    await sender.queue(mails.map(toMail), removeDrafts);
    const [first] = mails;
    if (first === undefined) return;
    // Whoever tried a draft on themselves is in it again.
    if (!toMyself.delete(first.file.fsPath)) await goBack(first.draft);
  };

  /** A reply that one box can show whole: small, nothing found, recipients as answering gives them. */
  const isSmall = async (document: vscode.TextDocument, found: readonly Finding[]): Promise<boolean> => {
    if (settings.sending().confirmation !== "summary" || found.length > 0) return false;
    if (ownLines(readDraft(document.getText()).draft).length > SMALL) return false;
    const recipients = await compose.compare(document);
    return recipients?.every(({ difference }) => difference === "none") === true;
  };

  const confirmInBox = async (document: vscode.TextDocument): Promise<void> => {
    const rendering = rendered(document);
    if (!(await confirmed(askToSend(rendering.draft), "Send"))) return;
    if ((await changedDraft(rendering)) === undefined) await dispatch([rendering]);
    else await send(document);
  };

  /** Check, then preview. */
  async function send(document: vscode.TextDocument): Promise<void> {
    if (document.isDirty) await document.save();
    const found = await check(document);
    if (found === undefined || !(await canSend([readDraft(document.getText()).draft]))) return;
    if (await isSmall(document, found)) await confirmInBox(document);
    else await previews.show(document);
  }

  /** Check of all, then one preview of all. */
  const sendAll = async (files: readonly vscode.Uri[]): Promise<void> => {
    const renderings: FileRendering[] = [];
    for (const file of files) {
      const document = await vscode.workspace.openTextDocument(file);
      if (document.isDirty) await document.save();
      if ((await check(document)) === undefined) return;
      renderings.push(rendered(document));
    }
    if (renderings.length === 0) return;
    // Seen also by who sends them by other means; what is missing for sending is told beside them.
    await previews.showAll(renderings);
    await canSend(renderings.map(({ draft }) => draft));
  };

  const confirmOne = async (preview: vscode.Uri): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(previewedDraft(preview));
    const confirmation = previews.confirm(document);
    if (confirmation.state === "early") return;
    if (confirmation.state === "changed") {
      await send(document);
      vscode.window.setStatusBarMessage("The draft was changed: this is the new preview.", SAID_MS);
      return;
    }
    const found = await check(document);
    const { rendering } = confirmation;
    if (found === undefined || !(await canSend([rendering.draft])) || !(await accept(found))) return;
    // Whoever typed into the draft while being asked gets a new preview.
    if (previews.confirm(document).state === "changed") return await send(document);
    if (document.isDirty) await document.save();
    await dispatch([{ ...rendering, file: document.uri }], preview);
  };

  const confirmBatch = async (preview: vscode.Uri): Promise<void> => {
    const mails = previews.confirmAll(preview);
    if (mails === "early") return;
    if (mails === undefined)
      throw new UserError("This preview is an old one.", "Begin again from the drafts.");
    /** Whether any draft was edited since; then all of them are previewed anew. */
    const isVoid = async (): Promise<boolean> => {
      const changed = await Promise.all(mails.map(changedDraft));
      if (changed.every((one) => one === undefined)) return false;
      await closeTabs(preview);
      await sendAll(mails.map(({ file }) => file));
      vscode.window.setStatusBarMessage("A draft was changed: this is the new preview.", SAID_MS);
      return true;
    };
    if (await isVoid()) return;
    const found: Finding[] = [];
    for (const { file } of mails) {
      const more = await check(await vscode.workspace.openTextDocument(file));
      if (more === undefined) return;
      found.push(...more);
    }
    if (!(await canSend(mails.map(({ draft }) => draft))) || !(await accept(found))) return;
    if (!(await confirmed(askToSendAll(mails.map(({ draft }) => draft)), "Send All"))) return;
    if (!(await isVoid())) await dispatch(mails, preview);
  };

  commands.register("kernelMail.draft.send", async (argument) => {
    const path =
      typeof argument === "object" && argument !== null && "path" in argument ? argument.path : undefined;
    if (typeof path === "string" && dirname(path) === folder) await send((await compose.open(path)).document);
    else await send(await compose.activeDraft());
  });
  commands.register("kernelMail.draft.confirmSend", async () => {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.uri.scheme !== PREVIEW_SCHEME) {
      throw new UserError("No preview is open here.", "Open the draft and choose “Send...”.");
    }
    await (isBatch(document.uri) ? confirmBatch(document.uri) : confirmOne(document.uri));
  });

  return {
    sendAll: (paths) => sendAll(paths.map((path) => vscode.Uri.file(path))),
    sendToMyself: async (path) => {
      toMyself.add(path);
      await send(await vscode.workspace.openTextDocument(vscode.Uri.file(path)));
    },
  };
}
