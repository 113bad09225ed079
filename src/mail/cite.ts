/** Cited text: how many `>` a line carries, what follows them, and which `>` are no marks at all. */
import { matchAttribution, SUPERCITED } from "./attribution.ts";
import type { WordedLines } from "./wording.ts";

/** One line of a body, taken apart: `prefix + content` is the line. */
export interface CiteLine {
  /** Number of `>` that are marks; 0 is the sender's own level. */
  depth: number;
  prefix: string;
  content: string;
}

const GT = 62;
const SPACE = 32;
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** True for a text of blanks, or of nothing. Most are told by their first letter: this is asked many times a line. */
export function isBlankText(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first > SPACE && first < 127) || Number.isNaN(first) ? text === "" : text.trim() === "";
}

/** True for a line that says nothing: blanks, or marks and blanks. */
export const isEmptyLine = (line: CiteLine): boolean => isBlankText(line.content);

/** What is known of lines beside their look. */
export interface CiteHints {
  /** Says whether a line, its first mark taken off, stands in the parent: then it is cited whatever the guards say. */
  inParent?: ((uncited: string) => boolean) | undefined;
  /** Lines (from 1) whose leading `>` is text (D246). */
  literalLines?: readonly number[] | undefined;
}

/** Every line of a body, with its depth, prefix and content. */
export function readCites(worded: WordedLines, { inParent, literalLines }: CiteHints = {}): CiteLine[] {
  const lines = worded.written;
  const cites = lines.map((line, at) =>
    line.charCodeAt(0) === GT ? marked(worded, at) : { depth: 0, prefix: "", content: line },
  );
  indentedCites(worded, cites, inParent);
  guard(worded, cites, inParent);
  keepLiteral(lines, cites, literalLines ?? [], inParent);
  giveBackBlanks(cites);
  return cites;
}

/** D246, but for mailers that stuff their marks: there the parent has most of what looks literal. */
function keepLiteral(
  lines: readonly string[],
  cites: CiteLine[],
  literalLines: readonly number[],
  inParent: CiteHints["inParent"],
): void {
  const text = literalLines.filter((number) => inParent?.(lines[number - 1]?.slice(1) ?? "") !== true);
  if (text.length * 2 < literalLines.length) return;
  for (const number of literalLines) {
    const content = lines[number - 1];
    if (content !== undefined) cites[number - 1] = { depth: 0, prefix: "", content };
  }
}

/** A line with its marks taken off, and the blanks before them (Q307). */
function marked({ written, marks, wordings }: WordedLines, at: number): CiteLine {
  const line = written[at] ?? "";
  const content = wordings[at]?.content ?? "";
  const depth = marks[at] ?? 0;
  const length = line.length - content.length;
  const usual = USUAL_PREFIXES[depth] ?? "";
  const prefix = usual.length === length && line.startsWith(usual) ? usual : line.slice(0, length);
  return { depth, prefix, content };
}

/** By depth, as most senders write them: each is one string for all lines. */
const USUAL_PREFIXES: readonly string[] = ["", "> ", "> > ", "> > > ", "> > > > "];

const endsInMark = (prefix: string): boolean => prefix.charCodeAt(prefix.length - 1) === GT;

/** Q303: where a sender sets no blank after the marks, a blank there belongs to the text (context in a diff). */
function giveBackBlanks(cites: CiteLine[]): void {
  const counts = new Map<number, { all: number; spaced: number }>();
  for (const line of cites) {
    if (line.depth === 0 || isEmptyLine(line)) continue;
    let count = counts.get(line.depth);
    if (count === undefined) {
      count = { all: 0, spaced: 0 };
      counts.set(line.depth, count);
    }
    count.all++;
    if (!endsInMark(line.prefix)) count.spaced++;
  }
  const tight = new Set<number>();
  for (const [depth, { all, spaced }] of counts) if (spaced < all * 0.6) tight.add(depth);
  if (tight.size === 0) return;
  for (const line of cites) {
    if (line.depth === 0 || !tight.has(line.depth) || endsInMark(line.prefix)) continue;
    line.content = line.prefix.slice(-1) + line.content;
    line.prefix = line.prefix.slice(0, -1);
  }
}

/**
 * Q307: a blank before `>` makes no cite, but for three and more such lines below an attribution or in the parent, and
 * the paragraphs that go on from there. Supercite always writes one.
 */
function indentedCites(worded: WordedLines, cites: CiteLine[], inParent: CiteHints["inParent"]): void {
  const lines = worded.written;
  const indent = (at: number): string | undefined =>
    lines[at]?.charCodeAt(0) === SPACE ? /^ {1,3}(?=>)/.exec(lines[at] ?? "")?.[0] : undefined;
  let lastRun = 0;
  let sender: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const blanks = indent(at);
    if (blanks === undefined) continue;
    let last = at - 1;
    while (last >= lastRun && lines[last]?.trim() === "") last--;
    const above = lines[last] ?? "";
    let end = at + 1;
    while (indent(end) === blanks) end++;
    const known = inParent?.(lines[at]?.slice(blanks.length + 1) ?? "") === true;
    const isCited = end - at >= 3 && (known || matchAttribution(above) !== undefined);
    // Only the first line of cited text slipped to the right.
    const isSlipped = known && lines[end]?.charCodeAt(0) === GT;
    if (isCited || isSlipped || sender === blanks || SUPERCITED.test(above)) {
      if (!isSlipped) sender = blanks;
      for (let inside = at; inside < end; inside++) cites[inside] = marked(worded, inside);
    }
    lastRun = end - 1;
    at = end - 1;
  }
}

/** What a guard looks at: a line that looks cited, and what is around it. */
interface Suspect extends CiteLine {
  previous: CiteLine | undefined;
  next: CiteLine | undefined;
}

/** What the message has shown so far, by depth: heads that announce lines with a `>` of their own. */
interface Seen {
  robots: Set<number>;
  conflicts: Set<number>;
  linkers: Set<number>;
  /** The depths of all lines, as they look. */
  depths: ReadonlySet<number>;
}

const ROBOT_HEAD = "prefixed by >>";
const CONFLICT_HEAD = "<<<<<<< ";

/** Says how many of the last marks are no marks (0: all of them are). */
type Guard = (suspect: Suspect, seen: Seen) => number;

const TOOL_LINE = /^[\w.+/-]{1,200}:\d+[:.]|^(?:ERROR|WARNING|error|warning|[\w.-]{0,40}ld(?:\.\w+)?): /;

/** Q310: build robots set `>>` before what is new; those lines are the news. */
const robotNews: Guard = ({ prefix, content, depth, previous, next }, seen) => {
  if (depth < 2 || !prefix.endsWith(">> ") || content === "") return 0;
  if (seen.robots.has(depth - 2)) return 2;
  const alone = (previous?.depth ?? 0) <= depth - 2 && (next?.depth ?? 0) <= depth - 2;
  return alone && TOOL_LINE.test(content.slice(0, 300)) && /error|warning|undefined|modpost/i.test(content)
    ? 2
    : 0;
};

/** Q310: in an excerpt of code with line numbers a robot marks the line in question; the blank before the mark got lost. */
const markedRow: Guard = ({ prefix, content, depth, previous, next }) => {
  const number = /^\d{1,7}(?=\t)/.exec(content)?.[0];
  if (number === undefined || !/>\s?$/.test(prefix)) return 0;
  const beside = (line: CiteLine | undefined, step: number): boolean =>
    line?.depth === depth - 1 && line.content.trimStart().startsWith(`${Number(number) + step}`);
  return beside(previous, -1) || beside(next, 1) ? 1 : 0;
};

const MEMORY_ROW = /^[ >]?[0-9a-f]{8,16}: (?:[0-9a-f]{2} ){2}/;

/** Q311: KASAN marks the bad row of a memory dump. */
const badRow: Guard = ({ prefix, content, depth, previous, next }) => {
  if (!prefix.endsWith(">") || !MEMORY_ROW.test(content.slice(0, 60))) return 0;
  const beside = (line: CiteLine | undefined): boolean =>
    line?.depth === depth - 1 && MEMORY_ROW.test(line.content.slice(0, 60));
  return beside(previous) || beside(next) ? 1 : 0;
};

/** Q312: the end of a merge conflict. */
const conflictEnd: Guard = ({ prefix, depth }, seen) =>
  prefix.endsWith(">>>>>>> ") && seen.conflicts.has(depth - 7) ? 7 : 0;

/** Q313's like: LLVM's linker sets `>>>` before where a symbol is wanted and where it is. */
const linkerNote: Guard = ({ prefix, content, depth }, { linkers }) => {
  if (depth < 3 || !prefix.endsWith(">>> ")) return 0;
  const outer = depth - 3;
  if (/^(?:referenced by|defined (?:at|in)) \S/.test(content)) linkers.add(outer);
  else if (!linkers.has(outer) || !content.startsWith("     ")) return 0;
  return 3;
};

/** The line in which Supercite names whom it cites. */
const superciteHead: Guard = ({ prefix, content, depth }) =>
  depth >= 5 && prefix.endsWith(">>>>> ") && SUPERCITED.test(`>>>>> ${content}`.trimEnd()) ? 5 : 0;

const PYTHON =
  /^(?:import \w|from [\w.]{1,60} import |print\(|#|(?:for|while|with|if|def|class) .{1,200}:$|[\w.]{1,60}\(.{0,200}\)$|[\w.[\]'"]{1,60} ?[-+*/]?= \S)/;

/** Q313: a Python prompt, where nothing around is cited and every such line is code. */
const prompt: Guard = ({ prefix, content, depth, previous, next }, seen) => {
  if (
    depth < 3 ||
    depth > 4 ||
    !prefix.endsWith(">>> ") ||
    seen.depths.has(depth - 1) ||
    seen.depths.has(depth - 2)
  )
    return 0;
  const code = (line: CiteLine | undefined): boolean =>
    line === undefined || line.depth <= depth - 3 || PYTHON.test(line.content.slice(0, 300));
  return PYTHON.test(content.slice(0, 300)) && code(previous) && code(next) && !endsLikeAttribution(previous)
    ? 3
    : 0;
};

const endsLikeAttribution = (line: CiteLine | undefined): boolean =>
  line !== undefined && /(?:wrote|writes|said)\s?[:：]\s*$/.test(line.content.slice(-16));

/** Q314: a comparison or a shift that was wrapped before its operator. */
const operator: Guard = ({ prefix, content, depth, previous, next }) => {
  if (!prefix.endsWith(">") || !/^=[ \d(\w]/.test(content)) return 0;
  const marks = prefix.endsWith(">>") ? 2 : 1;
  const outer = depth - marks;
  if (outer < 0 || previous?.depth !== outer || (next?.depth ?? 0) > outer) return 0;
  return isEmptyLine(previous) || endsLikeAttribution(previous) ? 0 : marks;
};

/** Q315: the `>` of a link or an address that was broken before it. */
const brokenBracket: Guard = ({ prefix, content, depth, previous }) => {
  if (previous === undefined || previous.depth !== depth - 1) return 0;
  if (!/^(?:[.,;:)]|$|(?:wrote|writes):)/.test(content) || !/>\s?$/.test(prefix)) return 0;
  const open = previous.content.slice(-400);
  const bracket = open.lastIndexOf("<");
  if (bracket < 0) return 0;
  const inside = open.slice(bracket + 1);
  return /^(?:https?:\/\/[^\s>]{1,390}|[^\s<>@]{1,100}@[^\s<>]{0,200})$/.test(inside) ? 1 : 0;
};

/** Q316: `From ` at the start of a line, escaped by an mboxo writer and never undone. */
const escapedFrom: Guard = ({ prefix, content, depth, previous, next }) => {
  if (!prefix.endsWith(">") || !content.startsWith("From ")) return 0;
  const prose = (line: CiteLine | undefined): boolean =>
    line !== undefined && line.depth === depth - 1 && !isEmptyLine(line);
  return (prose(previous) && !endsLikeAttribution(previous)) || prose(next) ? 1 : 0;
};

/** Q317: scissors. */
const scissors: Guard = ({ prefix, content }) =>
  prefix.endsWith(">") && /^[8%]<?(?: ?-){2,}/.test(content.slice(0, 40)) ? 1 : 0;

const GUARDS: readonly Guard[] = [
  robotNews,
  markedRow,
  badRow,
  conflictEnd,
  linkerNote,
  superciteHead,
  prompt,
  operator,
  brokenBracket,
  escapedFrom,
  scissors,
];

/** How broken brackets go on, and rows of numbers begin. */
const SUSPECT_START = /^[.,;:)w\d]/;

/** What no guard minds: a mark apart from others, a blank, and text that begins like text. Most lines are told by this. */
function isPlain(prefix: string, content: string): boolean {
  const end = prefix.length;
  const isApart = prefix.charCodeAt(end - 1) === SPACE && prefix.charCodeAt(end - 3) !== GT;
  return isApart && prefix.charCodeAt(end - 2) === GT && content !== "" && !SUSPECT_START.test(content);
}

/** Q310-Q317: lines that begin with `>` and are not cited. They see the lines around as these look. */
function guard({ body, written }: WordedLines, cites: CiteLine[], inParent: CiteHints["inParent"]): void {
  const depths = new Set<number>();
  for (const { depth } of cites) depths.add(depth);
  const seen: Seen = { robots: new Set(), conflicts: new Set(), linkers: new Set(), depths };
  const hasHeads = body.includes(ROBOT_HEAD) || body.includes(CONFLICT_HEAD);
  for (let at = 0; at < cites.length; at++) {
    const cite = cites[at];
    if (cite === undefined) continue;
    const { depth, prefix, content } = cite;
    if (hasHeads && content.includes(ROBOT_HEAD)) seen.robots.add(depth);
    if (hasHeads && content.startsWith(CONFLICT_HEAD)) seen.conflicts.add(depth);
    if (depth === 0 || isPlain(prefix, content)) continue;
    // An empty one is the end of a broken bracket or of a conflict, if anything.
    if (content === "" && !hasHeads && cites[at - 1]?.depth !== depth - 1) continue;
    const line = written[at] ?? "";
    const suspect: Suspect = { depth, prefix, content, previous: cites[at - 1], next: cites[at + 1] };
    const marks = firstVerdict(suspect, seen);
    // What the parent has is cited, if once less deeply: what is no mark there is none here.
    if (marks > 0 && (marks < depth || inParent?.(line.slice(1)) !== true))
      cites[at] = withoutMarks(cite, marks);
  }
}

function firstVerdict(suspect: Suspect, seen: Seen): number {
  for (const verdict of GUARDS) {
    const marks = verdict(suspect, seen);
    if (marks > 0) return marks;
  }
  return 0;
}

/** The last `marks` marks belong to the text. An mboxo escape stays in the prefix, so that it is not shown. */
function withoutMarks(cite: CiteLine, marks: number): CiteLine {
  if (cite.content.startsWith("From ")) return { ...cite, depth: cite.depth - marks };
  const line = cite.prefix + cite.content;
  let at = 0;
  for (let mark = cite.depth - marks; mark > 0; mark--) {
    at = line.indexOf(">", at) + 1;
    if (isBlank(line.charCodeAt(at))) at++;
  }
  return { depth: cite.depth - marks, prefix: line.slice(0, at), content: line.slice(at) };
}
