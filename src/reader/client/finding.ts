/** The editor's find: what is typed until its field is there, and what it finds in folded text. */

/** For how long letters are taken for words to find, in milliseconds, while the editor's field for them is on its way. */
const FIND_OPENS_MS = 1000;

/** What the finding needs of the page. */
interface Page {
  readonly drawing: { readonly document: Document };
  readonly main: HTMLElement;
  readonly folding: { openAround(element: Element): void };
  readonly travel: { reveal(element: Element, messageId: string): void };
}

export class Finding {
  readonly #page: Page;
  /** The field was asked for, and the page has not had the focus again since it lost it. */
  #asked = false;
  #typedUntil = Number.NEGATIVE_INFINITY;
  #isOpen = false;
  /** Where the selection was put, from where the editor finds on. */
  #placed: Node | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  /**
   * Takes every key of the page. True for one that belongs to what is to be found: until the field takes the focus from
   * the page those letters come here, and are no keys of the page.
   */
  takes({ key, timeStamp, ctrlKey, metaKey, altKey }: KeyboardEvent, action: string | undefined): boolean {
    const isAsking = action === "find" || ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "f");
    if (isAsking) {
      this.#asked = true;
      this.#typedUntil = timeStamp + FIND_OPENS_MS;
    }
    return !isAsking && !ctrlKey && !metaKey && !altKey && timeStamp < this.#typedUntil;
  }

  /** The page lost the focus: to the field, when that was asked for. */
  left(): void {
    this.#typedUntil = Number.NEGATIVE_INFINITY;
    this.#isOpen = this.#asked;
  }

  /** The page has the focus. */
  cameBack(): void {
    this.#asked = false;
    this.#isOpen = false;
  }

  /**
   * A browser's workbench finds what is folded too, but tells nothing (`beforematch` comes on desktops alone) and leaves
   * the selection behind it, with nothing in it. That fold is opened, and from its beginning the editor finds on.
   */
  selectionMoved(): void {
    const { drawing, main, folding, travel } = this.#page;
    const selection = drawing.document.getSelection();
    const anchor = selection?.anchorNode;
    if (!this.#isOpen || !selection?.isCollapsed || !anchor || anchor === this.#placed) return;
    if (!main.contains(anchor)) return;
    const folds = [...main.querySelectorAll("[hidden='until-found']")];
    const fold = folds.findLast(
      (one) => one.compareDocumentPosition(anchor) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const messageId = fold?.closest("article[data-message]")?.getAttribute("data-message");
    if (fold === undefined || !messageId) return;
    folding.openAround(fold);
    this.#placed = fold;
    selection.collapse(fold, 0);
    travel.reveal(fold, messageId);
  }
}
