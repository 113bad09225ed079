/** A draft's header as it goes out: ASCII, folded, nothing but the fields a reply needs (R404, R1008, R1009). */

import { domainToASCII } from "node:url";
import { UserError } from "../base/report.ts";
import { formatMailbox, type Mailbox } from "../mail/address.ts";
import type { SentDate } from "../mail/date.ts";
import { dateParts } from "./attribution.ts";
import { encodeWords, needsEncoding } from "./encodedWord.ts";

/** R1009: where a line is folded if it can be. */
const foldAt = 78;
/** RFC 2047 section 2: the longest line that holds an encoded word. */
const foldEncodedAt = 76;
/** Less room than this on a line is not worth an encoded word. */
const leastRoom = 30;
/** The longest `Name: ` of a field with addresses. */
const longestName = "From: ".length;
/** RFC 5322 2.1.1 allows 998 octets; a word that comes near it is encoded, which cuts it into short ones. */
const longestToken = 900;

/** R405: header text on one line, without control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}

/** A field made of pieces, folded before a piece that begins with a blank and would pass the line's end. */
function fold(name: string, pieces: readonly string[]): string {
  let text = `${name}: `;
  let column = text.length;
  let isEncoded = false;
  for (const piece of pieces) {
    const encoded = piece.includes("=?");
    const limit = encoded || isEncoded ? foldEncodedAt : foldAt;
    if (column + piece.length > limit && piece.startsWith(" ")) {
      text += "\r\n";
      column = 0;
      isEncoded = false;
    }
    text += piece;
    column += piece.length;
    isEncoded ||= encoded;
  }
  return text.trimEnd();
}

/**
 * Unstructured text. Only the part from the first to the last word that needs it is encoded, so that a subject
 * keeps its readable prefix; blanks between words survive.
 */
export function textField(name: string, value: string): string {
  const tokens = oneLine(value).split(/(?<=[^ ])(?= )/);
  const odd = (token: string) => needsEncoding(token) || token.length > longestToken;
  const first = tokens.findIndex(odd);
  let pieces = tokens;
  if (first >= 0) {
    const last = tokens.findLastIndex(odd);
    const before = tokens.slice(0, first);
    const middle = tokens.slice(first, last + 1).join("");
    // The first word goes on the line it meets where there is room for some of it.
    const column = name.length + 2 + before.join("").length + 1;
    const room = foldEncodedAt - column;
    const words = encodeWords(first === 0 ? middle : middle.slice(1), room < leastRoom ? undefined : room);
    pieces = [...before, ...words.map((word, index) => (first === 0 && index === 0 ? word : ` ${word}`))];
    pieces.push(...tokens.slice(last + 1));
  }
  return fold(name, pieces);
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

/** `local@domain`, the local part perhaps quoted, the domain perhaps a literal in brackets. */
export function isAddress(address: string): boolean {
  return (
    address.length < longestToken / 2 &&
    /^(?:[^\s@<>,:;"()]+|"[^"\r\n]*")@(?:[^\s@<>,:;"()[\]]+|\[[^\s[\]]+\])$/.test(address)
  );
}

/** R1008: whether what stands before the @ is ASCII; a mail without SMTPUTF8, which lists do not take, can carry no other. */
export const isAsciiLocal = (address: string): boolean =>
  !/[^\x20-\x7e]/.test(address.slice(0, address.lastIndexOf("@")));

/** Why an address cannot be written into a mail, as a sentence; undefined when it can (R1008). */
export function addressProblem(address: string): string | undefined {
  if (!isAddress(address)) return `“${oneLine(address)}” is not a mail address.`;
  if (!isAsciiLocal(address)) {
    return `The address ${address} has letters outside ASCII before its @, which a mail cannot carry.`;
  }
  const domain = domainOf(address);
  if (/[^\x20-\x7e]/.test(domain) && domainToASCII(domain) === "") return `“${domain}” is not a domain.`;
  return undefined;
}

/** An address in ASCII: a domain outside it in its ASCII form. Throws a UserError for one that has none. */
function asciiAddress(address: string): string {
  const problem = addressProblem(address);
  if (problem !== undefined) throw new UserError(problem, "Correct or remove it in the draft's header.");
  const domain = domainOf(address);
  const ascii = /[^\x20-\x7e]/.test(domain) ? domainToASCII(domain) : domain;
  return address.slice(0, address.length - domain.length) + ascii;
}

/** One mailbox in ASCII, as the pieces between which its line may be folded where it must be. */
function mailboxPieces(mailbox: Mailbox): string[] {
  const address = asciiAddress(mailbox.address);
  const name = oneLine(mailbox.name);
  if (!needsEncoding(name) && name.length < longestToken / 2) return [formatMailbox({ name, address })];
  const words = encodeWords(name, foldEncodedAt - longestName);
  const whole = `${words.join(" ")} <${address}>`;
  // A comma may follow.
  return whole.length < foldEncodedAt - longestName ? [whole] : [...words, `<${address}>`];
}

/** A list of mailboxes, folded between them and inside one only where an encoded name leaves no other way. */
export function addressField(name: string, mailboxes: readonly Mailbox[]): string {
  const pieces: string[] = [];
  mailboxes.forEach((mailbox, index) => {
    const own = mailboxPieces(mailbox);
    const comma = index < mailboxes.length - 1 ? "," : "";
    pieces.push(...own.slice(0, -1), `${own.at(-1) ?? ""}${comma}`);
  });
  return fold(
    name,
    pieces.map((piece, index) => (index === 0 ? piece : ` ${piece}`)),
  );
}

/** Whether an id can stand in a header: ASCII, no blanks or angle brackets, short enough for a line. */
export function isWritableId(id: string): boolean {
  return id.length <= longestToken && /^[\x21-\x3b\x3d\x3f-\x7e]+$/.test(id);
}

/** R305: one id on each line. */
export function idsField(name: string, ids: readonly string[]): string {
  return `${name}: ${ids.map((id) => `<${id}>`).join("\r\n ")}`;
}

/** R403: `Mon, 16 Nov 2026 09:15:42 +0100`. */
export function dateText(date: SentDate): string {
  const { weekday, day, month, year, time, seconds, zone } = dateParts(date);
  return `${weekday}, ${day} ${month} ${year} ${time}:${seconds} ${zone}`;
}
