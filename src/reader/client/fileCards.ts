/** A diff of the sender's own: a card for each file, with counts and both line numbers. */
import { type DiffLine, filesOf, markLines } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { appendLines, appendTail, tailOf } from "./lines.ts";

/** The class of a line by what it is in the diff. */
export const DIFF_CLASS: Record<DiffLine["mark"], string> = {
  fileHead: "line fileHead",
  meta: "line meta",
  hunk: "line hunk",
  add: "line add",
  del: "line del",
  context: "line context",
  note: "line note",
  prose: "line context",
};

/** Both line numbers in one attribute, so that neither copy, find nor a voice meets them. */
function numberLine(line: HTMLElement, mark: DiffLine | undefined, width: number): void {
  if (!mark || (mark.old === undefined && mark.new === undefined)) return;
  const side = (value: number | undefined) => String(value ?? "").padStart(width);
  line.setAttribute("data-numbers", `${side(mark.old)} ${side(mark.new)}`);
}

function countWords(added: number, removed: number): string {
  return `${added} added, ${removed} removed`;
}

/** Appends the files of a part; `idBase` begins the ids of what their buttons control. */
export function appendFiles(drawing: Drawing, parent: HTMLElement, part: Part, idBase: string): void {
  const { document } = drawing;
  const { block } = part;
  const to = tailOf(part);
  const lines = block.lines.slice(part.from, to);
  const marks = markLines(lines);
  const files = filesOf(lines, marks);
  const first = files[0]?.from ?? lines.length;
  const classOf = (index: number) => DIFF_CLASS[marks[index - part.from]?.mark ?? "prose"];
  if (first > 0) {
    const head = element(document, "div", { class: "diff loose" });
    appendLines(drawing, head, { block, from: part.from, to: part.from + first }, classOf);
    parent.append(head);
  }
  for (const file of files) {
    const id = `${idBase}-${block.firstLine + part.from + file.from}`;
    const highest = marks
      .slice(file.from, file.to)
      .reduce((most, { old = 0, new: fresh = 0 }) => Math.max(most, old, fresh), 0);
    const width = Math.max(3, String(highest).length);
    const card = element(document, "section", { class: `file w${Math.min(width, 7)}` });
    const button = element(
      document,
      "button",
      {
        type: "button",
        class: "fileName",
        "aria-expanded": "true",
        "aria-controls": id,
        "data-act": "toggleFile",
      },
      file.path,
    );
    const counts = element(document, "span", {
      class: "counts",
      title: countWords(file.added, file.removed),
    });
    if (file.added > 0) counts.append(element(document, "span", { class: "plus" }, `+${file.added}`), " ");
    if (file.removed > 0) counts.append(element(document, "span", { class: "minus" }, `−${file.removed}`));
    card.append(
      element(
        document,
        "h3",
        {},
        button,
        counts,
        file.change ? element(document, "span", { class: "change" }, file.change) : undefined,
      ),
    );
    const head = element(document, "div", { class: "fileHeads", hidden: "until-found" });
    appendLines(drawing, head, { block, from: part.from + file.from, to: part.from + file.body }, classOf);
    const code = element(document, "div", { class: "code", id });
    appendLines(drawing, code, { block, from: part.from + file.body, to: part.from + file.to }, classOf);
    for (const line of code.querySelectorAll<HTMLElement>("[data-line]")) {
      numberLine(line, marks[Number(line.getAttribute("data-line")) - block.firstLine - part.from], width);
    }
    card.append(head, code);
    parent.append(card);
  }
  appendTail(drawing, parent, part);
}
