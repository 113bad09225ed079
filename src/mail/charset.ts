/** Character sets: which one a label means, and bytes to text without ever failing (D230-D235). */

import { isAscii, isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";
import { decodeCp949 } from "./cp949.ts";
import type { Defect } from "./defect.ts";

/** Text and, where the label could not simply be believed, what is to be said about it. */
export interface DecodedText {
  text: string;
  defect?: Defect;
}

// Labels that promise nothing above 0x7f. The platform takes most of them for windows-1252 (D231).
const ascii = new Set([
  "",
  "us-ascii",
  "ascii",
  "us",
  "646",
  "iso646-us",
  "iso_646.irv:1991",
  "iso-ir-6",
  "ansi_x3.4-1968",
  "ansi_x3.4-1986",
  "cp367",
  "ibm367",
  "csascii",
]);

// D233: labels in use that the platform's decoder does not know, or knows as a subset of what is sent.
const aliases: Record<string, string> = {
  cp932: "shift_jis",
  cp936: "gb18030",
  cp949: "euc-kr",
  cp950: "big5",
  gb2312: "gb18030",
  "ks_c_5601-1987": "euc-kr",
  "_iso-2022-jp": "iso-2022-jp",
  "_iso-2022-jp$esc": "iso-2022-jp",
  "x-utf_8j": "utf-8",
  "unicode-2-0-utf-8": "utf-8",
  chinesebig5: "big5",
  koi8_r: "koi8-r",
  "cp-850": "cp850",
};

const latin1 = new Set([
  "windows-1252",
  "cp1252",
  "x-cp1252",
  "iso-8859-1",
  "iso8859-1",
  "iso88591",
  "latin1",
]);

// windows-1252 differs from ISO 8859-1 in 0x80-0x9f only. Our own table: the platform's decoder has been seen
// to give C1 controls there, depending on its version.
const windows1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as windows-1252; never fails. */
export function decodeWindows1252(bytes: Uint8Array): string {
  return buffer(bytes)
    .toString("latin1")
    .replace(/[\x80-\x9f]/g, (char) => windows1252[char.charCodeAt(0) - 0x80] ?? char);
}

/** Bytes without a trustworthy label: strict UTF-8 first, then windows-1252 (D206, D230). */
export function guessText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? buffer(bytes).toString("utf8") : decodeWindows1252(bytes);
}

/** A header line read as latin1: raw 8-bit letters in it put right (D206). ASCII comes back as it is. */
export function repairLatin1(text: string): string {
  return /[\x80-\xff]/.test(text) ? guessText(Buffer.from(text, "latin1")) : text;
}

/** The label as written in a header, lower case, without quotes, language suffix and trailing junk (D233). */
export function cleanLabel(label: string): string {
  const [token = ""] = label
    .slice(0, 100)
    .trim()
    .toLowerCase()
    .replace(/["']/g, "")
    .split(/[\s;*]/);
  return token.replace(/^charset=/, "");
}

/** The platform's decoder for a clean label, or undefined when it has none. */
function platformDecoder(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(aliases[label] ?? label);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** True for the 7-bit Unicode encodings, which are never decoded: they hide markup from whoever looks (D232). */
function isUtf7(label: string): boolean {
  return label.includes("utf-7") || label === "utf7";
}

function guess(bytes: Uint8Array, label: string): DecodedText {
  const named = ascii.has(label) ? "" : ` ("${label}" is no character set)`;
  return {
    text: guessText(bytes),
    defect: { code: "charset-guessed", text: `The character set of the text was guessed${named}.` },
  };
}

const badBytes: Defect = {
  code: "charset-bad-bytes",
  text: "Some bytes do not fit the declared character set.",
};

/**
 * ISO-2022-JP without escapes that nothing follows: where encoded words are joined, "to ASCII" stands directly
 * before "to JIS", which the platform's decoder takes for an attack.
 */
function withoutIdleEscapes(bytes: Uint8Array, name: string): Uint8Array {
  if (name !== "iso-2022-jp") return bytes;
  const text = buffer(bytes).toString("latin1");
  return Buffer.from(text.replace(/\x1b[$(][@BJ](?=\x1b[$(][@BJ])/g, ""), "latin1");
}

const korean = new Set([
  "euc-kr",
  "ks_c_5601-1987",
  "ksc5601",
  "ksc_5601",
  "korean",
  "windows-949",
  "cseuckr",
]);

function decodeNamed(bytes: Uint8Array, name: string, decoder: TextDecoder): string {
  if (latin1.has(name)) return decodeWindows1252(bytes);
  if (korean.has(name)) return decodeCp949(bytes);
  return decoder.decode(withoutIdleEscapes(bytes, name));
}

function believe(bytes: Uint8Array, label: string): DecodedText {
  const name = aliases[label] ?? label;
  if (name === "utf-8" || name === "utf8") {
    const text = buffer(bytes).toString("utf8");
    return isUtf8(bytes) ? { text } : { text, defect: badBytes };
  }
  const decoder = platformDecoder(name);
  if (decoder === undefined) return guess(bytes, label);
  const text = decodeNamed(bytes, name, decoder);
  if (text.includes("\ufffd")) return { text, defect: badBytes };
  const mayBeUtf8 = /^(iso-?8859|windows-125|cp125)/.test(name) && isUtf8(bytes) && !isAscii(bytes);
  if (!mayBeUtf8) return { text };
  return {
    text,
    defect: { code: "charset-may-be-utf8", text: `The text says ${label} and may be UTF-8.` },
  };
}

/**
 * Bytes to text by the label of a Content-Type ("" or undefined: none). Bad sequences become U+FFFD; a missing,
 * unknown or 7-bit label on 8-bit bytes is guessed; UTF-7 is left raw. The defect says which of these happened.
 */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = cleanLabel(label ?? "");
  if (isUtf7(name)) {
    return {
      text: guessText(bytes),
      defect: { code: "utf-7", text: "The text is in UTF-7 and is shown as it came." },
    };
  }
  if (!ascii.has(name)) return believe(bytes, name);
  return isAscii(bytes) ? { text: buffer(bytes).toString("latin1") } : guess(bytes, name);
}

/** Bytes as UTF-8 whatever their label says (D234), with a note of it; as labelled where they are no UTF-8, or say so. */
export function decodeAsUtf8(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = cleanLabel(label ?? "");
  const labelled = decodeCharset(bytes, label);
  if (!isUtf8(bytes)) return labelled;
  const text = buffer(bytes).toString("utf8");
  if (text === labelled.text) return labelled;
  return { text, defect: { code: "read-as-utf8", text: `The text says ${name} and is read as UTF-8.` } };
}

/**
 * The bytes of an encoded word by its label, or undefined when they are better left as they came (D204): the
 * label is unknown and the bytes are not UTF-8 either, or they are UTF-7.
 */
export function decodeWordBytes(bytes: Uint8Array, label: string): string | undefined {
  const name = cleanLabel(label);
  if (isUtf7(name)) return undefined;
  if (!ascii.has(name) && platformDecoder(name) === undefined && !isUtf8(bytes)) return undefined;
  return decodeCharset(bytes, name).text;
}
