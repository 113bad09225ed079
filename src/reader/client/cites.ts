/** Cited text: one bar a level in the colour of who said it, and the way back to where it was said. */
import type { BlockView, CiteSource } from "../protocol.ts";
import { appendCode } from "./codeLines.ts";
import { diffOf } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { appendLines, appendTail, lineElement, tailOf } from "./lines.ts";
import { firstNameOf, nameOf } from "./people.ts";

/** Deeper than this, one bar with a number stands for the marks (F814). */
const DEEPEST_BARS = 6;

/** Who said what at each depth, as far as the blocks above tell; people stay between blocks (A406). */
export class Voices {
  readonly #byDepth = new Map<number, string>();
  readonly #disputes = new Set<string>();

  hear(block: BlockView): void {
    if (block.depth > 0 && block.author !== undefined) this.#byDepth.set(block.depth, block.author);
  }

  at(depth: number): string | undefined {
    return this.#byDepth.get(depth);
  }

  /** The sentence about an attribution that the source disproves (A408), for the first block it is about. */
  disputeOf({ depth, author, named }: BlockView): string | undefined {
    if (author === undefined || named === undefined) return undefined;
    const dispute = `Said by ${nameOf(author)}; the attribution names ${nameOf(named)}.`;
    const key = `${depth} ${dispute}`;
    if (this.#disputes.has(key)) return undefined;
    this.#disputes.add(key);
    return dispute;
  }
}

/** The people of a body before its first line is drawn: the first one named at each depth. */
export function voicesOf(blocks: readonly BlockView[]): Voices {
  const voices = new Voices();
  for (const block of [...blocks].reverse()) voices.hear(block);
  return voices;
}

const STATE_WORDS: Record<string, string> = {
  rewrapped: "rewrapped",
  edited: "differs from what was written",
  foreign: "not in the message it answers",
};

/** "in 2/4 line 18", "16 Nov line 18": what the tooltip of cited text says beside its author. */
function originWords(drawing: Drawing, { messageId, firstLine, state }: CiteSource): string {
  if (state === "unknown" || state === "foreign") return "";
  const name = drawing.title(messageId);
  const message = name ? `in ${name}` : drawing.day(messageId);
  return `${message} line ${firstLine}`.trimStart();
}

function originButton(drawing: Drawing, block: BlockView): HTMLElement | undefined {
  const { source } = block;
  if (!source || source.state === "unknown" || source.state === "foreign") return undefined;
  const who = block.author ? firstNameOf(block.author) : "origin";
  const title = drawing.title(source.messageId);
  const where = `${who}${title ? `, ${title}` : ""} line ${source.firstLine}`;
  return element(
    drawing.document,
    "button",
    {
      type: "button",
      class: "origin",
      "data-act": "origin",
      "data-message": source.messageId,
      "data-from": source.firstLine,
      "data-to": source.lastLine,
      "aria-label": `Go to where this was said: ${where}`,
    },
    `↑ ${where}`,
  );
}

/** How many marks a line bears. */
const depthOf = (mark: string): number => mark.split(">").length - 1;

/** Where the lines of a cited part end but for blank ones that bear fewer marks: those stand behind fewer bars. */
function deepEnd({ block, from }: Part, end: number): number {
  let deep = end;
  while (
    deep > from + 1 &&
    !block.lines[deep - 1]?.trim() &&
    depthOf(block.marks[deep - 1] ?? "") < block.depth
  )
    deep -= 1;
  return deep;
}

/** Bars around an element, each in the colour of who said it; above a depth one bar with its number (F814). */
function behindBars(
  drawing: Drawing,
  inner: HTMLElement,
  depth: number,
  colourAt: (depth: number) => string,
): HTMLElement {
  const { document } = drawing;
  if (drawing.marks) return inner;
  if (depth > DEEPEST_BARS) {
    return element(document, "div", { class: `bar compact ${colourAt(depth)}`, "data-depth": depth }, inner);
  }
  let bars = inner;
  for (let level = depth; level >= 1; level -= 1) {
    bars = element(document, "div", { class: `bar ${colourAt(level)}` }, bars);
  }
  return bars;
}

/** Cited lines of one block. */
export function citeElement(drawing: Drawing, part: Part, voices: Voices): HTMLElement {
  const { document, people } = drawing;
  const { block } = part;
  const colourAt = (depth: number): string => {
    const author = depth === block.depth ? (block.author ?? voices.at(depth)) : voices.at(depth);
    return author === undefined ? "p0" : `p${people.colour(author)}`;
  };
  const end = tailOf(part);
  const deep = deepEnd(part, end);
  const isEdited = block.source?.state === "edited";
  const inner = element(document, "div", {
    class: `said ${block.kind}${isEdited ? " edited" : ""}${block.orphan ? " orphan" : ""}`,
  });
  const shown = { block, from: part.from, to: deep };
  if (block.kind === "diff") {
    const path = drawing.pathOf(block);
    inner.setAttribute("data-path", path);
    appendCode(drawing, inner, shown, { marks: diffOf(block.lines).marks, path });
  } else appendLines(drawing, inner, shown);
  const who = block.author
    ? `${nameOf(block.author)}${block.inferred ? " (inferred)" : ""}`
    : "author unknown";
  const state = STATE_WORDS[block.source?.state ?? ""];
  const from = block.source ? originWords(drawing, block.source) : "";
  const words = [who, `depth ${block.depth}`, state, block.orphan ? "its text was left out" : "", from]
    .filter(Boolean)
    .join(", ");
  const spoken = { brief: [who], normal: [who, `depth ${block.depth}`, state], full: [words] };
  const cite = element(document, "blockquote", {
    class: "cite",
    "aria-label": `Cited: ${spoken[drawing.spoken].filter(Boolean).join(", ")}`,
    title: words,
    "data-vscode-context": JSON.stringify({ webviewSection: "cited" }),
  });
  const dispute = voices.disputeOf(block);
  if (dispute) cite.append(element(document, "p", { class: "dispute" }, dispute));
  cite.append(behindBars(drawing, inner, block.depth, colourAt));
  for (let index = deep; index < end; index += 1) {
    const line = lineElement(drawing, block, index, "line");
    cite.append(behindBars(drawing, line, depthOf(block.marks[index] ?? ""), colourAt));
  }
  const origin = originButton(drawing, block);
  if (origin) cite.append(origin);
  appendTail(drawing, cite, part);
  return cite;
}
