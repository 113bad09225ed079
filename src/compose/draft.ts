/** A draft: the message being written, as data; and the reply to a message. */
import type { Mailbox } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { replySubject } from "../mail/subject.ts";
import { attributionOf } from "./attribution.ts";
import { citeMessage, type LineRange } from "./citing.ts";
import { chooseIdentity } from "./identity.ts";
import type { Note } from "./note.ts";
import { authorsOf, replyRecipients } from "./recipients.ts";
import { makeMessageId, threadingOf } from "./threading.ts";

/** A message in writing. `body` has `\n` line ends and holds attribution, cited and own text. */
export interface Draft {
  from: Mailbox;
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  subject: string;
  /** Without angle brackets; made once, kept for every retry (R401). */
  messageId: string;
  inReplyTo?: string;
  /** Oldest first; the parent's id last (R302). */
  references: string[];
  body: string;
}

/** Who writes: addresses that count as the person (R108), and the names they go by. */
export interface Self {
  /** The default From (sendemail.from, then user.name and user.email). */
  identity: Mailbox;
  /** Further own identities, chosen by R109. */
  identities: Mailbox[];
  /** Globs of further own addresses. */
  addresses: string[];
}

export interface ReplyOptions {
  self: Self;
  /** Overrules the identity of R109. */
  from?: Mailbox;
  /** R101: answer the author alone. */
  toSender?: boolean;
  /** Cite these lines of the parent's body alone, from 1, both ends included (R608). */
  lines?: readonly LineRange[];
  /** Own text, put below the last cited line after an empty one. */
  ownText?: string;
  /** At most four lines, put below `-- ` at the very end (R1101). */
  signature?: string;
  /** Globs of addresses that are never taken over (R113). */
  exclude?: readonly string[];
  /** Addresses known to be mailing lists. */
  lists?: readonly string[];
  /** Milliseconds since 1970 UTC, for the new Message-ID. */
  nowMs?: number;
}

/** A draft that answers a message, and what the person should know about it. */
export interface Reply {
  draft: Draft;
  notes: Note[];
}

/** The reply to `parent`: to all unless `toSender`, the whole cited unless `lines`. */
export function replyTo(parent: Message, options: ReplyOptions): Reply {
  const { self } = options;
  const from = options.from ?? chooseIdentity(parent, self);
  const { to, cc, notes } = replyRecipients(parent, self, {
    from,
    toSender: options.toSender ?? false,
    exclude: options.exclude ?? [],
    lists: options.lists ?? [],
  });
  if (!parent.hasMessageId) {
    const text = "The message has no Message-ID: a reply to it cannot stand in its thread.";
    notes.push({ rule: "L-NO-MSGID", severity: "error", text });
  }
  const draft: Draft = {
    from,
    to,
    cc,
    bcc: [],
    subject: replySubject(parent.subject),
    messageId: makeMessageId(from.address, options.nowMs),
    ...threadingOf(parent),
    body: replyBody(parent, options),
  };
  return { draft, notes };
}

/** R504, R752, R753: attribution, cited lines, an empty line, own text, signature. */
function replyBody(parent: Message, options: ReplyOptions): string {
  const cited = citeMessage(parent, options.lines);
  const [author] = authorsOf(parent, options.lists);
  const [writer] = parent.from;
  const lines: string[] = [];
  // R506: no attribution without cited text.
  if (cited.length > 0) {
    const named = author?.name === "" && writer ? { ...author, name: writer.name } : author;
    lines.push(attributionOf(parent, named ?? { name: "", address: "somebody" }), ...cited, "");
  }
  const own = (options.ownText ?? "").replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  if (own !== "") lines.push(own);
  const signature = (options.signature ?? "").replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  if (signature !== "") lines.push("", "-- ", ...signature.split("\n").slice(0, 4));
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}
