/** The structure of a body: cited text by depth, attributions, diffs, trailers, signature, footers. */
import {
  type Attributed,
  attributionEndingAt,
  type FoundAttribution,
  matchAttribution,
} from "./attribution.ts";
import { Authors, type Naming } from "./authors.ts";
import { type CiteLine, isEmptyLine, readCites } from "./cite.ts";
import { type DiffState, isGapMark, outsideDiff, readDiffLine } from "./diff.ts";
import { findHeaderBlocks, type HeaderBlock, nextWritten } from "./forwarded.ts";
import { findTails } from "./signature.ts";
import { opens, readTrailer, standsAlone, type Trailer } from "./trailers.ts";
import { findTrimmedDiffs } from "./trimmedDiff.ts";

export type BlockKind = "text" | "cited" | "attribution" | "signature" | "diff" | "trailers" | "footer";

/** A run of lines of one kind and depth. Lines count from 1, both ends included. */
export interface Block {
  kind: BlockKind;
  /** Number of `>` (Q301); 0 is the sender's own level. One more below an unmarked forwarded header block (B620). */
  depth: number;
  firstLine: number;
  lastLine: number;
  /** Who wrote these lines when depth >= 1: a display name or an address (A406, A407). */
  author?: string;
  /** True when `author` was concluded from the thread, not from an attribution (A407). */
  inferred?: boolean;
}

/** Who wrote a message that this one answers, and what: the name or address is for A407, the body for cited lines. */
export interface CitedAncestor {
  author?: string | undefined;
  body?: string | undefined;
}

/** What is known of a body beside its text. All of it may be absent. */
export interface BodyHints {
  /** First line (from 1) of a list footer that came as a part of its own. */
  footerLine?: number | undefined;
  /** format=flowed: lines (from 1) whose leading `>` is text (D246). */
  literalLines?: readonly number[] | undefined;
  /** A patch mail: `From:` and its kin at the top are git's own (A26, B623). */
  isPatch?: boolean | undefined;
  /** The messages it answers: its parent first, then the parent's parent, as far as they are at hand. */
  ancestors?: readonly CitedAncestor[] | undefined;
}

/** A body, taken apart: one entry for each line of `body.split("\n")`, and the blocks over them. */
export interface BodyStructure {
  lines: CiteLine[];
  blocks: Block[];
}

/**
 * The blocks of a body, in order, every line in exactly one of them; blank lines are in the block above.
 * Linear in the length of the body; any string is a body.
 */
export function readBody(body: string, hints: BodyHints = {}): Block[] {
  return readStructure(body, hints).blocks;
}

/** As `readBody`, with each line's depth, prefix and content (Q301-Q317). */
export function readStructure(body: string, hints: BodyHints = {}): BodyStructure {
  const written = body.split("\n");
  const inParent = parentLines(hints);
  const lines = readCites(written, { inParent, literalLines: hints.literalLines });
  const kinds = new Array<BlockKind | undefined>(lines.length);
  const sheet: Sheet = { lines, kinds, naming: new Map(), own: new Set(), inParent };
  markDiffs(sheet);
  markHeaderBlocks(sheet, hints);
  markAttributions(sheet);
  markTails(sheet, hints);
  markTrimmedDiffs(sheet);
  markTrailers(sheet);
  return { lines, blocks: joinLines(sheet, nameAuthors(sheet, hints)) };
}

/** The sheet the passes write on: what each line is, and which lines name an author. */
interface Sheet {
  lines: CiteLine[];
  kinds: (BlockKind | undefined)[];
  /** By the last line (index from 0) of an attribution or header block. */
  naming: Map<number, Naming>;
  /** The first lines of attributions that the sender wrote: what the parent has of them is forwarded (B620). */
  own: Set<number>;
  inParent: InParent;
}

const mark = (sheet: Sheet, first: number, last: number, kind: BlockKind): void => {
  for (let at = first; at <= last; at++) sheet.kinds[at] = kind;
};

/** Says whether a line stands in the parent; undefined when the parent is not at hand. */
type InParent = ((line: string) => boolean) | undefined;

/** A line that stands in the parent with its marks is cited whatever it looks like (section 3, guards). */
function parentLines(hints: BodyHints): InParent {
  const parent = hints.ancestors?.[0]?.body;
  if (parent === undefined) return undefined;
  let known: Set<string> | undefined;
  return (line) => {
    known ??= new Set(parent.split("\n").map((said) => said.trim()));
    return line.trim() !== "" && known.has(line.trim());
  };
}

/** B650-B653: one diff reader for each depth. */
function markDiffs({ lines, kinds }: Sheet): void {
  const states = new Map<number, DiffState>();
  lines.forEach((line, at) => {
    let state = states.get(line.depth);
    if (state === undefined) {
      state = outsideDiff();
      states.set(line.depth, state);
    }
    const below = lines[at + 1];
    if (
      readDiffLine(state, line.content, below?.depth === line.depth ? below.content : undefined) === undefined
    )
      return;
    kinds[at] = "diff";
    if (below !== undefined && below.depth < line.depth && isSlippedPath(line.content, below.content)) {
      below.prefix = "";
      below.depth = line.depth;
    }
  });
}

/** B655: for each depth, whether a diff stands above. */
function markTrimmedDiffs(sheet: Sheet): void {
  const { lines, kinds, inParent } = sheet;
  const firstDiff = new Map<number, number>();
  lines.forEach(({ depth }, at) => {
    if (kinds[at] === "diff" && !firstDiff.has(depth)) firstDiff.set(depth, at);
  });
  const runs = findTrimmedDiffs(lines, {
    taken: (at) => kinds[at] !== undefined,
    headed: (at) => (firstDiff.get(depthOf(lines, at)) ?? at) < at,
    inParent: (at) => {
      const line = lines[at];
      return line !== undefined && line.depth > 0 && inParent?.(line.prefix.slice(1) + line.content) === true;
    },
  });
  for (const { first, last } of runs) mark(sheet, first, last, "diff");
}

/** P505: the second path of `diff --git`, wrapped to a line without marks. */
const isSlippedPath = (above: string, content: string): boolean =>
  content.length < 400 && /^"?b\/\S+$/.test(content) && /^diff --git "?a\/\S+$/.test(above.slice(0, 400));

function markHeaderBlocks(sheet: Sheet, hints: BodyHints): void {
  for (const block of findHeaderBlocks(sheet.lines, (at) => sheet.kinds[at] !== undefined)) {
    if (hints.isPatch === true && block.depth === 0) continue;
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

function markAttributions(sheet: Sheet): void {
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

const depthOf = (lines: readonly CiteLine[], at: number): number => lines[at]?.depth ?? 0;

function markAttribution(sheet: Sheet, last: number, form: Naming["form"]): void {
  if (sheet.kinds[last] !== undefined) return;
  const found =
    attributionEndingAt(sheet.lines, last) ??
    (form === "above" ? splitHeaders(sheet.lines, last) : indentedAttribution(sheet.lines, last));
  if (found === undefined || (form !== "above" && !found.strong)) return;
  mark(sheet, found.first, found.last, "attribution");
  const { lines, inParent, own } = sheet;
  const depth = depthOf(lines, last);
  sheet.naming.set(last, { whom: whom(found), depth, form });
  const written = [found.first, last].map((at) => lines[at]?.content ?? "");
  if (depth === 0 && inParent !== undefined && !written.some((line) => inParent(line))) own.add(found.first);
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
    if (kinds[at] !== undefined || line.content.length > 300) return;
    if (!/[:：]\s*$/.test(line.content.slice(-10))) return;
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

function markTails(sheet: Sheet, hints: BodyHints): void {
  const footer = hints.footerLine === undefined ? undefined : hints.footerLine - 1;
  for (const tail of findTails(sheet.lines, (at) => sheet.kinds[at] === "diff", footer)) {
    mark(sheet, tail.first, tail.last, tail.kind);
    for (let at = tail.first; at <= tail.last; at++) sheet.naming.delete(at);
  }
}

/** Runs of trailers, wrapped `Fixes:` and maintainers' `[ name: … ]` notes between them included. */
function markTrailers({ lines, kinds }: Sheet): void {
  for (let at = 0; at < lines.length; at++) {
    const start = at;
    let sure = start === 0 || isEmptyLine(lines[start - 1] as CiteLine);
    let last = start - 1;
    let open: Trailer | undefined;
    while (at < lines.length && kinds[at] === undefined && depthOf(lines, at) === depthOf(lines, start)) {
      const content = lines[at]?.content ?? "";
      const trailer = readTrailer(content);
      if (trailer !== undefined) {
        if (standsAlone(trailer)) sure = true;
        last = at;
      } else if (open !== undefined && content.trim() !== "") last = at;
      else if (last < start || !/^\[ ?[\w.-]{1,40}: /.test(content)) break;
      open = trailer === undefined ? undefined : opens(trailer);
      at++;
    }
    if (last >= start && sure) for (let line = start; line <= last; line++) kinds[line] = "trailers";
    at = Math.max(last, start);
  }
}

/** What a line is shown as: its depth, and who wrote it. */
interface Shown {
  depth: number;
  author: string | undefined;
  inferred: boolean;
}

/** A406-A410, B620: walks down the body and keeps who wrote which depth. */
function nameAuthors({ lines, kinds, naming, own }: Sheet, hints: BodyHints): Shown[] {
  const authors = new Authors(hints.ancestors ?? []);
  return lines.map((line, at) => {
    if (own.has(at)) authors.endForwards();
    const depth = kinds[at] === "footer" && line.depth === 0 ? 0 : authors.shownDepth(line.depth);
    const shown: Shown = { depth, ...authors.of(depth) };
    const named = naming.get(at);
    if (named !== undefined) authors.name(named, depth);
    return shown;
  });
}

/** Joins lines of one kind, depth and author; blank lines go to the block above, leading ones to the block below. */
function joinLines({ lines, kinds }: Sheet, shown: readonly Shown[]): Block[] {
  const blocks: Block[] = [];
  let block: Block | undefined;
  let waiting: number | undefined;
  lines.forEach((line, at) => {
    const { depth, author, inferred } = shown[at] as Shown;
    const kind = kinds[at] ?? (depth > 0 ? "cited" : "text");
    if (isEmptyLine(line)) {
      if (block !== undefined && waiting === undefined && (line.depth === 0 || depth <= block.depth))
        block.lastLine = at + 1;
      else if (block !== undefined || line.depth > 0) waiting ??= at;
      return;
    }
    if (block?.kind === kind && block.depth === depth && block.author === author) {
      block.lastLine = at + 1;
      waiting = undefined;
      return;
    }
    const above = waiting !== undefined && depthOf(lines, waiting) <= depth ? waiting : at;
    if (block !== undefined) block.lastLine = above;
    block = { kind, depth, firstLine: block === undefined ? 1 : above + 1, lastLine: at + 1 };
    if (author !== undefined) block.author = author;
    if (inferred) block.inferred = true;
    blocks.push(block);
    waiting = undefined;
  });
  if (block === undefined) blocks.push({ kind: "text", depth: 0, firstLine: 1, lastLine: lines.length });
  else (block as Block).lastLine = lines.length;
  return blocks;
}
