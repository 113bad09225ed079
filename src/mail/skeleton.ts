/** The overview of a mail, from its headers alone and fast: what lists and threads need. No library. */
import { type Mailbox, parseAddresses } from "./address.ts";
import { repairLatin1 } from "./charset.ts";
import { parseDate } from "./date.ts";
import { displayLine, headerText } from "./encodedWord.ts";
import { continued, cutAt, headerStart } from "./headers.ts";
import { ancestry, isAddressIn, ownId, syntheticId } from "./messageId.ts";
import { recipientWords } from "./recipientWords.ts";

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

/** What the header of a mail says about its body, as far as an indexer needs it. */
export interface BodyHead {
  /** Offset of the first body byte. */
  bodyStart: number;
  /** Unfolded, as latin1; "" when missing. */
  contentType: string;
  transferEncoding: string;
}

/** An overview row, and what is known about the body; no head when the header holds lines that are no fields. */
export interface Overview {
  skeleton: Skeleton;
  /** The addresses of To and Cc as words (`recipientWords`). */
  recipients: Uint8Array;
  head?: BodyHead;
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
  contentType: string;
  transferEncoding: string;
}

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
  ["content-type", "contentType"],
  ["content-transfer-encoding", "transferEncoding"],
];
const maxName = 25;
/** By their length: most lines of a header are dismissed by it and the first letter. */
const wantedOf = Array.from({ length: maxName + 1 }, (_, length) =>
  wanted.filter(([name]) => name.length === length),
);

function fieldOf(header: string, start: number, end: number): keyof Fields | undefined {
  const first = header.charCodeAt(start) | 0x20;
  for (const [name, field] of wantedOf[end - start] ?? []) {
    if (name.charCodeAt(0) === first && header.slice(start, end).toLowerCase() === name) return field;
  }
  return undefined;
}

/**
 * Removes line ends; the blank of the continuation stays (D203). Values hold only lines that continue. `before` is the
 * length of what stands before the value in its first line.
 */
function unfold(value: string, before: number): string {
  if (!value.includes("\n")) return value.trim();
  if (before + value.length < cutAt) return value.replaceAll("\r\n", "").replaceAll("\n", "").trim();
  const [first = "", ...more] = value.split(/\r?\n/);
  let unfolded = first;
  let length = before + first.length;
  for (const line of more) {
    unfolded += continued(line, length);
    length = line.length;
  }
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
  contentType: "",
  transferEncoding: "",
});

// Most headers end within the first look; a header block beyond the last is not one.
const firstLook = 1 << 13;
const lastLook = 1 << 20;

/** The wanted fields of the header block at `start`, and where the body is when all its lines are fields. */
function readFields(bytes: Buffer, start: number): { fields: Fields; bodyStart: number | undefined } {
  for (let look = firstLook; ; look *= 4) {
    const stop = Math.min(start + look, bytes.length);
    const fields = emptyFields();
    const { clean, end } = walkLines(bytes, start, stop, fields);
    if (end === undefined && look < lastLook && stop < bytes.length) continue;
    return { fields, bodyStart: clean ? end : undefined };
  }
}

/** First instance wins (D203), but for a Message-ID that holds no id. */
const isWanted = (fields: Fields, field: keyof Fields): boolean =>
  fields[field] === "" || (field === "messageId" && ownId(fields.messageId) === undefined);

/** Fields of which a skeleton keeps pieces. Cut out of the bytes, so that those do not keep the whole header alive. */
const kept: ReadonlySet<keyof Fields> = new Set<keyof Fields>([
  "from",
  "subject",
  "messageId",
  "references",
  "inReplyTo",
  "listId",
]);

/**
 * Walks the lines from `start` to the empty line, at most to `stop`. `clean`: all of them are fields as `readHeaders`
 * knows them. `end`: where the body begins, undefined when the empty line has not been met.
 */
function walkLines(
  bytes: Buffer,
  start: number,
  stop: number,
  fields: Fields,
): { clean: boolean; end: number | undefined } {
  const header = bytes.toString("latin1", start, stop);
  const length = header.length;
  let clean = true;
  let at = 0;
  while (at < length) {
    const begin = header.charCodeAt(at);
    if (begin === 0x0a) return { clean: clean && at > 0, end: start + at + 1 };
    if (begin === 0x0d && header.charCodeAt(at + 1) === 0x0a) {
      return { clean: clean && at > 0, end: start + at + 2 };
    }
    // "--": a body begins, whatever comes later in the block.
    if (begin === 0x2d && header.charCodeAt(at + 1) === 0x2d) return { clean: false, end: start + at };
    let valueEnd = header.indexOf("\n", at);
    if (valueEnd < 0) valueEnd = length;
    let next = valueEnd + 1;
    for (let code = header.charCodeAt(next); code === 0x20 || code === 0x09; code = header.charCodeAt(next)) {
      valueEnd = header.indexOf("\n", next);
      if (valueEnd < 0) valueEnd = length;
      next = valueEnd + 1;
    }
    let colon = at;
    let code = begin;
    while (code > 0x20 && code < 0x7f && code !== 0x3a) code = header.charCodeAt(++colon);
    const nameEnd = colon;
    while (code === 0x20 || code === 0x09) code = header.charCodeAt(++colon); // "Subject :" (RFC 5322 section 4.5)
    if (code !== 0x3a || nameEnd === at || nameEnd - at > 200) clean = false;
    else {
      // Only c, d, f, i, l, m, r, s, t begin a wanted name; most other lines are dismissed here.
      const letter = begin | 0x20;
      if (letter === 0x63 || letter === 0x64 || letter === 0x66 || (letter >= 0x69 && letter <= 0x74)) {
        const field = fieldOf(header, at, nameEnd);
        if (field !== undefined && isWanted(fields, field)) {
          const value = kept.has(field)
            ? bytes.toString("latin1", start + colon + 1, start + valueEnd)
            : header.slice(colon + 1, valueEnd);
          fields[field] = unfold(value, colon + 1 - at);
        }
      }
    }
    at = next;
  }
  return { clean, end: undefined };
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
  return readOverview(raw).skeleton;
}

/** The Message-ID alone, as the skeleton has it. */
export function readMessageId(raw: Uint8Array): string {
  const bytes = asBuffer(raw);
  const start = headerStart(bytes);
  return idOf(bytes, start, readFields(bytes, start).fields).messageId;
}

/** The id of a mail that begins at `start`, and whether it is its own. */
function idOf(
  bytes: Buffer,
  start: number,
  { messageId }: Fields,
): { messageId: string; hasMessageId: boolean } {
  const own = messageId === "" ? undefined : ownId(messageId);
  return { messageId: own ?? syntheticId(bytes.subarray(start)), hasMessageId: own !== undefined };
}

/** The skeleton with what the header says about the body: one walk for the row and for the search index. */
export function readOverview(raw: Uint8Array): Overview {
  const bytes = asBuffer(raw);
  const start = headerStart(bytes);
  const { fields, bodyStart } = readFields(bytes, start);
  const { messageId, hasMessageId } = idOf(bytes, start, fields);
  const { name, address } = firstMailbox(fields.from);
  const skeleton: Skeleton = {
    messageId,
    hasMessageId,
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
  const recipients = recipientWords(fields.to, fields.cc);
  if (bodyStart === undefined) return { skeleton, recipients };
  const { contentType, transferEncoding } = fields;
  return { skeleton, recipients, head: { bodyStart, contentType, transferEncoding } };
}
