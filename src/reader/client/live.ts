/** The live region: one sentence at a time, shown for a while and spoken by screen readers. */
import { element } from "./element.ts";

/** How long a sentence stays on the screen, in milliseconds. */
const SAID_MS = 6000;

export class Live {
  readonly region: HTMLElement;
  #saying: ReturnType<typeof setTimeout> | undefined;

  constructor(document: Document) {
    this.region = element(document, "div", { class: "live", role: "status", "aria-live": "polite" });
  }

  say(sentence: string): void {
    clearTimeout(this.#saying);
    this.region.textContent = sentence;
    this.#saying = setTimeout(() => {
      this.region.textContent = "";
    }, SAID_MS);
  }
}
