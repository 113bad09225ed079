/** A draft: the message being written, as data. */
import type { Mailbox } from "../mail/address.ts";

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
  /** Identities for certain lists (globs of their addresses), in order. */
  byList?: { identity: Mailbox; lists: string[] }[];
}
