/** Encoded words (RFC 2047) in header text, and header text made fit for display (D204, D206, D207). */
import { decodeWordBytes, repairLatin1 } from "./charset.ts";

// RFC 2047 allows 75 characters for a word; real ones are longer. The bounds keep hostile headers linear.
const maxWord = 4_000;
const maxLabel = 60;

interface Word {
  start: number;
  end: number;
  label: string;
  encoding: "b" | "q";
  bytes: Buffer;
}

function decodeQ(text: string): Buffer {
  const plain = text
    .replace(/_/g, " ")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, "latin1");
}

function readWord(text: string, start: number): Word | undefined {
  const piece = text.slice(start, start + maxWord);
  const afterLabel = piece.indexOf("?", 2);
  if (afterLabel < 3 || afterLabel > maxLabel || piece[afterLabel + 2] !== "?") return undefined;
  const encoding = piece[afterLabel + 1]?.toLowerCase();
  if (encoding !== "b" && encoding !== "q") return undefined;
  const from = afterLabel + 3;
  const to = piece.indexOf("?=", from);
  if (to < 0) return undefined;
  const inner = piece.slice(from, to);
  const bytes = encoding === "b" ? Buffer.from(inner, "base64") : decodeQ(inner);
  return { start, end: start + to + 2, label: piece.slice(2, afterLabel), encoding, bytes };
}

/** Neighbours of one charset and encoding as one word: senders cut inside characters (D204). */
function joinWords(words: Word[], text: string): Word[] {
  const joined: Word[] = [];
  let pieces: Buffer[] = [];
  const close = () => {
    const last = joined.at(-1);
    if (last !== undefined && pieces.length > 1) last.bytes = Buffer.concat(pieces);
  };
  for (const word of words) {
    const last = joined.at(-1);
    const sameKind =
      last?.encoding === word.encoding && last.label.toLowerCase() === word.label.toLowerCase();
    if (last !== undefined && sameKind && isBlank(text, last.end, word.start)) {
      last.end = word.end;
      pieces.push(word.bytes);
    } else {
      close();
      joined.push(word);
      pieces = [word.bytes];
    }
  }
  close();
  return joined;
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
  return true;
}

/**
 * Decodes the encoded words in unfolded header text, also those inside quotes or touching other text (D204).
 * Words that cannot be decoded stay as they are.
 */
export function decodeWords(text: string): string {
  let at = text.indexOf("=?");
  if (at < 0) return text;
  const words: Word[] = [];
  while (at >= 0) {
    const word = readWord(text, at);
    if (word !== undefined) words.push(word);
    at = text.indexOf("=?", word?.end ?? at + 2);
  }
  let decoded = "";
  let done = 0;
  let afterWord = false;
  for (const word of joinWords(words, text)) {
    const inner = decodeWordBytes(word.bytes, word.label);
    if (inner === undefined) continue;
    if (!afterWord || !isBlank(text, done, word.start)) decoded += text.slice(done, word.start);
    decoded += inner;
    done = word.end;
    afterWord = true;
  }
  return decoded + text.slice(done);
}

const bidiNames: Record<string, string> = {
  "\u061c": "ALM",
  "\u200e": "LRM",
  "\u200f": "RLM",
  "\u202a": "LRE",
  "\u202b": "RLE",
  "\u202c": "PDF",
  "\u202d": "LRO",
  "\u202e": "RLO",
  "\u2066": "LRI",
  "\u2067": "RLI",
  "\u2068": "FSI",
  "\u2069": "PDI",
};
const unfit = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]| {2}|^ | $/;

/** One line for display: controls removed, blanks collapsed, bidi controls as visible names (D207). */
export function displayLine(text: string): string {
  if (!unfit.test(text)) return text;
  return text
    .replace(/[\t\n\r]/g, " ")
    .replace(/[\x00-\x1f\x7f-\x9f]/g, "")
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => `⟦${bidiNames[char] ?? "BIDI"}⟧`)
    .replace(/ {2,}/g, " ")
    .trim();
}

/** The text of an unfolded header value read as latin1: 8-bit letters put right, words decoded; not cleaned. */
export function headerText(latin1: string): string {
  return decodeWords(repairLatin1(latin1));
}
