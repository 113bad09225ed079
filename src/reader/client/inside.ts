/** Messages inside a message, as forwarded whole: each with its own heading and its own cited text (D212). */
import type { MessageView } from "../protocol.ts";
import { citeElement, voicesOf } from "./cites.ts";
import { appendCode } from "./codeLines.ts";
import { fullDate } from "./dates.ts";
import { diffOf } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { appendLines } from "./lines.ts";

/** What the page's acts look for: lines inside are none of the outer body, so they are not cited or gone to by number. */
const PLACES = ["data-line", "data-first", "data-from"];

/** One message inside; those inside of it follow its body. */
function insideElement(drawing: Drawing, view: MessageView): HTMLElement {
  const { document } = drawing;
  const from = view.from?.name || view.from?.address || "somebody";
  const when = view.dateMs === undefined ? "" : `, ${fullDate(view.dateMs, view.zoneMinutes)}`;
  const section = element(document, "section", {
    class: "inside",
    "aria-label": `Message inside, of ${from}`,
  });
  section.append(
    element(
      document,
      "p",
      { class: "insideHead" },
      element(document, "strong", {}, view.subject || "(no subject)"),
      element(document, "span", { class: "dim" }, `${from}${when}`),
    ),
  );
  const body = element(document, "div", { class: drawing.marks ? "body marked" : "body" });
  const voices = voicesOf(view.blocks);
  for (const block of view.blocks) {
    const part = { block, from: 0, to: block.lines.length };
    voices.hear(block);
    if (block.depth > 0) body.append(citeElement(drawing, part, voices));
    else {
      const own = element(document, "div", { class: `own ${block.kind}` });
      if (block.kind === "diff")
        appendCode(drawing, own, part, { marks: diffOf(block.lines).marks, path: drawing.pathOf(block) });
      else appendLines(drawing, own, part);
      body.append(own);
    }
  }
  for (const name of PLACES)
    for (const line of body.querySelectorAll(`[${name}]`)) line.removeAttribute(name);
  section.append(body);
  return section;
}

/** The messages inside a message, those inside of them below: as deep as the editor has looked. */
export function appendInside(drawing: Drawing, parent: HTMLElement, view: MessageView): void {
  for (const inner of view.inside ?? []) {
    const section = insideElement(drawing, inner);
    appendInside(drawing, section, inner);
    parent.append(section);
  }
}
