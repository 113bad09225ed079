/** Which lines of a body say who wrote others: attributions and header blocks, by where they stand (A401-A412, B620). */
import {
  type Attributed,
  attributionEndingAt,
  type FoundAttribution,
  matchAttribution,
} from "./attribution.ts";
import type { Naming } from "./authors.ts";
import { type CiteLine, isEmptyLine } from "./cite.ts";
import { isGapMark } from "./diff.ts";
import { announcesMessage, findHeaderBlocks, type HeaderBlock, nextWritten } from "./forwarded.ts";
import { depthOf, mark, type Sheet } from "./sheet.ts";

/** Marks header blocks. `isPatch` says that those at the top of the mail are git's own (B623). */
export function markHeaderBlocks(sheet: Sheet, isPatch: boolean): void {
  for (const block of findHeaderBlocks(sheet.lines, (at) => sheet.kinds[at] !== undefined)) {
    if (isPatch && block.depth === 0) continue;
    mark(sheet, block.first, block.last, "attribution");
    const form = isMarkedBelow(sheet, block) ? "above" : "headers";
    sheet.naming.set(block.last, { whom: whom(block), depth: block.depth, form });
  }
}

/** The block stands above marked text as an attribution does: its sender set the marks, they came with no forwarded text. */
function isMarkedBelow({ lines, inParent }: Sheet, { last, depth }: HeaderBlock): boolean {
  const below = lines[nextWritten(lines, last)];
  return below !== undefined && below.depth > depth && inParent?.(below.prefix + below.content) !== true;
}

const whom = ({ name, address }: Attributed | HeaderBlock): Attributed =>
  address === undefined ? { name } : { name, address };

/** A404: an attribution stands this close above the deeper text, a mark for left-out lines between. */
const REACH = 6;

/** Marks attributions: above deeper text, inside cited text, above nothing. */
export function markAttributions(sheet: Sheet): void {
  const { lines } = sheet;
  let above = -1;
  let beyond = -1;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || isEmptyLine(line)) continue;
    if (above >= 0 && line.depth > depthOf(lines, above)) {
      const aside = isAside(lines[above]?.content ?? "");
      const end =
        aside && beyond >= 0 && at - beyond <= REACH && depthOf(lines, beyond) < line.depth ? beyond : above;
      markAttribution(sheet, end, "above");
    }
    beyond = above;
    above = at;
  }
  markInnerAttributions(sheet);
}

/** What may stand between an attribution and its text: a mark for lines left out (A404), a greeting. */
const isAside = (content: string): boolean =>
  isGapMark(content) ||
  /^(?:hi|hello|hey|dear|hallo|moin)\b[^.?:]{0,40}[,!]?\s*$/i.test(content.slice(0, 60));

function markAttribution(sheet: Sheet, last: number, form: Naming["form"]): void {
  if (sheet.kinds[last] !== undefined) return;
  const found =
    attributionEndingAt(sheet.lines, last, sheet.match) ??
    slippedVerb(sheet, last) ??
    (form === "above" ? splitHeaders(sheet.lines, last) : indentedAttribution(sheet.lines, last));
  if (form === "above" && found === undefined && announcesMessage(sheet.lines[last]?.content ?? ""))
    mark(sheet, last, last, "attribution");
  if (found === undefined || (form !== "above" && !found.strong)) return;
  mark(sheet, found.first, found.last, "attribution");
  const { lines, inParent, own } = sheet;
  const depth = depthOf(lines, last);
  sheet.naming.set(last, { whom: whom(found), depth, form });
  const written = [found.first, last].map((at) => lines[at]?.content ?? "");
  if (depth === 0 && inParent !== undefined && !written.some((line) => inParent(line))) own.add(found.first);
}

/** A411: the verb of a wrapped attribution that lost its marks is as deep as the line above it. */
function slippedVerb({ lines, match }: Sheet, last: number): FoundAttribution | undefined {
  const [above, verb] = [lines[last - 1], lines[last]];
  if (above === undefined || verb === undefined || above.depth <= verb.depth) return undefined;
  if (!/^(?:wrote|writes|schrieb|пишет):\s*$/.test(verb.content)) return undefined;
  const { depth, prefix } = verb;
  Object.assign(verb, { depth: above.depth, prefix: "" });
  const found = attributionEndingAt(lines, last, match);
  if (found === undefined) Object.assign(verb, { depth, prefix });
  return found;
}

/** Outlook's header block, the first line of it uncited: `From: Name`, then `> Sent: …`. */
function splitHeaders(lines: readonly CiteLine[], last: number): FoundAttribution | undefined {
  const written = lines[last]?.content ?? "";
  if (!/^From: \S.{0,200}$/.test(written) || lines[last + 1]?.content.startsWith("Sent: ") !== true)
    return undefined;
  const shape = matchAttribution(`${written.slice(6)} wrote:`);
  return shape === undefined ? undefined : { ...shape, first: last, last };
}

/**
 * A410 and A412: in cited text, an attribution above lines of its own depth, or above nothing. Where the parent proves
 * that unmarked text below it is forwarded, it is what a header block is (B620). Inside such text it names nobody:
 * without marks nothing says where its text ends.
 */
function markInnerAttributions(sheet: Sheet): void {
  const { lines, kinds, naming, own } = sheet;
  /** The depth at which forwarded text has no marks; the mail's own text ends it. */
  let forwarded = Number.POSITIVE_INFINITY;
  lines.forEach((line, at) => {
    const named = naming.get(at);
    if (named?.form === "headers") forwarded = Math.min(forwarded, named.depth);
    else if (own.has(at)) forwarded = Number.POSITIVE_INFINITY;
    if (kinds[at] !== undefined || line.content.length > 300 || !endsInColon(line.content)) return;
    if (line.depth === forwarded) {
      markAttribution(sheet, at, "inside");
      naming.delete(at);
    } else if (line.depth > 0) markAttribution(sheet, at, "inside");
    else if (isForwardedBelow(sheet, at)) {
      markAttribution(sheet, at, "headers");
      if (naming.has(at)) forwarded = 0;
    }
  });
}

/** Most lines are told by their last letter. */
function endsInColon(content: string): boolean {
  const last = content.charCodeAt(content.length - 1);
  if (last > 32 && last < 127) return last === 58;
  return /[:：]$/.test(content.trimEnd());
}

const INDENT = "    ";
const LEAST_INDENTED = 2;

/**
 * The lines (indexes) that the sender wrote into forwarded text which a mailer indented instead of marking it: those
 * without the indent. The parent has to say of some indented lines that they are its own, and of no other line.
 */
export function answersInIndented({ lines, naming, inParent }: Sheet): ReadonlySet<number> {
  const answers = new Set<number>();
  const start = lines.findIndex((line, at) => line.depth === 0 && naming.get(at)?.form === "headers") + 1;
  if (start === 0 || inParent === undefined) return answers;
  let proven = 0;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || isEmptyLine(line)) continue;
    if (line.depth > 0) return new Set();
    const isIndented = line.content.startsWith(INDENT);
    if (!isIndented) answers.add(at);
    if (isIndented && proven >= LEAST_INDENTED) continue;
    if (line.content.trim().length < LEAST_PROOF || !inParent(line.content)) continue;
    if (!isIndented) return new Set();
    proven++;
  }
  return proven >= LEAST_INDENTED ? answers : new Set();
}

/** Where it is known that cited text may follow, a line by itself may be indented, as HTML mailers do. */
function indentedAttribution(lines: readonly CiteLine[], last: number): FoundAttribution | undefined {
  const written = lines[last]?.content ?? "";
  const shape = written.startsWith(" ") ? matchAttribution(written.trim()) : undefined;
  return shape && { ...shape, first: last, last };
}

/** Lines below an attribution that are looked at, and how long one must be to prove something. */
const PROVING_LINES = 3;
const LEAST_PROOF = 12;

/** One of the next lines that say something stands in the parent, and they have no marks. */
function isForwardedBelow({ lines, inParent }: Sheet, attribution: number): boolean {
  if (inParent === undefined) return false;
  let looked = 0;
  for (let at = attribution + 1; at < attribution + 12 && looked < PROVING_LINES; at++) {
    const line = lines[at];
    if (line === undefined || line.depth > 0) return false;
    if (isEmptyLine(line)) continue;
    looked++;
    if (line.content.trim().length >= LEAST_PROOF && inParent(line.content)) return true;
  }
  return false;
}
