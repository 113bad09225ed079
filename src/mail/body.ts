/** The structure of a body: cited text by depth, attributions, diffs, trailers, signature, footers. */

import { Authors } from "./authors.ts";
import type { Block, BlockKind } from "./block.ts";
import { type CiteLine, isEmptyLine, readCites } from "./cite.ts";
import { type DiffState, outsideDiff, readDiffLine } from "./diff.ts";
import { mayHoldHeaderBlocks } from "./forwarded.ts";
import { answersInIndented, markAttributions, markHeaderBlocks } from "./naming.ts";
import { depthOf, type InParent, mark, type Sheet } from "./sheet.ts";
import { findTails } from "./signature.ts";
import { opens, readTrailer, standsAlone, type Trailer } from "./trailers.ts";
import { findTrimmedDiffs } from "./trimmedDiff.ts";
import { type WordedLines, Wordings } from "./wording.ts";

/**
 * Who wrote a message that this one answers, and what: the name or address is for A407, the body for cited lines.
 * `says` tells whether a line stands in that body, blanks at its ends aside; without it the body is asked.
 */
export interface CitedAncestor {
  author?: string | undefined;
  body?: string | undefined;
  says?: ((line: string) => boolean) | undefined;
}

/** What is known of a body beside its text. All of it may be absent. */
export interface BodyHints {
  /** The lines of this body, when they have been read. */
  worded?: WordedLines | undefined;
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
  const inParent = parentLines(hints);
  const worded = hints.worded ?? new Wordings().read(body);
  const lines = readCites(worded, { inParent, literalLines: hints.literalLines });
  const kinds = new Array<BlockKind | undefined>(lines.length);
  const sheet: Sheet = { lines, kinds, naming: new Map(), own: new Set(), inParent, match: worded.match };
  markDiffs(sheet);
  if (mayHoldHeaderBlocks(worded)) markHeaderBlocks(sheet, hints.isPatch === true);
  markAttributions(sheet);
  markTails(sheet, hints);
  markTrimmedDiffs(sheet);
  markTrailers(sheet);
  return { lines, blocks: joinLines(sheet, nameAuthors(sheet, hints)) };
}

/** A line that stands in the parent with its marks is cited whatever it looks like (section 3, guards). */
function parentLines({ ancestors }: BodyHints): InParent {
  const { body, says } = ancestors?.[0] ?? {};
  if (body === undefined) return undefined;
  let known: Set<string> | undefined;
  const saysByBody = (line: string): boolean => {
    known ??= new Set(body.split("\n").map((said) => said.trim()));
    return known.has(line);
  };
  return (line) => {
    const trimmed = line.trim();
    return trimmed !== "" && (says ?? saysByBody)(trimmed);
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
function nameAuthors(sheet: Sheet, hints: BodyHints): Shown[] {
  const { lines, kinds, naming, own } = sheet;
  const answers = answersInIndented(sheet);
  const authors = new Authors(hints.ancestors ?? []);
  let shown: Shown | undefined;
  return lines.map((line, at) => {
    if (own.has(at)) authors.endForwards();
    const isOwn = (kinds[at] === "footer" && line.depth === 0) || answers.has(at);
    const depth = isOwn ? 0 : authors.shownDepth(line.depth);
    // Who wrote a depth changes only where somebody is named.
    const here = shown?.depth === depth ? shown : { depth, ...authors.of(depth) };
    const named = naming.get(at);
    if (named !== undefined) authors.name(named, depth);
    shown = named === undefined ? here : undefined;
    return here;
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
