/** The head of a thread: subject, counts, fold level, the few things one does most. */
import type { FoldLevel, OutlineEntry, ThreadView } from "../protocol.ts";
import { spanWords } from "./dates.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";

const LEVELS: readonly [FoldLevel, word: string, title: string][] = [
  [0, "all", "Everything unfolded"],
  [1, "replies", "What is answered, in context"],
  [2, "brief", "One line of context"],
  [3, "own", "Own text alone"],
];

/** The word for a fold level, as the head has it. */
export const levelWord = (level: FoldLevel): string => LEVELS[level]?.[1] ?? "";

const many = (count: number, unit: string, units: string): string => `${count} ${count === 1 ? unit : units}`;

/** `keyOf` gives the key of an action, for the hints; undefined when it has none. */
export function renderHeader(
  { document, nowMs }: Drawing,
  view: ThreadView,
  level: FoldLevel,
  keyOf: (action: string) => string | undefined,
): HTMLElement {
  const missing = view.outline.filter((entry) => entry.missing).length;
  const facts = [
    view.list,
    many(view.outline.length - missing, "message", "messages"),
    many(view.people, "person", "people"),
    missing > 0 ? `${missing} missing` : "",
  ];
  const span = spanWords(
    view.outline.flatMap(({ dateMs }) => dateMs ?? []),
    nowMs,
  );
  const header = element(document, "header", { class: "top" });
  header.append(
    element(document, "h1", {}, view.subject || "(no subject)"),
    element(
      document,
      "p",
      { class: "meta" },
      facts.filter(Boolean).join(" · "),
      element(document, "span", { class: "unreadCount" }, " · ", element(document, "strong", {})),
      span === "" ? undefined : ` · ${span}`,
    ),
  );
  markUnread(header, view.outline);
  const levels = element(document, "div", {
    class: "levels",
    role: "radiogroup",
    "aria-label": "Fold level",
  });
  for (const [value, word, title] of LEVELS) {
    levels.append(
      element(
        document,
        "button",
        {
          type: "button",
          role: "radio",
          "aria-checked": String(value === level),
          tabindex: value === level ? 0 : -1,
          "data-act": "level",
          "data-level": value,
          title,
        },
        word,
      ),
    );
  }
  const hint = (act: string, text: string, name = "hint") => {
    const key = keyOf(act);
    return element(
      document,
      "button",
      { type: "button", class: name, "data-act": act },
      key === undefined ? undefined : element(document, "kbd", { "aria-hidden": "true" }, key),
      key === undefined ? text : ` ${text}`,
    );
  };
  const bar = element(document, "div", { class: "tools" });
  bar.append(
    element(
      document,
      "button",
      {
        type: "button",
        class: "hint outlineButton",
        "data-act": "toggleOutline",
        "aria-expanded": "false",
        "aria-controls": "outline",
      },
      "☰ outline",
    ),
    levels,
    hint("nextUnread", "next unread"),
    hint("unfoldAll", "unfold all"),
    hint("replyAll", "reply"),
    hint("showKeys", "keys", "hint last"),
  );
  header.append(bar);
  return header;
}

/** Shows how many messages of people are unread in the thread. */
export function markUnread(header: Element, outline: readonly OutlineEntry[]): void {
  const unread = outline.filter(({ marks }) => marks?.unread && !marks.bot).length;
  const count = header.querySelector(".unreadCount");
  count?.toggleAttribute("hidden", unread === 0);
  const words = count?.querySelector("strong");
  if (words) words.textContent = `${unread} unread`;
}

/** Shows which fold level holds for the thread. */
export function markLevel(header: Element, level: FoldLevel): void {
  for (const radio of header.querySelectorAll("[role='radio']")) {
    const isOn = radio.getAttribute("data-level") === String(level);
    radio.setAttribute("aria-checked", String(isOn));
    radio.setAttribute("tabindex", isOn ? "0" : "-1");
  }
}
