/** The whole mail, decoded: what is shown, cited and searched. Never throws. */
import type { Mailbox } from "./address.ts";

/** What is wrong with a mail, as data. `code` is stable, `text` is a sentence for a person. */
export interface Defect {
  code: string;
  text: string;
}

/** When a mail says it was sent: milliseconds since 1970 UTC, and the sender's offset from UTC in minutes. */
export interface SentDate {
  ms: number;
  zoneMinutes: number;
}

/** A part that is not in the body. `index` names it in `attachmentBytes`; `size` counts decoded bytes. */
export interface Attachment {
  index: number;
  name: string;
  type: string;
  size: number;
}

/** A mail, decoded. Plain data; crosses any wall. Line numbers count from 1 over `body.split("\n")`. */
export interface Message {
  /** Without angle brackets. Made from the bytes when the mail has none (`hasMessageId` is false then). */
  messageId: string;
  hasMessageId: boolean;
  /** Every field in order, decoded (RFC 2047) and unfolded. */
  headers: [name: string, value: string][];
  from: Mailbox[];
  sender: Mailbox[];
  replyTo: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  date?: SentDate;
  /** Decoded, controls removed, blanks collapsed (D207). "" when there is none. */
  subject: string;
  /** Cleaned ids, oldest first (R303); `inReplyTo` as far as it holds ids. */
  references: string[];
  inReplyTo: string[];
  /**
   * The decoded plain text with `\n` line ends: physical lines, unstuffed, the flow blank removed (D247), no
   * line end after the last line. Inline text parts are joined by one empty line.
   */
  body: string;
  /** format=flowed: the lines (from 1) that go on in the next line of the same paragraph. Empty otherwise. */
  flowedLines: number[];
  /** First line (from 1) of a list footer that came as a part of its own. */
  footerLine?: number;
  attachments: Attachment[];
  /** Signed, encrypted, HTML shown as text …: a word each, for badges. */
  badges: string[];
  defects: Defect[];
}
