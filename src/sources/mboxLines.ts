/** The lines of an mbox that are not mail: what separates two mails, and what is escaped because of it. */

/** How far a decision about one line looks ahead: an envelope line and the fields behind it, in bytes. */
export const lookAhead = 4096;

/** A longer line that begins with "From " is prose. */
const envelopeLimit = 400;

const days = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?";
const months = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

/** An envelope's date: asctime as RFC 4155 has it, the order of RFC 5322 as Exim writes it, or ISO. */
const dated = new RegExp(
  ` ${days} {1,2}(?:${months} {1,2}\\d{1,2}|\\d{1,2} ${months} \\d{2,4}) {1,2}\\d{1,2}:\\d{2}| \\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}`,
);

/** Without a date there is one word, a sender or Mozilla's "-": "From Russia with love" is prose. */
const dateless = /^From [^ ]* *$/;

/** A time of day in it: the rest may be in any language and order. */
const timed = /^From .* \d{1,2}:\d{2}/;

/** Some editors begin a file with U+FEFF. */
export const mark = Buffer.from([0xef, 0xbb, 0xbf]);

const fieldLine = /^[!-9;-~]{1,76}[ \t]{0,3}:/;

/** Fields of which a real mail has at least one; "Year: 1963" is none. */
const mailField =
  /^(?:from|date|subject|message-id|received|return-path|to|sender|delivered-to|mime-version|content-type|x-mozilla-status)[ \t]*:/i;

/** Mac files of old end their lines with CR alone; everything else has LF, with or without a CR before it. */
export type LineEnd = 10 | 13;

/** Which byte ends the lines of a file, by its beginning. */
export function lineEndOf(head: Buffer): LineEnd {
  return head.indexOf(10) < 0 && head.indexOf(13) >= 0 ? 13 : 10;
}

function endOfLine(data: Buffer, from: number, lineEnd: LineEnd): number {
  const end = data.indexOf(lineEnd, from);
  return end < 0 ? data.length : end;
}

function lineAt(data: Buffer, from: number, to: number): string {
  const line = data.toString("latin1", from, Math.min(to, from + envelopeLimit + 1));
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** True when the line before `at` is empty, or when there is none. */
function blankBefore(data: Buffer, at: number, lineEnd: LineEnd): boolean {
  if (at < 2) return true;
  if (data[at - 2] === lineEnd) return true;
  return lineEnd === 10 && data[at - 2] === 13 && (at < 3 || data[at - 3] === 10);
}

/** True when fields follow, one of them known from mail. */
function mailFollows(data: Buffer, from: number, lineEnd: LineEnd): boolean {
  const stop = Math.min(data.length, from + lookAhead - envelopeLimit);
  for (let at = from; at < stop; ) {
    const end = endOfLine(data, at, lineEnd);
    const line = lineAt(data, at, end);
    if (mailField.test(line)) return true;
    // A folded line, or the second envelope line that gateways write (">From …"), goes on.
    if (!fieldLine.test(line) && (at === from || !/^[ \t]/.test(line)) && !line.startsWith(">From "))
      return false;
    at = end + 1;
  }
  return false;
}

/** True when a field line stands at `at`. */
export function fieldFollows(data: Buffer, at: number, lineEnd: LineEnd): boolean {
  return fieldLine.test(lineAt(data, at, endOfLine(data, at, lineEnd)));
}

/**
 * The start of the header, when the line at `at` (which begins with "From ") separates two mails; else -1.
 * `data` reaches `lookAhead` bytes further, or to the end of the file.
 *
 * A date in the envelope and an empty line before it are enough, whatever follows: a mail with a broken header is not
 * glued to its neighbour. Without the empty line (written by hand, or by programs that forget it) fields must
 * follow; without a date, fields known from mail. A date that we cannot read needs both.
 */
export function headerBehind(data: Buffer, at: number, lineEnd: LineEnd): number {
  const end = endOfLine(data, at, lineEnd);
  if (end - at > envelopeLimit) return -1;
  const line = lineAt(data, at, end);
  const start = Math.min(end + 1, data.length);
  const spaced = blankBefore(data, at, lineEnd);
  if (dated.test(line)) return spaced || mailFollows(data, start, lineEnd) ? start : -1;
  const likely = dateless.test(line) || (spaced && timed.test(line));
  return likely && mailFollows(data, start, lineEnd) ? start : -1;
}

const needles: Record<LineEnd, Buffer> = { 10: Buffer.from("\nFrom "), 13: Buffer.from("\rFrom ") };

/** What stands before a separator and begins it, to be searched for. */
export const separatorNeedle = (lineEnd: LineEnd): Buffer => needles[lineEnd];

/** Where the first separator at or after `from` begins, as an index of `data`; -1 when there is none. */
export function firstSeparator(data: Buffer, from: number, lineEnd: LineEnd): number {
  const needle = needles[lineEnd];
  if (from === 0 && data.indexOf(needle.subarray(1)) === 0 && headerBehind(data, 0, lineEnd) >= 0) return 0;
  for (let at = data.indexOf(needle, Math.max(0, from - 1)); at >= 0; at = data.indexOf(needle, at + 1)) {
    if (headerBehind(data, at + 1, lineEnd) >= 0) return at + 1;
  }
  return -1;
}

/** The same for the last one. */
export function lastSeparator(data: Buffer, from: number, lineEnd: LineEnd): number {
  const needle = needles[lineEnd];
  const first = Math.max(0, from - 1);
  for (
    let at = data.lastIndexOf(needle);
    at >= first;
    at = at === 0 ? -1 : data.lastIndexOf(needle, at - 1)
  ) {
    if (headerBehind(data, at + 1, lineEnd) >= 0) return at + 1;
  }
  return from === 0 && firstSeparator(data.subarray(0, lookAhead), 0, lineEnd) === 0 ? 0 : -1;
}

/** The date of an envelope, which is local time of the machine that wrote it: taken as UTC. */
export function envelopeMs(line: string): number | undefined {
  const match =
    /(\w{3}) {1,2}(\d{1,2}) {1,2}(\d{1,2}):(\d{2})(?::(\d{2}))?(?: [A-Z]{1,5}| [+-]\d{4})? (\d{4})/.exec(
      line,
    );
  if (match === null) return undefined;
  const [, month = "", day, hour, minute, second = "0", year] = match;
  const at = "JanFebMarAprMayJunJulAugSepOctNovDec".indexOf(month);
  if (at < 0 || at % 3 !== 0) return undefined;
  const ms = Date.UTC(Number(year), at / 3, Number(day), Number(hour), Number(minute), Number(second));
  // public-inbox writes the epoch, git a day of 2001: constants that say nothing about the mail.
  return ms === 0 || ms === Date.UTC(2001, 8, 17) ? undefined : ms;
}

const lengthField = /^content-length:[ \t]*(\d{1,12})[ \t]*$/im;

const lengthEnd = Buffer.from("gth:");

/** The value of Content-Length in a header, when there is one. */
export function contentLength(header: Buffer): number | undefined {
  // Nearly no header has one. Looked for by its end, of which the first letter is rare, and in the bytes: a string of each
  // header would be most of what there is to collect.
  for (let at = header.indexOf(lengthEnd); at >= 0; at = header.indexOf(lengthEnd, at + 1)) {
    const start = at - "Content-Len".length;
    if (start > 0 && header[start - 1] !== 10 && header[start - 1] !== 13) continue;
    const value = lengthField.exec(header.toString("latin1", Math.max(0, start), at + 64))?.[1];
    if (value !== undefined) return Number(value);
  }
  return undefined;
}

const emptyLine = Buffer.from("\n\n");
const emptyLineCrLf = Buffer.from("\n\r\n");
const emptyLineCr = Buffer.from("\r\r");

/** The first byte of the body, or -1 when the header does not end in `data`. */
export function bodyStart(data: Buffer, from: number, lineEnd: LineEnd = 10): number {
  if (lineEnd === 13) {
    const end = data.indexOf(emptyLineCr, from);
    return end < 0 ? -1 : end + 2;
  }
  if (data[from] === 10) return from + 1;
  const firstEnd = data.indexOf(10, from);
  const crLf = firstEnd > 0 && data[firstEnd - 1] === 13 ? data.indexOf(emptyLineCrLf, from) : -1;
  const plain = (crLf < 0 ? data : data.subarray(0, crLf)).indexOf(emptyLine, from);
  if (plain >= 0) return plain + 2;
  return crLf < 0 ? -1 : crLf + 3;
}

const escapedFrom = Buffer.from(">From ");
const bareFrom = Buffer.from("\nFrom ");

/**
 * The mail as it was before it was put into an mbox (D202): one `>` less before each body line of `>`s and "From ".
 * In mboxcl2 nothing is escaped: there Content-Length counts the body exactly and a bare "From " line stands in it.
 * `data` itself when nothing is to be undone.
 */
export function unescaped(data: Buffer): Buffer {
  let found = data.indexOf(escapedFrom);
  if (found < 0) return data;
  const body = bodyStart(data, 0);
  if (body < 0) return data;
  if (data.length - body === contentLength(data.subarray(0, body)) && data.indexOf(bareFrom, body - 1) >= 0)
    return data;
  const pieces: Buffer[] = [];
  let kept = 0;
  for (; found >= 0; found = data.indexOf(escapedFrom, found + 6)) {
    let start = found;
    while (start > kept && data[start - 1] === 0x3e) start--;
    if (start < body || data[start - 1] !== 10) continue;
    pieces.push(data.subarray(kept, start));
    kept = start + 1;
  }
  if (kept === 0) return data;
  pieces.push(data.subarray(kept));
  return Buffer.concat(pieces);
}

/** True when a file that begins with `head` is one mail: fields, one of them known from mail; an envelope may precede. */
export function looksLikeMail(head: Buffer): boolean {
  const lineEnd = lineEndOf(head);
  const from = head.subarray(0, 3).equals(mark) ? 3 : 0;
  if (head.toString("latin1", from, from + 5) !== "From ") return mailFollows(head, from, lineEnd);
  return mailFollows(head, endOfLine(head, from, lineEnd) + 1, lineEnd);
}
