/** Folding by hand: a fold by its button, a cited run, what stands around a line that is gone to. */

import type { MessageView } from "../protocol.ts";
import type { ArticleState } from "./article.ts";
import { setFold } from "./body.ts";
import type { Drawing } from "./drawing.ts";
import type { Travel } from "./travel.ts";

/** The page whose messages are folded. */
interface Page {
  readonly drawing: Drawing;
  readonly main: HTMLElement;
  readonly travel: Travel;
  readonly views: ReadonlyMap<string, MessageView>;
  state(messageId: string): ArticleState;
  redraw(messageId: string): void;
  /** What is open has changed: it is to be kept. */
  keepSoon(): void;
  say(sentence: string): void;
}

export class Folding {
  readonly #page: Page;
  #pointed: Element | null = null;

  constructor(page: Page) {
    this.#page = page;
  }

  /** What the pointer asked a menu for; until the next key or press that is "here". */
  point(target: Element | null): void {
    this.#pointed = target;
  }

  /** What "here" is: what a menu was asked for, the element with the focus or the selection; null when there is none. */
  here(): Element | null {
    const { drawing, main } = this.#page;
    if (this.#pointed?.isConnected) return this.#pointed;
    const { activeElement } = drawing.document;
    const anchor = drawing.document.getSelection()?.anchorNode;
    const selected =
      anchor && main.contains(anchor)
        ? anchor.nodeType === 1
          ? (anchor as Element)
          : anchor.parentElement
        : null;
    const isFocused =
      activeElement && main.contains(activeElement) && activeElement.closest(".run, .fold, section.file");
    return isFocused ? activeElement : selected;
  }

  /** Opens or shuts a fold by its button. */
  fold(button: Element, isOpen = button.getAttribute("aria-expanded") !== "true"): void {
    const content = button.nextElementSibling;
    const messageId = button.closest("article")?.getAttribute("data-message");
    if (!content || !messageId) return;
    setFold(button, content, isOpen);
    const { open } = this.#page.state(messageId);
    const first = Number(button.getAttribute("data-first"));
    if (isOpen) open.add(first);
    else open.delete(first);
    this.#page.keepSoon();
  }

  /** Opens every fold that hides an element, its collapsed message and shut file too. */
  openAround(element: Element): void {
    const messageId = element.closest("article")?.getAttribute("data-message");
    for (let hidden = element.closest("[hidden]"); hidden; hidden = hidden.closest("[hidden]")) {
      const button = hidden.id ? hidden.ownerDocument.querySelector(`[aria-controls="${hidden.id}"]`) : null;
      if (button?.getAttribute("data-act") === "fold") this.fold(button, true);
      if (button?.getAttribute("data-act") === "toggleFile") this.toggleFile(button, true);
      hidden.removeAttribute("hidden");
      button?.setAttribute("aria-expanded", "true");
      if (hidden.classList.contains("content") && messageId) {
        this.#page.state(messageId).collapsed = false;
        hidden.closest("article")?.classList.remove("collapsed");
      }
    }
  }

  /** Opens or shuts a file of a patch by its button. */
  toggleFile(button: Element, isOpen = button.getAttribute("aria-expanded") !== "true"): void {
    const file = button.closest("section.file");
    const code = file?.querySelector(":scope > .code");
    const messageId = button.closest("article")?.getAttribute("data-message");
    if (!file || !code || !messageId) return;
    setFold(button, code, isOpen);
    file.classList.toggle("shut", !isOpen);
    const { shut } = this.#page.state(messageId);
    const first = Number(file.getAttribute("data-first"));
    if (isOpen) shut.delete(first);
    else shut.add(first);
    this.#page.keepSoon();
  }

  toggleHere(): void {
    const here = this.here();
    const file = here?.closest("section.file")?.querySelector(".fileName");
    if (file) {
      this.#page.travel.keepPlace(() => this.toggleFile(file));
      return;
    }
    const run =
      here?.closest(".run, .fold") ??
      this.#page.travel.firstSeen(".pill")?.closest(".run, .fold") ??
      this.#page.travel.firstSeen(".run");
    if (run) this.toggleRun(run);
    else this.#page.say("Nothing to fold here.");
  }

  /** Opens the folds of a cited run, or shuts them; one without folds is folded whole. */
  toggleRun(run: Element): void {
    const messageId = run.closest("article")?.getAttribute("data-message");
    if (!messageId) return;
    const pills = [...run.querySelectorAll(".pill")];
    if (pills.length > 0) {
      const isOpen = pills.some((pill) => pill.getAttribute("aria-expanded") !== "true");
      this.#page.travel.keepPlace(() => {
        for (const pill of pills) this.fold(pill, isOpen);
      });
      this.#page.say(isOpen ? "Unfolded" : "Folded");
      return;
    }
    const lines = new Set(
      [...run.querySelectorAll("[data-line]")].map((line) => Number(line.getAttribute("data-line"))),
    );
    const state = this.#page.state(messageId);
    for (const block of this.#page.views.get(messageId)?.blocks ?? []) {
      if (lines.has(block.firstLine)) state.closed.add(block.firstLine);
    }
    this.#page.redraw(messageId);
    this.#page.say("Folded");
  }
}
