/** A diff of the sender's own: a card for each file, with counts and both line numbers, and a way to each of them. */
import { appendCode, type CodeStyle } from "./codeLines.ts";
import { type DiffFile, diffOf } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import type { Part } from "./folds.ts";
import { appendTail, expectLines, tailOf } from "./lines.ts";

/** A link within the message to the card of a file; `text` is what it says. */
export function fileLink({ document }: Drawing, path: string, text: string): HTMLElement {
  return element(
    document,
    "a",
    { class: "link", role: "link", tabindex: 0, "data-act": "goToFile", "data-path": path },
    text,
  );
}

/** "+3 −1", each half in its colour. */
export function countsElement(
  { document }: Drawing,
  { added, removed }: Pick<DiffFile, "added" | "removed">,
): HTMLElement {
  const counts = element(document, "span", { class: "counts", title: `${added} added, ${removed} removed` });
  if (added > 0) counts.append(element(document, "span", { class: "plus" }, `+${added}`));
  if (added > 0 && removed > 0) counts.append(" ");
  if (removed > 0) counts.append(element(document, "span", { class: "minus" }, `−${removed}`));
  return counts;
}

/** The files of a diff as a list of links, for a patch that brings no diffstat. */
function jumpList(drawing: Drawing, files: readonly DiffFile[]): HTMLElement {
  const { document } = drawing;
  const list = element(document, "ul", { class: "jumps", "aria-label": "Files of this patch" });
  for (const file of files) {
    list.append(
      element(document, "li", {}, fileLink(drawing, file.path, file.path), " ", countsElement(drawing, file)),
    );
  }
  return list;
}

/** How a diff of the sender's own is shown at the moment. */
export interface CardState {
  /** Lines of the body (from 1) where files begin that were shut by hand. */
  shut: ReadonlySet<number>;
  /** The message names its files by a diffstat that leads to them. */
  hasStat: boolean;
}

function card(
  drawing: Drawing,
  { block, from, to }: Part,
  file: DiffFile,
  state: CardState,
  idBase: string,
): HTMLElement {
  const { document } = drawing;
  const { marks } = diffOf(block.lines);
  const end = Math.min(file.to, to);
  const body = Math.min(file.body, end);
  const first = block.firstLine + file.from;
  const id = `${idBase}-${first}`;
  const isOpen = !state.shut.has(first);
  let highest = 0;
  for (let index = file.from; index < end; index += 1)
    highest = Math.max(highest, marks[index]?.old ?? 0, marks[index]?.new ?? 0);
  const digits = Math.min(7, Math.max(3, String(highest).length));
  const made = element(document, "section", {
    class: `file w${digits}${isOpen ? "" : " shut"}`,
    "data-path": file.path,
    "data-first": first,
    "data-vscode-context": JSON.stringify({ webviewSection: "patch" }),
  });
  expectLines(made, end - body + 1);
  const button = element(
    document,
    "button",
    {
      type: "button",
      class: "fileName",
      "aria-expanded": String(isOpen),
      "aria-controls": id,
      "data-act": "toggleFile",
    },
    file.path,
  );
  made.append(
    element(
      document,
      "h3",
      {},
      button,
      countsElement(drawing, file),
      file.change ? element(document, "span", { class: "change" }, file.change) : undefined,
    ),
  );
  const style: CodeStyle = { marks, path: file.path, digits, level: 4 };
  const head = element(document, "div", { class: "fileHeads", hidden: "until-found" });
  appendCode(drawing, head, { block, from: Math.max(from, file.from), to: body }, style);
  const code = element(document, "div", {
    class: "code",
    id,
    "data-path": file.path,
    hidden: isOpen ? undefined : "until-found",
  });
  appendCode(drawing, code, { block, from: Math.max(from, body), to: end }, style);
  made.append(head, code);
  return made;
}

/** Appends the files of a part; `idBase` begins the ids of what their buttons control. */
export function appendFiles(
  drawing: Drawing,
  parent: HTMLElement,
  part: Part,
  state: CardState,
  idBase: string,
): void {
  const { document } = drawing;
  const { block } = part;
  const to = tailOf(part);
  const { marks, files } = diffOf(block.lines);
  const shown = files.filter((file) => file.to > part.from && file.from < to);
  if (!state.hasStat && shown.length > 1) parent.append(jumpList(drawing, shown));
  const loose = Math.min(shown[0]?.from ?? to, to);
  if (loose > part.from) {
    const head = element(document, "div", { class: "diff loose" });
    appendCode(drawing, head, { block, from: part.from, to: loose }, { marks, path: "", level: 3 });
    parent.append(head);
  }
  for (const file of shown) parent.append(card(drawing, { ...part, to }, file, state, idBase));
  appendTail(drawing, parent, part);
}
