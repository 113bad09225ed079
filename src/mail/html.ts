/** HTML to readable text, for mail that has nothing else (D211). The door of html-to-text. */

import { convert, type HtmlNode, type HtmlTextBuilder, type HtmlToTextOptions } from "html-to-text";
import type { Defect } from "./defect.ts";

// Bounds: the converter recurses and keeps a tree. Mail beyond them is shown as far as they reach.
const maxInput = 200_000;
const maxDepth = 200;
const maxChildren = 20_000;

/** Paragraphs that mailers make of each line: those without a margin, and Outlook's, which style sheets give none. */
const LINES = [
  "p.MsoNormal",
  "p.MsoPlainText",
  ...["margin:0", "margin: 0", "margin-bottom:0", "margin-bottom: 0"].map((style) => `p[style*="${style}"]`),
];

const NO_BREAK_SPACE = "\u00a0";

/** Text of blanks; only a no-break space is more than that. */
const isBlank = (node: HtmlNode): boolean => node.name === undefined && !/[^ \t\r\n]/.test(node.data ?? "");

/** Whether nothing is shown beside an element on that side. */
function isLast(element: HtmlNode, side: "prev" | "next"): boolean {
  const node = element[side];
  return node === null || (isBlank(node) && node[side] === null);
}

/** Elements that end a line by themselves. */
const BLOCKS: ReadonlySet<string> = new Set(["p", "div", "li", "td", "blockquote"]);

/** A line break; at the end of a block it shows nothing, but a block of nothing else is an empty line. */
function breakLine(element: HtmlNode, _: unknown, builder: HtmlTextBuilder): void {
  let alone = true;
  let node: HtmlNode | null = element;
  while (node !== null && isLast(node, "next")) {
    alone &&= isLast(node, "prev");
    node = node.parent;
    if (!BLOCKS.has(node?.name ?? "")) continue;
    if (alone) builder.addInline(NO_BREAK_SPACE);
    return;
  }
  builder.addLineBreak();
}

const options: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth, maxChildNodes: maxChildren, ellipsis: "…" },
  formatters: { breakLine },
  selectors: [
    { selector: "br", format: "breakLine" },
    { selector: "a", options: { hideLinkHrefIfSameAsText: true, linkBrackets: ["<", ">"] } },
    { selector: "img", format: "skip" },
    { selector: "script", format: "skip" },
    { selector: "style", format: "skip" },
    ...LINES.map((selector) => ({
      selector,
      format: "paragraph",
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    })),
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

/** Renders HTML to plain text; never throws. The defect says what was done, or that it was cut. */
export function renderHtml(html: string): { text: string; defect: Defect } {
  const defect: Defect =
    html.length > maxInput
      ? { code: "html-cut", text: "The HTML is too long; only its beginning is shown, as text." }
      : { code: "html-as-text", text: "The mail is HTML; it is shown as text." };
  const lines = convert(html.slice(0, maxInput), options).split("\n");
  const text = lines.map((line) => (line === NO_BREAK_SPACE ? "" : line)).join("\n");
  return { text, defect };
}
