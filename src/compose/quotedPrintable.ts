/** Text as quoted-printable, for the few mails with a line that no server may be given as it is (R1003, R1004). */

/** RFC 2045 6.7: the longest line, the `=` of a soft break included. */
const longestLine = 76;

const encoder = new TextEncoder();

/** One character as it may stand in the middle of a line; never cut afterwards. */
function encodeCharacter(character: string): string {
  if (character === "\t" || (/^[\x20-\x7e]$/.test(character) && character !== "=")) return character;
  let encoded = "";
  for (const byte of encoder.encode(character)) {
    encoded += `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** What a line must not look like at its start or as a whole: an envelope line, the end of an SMTP message. */
function safeLine(line: string): string {
  if (line.startsWith("From ")) return `=46${line.slice(1)}`;
  return line === "." ? "=2E" : line;
}

/** One line of text as lines of at most 76 characters, joined by soft breaks. */
function encodeLine(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  const characters = [...line];
  characters.forEach((character, index) => {
    const isLast = index === characters.length - 1;
    const isBlankAtEnd = isLast && (character === " " || character === "\t");
    const encoded = isBlankAtEnd ? (character === " " ? "=20" : "=09") : encodeCharacter(character);
    // Two columns stay free: `=46` in place of a first F makes the line longer, and the soft break takes one.
    if (piece.length + encoded.length > longestLine - 3) {
      pieces.push(safeLine(piece));
      piece = "";
    }
    piece += encoded;
  });
  pieces.push(safeLine(piece));
  return pieces.join("=\r\n");
}

/** Lines (without line ends) as quoted-printable with CRLF between them. */
export function encodeQuotedPrintable(lines: readonly string[]): string {
  return lines.map(encodeLine).join("\r\n");
}
