/** Paragraphs of prose in a reply, own or cited, and what is no prose and keeps its lines (R803 to R805). */
import { fixedLook, isOutput } from "./looks.ts";
import { type ReplyLine, readReply } from "./replySheet.ts";

/** Lines that are filled together. Lines count from 1, both ends included. */
export interface Paragraph {
  firstLine: number;
  lastLine: number;
  /** What each line begins with: the cite marks, exactly as they stand; "" in own text. */
  prefix: string;
  /** What the first line has below the marks before its first word: blanks, and a list's marker. */
  firstLead: string;
  /** What every other line has there: blanks, as wide as `firstLead`. */
  restLead: string;
}

/** What a line is that is never wrapped nor joined, in words that follow "This is". */
export interface NoProse {
  refused: string;
}

/** R804: the markers of lists. */
const MARKER = /^( *)([-*+•]|\(?\d{1,3}[.)]|\(?[a-z][)]|[ivx]{1,4}[.)]|\[\d{1,3}\])( +)(?=\S)/;

/** True for a line that begins a list's item. */
export const isListItem = (line: string): boolean => MARKER.test(line);

/** R803 (10): under half of what is written are letters or digits. */
function isArt(line: string): boolean {
  let letters = 0;
  let written = 0;
  for (const letter of line.slice(0, 400)) {
    if (letter === " " || letter === "\t") continue;
    written++;
    if (/[\p{L}\p{M}\p{N}]/u.test(letter)) letters++;
  }
  return written > 3 && letters * 2 < written;
}

/** Columns at which something begins after two blanks or more. */
function gapEnds(line: string): number[] {
  const ends: number[] = [];
  for (const { index, 0: gap } of line.slice(0, 400).matchAll(/(?<=\S)(?: {2,}|\t+)(?=\S)/g)) {
    ends.push(index + gap.length);
  }
  return ends;
}

/** R803 (6): two lines with two aligned gaps, three with one at the same place, or columns drawn with bars. */
function tableRows(lines: readonly string[]): boolean[] {
  const bars = (line: string) => (line.match(/\|/g)?.length ?? 0) >= 2 || /^\s*\|/.test(line);
  const ends = lines.map(gapEnds);
  const rows = lines.map(() => false);
  for (let at = 1; at < lines.length; at++) {
    const above = ends[at - 1] ?? [];
    const here = ends[at] ?? [];
    const aligned = here.filter((end) => above.includes(end));
    const drawn = bars(lines[at - 1] ?? "") && bars(lines[at] ?? "");
    if (aligned.length >= 2 || drawn) rows[at - 1] = rows[at] = true;
    if (aligned.some((end) => ends[at - 2]?.includes(end))) rows[at - 2] = rows[at - 1] = rows[at] = true;
  }
  return rows;
}

/** By line, what it is by its look. What stands between lines that machines wrote is theirs too, where most are. */
function looksOf(lines: readonly string[]): (string | undefined)[] {
  const looks = lines.map(fixedLook);
  for (let at = 0; at < lines.length; at++) {
    if (!isOutput(looks[at])) continue;
    let last = at;
    let written = 0;
    for (let below = at; (lines[below] ?? "").trim() !== ""; below++) {
      if (!isOutput(looks[below])) continue;
      written++;
      last = below;
    }
    if (written * 2 > last - at) for (let inside = at; inside < last; inside++) looks[inside] ??= "a log";
    at = last;
  }
  return looks;
}

/** The paragraphs of lines without marks, by line (index from 0), and why a line is in none. */
function shapeLines(lines: readonly string[]): (Paragraph | NoProse)[] {
  const rows = tableRows(lines);
  const looks = looksOf(lines);
  const shapes: (Paragraph | NoProse)[] = [];
  let open: Paragraph | undefined;
  /** Where the text of the list's item begins that is open, also across blank lines. */
  let itemColumn = -1;
  let isFenced = false;
  for (const [at, line] of lines.entries()) {
    const isFence = /^\s{0,3}(?:```|~~~)/.test(line);
    if (isFence) isFenced = !isFenced;
    const marker = MARKER.exec(line);
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const isBlank = line.trim() === "";
    if (!isBlank && indent < itemColumn && marker === null) itemColumn = -1;
    const refused =
      isFence || isFenced
        ? "code"
        : refusal(line, indent, looks[at] ?? (rows[at] ? "a table" : undefined), itemColumn);
    if (refused !== undefined) {
      shapes.push({ refused });
      open = undefined;
      continue;
    }
    if (marker !== null) itemColumn = marker[0].length;
    if (marker !== null || open?.restLead.length !== indent) {
      const firstLead = marker?.[0] ?? " ".repeat(indent);
      const restLead = " ".repeat(firstLead.length);
      open = { firstLine: at + 1, lastLine: at + 1, prefix: "", firstLead, restLead };
    }
    open.lastLine = at + 1;
    shapes.push(open);
  }
  return shapes;
}

/** Why a line is no prose. `itemColumn` is where the text of the open list's item begins, -1 without one. */
function refusal(
  line: string,
  indent: number,
  look: string | undefined,
  itemColumn: number,
): string | undefined {
  if (line.trim() === "") return "an empty line";
  if (line[indent] === "\t") return "code";
  if (look !== undefined) return look;
  // R803 (4): joined to what is around it, a link is not found any more.
  if (/^\s*<?[a-z][a-z+]{1,10}:\/\/\S+$/i.test(line)) return "a link";
  const isItem = MARKER.test(line);
  if (indent >= 4 && !(isItem ? itemColumn >= 0 : indent === itemColumn)) return "code";
  return !isItem && isArt(line) ? "a drawing" : undefined;
}

const BY_KIND: Record<string, string> = {
  diff: "a diff",
  trailers: "a trailer",
  attribution: "an attribution",
  signature: "a signature",
  footer: "a footer",
};

/**
 * The paragraph that a line of a reply's body is in, or why it is in none.
 * @param line in `body`, from 1
 */
export function paragraphAt(body: string, line: number): Paragraph | NoProse {
  const written = body.split("\n");
  const { lines } = readReply(body);
  const here = lines[line - 1];
  if (here === undefined || here.role === "blank" || here.empty) return { refused: "an empty line" };
  const kind = BY_KIND[here.kind];
  if (kind !== undefined) return { refused: kind };
  const prefixOf = (at: number): string => {
    const text = written[at] ?? "";
    return text.slice(0, text.length - (lines[at]?.content.length ?? 0));
  };
  const prefix = prefixOf(line - 1);
  const belongs = (at: number): boolean => {
    const other: ReplyLine | undefined = lines[at];
    if (other === undefined || other.kind !== here.kind || other.depth !== here.depth) return false;
    return prefixOf(at) === prefix;
  };
  let first = line - 1;
  let last = line - 1;
  while (belongs(first - 1)) first--;
  while (belongs(last + 1)) last++;
  const shape = shapeLines(lines.slice(first, last + 1).map(({ content }) => content))[line - 1 - first];
  if (shape === undefined || "refused" in shape) return shape ?? { refused: "an empty line" };
  return { ...shape, prefix, firstLine: shape.firstLine + first, lastLine: shape.lastLine + first };
}

/** For each line of a reply (as `readReply` gives them) whether it is own prose: what may be wrapped (R803). */
export function ownProse(lines: readonly ReplyLine[]): boolean[] {
  const prose = lines.map(() => false);
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.role !== "own") continue;
    const first = at;
    const kind = lines[at]?.kind;
    while (lines[at + 1]?.depth === 0 && lines[at + 1]?.kind === kind) at++;
    if (kind !== undefined && kind in BY_KIND) continue;
    const shapes = shapeLines(lines.slice(first, at + 1).map(({ content }) => content));
    shapes.forEach((shape, index) => {
      prose[first + index] = !("refused" in shape) && lines[first + index]?.role === "own";
    });
  }
  return prose;
}
