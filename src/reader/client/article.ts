/** One message as an article: a heading of one line, recipients, body, attachments. */
import type { MessageView, OutlineEntry, PersonView } from "../protocol.ts";
import { type BodyState, renderBody } from "./body.ts";
import { fullDate, headingDate, relativeDate } from "./dates.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { appendInside } from "./inside.ts";
import { initialsOf, nameOf } from "./people.ts";

/** How one message is shown at the moment. */
export interface ArticleState extends BodyState {
  /** One line with the gist instead of the text. */
  collapsed: boolean;
  /** All header fields. */
  headers: boolean;
}

/** Recipients that are named before the rest is counted. */
const NAMES = 6;

const personName = (person: PersonView): string => person.name || nameOf(person.address);

function action(drawing: Drawing, act: string, text: string, label: string, pressed?: boolean): HTMLElement {
  return element(
    drawing.document,
    "button",
    {
      type: "button",
      class: "act",
      "data-act": act,
      "aria-label": label,
      "aria-pressed": pressed === undefined ? undefined : String(pressed),
    },
    text,
  );
}

function headingTime(
  drawing: Drawing,
  view: { dateMs?: number; zoneMinutes?: number },
): HTMLElement | undefined {
  if (view.dateMs === undefined) return undefined;
  const absolute = headingDate(view.dateMs, drawing.nowMs);
  const relative = relativeDate(view.dateMs, drawing.nowMs);
  const time = element(
    drawing.document,
    "time",
    { datetime: new Date(view.dateMs).toISOString(), title: fullDate(view.dateMs, view.zoneMinutes) },
    drawing.dates === "relative" && relative ? relative : absolute,
  );
  // Where there is little room the date alone is shown.
  if (drawing.dates === "both" && relative)
    time.append(element(drawing.document, "span", { class: "relative" }, ` · ${relative}`));
  return time;
}

/** "91 % quoted, 64 lines unanswered" (F808); where there is little room the second half is in the tooltip alone. */
function citedShare({ document }: Drawing, { citedPercent, unanswered }: MessageView): Element | undefined {
  if (citedPercent === undefined) return undefined;
  const quoted = `${citedPercent} % quoted`;
  const rest = unanswered === undefined ? "" : `, ${unanswered} lines unanswered`;
  const pill = element(document, "span", { class: "number share", title: quoted + rest }, quoted);
  if (rest) pill.append(element(document, "span", { class: "unanswered" }, rest));
  return pill;
}

/** What the heading says aloud, in three steps (who; whom it answers and how deep; when, to how many, how much cited). */
function spokenTitle(
  drawing: Drawing,
  entry: OutlineEntry,
  view: MessageView | undefined,
  from: string,
  isCollapsed: boolean,
): string {
  const words = [from];
  if (drawing.spoken !== "brief") {
    if (view?.patch) words.push(`patch ${view.patch}`);
    else if (view?.answers) words.push(`answers ${view.answers}`);
    words.push(`depth ${entry.depth}`);
  }
  if (drawing.spoken === "full" && view) {
    if (view.dateMs !== undefined) words.push(fullDate(view.dateMs, view.zoneMinutes));
    const recipients = view.to.length + view.cc.length;
    words.push(recipients === 1 ? "1 recipient" : `${recipients} recipients`);
    if (view.citedPercent !== undefined) words.push(`${view.citedPercent} percent quoted`);
  }
  if (isCollapsed && view?.gist) words.push(view.gist);
  return words.join(", ");
}

function heading(
  drawing: Drawing,
  entry: OutlineEntry,
  view: MessageView | undefined,
  state: ArticleState,
  id: string,
): HTMLElement {
  const { document, people } = drawing;
  const from = view?.from ? personName(view.from) : entry.from;
  const address = view?.from?.address ?? entry.address;
  const title = element(
    document,
    "h2",
    { id: `${id}-title`, "aria-label": spokenTitle(drawing, entry, view, from, state.collapsed) },
    element(
      document,
      "button",
      {
        type: "button",
        class: "name",
        "data-act": "collapse",
        "aria-expanded": String(!state.collapsed),
        "aria-controls": `${id}-content`,
      },
      from,
    ),
  );
  const who = view?.answers && !view.patch ? `answers ${view.answers}` : address;
  if (who && !state.collapsed) title.append(" ", element(document, "span", { class: "who" }, who));
  const head = element(document, "header", { class: "head" });
  head.append(
    element(
      document,
      "span",
      { class: `initials p${people.colour(from, address)}`, "aria-hidden": "true" },
      initialsOf(from),
    ),
    title,
  );
  if (view?.patch) head.append(element(document, "span", { class: "number patch" }, view.patch));
  if (state.collapsed || !view) {
    head.append(element(document, "span", { class: "gist" }, view?.gist ?? entry.gist));
  }
  if (view && !state.collapsed) {
    const share = citedShare(drawing, view);
    if (share) head.append(share);
    for (const badge of view.badges) head.append(element(document, "span", { class: "number badge" }, badge));
  }
  if (view) {
    const acts = element(document, "span", { class: "acts" });
    acts.append(
      action(drawing, "reply", "reply", `Reply to ${from}`),
      action(drawing, "copyLoreLink", "link", "Copy the link to this message"),
      action(drawing, "copyMessageId", "id", "Copy the Message-ID"),
      action(drawing, "toggleHeaders", "headers", "All headers", state.headers),
      action(drawing, "showRaw", "raw", "Show the raw message"),
    );
    head.append(acts);
  }
  const time = headingTime(drawing, view ?? entry);
  if (time) head.append(time);
  return head;
}

function names(people: readonly PersonView[]): string {
  const more = people.length > NAMES ? ` and ${people.length - NAMES} more` : "";
  return people.slice(0, NAMES).map(personName).join(", ") + more;
}

/** Recipients, as what changed against the message that is answered when that is known. */
function recipients(drawing: Drawing, view: MessageView): HTMLElement {
  const { document } = drawing;
  const everyone = [
    ...view.to.map((person) => ["To", person] as const),
    ...view.cc.map((person) => ["Cc", person] as const),
  ];
  const line = element(document, "p", {
    class: "recipients",
    title: everyone
      .map(([field, { name, address }]) => `${field}: ${name ? `${name} <${address}>` : address}`)
      .join("\n"),
  });
  const { changed } = view;
  if (view.to.length > 0) line.append(`To ${names(view.to)}`);
  const added = new Set(changed?.added.map(({ address }) => address));
  const before = view.cc.filter(({ address }) => !added.has(address));
  if (before.length > 0) {
    line.append(view.to.length > 0 ? " · Cc " : "Cc ", changed ? "as before" : names(before));
  }
  if (changed && changed.added.length > 0) {
    line.append(" ", element(document, "ins", {}, `+ ${names(changed.added)}`));
  }
  if (changed && changed.dropped.length > 0) {
    line.append(" ", element(document, "del", {}, `without ${names(changed.dropped)}`));
  }
  return line;
}

/** A list that is not addressed any more, in a line of its own: who answers is not heard there. */
function droppedLists(view: MessageView): string | undefined {
  const lists = view.changed?.lists ?? [];
  if (lists.length === 0) return undefined;
  const addresses = lists.map(({ address }) => address).join(", ");
  return `Not sent to ${addresses} any more, where the message it answers went.`;
}

function headerTable(drawing: Drawing, view: MessageView): HTMLElement {
  const { document } = drawing;
  const list = element(document, "dl", { class: "headers" });
  for (const [name, value] of view.headers) {
    list.append(element(document, "dt", {}, name), element(document, "dd", {}, value));
  }
  return list;
}

/** "12 kB" of a count of bytes. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Nothing stands below its heading: else it would look as if it were still being read. */
const isEmpty = ({ blocks, inside = [], attachments: files }: MessageView): boolean =>
  files.length + inside.length === 0 && blocks.every(({ lines }) => lines.every((line) => !line.trim()));

function attachments(drawing: Drawing, view: MessageView): HTMLElement {
  const { document } = drawing;
  const list = element(document, "ul", { class: "attachments", "aria-label": "Attachments" });
  for (const { index, name, type, size } of view.attachments) {
    const button = (act: string, text: string) =>
      element(
        document,
        "button",
        {
          type: "button",
          class: "act",
          "data-act": act,
          "data-index": index,
          "aria-label": `${text} ${name}`,
        },
        text,
      );
    list.append(
      element(
        document,
        "li",
        { "data-vscode-context": JSON.stringify({ webviewSection: "attachment", index }) },
        element(document, "span", { class: "attached" }, name),
        element(document, "span", { class: "dim" }, `${type}, ${sizeWords(size)}`),
        button("openAttachment", "Open"),
        button("saveAttachment", "Save"),
      ),
    );
  }
  return list;
}

function ghost(drawing: Drawing, entry: OutlineEntry, id: string): HTMLElement {
  const { document } = drawing;
  return element(
    document,
    "div",
    { class: "ghost" },
    element(document, "h2", { id: `${id}-title` }, "Message not in the archive"),
    element(
      document,
      "p",
      {},
      "Other messages of the thread refer to it. Its Message-ID is ",
      element(document, "code", {}, entry.messageId),
    ),
    element(
      document,
      "p",
      { class: "ghostActs" },
      element(
        document,
        "button",
        { type: "button", class: "act", "data-act": "copyMessageId" },
        "Copy Message-ID",
      ),
    ),
  );
}

/** The place of a message that is still to come; it has no heading yet. */
export function waitingArticle({ document }: Drawing, entry: OutlineEntry, id: string): HTMLElement {
  return element(document, "article", {
    id,
    class: "message waiting",
    tabindex: -1,
    "aria-busy": "true",
    "data-message": entry.messageId,
  });
}

/**
 * The article of one place in the outline. Without a view it is the heading alone, until the message arrives.
 * `id` is the element's id; ids of its parts begin with it.
 */
export function renderArticle(
  drawing: Drawing,
  entry: OutlineEntry,
  view: MessageView | undefined,
  state: ArticleState,
  id: string,
): HTMLElement {
  const { document } = drawing;
  const isWaiting = !view && !entry.missing;
  const article = element(document, "article", {
    id,
    class: `message${entry.missing ? " missing" : ""}${isWaiting ? " waiting" : ""}${state.collapsed ? " collapsed" : ""}`,
    tabindex: -1,
    "aria-labelledby": `${id}-title`,
    "aria-busy": isWaiting ? "true" : undefined,
    "data-message": entry.messageId,
    // What the editor's context menu is about.
    "data-vscode-context": JSON.stringify({
      webviewSection: entry.missing ? "ghost" : "message",
      messageId: entry.messageId,
    }),
  });
  if (entry.missing) {
    article.append(ghost(drawing, entry, id));
    return article;
  }
  article.append(heading(drawing, entry, view, state, id));
  if (!view) return article;
  const content = element(document, "div", {
    class: "content",
    id: `${id}-content`,
    hidden: state.collapsed ? "until-found" : undefined,
  });
  if (view.to.length + view.cc.length > 0) content.append(recipients(drawing, view));
  const warnings = [droppedLists(view), ...view.defects].filter((sentence) => sentence !== undefined);
  const doubts = view.doubts ?? [];
  if (warnings.length + doubts.length > 0) {
    const list = element(document, "ul", { class: "defects", "aria-label": "Problems of this message" });
    for (const sentence of warnings) list.append(element(document, "li", {}, sentence));
    for (const { text, action: act, label } of doubts)
      list.append(element(document, "li", {}, text, " ", action(drawing, act, label, label)));
    content.append(list);
  }
  if (state.headers) content.append(headerTable(drawing, view));
  if (isEmpty(view)) content.append(element(document, "p", { class: "dim" }, "This message has no text."));
  content.append(renderBody(drawing, view, state, id));
  appendInside(drawing, content, view);
  if (view.attachments.length > 0) content.append(attachments(drawing, view));
  article.append(content);
  return article;
}
