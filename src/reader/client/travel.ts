/** Getting about in the thread: which message is in view, going to a line, and back. */

/** A place in the thread; `line` counts from 1 in the message's body. */
export interface Place {
  messageId: string;
  line?: number;
}

/** Pixels below the top of the view within which a message counts as being in view. */
const EDGE = 48;
/** The end is reached when the thread has kept its height for so many frames. */
const STILL_FRAMES = 5;
/** Places that are remembered for going back. */
const REMEMBERED = 200;

/** Long enough to be seen, short enough not to be in the way, in milliseconds; the styles end the flash. */
const FLASH_MS = 1600;

/** Shows for a moment which line was gone to. */
export function flash(line: HTMLElement): void {
  line.classList.add("flash");
  setTimeout(() => line.classList.remove("flash"), FLASH_MS);
}

/** The article of a message. */
type Finder = (messageId: string) => HTMLElement | undefined;

export class Travel {
  readonly #scroller: HTMLElement;
  #current = "";
  #expectedTop = -1;
  /** What was gone to last, until it is seen to stay where it was put. */
  #goal: { element: Element; above: number } | undefined;
  readonly #behind: Place[] = [];
  readonly #ahead: Place[] = [];
  readonly #find: Finder;
  readonly #onChange: (messageId: string) => void;

  constructor(scroller: HTMLElement, find: Finder, onChange: (messageId: string) => void) {
    this.#scroller = scroller;
    this.#find = find;
    this.#onChange = onChange;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Who scrolls by hand is not led back.
    for (const act of ["wheel", "pointerdown", "touchmove", "keydown"])
      scroller.addEventListener(act, () => this.#letGo(), { passive: true, capture: true });
  }

  /** The Message-ID of the message in view; "" before anything is shown. */
  get current(): string {
    return this.#current;
  }

  #articles(): HTMLElement[] {
    return [...this.#scroller.querySelectorAll<HTMLElement>("article[data-message]")];
  }

  article(messageId = this.#current): HTMLElement | undefined {
    return this.#find(messageId);
  }

  /** The article `steps` further in reading order. */
  neighbour(steps: number): string | undefined {
    const articles = this.#articles();
    const at = articles.findIndex((article) => article.getAttribute("data-message") === this.#current);
    return articles[at + steps]?.getAttribute("data-message") ?? undefined;
  }

  /** Pixels from the top of the message in view to the top of what is seen. */
  offset(): number {
    const article = this.article();
    if (!article) return 0;
    return Math.round(this.#scroller.getBoundingClientRect().top - article.getBoundingClientRect().top);
  }

  /** Is at the first message, whose text is to come: it stands where it should, so nothing is measured before that. */
  begin(messageId: string): void {
    this.#change(messageId);
  }

  /** Puts a message at the top of the view, `offset` pixels into it. */
  place(messageId: string, offset = 0): void {
    const article = this.article(messageId);
    if (!article) return;
    // The line above it belongs to the message before.
    this.#toTop(article, article.clientTop + Math.max(0, offset));
    this.#arrived(messageId);
  }

  /**
   * Puts an element at the top of the view, or so many pixels above it. Not by `scrollIntoView`, which moves whatever
   * stands round the messages as well: the head would go, or the page within the editor.
   */
  #toTop(element: Element, above: number): void {
    this.#scroller.scrollTop += this.#distance(element, above);
    const goal = { element, above };
    this.#goal = goal;
    let still = 0;
    // What stands above may turn out to be higher than was guessed, once it comes near the view.
    const settle = () => {
      if (this.#goal !== goal || !element.isConnected) return;
      const before = this.#scroller.scrollTop;
      if (Math.abs(this.#distance(element, above)) > 1)
        this.#scroller.scrollTop += this.#distance(element, above);
      this.#expectedTop = this.#scroller.scrollTop;
      still = this.#scroller.scrollTop === before ? still + 1 : 0;
      if (still < STILL_FRAMES) requestAnimationFrame(settle);
      else this.#letGo();
    };
    requestAnimationFrame(settle);
  }

  /** How far an element is from being so many pixels below the top of the view. */
  #distance(element: Element, above: number): number {
    return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top + above;
  }

  #letGo(): void {
    this.#goal = undefined;
  }

  /**
   * Brings an element of a message into view, a third below the top unless it is seen already; with `atTop` right
   * below the message's heading.
   */
  reveal(element: Element, messageId: string, atTop = false): void {
    const view = this.#scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (atTop || box.top < view.top + EDGE || box.bottom > view.bottom) {
      this.#toTop(element, -(atTop ? EDGE : Math.round(view.height / 3)));
    }
    this.#arrived(messageId);
  }

  pageUp(): void {
    this.#letGo();
    this.#scroller.scrollTop -= this.#scroller.clientHeight - EDGE;
  }

  /**
   * The end of the thread, followed while what comes into view turns out to be higher than was guessed, or still comes in;
   * but not against the person who scrolls up meanwhile.
   */
  toEnd(): void {
    this.#letGo();
    let [height, top, still] = [0, 0, 0];
    const settle = () => {
      const { scrollHeight, scrollTop } = this.#scroller;
      if (scrollTop < top && scrollHeight >= height) return;
      still = scrollHeight === height ? still + 1 : 0;
      height = scrollHeight;
      this.#scroller.scrollTop = scrollHeight;
      top = this.#scroller.scrollTop;
      if (still < STILL_FRAMES) requestAnimationFrame(settle);
    };
    settle();
  }

  /** A page further, but not beyond the end of the message in view; false when that is seen already. */
  pageDown(): boolean {
    const end = this.article()?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY;
    const hidden = end - this.#scroller.getBoundingClientRect().bottom;
    if (hidden <= 1) return false;
    this.#letGo();
    this.#scroller.scrollTop += Math.min(this.#scroller.clientHeight - EDGE, Math.ceil(hidden));
    return true;
  }

  /** Remembers where one is, before a jump. */
  remember(): void {
    if (!this.#current) return;
    this.#behind.push(this.#here());
    if (this.#behind.length > REMEMBERED) this.#behind.shift();
    this.#ahead.length = 0;
  }

  /** The place one came from, or went back from; undefined when there is none. */
  back(isForward = false): Place | undefined {
    const [from, to] = isForward ? [this.#ahead, this.#behind] : [this.#behind, this.#ahead];
    const place = from.pop();
    if (place) to.push(this.#here());
    return place;
  }

  #here(): Place {
    const line = this.firstSeen("[data-line]")?.getAttribute("data-line");
    return line ? { messageId: this.#current, line: Number(line) } : { messageId: this.#current };
  }

  /** The first element of the message in view that is not above the view. */
  firstSeen(selector: string): HTMLElement | undefined {
    const top = this.#scroller.getBoundingClientRect().top + EDGE;
    const found = [...(this.article()?.querySelectorAll<HTMLElement>(selector) ?? [])];
    return found.find((element) => {
      const box = element.getBoundingClientRect();
      return box.height > 0 && box.bottom > top;
    });
  }

  /** Changes what is drawn while the line at the top of the view stays where it is. */
  keepPlace(change: () => void): void {
    const current = this.#current;
    const line = this.firstSeen("[data-line]");
    const number = line?.getAttribute("data-line");
    const top = line?.getBoundingClientRect().top ?? 0;
    this.#letGo();
    change();
    const after = number ? this.article(current)?.querySelector(`[data-line="${number}"]`) : undefined;
    if (!after || after.closest("[hidden]")) {
      if (this.article(current)) this.place(current);
      return;
    }
    this.#scroller.scrollTop += after.getBoundingClientRect().top - top;
  }

  #arrived(messageId: string): void {
    this.#expectedTop = this.#scroller.scrollTop;
    this.#change(messageId);
  }

  #change(messageId: string): void {
    if (messageId === this.#current) return;
    this.#current = messageId;
    this.#onChange(messageId);
  }

  #scrolled(): void {
    if (this.#goal !== undefined || Math.abs(this.#scroller.scrollTop - this.#expectedTop) < 2) return;
    this.#expectedTop = -1;
    const { top: edge } = this.#scroller.getBoundingClientRect();
    // A message that begins at the top stays the one in view, also when it is so short that the next begins there too.
    const begins = (this.article()?.getBoundingClientRect().top ?? Number.NaN) - edge;
    if (begins > -2 && begins <= EDGE) return;
    const articles = this.#articles();
    const top = edge + EDGE;
    let low = 0;
    let high = articles.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((articles[middle]?.getBoundingClientRect().top ?? 0) <= top) low = middle;
      else high = middle - 1;
    }
    const id = articles[low]?.getAttribute("data-message");
    if (id) this.#change(id);
  }
}
