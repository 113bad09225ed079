/** Lines of a diff as nodes: the sign apart from the code, runs of added and removed lines, blanks that do harm. */
import type { BlockView, Span } from "../protocol.ts";
import { blankFaults, type DiffLine } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { appendLinked, CHUNK, chunkElement, linksOf, noteWrap } from "./lines.ts";

/** The class of a line by what it is in the diff. */
const CLASS: Record<DiffLine["mark"], string> = {
  fileHead: "line fileHead",
  meta: "line meta",
  hunk: "line hunk",
  add: "line add",
  del: "line del",
  context: "line context",
  note: "line note",
  prose: "line context",
};

/** How the lines of one diff are drawn. */
export interface CodeStyle {
  /** What each line of the block is, by its index in the block. */
  marks: readonly DiffLine[];
  /** The file the first line belongs to; "" when that is not known. */
  path: string;
  /** Digits of the line numbers in the margin; without it there are none. */
  digits?: number;
  /** The heading level of hunks; without it they are no headings. */
  level?: number;
}

/** What a hunk is called aloud: "Hunk at line 141, static int walk_step()". */
function hunkName(line: string): string {
  const numbers = /^@@ -(\d{1,9})/.exec(line.slice(0, 40));
  const rest = line.indexOf("@@", 2);
  const section = rest < 0 ? "" : line.slice(rest + 2).trim();
  return ["Hunk", numbers ? ` at line ${numbers[1]}` : "", section ? `, ${section}` : ""].join("");
}

/** Spans moved into a piece of the line that starts and ends at these columns; those that leave it are dropped. */
const spansWithin = (spans: readonly Span[], start: number, end: number): Span[] =>
  spans
    .filter((span) => span.start >= start && span.end <= end)
    .map((span) => ({ ...span, start: span.start - start, end: span.end - start }));

/** Code of a line behind its sign, with blanks that do harm made visible. */
function appendFaulty(
  drawing: Drawing,
  line: HTMLElement,
  text: string,
  spans: readonly Span[],
  path: string,
): void {
  let at = 1;
  for (const { start, end, what } of blankFaults(text, path)) {
    appendLinked(drawing, line, text.slice(at, start), spansWithin(spans, at, start));
    line.append(element(drawing.document, "span", { class: "blanks", title: what }, text.slice(start, end)));
    at = end;
  }
  appendLinked(drawing, line, text.slice(at), spansWithin(spans, at, text.length));
}

function codeLine(
  drawing: Drawing,
  block: BlockView,
  index: number,
  style: CodeStyle,
  spans: readonly Span[],
): HTMLElement {
  const { document } = drawing;
  const marked = style.marks[index];
  const mark = marked?.mark ?? "prose";
  const text = block.lines[index] ?? "";
  const isHeading = mark === "hunk" && style.level !== undefined;
  const line = element(document, "div", {
    class: CLASS[mark],
    "data-line": block.firstLine + index,
    role: isHeading ? "heading" : undefined,
    "aria-level": isHeading ? style.level : undefined,
    "aria-label": isHeading ? hunkName(text) : undefined,
  });
  noteWrap(line, block, index);
  if (style.digits !== undefined && (marked?.old !== undefined || marked?.new !== undefined)) {
    // In an attribute, so that neither copy, find nor a voice meets the numbers.
    const side = (value: number | undefined) => String(value ?? "").padStart(style.digits ?? 0);
    line.setAttribute("data-numbers", `${side(marked.old)} ${side(marked.new)}`);
  }
  const cited = block.marks[index] ?? "";
  if (drawing.marks && cited) line.append(element(document, "span", { class: "mark" }, cited));
  const isCode = mark === "add" || mark === "del" || (mark === "context" && text.startsWith(" "));
  if (!isCode) {
    appendLinked(drawing, line, text, spans);
    return line;
  }
  line.append(element(document, "span", { class: "sign", "aria-hidden": "true" }, text.slice(0, 1)));
  if (mark === "add") appendFaulty(drawing, line, text, spans, style.path);
  else appendLinked(drawing, line, text.slice(1), spansWithin(spans, 1, text.length));
  return line;
}

/**
 * Appends the lines of a part that is a diff. A run of added or removed lines is one insertion or deletion, so that a
 * voice says the sign once a run; long diffs come in chunks that the browser may skip while they are off screen.
 */
export function appendCode(drawing: Drawing, parent: HTMLElement, part: Part, style: CodeStyle): void {
  const { document } = drawing;
  const { block, from, to } = part;
  const links = linksOf(block);
  let target = parent;
  let run: { mark: DiffLine["mark"]; box: HTMLElement } | undefined;
  for (let index = from; index < to; index += 1) {
    if (to - from > CHUNK && (index - from) % CHUNK === 0) {
      target = chunkElement(document, to - index);
      parent.append(target);
      run = undefined;
    }
    const line = codeLine(drawing, block, index, style, links.get(index) ?? []);
    const mark = style.marks[index]?.mark ?? "prose";
    if (mark !== "add" && mark !== "del") {
      target.append(line);
      run = undefined;
      continue;
    }
    if (run?.mark !== mark) {
      run = { mark, box: element(document, mark === "add" ? "ins" : "del", { class: "signed" }) };
      target.append(run.box);
    }
    run.box.append(line);
  }
}
