/** What the servers made of a mail on its way to the list: the bytes that were sent against the list's copy. */
import { parseAddresses } from "../mail/address.ts";
import { decodeText } from "../mail/decode.ts";
import {
  allFields,
  decodedValue,
  type Field,
  firstField,
  headerStart,
  readHeaders,
  readStructured,
} from "../mail/headers.ts";
import { stripReply } from "../mail/subject.ts";

interface Copy {
  fields: Field[];
  lines: string[];
}

function readCopy(raw: Uint8Array): Copy {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const lines = decodeText(raw).body.split("\n");
  return { fields: readHeaders(bytes, headerStart(bytes)).fields, lines };
}

const encodingIn = ({ fields }: Copy): string =>
  firstField(fields, "content-transfer-encoding").trim().toLowerCase() || "7bit";

const typeIn = ({ fields }: Copy): string =>
  readStructured(firstField(fields, "content-type")).value.toLowerCase();

function recipientsIn({ fields }: Copy): Set<string> {
  const values = ["to", "cc"].flatMap((name) => allFields(fields, name));
  return new Set(
    values.flatMap((value) => parseAddresses(value)).map(({ address }) => address.toLowerCase()),
  );
}

function subjectIn({ fields }: Copy): string {
  const field = fields.find(({ name }) => name.toLowerCase() === "subject");
  return field === undefined ? "" : stripReply(decodedValue(field)).bare;
}

/** The lines that `a` has and `b` has not, counted: a line that stands twice in `a` and once in `b` is one of them. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of b) counts.set(line, (counts.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const left = counts.get(line) ?? 0;
    if (left > 0) counts.set(line, left - 1);
    return left === 0;
  });
}

const few = (items: readonly string[], most = 3): string =>
  items.length <= most
    ? items.join(", ")
    : `${items.slice(0, most).join(", ")} and ${items.length - most} more`;

const lineCount = (n: number, verb: string): string =>
  n === 1 ? `1 line was ${verb}` : `${n} lines were ${verb}`;

/**
 * What changed between the mail as sent and the copy that the list has, a phrase each, gravest first. Empty when a
 * reader of the list reads what was written. Trace and list headers do not count.
 */
export function echoChanges(sentRaw: Uint8Array, copyRaw: Uint8Array): string[] {
  const sent = readCopy(sentRaw);
  const copy = readCopy(copyRaw);
  const changes: string[] = [];

  const recipients = recipientsIn(copy);
  const missing = [...recipientsIn(sent)].filter((address) => !recipients.has(address));
  if (missing.length > 0) changes.push(`recipients are missing: ${few(missing)}`);

  const blanks = (line: string) => line.replace(/[ \t\u00a0]+/g, " ").trimEnd();
  let gone = without(sent.lines, copy.lines);
  let added = without(copy.lines, sent.lines);
  const likeGone = new Map(gone.map((line) => [blanks(line), line]));
  const tabs: string[] = [];
  const spaces: string[] = [];
  for (const line of added) {
    const origin = likeGone.get(blanks(line));
    if (origin === undefined) continue;
    const had = origin.split("\t").length;
    if (had > line.split("\t").length) tabs.push(line);
    else spaces.push(line);
  }
  const explained = new Set([...tabs, ...spaces].map(blanks));
  gone = gone.filter((line) => !explained.has(blanks(line)) && line.trim() !== "");
  added = added.filter((line) => !explained.has(blanks(line)) && line.trim() !== "");
  if (tabs.length > 0)
    changes.push(`tabs were lost in ${tabs.length === 1 ? "1 line" : `${tabs.length} lines`}`);
  if (spaces.length > 0) {
    changes.push(`blanks were changed in ${spaces.length === 1 ? "1 line" : `${spaces.length} lines`}`);
  }
  if (gone.length > 0) changes.push(lineCount(gone.length, "lost or rewritten"));
  if (added.length > 0) changes.push(lineCount(added.length, "added"));

  if (typeIn(sent) !== typeIn(copy) && typeIn(copy) !== "") {
    changes.push(`${typeIn(sent)} became ${typeIn(copy)}`);
  }
  // 7bit text that is called 8bit, or the reverse, is the same text.
  const plain = (encoding: string) => (encoding === "7bit" || encoding === "8bit" ? "as it is" : encoding);
  if (plain(encodingIn(sent)) !== plain(encodingIn(copy))) {
    changes.push(`the encoding ${encodingIn(sent)} became ${encodingIn(copy)}`);
  }
  if (subjectIn(sent) !== subjectIn(copy)) changes.push("the subject was changed");
  const from = (one: Copy) => parseAddresses(firstField(one.fields, "from"))[0]?.address.toLowerCase() ?? "";
  if (from(sent) !== from(copy)) changes.push(`From became ${from(copy)}`);
  return changes;
}

/**
 * Whether a copy under another Message-ID is this mail: the same author and parent, and every line of one's own in it.
 */
export function isSameMail(sentRaw: Uint8Array, copyRaw: Uint8Array): boolean {
  const [sent, copy] = [readCopy(sentRaw), readCopy(copyRaw)];
  const parent = ({ fields }: Copy) => /<([^<>\s]+)>/.exec(firstField(fields, "in-reply-to"))?.[1] ?? "";
  const from = ({ fields }: Copy) => parseAddresses(firstField(fields, "from"))[0]?.address.toLowerCase();
  if (from(sent) !== from(copy) || parent(sent) !== parent(copy)) return false;
  const own = sent.lines.filter((line) => line.trim() !== "" && !line.startsWith(">"));
  return (
    without(
      own.map((line) => line.trim()),
      copy.lines.map((line) => line.trim()),
    ).length === 0
  );
}

/** The Message-ID of these bytes; "" when there is none. No angle brackets. */
export function messageIdIn(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { fields } = readHeaders(bytes, headerStart(bytes));
  return /<([^<>\s]+)>/.exec(firstField(fields, "message-id"))?.[1] ?? "";
}

/** A mail that we wrote (RFC 5322 bytes) under the Message-ID that a server gave it; no angle brackets. */
export function withMessageId(raw: Buffer, messageId: string): Buffer {
  const { bodyStart } = readHeaders(raw, headerStart(raw));
  const head = raw
    .toString("latin1", 0, bodyStart)
    .replace(/^Message-ID:[^\n]*(?:\n[ \t][^\n]*)*/im, (field) => {
      return `Message-ID: <${messageId}>${field.endsWith("\r") ? "\r" : ""}`;
    });
  return Buffer.concat([Buffer.from(head, "latin1"), raw.subarray(bodyStart)]);
}
