/** The whole mail, decoded: what is shown, cited and searched. Never throws. The door of mailparser. */
import { type Mailbox, parseAddresses } from "./address.ts";
import { repairLatin1 } from "./charset.ts";
import { parseDate, type SentDate } from "./date.ts";
import { assembleBody, ownBytes, type ReadAs, type TextPart } from "./decode.ts";
import type { Defect } from "./defect.ts";
import { displayLine, headerText } from "./encodedWord.ts";
import { allFields, decodedValue, type Field, firstField, headerStart } from "./headers.ts";
import { renderHtml } from "./html.ts";
import { type BytesOf, chooseParts } from "./inlineParts.ts";
import { cleanInReplyTo, cleanReferences, isAddressIn, ownId, syntheticId } from "./messageId.ts";
import { leaves, type Part, readParts } from "./mime.ts";

/** A part that can be saved: it is not in the body, or has a name. `index` names it in `attachmentBytes`. */
export interface Attachment {
  index: number;
  name: string;
  type: string;
  /** Decoded bytes. */
  size: number;
}

/** A mail, decoded. Plain data; crosses any wall. Line numbers count from 1 over `body.split("\n")`. */
export interface Message {
  /** Without angle brackets. Made from the bytes when the mail has none (`hasMessageId` is false then). */
  messageId: string;
  hasMessageId: boolean;
  /** Every field in order, decoded (RFC 2047) and unfolded. */
  headers: [name: string, value: string][];
  from: Mailbox[];
  sender: Mailbox[];
  replyTo: Mailbox[];
  to: Mailbox[];
  cc: Mailbox[];
  date?: SentDate;
  /** Decoded, controls removed, blanks collapsed (D207). "" when there is none. */
  subject: string;
  /** Cleaned ids, oldest first (R303); `inReplyTo` as far as it holds ids. */
  references: string[];
  inReplyTo: string[];
  /**
   * The decoded plain text with `\n` line ends: physical lines, unstuffed, the flow blank removed (D247), no
   * line end after the last line. Inline text parts are joined by one empty line.
   */
  body: string;
  /** format=flowed: the lines (from 1) that go on in the next line of the same paragraph. Empty otherwise. */
  flowedLines: number[];
  /** True: flowed lines join without a blank between them (DelSp=yes, D243). */
  delSp?: boolean;
  /** format=flowed: lines whose leading `>` is text, not a cite mark (D246). */
  literalLines?: number[];
  /** First line (from 1) of a list footer that came as a part of its own. */
  footerLine?: number;
  /** Where each part begins, when the body is made of several (D210). */
  textParts?: TextPart[];
  attachments: Attachment[];
  /** Messages inside this one (D212), in the order of the attachments that they are too; absent when there are none. */
  inside?: Message[];
  /** A word each: signed, encrypted, html, flowed. */
  badges: string[];
  defects: Defect[];
}

/** Most mail needs no library: it is loaded with the first that does. */
let library: Promise<typeof import("mailparser")> | undefined;

/**
 * Undoes the transfer encodings of `parts` by mailparser. It is given each part as an attachment without a type,
 * under a boundary of ours: so it neither reflows format=flowed, nor guesses a charset, nor joins texts, and
 * cannot see other parts than we do. Parts of no bytes are not for it: it gives them a line end. Undefined when it
 * gave up.
 */
async function libraryBytes(bytes: Buffer, parts: Part[]): Promise<Map<Part, Buffer> | undefined> {
  if (parts.length === 0) return new Map();
  let boundary = "kernel-mail-part";
  while (bytes.includes(boundary)) boundary += `-${boundary.length}`;
  const pieces: (string | Buffer)[] = [`Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`];
  for (const part of parts) {
    pieces.push(
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n`,
    );
    pieces.push(
      `Content-Transfer-Encoding: ${part.encoding}\r\n\r\n`,
      bytes.subarray(part.start, part.end),
      "\r\n",
    );
  }
  pieces.push(`--${boundary}--\r\n`);
  const mail = Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));
  library ??= import("mailparser");
  const { simpleParser } = await library;
  try {
    const { attachments } = await simpleParser(mail, { checksumAlgo: false, keepCidLinks: true });
    if (attachments.length !== parts.length) return undefined;
    return new Map(parts.map((part, index) => [part, attachments[index]?.content ?? Buffer.alloc(0)]));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

interface Opened {
  fields: Field[];
  root: Part;
  start: number;
  bytesOf: BytesOf;
  defects: Defect[];
}

/** What is not encoded is its own bytes; uuencoded parts are ours alone. */
const LIBRARY_ENCODINGS: ReadonlySet<string> = new Set(["quoted-printable", "base64"]);

/** One-part text is decoded by our own code alone; everything else by the library, ours standing in for it. */
async function open(bytes: Buffer): Promise<Opened> {
  const start = headerStart(bytes);
  const { root, defects } = readParts(bytes, start);
  const own = ownBytes(bytes);
  const opened = { fields: root.fields, root, start, bytesOf: own, defects };
  const isPlain = root.children.length === 0 && (root.type === "" || root.type.startsWith("text/"));
  if (isPlain) return opened;
  const decoded = await libraryBytes(
    bytes,
    leaves(root).filter(({ start, end, encoding }) => end > start && LIBRARY_ENCODINGS.has(encoding)),
  );
  if (decoded === undefined) {
    const text = "The mail was too odd for the mail library; its parts were decoded without it.";
    return { ...opened, defects: [...defects, { code: "library-gave-up", text }] };
  }
  return { ...opened, bytesOf: (part) => decoded.get(part) ?? own(part) };
}

function mailboxes(values: string[]): Mailbox[] {
  return parseAddresses(repairLatin1(values.join(", ")));
}

function headerDefects(fields: Field[], date: SentDate | undefined, hasMessageId: boolean): Defect[] {
  const defects: Defect[] = [];
  const note = (code: string, text: string) => defects.push({ code, text });
  if (!hasMessageId)
    note("message-id-missing", "The mail has no Message-ID and cannot be answered in its thread.");
  if (allFields(fields, "message-id").length > 1)
    note("message-id-twice", "The mail has several Message-IDs.");
  if (firstField(fields, "from") === "") note("from-missing", "The mail does not say whom it is from.");
  if (allFields(fields, "from").length > 1) note("from-twice", "The mail has several From fields.");
  if (firstField(fields, "date") === "") note("date-missing", "The mail has no date.");
  else if (date === undefined) note("date-unreadable", "The date of the mail cannot be read.");
  return defects;
}

/**
 * Reads a whole mail; never throws, whatever the bytes. `raw` may start with an envelope line (D201); mboxrd's
 * escapes must be undone already (D202). `readAs` is for its own text, not for messages inside.
 */
export async function parseMessage(raw: Uint8Array, readAs: ReadAs = {}): Promise<Message> {
  return await parseAt(raw, 0, readAs);
}

/** Messages inside each other are looked into so deep, and so many of one message. */
const DEEPEST_INSIDE = 3;
const MOST_INSIDE = 20;

/** The messages inside, read like any other; recursion is bounded by `DEEPEST_INSIDE`. */
async function readInside(parts: readonly Part[], bytesOf: BytesOf, depth: number): Promise<Message[]> {
  if (depth >= DEEPEST_INSIDE) return [];
  const messages: Message[] = [];
  for (const part of parts) {
    if (part.type !== "message/rfc822" || messages.length >= MOST_INSIDE) continue;
    const raw = bytesOf(part);
    if (raw.length > 0) messages.push(await parseAt(raw, depth + 1));
  }
  return messages;
}

async function parseAt(raw: Uint8Array, depth: number, readAs: ReadAs = {}): Promise<Message> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { fields, root, start, bytesOf, defects } = await open(bytes);
  const decoded = assembleBody(chooseParts(root, bytesOf), bytesOf, renderHtml, readAs);
  const own = allFields(fields, "message-id")
    .map(ownId)
    .find((id) => id !== undefined);
  const date = parseDate(firstField(fields, "date"));
  const inside = await readInside(decoded.attachments, bytesOf, depth);
  const messageId = own ?? syntheticId(bytes.subarray(start));
  const people = ["from", "to", "cc"].map((name) => firstField(fields, name));
  const ancestrySource = {
    references: firstField(fields, "references"),
    inReplyTo: firstField(fields, "in-reply-to"),
    messageId,
    isAddress: (id: string) => isAddressIn(id, ...people),
  };
  return {
    messageId,
    hasMessageId: own !== undefined,
    headers: fields.map((field) => [field.name, decodedValue(field)]),
    from: mailboxes([firstField(fields, "from")]),
    sender: mailboxes([firstField(fields, "sender")]),
    replyTo: mailboxes([firstField(fields, "reply-to")]),
    to: mailboxes(allFields(fields, "to")),
    cc: mailboxes(allFields(fields, "cc")),
    ...(date === undefined ? {} : { date }),
    subject: displayLine(headerText(firstField(fields, "subject"))),
    references: cleanReferences(ancestrySource),
    inReplyTo: cleanInReplyTo(ancestrySource),
    body: decoded.body,
    flowedLines: decoded.flowedLines,
    ...(decoded.delSp ? { delSp: true } : {}),
    ...(decoded.literalLines.length > 0 ? { literalLines: decoded.literalLines } : {}),
    ...(decoded.footerLine === undefined ? {} : { footerLine: decoded.footerLine }),
    ...(decoded.textParts.length > 0 ? { textParts: decoded.textParts } : {}),
    attachments: decoded.attachments.map((part, index) => ({
      index,
      name: part.name,
      type: part.type || "application/octet-stream",
      size: bytesOf(part).length,
    })),
    ...(inside.length > 0 ? { inside } : {}),
    badges: decoded.badges,
    defects: [...headerDefects(fields, date, own !== undefined), ...defects, ...decoded.defects],
  };
}

/**
 * The decoded bytes of the attachment that `index` names in `Message.attachments`; for a `message/rfc822` they are
 * a mail to be parsed. Empty when the mail has no such attachment.
 */
export async function attachmentBytes(raw: Uint8Array, index: number): Promise<Buffer> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { root, bytesOf } = await open(bytes);
  const part = chooseParts(root, bytesOf).attachments[index];
  return part === undefined ? Buffer.alloc(0) : bytesOf(part);
}
