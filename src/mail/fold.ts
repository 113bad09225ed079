/** Folding: which lines of a body are put away at first, since they were read before (F801-F812). */
import type { Block } from "./block.ts";
import { isBlankText } from "./cite.ts";
import { isGapMark } from "./diff.ts";
import { type WordedLines, Wordings } from "./wording.ts";

/** How a cited line compares with the message it cites (V703). */
export type CiteState = "verbatim" | "rewrapped" | "edited" | "foreign" | "unknown";

export interface FoldContext {
  /** The lines of this body, when they have been read. */
  worded?: WordedLines | undefined;
  /** The message that this one answers: shown to the person, held but not shown, or not held; "none": it answers none. */
  parent: "seen" | "unread" | "missing" | "none";
  /** The state of cited lines, by line number from 1, as far as it is known. */
  states?: ReadonlyMap<number, CiteState> | undefined;
  /** Lines (from 1) that lost marks: cited as deep as their block says (P502). */
  rejoined?: ReadonlySet<number> | undefined;
}

/** F804: a message this short is shown whole. */
const SHORT_MESSAGE = 40;
/** F804: a fold that hides fewer lines costs more than it gives. */
const LEAST_HIDDEN = 4;
/** F802: how far up the kept context may grow to begin where a paragraph or a hunk begins. */
const WIDEST = 12;
/** F802 and F812: lines kept above an answer. */
const KEPT = 6;
const KEPT_UNSEEN = 12;
/** F812: of a message that was not read, smaller blocks do not fold. */
const SMALL_UNSEEN = 20;
/** F805: deeper lines are put away even inside the kept context, but for the last ones. */
const DEEP = 3;
const KEPT_DEEP = 3;

/**
 * The blocks, split where folded text begins and ends. Own text, own trailers and the attribution at depth 0 never
 * fold. Linear in the length of the body.
 * @param blocks those of `readBody` for this body, or any finer division of them
 */
export function foldBlocks<B extends Block>(
  body: string,
  blocks: readonly B[],
  context: FoldContext,
): (B & { folded: boolean })[] {
  if (!blocks.some(({ depth, kind }) => depth > 0 || kind === "footer"))
    return blocks.map((block) => ({ ...block, folded: false }));
  const lines = readLines(context.worded ?? new Wordings().read(body), blocks, context.rejoined);
  const folded = new Array<boolean>(lines.length).fill(false);
  if (lines.length > SHORT_MESSAGE) for (const run of citedRuns(lines)) foldRun(lines, run, context, folded);
  foldWhole(lines, context.states, folded);
  return splitBlocks(blocks, folded);
}

/** A line with the block it is in. */
interface FoldLine {
  kind: Block["kind"];
  depth: number;
  marks: number;
  content: string;
  author: string;
  empty: boolean;
}

function readLines(
  { written, marks, wordings }: WordedLines,
  blocks: readonly Block[],
  rejoined: FoldContext["rejoined"],
): FoldLine[] {
  const lines: FoldLine[] = [];
  // Forwarded text without marks that is answered further down folds as cited text does, for as deep as it is.
  const lastAnswer = blocks.findLast(({ kind, depth }) => kind === "text" && depth === 0)?.firstLine ?? 0;
  for (const { kind, depth, firstLine, lastLine, author = "" } of blocks) {
    const isAnswered =
      depth > 0 && kind !== "attribution" && lastLine < lastAnswer && isUnmarked(marks, firstLine, lastLine);
    for (let number = firstLine; number <= lastLine; number++) {
      const at = number - 1;
      const content = (depth > 0 ? wordings[at]?.content : written[at]) ?? "";
      const seen = marks[at] ?? 0;
      const lacksMarks = isAnswered || rejoined?.has(number) === true;
      const marked = depth === 0 ? 0 : lacksMarks ? depth : seen;
      lines.push({ kind, depth, marks: marked, content, author, empty: isBlankText(content) });
    }
  }
  return lines;
}

function isUnmarked(marks: readonly number[], firstLine: number, lastLine: number): boolean {
  for (let number = firstLine; number <= lastLine; number++) if ((marks[number - 1] ?? 0) > 0) return false;
  return true;
}

/** A maximal run of cited and blank lines (F801): indexes from 0; `last` is its last line that says something. */
interface Run {
  first: number;
  last: number;
  end: number;
  /** The index of the own line that answers it. */
  answer: number | undefined;
}

const isOwn = (line: FoldLine): boolean =>
  line.depth === 0 && (line.kind === "text" || line.kind === "trailers" || line.kind === "diff");

function citedRuns(lines: readonly FoldLine[]): Run[] {
  const runs: Run[] = [];
  let at = 0;
  while (at < lines.length) {
    if (!isCited(lines[at])) {
      at++;
      continue;
    }
    const first = at;
    let last = at;
    while (at < lines.length && (isCited(lines[at]) || lines[at]?.empty === true)) {
      if (isCited(lines[at]) && lines[at]?.empty === false) last = at;
      at++;
    }
    const next = lines[at];
    const answered = next !== undefined && isOwn(next) && !isGapMark(next.content);
    runs.push({ first, last, end: at - 1, answer: answered ? at : undefined });
  }
  return runs;
}

/** Cited within an F801 run: unmarked forwarded text folds by itself, whatever its length. */
const isCited = (line: FoldLine | undefined): boolean =>
  line !== undefined && line.depth > 0 && line.marks > 0;

function foldRun(lines: readonly FoldLine[], run: Run, context: FoldContext, folded: boolean[]): void {
  const seen = context.parent === "seen";
  if (!seen && run.last - run.first + 1 <= SMALL_UNSEEN) return;
  const hide = new Array<boolean>(run.end - run.first + 1).fill(true);
  const show = (at: number): void => {
    if (at >= run.first && at <= run.end) hide[at - run.first] = false;
  };
  if (run.answer !== undefined) keepContext(lines, run, seen ? KEPT : KEPT_UNSEEN, show, hide);
  keepDoubtful(lines, run, context.states, show);
  keepGoverning(lines, run, hide, show);
  keepAttributions(lines, run, hide, show);
  for (let at = run.last + 1; at <= run.end; at++) hide[at - run.first] = hide[run.last - run.first] ?? false;
  hideLoneBlanks(lines, run, hide);
  hideLongEnough(lines, run, hide, folded);
}

/** F802: the last lines above the answer, up to the start of their paragraph or hunk; F803 and F805 within them. */
function keepContext(
  lines: readonly FoldLine[],
  run: Run,
  wanted: number,
  show: (at: number) => void,
  hide: boolean[],
): void {
  let from = run.last + 1;
  let kept = 0;
  while (from > run.first && kept < wanted) {
    from--;
    if (!isTail(lines[from])) kept++;
  }
  from = widened(lines, run, from);
  let answer: Answer | undefined;
  let fromEnd = 0;
  for (let at = run.last; at >= from; at--) {
    const line = lines[at];
    if (line === undefined || isTail(line)) continue;
    fromEnd++;
    if (line.depth >= DEEP && fromEnd > KEPT_DEEP) {
      answer ??= answerBelow(lines, run.answer ?? run.end + 1);
      if (!isMeant(line, answer)) continue;
    }
    show(at);
  }
  for (let at = run.last + 1; at <= run.end; at++) hide[at - run.first] = false;
}

const isTail = (line: FoldLine | undefined): boolean => line?.kind === "signature" || line?.kind === "footer";

/** The start of the paragraph or of the hunk, when it is close enough; else the same line. */
function widened(lines: readonly FoldLine[], run: Run, from: number): number {
  const highest = Math.max(run.first, run.last - WIDEST + 1);
  const diff = lines[from]?.kind === "diff";
  if (lines[from]?.empty === true && !diff) return from;
  for (let at = from; at >= highest; at--) {
    if (diff && lines[at]?.content.startsWith("@@") === true) return at;
    if (!diff && (at === run.first || startsParagraph(lines, at))) return at;
  }
  return from;
}

const startsParagraph = (lines: readonly FoldLine[], at: number): boolean => {
  const above = lines[at - 1];
  return (
    above === undefined || above.empty || above.depth !== lines[at]?.depth || above.kind !== lines[at]?.kind
  );
};

/** What an answer says: its text in lower case, and its words. */
interface Answer {
  text: string;
  words: ReadonlySet<string>;
}

/** The own lines that answer, up to the next cited line; enough of them to see who is named. */
function answerBelow(lines: readonly FoldLine[], from: number): Answer {
  let text = "";
  for (let at = from; at < lines.length && text.length < 4000; at++) {
    const line = lines[at];
    if (line === undefined || !(isOwn(line) || line.empty)) break;
    text += `${line.content.slice(0, 400)}\n`;
  }
  text = text.toLowerCase();
  return { text, words: new Set(text.split(/[^\p{L}\d-]+/u)) };
}

/** F805: the answer names the author of the line, or repeats it. */
function isMeant(line: FoldLine, answer: Answer): boolean {
  const first = /^[\p{L}\d-]{3,40}/u.exec(line.author.toLowerCase())?.[0];
  if (first !== undefined && answer.words.has(first)) return true;
  const words = line.content.trim().toLowerCase();
  return words.length >= 20 && words.length <= 400 && answer.text.includes(words);
}

/** F802, V706: what differs from its source stays, one neighbour on each side. Attributions follow F806. */
function keepDoubtful(
  lines: readonly FoldLine[],
  run: Run,
  states: FoldContext["states"],
  show: (at: number) => void,
): void {
  if (states === undefined || states.size === 0) return;
  for (let at = run.first; at <= run.last; at++) {
    if (!isDoubtful(states, at) || lines[at]?.kind === "attribution") continue;
    for (const near of [at - 1, at, at + 1]) show(near);
  }
}

const isDoubtful = (states: FoldContext["states"], at: number): boolean => {
  const state = states?.get(at + 1);
  return state === "edited" || state === "foreign";
};

/** F802: the `+++` and `@@` lines that govern a shown diff line. */
function keepGoverning(
  lines: readonly FoldLine[],
  run: Run,
  hide: readonly boolean[],
  show: (at: number) => void,
): void {
  let path: number | undefined;
  let hunk: number | undefined;
  for (let at = run.first; at <= run.last; at++) {
    const line = lines[at];
    if (line?.kind !== "diff") continue;
    if (line.content.startsWith("+++ ")) path = at;
    if (line.content.startsWith("@@")) hunk = at;
    if (line.content.startsWith("diff --git ")) {
      path = undefined;
      hunk = undefined;
    }
    if (hide[at - run.first] === true || line.empty) continue;
    if (hunk !== undefined) show(hunk);
    if (path !== undefined) show(path);
  }
}

/** F806: an attribution directly above a shown line. */
function keepAttributions(
  lines: readonly FoldLine[],
  run: Run,
  hide: readonly boolean[],
  show: (at: number) => void,
): void {
  let below = false;
  for (let at = run.last; at >= run.first; at--) {
    const line = lines[at];
    if (line === undefined || line.empty) continue;
    if (line.kind === "attribution" && below) show(at);
    below = hide[at - run.first] === false;
  }
}

/** Below a fold nothing begins with a line that says nothing; between two folds it would stand alone. */
function hideLoneBlanks(lines: readonly FoldLine[], run: Run, hide: boolean[]): void {
  for (let at = 1; at < hide.length; at++) {
    const line = lines[run.first + at];
    if (hide[at - 1] === true && line?.empty === true && line.kind !== "diff") hide[at] = true;
  }
}

/** F804. */
function hideLongEnough(
  lines: readonly FoldLine[],
  run: Run,
  hide: readonly boolean[],
  folded: boolean[],
): void {
  let at = 0;
  while (at < hide.length) {
    const start = at;
    let hidden = 0;
    while (at < hide.length && hide[at] === true) {
      if ((lines[run.first + at]?.marks ?? 0) > 0) hidden++;
      at++;
    }
    if (hidden >= LEAST_HIDDEN) folded.fill(true, run.first + start, run.first + at);
    at = Math.max(at, start + 1);
  }
}

/** Footers and unmarked forwarded text fold whatever their length; but not what its source does not say. */
function foldWhole(lines: readonly FoldLine[], states: FoldContext["states"], folded: boolean[]): void {
  lines.forEach((line, at) => {
    if (line.kind === "footer" && line.depth === 0) folded[at] = true;
    if (line.depth === 0 || line.marks > 0 || line.kind === "attribution") return;
    const doubtful = [at - 1, at, at + 1].some((near) => isDoubtful(states, near));
    if (!doubtful && (!line.empty || folded[at - 1] === true)) folded[at] = true;
  });
}

function splitBlocks<B extends Block>(
  blocks: readonly B[],
  folded: readonly boolean[],
): (B & { folded: boolean })[] {
  const split: (B & { folded: boolean })[] = [];
  for (const block of blocks) {
    let first = block.firstLine;
    for (let line = block.firstLine; line <= block.lastLine; line++) {
      if (line < block.lastLine && folded[line - 1] === folded[line]) continue;
      split.push({ ...block, firstLine: first, lastLine: line, folded: folded[line - 1] ?? false });
      first = line + 1;
    }
  }
  return split;
}
