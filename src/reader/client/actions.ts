/** What the person can do in the page, by name: from keys, buttons and the editor's commands. */
import {
  type EditorAction,
  type FoldLevel,
  type PageAction,
  type ReadAsAction,
  type Span,
  TRIAGE_ACTIONS,
  type TriageAction,
} from "../protocol.ts";
import { pathMeant } from "./belowCut.ts";
import { showKeyOverlay } from "./keyOverlay.ts";
import { isAction } from "./keys.ts";
import type { Pane } from "./pane.ts";
import { levelWord } from "./threadHeader.ts";
import { flash } from "./travel.ts";

const LINK_KINDS: readonly string[] = ["url", "messageId", "commit", "place", "symbol", "bug"];

const isLinkKind = (kind: string | null): kind is Span["kind"] => kind !== null && LINK_KINDS.includes(kind);
const isTriage = (name: PageAction): name is TriageAction =>
  (TRIAGE_ACTIONS as readonly PageAction[]).includes(name);

export class Actions {
  readonly #pane: Pane;

  constructor(pane: Pane) {
    this.#pane = pane;
  }

  /** Does what the name says; names that the page does not know are left alone. `messageId` is the message meant. */
  run(name: string, messageId = this.#pane.travel.current): boolean {
    if (!isAction(name)) return false;
    if (isTriage(name)) {
      this.#editor(name, messageId);
      return true;
    }
    const act: Record<Exclude<PageAction, TriageAction>, () => void> = {
      nextMessage: () => this.#step(1),
      previousMessage: () => this.#step(-1),
      pageDown: () => this.#pageDown(messageId),
      pageUp: () => this.#pane.travel.pageUp(),
      parentMessage: () => this.#parent(messageId),
      nextNewText: () => this.#seek(".own.text", 1, "new text"),
      previousNewText: () => this.#seek(".own.text", -1, "new text"),
      nextHunk: () => this.#seek(".line.hunk", 1, "hunk"),
      previousHunk: () => this.#seek(".line.hunk", -1, "hunk"),
      goToOrigin: () => this.#origin(),
      goToAnswers: () => this.#answers(),
      goBack: () => this.#back(false),
      goForward: () => this.#back(true),
      focusOutline: () => this.#outline(),
      cycleFold: () => this.level(((this.#pane.level + 1) % 4) as FoldLevel),
      foldAll: () => this.level(0),
      foldReplies: () => this.level(1),
      foldBrief: () => this.level(2),
      foldOwn: () => this.level(3),
      toggleFold: () => this.#pane.folding.toggleHere(),
      unfoldAll: () => this.level(0),
      collapse: () => this.collapse(messageId),
      collapseAll: () => this.#collapseAll(),
      toggleCiteMarks: () => this.#marks(),
      replyAll: () => this.reply(messageId),
      replyAuthor: () => this.reply(messageId, true),
      nextThread: () => this.#editor("nextThread", messageId),
      previousThread: () => this.#editor("previousThread", messageId),
      find: () => this.#editor("find", messageId),
      focusThreads: () => this.#editor("focusThreads", messageId),
      commentLine: () => this.#comment(),
      giveTrailer: () => this.#giveTrailer(messageId),
      markPatch: () => this.#markPatch(messageId),
      replyTemplate: () => this.#editor("replyTemplate", messageId),
      copyLoreLink: () => this.#copy(this.#pane.views.get(messageId)?.link ?? messageId, "Link"),
      copyMessageId: () => this.#copy(messageId, "Message-ID"),
      toggleHeaders: () => this.#headers(messageId),
      showRaw: () => this.#ask(this.#pane.channel.request("raw", { messageId })),
      sayWhere: () => this.#pane.say(this.where()),
      showKeys: () => showKeyOverlay(this.#pane.drawing.document, this.#pane.keys),
    };
    act[name]();
    return true;
  }

  /** A refusal of the editor becomes a sentence, never silence. */
  #ask(answer: Promise<unknown>): void {
    answer.catch((error: Error) => this.#pane.say(error.message));
  }

  #step(steps: number): void {
    const next = this.#pane.travel.neighbour(steps);
    if (next) this.#pane.goTo({ messageId: next }, false);
    else
      this.#pane.say(
        steps > 0 ? "This is the last message of the thread." : "This is the first message of the thread.",
      );
  }

  /** A page further; at the end of a message, once that has been seen, what the settings say. */
  #pageDown(messageId: string): void {
    const { atEnd, thread, travel } = this.#pane;
    if (travel.pageDown()) return;
    if (atEnd === "stop") {
      this.#pane.say("This is the end of the message.");
      return;
    }
    // Who reads again what was read goes through the thread.
    const isNews = thread?.outline.some(({ marks }) => marks?.unread && !marks.bot) === true;
    if (atEnd === "nextUnread" && (isNews || travel.neighbour(1) === undefined))
      this.#editor("nextUnread", messageId);
    else this.#step(1);
  }

  #parent(messageId: string): void {
    const parent = this.#pane.entry(messageId)?.parent ?? this.#pane.views.get(messageId)?.parent;
    if (!parent || !this.#pane.goTo({ messageId: parent }, true))
      this.#pane.say("This message answers none in the thread.");
  }

  level(level: FoldLevel): void {
    this.#pane.setLevel(level);
    this.#pane.say(`Fold level: ${levelWord(level)}`);
  }

  /** The next or previous element of a kind, by where it stands against the focus or the top of the view. */
  #seek(selector: string, direction: 1 | -1, word: string): void {
    const { main, travel, drawing } = this.#pane;
    const all = [...main.querySelectorAll<HTMLElement>(selector)].filter(
      (found) => !found.closest("[hidden]"),
    );
    const active = drawing.document.activeElement;
    const at = all.indexOf(active as HTMLElement);
    const top = main.getBoundingClientRect().top + main.clientHeight / 3;
    let target: HTMLElement | undefined;
    if (at >= 0) target = all[at + direction];
    else if (direction > 0) {
      const from = travel.article()?.getBoundingClientRect().top ?? top;
      target = all.find((found) => found.getBoundingClientRect().top > Math.min(top, from));
    } else target = all.findLast((found) => found.getBoundingClientRect().top < top - 1);
    const messageId = target?.closest("article")?.getAttribute("data-message");
    if (!target || !messageId) {
      const where = main.querySelector(".message.collapsed") ? " in the messages that are open" : "";
      this.#pane.say(direction > 0 ? `No further ${word}${where}.` : `No ${word} before${where}.`);
      return;
    }
    travel.reveal(target, messageId);
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  }

  #origin(): void {
    const cite =
      this.#pane.folding.here()?.closest(".cite") ?? this.#pane.travel.firstSeen(".cite:has(> .origin)");
    const button = cite?.querySelector<HTMLElement>(":scope > .origin");
    if (button) this.origin(button);
    else this.#pane.say("Nothing is cited here whose origin is known.");
  }

  /** Follows a button that names a message and lines of it. */
  origin(button: Element): void {
    const messageId = button.getAttribute("data-message") ?? "";
    const from = Number(button.getAttribute("data-from"));
    const to = Number(button.getAttribute("data-to") ?? from);
    if (!this.#pane.goTo({ messageId, line: from }, true)) {
      this.#ask(this.#pane.channel.request("follow", { kind: "messageId", target: messageId }));
      return;
    }
    const article = this.#pane.travel.article(messageId);
    for (let line = from; line <= Math.min(to, from + 200); line += 1) {
      const found = article?.querySelector<HTMLElement>(`[data-line="${line}"]`);
      if (found) flash(found);
    }
    this.#pane.say(`${this.where()}, line ${from}. Back returns.`);
  }

  /** Goes to the card of a file: in the same message, else in the first patch of the thread that changes it. */
  goToFile(link: Element): void {
    const path = link.getAttribute("data-path") ?? "";
    const [card, ...others] = this.#cardsOf(path, link.closest("article[data-message]") ?? this.#pane.main);
    const [found, ...more] = card ? [card, ...others] : this.#cardsOf(path, this.#pane.main);
    const messageId = found?.closest("article[data-message]")?.getAttribute("data-message");
    if (!found || !messageId) {
      this.#pane.say("No patch that is in this thread changes this file.");
      return;
    }
    this.#pane.travel.remember();
    this.#pane.open(messageId);
    const shown = this.#cardsOf(path, this.#pane.travel.article(messageId) ?? this.#pane.main)[0];
    const button = shown?.querySelector<HTMLElement>(".fileName");
    if (!shown || !button) return;
    this.#pane.folding.toggleFile(button, true);
    this.#pane.travel.reveal(shown, messageId, true);
    button.focus({ preventScroll: true });
    if (!card && more.length > 0)
      this.#pane.say(`The first of ${more.length + 1} patches that change it. Back returns.`);
  }

  /** The cards of the file that a diffstat means, in reading order. */
  #cardsOf(written: string, within: Element): Element[] {
    const cards = [...within.querySelectorAll("section.file[data-path]")];
    const paths = cards.map((card) => card.getAttribute("data-path") ?? "");
    const meant = pathMeant(written, [...new Set(paths)]);
    return meant === undefined ? [] : cards.filter((_, at) => paths[at] === meant);
  }

  #answers(): void {
    const { travel } = this.#pane;
    const here = this.#pane.folding.here()?.closest("[data-line]");
    const below = here?.nextElementSibling ?? here?.parentElement?.nextElementSibling;
    const found = (below?.matches(".answer") ? below : undefined) ?? travel.firstSeen(".answer button");
    const [first, ...others] = found?.closest(".answer")?.querySelectorAll<HTMLElement>("button") ?? [];
    if (!first) this.#pane.say("No line from here on was answered.");
    else if (others.length === 0) this.origin(first);
    else {
      first.focus();
      this.#pane.say(`${others.length + 1} answers: Tab goes through them, Enter opens one.`);
    }
  }

  #back(isForward: boolean): void {
    const place = this.#pane.travel.back(isForward);
    if (place) {
      if (this.#pane.goTo(place, false)) return;
      // A message of another thread.
      const { messageId: target } = place;
      this.#ask(this.#pane.channel.request("follow", { kind: "messageId", target }));
    } else this.#pane.say(isForward ? "There is nothing ahead." : "There is nothing to go back to.");
  }

  #outline(): void {
    const { root } = this.#pane;
    root.classList.add("outlineShown");
    root.querySelector(".outlineButton")?.setAttribute("aria-expanded", "true");
    root.querySelector<HTMLElement>(".outline [tabindex='0']")?.focus();
  }

  toggleOutline(): void {
    const { root } = this.#pane;
    const isShown = root.classList.toggle("outlineShown");
    root.querySelector(".outlineButton")?.setAttribute("aria-expanded", String(isShown));
    if (isShown) root.querySelector<HTMLElement>(".outline [tabindex='0']")?.focus();
  }

  collapse(messageId: string): void {
    const state = this.#pane.state(messageId);
    state.collapsed = !state.collapsed;
    this.#pane.redraw(messageId);
  }

  #collapseAll(): void {
    const entries = this.#pane.thread?.outline ?? [];
    const isOpen = entries.some(({ messageId }) => !this.#pane.state(messageId).collapsed);
    for (const { messageId } of entries) this.#pane.state(messageId).collapsed = isOpen;
    this.#pane.redrawAll();
    this.#pane.travel.place(this.#pane.travel.current);
    this.#pane.say(isOpen ? "All messages collapsed" : "All messages open");
  }

  #marks(): void {
    const { drawing } = this.#pane;
    drawing.marks = !drawing.marks;
    this.#pane.travel.keepPlace(() => this.#pane.redrawAll());
    this.#pane.say(drawing.marks ? "Cited text with > marks" : "Cited text with bars");
    this.#ask(this.#pane.channel.request("keepCites", { cites: drawing.marks ? "marks" : "bars" }));
  }

  #headers(messageId: string): void {
    const state = this.#pane.state(messageId);
    state.headers = !state.headers;
    this.#pane.redraw(messageId);
  }

  showAll(messageId: string): void {
    this.#pane.state(messageId).limit = null;
    this.#pane.redraw(messageId);
  }

  /** A message, with the lines that are selected in it when there are some. */
  #meant(messageId: string): { messageId: string; lines?: [number, number][] } {
    const selected = this.#pane.selection();
    return selected?.messageId === messageId && selected.lines
      ? { messageId, lines: selected.lines }
      : { messageId };
  }

  /** Answers a message; the lines selected in it, when there are some, are what is cited. */
  reply(messageId: string, toSender = false): void {
    const meant = this.#meant(messageId);
    this.#ask(this.#pane.channel.request("reply", toSender ? { ...meant, toSender } : meant));
  }

  /** Has the editor do something about a message. */
  #editor(action: EditorAction, messageId: string): void {
    this.#ask(this.#pane.channel.request("act", { action, ...this.#meant(messageId) }));
  }

  /** Has a message read against what it says of itself, or as it says again. */
  readAs(action: ReadAsAction, messageId: string): void {
    this.#ask(this.#pane.channel.request("act", { action, messageId }));
  }

  /** Has the editor open a draft for a comment on the selected lines, or on the line last clicked or focused. */
  #comment(): void {
    const meant = this.#pane.lineMeant();
    if (meant === undefined) this.#pane.say("Click a line, or select some, and press the key again.");
    else this.#ask(this.#pane.channel.request("act", { action: "commentLine", ...meant }));
  }

  /** Marks a message for the next trailer, or takes the mark away. */
  #markPatch(messageId: string): void {
    const { chosen } = this.#pane;
    if (!chosen.delete(messageId)) chosen.add(messageId);
    this.#pane.drawMarks();
    const are = chosen.size === 1 ? "message is" : "messages are";
    this.#pane.say(`${chosen.size || "No"} ${are} marked for the next trailer`);
  }

  /** Has the editor give a trailer to what is marked, else to the message meant. */
  #giveTrailer(messageId: string): void {
    const marked = [...this.#pane.chosen];
    if (marked.length === 0) {
      this.#editor("giveTrailer", messageId);
      return;
    }
    this.#ask(this.#pane.channel.request("act", { action: "giveTrailer", messageId, marked }));
    this.#pane.chosen.clear();
    this.#pane.drawMarks();
  }

  #copy(text: string, word: string): void {
    this.#pane.channel.request("copy", { text }).then(
      () => this.#pane.say(`${word} copied`),
      (error: Error) => this.#pane.say(error.message),
    );
  }

  attachment(messageId: string, index: number, save: boolean): void {
    this.#ask(this.#pane.channel.request("attachment", { messageId, index, save }));
  }

  /** Follows a link: inside the thread at once, else by way of the editor. */
  follow(link: Element): void {
    const kind = link.getAttribute("data-kind");
    const target = link.getAttribute("data-target") ?? "";
    const url = link.getAttribute("data-url");
    if (kind === "messageId" && this.#pane.goTo({ messageId: target }, true)) return;
    if (!isLinkKind(kind)) return;
    // It may lead to another thread: back leads here.
    if (kind === "messageId") this.#pane.travel.remember();
    this.#ask(this.#pane.channel.request("follow", url === null ? { kind, target } : { kind, target, url }));
  }

  /** Says in the title of a link what it leads to; asked once, when somebody points at it. */
  preview(link: Element): void {
    const kind = link.getAttribute("data-kind");
    const target = link.getAttribute("data-target") ?? "";
    if (!isLinkKind(kind) || kind === "url" || link.hasAttribute("data-previewed")) return;
    link.setAttribute("data-previewed", "");
    const url = link.getAttribute("data-url");
    this.#pane.channel.request("preview", url === null ? { kind, target } : { kind, target, url }).then(
      (text) => {
        if (text !== "") link.setAttribute("title", text);
      },
      // It is asked again at the next time.
      () => link.removeAttribute("data-previewed"),
    );
  }

  /** "3 of 23, Chen Wei, answers Ada Moreno, depth 2". */
  where(): string {
    const { thread, travel, views } = this.#pane;
    const outline = thread?.outline ?? [];
    const index = outline.findIndex(({ messageId }) => messageId === travel.current);
    const entry = outline[index];
    if (!entry) return "No message is shown.";
    const answers = views.get(entry.messageId)?.answers;
    const words = [
      `Message ${index + 1} of ${outline.length}`,
      entry.missing ? "not in the archive" : entry.from,
    ];
    if (answers) words.push(`answers ${answers}`);
    words.push(`depth ${entry.depth}`);
    const unread = outline.filter(({ marks }) => marks?.unread && !marks.bot).length;
    words.push(unread === 0 ? "all read" : `${unread} unread`);
    return words.join(", ");
  }
}
