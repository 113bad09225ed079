/** Colours of code by language, for the diffs on the screen: asked of a second bundle that is loaded with the first. */
import { headerPath } from "./diff.ts";
import { element } from "./element.ts";
import { languageOf } from "./language.ts";

/** What a piece of code is; the styles have a colour for each. */
export type Kind = "keyword" | "type" | "function" | "string" | "number" | "comment" | "meta" | "name";

/** Columns count UTF-16 units from 0 in the line of code, end excluded. */
export interface Token {
  start: number;
  end: number;
  kind: Kind;
}

/** The tokens of each line of a file's code; undefined when the language is not known. */
export type Highlight = (path: string, lines: readonly string[]) => Token[][] | undefined;

/** Code that is coloured in one go: more characters are left plain, for the page must never wait. */
const LONGEST = 60_000;
/** Pixels above and below the screen within which code is coloured. */
const NEAR = 600;
/** How long the page has to stand still before code is coloured, in milliseconds: scrolling comes first. */
const STILL_MS = 120;
/** What a line of a diff shows beside its code. */
const BESIDE = ".sign, .mark, .answer";

/** The texts of a line's code, in order. */
function codeNodes(line: Element): Text[] {
  const found: Text[] = [];
  const stack: Node[] = [line];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.nodeType === 3) found.push(node as Text);
    else if (node === line || !(node as Element).matches(BESIDE))
      stack.push(...[...node.childNodes].reverse());
  }
  return found;
}

const codeOf = (line: Element): string =>
  codeNodes(line)
    .map(({ data }) => data)
    .join("");

/** Wraps the tokens of a line; what stands in it already stays where it is. */
export function paintLine(document: Document, line: Element, tokens: readonly Token[]): void {
  let at = 0;
  let next = 0;
  for (const node of codeNodes(line)) {
    const { data } = node;
    const end = at + data.length;
    const pieces: (Node | string)[] = [];
    let from = at;
    while (next < tokens.length) {
      const token = tokens[next] as Token;
      if (token.start >= end) break;
      const start = Math.max(token.start, from);
      const stop = Math.min(token.end, end);
      if (start > from) pieces.push(data.slice(from - at, start - at));
      if (stop > start) {
        pieces.push(
          element(document, "span", { class: `code-${token.kind}` }, data.slice(start - at, stop - at)),
        );
        from = stop;
      }
      if (token.end > end) break;
      next += 1;
    }
    if (pieces.length > 0) {
      if (from < end) pieces.push(data.slice(from - at));
      node.replaceWith(...pieces);
    }
    at = end;
  }
}

function paintHunk(lines: readonly Element[], path: string, highlight: Highlight): void {
  const isAdded = (line: Element) => line.classList.contains("add");
  const isRemoved = (line: Element) => line.classList.contains("del");
  const paint = (file: readonly Element[], wanted: (line: Element) => boolean) => {
    if (!file.some(wanted)) return;
    const texts = file.map(codeOf);
    if (texts.reduce((sum, { length }) => sum + length, 0) > LONGEST) return;
    const tokens = highlight(path, texts);
    file.forEach((line, index) => {
      const found = tokens?.[index];
      if (found && found.length > 0 && wanted(line)) paintLine(line.ownerDocument, line, found);
    });
  };
  // Each side is read as the file it is a part of.
  paint(
    lines.filter((line) => !isRemoved(line)),
    () => true,
  );
  paint(
    lines.filter((line) => !isAdded(line)),
    isRemoved,
  );
}

/** Colours the lines of a diff. `path` is the file the first of them belongs to; headers among them change it. */
export function paintDiff(box: Element, path: string, highlight: Highlight): void {
  let file = path;
  let hunk: Element[] = [];
  const end = () => {
    if (languageOf(file) !== undefined) paintHunk(hunk, file, highlight);
    hunk = [];
  };
  for (const line of box.querySelectorAll(".line")) {
    const { classList } = line;
    if (classList.contains("add") || classList.contains("del") || classList.contains("context")) {
      hunk.push(line);
      continue;
    }
    end();
    if (classList.contains("meta") || classList.contains("fileHead")) file = headerPath(codeOf(line)) ?? file;
  }
  end();
}

/** True for what was scrolled far past: twice as far as what is watched, so that nothing is passed and seen at once. */
function isPassed(box: Element): boolean {
  const { top, bottom } = box.getBoundingClientRect();
  return bottom < -2 * NEAR || top > box.ownerDocument.documentElement.clientHeight + 2 * NEAR;
}

/** Colours what comes near the screen, a piece at a time. */
export class Syntax {
  readonly #observer: IntersectionObserver | undefined;
  readonly #load: () => Promise<Highlight>;
  readonly #waiting = new Set<Element>();
  #scrolledMs = Number.NEGATIVE_INFINITY;
  #isOn = true;
  #isWorking = false;

  /** `load` brings the second bundle; it is called once, with the first diff near the screen. */
  constructor(scroller: Element, load: () => Promise<Highlight>) {
    let loaded: Promise<Highlight> | undefined;
    this.#load = () => {
      loaded ??= load();
      return loaded;
    };
    const Observer = scroller.ownerDocument.defaultView?.IntersectionObserver;
    if (!Observer) return;
    this.#observer = new Observer((entries) => this.#seen(entries), {
      root: scroller,
      rootMargin: `${NEAR}px 0px`,
    });
    scroller.addEventListener(
      "scroll",
      () => {
        this.#scrolledMs = performance.now();
      },
      { passive: true },
    );
  }

  /** Code that is drawn from now on is coloured, or not. */
  turn(isOn: boolean): void {
    this.#isOn = isOn;
  }

  /** Watches the diffs of a message that was drawn. */
  watch(article: Element): void {
    if (!this.#isOn) return;
    for (const box of article.querySelectorAll(".code, .said.diff")) {
      const chunks = box.querySelectorAll(":scope > .chunk");
      for (const piece of chunks.length > 0 ? chunks : [box]) this.#observer?.observe(piece);
    }
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.#observer?.unobserve(target);
      this.#waiting.add(target);
    }
    if (!this.#isWorking && this.#waiting.size > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      const highlight = await this.#load();
      for (const box of this.#waiting) {
        this.#waiting.delete(box);
        while (performance.now() - this.#scrolledMs < STILL_MS)
          await new Promise((later) => setTimeout(later, STILL_MS));
        // What was passed on the way is watched again.
        if (!box.isConnected) continue;
        if (isPassed(box)) {
          this.#observer?.observe(box);
          continue;
        }
        const path = box.closest("[data-path]")?.getAttribute("data-path") ?? "";
        paintDiff(box, path, highlight);
        await new Promise((painted) => setTimeout(painted));
      }
    } catch {
      // Without its colours the code is all there; what could not be loaded is not asked for again.
      this.#observer?.disconnect();
    } finally {
      this.#isWorking = false;
    }
  }
}
