/** What a command about marks is about: rows of the tree, or the message in the reader. */
import type { MessageMarks, ThreadMarks, ThreadNode } from "../../archive/remote.ts";
import { UserError } from "../../base/report.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { FROM_TREE } from "../commands.ts";
import { type FocusParts, messageInFocus } from "../reading/messageInFocus.ts";
import { type Element, isElement, type MessageElement, type ThreadElement } from "../tree/threadElements.ts";

/** One thread, or one message of it. */
export interface Target {
  /** The message named; of a thread its root, which may be missing. */
  messageId: string;
  /** Message-ID of the root. */
  thread: string;
  /** What is meant, for a sentence: the subject of a whole thread, quoted, or whose message it is. */
  title: string;
  /** The thread that it is in. */
  threadTitle: string;
  /** A whole thread is meant. */
  isThread: boolean;
  threadMarks: ThreadMarks;
  /** Of a message. */
  marks: MessageMarks;
}

export interface Targets {
  targets: Target[];
  /** Where it was asked for: what comes next is shown in the reader or in the thread as text, not for the tree. */
  where: "tree" | "reader" | "text";
}

const messageTitle = ({ fromName, fromAddress }: ThreadNode): string =>
  `the message of ${fromName || fromAddress || "someone unnamed"}`;

const quoted = (subject: string): string => `“${readPatchPrefix(subject).bare || subject || "(no subject)"}”`;

const threadTarget = ({ row }: ThreadElement): Target => ({
  messageId: row.thread,
  thread: row.thread,
  title: quoted(row.subject),
  threadTitle: quoted(row.subject),
  isThread: true,
  threadMarks: row.marks ?? {},
  marks: {},
});

function messageTarget(element: MessageElement): Target {
  let above: ThreadElement | MessageElement = element;
  while (above.kind === "message") above = above.parent;
  const { messageId, marks = {} } = element.node;
  return {
    ...threadTarget(above),
    messageId,
    title: messageTitle(element.node),
    isThread: false,
    marks,
  };
}

const isMail = (element: Element): element is ThreadElement | MessageElement =>
  element.kind === "thread" || element.kind === "message";

const ofElement = (element: ThreadElement | MessageElement): Target =>
  element.kind === "thread" ? threadTarget(element) : messageTarget(element);

/** What is known of a message by its id. */
export async function targetOf(archive: Archive, messageId: string): Promise<Target> {
  const answer = await archive.request("thread", { messageId });
  if (answer === null) {
    throw new UserError("The message is no longer in any archive.", "Open another thread.");
  }
  const node = answer.nodes.find((one) => one.messageId === messageId);
  const threadTitle = quoted(answer.row.subject);
  return {
    messageId,
    thread: answer.row.thread,
    // Of a thread of one message both are the same.
    title: node === undefined || answer.nodes.length === 1 ? threadTitle : messageTitle(node),
    threadTitle,
    isThread: false,
    threadMarks: answer.row.marks ?? {},
    marks: node?.marks ?? {},
  };
}

/**
 * What a command is about. `argument` and `more` are what a menu of the tree gives (the row and the rows that are
 * selected); "tree" is the tree's selection, whatever the reader shows; `{messageId}` comes from the page. Throws a
 * UserError when nothing is chosen.
 */
export async function findTargets(parts: FocusParts, argument: unknown, more: unknown): Promise<Targets> {
  const { archive, reader, texts, tree } = parts;
  if (isElement(argument)) {
    const all = Array.isArray(more) ? more.filter(isElement) : [argument];
    return { targets: all.filter(isMail).map(ofElement), where: "tree" };
  }
  const selected = tree.selection();
  if (argument === FROM_TREE && selected.length > 0)
    return { targets: selected.map(ofElement), where: "tree" };
  const isFromPage = typeof argument === "object" && argument !== null && "messageId" in argument;
  const isText = !isFromPage && texts.inFocus() !== undefined;
  const isReader = isFromPage || (!isText && (await reader.inFocus()) !== undefined);
  if (!isText && !isReader && selected.length > 0) return { targets: selected.map(ofElement), where: "tree" };
  const { messageId } = await messageInFocus(parts, argument);
  return { targets: [await targetOf(archive, messageId)], where: isText ? "text" : "reader" };
}
