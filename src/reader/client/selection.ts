/** What a selection in the page stands for: lines of one message's body, and the text as the mail has it. */
import type { BlockView, MessageView } from "../protocol.ts";
import { fullDate } from "./dates.ts";

const lineNumber = (line: Element): number => Number(line.getAttribute("data-line"));

function articleOf(node: Node | null): Element | null {
  const start = node?.nodeType === 1 ? (node as Element) : (node?.parentElement ?? null);
  return start?.closest("article[data-message]") ?? null;
}

/** True when some of the line is selected; an empty line counts when the selection goes past it. */
function holds(range: Range, line: Element): boolean {
  if (!range.intersectsNode(line)) return false;
  const whole = line.ownerDocument.createRange();
  whole.selectNodeContents(line);
  if (whole.toString() === "") return true;
  const endsBefore = range.compareBoundaryPoints(Range.END_TO_START, whole) >= 0;
  const startsAfter = range.compareBoundaryPoints(Range.START_TO_END, whole) <= 0;
  return !endsBefore && !startsAfter;
}

/** Lines of an article that a range touches, in order. */
function linesOf(article: Element, range: Range): Element[] {
  return [...article.querySelectorAll("[data-line]")].filter((line) => holds(range, line));
}

/** Sorted numbers as ranges, both ends included. */
export function toRanges(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else ranges.push([number, number]);
  }
  return ranges;
}

function rangeOf(selection: Selection | null): Range | undefined {
  return selection && !selection.isCollapsed && selection.rangeCount > 0
    ? selection.getRangeAt(0)
    : undefined;
}

/** The lines of a body that are selected and seen, when the selection lies inside one message. */
export function selectedLines(
  selection: Selection | null,
): { messageId: string; lines: [number, number][] } | undefined {
  const range = rangeOf(selection);
  if (!range) return undefined;
  const article = articleOf(range.startContainer);
  if (!article || article !== articleOf(range.endContainer)) return undefined;
  const seen = linesOf(article, range).filter((line) => line.closest("[hidden]") === null);
  const messageId = article.getAttribute("data-message") ?? "";
  return seen.length > 0 ? { messageId, lines: toRanges(seen.map(lineNumber)) } : undefined;
}

/** The line of a body that the caret or the focus is in: where the person has clicked or gone by key. */
export function lineAt(
  selection: Selection | null,
  active: Element | null,
): { messageId: string; lines: [number, number][] } | undefined {
  const caret = selection?.anchorNode ?? null;
  const start = caret?.nodeType === 1 ? (caret as Element) : (caret?.parentElement ?? null);
  const line = [start, active].map((node) => node?.closest("[data-line]")).find((found) => found);
  const messageId = line?.closest("article[data-message]")?.getAttribute("data-message");
  if (!line || !messageId) return undefined;
  const number = lineNumber(line);
  return { messageId, lines: [[number, number]] };
}

/** A line of the body as the mail has it, marks and all. */
function bodyLines(view: MessageView): Map<number, { mark: string; text: string }> {
  const lines = new Map<number, { mark: string; text: string }>();
  view.blocks.forEach((block: BlockView) => {
    block.lines.forEach((text, index) => {
      lines.set(block.firstLine + index, { mark: block.marks[index] ?? "", text });
    });
  });
  return lines;
}

/** How many letters of a line's own text lie before a place in it; marks that are shown do not count. */
function offsetIn(line: Element, container: Node, offset: number): number {
  const before = line.ownerDocument.createRange();
  before.selectNodeContents(line);
  before.setEnd(container, offset);
  const shown = line.querySelector(".mark")?.textContent?.length ?? 0;
  return Math.max(0, before.toString().length - shown);
}

function copiedFrom(article: Element, range: Range, view: MessageView): string {
  const lines = linesOf(article, range);
  const body = bodyLines(view);
  const first = lines[0];
  const last = lines.at(-1);
  const copied = lines.map((line) => {
    const { mark, text } = body.get(lineNumber(line)) ?? { mark: "", text: line.textContent ?? "" };
    const end =
      line === last && line.contains(range.endContainer)
        ? offsetIn(line, range.endContainer, range.endOffset)
        : text.length;
    const start =
      line === first && line.contains(range.startContainer)
        ? offsetIn(line, range.startContainer, range.startOffset)
        : 0;
    return start > 0 ? text.slice(start, end) : mark + text.slice(0, end);
  });
  const title = article.querySelector("h2");
  if (title && range.intersectsNode(title)) {
    const date = view.dateMs === undefined ? "" : `, ${fullDate(view.dateMs, view.zoneMinutes)}`;
    copied.unshift(`${view.from?.name || view.from?.address || ""}${date}`, "");
  }
  return copied.join("\n");
}

/**
 * The text to copy: lines as the mails have them, with their real marks, folded ones between included (F810).
 * Undefined when the selection stays inside one line or touches no body: then the browser's own copy is right.
 */
export function copiedText(
  selection: Selection | null,
  root: ParentNode,
  viewOf: (messageId: string) => MessageView | undefined,
): string | undefined {
  const range = rangeOf(selection);
  if (!range) return undefined;
  const articles = [...root.querySelectorAll("article[data-message]")].filter((article) =>
    range.intersectsNode(article),
  );
  const texts: string[] = [];
  let lines = 0;
  for (const article of articles) {
    const view = viewOf(article.getAttribute("data-message") ?? "");
    if (!view) continue;
    lines += linesOf(article, range).length;
    texts.push(copiedFrom(article, range, view));
  }
  return lines > 1 ? texts.join("\n\n") : undefined;
}
