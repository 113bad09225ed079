/** Trimming: cited lines that no answer needs go, whole lines only (R705 to R713). */
import { isGapMark } from "../mail/diff.ts";
import { LEFT_OUT } from "./citing.ts";
import { type Edit, replaceLines } from "./edit.ts";
import { answeredLine, neededLines, type ReplyLine, type ReplySheet, readReply } from "./replySheet.ts";

/** R705: this many lines become a mark; fewer are simply kept. */
const LEAST_GAP = 10;

/** R708: from this depth on. */
const DEEP = 3;

/** What becomes of each line: it stays, it goes, or it goes and what goes there is marked. */
type Fate = "stays" | "goes" | "marked";

/**
 * R705, R707: what nobody answers goes; each answer keeps the lines it needs. Nothing goes from a reply that answers
 * nothing yet.
 * @param body the text below the header
 * @returns edits over whole lines of `body`, in order
 */
export function trimToReplies(body: string): Edit[] {
  const sheet = readReply(body);
  if (!sheet.hasAnswer) return [];
  const needed = neededLines(sheet);
  const fates = sheet.lines.map((): Fate => "stays");
  for (const { first, last } of sheet.runs) {
    const isNeeded = (at: number): boolean => needed.has(at);
    if (!range(first, last).some(isNeeded)) {
      for (const at of range(first, last)) fates[at] = "goes";
      continue;
    }
    for (let at = first; at <= last; at++) {
      if (needed.has(at)) continue;
      const start = at;
      while (at < last && !needed.has(at + 1)) at++;
      const isGap = at - start + 1 >= LEAST_GAP;
      for (const inGap of range(start, at)) {
        if (isGap) fates[inGap] = inGap === start ? "marked" : "goes";
        // R710: trailers are not kept for company.
        else if (sheet.lines[inGap]?.kind === "trailers") fates[inGap] = "goes";
      }
    }
  }
  return finish(body, sheet, fates);
}

/** R708: cited text of depth 3 and more goes, but for what an answer needs. As `trimToReplies` otherwise. */
export function trimDeep(body: string): Edit[] {
  const sheet = readReply(body);
  const needed = neededLines(sheet);
  const isDeep = (at: number): boolean => {
    const line = sheet.lines[at];
    return line?.role === "cited" && line.depth >= DEEP && !needed.has(at);
  };
  const fates = sheet.lines.map((_, at): Fate => (isDeep(at) ? "goes" : "stays"));
  for (let at = 0; at < fates.length; at++) {
    if (!isDeep(at)) continue;
    const start = at;
    while (isDeep(at + 1)) at++;
    if (at - start + 1 >= LEAST_GAP) fates[start] = "marked";
  }
  return fates.includes("goes") || fates.includes("marked") ? finish(body, sheet, fates) : [];
}

/**
 * The cited block that a line stands in goes, with its attribution where nothing else of it is left.
 * @param line in `body`, from 1
 * @returns no edit when the line is not cited
 */
export function dropBlock(body: string, line: number): Edit[] {
  const sheet = readReply(body);
  const run = sheet.runs.find(({ first, last }) => line - 1 >= first && line - 1 <= last);
  if (run === undefined) return [];
  const fates = sheet.lines.map((_, at): Fate => (at >= run.first && at <= run.last ? "goes" : "stays"));
  return finish(body, { ...sheet, runs: [run] }, fates);
}

/**
 * What every trim leaves behind in order: no attribution of nothing (R507), no empty cited line at an end or twice
 * (R709), no blank lines where a block was.
 */
function finish(body: string, { lines, runs }: ReplySheet, fates: Fate[]): Edit[] {
  dropOrphans(lines, runs, fates);
  for (const run of runs) dropEmpty(lines, run, fates);
  for (const run of runs) closeUp(lines, run, fates);
  return toEdits(body.split("\n"), fates);
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);

/** R507: an attribution stays as long as a line of the depth that it introduces is kept below it. */
function dropOrphans(lines: readonly ReplyLine[], runs: ReplySheet["runs"], fates: Fate[]): void {
  const answered = new Set(runs.filter((run) => run.answered).map((run) => answeredLine(lines, run)));
  // From below, so that an attribution of nothing but an orphan is one too.
  const deepest: number[] = [];
  let isBelow = false;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at];
    if (line === undefined || fates[at] === "goes" || line.role === "blank") continue;
    if (line.role === "attribution") {
      const above = lines[at - 1];
      if (!isBelow) fates[at] = "goes";
      if (above?.role !== "attribution") isBelow = false;
      continue;
    }
    if (line.role !== "cited") continue;
    if (line.kind !== "attribution" || line.empty) {
      if (!line.empty || fates[at] === "marked") isBelow = true;
      if (!line.empty) deepest.push(line.depth);
      continue;
    }
    const introduces = deepest.some((depth) => depth > line.depth);
    if (!introduces && !answered.has(at) && fates[at] === "stays") fates[at] = "goes";
    else isBelow = true;
    if (lines[at - 1]?.kind === "attribution" && lines[at - 1]?.depth === line.depth) continue;
    for (let last = deepest.length - 1; last >= 0; last--)
      if ((deepest[last] ?? 0) > line.depth) deepest.splice(last, 1);
    if (fates[at] === "stays") deepest.push(line.depth);
  }
}

/** R709: no empty cited line first or last in a block, nor beside a mark, nor two in a row; diffs keep their pairs. */
function dropEmpty(
  lines: readonly ReplyLine[],
  { first, last }: ReplySheet["runs"][number],
  fates: Fate[],
): void {
  const isEmpty = (at: number): boolean => lines[at]?.empty === true && fates[at] === "stays";
  const isMark = (at: number): boolean => fates[at] === "marked" || isGapMark(lines[at]?.content ?? "");
  let above: number | undefined;
  for (const at of range(first, last)) {
    if (fates[at] === "goes" || lines[at]?.role === "blank") continue;
    if (isEmpty(at)) {
      const isSecond = above !== undefined && isEmpty(above) && !areInDiff(lines[above], lines[at]);
      if (above === undefined || isMark(above) || isSecond) {
        fates[at] = "goes";
        continue;
      }
    }
    if (above !== undefined && isMark(at) && isEmpty(above)) fates[above] = "goes";
    above = at;
  }
  if (above !== undefined && isEmpty(above)) fates[above] = "goes";
}

const areInDiff = (above: ReplyLine | undefined, line: ReplyLine | undefined): boolean =>
  above?.kind === "diff" && line?.kind === "diff" && above.depth === line.depth;

/** Where a whole block went, its blank lines go too: one stays between what is above and what is below. */
function closeUp(
  lines: readonly ReplyLine[],
  { first, last }: ReplySheet["runs"][number],
  fates: Fate[],
): void {
  if (range(first, last).some((at) => fates[at] !== "goes")) return;
  for (const at of range(first, last)) fates[at] = "goes";
  let below = last + 1;
  while (lines[below]?.role === "blank" && below < lines.length - 1) fates[below++] = "goes";
  let above = first - 1;
  while (above >= 0 && (lines[above]?.role === "blank" || fates[above] === "goes")) {
    fates[above--] = "goes";
  }
  const isEnd = below >= lines.length || (below === lines.length - 1 && lines[below]?.role === "blank");
  // One of the blank lines above stays between two texts.
  const kept = range(above + 1, below - 1).find((at) => lines[at]?.role === "blank");
  if (above >= 0 && !isEnd && kept !== undefined) fates[kept] = "stays";
}

function toEdits(lines: readonly string[], fates: readonly Fate[]): Edit[] {
  const edits: Edit[] = [];
  for (let at = 0; at < fates.length; at++) {
    if (fates[at] === "stays") continue;
    const start = at;
    let marks = 0;
    while (at < fates.length && fates[at] !== "stays") if (fates[at++] === "marked") marks++;
    edits.push(replaceLines(lines, start + 1, at, marks > 0 ? [LEFT_OUT] : []));
    at--;
  }
  return edits;
}
