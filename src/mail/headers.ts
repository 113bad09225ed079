/** The header block of a mail or part: its fields in order, and the parameters inside structured ones. */
import { decodeCharset } from "./charset.ts";
import { headerText } from "./encodedWord.ts";

/** One field. `value` is unfolded and read as latin1: neither 8-bit letters nor encoded words are decoded yet. */
export interface Field {
  name: string;
  value: string;
}

export interface HeaderBlock {
  fields: Field[];
  /** Offset of the first body byte. */
  bodyStart: number;
  /** Lines that are no field stood in the block. */
  junk: boolean;
}

// A header block beyond this is not one: the largest real one seen has 60 kB.
const maxHeader = 1 << 20;
const maxFields = 5_000;

const newline = 0x0a;
const carriageReturn = 0x0d;
const blankLine = Buffer.from("\n\n");
const blankLineCrLf = Buffer.from("\n\r\n");
const envelope = Buffer.from("From ");

/**
 * Postfix ends a longer line behind so many octets, wherever that is, and begins the rest with a blank of its own
 * (smtp_line_length_limit): the Cc of many people comes in with an address cut in two, References with an id.
 */
export const cutAt = 998;

/**
 * A line of a header that goes on, as the rest of what stood in the line before it: its text with its blank (D203), and
 * without it where the line before was cut. `before` is the length of that line, in octets without its end.
 */
export function continued(line: string, before: number): string {
  return before === cutAt && line.startsWith(" ") ? line.slice(1) : line;
}

/** Where the header starts: behind the envelope line (D201), its `>` escaped form, and empty lines above. */
export function headerStart(bytes: Buffer): number {
  let start = 0;
  // Saved mail has been seen with ">From " under the envelope, and with empty lines above the first field.
  for (let line = 0; line < 8; line++) {
    const mark = bytes[start] === 0x3e ? start + 1 : start;
    const isEnvelope = bytes[mark] === 0x46 && bytes.subarray(mark, mark + 5).equals(envelope);
    if (!isEnvelope && !isEmptyLine(bytes, start)) break;
    const end = bytes.indexOf(newline, start);
    if (end < 0) break;
    start = end + 1;
  }
  return start;
}

function isEmptyLine(bytes: Buffer, at: number): boolean {
  return bytes[at] === newline || (bytes[at] === carriageReturn && bytes[at + 1] === newline);
}

/**
 * Where the header block that starts at `start` ends: the offset of its last line end, or `limit`. The empty line
 * behind it may end in LF or CRLF, whatever the other lines do. A mail without one is all header, up to 1 MiB.
 */
export function headerEnd(bytes: Buffer, start: number, end = bytes.length): number {
  const searched = bytes.subarray(start, Math.min(end, start + maxHeader));
  const firstEnd = searched.indexOf(newline);
  const crLf = firstEnd > 0 && searched[firstEnd - 1] === carriageReturn;
  const usual = searched.indexOf(crLf ? blankLineCrLf : blankLine);
  const bound = usual < 0 ? searched.length : usual;
  // The other kind of empty line, when it comes first: only looked for inside what is already the header.
  const other = searched.subarray(0, bound).indexOf(crLf ? blankLine : blankLineCrLf);
  return start + (other < 0 ? bound : other);
}

const maxName = 200;
const knownName =
  /^(?:received|date|from|sender|reply-to|to|cc|bcc|message-id|in-reply-to|references|subject|mime-version|content-[a-z-]+|list-[a-z-]+|x-[a-z0-9-]+|return-path|delivered-to|errors-to|precedence|status|lines)[ \t]*:/i;

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** The name of the field that begins in a line, `colon` its first one; undefined where none does. Asked of every line. */
function fieldName(line: string, colon: number): string | undefined {
  let end = colon;
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end--;
  if (end < 1 || end > maxName) return undefined;
  for (let at = 0; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code < 0x21 || code > 0x7e) return undefined;
  }
  return line.slice(0, end);
}

/**
 * Reads the header block at `start` of `bytes` (a mail, or a part that ends at `end`). Unfolds on SP and TAB only
 * (D203). A line that is no field is stepped over when known fields follow, else the body starts with it.
 */
export function readHeaders(bytes: Buffer, start: number, end = bytes.length): HeaderBlock {
  if (start >= end) return { fields: [], bodyStart: Math.min(start, end), junk: false };
  if (isEmptyLine(bytes, start)) {
    return { fields: [], bodyStart: start + (bytes[start] === newline ? 1 : 2), junk: false };
  }
  const stop = headerEnd(bytes, start, end);
  const block = bytes.toString("latin1", start, stop);
  const lines = block.split("\n");
  let lastKnown: number | undefined;
  const fields: Field[] = [];
  let junk = false;
  let steppedOver = false;
  let before = 0;
  let offset = start;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    const last = fields.at(-1);
    const goesOn = last !== undefined && isBlank(text.charCodeAt(0));
    const colon = goesOn ? -1 : text.indexOf(":");
    const name = goesOn ? undefined : fieldName(text, colon);
    // What is folded below a line that is no field belongs to that line.
    if (goesOn && !steppedOver) last.value += continued(text, before);
    else if (goesOn) junk = true;
    else if (text.startsWith("--")) return { fields: trimmed(fields), bodyStart: offset, junk: true };
    else if (name !== undefined && fields.length < maxFields) {
      fields.push({ name, value: text.slice(colon + 1) });
      steppedOver = false;
    } else {
      // Most blocks have no such line.
      lastKnown ??= lines.findLastIndex((line) => knownName.test(line));
      if (index > lastKnown && text !== "") return { fields: trimmed(fields), bodyStart: offset, junk: true };
      junk ||= text !== "";
      steppedOver = true;
    }
    before = text.length;
    offset += line.length + 1;
  }
  const bodyStart = stop >= end ? end : stop + (bytes[stop + 1] === newline ? 2 : 3);
  return { fields: trimmed(fields), bodyStart: Math.min(bodyStart, end), junk };
}

function trimmed(fields: Field[]): Field[] {
  for (const field of fields) {
    const { value } = field;
    let start = 0;
    while (isBlank(value.charCodeAt(start))) start++;
    field.value = value.slice(start).trimEnd();
  }
  return fields;
}

/** Most names are told apart by their length. */
const isNamed = (field: Field, name: string): boolean =>
  field.name.length === name.length && field.name.toLowerCase() === name;

/** The first instance of a field, or "" (D203). `name` is lower case. */
export function firstField(fields: Field[], name: string): string {
  for (const field of fields) if (isNamed(field, name)) return field.value;
  return "";
}

/** All instances of a field in order. `name` is lower case. */
export function allFields(fields: Field[], name: string): string[] {
  const values: string[] = [];
  for (const field of fields) if (isNamed(field, name)) values.push(field.value);
  return values;
}

/** Letters beyond ASCII, control characters. */
const UNPLAIN = /[^\t\x20-\x7e]/;

/** A field's value for a person: decoded, on one line, control characters shown as nothing. */
export function decodedValue(field: Field): string {
  if (!field.value.includes("=?") && !UNPLAIN.test(field.value)) return field.value;
  return headerText(field.value).replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, "");
}

/** A structured value such as Content-Type: the value in lower case, and its parameters, names in lower case. */
export interface Structured {
  value: string;
  parameters: Map<string, string>;
}

const maxParameters = 100;
const maxStructured = 8_000;
const parameter = /([^\s=;"]{1,100})\s{0,80}=\s{0,80}/y;

/** Splits `value; a=b; c="d"` by one walk. Broken pieces are stepped over. */
function splitParameters(text: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  let at = 0;
  while (at < text.length && found.length < maxParameters) {
    while (/[\s;]/.test(text.charAt(at))) at++;
    parameter.lastIndex = at;
    const name = parameter.exec(text)?.[1];
    if (name === undefined) {
      const next = text.indexOf(";", at);
      if (next < 0) break;
      at = next + 1;
      continue;
    }
    at = parameter.lastIndex;
    let value = "";
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === "\\" && /["\\]/.test(text.charAt(at + 1))) at++;
        value += text.charAt(at);
      }
      at++;
    } else {
      const start = at;
      while (at < text.length && text[at] !== ";") at++;
      value = text
        .slice(start, at)
        .replace(/\s*\([^()]*\)\s*$/, "")
        .trim();
    }
    found.push([name.toLowerCase(), value]);
  }
  return found;
}

/** Percent-decoding to bytes; what is no escape stays. */
function percentBytes(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

/** RFC 2231: pieces `name*0*`, `name*1` … joined in numeric order, percent-decoded, charset from the first (D205). */
function joinPieces(pieces: Map<number, { text: string; encoded: boolean }>): string {
  const ordered = [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece);
  let label = "";
  const bytes = ordered.map(({ text, encoded }, index) => {
    if (!encoded) return Buffer.from(text, "latin1");
    const marks = index === 0 ? /^([^']{0,60})'[^']{0,60}'/.exec(text) : null;
    label = marks?.[1] ?? label;
    return percentBytes(text.slice(marks?.[0].length ?? 0));
  });
  return decodeCharset(Buffer.concat(bytes), label).text;
}

/** Reads a structured field (unfolded latin1, as in `Field`). Parameters come decoded; the first of a name wins. */
export function readStructured(field: string): Structured {
  const semicolon = field.indexOf(";");
  const value = (semicolon < 0 ? field : field.slice(0, semicolon))
    .replace(/\([^()]*\)/g, "")
    .replace(/["\s]/g, "")
    .toLowerCase();
  const parameters = new Map<string, string>();
  const split = new Map<string, Map<number, { text: string; encoded: boolean }>>();
  for (const [name, text] of semicolon < 0 ? [] : splitParameters(field.slice(semicolon, maxStructured))) {
    const piece = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(name);
    if (piece === null) {
      if (!parameters.has(name)) parameters.set(name, headerText(text));
      continue;
    }
    const base = piece[1] ?? "";
    const pieces = split.get(base) ?? new Map<number, { text: string; encoded: boolean }>();
    split.set(base, pieces);
    const number = Number(piece[2] ?? 0);
    if (!pieces.has(number))
      pieces.set(number, { text, encoded: piece[2] === undefined || piece[3] === "*" });
  }
  for (const [name, pieces] of split) parameters.set(name, joinPieces(pieces));
  return { value, parameters };
}

/** The values of a field of a decoded message, in order; `name` in lower case. */
export function fieldValues(
  headers: readonly (readonly [name: string, value: string])[],
  name: string,
): string[] {
  return headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
}
