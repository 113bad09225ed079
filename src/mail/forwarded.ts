/** Header blocks inside a body: what Outlook and forwarding mailers set above the text they repeat (B620-B623). */
import type { Attributed } from "./attribution.ts";
import { matchAttribution } from "./attribution.ts";
import { type CiteLine, isEmptyLine } from "./cite.ts";
import type { WordedLines, Wording } from "./wording.ts";

/** A header block that says whose text follows. Indexes from 0, both ends included. */
export interface HeaderBlock extends Attributed {
  first: number;
  last: number;
  /** The depth of its lines. */
  depth: number;
}

const SEPARATOR =
  /^\s{0,3}(?:[-_]{2,20}\s?(?:original(?: (?:message|appointment))?|reply message|ursprüngliche nachricht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|wiadomość oryginalna|původní zpráva|eredeti üzenet|orijinal mesaj|исходное сообщение|原始邮件|原始郵件|邮件原件|元のメッセージ|원본 메시지|weitergeleitete nachricht|message transféré|forwarded (?:message|by .{1,80})|begin forwarded message|转发的邮件|пересылаемое сообщение)\s?[-_]{0,20}:?|begin forwarded message:|_{20,})\s*$/iu;

/** True for a line that announces a message in words: where no headers follow, it says nobody's name. */
export const announcesMessage = (content: string): boolean =>
  content.length <= 100 && SEPARATOR.test(content) && /\p{L}/u.test(content);

// The names that mailers give the fields, by what they mean. Short words of one language are whole words only.
const NAMES = {
  from: "from|von|de|van|fra|från|da|od|lähettäjä|feladó|kimden|от|від|发件人|寄件者|差出人|送信元|보낸 사람|보낸사람",
  sent: "sent|gesendet|envoyé|enviado|enviada|inviato|verzonden|sendt|skickat|lähetetty|wysłano|odesláno|elküldve|gönderildi|отправлено|发送时间|寄件日期|送信日時|보낸 날짜",
  date: "date|datum|data|dato|fecha|dátum|tarih|дата|päiväys|日期|日付|날짜",
  others:
    "to|an|à|para|aan|til|till|a|do|pro|komu|kime|vastaanottaja|címzett|кому|收件人|宛先|받는 사람|cc|kopi|kopia|kopie|копия|抄送|副本|참조|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|tárgy|konu|тема|主题|主旨|件名|제목|reply-to|message-id|importance|priority",
};
const named = (...names: string[]): RegExp => new RegExp(`^(?:${names.join("|")})$`, "iu");
const FIELD = new RegExp(`^\\*?(${Object.values(NAMES).join("|")}) ?(?::|：)\\*?(?:\\s|$|(?<=：))`, "iu");
const FROM = named(NAMES.from);
const SENT = named(NAMES.sent);
const DATE = named(NAMES.date);

/** What `git format-patch` sets above the headers of a patch, with a date of its own making (B623). */
const GIT_ENVELOPE = /^ ?From [0-9a-f]{7,64} Mon Sep 17 00:00:00 2001$/;

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

/** The longest name of a field, with what may stand before it. */
const LONGEST_NAME = 24;

/** False for most lines: a separator begins with dashes, lines or a word, and a field has a colon behind its name. */
function mayBegin(content: string): boolean {
  if (/^\s{0,3}[-_bB]/.test(content)) return true;
  const name = content.slice(0, LONGEST_NAME);
  return name.includes(":") || name.includes("：");
}

function headerBlockAt(lines: readonly CiteLine[], at: number): HeaderBlock | undefined {
  const line = lines[at];
  if (line === undefined || line.content.length > 400 || !mayBegin(line.content)) return undefined;
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
  if (GIT_ENVELOPE.test(lines[at - 1]?.content ?? "")) return undefined;
  const fields = readFields(lines, at, line.depth);
  if (fields === undefined) return undefined;
  const block = { ...fields.whom, first: at, last: fields.last, depth: line.depth };
  // Without a separator: three fields, or two in cited text, and `Sent`, which git's own in-body headers have not (B623).
  if (line.depth > 0 ? fields.count >= 3 || fields.sent : fields.count >= 3 && fields.sent) return block;
  return (lines[nextWritten(lines, fields.last)]?.depth ?? 0) > line.depth ? block : undefined;
}

/** The index of the next line below `from` that says something; that of the end when none does. */
export function nextWritten(lines: readonly CiteLine[], from: number): number {
  let at = from + 1;
  while (lines[at] !== undefined && isEmptyLine(lines[at] as CiteLine)) at++;
  return at;
}

const DATE_NAMES: ReadonlySet<string> = new Set(`${NAMES.sent}|${NAMES.date}`.split("|"));
const FROM_NAMES: ReadonlySet<string> = new Set(NAMES.from.split("|"));

/** Which field of a header block a line may be, as far as that matters. The first colon alone stands behind a name. */
function fieldOf(content: string): NonNullable<Wording["field"]> {
  const colon = content.indexOf(":");
  if (colon < 0 || colon > LATEST_COLON) return "none";
  const name = content
    .slice(0, colon)
    .replace(/^[> \t]*\*?/, "")
    .trimEnd()
    .toLowerCase();
  if (DATE_NAMES.has(name)) return "date";
  return FROM_NAMES.has(name) ? "from" : "none";
}

/** A name of a field has its colon no further from the start of its line. */
const LATEST_COLON = 60;

/** False when a body can hold no header block, since it has no From or no date field: most are told by that alone. */
export function mayHoldHeaderBlocks({ body, wordings }: WordedLines): boolean {
  if (body.includes("：")) return true;
  let [from, dated] = [false, false];
  for (const wording of wordings) {
    wording.field ??= fieldOf(wording.content);
    if (wording.field === "from") from = true;
    else if (wording.field === "date") dated = true;
    if (from && dated) return true;
  }
  return false;
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
      const wrapped = FIELD.test(lines[at + 1]?.content.slice(0, 400).trim() ?? "");
      if (!goesOn(content, line.content, names) && !(wrapped && names.size > 0)) break;
    } else {
      if (names.has(name)) break;
      names.add(name);
      if (FROM.test(name)) whom ??= readFrom(wholeFrom(content, lines[at + 1]));
      if (SENT.test(name)) sent = true;
      if (DATE.test(name)) dated = true;
    }
    last = at;
  }
  if (whom === undefined || !(sent || dated) || names.size < 2) return undefined;
  return { whom, last, count: names.size, sent };
}

/** The name behind "On Behalf Of" may stand in the next line, and some of these words with it. */
const wholeFrom = (content: string, below: CiteLine | undefined): string =>
  / on(?: behalf(?: of)?)?$/i.test(content)
    ? `${content} ${below?.content.slice(0, 100).trim() ?? ""}`
    : content;

/** A line without a name goes on with the field above: indented, more recipients, or one line before a field. */
const goesOn = (content: string, line: string, names: Set<string>): boolean =>
  names.size > 0 && (/^[ \t]/.test(line) || /^[^:]{0,400}[;@]/.test(content));

/** Outlook's words between the list that sent a mail and who wrote it. */
const BEHALF =
  /^.{1,200}? (?:On Behalf Of|Im Auftrag von|De la part de|Namens|En nombre de|Per conto di|代表|代理) /i;

function readFrom(content: string): Attributed | undefined {
  const written = content
    .slice(content.search(/[:：]/) + 1)
    .replaceAll("*", " ")
    .replace(BEHALF, "");
  const shape = matchAttribution(`${written.trim().slice(0, 200)} wrote:`);
  if (shape !== undefined)
    return shape.address === undefined ? { name: shape.name } : { name: shape.name, address: shape.address };
  const name = written
    .replace(/["<>[\]]/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 100);
  return name === "" ? undefined : { name };
}
