/** The pane: holds the thread that is shown and draws it as messages arrive. */
import type { Channel } from "../../base/channel.ts";
import type {
  AtEnd,
  EntryMarks,
  FoldLevel,
  HostContract,
  MessageView,
  OutlineEntry,
  PaneContract,
  PaneState,
  ThreadView,
} from "../protocol.ts";
import { type Answered, markAnswers, readAnswers } from "./answers.ts";
import { type ArticleState, renderArticle, waitingArticle } from "./article.ts";
import { citedPath } from "./citedPath.ts";
import { dayOf } from "./dates.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { Folding } from "./folding.ts";
import { keptStates, restoreState } from "./kept.ts";
import { Live } from "./live.ts";
import { takeMarks } from "./outline.ts";
import { OutlineNav } from "./outlineNav.ts";
import { peopleOf } from "./people.ts";
import { lineAt, selectedLines } from "./selection.ts";
import { Stale } from "./stale.ts";
import { type Highlight, Syntax } from "./syntax.ts";
import { markLevel, markUnread, renderHeader } from "./threadHeader.ts";
import { flash, type Place, Travel } from "./travel.ts";

/** Lines of a body that are drawn unasked (D105). */
const LINES = 20_000;
/** Messages before and behind the one in view that are drawn at once when all are drawn anew. */
const NEAR = 8;
/** Pause after scrolling before the place is kept, in milliseconds. */
const KEEP_MS = 250;

export class Pane {
  readonly root: HTMLElement;
  readonly channel: Channel<HostContract, PaneContract>;
  readonly main: HTMLElement;
  readonly travel: Travel;
  readonly folding: Folding;
  readonly views = new Map<string, MessageView>();
  readonly states = new Map<string, ArticleState>();
  /** Messages of the thread that are marked for the next trailer. */
  readonly chosen = new Set<string>();
  readonly drawing: Drawing;
  thread: ThreadView | undefined;
  level: FoldLevel = 1;
  keys: Record<string, string> = {};
  atEnd: AtEnd = "nextUnread";
  readonly #outline: OutlineNav;
  readonly #live: Live;
  readonly #keep: (state: PaneState) => void;
  readonly #restored: PaneState | undefined;
  readonly #syntax: Syntax;
  /** Where each message stands in the outline. */
  #order = new Map<string, number>();
  /** The number of each message's article, which stays while others come between. */
  readonly #numbers = new Map<string, number>();
  /** Messages that say nothing but a trailer begin as one line. */
  #condense = true;
  #answered: Answered | undefined;
  readonly #stale = new Stale((messageId) => this.redraw(messageId));
  /** The fold level of the settings, as told last. */
  #usualLevel: FoldLevel | undefined;
  #goal: (Place & { offset?: number }) | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(
    root: HTMLElement,
    channel: Channel<HostContract, PaneContract>,
    keep: (state: PaneState) => void,
    restored: PaneState | undefined,
    loadHighlight: () => Promise<Highlight>,
  ) {
    const document = root.ownerDocument;
    this.root = root;
    this.channel = channel;
    this.#keep = keep;
    this.#restored = restored;
    this.level = restored?.level ?? 1;
    this.main = element(document, "main", { tabindex: -1, "aria-label": "Messages" });
    this.#live = new Live(document);
    this.drawing = {
      document,
      people: peopleOf([]),
      marks: false,
      dates: "both",
      spoken: "normal",
      nowMs: Date.now(),
      title: (messageId) => this.#titleOf(messageId),
      day: (messageId) => dayOf(this.entry(messageId)?.dateMs, Date.now()),
      pathOf: (block) => citedPath(block, this.views),
      isHere: (messageId) => this.entry(messageId)?.missing === false,
    };
    root.classList.add("pane");
    this.main.append(element(document, "p", { class: "loading" }, "Opening the thread…"));
    this.#outline = new OutlineNav(this.drawing, () => this.#drawOutline());
    root.append(this.#outline.nav, this.main, this.#live.region);
    this.travel = new Travel(
      this.main,
      (messageId) => this.#articleOf(messageId),
      (messageId) => this.#moved(messageId),
    );
    this.folding = new Folding(this);
    this.#syntax = new Syntax(this.main, loadHighlight);
  }

  /** Listens to the editor, then says that the page is there. */
  start(): void {
    const { channel } = this;
    channel.on("thread", ({ view, goTo }) => this.#showThread(view, goTo));
    channel.on("messages", ({ thread, messages, done }) => {
      if (thread === this.thread?.thread) this.#take(messages, done);
    });
    channel.on("goTo", (place) => this.goTo(place, true));
    channel.on("failed", ({ sentence }) => this.#fail(sentence));
    channel.on("said", ({ sentence }) => this.say(sentence));
    channel.on("marks", ({ thread, marks }) => {
      if (thread === this.thread?.thread) this.#mark(marks);
    });
    channel.on("keys", ({ keys }) => {
      this.keys = keys;
      this.#drawHeader();
    });
    channel.on("settings", (settings) => this.#settle(settings));
    channel.serve({ selection: () => this.selection() });
    this.main.addEventListener("scroll", () => this.keepSoon(), { passive: true });
    void channel.request("ready", this.#restored ?? null).catch((error: Error) => this.#fail(error.message));
  }

  /** The message in view, and the selected lines when there are some. */
  selection(): { messageId: string; lines?: [number, number][] } | null {
    const selected = selectedLines(this.drawing.document.getSelection());
    if (selected) return selected;
    return this.travel.current ? { messageId: this.travel.current } : null;
  }

  /** The lines that a comment is about: those selected, else the one with the caret or the focus. */
  lineMeant(): { messageId: string; lines: [number, number][] } | undefined {
    const { document } = this.drawing;
    return selectedLines(document.getSelection()) ?? lineAt(document.getSelection(), document.activeElement);
  }

  /** One sentence, shown for a while and spoken. */
  say(sentence: string): void {
    this.#live.say(sentence);
  }

  entry(messageId: string): OutlineEntry | undefined {
    return this.thread?.outline[this.#order.get(messageId) ?? -1];
  }

  #articleOf(messageId: string): HTMLElement | undefined {
    if (!this.#order.has(messageId)) return undefined;
    return this.drawing.document.getElementById(this.#idOf(messageId)) ?? undefined;
  }

  #idOf(messageId: string): string {
    const known = this.#numbers.get(messageId);
    const number = known ?? this.#numbers.size;
    if (known === undefined) this.#numbers.set(messageId, number);
    return `m${number}`;
  }

  state(messageId: string): ArticleState {
    const known = this.states.get(messageId);
    if (known) return known;
    const made: ArticleState = {
      level: this.level,
      open: new Set(),
      closed: new Set(),
      shut: new Set(),
      limit: LINES,
      collapsed: this.#beginsCollapsed(messageId),
      headers: false,
    };
    const kept = this.#restored?.thread === this.thread?.thread ? this.#restored?.shown : undefined;
    if (kept && Object.hasOwn(kept, messageId)) restoreState(made, kept[messageId] ?? {});
    this.states.set(messageId, made);
    return made;
  }

  #beginsCollapsed(messageId: string): boolean {
    return this.#condense && this.views.get(messageId)?.condensed === true;
  }

  /** Draws a message anew where it stands; the focus stays on the control it was on. */
  redraw(messageId: string): void {
    this.#stale.delete(messageId);
    const old = this.travel.article(messageId);
    const entry = this.entry(messageId);
    if (!old || !entry) return;
    const { document } = this.drawing;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const act = focused?.getAttribute("data-act");
    const first = focused?.getAttribute("data-first");
    const made = renderArticle(this.drawing, entry, this.views.get(messageId), this.state(messageId), old.id);
    if (old.classList.contains("current")) made.classList.add("current");
    old.replaceWith(made);
    if (this.#answered) markAnswers(this.drawing, made, messageId, this.#answered);
    this.#syntax.watch(made);
    this.keepSoon();
    if (!focused) return;
    const control = act
      ? made.querySelector<HTMLElement>(`[data-act="${act}"]${first ? `[data-first="${first}"]` : ""}`)
      : null;
    this.focus(control ?? made);
  }

  /** Draws all messages anew: those round the one in view at once, the others while the page has nothing else to do. */
  redrawAll(): void {
    const outline = this.thread?.outline ?? [];
    const at = this.#order.get(this.travel.current) ?? 0;
    const isNear = (_: OutlineEntry, index: number) => Math.abs(index - at) <= NEAR;
    for (const { messageId } of outline.filter(isNear)) this.redraw(messageId);
    this.#stale.add(
      outline.filter((entry, index) => !isNear(entry, index)).map(({ messageId }) => messageId),
    );
  }

  /** The fold level of the whole thread. */
  setLevel(level: FoldLevel): void {
    this.level = level;
    for (const state of this.states.values()) {
      state.level = level;
      state.open.clear();
      state.closed.clear();
    }
    this.travel.keepPlace(() => this.redrawAll());
    const header = this.root.querySelector("header.top");
    if (header) markLevel(header, level);
    this.keepSoon();
  }

  /** Goes to a message or a line of it; false when it is not in the thread. */
  goTo(place: Place, isJump: boolean): boolean {
    if (!this.entry(place.messageId)) return false;
    if (isJump) this.travel.remember();
    this.#goal = undefined;
    if (this.#isToCome(place.messageId)) this.#goal = place;
    this.#reach(place);
    return true;
  }

  /** The text of a message is on its way. */
  #isToCome(messageId: string): boolean {
    return !this.views.has(messageId) && this.entry(messageId)?.missing === false;
  }

  /** Draws a message as it is now, with its text. */
  open(messageId: string): void {
    const state = this.state(messageId);
    if (!state.collapsed && !this.#stale.has(messageId)) return;
    state.collapsed = false;
    this.redraw(messageId);
  }

  #reach(place: Place & { offset?: number }): void {
    if (place.line !== undefined) this.open(place.messageId);
    else if (this.#stale.has(place.messageId)) this.redraw(place.messageId);
    const article = this.travel.article(place.messageId);
    const line =
      place.line === undefined ? null : article?.querySelector<HTMLElement>(`[data-line="${place.line}"]`);
    if (line) {
      this.folding.openAround(line);
      this.travel.reveal(line, place.messageId);
      flash(line);
    } else this.travel.place(place.messageId, place.offset);
    const { activeElement } = this.drawing.document;
    if (!activeElement?.closest(".outline, dialog") && !article?.contains(activeElement)) this.focus(article);
  }

  /**
   * Moves the focus within the page; while the page is without it nothing is moved. A focus() in a frame takes the
   * focus from the window around it, and an open palette or input box of the editor would close.
   */
  focus(target: HTMLElement | undefined): void {
    if (this.drawing.document.hasFocus()) target?.focus({ preventScroll: true });
  }

  #titleOf(messageId: string): string {
    // The outline is there before the messages are.
    const patch = this.views.get(messageId)?.patch ?? this.entry(messageId)?.gist.split(" ")[0] ?? "";
    return /\d{1,4}\/\d{1,4}$/.exec(patch)?.[0] ?? "";
  }

  #showThread(view: ThreadView, goTo: string | undefined): void {
    // A thread whose root has turned up has another name, and is the same.
    const isSame = view.outline.some(({ messageId }) => this.#order.has(messageId));
    const before = new Map(this.thread?.outline.map((entry) => [entry.messageId, entry]));
    if (!isSame) {
      this.views.clear();
      this.states.clear();
      this.#numbers.clear();
      this.#answered = undefined;
      this.#stale.clear();
      this.main.replaceChildren();
      this.drawing.people = peopleOf(view.outline);
    }
    const here = isSame ? { messageId: this.travel.current, offset: this.travel.offset() } : undefined;
    this.thread = view;
    this.main.classList.remove("done");
    this.#order = new Map(view.outline.map(({ messageId }, index) => [messageId, index]));
    this.drawing.nowMs = Date.now();
    this.#drawHeader();
    if (isSame) this.#drawOutline();
    else {
      this.chosen.clear();
      this.#outline.wait();
    }
    const goal = goTo ?? this.#restored?.messageId ?? "";
    this.#place(view.outline, before, this.#order.get(goal) ?? 0);
    const { document } = this.drawing;
    if (view.outline.length === 0)
      this.main.append(element(document, "p", { class: "loading" }, "This thread is empty."));
    const restored =
      this.#restored?.thread === view.thread && this.#restored.messageId ? this.#restored : undefined;
    const isRestored = !isSame && restored && (!goTo || goTo === restored.messageId);
    const first = goTo ?? here?.messageId ?? view.outline.find(({ missing }) => !missing)?.messageId;
    this.#goal = isRestored
      ? { messageId: restored.messageId ?? "", offset: restored.offset ?? 0 }
      : here && (!goTo || goTo === here.messageId)
        ? here
        : first
          ? { messageId: first }
          : undefined;
    const isAtTop = this.#order.get(this.#goal?.messageId ?? "") === 0;
    if (this.#goal && isAtTop && this.#isToCome(this.#goal.messageId))
      this.travel.begin(this.#goal.messageId);
    else if (this.#goal) this.#reach(this.#goal);
    document.title = view.subject || "Kernel Mail";
  }

  /**
   * Puts the articles of the outline in order; those that are there already stay as they are, with focus and selection.
   * Those far from what is read first get their headings with their text.
   */
  #place(outline: readonly OutlineEntry[], before: ReadonlyMap<string, OutlineEntry>, goal: number): void {
    let at = this.main.firstElementChild;
    for (const [index, entry] of outline.entries()) {
      const { messageId } = entry;
      const known = this.travel.article(messageId);
      if (known && before.get(messageId)?.missing === entry.missing) {
        if (known === at) at = at.nextElementSibling;
        else this.main.insertBefore(known, at);
        continue;
      }
      const id = this.#idOf(messageId);
      const view = this.views.get(messageId);
      const isFar = this.#isToCome(messageId) && Math.abs(index - goal) > NEAR;
      const made = isFar
        ? waitingArticle(this.drawing, entry, id)
        : renderArticle(this.drawing, entry, view, this.state(messageId), id);
      if (known === at) at = known?.nextElementSibling ?? null;
      known?.remove();
      this.main.insertBefore(made, at);
      this.#syntax.watch(made);
    }
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
  }

  #take(messages: MessageView[], done: boolean): void {
    for (const view of messages) {
      const { messageId } = view;
      const entry = this.entry(messageId);
      if (entry && view.gist) entry.gist = view.gist;
      const known = this.views.get(messageId);
      this.views.set(messageId, view);
      if (known === undefined) this.states.delete(messageId);
      // What comes again as it is stays as it stands: there may be a selection in it.
      else if (JSON.stringify(known) === JSON.stringify(view)) continue;
      this.redraw(messageId);
    }
    if (this.#goal) this.#reach(this.#goal);
    if (!done) {
      this.#outline.willPaint();
      return;
    }
    this.#drawOutline();
    this.#answered = readAnswers(this.views);
    for (const { messageId } of this.thread?.outline ?? []) {
      const article = this.travel.article(messageId);
      if (article) markAnswers(this.drawing, article, messageId, this.#answered);
    }
    if (this.#goal) this.#reach(this.#goal);
    this.#goal = undefined;
    this.main.classList.add("done");
  }

  #drawOutline(): void {
    if (this.thread) this.#outline.draw(this.thread.outline, this.chosen, this.travel.current);
  }

  #drawHeader(): void {
    if (!this.thread) return;
    const keyOf = (action: string) => Object.entries(this.keys).find(([, name]) => name === action)?.[0];
    const made = renderHeader(this.drawing, this.thread, this.level, keyOf);
    const old = this.root.querySelector("header.top");
    if (old) old.replaceWith(made);
    else this.root.prepend(made);
  }

  #settle(settings: HostContract["events"]["settings"]): void {
    const page = this.drawing.document.documentElement;
    page.style.setProperty("--columns", settings.width > 0 ? `${settings.width}ch` : "none");
    page.classList.toggle("uiFont", settings.font === "ui");
    const { drawing } = this;
    drawing.marks = settings.cites === "marks";
    drawing.dates = settings.dates ?? drawing.dates;
    drawing.spoken = settings.spoken ?? drawing.spoken;
    this.atEnd = settings.atEnd ?? this.atEnd;
    this.#condense = settings.condense ?? this.#condense;
    this.#syntax.turn(settings.colours ?? true);
    const isTold = settings.level !== undefined && settings.level !== this.#usualLevel;
    const isRestored = this.#usualLevel === undefined && this.#restored?.level !== undefined;
    this.#usualLevel = settings.level ?? this.#usualLevel;
    if (isTold && !isRestored) this.level = settings.level ?? this.level;
    if (!this.thread) return;
    if (isTold && !isRestored) this.setLevel(this.level);
    else this.travel.keepPlace(() => this.redrawAll());
  }

  #fail(sentence: string): void {
    const { document } = this.drawing;
    const failure = element(document, "p", { class: "failure", role: "alert" }, sentence);
    this.main.querySelector(".loading")?.remove();
    this.main.querySelector(".failure")?.remove();
    this.main.prepend(failure);
  }

  #moved(messageId: string): void {
    this.#markCurrent();
    this.channel.emit("shown", { messageId });
    this.keepSoon();
  }

  #markCurrent(): void {
    const { current } = this.travel;
    for (const old of this.main.querySelectorAll("article.current")) old.classList.remove("current");
    this.travel.article(current)?.classList.add("current");
    this.#outline.markCurrent(current);
  }

  #mark(marks: Record<string, EntryMarks>): void {
    takeMarks(this.thread?.outline ?? [], marks);
    this.drawMarks();
  }

  /** Draws the marks in the outline as they are now. */
  drawMarks(): void {
    const outline = this.thread?.outline ?? [];
    this.#outline.drawMarks(outline, this.chosen);
    const header = this.root.querySelector("header.top");
    if (header) markUnread(header, outline);
  }

  keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => {
      if (!this.thread) return;
      const { current } = this.travel;
      this.#keep({
        thread: this.thread.thread,
        messageId: current,
        offset: Math.max(0, this.travel.offset()),
        level: this.level,
        shown: keptStates(this.states, (messageId) => this.#beginsCollapsed(messageId)),
      });
    }, KEEP_MS);
  }
}
