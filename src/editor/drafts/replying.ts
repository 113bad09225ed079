/** Replying to a message: the draft that one has for it comes back, else a new one begins. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { Note } from "../../compose/note.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { inMessage } from "../plainWords.ts";
import type { AnswerDrafts } from "./answerDraft.ts";
import { draftAnswering } from "./drafts.ts";

export interface ReplyRequest {
  messageId: string;
  /** Lines of the parent's body, from 1, both ends included: only those are cited. */
  lines?: [number, number][];
  /** To the author alone, which leaves the list. */
  toSender?: boolean;
}

/** Opens the draft that answers a message; undefined when the person gave up. */
export type Reply = (request: ReplyRequest) => Promise<vscode.TextEditor | undefined>;

/**
 * The notes of a new draft, errors and warnings only: what is mere information does not interrupt. That an answer
 * leaves the list was asked about, and stands above its header.
 */
const tellNotes = (notes: readonly Note[]) => {
  const told = notes.filter(({ rule, severity }) => severity !== "info" && rule !== "R101");
  const texts = told.map(({ text }) => text);
  if (texts.length > 0) void vscode.window.showWarningMessage(texts.join(" "));
};

export function openReplying(parts: {
  archive: Archive;
  commands: Commands;
  drafts: AnswerDrafts;
  /** Where drafts are kept. */
  folder: string;
  /** Opens a draft of the folder; `partly` puts the cursor below what is cited. */
  show(path: string, partly: boolean): Promise<vscode.TextEditor>;
}): Reply {
  const { archive, commands, drafts, folder, show } = parts;

  /** Whoever means everybody loses the list without noticing: what leaves it is asked about first. */
  const mayLeaveList = async ({ messageId }: ReplyRequest): Promise<boolean> => {
    const thread = await archive.request("thread", { messageId });
    const parent = thread?.nodes.find((node) => node.messageId === messageId);
    const whom = parent?.fromName || parent?.fromAddress || "the author";
    const act = "Reply to Author Only";
    const choice = await vscode.window.showWarningMessage(
      `Only ${inMessage(whom)} gets this answer: it leaves the list.`,
      { modal: true, detail: "On the list an answer is found, and others can add to it." },
      act,
    );
    return choice === act;
  };

  const startNew = async (request: ReplyRequest): Promise<vscode.TextEditor | undefined> => {
    const { messageId, lines, toSender } = request;
    const written = await drafts.write(await drafts.parent(messageId), () => ({
      ...(lines === undefined ? {} : { keep: lines }),
      ...(toSender ? { toSender } : {}),
    }));
    if (written === undefined) return undefined;
    const editor = await show(written.path, lines !== undefined);
    tellNotes(written.notes);
    return editor;
  };

  const replyNow = async (request: ReplyRequest): Promise<vscode.TextEditor | undefined> => {
    const existing = await draftAnswering(folder, request.messageId, request.toSender ?? false);
    if (existing === undefined) {
      if (request.toSender === true && !(await mayLeaveList(request))) return undefined;
      return await startNew(request);
    }
    const editor = await show(existing.path, false);
    void vscode.window
      .showInformationMessage(
        `This is the draft that you have for this message (${basename(existing.path)}).`,
        "Start a New One",
      )
      .then((choice) => {
        if (choice !== undefined) commands.attempt("start a draft", () => startNew(request));
      });
    return editor;
  };

  let replying: Promise<unknown> = Promise.resolve();
  /** One after the other: a key pressed twice finds the draft that it has begun. */
  return (request) => {
    const next = replying.then(() => replyNow(request));
    replying = next.catch(() => undefined);
    return next;
  };
}
