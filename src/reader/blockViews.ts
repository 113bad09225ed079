/** Blocks as the pane is shown them: each line apart from its prefix, with its links and flowed joins. */

import { type CiteLine, isEmptyLine } from "../mail/cite.ts";
import { readMarks } from "../mail/marks.ts";
import type { Message } from "../mail/message.ts";
import type { ReadBlock, Reading } from "../threads/reading.ts";
import type { LinksByLine } from "./bodyLinks.ts";
import type { BlockView, Span } from "./protocol.ts";

/** How much of a line is its prefix at a depth: that many marks and the blank after them, never more. */
function prefixLength(line: string, depth: number): number {
  const marks = readMarks(line);
  if (marks.depth <= depth) return marks.length;
  let at = 0;
  for (let seen = 0; seen < depth; seen += 1) {
    at = line.indexOf(">", at) + 1;
    if (line[at] === " " || line[at] === "\t") at += 1;
  }
  return at;
}

/** A line apart from the prefix that it has where it is shown `depth` deep. */
function shownAt(cite: CiteLine | undefined, depth: number): Pick<CiteLine, "prefix" | "content"> {
  if (cite === undefined) return { prefix: "", content: "" };
  if (cite.depth === depth && (depth > 0 || cite.prefix === "")) return cite;
  const line = cite.prefix + cite.content;
  // Marks of a line that says nothing are no text, whatever stands above it (Q304).
  if (cite.prefix !== "" && isEmptyLine(cite)) return { prefix: line, content: "" };
  const length = depth === 0 ? 0 : prefixLength(line, depth);
  return { prefix: line.slice(0, length), content: line.slice(length) };
}

/** Spans of a line moved to where they stand once the prefix is off; those inside the prefix are dropped. */
function withoutPrefix(spans: readonly Span[], length: number): Span[] {
  const moved: Span[] = [];
  for (const span of spans)
    if (span.start >= length) moved.push({ ...span, start: span.start - length, end: span.end - length });
  return moved;
}

/** A412: attributions whose text was cut off; below one inside its own text stands the same depth (A410). */
function findOrphans(blocks: readonly ReadBlock[]): Set<ReadBlock> {
  const orphans = new Set<ReadBlock>();
  let below = -1;
  for (const block of blocks.toReversed()) {
    if (block.kind !== "attribution") below = block.depth;
    else if (below < block.depth) orphans.add(block);
  }
  return orphans;
}

/** The views of blocks that cover the lines of the message's body. Joined over the lines they give the body again. */
export function viewBlocks(
  message: Message,
  { blocks, lines }: Pick<Reading, "blocks" | "lines">,
  links: LinksByLine,
): BlockView[] {
  const flowed = new Set(message.flowedLines);
  const orphans = findOrphans(blocks);
  return blocks.map((block): BlockView => {
    const view: BlockView = {
      kind: block.kind,
      depth: block.depth,
      firstLine: block.firstLine,
      lastLine: block.lastLine,
      folded: block.folded,
      lines: new Array<string>(block.lastLine - block.firstLine + 1),
      marks: new Array<string>(block.lastLine - block.firstLine + 1),
    };
    const linked: { line: number; spans: Span[] }[] = [];
    const joins: number[] = [];
    for (let number = block.firstLine; number <= block.lastLine; number += 1) {
      const { prefix, content } = shownAt(lines[number - 1], block.depth);
      view.marks[number - block.firstLine] = prefix;
      view.lines[number - block.firstLine] = content;
      const inLine = links.get(number);
      if (inLine !== undefined) {
        const spans = withoutPrefix(inLine, prefix.length);
        if (spans.length > 0) linked.push({ line: number - block.firstLine, spans });
      }
      if (flowed.has(number) && number < block.lastLine) joins.push(number - block.firstLine);
    }
    if (block.author !== undefined) view.author = block.author;
    if (block.inferred) view.inferred = true;
    if (orphans.has(block)) view.orphan = true;
    if (block.named !== undefined) view.named = block.named;
    if (block.source) view.source = block.source;
    if (block.wrapped) {
      view.wrapped = block.wrapped.map(({ line, proven }) => ({ line: line - block.firstLine, proven }));
    }
    if (block.edits) {
      view.edits = block.edits.map(({ line, said, edits }) => ({
        line: line - block.firstLine,
        said,
        spans: edits,
      }));
    }
    if (linked.length > 0) view.links = linked;
    if (joins.length > 0) view.joins = joins;
    if (joins.length > 0 && message.delSp) view.joinsTight = true;
    return view;
  });
}
