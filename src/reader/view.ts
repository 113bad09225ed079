/** A thread and its messages as the pane is shown them: plain data, made from what it is given. */
import { addressKey, type Mailbox } from "../mail/address.ts";
import { isListAddress, listsOf } from "../mail/listAddress.ts";
import { loreLink } from "../mail/loreLink.ts";
import type { Attachment, Message } from "../mail/message.ts";
import type { Trackers } from "../mail/trackers.ts";
import { type ParentState, readMessage } from "../threads/reading.ts";
import type { SaidTexts } from "../threads/saidText.ts";
import { viewBlocks } from "./blockViews.ts";
import { linkSpans } from "./bodyLinks.ts";
import { measureCites } from "./citedShare.ts";
import { gistOf, isApplied, isTrailersOnly, patchWord, subjectGist } from "./gist.ts";
import type {
  AttachmentView,
  DoubtView,
  EntryMarks,
  MessageView,
  OutlineEntry,
  ThreadView,
} from "./protocol.ts";

/** What a thread list knows of the thread. */
export interface ViewedThread {
  /** Message-ID of the root. */
  thread: string;
  subject: string;
  list: string;
  participants: number;
}

/** One place in the thread, in reading order. */
export interface ViewedNode {
  messageId: string;
  parent?: string;
  depth: number;
  missing: boolean;
  subject: string;
  fromName: string;
  fromAddress: string;
  dateMs?: number;
  unread?: boolean;
  marks?: EntryMarks;
}

/** What is known around a message. */
export interface Surroundings {
  /** Bug trackers that the person named: what stands before a number, and the address with `${id}`. */
  trackers?: Trackers;
  node: ViewedNode;
  /** The messages it answers as far as they are at hand: its parent first, then the parent's parent. */
  ancestors: readonly Message[];
  /** Whether its parent was shown to the person (V705); when left out, a parent at hand counts as shown. */
  parentState?: ParentState;
  /** The bodies of the thread that are indexed already: the same for every message of a thread. */
  said?: SaidTexts | undefined;
}

/** Characters that are not seen and change what is: bidirectional overrides, zero-width spaces. Controls are symbols (D235). */
const HIDDEN = /[\u200b\u202a-\u202e\u2060-\u2069\ufeff]/g;
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/;

/** Defects that the person can settle (D225, D234): by what, and what that is called. */
const DOUBTS: Readonly<Record<string, Omit<DoubtView, "text">>> = {
  "charset-may-be-utf8": { action: "readAsUtf8", label: "Read as UTF-8" },
  "read-as-utf8": { action: "readAsUtf8", label: "Read as Declared" },
  "read-as-quoted-printable": { action: "readAsQuotedPrintable", label: "Read as Declared" },
};

/** What the outline shows of the person's marks; undefined when there are none. */
function entryMarks({ unread, marks }: Pick<ViewedNode, "unread" | "marks">): EntryMarks | undefined {
  const { starred, muted, note, bot } = marks ?? {};
  const shown: EntryMarks = {
    ...(unread ? { unread: true } : {}),
    ...(starred ? { starred } : {}),
    ...(muted ? { muted } : {}),
    ...(note === undefined ? {} : { note }),
    ...(bot ? { bot } : {}),
  };
  return Object.keys(shown).length === 0 ? undefined : shown;
}

/** The thread with its outline. Gists are what subjects tell; the messages bring better ones. */
export function viewThread(row: ViewedThread, nodes: readonly ViewedNode[]): ThreadView {
  return {
    thread: row.thread,
    subject: row.subject,
    list: row.list,
    people: row.participants,
    outline: nodes.map((node): OutlineEntry => {
      const entry: OutlineEntry = {
        messageId: node.messageId,
        depth: node.depth,
        missing: node.missing,
        from: node.fromName || node.fromAddress,
        gist: node.missing ? "" : subjectGist(node.subject),
      };
      if (node.fromAddress) entry.address = node.fromAddress;
      if (node.parent !== undefined) entry.parent = node.parent;
      if (node.dateMs !== undefined) entry.dateMs = node.dateMs;
      const marks = entryMarks(node);
      if (marks !== undefined) entry.marks = marks;
      return entry;
    }),
  };
}

const nameOf = (mailbox: Mailbox | undefined): string | undefined => mailbox?.name || mailbox?.address;

/** What stands in the heading; that a mail is flowed is nothing a reader must know. */
function badgesOf(message: Message, topPosted: boolean): string[] {
  const badges = message.badges.filter((badge) => badge !== "flowed");
  return topPosted ? [...badges, "top-posted"] : badges;
}

/** So many mailboxes are gone through one by one. */
const FEW = 100;

/**
 * Says whether a mailbox is in a list. Answers name the same people, mostly in the same order: they are looked for from
 * where the last one was found, and only for the others a table is made.
 */
function namedIn(list: readonly Mailbox[]): (mailbox: Mailbox) => boolean {
  let keys: Set<string> | undefined;
  let next = 0;
  return ({ address }) => {
    for (let looked = 0; looked < Math.min(list.length, FEW); looked++) {
      const at = (next + looked) % list.length;
      if (list[at]?.address !== address) continue;
      next = at + 1;
      return true;
    }
    keys ??= new Set(list.map((mailbox) => addressKey(mailbox.address)));
    return keys.has(addressKey(address));
  };
}

/** Who came into Cc and who was left out, against the message that is answered. */
function recipientChange(message: Message, parent: Message): NonNullable<MessageView["changed"]> {
  const before = namedIn([...parent.from, ...parent.replyTo, ...parent.to, ...parent.cc]);
  const now = namedIn([...message.from, ...message.to, ...message.cc]);
  const names = new Set(message.from.map(({ name }) => name).filter(Boolean));
  const dropped = [...parent.from, ...parent.to, ...parent.cc].filter(
    // Who writes from another address has not been left out.
    (mailbox) => !now(mailbox) && !names.has(mailbox.name),
  );
  const byKey = new Map(dropped.map((mailbox) => [addressKey(mailbox.address), mailbox]));
  const change = {
    added: message.cc.filter((mailbox) => !before(mailbox)),
    dropped: [...byKey.values()],
  };
  if (change.dropped.length === 0) return change;
  const told = new Set(listsOf(parent));
  const lists = change.dropped.filter(
    ({ address }) => told.has(address.toLowerCase()) || isListAddress(address),
  );
  // The patches of a series go each to its own lists; an answer that leaves one is not heard there.
  return lists.length > 0 && patchWord(message.subject) === undefined ? { ...change, lists } : change;
}

function hiddenCharacters(body: string): string | undefined {
  const count = body.match(HIDDEN)?.length ?? 0;
  if (count === 0) return undefined;
  const what =
    count === 1
      ? "1 invisible character is shown by its code"
      : `${count} invisible characters are shown by their codes`;
  return REORDERING.test(body) ? `${what}; some of them make text look other than it is.` : `${what}.`;
}

/** The view of one message among those it answers. */
export function viewMessage(message: Message, around: Surroundings): MessageView {
  const { node, ancestors } = around;
  const parent =
    node.parent !== undefined && ancestors[0]?.messageId === node.parent ? ancestors[0] : undefined;
  const parentState = around.parentState ?? (parent ? "seen" : "missing");
  const reading = readMessage(message, ancestors, parentState, around.said);
  const links = linkSpans(message.body, reading.blocks, around.trackers, reading.worded);
  const blocks = viewBlocks(message, reading, links);
  const { topPosted, ...share } = measureCites(blocks);
  const hidden = hiddenCharacters(message.body);
  const view: MessageView = {
    messageId: node.messageId,
    depth: node.depth,
    missing: false,
    to: message.to,
    cc: message.cc,
    subject: message.subject,
    gist: gistOf(message.subject, blocks),
    headers: message.headers,
    blocks,
    attachments: message.attachments.map(attachmentView),
    badges: badgesOf(message, topPosted),
    defects: message.defects.filter(({ code }) => DOUBTS[code] === undefined).map(({ text }) => text),
    ...share,
  };
  if (hidden !== undefined) view.defects.push(hidden);
  const doubts = message.defects.flatMap(({ code, text }) => {
    const doubt = DOUBTS[code];
    return doubt === undefined ? [] : [{ text, ...doubt }];
  });
  if (doubts.length > 0) view.doubts = doubts;
  const from = message.from[0];
  const answers = nameOf(parent?.from[0]);
  const patch = patchWord(message.subject);
  if (from) view.from = from;
  if (answers) view.answers = answers;
  if (patch) view.patch = patch;
  if (message.date) {
    view.dateMs = message.date.ms;
    view.zoneMinutes = message.date.zoneMinutes;
  }
  if (isTrailersOnly(blocks) || isApplied(blocks)) view.condensed = true;
  if (node.parent !== undefined) {
    view.parent = node.parent;
    view.parentState = parentState;
  }
  if (parent) view.changed = recipientChange(message, parent);
  if (message.hasMessageId) {
    view.link = loreLink(message.messageId);
  }
  if (message.inside) view.inside = message.inside.map(viewInside);
  return view;
}

/** What the sender did not name is called by what it is. */
const attachmentView = (attachment: Attachment): AttachmentView => ({
  ...attachment,
  name:
    attachment.name ||
    (attachment.type === "message/rfc822" ? "message" : `attachment ${attachment.index + 1}`),
});

/** A message inside another one stands by itself. Recursion ends where `Message.inside` does. */
function viewInside(message: Message): MessageView {
  const { messageId, subject, from } = message;
  const [author] = from;
  const who = { fromName: author?.name ?? "", fromAddress: author?.address ?? "" };
  return viewMessage(message, {
    node: { messageId, depth: 0, missing: false, subject, ...who },
    ancestors: [],
  });
}
