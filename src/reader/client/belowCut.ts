/** What a patch says below its `---`: the diffstat, as links to the files, and notes that do not go into the commit. */
import type { BlockView } from "../protocol.ts";
import { diffOf } from "./diff.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { fileLink } from "./fileCards.ts";
import type { Part } from "./folds.ts";
import { appendTail, lineElement, linksOf, tailOf } from "./lines.ts";

/** `note` is what the author says to the readers alone. */
export type StatMark = "text" | "cut" | "stat" | "total" | "note";

const TOTAL = /^ \d{1,6} files? changed(?:, \d{1,9} insertions?\(\+\))?(?:, \d{1,9} deletions?\(-\))?$/;
const SUMMARY = /^ (?:(?:create|delete) mode \d{6} |mode change \d{6} => |(?:rename|copy|rewrite) \S)/;
const AMOUNT = /^ *(?:\d{1,9}(?: [+-]{1,200})?|Bin\b[\d >bytes-]{0,60})$/;

/** The path and the amount of a line of a diffstat: ` mm/pond.c | 12 +++---`; undefined for other lines. */
export function readStat(line: string): { path: string; amount: string } | undefined {
  if (!line.startsWith(" ") || line.length > 400) return undefined;
  const bar = line.lastIndexOf(" |");
  if (bar < 1 || !AMOUNT.test(line.slice(bar + 2))) return undefined;
  const path = line.slice(1, bar).trim();
  return path === "" || path.startsWith("|") ? undefined : { path, amount: line.slice(bar) };
}

/**
 * What each line of own text is. `isCut` tells that the message holds a patch, so that `---` ends what is committed;
 * elsewhere it is text, and only the diffstat of a cover letter is found.
 */
export function markStat(lines: readonly string[], isCut: boolean): StatMark[] {
  let below = false;
  return lines.map((line): StatMark => {
    if (isCut && !below && /^---\s*$/.test(line.slice(0, 80))) {
      below = true;
      return "cut";
    }
    if (readStat(line)) return "stat";
    if (TOTAL.test(line) || SUMMARY.test(line)) return "total";
    return below && line.trim() !== "" ? "note" : "text";
  });
}

/** The paths of the sender's own diffs in a message. */
export const ownPaths = (blocks: readonly BlockView[]): string[] =>
  blocks
    .filter(({ kind, depth }) => kind === "diff" && depth === 0)
    .flatMap(({ lines }) => diffOf(lines).files.map(({ path }) => path));

/** The file that a diffstat means: it shortens long paths (`.../pond.c`) and joins both of a rename (`{a => b}/c`). */
export function pathMeant(written: string, paths: readonly string[]): string | undefined {
  const renamed = written
    .replace(/\{([^{}]{0,200}) => ([^{}]{0,200})\}/, "$2")
    .replace(/^.{1,400} => /, "")
    .replaceAll("//", "/");
  if (paths.includes(renamed)) return renamed;
  if (!renamed.startsWith("...")) return undefined;
  const end = renamed.slice(3);
  const found = paths.filter((path) => path.endsWith(end));
  return found.length === 1 ? found[0] : undefined;
}

function statLine(
  drawing: Drawing,
  block: BlockView,
  index: number,
  paths: readonly string[] | undefined,
): HTMLElement {
  const { document } = drawing;
  const text = block.lines[index] ?? "";
  const stat = readStat(text);
  if (!stat) return lineElement(drawing, block, index, "line");
  const line = element(document, "div", { class: "line stat", "data-line": block.firstLine + index });
  const path = paths === undefined ? stat.path : pathMeant(stat.path, paths);
  const start = text.indexOf(stat.path);
  const signs = /[+-]*$/.exec(stat.amount)?.[0] ?? "";
  const removed = signs.indexOf("-") < 0 ? signs.length : signs.indexOf("-");
  line.append(
    text.slice(0, start),
    path === undefined ? stat.path : fileLink(drawing, path, stat.path),
    text.slice(start + stat.path.length, text.length - signs.length),
  );
  const half = (name: string, text: string) =>
    element(document, "span", { class: name, "aria-hidden": "true" }, text);
  if (removed > 0) line.append(half("plus", signs.slice(0, removed)));
  if (removed < signs.length) line.append(half("minus", signs.slice(removed)));
  return line;
}

/**
 * Appends own text that holds a diffstat or stands below the cut. `paths` are the files of the message's patch; they are
 * undefined in a cover letter, whose diffstat is that of the patches below it.
 */
export function appendBelowCut(
  drawing: Drawing,
  parent: HTMLElement,
  part: Part,
  marks: readonly StatMark[],
  paths: readonly string[] | undefined,
): void {
  const { document } = drawing;
  const { block, from } = part;
  const to = tailOf(part);
  const links = linksOf(block);
  let notes: HTMLElement | undefined;
  /** Blank lines below notes: part of them where notes go on, of what follows where they do not. */
  let blank: HTMLElement[] = [];
  for (let index = from; index < to; index += 1) {
    const mark = marks[index] ?? "text";
    if (notes && mark === "text") {
      blank.push(lineElement(drawing, block, index, "line"));
      continue;
    }
    if (mark === "note" && !notes) {
      notes = element(document, "div", {
        class: "notes",
        role: "note",
        "aria-label": "Notes that do not go into the commit",
      });
      parent.append(notes);
    } else if (mark !== "note") notes = undefined;
    (notes ?? parent).append(...blank);
    blank = [];
    const line =
      mark === "stat"
        ? statLine(drawing, block, index, paths)
        : lineElement(drawing, block, index, `line ${mark}`, links.get(index));
    if (mark === "cut") {
      line.setAttribute("role", "separator");
      line.setAttribute("aria-label", "End of the commit message");
    }
    (notes ?? parent).append(line);
  }
  parent.append(...blank);
  appendTail(drawing, parent, part);
}
