/** To whom a mail went, for search: every address of To and Cc as one word. */

/** A field beyond this is a mailing of its own kind; its first hundreds of addresses are enough to find it. */
const LONGEST = 20_000;

const UNDERSCORE = 0x5f;
const SPACE = 0x20;

/** The letter of a word for what may stand in an address beside its `@`, by character code; 0 for all else. */
const letters = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z0-9]/.test(char)) return char.toLowerCase().charCodeAt(0);
  return "._+=-".includes(char) ? UNDERSCORE : 0;
});

/** An address, or the beginning of one, as it stands in `recipientWords`. */
export const recipientWord = (address: string): string =>
  address.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "_");

/**
 * The addresses in the values of address fields as words in ASCII, each with a blank behind it: letters and digits in
 * lower case, `_` for all else. Names, comments and whatever is no address are stepped over. Linear; never throws.
 */
export function recipientWords(...values: readonly string[]): Uint8Array {
  const length = values.reduce((sum, value) => sum + Math.min(value.length, LONGEST) + 1, 0);
  const words = Buffer.allocUnsafe(length);
  let end = 0;
  for (const value of values) {
    const stop = Math.min(value.length, LONGEST);
    let behind = 0;
    for (let at = value.indexOf("@"); at >= 0 && at < stop; at = value.indexOf("@", behind)) {
      let start = at;
      while (start > behind && letters[value.charCodeAt(start - 1)]) start--;
      const begun = end;
      for (let index = start; index < at; index++) words[end++] = letters[value.charCodeAt(index)] as number;
      words[end++] = UNDERSCORE;
      behind = at + 1;
      for (let letter = 0; behind < stop; behind++) {
        letter = letters[value.charCodeAt(behind)] ?? 0;
        if (letter === 0) break;
        words[end++] = letter;
      }
      if (start === at || behind === at + 1) end = begun;
      else words[end++] = SPACE;
    }
  }
  return words.subarray(0, end);
}
