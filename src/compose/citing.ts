/** The parent's text as it is cited in a reply: every line as it was said, less what nobody answers (R601 to R609, R701 to R703). */

import type { Block } from "../mail/block.ts";
import { readBody } from "../mail/body.ts";
import { readMarks } from "../mail/marks.ts";
import type { Message } from "../mail/message.ts";
import { isBanner, isDisclaimer } from "./boilerplate.ts";
import { isGreeting } from "./replySheet.ts";

/** A run of lines of a body, from 1, both ends included. */
export type LineRange = readonly [first: number, last: number];

/** R603: what is cited already reads `> > x`, or `>> x`. */
export type CiteStyle = "spaced" | "tight";

/** R602 to R604, R609: one line behind a mark; nothing inside it changes but controls that no editor shows. */
export function citeLine(line: string, style: CiteStyle = "spaced"): string {
  const text = line.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, "");
  return citeMark(text, style) + text;
}

/** The mark that goes before a line. */
export const citeMark = (line: string, style: CiteStyle = "spaced"): string =>
  line === "" || (style === "tight" && line.startsWith(">")) ? ">" : "> ";

/** The style in which a line is cited, as far as it shows. */
export const styleOf = (line: string): CiteStyle => (line.startsWith(">>") ? "tight" : "spaced");

/** A line as it is compared: marks without blanks between them, other blanks as one (format=flowed, tabs, `>>`). */
export function comparable(line: string): string {
  const { depth, length } = readMarks(line);
  return `${">".repeat(depth)}${line.slice(length).replace(/\s+/g, " ").trim()}`;
}

/** R703: what tools add below a patch for other tools. */
const toolTail =
  /^(?:base-commit|prerequisite-patch-id|prerequisite-message-id|prerequisite-change-id|change-id): \S+/;

/** How far from the top a banner may stand, in lines. */
const bannerLines = 6;

/** Lines of the parent that a reply leaves out when it opens. */
function unanswerable(parent: Message, lines: readonly string[]): Set<number> {
  const out = new Set<number>();
  const add = (first: number, last: number) => {
    for (let line = first; line <= last; line++) out.add(line);
  };
  const blocks = readBody(parent.body, { footerLine: parent.footerLine });
  const leaveOut = (unanswered: Block["kind"]) => {
    // R701, R702: those that the parent cites are answered by nobody either. The blank line below parts what is around.
    for (const { kind, firstLine, lastLine } of blocks) {
      let last = lastLine;
      while (last > firstLine && lines[last - 1]?.trim() === "") last--;
      if (kind === unanswered) add(firstLine, last);
    }
  };
  leaveOut("footer");
  const footers = new Set(out);
  leaveOut("signature");
  // A message that is all signature by its look says something all the same.
  if (lastText(lines, out) === 0) return footers;
  const firstText = lines.findIndex((line) => line.trim() !== "");
  lines.forEach((line, index) => {
    if (index < firstText + bannerLines && isBanner(line)) add(index + 1, index + 1);
  });
  leaveOutTail(lines, out, (line) => toolTail.test(line));
  // Boilerplate is looked for from the end, below the last line that says something else.
  const end = lastText(lines, out);
  let first = end;
  while (first > 1 && lines[first - 2]?.trim() !== "") first--;
  const paragraph = lines.slice(first - 1, end).join(" ");
  if (first > 1 && !paragraph.startsWith(">") && isDisclaimer(paragraph)) add(first, end);
  return out;
}

/** The lines (from 1) of the parent's body that a reply cites when it opens, empty ones included. */
export function citableLines(parent: Message): number[] {
  const lines = parent.body.split("\n");
  const out = unanswerable(parent, lines);
  return lines.map((_, index) => index + 1).filter((number) => !out.has(number));
}

/** The number of the last line that is neither blank nor left out; 0 when there is none. */
function lastText(lines: readonly string[], out: ReadonlySet<number>): number {
  let last = lines.length;
  while (last > 0 && (out.has(last) || lines[last - 1]?.trim() === "")) last--;
  return last;
}

/** Leaves out lines that fit, from the end up, blank ones between them included. */
function leaveOutTail(lines: readonly string[], out: Set<number>, fits: (line: string) => boolean): void {
  for (let last = lastText(lines, out); last > 0; last = lastText(lines, out)) {
    if (!fits((lines[last - 1] ?? "").slice(0, 400))) return;
    out.add(last);
  }
}

/**
 * The cited lines of `parent`: the whole of it less signature, footers, banners and tool lines, or exactly the lines
 * that were chosen (R608). Empty cited lines go at both ends and at seams (R709). Empty when nothing is left.
 */
export function citeMessage(parent: Message, chosen?: readonly LineRange[], style?: CiteStyle): string[] {
  const lines = parent.body.split("\n");
  const out = chosen ? undefined : unanswerable(parent, lines);
  const takes = (number: number) =>
    chosen ? chosen.some(([first, last]) => number >= first && number <= last) : !out?.has(number);
  const cited: string[] = [];
  let isSeam = true;
  lines.forEach((line, index) => {
    if (!takes(index + 1)) {
      isSeam = true;
      return;
    }
    const text = citeLine(line, style);
    const isEmpty = text === ">" || (cited.length === 0 && isEmptyLine(line));
    if (isSeam && isEmpty && (cited.length === 0 || cited.at(-1) === ">")) return;
    isSeam = false;
    cited.push(text);
  });
  while (/^(?:> ?)+$/.test(cited.at(-1) ?? "")) cited.pop();
  return cited;
}

/** Blanks, or marks and blanks, however many. */
const isEmptyLine = (line: string): boolean => line.slice(readMarks(line).length).trim() === "";

/** R711: lines of the first paragraph that a reply of trailers cites. */
const firstParagraphLines = 6;
/** R706: what stands for cited lines that were left out. */
export const LEFT_OUT = "> [...]";

/** The first paragraph of what a reply would cite, greetings and a patch's own `From:` passed over (R711). */
export function citeFirstParagraph(parent: Message, style?: CiteStyle): string[] {
  const lines = citeMessage(parent, undefined, style);
  const isPassed = (line: string) => {
    const text = line.replace(/^> ?/, "");
    return text === "" || isGreeting(text) || /^(?:From|Date|Subject): \S/.test(text);
  };
  let start = 0;
  while (start < lines.length && isPassed(lines[start] ?? "")) start++;
  let end = start;
  while (end < lines.length && lines[end] !== ">") end++;
  const paragraph = lines.slice(start, Math.min(end, start + firstParagraphLines));
  return end - start > firstParagraphLines ? [...paragraph, LEFT_OUT] : paragraph;
}
