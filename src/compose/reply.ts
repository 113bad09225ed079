/** The reply to a message: whom it goes to, where it hangs in the thread, and what it cites. */
import type { Mailbox } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { replySubject } from "../mail/subject.ts";
import { attributionOf } from "./attribution.ts";
import { type CiteStyle, citeFirstParagraph, citeMessage, type LineRange } from "./citing.ts";
import type { Draft, Self } from "./draft.ts";
import { chooseIdentity } from "./identity.ts";
import type { Note } from "./note.ts";
import { authorsOf, replyRecipients } from "./recipients.ts";
import { signatureLines } from "./signature.ts";
import { makeMessageId, threadingOf } from "./threading.ts";

export interface ReplyOptions {
  /** Overrules the identity of R109. */
  from?: Mailbox;
  /** R101: answer the author alone. */
  toSender?: boolean;
  /** Cite these lines of the parent's body alone, from 1, both ends included (R608). */
  keep?: readonly LineRange[];
  /** How much is cited where `keep` chooses no lines: the whole, the first paragraph (R711), or nothing. */
  cites?: "all" | "firstParagraph" | "nothing";
  /** Lines that are cited as they stand here instead, marks included: those of a comment. */
  cited?: readonly string[];
  /** How what is cited already is marked (R603). */
  style?: CiteStyle;
  /** The line above what is cited, as `attributionOf` has it. */
  attribution?: string;
  /** Own text, put below the last cited line after an empty one. */
  ownText?: string;
  /** At most four lines, put below `-- ` at the very end (R1101). */
  signature?: string;
  /** Globs of addresses that are never taken over (R113). */
  excludeRecipients?: readonly string[];
  /** Addresses known to be mailing lists. */
  lists?: readonly string[];
  /** Addresses, in lower case, from which mail came back (R114). */
  bounced?: ReadonlySet<string>;
  /** Now, for the new Message-ID. */
  date?: Date;
}

/** A draft that answers a message, and what the person should know about it. */
export interface Reply {
  draft: Draft;
  notes: Note[];
}

/** The reply to `parent`, written by `self`: to all unless `toSender`, the whole cited unless `keep`. */
export function replyTo(parent: Message, self: Self, options: ReplyOptions = {}): Reply {
  const from = options.from ?? chooseIdentity(parent, self);
  const { to, cc, notes } = replyRecipients(parent, self, {
    from,
    toSender: options.toSender ?? false,
    exclude: options.excludeRecipients ?? [],
    lists: options.lists ?? [],
    ...(options.bounced === undefined ? {} : { bounced: options.bounced }),
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
    messageId: makeMessageId(from.address, options.date),
    ...threadingOf(parent),
    body: replyBody(parent, options),
  };
  return { draft, notes };
}

/** Attribution and cited lines; empty without cited text (R506). */
function citedLines(parent: Message, options: ReplyOptions): string[] {
  const { lists, attribution } = options;
  const cited = options.cited ?? citeAs(parent, options);
  if (cited.length === 0) return [];
  const [author] = authorsOf(parent, lists);
  const [writer] = parent.from;
  const named = author?.name === "" && writer ? { ...author, name: writer.name } : author;
  return [attributionOf(parent, named ?? { name: "", address: "somebody" }, attribution), ...cited];
}

/** A message, or the lines `keep` of it, as a reply would cite it: attribution and `>` marks; "" when nothing is cited. */
export function citedText(parent: Message, options: ReplyOptions): string {
  return citedLines(parent, options)
    .map((line) => `${line}\n`)
    .join("");
}

function citeAs(parent: Message, { keep, cites = "all", style }: ReplyOptions): readonly string[] {
  if (keep !== undefined || cites === "all") return citeMessage(parent, keep, style);
  return cites === "nothing" ? [] : citeFirstParagraph(parent, style);
}

/** R504, R752, R753: attribution, cited lines, an empty line, own text, signature. */
function replyBody(parent: Message, options: ReplyOptions): string {
  const lines = citedLines(parent, options);
  if (lines.length > 0) lines.push("");
  const own = (options.ownText ?? "").replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  if (own !== "") lines.push(own);
  lines.push(...signatureLines(options.signature));
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}
