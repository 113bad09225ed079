/** HTML to readable text, for mail that has nothing else (D211). The door of html-to-text. */
import { convert, type HtmlToTextOptions } from "html-to-text";
import type { Defect } from "./message.ts";

// Bounds: the converter recurses and keeps a tree. Mail beyond them is shown as far as they reach.
const maxInput = 200_000;
const maxDepth = 200;
const maxChildren = 20_000;

const options: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxDepth, maxChildNodes: maxChildren, ellipsis: "…" },
  selectors: [
    { selector: "a", options: { hideLinkHrefIfSameAsText: true, linkBrackets: ["<", ">"] } },
    { selector: "img", format: "skip" },
    { selector: "script", format: "skip" },
    { selector: "style", format: "skip" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

/** Renders HTML to plain text; never throws. The defect says what was done, or that it was cut. */
export function renderHtml(html: string): { text: string; defect: Defect } {
  const defect: Defect =
    html.length > maxInput
      ? { code: "html-cut", text: "The HTML is too long; only its beginning is shown, as text." }
      : { code: "html-as-text", text: "The mail is HTML; it is shown as text." };
  return { text: convert(html.slice(0, maxInput), options), defect };
}
