/** The outline beside the messages: drawn when what is read first has been painted. */
import type { OutlineEntry } from "../protocol.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { markCurrent, redrawMarks, renderOutline } from "./outline.ts";

/** How long the outline waits for the first message, in milliseconds. */
const WAITS_MS = 300;

export class OutlineNav {
  readonly nav: HTMLElement;
  readonly #drawing: Drawing;
  readonly #draw: () => void;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** `draw` calls `draw` of this with what there is to draw. */
  constructor(drawing: Drawing, draw: () => void) {
    this.nav = element(drawing.document, "nav", { id: "outline", "aria-label": "Thread outline" });
    this.#drawing = drawing;
    this.#draw = draw;
  }

  /** Empties it for another thread; it is drawn after `willPaint`, or after a while without that. */
  wait(): void {
    this.nav.replaceChildren();
    this.#drawIn(WAITS_MS);
  }

  /** What is read first is about to be painted: the frame after that is the outline's. */
  willPaint(): void {
    if (this.#waiting === undefined) return;
    requestAnimationFrame(() => requestAnimationFrame(() => this.#drawIn(0)));
  }

  #drawIn(ms: number): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(this.#draw, ms);
  }

  /** Draws the rows; `chosen` are messages marked for a trailer, `current` is the one in view. */
  draw(outline: readonly OutlineEntry[], chosen: ReadonlySet<string>, current: string): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.nav.replaceChildren(renderOutline(this.#drawing, outline, chosen));
    this.markCurrent(current);
  }

  markCurrent(messageId: string): void {
    const tree = this.nav.querySelector(".outline");
    if (tree) markCurrent(tree, messageId);
  }

  /** Draws the marks of the rows that are there as they are now. */
  drawMarks(outline: readonly OutlineEntry[], chosen: ReadonlySet<string>): void {
    redrawMarks(this.#drawing.document, this.nav, outline, chosen);
  }
}
