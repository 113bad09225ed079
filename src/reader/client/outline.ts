/** The outline of a thread: who and what in a word, in reply structure. */
import type { EntryMarks, OutlineEntry } from "../protocol.ts";
import { isOneYear, outlineDate } from "./dates.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { shortNames } from "./people.ts";

/** Deeper replies are indented no further. */
const DEEPEST = 12;

/** What an entry says: the gist alone where it says who (a patch, a trailer), else author and gist. */
export function entryText(entry: OutlineEntry, name = entry.from): string {
  if (entry.missing) return "message not in the archive";
  const { gist, from } = entry;
  const saysAll = /^\d{1,4}\/\d{1,4} /.test(gist) || gist.endsWith(from) || (from && gist.startsWith(from));
  return saysAll || !name ? entry.gist : entry.gist ? `${name} · ${entry.gist}` : name;
}

/** What a row shows and says of its message's marks; `isChosen` says that it waits for the next trailer. */
function drawMarks(document: Document, row: Element, entry: OutlineEntry, isChosen: boolean): void {
  const { unread, starred, muted, note, bot } = entry.marks ?? {};
  row.classList.toggle("unread", unread === true && !bot);
  row.classList.toggle("muted", muted === true);
  row.querySelector(".marks")?.remove();
  const spoken = [
    isChosen ? "marked for a trailer" : "",
    unread ? "unread" : "",
    starred ? "starred" : "",
    muted ? "muted" : "",
    note === undefined ? "" : "with a note",
  ].filter((word) => word !== "");
  row.setAttribute("title", note === undefined ? entryText(entry) : `${entryText(entry)}\n${note}`);
  if (spoken.length === 0) return;
  const shown = [
    isChosen ? "✓" : "",
    note === undefined ? "" : "✎",
    starred ? "★" : "",
    unread && !bot ? "●" : "",
  ].join("");
  const marks = element(
    document,
    "span",
    { class: "marks" },
    element(document, "span", { "aria-hidden": "true" }, shown),
    element(document, "span", { class: "spoken" }, `, ${spoken.join(", ")}, `),
  );
  row.insertBefore(marks, row.querySelector(".when"));
}

/** Gives the entries the marks that their messages have now, by Message-ID. */
export function takeMarks(outline: readonly OutlineEntry[], marks: Record<string, EntryMarks>): void {
  for (const entry of outline) {
    const now = marks[entry.messageId];
    if (now === undefined) delete entry.marks;
    else entry.marks = now;
  }
}

/** Draws the marks of all rows of an outline anew, as its entries have them. */
export function redrawMarks(
  document: Document,
  tree: Element,
  outline: readonly OutlineEntry[],
  chosen: ReadonlySet<string>,
): void {
  const rows = tree.querySelectorAll(".entry");
  for (const [index, entry] of outline.entries()) {
    const row = rows[index];
    if (row) drawMarks(document, row, entry, chosen.has(entry.messageId));
  }
}

/** The rows as a tree of one tab stop; each row has `data-message`. `chosen` are messages marked for a trailer. */
export function renderOutline(
  drawing: Drawing,
  outline: readonly OutlineEntry[],
  chosen: ReadonlySet<string> = new Set(),
): HTMLElement {
  const { document } = drawing;
  const tree = element(document, "ul", {
    class: "outline",
    role: "tree",
    "aria-label": "Messages of the thread",
  });
  const short = shortNames(outline);
  const dates = outline.flatMap(({ dateMs }) => dateMs ?? []);
  const hasYear = !isOneYear(dates);
  outline.forEach((entry, index) => {
    const text = entryText(entry);
    const row = element(
      document,
      "li",
      {
        class: `entry d${Math.min(entry.depth, DEEPEST)}${entry.missing ? " missing" : ""}${/^[A-Z][a-z-]+-by /.test(entry.gist) ? " quiet" : ""}`,
        role: "treeitem",
        "aria-level": entry.depth + 1,
        "aria-selected": "false",
        tabindex: index === 0 ? 0 : -1,
        title: text,
        "data-act": "open",
        "data-message": entry.messageId,
      },
      element(document, "span", { class: "text" }, entryText(entry, short.get(entry.from))),
      element(
        document,
        "span",
        { class: "when" },
        entry.dateMs === undefined ? "" : outlineDate(entry.dateMs, drawing.nowMs, hasYear),
      ),
    );
    drawMarks(document, row, entry, chosen.has(entry.messageId));
    tree.append(row);
  });
  return tree;
}

/** Marks the row of the message in view; it takes the tree's tab stop. */
export function markCurrent(tree: Element, messageId: string): void {
  for (const old of tree.querySelectorAll("[aria-selected='true']")) {
    old.setAttribute("aria-selected", "false");
    old.setAttribute("tabindex", "-1");
  }
  for (const row of tree.children) {
    if (row.getAttribute("data-message") !== messageId) {
      if (row.getAttribute("tabindex") === "0") row.setAttribute("tabindex", "-1");
      continue;
    }
    row.setAttribute("aria-selected", "true");
    row.setAttribute("tabindex", "0");
    intoView(row, tree.parentElement);
  }
}

/** So many rows around the current one are in view too: what comes next is seen coming. */
const AROUND = 3;

/** Scrolls no further than needed, and nothing but the outline: `scrollIntoView` moves what stands round it as well. */
function intoView(row: Element, scroller: Element | null): void {
  if (scroller === null) return;
  const [box, view] = [row.getBoundingClientRect(), scroller.getBoundingClientRect()];
  const around = Math.min(AROUND * box.height, (view.height - box.height) / 2);
  if (box.top - around < view.top) scroller.scrollTop -= view.top - box.top + around;
  else if (box.bottom + around > view.bottom) scroller.scrollTop += box.bottom + around - view.bottom;
}

/** The row that an arrow key leads to from `row`; undefined when the key is no business of a tree. */
export function rowAfterKey(row: Element, key: string): Element | null | undefined {
  const level = (element: Element) => Number(element.getAttribute("aria-level"));
  switch (key) {
    case "ArrowDown":
      return row.nextElementSibling;
    case "ArrowUp":
      return row.previousElementSibling;
    case "Home":
      return row.parentElement?.firstElementChild ?? null;
    case "End":
      return row.parentElement?.lastElementChild ?? null;
    case "ArrowRight": {
      const next = row.nextElementSibling;
      return next && level(next) > level(row) ? next : null;
    }
    case "ArrowLeft": {
      let above = row.previousElementSibling;
      while (above && level(above) >= level(row)) above = above.previousElementSibling;
      return above;
    }
    default:
      return undefined;
  }
}
