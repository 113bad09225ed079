/** Header blocks inside a body: what Outlook and forwarding mailers set above the text they repeat (B620-B623). */
import type { Attributed } from "./attribution.ts";
import { matchAttribution } from "./attribution.ts";
import { type CiteLine, isEmptyLine } from "./cite.ts";

/** A header block that says whose text follows. Indexes from 0, both ends included. */
export interface HeaderBlock extends Attributed {
  first: number;
  last: number;
  /** The depth of its lines. */
  depth: number;
}

const SEPARATOR =
  /^\s{0,3}(?:[-_]{2,20}\s?(?:original (?:message|appointment)|reply message|ursprüngliche nachricht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|weitergeleitete nachricht|message transféré|forwarded (?:message|by .{1,80})|begin forwarded message)\s?[-_]{0,20}:?|begin forwarded message:|_{20,})\s*$/i;

const FIELD =
  /^\*?(from|von|de|van|fra|från|da|sent|gesendet|envoyé|enviado|inviato|verzonden|sendt|skickat|date|datum|data|fecha|to|an|à|para|aan|til|till|a|cc|kopi|kopia|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|reply-to|message-id|importance) ?:\*?(?:\s|$)/iu;

const FROM = /^(?:from|von|de|van|fra|från|da)$/i;
const SENT = /^(?:sent|gesendet|envoyé|enviado|inviato|verzonden|sendt|skickat)$/i;
const DATE = /^(?:date|datum|data|fecha)$/i;

/** No header block is longer: recipients may fill lines, but not without end. */
const LONGEST_BLOCK = 40;

/**
 * Every header block, in order.
 * @param taken says whether a line (index from 0) belongs to a diff: no block begins there (B623)
 */
export function findHeaderBlocks(lines: readonly CiteLine[], taken: (at: number) => boolean): HeaderBlock[] {
  const found: HeaderBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const block = taken(at) ? undefined : headerBlockAt(lines, at);
    if (block === undefined) continue;
    found.push(block);
    at = block.last;
  }
  return found;
}

function headerBlockAt(lines: readonly CiteLine[], at: number): HeaderBlock | undefined {
  const line = lines[at];
  if (line === undefined || line.content.length > 400) return undefined;
  if (SEPARATOR.test(line.content)) {
    let from = at + 1;
    while (from < at + 3 && lines[from]?.depth === line.depth && isEmptyLine(lines[from] as CiteLine)) from++;
    const fields = readFields(lines, from, line.depth);
    return fields === undefined
      ? undefined
      : { ...fields.whom, first: at, last: fields.last, depth: line.depth };
  }
  const field = FIELD.exec(line.content);
  if (field === null || !FROM.test(field[1] ?? "")) return undefined;
  const fields = readFields(lines, at, line.depth);
  // Without a separator: three fields, and `Sent` at depth 0, where git's own in-body headers stand (B623).
  if (fields === undefined || fields.count < 3 || (line.depth === 0 && !fields.sent)) return undefined;
  return { ...fields.whom, first: at, last: fields.last, depth: line.depth };
}

interface Fields {
  whom: Attributed;
  last: number;
  count: number;
  sent: boolean;
}

/** B621: From and one of Sent and Date, on consecutive lines of one depth, each name once. */
function readFields(lines: readonly CiteLine[], from: number, depth: number): Fields | undefined {
  const names = new Set<string>();
  let whom: Attributed | undefined;
  let sent = false;
  let dated = false;
  let last = from - 1;
  for (let at = from; at < from + LONGEST_BLOCK; at++) {
    const line = lines[at];
    if (line === undefined || line.depth !== depth || isEmptyLine(line)) break;
    const content = line.content.slice(0, 400).trim();
    const name = FIELD.exec(content)?.[1]?.toLowerCase();
    if (name === undefined) {
      if (!goesOn(content, line.content, names)) break;
    } else {
      if (names.has(name)) break;
      names.add(name);
      if (FROM.test(name)) whom ??= readFrom(content);
      if (SENT.test(name)) sent = true;
      if (DATE.test(name)) dated = true;
    }
    last = at;
  }
  if (whom === undefined || !(sent || dated) || names.size < 2) return undefined;
  return { whom, last, count: names.size, sent };
}

/** A line without a name goes on with the field above: indented, or more recipients. */
const goesOn = (content: string, line: string, names: Set<string>): boolean =>
  names.size > 0 && (/^[ \t]/.test(line) || /^[^:]{0,400}[;@]/.test(content));

function readFrom(content: string): Attributed | undefined {
  const shape = matchAttribution(
    `${content
      .slice(content.indexOf(":") + 1)
      .replaceAll("*", " ")
      .trim()
      .slice(0, 200)} wrote:`,
  );
  if (shape !== undefined)
    return shape.address === undefined ? { name: shape.name } : { name: shape.name, address: shape.address };
  const name = content
    .slice(content.indexOf(":") + 1)
    .replace(/[*"<>[\]]/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 100);
  return name === "" ? undefined : { name };
}
