/** A reply's body, line by line: what is cited, what answers it, and which lines an answer cannot do without. */
import type { Block } from "../mail/block.ts";
import { readStructure } from "../mail/body.ts";
import { isEmptyLine } from "../mail/cite.ts";
import { type DiffLineKind, type DiffState, isGapMark, outsideDiff, readDiffLine } from "../mail/diff.ts";

/** One line of a reply. `blank` lines have no marks; a `mark` stands for lines that were left out. */
export interface ReplyLine {
  role: "own" | "cited" | "attribution" | "blank" | "mark" | "tail";
  /** What the line is by the structure of the body. */
  kind: Block["kind"];
  depth: number;
  content: string;
  /** A cited line that says nothing. */
  empty: boolean;
  /** What it is within a diff. */
  diff?: DiffLineKind;
}

/** Cited lines with no own text between them. Indexes from 0, both ends included and cited. */
export interface CitedRun {
  first: number;
  last: number;
  /** Own text follows it. */
  answered: boolean;
}

export interface ReplySheet {
  lines: ReplyLine[];
  runs: CitedRun[];
  /** Whether any own text answers anything. */
  hasAnswer: boolean;
}

/** A line that only greets, above the attribution, is no answer (R753). */
export function isGreeting(line: string): boolean {
  return line.length <= 60 && /^(?:hi|hello|hey|dear)\b(?:[ ,]+[^ ,]+){0,3}[,!.:]?$/i.test(line);
}

/** Takes the body of a reply apart. Linear in its length. */
export function readReply(body: string): ReplySheet {
  const { lines: cites, blocks } = readStructure(body);
  const lines: ReplyLine[] = [];
  const diffs = new Map<number, DiffState>();
  for (const { kind, firstLine, lastLine } of blocks) {
    for (let at = firstLine - 1; at < lastLine; at++) {
      const cite = cites[at];
      if (cite === undefined) continue;
      const { depth, content } = cite;
      const empty = isEmptyLine(cite);
      const line: ReplyLine = { role: "cited", kind, depth, content, empty };
      if (depth === 0) line.role = ownRole(kind, content, empty);
      if (kind === "diff") {
        const state = diffs.get(depth) ?? outsideDiff();
        diffs.set(depth, state);
        const below = cites[at + 1];
        const diff = readDiffLine(state, content, below?.depth === depth ? below.content : undefined);
        if (diff !== undefined) line.diff = diff;
      }
      lines.push(line);
    }
  }
  return { lines, ...findRuns(lines) };
}

function ownRole(kind: Block["kind"], content: string, empty: boolean): ReplyLine["role"] {
  if (empty) return "blank";
  if (kind === "attribution") return "attribution";
  if (kind === "signature" || kind === "footer") return "tail";
  return isGapMark(content) ? "mark" : "own";
}

function findRuns(lines: readonly ReplyLine[]): Pick<ReplySheet, "runs" | "hasAnswer"> {
  const runs: CitedRun[] = [];
  let open: CitedRun | undefined;
  let hasAnswer = false;
  lines.forEach(({ role, content }, at) => {
    if (role === "cited") {
      if (open === undefined) {
        open = { first: at, last: at, answered: false };
        runs.push(open);
      } else open.last = at;
    } else if (role === "own" || role === "attribution" || role === "tail") {
      if (role === "own" && open !== undefined) open.answered = true;
      if (role === "own" && !isGreeting(content)) hasAnswer = true;
      open = undefined;
    }
  });
  return { runs, hasAnswer };
}

/** R705: cited lines above the answered one that stay, and how far a paragraph of prose widens that. */
export const CONTEXT_LINES = 5;
const WIDEST = 12;

/**
 * The cited lines (indexes from 0) that the answers need: the answered line with what stands above it, the heads of
 * its hunk and file, the attributions of what stays (R507, R705, R713).
 * @param context how many lines above the answered one stay
 */
export function neededLines({ lines, runs }: ReplySheet, context = CONTEXT_LINES): Set<number> {
  const needed = new Set<number>();
  for (const run of runs) if (run.answered) needContext(lines, run, { context, needed });
  const introducing = introducers(lines);
  for (const at of [...needed]) {
    for (let above = introducing[at]; above !== undefined && !needed.has(above); above = introducing[above])
      needed.add(above);
  }
  return needed;
}

/** The line that a passage answers: the last cited one above it that says something; the run's last when none does. */
export function answeredLine(lines: readonly ReplyLine[], { first, last }: CitedRun): number {
  for (let at = last; at >= first; at--) {
    const line = lines[at];
    if (line?.role === "cited" && !line.empty && !isGapMark(line.content)) return at;
  }
  return last;
}

function needContext(
  lines: readonly ReplyLine[],
  run: CitedRun,
  { context, needed }: { context: number; needed: Set<number> },
): void {
  const answered = answeredLine(lines, run);
  let top = Math.max(run.first, answered - context);
  const continues = (at: number): boolean => {
    const line = lines[at];
    const above = lines[at - 1];
    if (line === undefined || above === undefined || line.empty || above.empty) return false;
    return above.role === "cited" && line.depth === above.depth && line.kind === above.kind;
  };
  const isOneText = (kind: Block["kind"] | undefined): boolean => kind === "cited" || kind === "trailers";
  while (top > run.first && answered - top + 1 < WIDEST && isOneText(lines[top]?.kind) && continues(top)) {
    top--;
  }
  for (let at = top; at <= answered; at++) if (lines[at]?.role === "cited") needed.add(at);
  needHeads(lines, top, needed);
}

/** The `@@` line and the names of the file that the line at `from` belongs to, wherever above they stand. */
function needHeads(lines: readonly ReplyLine[], from: number, needed: Set<number>): void {
  const start = lines[from];
  if (start?.diff === undefined) return;
  let inHunk = start.diff !== "hunk" && start.diff !== "file";
  let inFiles = start.diff === "file";
  for (let at = from - 1; at >= 0; at--) {
    const line = lines[at];
    if (line === undefined || line.depth !== start.depth || line.role === "blank") continue;
    if (line.diff === undefined) return;
    if (line.diff === "file") {
      inFiles = true;
      if (/^(?:diff |--- |\+\+\+ )/.test(line.content)) needed.add(at);
      if (line.content.startsWith("diff ")) return;
    } else if (inFiles) return;
    else if (line.diff === "hunk" && inHunk) {
      needed.add(at);
      inHunk = false;
    }
  }
}

/** For each line, the last line of the cited attribution that says who wrote it; undefined where none does. */
function introducers(lines: readonly ReplyLine[]): (number | undefined)[] {
  const byDepth: (number | undefined)[] = [];
  return lines.map((line, at) => {
    if (line.role !== "cited") {
      if (line.role === "attribution") byDepth.length = 0;
      return undefined;
    }
    const continued = lines[at + 1];
    if (line.kind === "attribution") {
      const before = lines[at - 1];
      const isSecond = before?.kind === "attribution" && before.depth === line.depth;
      const isLast = continued?.kind !== "attribution" || continued.depth !== line.depth;
      const own = isSecond ? at - 1 : byDepth[line.depth];
      if (isLast) {
        byDepth.length = Math.min(byDepth.length, line.depth + 1);
        byDepth[line.depth + 1] = at;
      }
      return own;
    }
    return byDepth[line.depth];
  });
}
