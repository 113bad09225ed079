/** Mail written as mboxrd: the reversible quoting, with the separator that public-inbox writes. */

const NEWLINE = 0x0a;
const QUOTE = 0x3e;
const FROM = Buffer.from("From ");
const SEPARATOR = Buffer.from("From mboxrd@z Thu Jan  1 00:00:00 1970\n");

/** Whether a line of the message would be read as a separator, or as a quoted one: any number of `>`, then "From ". */
function needsQuote(bytes: Buffer, start: number): boolean {
  let at = start;
  while (bytes[at] === QUOTE) at++;
  return bytes.subarray(at, at + FROM.length).equals(FROM);
}

/**
 * One message as it stands in an mboxrd file: separator, the bytes with each `^>*From ` line of the body quoted once
 * more, and the empty line that ends it. Line ends stay as they are. `raw` starts at the first header byte.
 */
export function writeMboxrd(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const pieces: Buffer[] = [SEPARATOR];
  let written = 0;
  let start = 0;
  while (start < bytes.length) {
    if (needsQuote(bytes, start)) {
      pieces.push(bytes.subarray(written, start), Buffer.from(">"));
      written = start;
    }
    const end = bytes.indexOf(NEWLINE, start);
    start = end < 0 ? bytes.length : end + 1;
  }
  pieces.push(bytes.subarray(written));
  // A message whose last line has no end gets one, or the separator below would not start a line.
  if (bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE) pieces.push(Buffer.from("\n"));
  pieces.push(Buffer.from("\n"));
  return Buffer.concat(pieces);
}
