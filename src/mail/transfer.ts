/** Content-Transfer-Encoding: quoted-printable and base64 to bytes, whole and before any charset (D220-D225). */
import type { Defect } from "./defect.ts";

const equals = 0x3d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function hexValue(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isBlank(code: number | undefined): boolean {
  return code === 0x20 || code === 0x09;
}

/** Where a soft break that starts behind `at` ends, or -1: `=`, blanks, line end (D220). */
function softBreakEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at++;
  if (bytes[at] === carriageReturn) at++;
  return bytes[at] === lineFeed ? at + 1 : -1;
}

/**
 * Quoted-printable to bytes. Blanks at the end of an encoded line are dropped first (transport put them there),
 * `=` at a line end joins, `=XX` in either case is a byte, `=` before anything else stays, a lone `=` at the very
 * end goes (D220, D221).
 */
export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  // Blanks before this place were encoded or stand before a soft break: no transport put them there.
  let meant = 0;
  const dropBlanks = (): void => {
    while (length > meant && isBlank(out[length - 1])) length--;
  };
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at] as number;
    if (code === equals) {
      const high = hexValue(bytes[at + 1]);
      const low = high < 0 ? -1 : hexValue(bytes[at + 2]);
      if (low >= 0) {
        out[length++] = high * 16 + low;
        meant = length;
        at += 3;
        continue;
      }
      const next = softBreakEnd(bytes, at + 1);
      if (next >= 0 || at + 1 === bytes.length) {
        meant = length;
        at = next >= 0 ? next : at + 1;
        continue;
      }
    } else if (code === lineFeed || code === carriageReturn) dropBlanks();
    out[length++] = code;
    at++;
  }
  dropBlanks();
  return out.subarray(0, length);
}

/** Six bits of a base64 letter, or -1. */
function sixBits(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
  if (code === 0x2b) return 62;
  return code === 0x2f ? 63 : -1;
}

/** True when the line at `start` is plain text: words, or the rule above a footer. */
function isForeignLine(bytes: Buffer, start: number): boolean {
  const lineEnd = bytes.indexOf(lineFeed, start);
  const stop = Math.min(lineEnd < 0 ? bytes.length : lineEnd, start + 200);
  const line = bytes.toString("latin1", start, stop).trim();
  return /[A-Za-z0-9] [A-Za-z0-9]/.test(line) || /^--|^_{20}/.test(line);
}

/**
 * Base64 to bytes: foreign characters ignored, missing padding accepted, and a second encoded text behind a
 * padding is read on (D223). Plain text behind the last line (a footer added by a careless list server) is kept
 * as it is.
 */
export function decodeBase64(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil((bytes.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number;
    if (code === equals) {
      bits = 0;
      count = 0;
      continue;
    }
    if (code === lineFeed && count === 0 && isForeignLine(bytes, at + 1)) {
      return Buffer.concat([out.subarray(0, length), bytes.subarray(at)]);
    }
    const value = sixBits(code);
    if (value < 0) continue;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[length++] = (bits >> count) & 0xff;
      bits &= (1 << count) - 1;
    }
  }
  return out.subarray(0, length);
}

/** Six bits of a uuencoded letter; blank and backquote are both zero. */
const uuBits = (code: number | undefined): number => ((code ?? 0x20) - 0x20) & 0x3f;

/**
 * Uuencoded text to bytes: the lines between `begin MODE NAME` and `end`, each with its length in front; what a line
 * lacks at its end counts as blanks that transport took away. Without a `begin` the bytes stay as they are.
 */
export function decodeUuencoded(bytes: Buffer): Buffer {
  const begin = /^begin [0-7]{3,4} [^\n]*\n/m.exec(bytes.toString("latin1"));
  if (begin === null) return bytes;
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  let at = begin.index + begin[0].length;
  while (at < bytes.length) {
    const found = bytes.indexOf(lineFeed, at);
    const end = found < 0 ? bytes.length : found;
    const size = uuBits(bytes[at]);
    if (size === 0 || bytes[at] === carriageReturn || at === end) break;
    for (let done = 0; done < size; done += 3) {
      const from = at + 1 + (done / 3) * 4;
      const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((step) =>
        from + step < end ? uuBits(bytes[from + step]) : 0,
      );
      const three = [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d];
      for (const byte of three.slice(0, size - done)) out[length++] = byte;
    }
    at = end + 1;
  }
  return out.subarray(0, length);
}

const identity = new Set(["", "7bit", "8bit", "binary", "7-bit", "8-bit"]);

const uuNames = new Set(["x-uuencode", "x-uue", "uuencode", "uue"]);

/** The encoding a field value names: "quoted-printable", "base64", "uuencode", or "8bit" for everything else (D224). */
export function encodingOf(value: string): { encoding: string; defect?: Defect } {
  const [token = ""] = value
    .slice(0, 100)
    .toLowerCase()
    .replace(/["']/g, "")
    .trim()
    .split(/[\s;(]/);
  if (token === "quoted-printable" || token === "base64") return { encoding: token };
  if (uuNames.has(token)) return { encoding: "uuencode" };
  if (identity.has(token)) return { encoding: "8bit" };
  return {
    encoding: "8bit",
    defect: {
      code: "encoding-unknown",
      text: `"${token}" is no transfer encoding; the bytes are shown as they came.`,
    },
  };
}

/** Undoes the transfer encoding of a part's bytes. Only what is labelled is decoded (D225). */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === "quoted-printable") return decodeQuotedPrintable(bytes);
  if (encoding === "uuencode") return decodeUuencoded(bytes);
  return encoding === "base64" ? decodeBase64(bytes) : bytes;
}
