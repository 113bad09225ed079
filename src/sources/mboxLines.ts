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
const isLineEnd = (byte: number | undefined): boolean => byte === 10 || byte === 13;

/** Where the line that begins at `from` ends, or `to` when that comes first. */
function endOfLine(data: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && !isLineEnd(data[at])) at++;
  return at;
}

/** Where the next line begins, behind a line end of any kind; some programs double the CR of CR LF. */
function behindLineEnd(data: Buffer, end: number): number {
  let at = end;
  while (at < end + 2 && data[at] === 13) at++;
  return Math.min(data[at] === 10 ? at + 1 : end + 1, data.length);
}

/** The text of a line, as much of it as is looked at; in `next` where the one behind it begins. */
function lineAt(data: Buffer, from: number): { line: string; next: number } {
  const end = endOfLine(data, from, Math.min(data.length, from + envelopeLimit + 1));
  const line = data.toString("latin1", from, end);
  const whole = isLineEnd(data[end]) ? end : endOfLine(data, end, Math.min(data.length, from + lookAhead));
  return { line, next: behindLineEnd(data, whole) };
}

/** Whether a line begins here: behind a line end of any kind, or behind zeros, which a crash leaves for lost pages. */
export const beginsLine = (data: Buffer, at: number): boolean =>
  at === 0 || isLineEnd(data[at - 1]) || data[at - 1] === 0;

/** True when the line before `at` is empty, or when there is none. */
function blankBefore(data: Buffer, at: number): boolean {
  if (at < 2 || data[at - 1] === 0) return true;
  const before = at - (data[at - 1] === 10 && data[at - 2] === 13 ? 2 : 1);
  return (
    before === 0 ||
    data[before - 1] === 10 ||
    data[before - 1] === 0 ||
    (before === at - 1 && data[before - 1] === 13)
  );
}

/** True when fields follow, one of them known from mail. */
function mailFollows(data: Buffer, from: number): boolean {
  const stop = Math.min(data.length, from + lookAhead - envelopeLimit);
  for (let at = from; at < stop; ) {
    const { line, next } = lineAt(data, at);
    if (mailField.test(line)) return true;
    // A folded line, or the second envelope line that gateways write (">From …"), goes on.
    if (!fieldLine.test(line) && (at === from || !/^[ \t]/.test(line)) && !line.startsWith(">From "))
      return false;
    at = next;
  }
  return false;
}

/** True when a field line stands at `at`. */
export const fieldFollows = (data: Buffer, at: number): boolean => fieldLine.test(lineAt(data, at).line);

/**
 * The start of the header, when the line at `at` (which begins with "From ") separates two mails; else -1.
 * `data` reaches `lookAhead` bytes further, or to the end of the file. Lines may end in any way, each in its own: files
 * are glued together from others.
 *
 * A date in the envelope and an empty line before it are enough, whatever follows: a mail with a broken header is not
 * glued to its neighbour. Without the empty line (written by hand, or by programs that forget it) fields must
 * follow; without a date, fields known from mail. A date that we cannot read needs both.
 */
export function headerBehind(data: Buffer, at: number): number {
  const { line, next } = lineAt(data, at);
  if (line.length > envelopeLimit) return -1;
  const spaced = blankBefore(data, at);
  if (dated.test(line)) return spaced || mailFollows(data, next) ? next : -1;
  const likely = dateless.test(line) || (spaced && timed.test(line));
  return likely && mailFollows(data, next) ? next : -1;
}

/** What a separator begins with, to be searched for. */
export const separatorStart = Buffer.from("From ");

/** Where the first separator at or after `from` begins, as an index of `data`; -1 when there is none. */
export function firstSeparator(data: Buffer, from: number): number {
  for (let at = data.indexOf(separatorStart, from); at >= 0; at = data.indexOf(separatorStart, at + 1)) {
    if (beginsLine(data, at) && headerBehind(data, at) >= 0) return at;
  }
  return -1;
}

/** The same for the last one. */
export function lastSeparator(data: Buffer, from: number): number {
  let at = data.lastIndexOf(separatorStart);
  while (at >= from && !(beginsLine(data, at) && headerBehind(data, at) >= 0)) {
    at = at === 0 ? -1 : data.lastIndexOf(separatorStart, at - 1);
  }
  return at >= from ? at : -1;
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

/** Whether the lines of a mail end with CR alone, by the first one. */
export function endsLinesByCr(data: Buffer): boolean {
  const end = endOfLine(data, 0, Math.min(data.length, lookAhead));
  if (data[end] !== 13 || behindLineEnd(data, end) > end + 1) return false;
  const { line } = lineAt(data, end + 1);
  return line === "" || fieldLine.test(line) || /^(?:[ \t]|>From )/.test(line);
}

/** A mail with line ends as it was sent: CR alone was how a Mac stored them. `stored` itself when it has others. */
export function lineFeeds(stored: Buffer): Buffer {
  if (!endsLinesByCr(stored)) return stored;
  const copy = Buffer.from(stored);
  for (let at = copy.indexOf(13); at >= 0; at = copy.indexOf(13, at + 1)) {
    if (copy[at + 1] !== 10) copy[at] = 10;
  }
  return copy;
}

const emptyLine = Buffer.from("\n\n");
const emptyLineCrLf = Buffer.from("\n\r\n");
const emptyLineCr = Buffer.from("\r\r");

/** The first byte of the body of a mail, or -1 when the header does not end in `data`. */
export function bodyStart(data: Buffer): number {
  if (data[0] === 10) return 1;
  if (endsLinesByCr(data)) {
    const end = data.indexOf(emptyLineCr);
    return end < 0 ? -1 : end + 2;
  }
  const firstEnd = data.indexOf(10);
  const crLf = firstEnd > 0 && data[firstEnd - 1] === 13 ? data.indexOf(emptyLineCrLf) : -1;
  const plain = (crLf < 0 ? data : data.subarray(0, crLf)).indexOf(emptyLine);
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
  const body = bodyStart(data);
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
  const from = head.subarray(0, 3).equals(mark) ? 3 : 0;
  if (head.toString("latin1", from, from + 5) !== "From ") return mailFollows(head, from);
  return mailFollows(head, lineAt(head, from).next);
}
