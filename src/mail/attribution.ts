/** The attribution: the line that says who wrote the cited text below it, in the forms that mailers write. */

/** Whom an attribution names. `name` is "" when it has an address only. */
export interface Attributed {
  name: string;
  address?: string;
}

/** Longer joined candidates are prose (A401). */
const LONGEST = 300;

const VERBS =
  /(?<![\p{L}\p{N}])(?:(?:has )?wrote|writes|schrieb(?:en)?|geschrieben|ha scritto|scrisse|a [ée]crit|escribió|ha escrito|escreveu|va escriure|napisał(?:\(a\)|a)?|napisal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|napsal(?:\(a\)|a)?|skrev|schreef|pisze|napisałeś|kirjoitti|kirjoitit|kirjutas|írta|a scris|rašė|rakstīja|пишет|писал(?:\(а\)|а)?|написал(?:\(а\)|а)?|пише|написав(?:\(-ла\)|ла)?|έγραψε|đã viết|yazdı|şunu yazdı|写道|寫道|さんは書きました|さんが書きました|님이 작성|이\(가\) 쓴 글|님이 쓴 글)(?![\p{L}\p{N}])|写道|寫道|さん(?:は|が)書きました|님이 작성|이\(가\) 쓴 글|님이 쓴 글/giu;

/** After these verbs stands the name; before the others. */
const NAME_AFTER = /^(?:schrieb|skrev|schreef|pisze|napisałeś|kirjoitti|ha scritto|escribió|écrit)/iu;

const OPENER =
  /^[*"'\s>]{0,4}(?:-{2,6} )?(?:On|At|In (?:article|message|reply to)|Am|Le|El|Em|Il|Dne|Dňa|Dana|W dniu|Dnia|Den|Op|Quoting|Vào|Ngày|Pe|Kl|Tal|La|Il giorno|Po|В|Во)\s|^(?:在|于|Vào|\d|[\p{L}]{2,12}\.?,? +\d)/u;

const DAY_OR_MONTH =
  /^(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|lun|mer|jeu|ven|sam|dim|juil|août|déc|mié|jue|sáb|dom|gen|mag|giu|lug|ago|set|ott|dic|вт|пн|ср|чт|пт|сб|вс)/iu;

const CLOCK = /(?<!\d)\d{1,2}[:h.]\d{2}(?!\d)/;
const CALENDAR = /(?<!\d)(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{8})(?!\d)|\d{4}\s?[年년]/;

const hasDate = (text: string): boolean => {
  if (CLOCK.test(text) || CALENDAR.test(text)) return true;
  return /\d/.test(text) && text.split(" ").some((word) => DAY_OR_MONTH.test(word.replace(/^[("]/, "")));
};

const ADDRESS =
  /[<([](?:mailto:)?([^\s<>()[\]@"]{1,120}@[^\s<>()[\]"]{1,120})[>)\]]|(?<!\S)([\w.+=-]{1,80}@[\w.-]{1,80}\w)/;

const REFUSED =
  /^(?:from|sent|date|subject|to|cc|bcc|reply-to|message-id|link|fixes|closes|[a-z]+(?:-[a-z]+)*-by|von|gesendet|betreff)\s?:|^\^?[0-9a-f]{7,40} \(|^(?:diff |index |@@|\+\+\+|---(?!-{0,3} On |-{1,3} \S)|[+|#/{}[])|^(?: {4}|\t)/i;

/** A verb in ASCII at the end of a line, or before its last sign or two. */
const ASCII_VERB_END =
  /(?<![a-z\d])(?:wrote|writes|schrieb(?:en)?|scritto|scrisse|ecrit|escrito|escreveu|escriure|napisal|skrev|schreef|pisze|kirjoitti|kirjutas|scris)[^a-z\d]{0,2}$/i;

/** What most attributions end in. */
const USUAL_END = " wrote:";

/** No verb is longer. */
const TAIL = 24;

/**
 * One of these is in every shape: a digit of a date, an address, a word that says who, a letter beyond ASCII. Lines that
 * end in a colon have none of them as a rule.
 */
const MAY_NAME =
  /[\d@*\x80-\uffff]|wrote|writes|said|schrieb|scritto|scrisse|escrito|escreveu|escriure|napisal|skrev|schreef|pisze|kirjoitti|kirjutas|scris|message of/i;

/** As we write it ourselves: whatever the name looks like, it is one. */
const OURS =
  /^On [A-Z][a-z]{2}, [A-Z][a-z]{2} \d{1,2}, \d{4} at \d\d:\d\d(?::\d\d)?(?: [+-]\d{4})?, (.{1,250}) wrote:$/;

/** Outlook's header block, joined by hand into one line. */
const HEADERS_IN_LINE = /^From: (.{1,150}?),? +Sent: .{0,40}\d/;

/** One attribution found: what it names, and how sure its shape alone makes it. */
export interface AttributionShape extends Attributed {
  /** It begins with an opener or a date; a name alone at the start is weaker (A402). */
  strong: boolean;
}

/** Blanks of every kind become one space (D236). */
const collapse = (text: string): string => text.replace(/\s+/gu, " ").trim();

/**
 * What mailers do to attributions undone: U+202F that became `?`, a comma of another script, an address that HTML made
 * a link and that stands twice, the list that sent the mail before who wrote it, rules of dashes around it.
 */
const withoutDamage = (text: string): string =>
  text
    .replace(/(\d)\?(?=[AP]M\b)/, "$1 ")
    .replaceAll("，", ", ")
    .replace(/^-{4,6} | -{3,4}$/g, "")
    .replace(/(@[\w.-]{1,100})<mailto:[^\s<>]{1,200}>/g, "$1")
    .replace(
      /"[^"<>]{1,80} on behalf of ([^"<>]{1,80})" <[^<>]{1,200} on behalf of ([^<>\s]{1,120})>/,
      '"$1" <$2>',
    );

/** Supercite's line: its `>` are no marks. */
export const SUPERCITED = /^>{5} "[^"]{1,80}" == (.{1,150}) writes:$/;

/** Whatever verb its writer thought of, behind a date and a name: "spake thusly". */
const TOLD =
  /^On (.{6,60}), (\p{Lu}[\p{L}.'-]{0,30}(?: \p{Lu}[\p{L}.'-]{0,30}){1,3})(?: \p{Ll}{2,12}){1,4}:$/u;

/** A name and an address, and nothing else. */
const PERSON_ALONE = /^(?:"[^"]{1,80}"|\p{Lu}[^<>:,"]{1,80}) <[^<>\s@]{1,100}@[^<>\s]{1,100}>:$/u;

/** Whom a mail answers, as some programs call him: the author of the parent, whoever that is. */
const ADDRESSEE = /^(?:you|Sie|du|vous|usted|u|вы)$/i;

/** `said` is a word of prose: it names somebody behind a date, or before one that a mailer wrote. */
const SAID_BEFORE = /^(.{1,100}?) said on (?:mon|tue|wed|thu|fri|sat|sun), .{10,40}:$/i;
const saidBehind = (text: string): boolean => text.endsWith(" said:") && OPENER.test(text) && hasDate(text);

/**
 * Reads one candidate, its lines joined (A402, A403, A405, AF1-AF18). Says nothing about where it stands (A404).
 * @returns whom it names, or undefined when it is no attribution
 */
export function matchAttribution(candidate: string): AttributionShape | undefined {
  if (candidate.length > LONGEST || !MAY_NAME.test(candidate)) return undefined;
  const headers = HEADERS_IN_LINE.exec(candidate);
  if (headers !== null) return { ...person(collapse(headers[1] ?? "")), strong: true };
  const ours = OURS.exec(candidate) ?? SUPERCITED.exec(candidate);
  if (ours !== null) return { ...person(ours[1] ?? ""), strong: true };
  if (REFUSED.test(candidate)) return undefined;
  const written = collapse(withoutDamage(candidate));
  if (written.length < 5) return undefined;
  const said = SAID_BEFORE.exec(written);
  if (said !== null) return { ...person(said[1] ?? ""), strong: false };
  const text = saidBehind(written) ? written.replace(/ said:$/, USUAL_END) : written;
  const starred = /^\* (\p{Lu}[^:,]{1,60}):$/u.exec(text);
  if (starred !== null) return { ...person(starred[1] ?? ""), strong: false };
  const quoting =
    /^Quoting (.{1,100}?) \((\d[^()]{5,40})\)[:.]?$/.exec(text) ??
    /^Quoting (.{1,100}?<[^<>\s@]{1,100}@[^<>\s]{1,100}>):$/.exec(text);
  if (quoting !== null) return { ...person(quoting[1] ?? ""), strong: true };
  const excerpt = /^Excerpts from (.{1,100}?)(?:'s|’s|s') message of .{6,60}:$/.exec(text);
  if (excerpt !== null) return { ...person(excerpt[1] ?? ""), strong: true };
  const commented = /^\(In reply to (.{1,100}?) from comment #\d{1,5}\)$/.exec(text);
  if (commented !== null) return { ...person(commented[1] ?? ""), strong: true };
  if (PERSON_ALONE.test(text)) return { ...person(text), strong: false };
  const verb = lastVerb(text);
  const told = verb === undefined ? TOLD.exec(text) : null;
  if (told !== null && hasDate(told[1] ?? "")) return { ...person(told[2] ?? ""), strong: true };
  const verbEnds = verb !== undefined && verb.end >= text.length - 2;
  if (!/[:：]\s?[*"]?$/.test(text) && !verbEnds) return undefined;
  const dated = hasDate(text);
  const addressed = ADDRESS.test(text);
  const opened = OPENER.test(text);
  const signals = (verb === undefined ? 0 : 1) + (dated ? 1 : 0) + (addressed ? 1 : 0);
  const dateAndName = /^[\d[(].*\d.*, ?[\p{L}"'][^:,]{1,60}:$/u.test(text) && dated;
  const brief = verbEnds && text.length <= 60 && /^[*\s]*["'\p{Lu}\p{Lo}<]/u.test(text);
  if (signals < 2 && !(verb !== undefined && opened) && !dateAndName && !brief) return undefined;
  // A sentence that happens to end in a verb.
  if (text.endsWith(".") && !opened) return undefined;
  const named = whom(text, verb);
  const strong = opened && (dated || addressed);
  if (ADDRESSEE.test(named.name) && dated) return { name: "", strong };
  if (named.name === "" && named.address === undefined) return undefined;
  return { ...named, strong };
}

interface Verb {
  start: number;
  end: number;
  text: string;
}

function lastVerb(text: string): Verb | undefined {
  if (text.endsWith(USUAL_END) && !text.endsWith(` has${USUAL_END}`))
    return { start: text.length - USUAL_END.length + 1, end: text.length - 1, text: "wrote" };
  let last: Verb | undefined;
  for (const found of text.matchAll(VERBS)) {
    last = { start: found.index, end: found.index + found[0].length, text: found[0] };
  }
  return last;
}

/** The person a matched text names: before the verb or after it, behind the date or before it (A409). */
function whom(text: string, verb: Verb | undefined): Attributed {
  const bare = (part: string): string => part.replace(/[\s:：*]+$/u, "").trim();
  if (verb === undefined) return person(afterDate(bare(text)));
  const before = bare(text.slice(0, verb.start));
  const after = bare(text.slice(verb.end));
  if (NAME_AFTER.test(verb.text) && after !== "" && !hasDate(after)) return person(after);
  if (verb.text === "kirjoitit") return { name: "you" };
  return person(behindProse(afterDate(before)));
}

/** "In the report, Al" names Al. */
function behindProse(text: string): string {
  const comma = text.lastIndexOf(", ");
  return comma > 0 && /^(?:In|As|Here|Then|Earlier|Previously|Elsewhere)\s/.test(text)
    ? text.slice(comma + 2)
    : text;
}

/** The name of a time zone. A surname that stands before a comma is not written in capitals. */
const ZONE = /^[(<[]?[A-Z]{2,5}[)>\]]?[,.]?$/;

const DATE_WORD =
  /^(?:[ap]\.?m\.?|г\.?|в|at|um|à|a las|om|kl\.?|ob|klo|o|[+-]\d{4}|\(.{1,30}\)|keltezéssel|je|de|Uhr)[,.]?$/iu;

/** A word of a date that holds digits. */
const DATE_NUMBER =
  /^[([]?(?:GMT|UTC|T|上午|下午|早上|晚上|오전|오후)?[+-]?\d{1,8}(?:[.,:/h+-]\d{1,8}){0,6}(?:[.,]?\d{0,9})?(?:T[\d:.+-]{1,20}Z?)?(?:Z|AM|PM|st|nd|rd|th|h|[年월日일时分에]|г)?[)\],.:]*$/iu;

/**
 * What stands behind the last word of the date; what stands before the date when nothing is behind it
 * (`Name <a@x> [2024-01-02 10:00]:`).
 */
function afterDate(text: string): string {
  const words = text.replace(/ via [^<>]{1,80}(?=<|$)/, " ").split(" ");
  let last = -1;
  words.forEach((word, at) => {
    if (/\d/.test(word) && DATE_NUMBER.test(word)) last = at;
  });
  if (last < 0) return text.replace(OPENER, "");
  let from = last + 1;
  const comma = words.findIndex((word, at) => at >= from && word.endsWith(","));
  const upToComma = words.slice(from, comma + 1);
  const dateWord = (word: string): boolean =>
    word === "," || ZONE.test(word) || DATE_WORD.test(word) || DAY_OR_MONTH.test(word);
  if (comma >= 0 && upToComma.every(dateWord)) from = comma + 1;
  else while (/^(?:[ap]m|[+-]\d{4}|\([^)]{1,30}\)|je|hat|,|г\.|в)[,.]?$/iu.test(words[from] ?? "")) from++;
  const behind = words.slice(from).join(" ").trim();
  if (/[\p{L}@]/u.test(behind)) return behind;
  const first = words.findIndex((word) => /\d/.test(word) && !word.includes("@"));
  let end = Math.max(first, 0);
  while (
    end > 0 &&
    (DAY_OR_MONTH.test(words[end - 1] ?? "") || /^(?:on|at|le|\(|\[)$/i.test(words[end - 1] ?? ""))
  )
    end--;
  return words.slice(0, end).join(" ");
}

/** `Name <a@x>`, `Name (a@x)`, `"Name" <a@x>` or a bare address as a person. */
function person(text: string): Attributed {
  const found = ADDRESS.exec(text);
  const address = found?.[1] ?? found?.[2];
  const outside =
    found === null ? text : text.slice(0, found.index).trim() || text.slice(found.index + found[0].length);
  const name = outside
    .replace(/ via [^<>]{1,80}$/, "")
    .replace(/^[\s,*"'(<[-]+|[\s,*"'(<[:-]+$/gu, "")
    .slice(0, 100);
  if (address === undefined) return { name };
  const repeated = name.replace(/^mailto:/i, "").replace(/[>\])]+$/, "") === address;
  const named = !repeated && /[\p{L}\p{N}]/u.test(name);
  return { name: named ? name : "", address: address.toLowerCase() };
}

/** Joins the pieces of a wrapped attribution; inside a broken address without a blank (A411). */
export function joinPieces(pieces: readonly string[]): string {
  let text = "";
  for (const piece of pieces) {
    const next = piece.trim();
    const cut =
      /<[^>\s]*[<.@-]$|<$/.test(text.slice(-200)) ||
      (/<[^>\s@]*$/.test(text.slice(-200)) && next.startsWith("@"));
    text += text === "" || cut ? next : ` ${next}`;
    if (text.length > LONGEST) return text;
  }
  return text;
}

/** An attribution in a body: the lines from `first` to its last one, as indexes from 0. */
export interface FoundAttribution extends Attributed {
  first: number;
  last: number;
  strong: boolean;
}

/**
 * The attribution that ends at line `last` (index from 0): the fewest of up to three lines of one depth that match
 * and begin like one (A401).
 * @param match `matchAttribution`, or what stands in for it
 */
export function attributionEndingAt(
  lines: readonly { depth: number; content: string }[],
  last: number,
  match: typeof matchAttribution = matchAttribution,
): FoundAttribution | undefined {
  const end = lines[last];
  if (end === undefined || end.content.length > LONGEST || !mayEnd(end.content)) return undefined;
  const pieces: string[] = [];
  let weak: FoundAttribution | undefined;
  for (let first = last; first > last - 3; first--) {
    const line = lines[first];
    if (line === undefined || line.depth !== end.depth || line.content.trim() === "") break;
    if (line.content.length > LONGEST) break;
    if (REFUSED.test(line.content) && !HEADERS_IN_LINE.test(line.content)) break;
    if (first < last && endsSentence(line.content) && !OPENER.test(line.content)) break;
    pieces.unshift(line.content);
    const shape = match(joinPieces(pieces));
    if (shape === undefined) continue;
    if (shape.strong) return { ...shape, first, last };
    if (beginsWithName(line.content)) weak ??= { ...shape, first, last };
  }
  return weak;
}

/** A full stop behind a number belongs to a date. */
const endsSentence = (content: string): boolean => /(?:[?!]|[^\d]\.)$/.test(content.trimEnd().slice(-4));

/** What every shape ends in: a colon, a bracket or a verb; most lines above cited text are told apart by that alone. */
function mayEnd(content: string): boolean {
  const tail = content.trimEnd().slice(-TAIL);
  if (/[:：)][.\s]?[*"]?$| -{3,4}$/.test(tail)) return true;
  if (ASCII_VERB_END.test(tail)) return true;
  if (!/[^\x00-\x7f]/.test(tail)) return HEADERS_IN_LINE.test(content);
  const verb = lastVerb(tail);
  return (verb !== undefined && verb.end >= tail.length - 2) || HEADERS_IN_LINE.test(content);
}

/**
 * A name or an address at the start, or few words before an address; another lower-case word or a closing bracket goes
 * on from the line above.
 */
const beginsWithName = (text: string): boolean =>
  /^[*\s"'(]{0,4}(?:\p{Lu}|\p{Lo}|\S{1,80}@|(?:[^\s<>]{1,40} ){1,4}<[^\s<>]{1,80}@)/u.test(text);

/**
 * True when a label (a name or an address, as an attribution gives it) may mean the person of that name: one may be
 * the other with more of it. Letter case and punctuation do not count.
 */
export function samePerson(name: string | undefined, label: string): boolean {
  if (name === undefined || name === "") return false;
  const words = (text: string): string[] =>
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}@.]+/u)
      .filter(Boolean);
  const [short, long] = [words(name), words(label)].sort((a, b) => a.length - b.length);
  return short !== undefined && short.length > 0 && short.every((word) => long?.includes(word) === true);
}
