/** The overview of a mail, from its headers alone and fast: what lists and threads need. No library. */
import { type Mailbox, parseAddresses } from "./address.ts";
import { repairLatin1 } from "./charset.ts";
import { parseDate } from "./date.ts";
import { displayLine, headerText } from "./encodedWord.ts";
import { headerStart } from "./headers.ts";
import { ancestry, isAddressIn, ownId, syntheticId } from "./messageId.ts";

/** One overview row. Plain data. */
export interface Skeleton {
  /** Without angle brackets; made from the bytes when the mail has none (then `hasMessageId` is false). */
  messageId: string;
  hasMessageId: boolean;
  /** Candidate ancestors, oldest first, the direct parent last: References, then In-Reply-To (R302, R303). */
  references: string[];
  /** First mailbox of From, decoded. */
  fromName: string;
  fromAddress: string;
  /** Decoded for display (D207). */
  subject: string;
  /** The Date field in milliseconds since 1970 UTC; undefined when missing or unreadable. */
  dateMs: number | undefined;
  /** List-Id without angle brackets, lower case; "" when there is none. */
  listId: string;
}

function asBuffer(raw: Uint8Array): Buffer {
  return Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** The fields an overview needs, unfolded, as latin1; "" for those that are missing. First instance wins (D203). */
interface Fields {
  from: string;
  to: string;
  cc: string;
  subject: string;
  date: string;
  messageId: string;
  references: string;
  inReplyTo: string;
  listId: string;
}

/** Lower-case field names by their length and first letter: most lines of a header are dismissed by these two. */
const wanted: [name: string, field: keyof Fields][] = [
  ["to", "to"],
  ["cc", "cc"],
  ["from", "from"],
  ["date", "date"],
  ["subject", "subject"],
  ["list-id", "listId"],
  ["message-id", "messageId"],
  ["references", "references"],
  ["in-reply-to", "inReplyTo"],
];
const maxName = 11;

function fieldOf(header: string, start: number, colon: number): keyof Fields | undefined {
  let end = colon;
  while (end > start && header.charCodeAt(end - 1) <= 0x20) end--; // "Subject :" (RFC 5322 section 4.5)
  const length = end - start;
  if (length < 2 || length > maxName) return undefined;
  const first = header.charCodeAt(start) | 0x20;
  for (const [name, field] of wanted) {
    if (name.length !== length || name.charCodeAt(0) !== first) continue;
    if (header.slice(start, end).toLowerCase() === name) return field;
  }
  return undefined;
}

/** Removes line ends; the blank of the continuation stays (D203). Values hold only lines that continue. */
function unfold(value: string): string {
  const unfolded = value.includes("\n") ? value.replaceAll("\r\n", "").replaceAll("\n", "") : value;
  return unfolded.trim();
}

const emptyFields = (): Fields => ({
  from: "",
  to: "",
  cc: "",
  subject: "",
  date: "",
  messageId: "",
  references: "",
  inReplyTo: "",
  listId: "",
});

// Most headers end within the first look; a header block beyond the last is not one.
const firstLook = 1 << 14;
const lastLook = 1 << 20;

/** The wanted fields of the header block at `start`. */
function readFields(bytes: Buffer, start: number): Fields {
  for (let look = firstLook; ; look *= 4) {
    const fields = emptyFields();
    const seenAll = look >= lastLook || start + look >= bytes.length;
    if (walkLines(bytes, start, start + look, fields) || seenAll) return fields;
  }
}

/**
 * Walks the lines from `start` to the empty line, or to `end`: then false. Values are sliced out of the bytes, not
 * out of the long string, so that a skeleton that is kept does not keep the whole header alive.
 */
function walkLines(bytes: Buffer, start: number, end: number, fields: Fields): boolean {
  const header = bytes.toString("latin1", start, end);
  const length = header.length;
  let at = 0;
  while (at < length) {
    const first = header.charCodeAt(at);
    if (first === 0x0a || (first === 0x0d && header.charCodeAt(at + 1) === 0x0a)) return true;
    let valueEnd = header.indexOf("\n", at);
    if (valueEnd < 0) valueEnd = length;
    let next = valueEnd + 1;
    for (let code = header.charCodeAt(next); code === 0x20 || code === 0x09; code = header.charCodeAt(next)) {
      valueEnd = header.indexOf("\n", next);
      if (valueEnd < 0) valueEnd = length;
      next = valueEnd + 1;
    }
    const letter = first | 0x20;
    // Only c, d, f, i, l, m, r, s, t begin a wanted name; most other lines are dismissed here.
    if (letter === 0x63 || letter === 0x64 || letter === 0x66 || (letter >= 0x69 && letter <= 0x74)) {
      let colon = at + 2;
      const stop = Math.min(at + maxName + 2, valueEnd);
      for (let code = header.charCodeAt(colon); code !== 0x3a && code !== 0x0a && colon <= stop; ) {
        code = header.charCodeAt(++colon);
      }
      const field = header.charCodeAt(colon) === 0x3a ? fieldOf(header, at, colon) : undefined;
      if (field !== undefined && fields[field] === "") {
        fields[field] = unfold(bytes.toString("latin1", start + colon + 1, start + valueEnd));
      }
    }
    at = next;
  }
  return false;
}

const plainMailbox = /^([A-Za-z][A-Za-z0-9 .'-]{0,60}?)? ?<([^<>@\s"]+@[^<>@\s",;:()]+)>$/;

/** The first mailbox of a From value. Most are `Name <address>` in plain ASCII and need no parser. */
function firstMailbox(value: string): Mailbox {
  const plain = value.length < 200 ? plainMailbox.exec(value) : null;
  if (plain && !value.includes("  ")) return { name: plain[1] ?? "", address: plain[2] ?? "" };
  return parseAddresses(repairLatin1(value))[0] ?? { name: "", address: "" };
}

/** "Name <list.host.example>" or "list.host.example" to the part that names the list, lower case. */
function listIdOf(value: string): string {
  const open = value.lastIndexOf("<");
  const close = open < 0 ? -1 : value.indexOf(">", open);
  const id = close > open ? value.slice(open + 1, close) : value;
  return id.trim().toLowerCase();
}

/**
 * Reads the overview out of the bytes of one mail; never throws. `raw` may start with an envelope line (D201)
 * and may end anywhere behind the header, except that a mail without a Message-ID needs all its bytes to get
 * the same made-up id every time: when `hasMessageId` is false, call it again with the whole mail.
 */
export function readSkeleton(raw: Uint8Array): Skeleton {
  const bytes = asBuffer(raw);
  const start = headerStart(bytes);
  const fields = readFields(bytes, start);
  const own = fields.messageId === "" ? undefined : ownId(fields.messageId);
  const messageId = own ?? syntheticId(bytes.subarray(start));
  const { name, address } = firstMailbox(fields.from);
  return {
    messageId,
    hasMessageId: own !== undefined,
    references: ancestry({
      references: fields.references,
      inReplyTo: fields.inReplyTo,
      messageId,
      isAddress: (id) => isAddressIn(id, fields.from, fields.to, fields.cc),
    }),
    fromName: name,
    fromAddress: address,
    subject: displayLine(headerText(fields.subject)),
    dateMs: fields.date === "" ? undefined : parseDate(fields.date)?.ms,
    listId: listIdOf(fields.listId),
  };
}
