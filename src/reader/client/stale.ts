/** Messages that wait to be drawn anew, while the page has nothing else to do. */

/** How long the page works at a time on what can wait, in milliseconds. */
const SLICE_MS = 12;

export class Stale {
  readonly #waiting = new Set<string>();
  readonly #redraw: (messageId: string) => void;
  #next: ReturnType<typeof setTimeout> | undefined;

  /** @param redraw draws a message anew, and takes it out of those that wait */
  constructor(redraw: (messageId: string) => void) {
    this.#redraw = redraw;
  }

  has(messageId: string): boolean {
    return this.#waiting.has(messageId);
  }

  /** It is drawn anew now. */
  delete(messageId: string): void {
    this.#waiting.delete(messageId);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** These wait too. */
  add(messageIds: Iterable<string>): void {
    for (const messageId of messageIds) this.#waiting.add(messageId);
    this.#freshen();
  }

  #freshen(): void {
    clearTimeout(this.#next);
    if (this.#waiting.size === 0) return;
    this.#next = setTimeout(() => {
      const endMs = performance.now() + SLICE_MS;
      for (const messageId of this.#waiting) {
        this.#redraw(messageId);
        if (performance.now() > endMs) break;
      }
      this.#freshen();
    });
  }
}
