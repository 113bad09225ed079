/** The text of a mail for the search index: what the reader shows, had the short way where the mail is plain. */
import { isAscii, isUtf8 } from "node:buffer";
import { decodeCharset } from "./charset.ts";
import { decodeText } from "./decode.ts";
import { readStructured } from "./headers.ts";
import type { BodyHead } from "./skeleton.ts";
import { decodeTransfer, encodingOf } from "./transfer.ts";

/** Nearly all list mail is of this kind; the charset is all there is to read in it. */
const usualType = /^text\/plain(?:; ?charset="?([\w-]{1,40})"?)?$/i;

/** The charset of a body that is one plain text as it stands; undefined for every other kind. */
function plainCharset(contentType: string): string | undefined {
  if (contentType === "") return "";
  const usual = contentType.length < 80 ? usualType.exec(contentType) : null;
  if (usual !== null) return usual[1] ?? "";
  const { value, parameters } = readStructured(contentType);
  if (value !== "text/plain") return undefined;
  // The words of flowed text are those of its lines, unless blanks at their ends are taken out.
  if (parameters.get("delsp")?.toLowerCase() === "yes") return undefined;
  return parameters.get("charset") ?? "";
}

/** Line ends and NULs as `tidyText` leaves them. Other control characters part words, as the symbols for them would. */
function tidyForSearch(text: string): string {
  let tidy = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (tidy.includes("\r")) {
    tidy = tidy.replaceAll("\r\r\n", "\n").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  }
  return tidy.includes("\0") ? tidy.replaceAll("\0", "") : tidy;
}

const utf8 = /^utf-?8$/i;

/** Whether bytes are tidy UTF-8 text as they stand: one look, where decoding and encoding would be three. */
function isTidy(bytes: Buffer, charset: string): boolean {
  if (bytes.includes(0x0d) || bytes.includes(0)) return false;
  if (utf8.test(charset)) return isUtf8(bytes) && bytes[0] !== 0xef;
  return (charset === "" || /^(?:us-ascii|iso-8859-\d{1,2})$/i.test(charset)) && isAscii(bytes);
}

/**
 * The body of a mail to be searched, as UTF-8, empty lines at its end included; never throws. `head` is what
 * `readOverview` says about `raw`. Bodies of one plain part, which are most, cost neither a tree of parts nor a list of
 * lines, and nearly all of those are given as they stand in `raw`.
 */
export function searchText(raw: Uint8Array, head: BodyHead | undefined): Buffer {
  const charset = head === undefined ? undefined : plainCharset(head.contentType);
  if (head === undefined || charset === undefined) return Buffer.from(decodeText(raw).body);
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { encoding } = encodingOf(head.transferEncoding);
  const body = decodeTransfer(bytes.subarray(head.bodyStart), encoding);
  return isTidy(body, charset) ? body : Buffer.from(tidyForSearch(decodeCharset(body, charset).text));
}
