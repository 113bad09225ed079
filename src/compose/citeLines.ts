/** Cite marks by hand: lines become cited ones, lose a level, or become one mark (R602, R603, R706). */
import { readMarks } from "../mail/marks.ts";
import { type CiteStyle, citeMark, LEFT_OUT } from "./citing.ts";
import { type Edit, replaceLines } from "./edit.ts";
import { readReply } from "./replySheet.ts";

const insert = (line: number, text: string): Edit => ({ line, column: 1, endLine: line, endColumn: 1, text });

/** One level more for the lines `first` to `last`, from 1; blanks at the end of the selection are the caller's. */
export function citeLines(body: string, first: number, last: number, style?: CiteStyle): Edit[] {
  const lines = body.split("\n").slice(first - 1, last);
  return lines.map((line, at) => insert(first + at, citeMark(line, style)));
}

/** One level less; lines without marks stay as they are. */
export function unciteLines(body: string, first: number, last: number): Edit[] {
  const lines = body.split("\n").slice(first - 1, last);
  return lines.flatMap((line, at) => {
    if (readMarks(line).depth === 0) return [];
    const length = line.startsWith("> ") ? 2 : 1;
    return [{ line: first + at, column: 1, endLine: first + at, endColumn: length + 1, text: "" }];
  });
}

/**
 * R706, R709: cited lines become one mark, with marks and empty cited lines beside it. Undefined where a line between
 * is own text: that is never left out.
 */
export function elideLines(body: string, first: number, last: number): Edit | undefined {
  const { lines } = readReply(body);
  const chosen = lines.slice(first - 1, last);
  if (
    chosen.length === 0 ||
    chosen.some(({ role }) => role !== "cited" && role !== "blank" && role !== "mark")
  ) {
    return undefined;
  }
  if (!chosen.some(({ role }) => role === "cited")) return undefined;
  const isLoose = (number: number): boolean => {
    const line = lines[number - 1];
    return line?.role === "cited" && (line.content === "[...]" || (line.empty && line.kind !== "diff"));
  };
  let from = first;
  let to = last;
  while (isLoose(from - 1)) from--;
  while (isLoose(to + 1)) to++;
  while (lines[to - 1]?.role === "blank") to--;
  while (lines[from - 1]?.role === "blank") from++;
  return replaceLines(body.split("\n"), from, to, [LEFT_OUT]);
}
