/** format=flowed (RFC 3676) undone by lines: unstuffed physical lines, and which of them go on in the next. */

/** Physical lines of a flowed text. Line numbers count from 1. */
export interface FlowedText {
  /** Unstuffed, the one flow blank removed (R605). */
  lines: string[];
  /** Lines that go on in the next line of the same paragraph. */
  flowedLines: number[];
  /** Lines whose leading `>` is text: it was stuffed at depth 0 (D246). */
  literalLines: number[];
}

interface Line {
  /** `>` with nothing between them (D241): decides joining. */
  depth: number;
  /** With the marks a mixed sender put behind a blank (D246). */
  fullDepth: number;
  stuffed: boolean;
  /** Behind marks and stuffing, the flow blank still there. */
  content: string;
  /** Behind all marks. */
  text: string;
  flowed: boolean;
  guarded: boolean;
}

// A line is judged by its first characters only (D105).
const looked = 400;
const diffLine = /^(?:diff --git |index [0-9a-f]{7}|--- \S|\+\+\+ \S|@@ -|[+-]\t|Binary files )/;
const codeLine = /^(?:\t| {4,})\S/;
const trailerLine = /^(?:Fixes|Link|Closes|Cc|[A-Z][A-Za-z-]{1,30}-by): /;
const logLine = /^(?:\[ {0,8}\d{1,12}\.\d{1,9}\]|<\d>|[$#] )/;
const tableGap = /\S {3,}\S/;

/** True for what must stay a line of its own: diff, code, table, trailer, log (D245, R803). */
function isFixedByContent(text: string): boolean {
  const start = text.slice(0, looked);
  const bar = start.indexOf("|");
  const hasBars = bar >= 0 && start.indexOf("|", bar + 1) >= 0;
  return (
    hasBars ||
    diffLine.test(start) ||
    codeLine.test(start) ||
    trailerLine.test(start) ||
    logLine.test(start) ||
    tableGap.test(start)
  );
}

/**
 * One physical line by D241; `guarded` still lacks what its neighbours say. What a line is by its content matters only
 * where it goes on or the line above does: most lines are not looked at for it.
 */
function readLine(line: string, above: Line | undefined): Line {
  let depth = 0;
  while (line.charCodeAt(depth) === 0x3e) depth++;
  const stuffed = line.charCodeAt(depth) === 0x20;
  const content = line.slice(stuffed ? depth + 1 : depth);
  const marks = depth > 0 ? (/^(?:>[ \t]?)+/.exec(content.slice(0, looked))?.[0] ?? "") : "";
  const text = content.slice(marks.length);
  const isSignature = content === "-- ";
  const flowed = !isSignature && content.endsWith(" ") && content.trim() !== "";
  return {
    depth,
    fullDepth: depth + marks.replace(/[^>]/g, "").length,
    stuffed,
    content,
    text,
    flowed,
    guarded: isSignature || ((flowed || above?.flowed === true) && isFixedByContent(text)),
  };
}

/** Marks the lines of hunks (B650): they begin at `@@` and end with the first line of that depth that is no diff. */
function guardHunks(lines: Line[]): void {
  let hunkDepth = -1;
  for (const line of lines) {
    if (/^@@ -\d/.test(line.text)) hunkDepth = line.fullDepth;
    else if (line.fullDepth !== hunkDepth) continue;
    else if (line.text !== "" && !/^[-+ \t\\]/.test(line.text)) hunkDepth = -1;
    line.guarded ||= line.fullDepth === hunkDepth;
  }
}

function goesOn(line: Line, next: Line | undefined): boolean {
  if (next === undefined || !line.flowed || line.guarded || next.guarded) return false;
  if (line.depth !== next.depth || line.fullDepth !== next.fullDepth) return false;
  if (next.content.trim() === "") return false; // D244
  // Two added or two removed lines of a hunk whose header was trimmed away (D245).
  const sign = line.text.charAt(0);
  return !((sign === "+" || sign === "-") && next.text.startsWith(sign));
}

function physical(line: Line): string {
  const content = line.flowed && !line.guarded ? line.content.slice(0, -1) : line.content;
  if (line.depth === 0) return content;
  return `${">".repeat(line.depth)}${line.stuffed ? " " : ""}${content}`;
}

/** Undoes format=flowed in decoded text with `\n` line ends (D240-D247). DelSp matters only to `joinFlowed`. */
export function undoFlow(text: string): FlowedText {
  const read: Line[] = [];
  for (const line of text.split("\n")) read.push(readLine(line, read.at(-1)));
  guardHunks(read);
  const flowedLines: number[] = [];
  const literalLines: number[] = [];
  const lines = read.map((line, index) => {
    if (goesOn(line, read[index + 1])) flowedLines.push(index + 1);
    if (line.depth === 0 && line.stuffed && line.content.startsWith(">")) literalLines.push(index + 1);
    return physical(line);
  });
  return { lines, flowedLines, literalLines };
}

/**
 * The paragraphs for reading: each run of flowed lines as one line, the marks of its first line in front, joined
 * by a blank, or by nothing with DelSp (D243).
 */
export function joinFlowed(lines: string[], flowedLines: number[], delSp: boolean): string[] {
  const flowed = new Set(flowedLines);
  const paragraphs: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (!flowed.has(index)) paragraphs.push(line);
    else {
      const start = paragraphs.pop() ?? "";
      const rest = start.startsWith(">") ? line.replace(/^(?:>[ \t]?)+/, "") : line;
      paragraphs.push(`${start}${delSp ? "" : " "}${rest}`);
    }
  }
  return paragraphs;
}
