/** A draft as the exact bytes that are sent: one plain-text part, never rewrapped (R10xx). */

import { UserError } from "../base/report.ts";
import type { SentDate } from "../mail/date.ts";
import type { Draft } from "./draft.ts";
import { addressField, dateText, idsField, isWritableId, oneLine, textField } from "./headerFields.ts";
import { leaveOutUnanswered } from "./leaveOut.ts";
import { encodeQuotedPrintable } from "./quotedPrintable.ts";

/** RFC 5322 2.1.1: the longest line, in octets without its line end. */
const longestLine = 998;

export interface WireOptions {
  /** When it is sent, and the sender's offset from UTC (R403). */
  date: SentDate;
  /** The program and its version, for User-Agent. */
  userAgent?: string;
  /** The server cannot take 8-bit text (R1003). */
  sevenBitOnly?: boolean;
  /** False leaves cited text that nobody answers where it is (R704). */
  trim?: boolean;
}

/** The mail as it leaves, and what the preview has to tell about it. */
export interface Wire {
  bytes: Uint8Array;
  encoding: "7bit" | "8bit" | "quoted-printable";
  /** Cited lines below the last own line that are not sent (R704). */
  leftOut: number;
  /** Own lines that lose blanks at their end (R902). */
  stripped: number;
}

/**
 * The bytes of a draft, CRLF line ends, one at the very end. Bcc is not in them (R404). Throws a UserError for an
 * address or an id that no mail can carry.
 */
export function toWire(draft: Draft, options: WireOptions): Wire {
  const { lines, leftOut, stripped } = leaveOutUnanswered(draft.body, options.trim ?? true);
  const encoder = new TextEncoder();
  const isAscii = lines.every((line) => /^[\x00-\x7f]*$/.test(line));
  const encoding = encodingOf(lines, isAscii, options.sevenBitOnly ?? false);
  const body = encoding === "quoted-printable" ? encodeQuotedPrintable(lines) : lines.join("\r\n");
  const charset = isAscii ? "us-ascii" : "UTF-8";
  const header = [
    ...headerFields(draft, options),
    "MIME-Version: 1.0",
    `Content-Type: text/plain; charset=${charset}`,
    `Content-Transfer-Encoding: ${encoding}`,
  ];
  const end = lines.length > 0 ? "\r\n" : "";
  const bytes = encoder.encode(`${header.join("\r\n")}\r\n\r\n${body}${end}`);
  return { bytes, encoding, leftOut, stripped };
}

/** R1001 to R1003. A NUL cannot stand in 7bit or 8bit text (RFC 2045 2.7). */
function encodingOf(lines: readonly string[], isAscii: boolean, sevenBitOnly: boolean): Wire["encoding"] {
  const hasOddLine = lines.some((line) => Buffer.byteLength(line) > longestLine || line.includes("\0"));
  if (hasOddLine || (sevenBitOnly && !isAscii)) return "quoted-printable";
  return isAscii ? "7bit" : "8bit";
}

function headerFields(draft: Draft, options: WireOptions): string[] {
  const fields = [addressField("From", [draft.from])];
  if (draft.to.length > 0) fields.push(addressField("To", draft.to));
  if (draft.cc.length > 0) fields.push(addressField("Cc", draft.cc));
  fields.push(textField("Subject", draft.subject), `Date: ${dateText(options.date)}`);
  fields.push(idsField("Message-ID", [writableId(draft.messageId)]));
  if (draft.inReplyTo !== undefined) {
    fields.push(idsField("In-Reply-To", [writableId(draft.inReplyTo)]));
  }
  // An ancestor's id that no header can carry is no reason to refuse the reply: the others still thread it.
  const references = draft.references.filter(isWritableId);
  if (references.length > 0) fields.push(idsField("References", references));
  if (options.userAgent) fields.push(textField("User-Agent", options.userAgent));
  return fields;
}

function writableId(id: string): string {
  if (isWritableId(id)) return id;
  throw new UserError(
    `“${oneLine(id).slice(0, 80)}” is not a Message-ID that a mail can carry.`,
    "Correct the Message-ID and In-Reply-To fields of the draft, or remove In-Reply-To.",
  );
}

/** The bytes of a mail with the line ends of files: CRLF as LF, anything else as it is. */
export function withLineFeeds(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Buffer.from(text.replaceAll("\r\n", "\n"), "latin1");
}
