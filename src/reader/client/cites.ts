/** Cited text: one bar a level in the colour of who said it, and the way back to where it was said. */
import type { BlockView } from "../protocol.ts";
import { markLines } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { DIFF_CLASS } from "./fileCards.ts";
import type { Part } from "./folds.ts";
import { appendLines, appendTail, tailOf } from "./lines.ts";
import { firstNameOf, nameOf } from "./people.ts";

/** Deeper than this, one bar with a number stands for the marks (F814). */
const DEEPEST_BARS = 6;

/** Who said what at each depth, as far as the blocks above tell; people stay between blocks (A406). */
export class Voices {
  readonly #byDepth = new Map<number, string>();

  hear(block: BlockView): void {
    if (block.depth > 0 && block.author !== undefined) this.#byDepth.set(block.depth, block.author);
  }

  at(depth: number): string | undefined {
    return this.#byDepth.get(depth);
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

/** Cited lines behind one bar a level, each in the colour of who said it. */
export function citeElement(drawing: Drawing, part: Part, voices: Voices): HTMLElement {
  const { document, people } = drawing;
  const { block } = part;
  const colourAt = (depth: number): string => {
    const author = depth === block.depth ? (block.author ?? voices.at(depth)) : voices.at(depth);
    return author === undefined ? "p0" : `p${people.colour(author)}`;
  };
  const end = tailOf(part);
  const inner = element(document, "div", {
    class: `said ${block.kind}${block.source?.state === "edited" ? " edited" : ""}`,
  });
  if (block.kind === "diff") {
    const marks = markLines(block.lines);
    appendLines(
      drawing,
      inner,
      { block, from: part.from, to: end },
      (index) => DIFF_CLASS[marks[index]?.mark ?? "prose"],
    );
  } else appendLines(drawing, inner, { block, from: part.from, to: end });
  let bars: HTMLElement = inner;
  if (!drawing.marks && block.depth > DEEPEST_BARS) {
    bars = element(
      document,
      "div",
      { class: `bar compact ${colourAt(block.depth)}`, "data-depth": block.depth },
      inner,
    );
  } else if (!drawing.marks) {
    for (let depth = block.depth; depth >= 1; depth -= 1) {
      bars = element(document, "div", { class: `bar ${colourAt(depth)}` }, bars);
    }
  }
  const who = block.author
    ? `${nameOf(block.author)}${block.inferred ? " (inferred)" : ""}`
    : "author unknown";
  const state = STATE_WORDS[block.source?.state ?? ""];
  const words = `${who}, depth ${block.depth}${state ? `, ${state}` : ""}`;
  const cite = element(document, "blockquote", {
    class: "cite",
    "aria-label": `Cited: ${words}`,
    title: words,
  });
  const origin = originButton(drawing, block);
  cite.append(bars);
  if (origin) cite.append(origin);
  appendTail(drawing, cite, part);
  return cite;
}
