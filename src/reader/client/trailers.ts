/** Trailers drawn as trailers: chips with the key and whom or what it names. */
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { appendTail, appendText, lineElement, linksOf, tailOf } from "./lines.ts";
import { authorOf } from "./people.ts";

const TRAILER = /^([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*/;

/** Trailers as chips: key and name; the address is in the tooltip, the whole line in the view with marks. */
export function appendTrailers(drawing: Drawing, parent: HTMLElement, part: Part): void {
  const { document } = drawing;
  const to = tailOf(part);
  const links = linksOf(part.block);
  const list = element(document, "div", { class: "trailers" });
  for (let index = part.from; index < to; index += 1) {
    const text = part.block.lines[index] ?? "";
    const key = TRAILER.exec(text.slice(0, 100));
    const spans = links.get(index);
    if (!key || spans || drawing.marks) {
      list.append(lineElement(drawing, part.block, index, key && !drawing.marks ? "chip" : "line", spans));
      continue;
    }
    const value = text.slice(key[0].length);
    const { name } = value.endsWith(">") ? authorOf(value) : { name: "" };
    const chip = element(document, "div", {
      class: "chip",
      "data-line": part.block.firstLine + index,
      title: text,
    });
    chip.append(element(document, "b", {}, `${key[1]}:`), " ");
    appendText(document, chip, name || value);
    list.append(chip);
  }
  parent.append(list);
  appendTail(drawing, parent, part);
}
