/** A comment on lines of the message answered: they are cited with what they need, and the draft is extended in line order (R705, G50 to G52). */

import { isGapMark } from "../mail/diff.ts";
import type { Message } from "../mail/message.ts";
import { type CiteStyle, citeLine, comparable, LEFT_OUT, type LineRange } from "./citing.ts";
import { type Edit, replaceLines } from "./edit.ts";
import { CONTEXT_LINES, neededLines, type ReplyLine, readReply } from "./replySheet.ts";

/** R705: this many lines that are not cited become a mark; fewer are cited too. */
const LEAST_GAP = 10;

/** How the lines that a comment is about are cited. */
export interface CommentCites {
  /** How many lines above them are cited too; as R705 says when it is left out. */
  context?: number;
  style?: CiteStyle;
}

/** Where the comment is written, and what has to be put into the draft's body first. Lines count from 1. */
export interface CommentPlace {
  edits: Edit[];
  /** The line of the body, after the edits, that the cursor goes to: an empty one, or the end of a passage. */
  line: number;
}

/** The lines (indexes from 0) of the parent that a comment on `last` needs to be understood. */
export function linesForComment(
  parent: Message,
  [first, last]: LineRange,
  context = CONTEXT_LINES,
): number[] {
  const lines = parent.body.split("\n");
  // A reply that cites everything down to that line and then answers: what its answer needs is what is wanted.
  const cited = lines.slice(0, last).map((line) => citeLine(line));
  const sheet = readReply([...cited, "", "x"].join("\n"));
  const needed = neededLines(sheet, Math.min(context, linesBelowHead(sheet.lines, last - 1)));
  // What stands above a diff says nothing about its lines.
  if (sheet.lines[last - 1]?.diff !== undefined) {
    for (const at of needed) if (sheet.lines[at]?.diff === undefined) needed.delete(at);
  }
  for (let at = first - 1; at < last; at++) needed.add(at);
  return withShortGaps([...needed].filter((at) => at < last).sort((a, b) => a - b));
}

/** How far the head of its hunk or file is above a line of a diff: what stands above that is other code. */
function linesBelowHead(lines: readonly ReplyLine[], at: number): number {
  for (let above = at; above >= 0; above--) {
    const line = lines[above];
    if (line?.diff === undefined) break;
    if (line.diff === "hunk" || line.content.startsWith("diff ")) return at - above;
  }
  return Number.POSITIVE_INFINITY;
}

/** Lines between two that are cited, when they are too few for a mark. */
function withShortGaps(needed: readonly number[]): number[] {
  const out: number[] = [];
  for (const at of needed) {
    const above = out.at(-1);
    if (above !== undefined && at - above <= LEAST_GAP) {
      for (let between = above + 1; between < at; between++) out.push(between);
    }
    out.push(at);
  }
  return out;
}

/** Cited lines for lines of the parent, with marks where some are left out; `above` is the last line cited before. */
function cite(
  parent: readonly string[],
  wanted: readonly number[],
  above: number | undefined,
  style: CiteStyle | undefined,
): string[] {
  const out: string[] = [];
  let last = above;
  for (const at of wanted) {
    if (last !== undefined && at - last > 1 && out.at(-1) !== LEFT_OUT) out.push(LEFT_OUT);
    out.push(citeLine(parent[at] ?? "", style));
    last = at;
  }
  return out;
}

/** The cited part of a new draft that holds one comment; the comment goes below it, after an empty line. */
export function citeForComment(parent: Message, range: LineRange, cites: CommentCites = {}): string[] {
  return cite(parent.body.split("\n"), linesForComment(parent, range, cites.context), undefined, cites.style);
}

/** Which line of the parent (index from 0) each line of the draft's body cites, as far as it cites one. */
function placesOf(
  body: readonly string[],
  lines: readonly ReplyLine[],
  parent: readonly string[],
): (number | undefined)[] {
  const at = new Map<string, number[]>();
  parent.forEach((line, index) => {
    const key = `>${comparable(line)}`;
    at.set(key, [...(at.get(key) ?? []), index]);
  });
  let next = 0;
  return lines.map((line, index) => {
    if (line.role !== "cited" || line.empty || isGapMark(line.content)) return undefined;
    const found = at.get(comparable(body[index] ?? ""))?.find((place) => place >= next);
    if (found !== undefined) next = found + 1;
    return found;
  });
}

/**
 * Where a comment on lines of the parent goes in a draft that answers it, and what has to be cited there first. Nothing
 * that stands in the draft is cited again or moved; passages come in the order of the lines that they answer.
 * @param body the draft's text below the header
 * @param range lines of the parent's body, from 1
 */
export function placeComment(
  body: string,
  parent: Message,
  range: LineRange,
  { context, style }: CommentCites = {},
): CommentPlace {
  const written = body.split("\n");
  const { lines } = readReply(body);
  const parentLines = parent.body.split("\n");
  const places = placesOf(written, lines, parentLines);
  const target = range[1] - 1;
  const here = places.indexOf(target);
  if (here >= 0) return answerBelow(written, lines, here);
  // Below the passage that answers the last line before it, above the first line after it.
  let above = -1;
  places.forEach((place, at) => {
    if (place !== undefined && place < target) above = at;
  });
  const cited = new Set(places);
  const wanted = withoutCited(linesForComment(parent, range, context), cited, places[above]);
  if (above < 0) {
    const first = lines.findIndex(({ role }) => role === "cited");
    const start = first < 0 ? endOfText(lines) : first;
    const block = cite(parentLines, wanted, undefined, style);
    const needsGap = first >= 0;
    const text = [...block, "", "", ...(needsGap ? [""] : [])];
    return { edits: [replaceLines(written, start + 1, start, text)], line: start + block.length + 2 };
  }
  // Cited text goes on below the line above: the comment splits it there, and its mark stays below.
  let end = above;
  if (lines[above + 1]?.role !== "cited") {
    // Else the passage below it is passed by, up to the next cited line or the end of the text.
    while (
      end + 1 < endOfText(lines) &&
      lines[end + 1]?.role !== "cited" &&
      lines[end + 1]?.role !== "attribution"
    )
      end++;
    while (end > above && lines[end]?.role === "blank") end--;
  } else {
    // An empty cited line belongs to what is above it.
    while (lines[end + 1]?.role === "cited" && lines[end + 1]?.empty && places[end + 1] === undefined) end++;
  }
  const isSplit = end === above;
  const block = cite(parentLines, wanted, places[above], style);
  const lead = isSplit ? [] : [""];
  const next = lines[end + 1];
  const tail = next === undefined || next.role === "blank" ? [] : [""];
  const text = [...lead, ...block, "", "", ...tail];
  return {
    edits: [replaceLines(written, end + 2, end + 1, text)],
    line: end + 1 + lead.length + block.length + 2,
  };
}

/** What is wanted and not cited yet; a short way from the line above is filled. */
function withoutCited(
  wanted: readonly number[],
  cited: ReadonlySet<number | undefined>,
  above: number | undefined,
): number[] {
  const fresh = wanted.filter((at) => !cited.has(at) && (above === undefined || at > above));
  const [first] = fresh;
  if (above === undefined || first === undefined || first - above > LEAST_GAP) return fresh;
  const between: number[] = [];
  for (let at = above + 1; at < first; at++) between.push(at);
  return [...between, ...fresh];
}

/** Index of the first line below the text: the signature, or the blank lines at the end. */
function endOfText(lines: readonly ReplyLine[]): number {
  let end = lines.findIndex(({ role }) => role === "tail");
  if (end < 0) end = lines.length;
  while (end > 0 && lines[end - 1]?.role === "blank") end--;
  return end;
}

/** Below a cited line: at the end of the passage that answers it, else in a new one. */
function answerBelow(written: readonly string[], lines: readonly ReplyLine[], cited: number): CommentPlace {
  let at = cited + 1;
  while (lines[at]?.role === "blank") at++;
  if (lines[at]?.role === "own") {
    let last = at;
    while (last + 1 < lines.length && (lines[last + 1]?.role === "own" || lines[last + 1]?.role === "blank"))
      last++;
    while (lines[last]?.role === "blank") last--;
    return { edits: [], line: last + 1 };
  }
  // An empty line that waits for the answer is taken as it is.
  const blanks = at - cited - 1;
  const isOpen = blanks >= 2 && (lines[at] === undefined || lines[at]?.role === "tail" || blanks >= 3);
  if (isOpen) return { edits: [], line: cited + 3 };
  const next = lines[cited + 1];
  const text = next === undefined || next.role === "blank" ? ["", ""] : ["", "", ""];
  return { edits: [replaceLines(written, cited + 2, cited + 1, text)], line: cited + 3 };
}
