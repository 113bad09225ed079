/** The text of a mail for the search index: what the reader shows, had the short way where the mail is plain. */
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
  if (value !== "text/plain" || parameters.get("format")?.toLowerCase() === "flowed") return undefined;
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

/**
 * The body of a mail to be searched, empty lines at its end included; never throws. `head` is what `readOverview` says
 * about `raw`. Bodies of one plain part, which are most, cost neither a tree of parts nor a list of lines.
 */
export function searchText(raw: Uint8Array, head: BodyHead | undefined): string {
  const charset = head === undefined ? undefined : plainCharset(head.contentType);
  if (head === undefined || charset === undefined) return decodeText(raw).body;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { encoding } = encodingOf(head.transferEncoding);
  return tidyForSearch(decodeCharset(decodeTransfer(bytes.subarray(head.bodyStart), encoding), charset).text);
}
