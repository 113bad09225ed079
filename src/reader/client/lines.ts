/** Lines of a body as nodes: their numbers, their links, and characters that hide made visible. */
import type { BlockView, Span } from "../protocol.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { joint, proseJoins } from "./paragraphs.ts";

/** A part with more lines than this is cut into chunks that the browser may skip while they are off screen. */
export const CHUNK = 200;

/**
 * Characters that change what is seen without being seen: controls (tab aside), bidirectional overrides and
 * isolates, zero-width spaces. Joiners and plain direction marks are left: scripts and emoji need them.
 */
const HIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff]/g;

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** Appends text; what hides is wrapped so that the styles can name it and it moves nothing around it. */
export function appendText(document: Document, parent: Element, text: string): void {
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) parent.append(text.slice(from, match.index));
    const code = codeOf(match[0]);
    parent.append(element(document, "span", { class: "control", "data-code": code, title: code }, match[0]));
    from = match.index + match[0].length;
  }
  if (from < text.length) parent.append(from === 0 ? text : text.slice(from));
}

/** Appends a line's text with its links as buttons-in-text: each has kind and target, nothing has an address. */
export function appendLinked(
  drawing: Drawing,
  parent: Element,
  text: string,
  spans: readonly Span[] = [],
): void {
  const { document } = drawing;
  let from = 0;
  for (const span of spans) {
    if (span.start < from || span.end > text.length || span.end <= span.start) continue;
    const isHeld = span.inArchive || (span.kind === "messageId" && drawing.isHere(span.target));
    appendText(document, parent, text.slice(from, span.start));
    const link = element(document, "a", {
      class: isHeld ? "link here" : "link",
      role: "link",
      tabindex: 0,
      "data-act": "follow",
      "data-kind": span.kind,
      "data-target": span.target,
      "data-url": span.url,
      title: isHeld ? `${span.target} (in the archive)` : (span.url ?? span.target),
    });
    appendText(document, link, text.slice(span.start, span.end));
    parent.append(link);
    from = span.end;
  }
  appendText(document, parent, text.slice(from));
}

/** Says of a line that a mailer wrapped it (P502, P504). */
export function noteWrap(line: HTMLElement, { wrapped }: BlockView, index: number): void {
  const found = wrapped?.find((each) => each.line === index);
  if (!found) return;
  line.setAttribute("data-wrapped", found.proven ? "rejoined" : "possibly wrapped");
  line.setAttribute(
    "title",
    found.proven
      ? "A mailer wrapped the line above; this end of it had lost its marks."
      : "It may be the end of the line above; the message that would tell is not in the archive.",
  );
}

/** An empty chunk for `lines` lines; how high it will be is known before it is drawn. */
export function chunkElement(document: Document, lines: number): HTMLElement {
  const chunk = element(document, "div", { class: "chunk" });
  expectLines(chunk, Math.min(CHUNK, lines));
  return chunk;
}

/** Tells the styles how many lines something has, so that what is off screen takes about the room it will have. */
export function expectLines(box: HTMLElement, lines: number): void {
  box.style.setProperty("--lines", String(lines));
}

/** One line; `index` counts from 0 in the block. The number in the body stands in `data-line`. */
export function lineElement(
  drawing: Drawing,
  block: BlockView,
  index: number,
  name: string,
  spans: readonly Span[] = [],
): HTMLElement {
  const { document } = drawing;
  const text = block.lines[index] ?? "";
  const line = element(document, "div", { class: name, "data-line": block.firstLine + index });
  noteWrap(line, block, index);
  const mark = block.marks[index] ?? "";
  if (drawing.marks && mark) line.append(element(document, "span", { class: "mark" }, mark));
  const edit = block.edits?.find((each) => each.line === index);
  if (edit) appendEdited(drawing, line, text, edit);
  else appendLinked(drawing, line, text, spans);
  return line;
}

/** A cited line with the words that its author did not write (V706); its links are where it was said. */
function appendEdited(
  { document }: Drawing,
  line: Element,
  text: string,
  { said, spans }: NonNullable<BlockView["edits"]>[number],
): void {
  let from = 0;
  for (const { start, end } of spans) {
    if (start < from || end > text.length) continue;
    appendText(document, line, text.slice(from, start));
    const word = element(document, "mark", { class: "editedWord", title: `It said: ${said}` });
    appendText(document, word, text.slice(start, end));
    line.append(word);
    from = end;
  }
  appendText(document, line, text.slice(from));
}

/** Where a part ends but for lines that are blank and bear no mark: they belong to the space below, not to the block. */
export function tailOf({ block, from, to }: Part): number {
  let end = to;
  while (end > from && !block.lines[end - 1]?.trim() && !block.marks[end - 1]) end -= 1;
  return end === from ? to : end;
}

/** The links of a block by the index of their line. */
export function linksOf(block: BlockView): Map<number, Span[]> {
  return new Map(block.links?.map(({ line, spans }) => [line, spans]));
}

/** The lines that go on in the next one: as the mail says (D242), else prose, softly: where the page is narrow. */
function joinsOf(
  { marks }: Drawing,
  { block, from, to }: Part,
): { joins: ReadonlySet<number>; isSoft: boolean } {
  const joins = new Set(marks ? [] : block.joins);
  const isProse = block.kind === "text" || block.kind === "cited";
  if (marks || joins.size > 0 || !isProse) return { joins, isSoft: false };
  for (const at of proseJoins(block.lines.slice(from, to))) joins.add(from + at);
  return { joins, isSoft: true };
}

/** The lines of a part, paragraphs joined, long runs in chunks. */
export function appendLines(drawing: Drawing, parent: HTMLElement, part: Part): void {
  const { document } = drawing;
  const { block, from, to } = part;
  const { joins, isSoft } = joinsOf(drawing, part);
  const links = linksOf(block);
  let target = parent;
  let paragraph: HTMLElement | undefined;
  for (let index = from; index < to; index += 1) {
    if (to - from > CHUNK && (index - from) % CHUNK === 0) {
      target = chunkElement(document, to - index);
      parent.append(target);
    }
    if (joins.size === 0) {
      target.append(lineElement(drawing, block, index, "line", links.get(index)));
      continue;
    }
    const goesOn = joins.has(index) && index + 1 < to;
    const line = lineElement(
      drawing,
      block,
      index,
      paragraph || goesOn ? "joined" : "line",
      links.get(index),
    );
    if (paragraph) paragraph.append(line);
    else if (goesOn) {
      paragraph = element(
        document,
        "div",
        { class: isSoft ? "line paragraph soft" : "line paragraph" },
        line,
      );
      target.append(paragraph);
    } else target.append(line);
    if (goesOn && isSoft) {
      const between = joint(block.lines[index] ?? "");
      paragraph?.append(element(document, "span", { class: "join" }, between));
    } else if (goesOn && !block.joinsTight) paragraph?.append(" ");
    if (!goesOn) paragraph = undefined;
  }
}

export function appendTail(drawing: Drawing, parent: HTMLElement, part: Part): void {
  for (let index = tailOf(part); index < part.to; index += 1) {
    parent.append(lineElement(drawing, part.block, index, "line gap"));
  }
}
