/** Header text outside ASCII as RFC 2047 encoded words, which never cut a character (R208). */

/** RFC 2047 section 2: the longest an encoded word may be. */
const longestWord = 75;
const opening = "=?UTF-8?Q?";
const closing = "?=";

const encoder = new TextEncoder();

/** One character in the Q encoding, in the alphabet that is allowed everywhere, phrases included (RFC 2047 5.3). */
function encodeCharacter(character: string): string {
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character;
  if (character === " ") return "_";
  let encoded = "";
  for (const byte of encoder.encode(character)) {
    encoded += `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/**
 * `text` as encoded words of at most 75 characters, each holding whole characters. `room` is how many columns the
 * first word may take, where its line has begun already.
 */
export function encodeWords(text: string, room: number = longestWord): string[] {
  const words: string[] = [];
  let word = "";
  let limit = Math.min(longestWord, Math.max(room, opening.length + closing.length + 12));
  for (const character of text) {
    const encoded = encodeCharacter(character);
    if (opening.length + word.length + encoded.length + closing.length > limit) {
      words.push(opening + word + closing);
      word = "";
      limit = longestWord;
    }
    word += encoded;
  }
  if (word !== "") words.push(opening + word + closing);
  return words;
}

/** Whether header text has to be encoded: outside printable ASCII, or it could be taken for an encoded word. */
export function needsEncoding(text: string): boolean {
  return /[^\x20-\x7e]/.test(text) || text.includes("=?");
}
