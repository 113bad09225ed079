/** The body of a message as nodes: own text, cited runs, folds. */
import type { FoldLevel, MessageView } from "../protocol.ts";
import { appendBelowCut, markStat, ownPaths, pathMeant, readStat } from "./belowCut.ts";
import { citeElement, type Voices, voicesOf } from "./cites.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { appendFiles } from "./fileCards.ts";
import { arrange, foldLabel, type Part, type Piece } from "./folds.ts";
import { appendLines, appendTail, tailOf } from "./lines.ts";
import { appendTrailers } from "./trailers.ts";

/** How one body is shown at the moment. */
export interface BodyState {
  level: FoldLevel;
  /** First lines of folds that were opened by hand. */
  open: Set<number>;
  /** First lines of blocks that were folded by hand. */
  closed: Set<number>;
  /** First lines of files of a patch that were shut by hand. */
  shut: Set<number>;
  /** Lines that are drawn at most (D105); null draws all. */
  limit: number | null;
}

/** What the blocks of one body need to know of each other. */
interface Whole {
  drawing: Drawing;
  state: BodyState;
  voices: Voices;
  /** The files of the message's own patch. */
  paths: readonly string[];
  /** Its own text names them by a diffstat. */
  hasStat: boolean;
  /** It begins a series, and its diffstat is that of all patches. */
  isCover: boolean;
}

function wholeOf(drawing: Drawing, { blocks, patch = "" }: MessageView, state: BodyState): Whole {
  const paths = ownPaths(blocks);
  const isStat = (line: string) => {
    const stat = readStat(line);
    return stat !== undefined && pathMeant(stat.path, paths) !== undefined;
  };
  const hasStat =
    paths.length > 0 &&
    blocks.some(({ kind, depth, lines }) => kind === "text" && depth === 0 && lines.some(isStat));
  return { drawing, state, voices: voicesOf(blocks), paths, hasStat, isCover: /(?:^| )0+\/\d/.test(patch) };
}

function ownElement(
  { drawing, state, paths, hasStat, isCover }: Whole,
  part: Part,
  idBase: string,
): HTMLElement {
  const { block } = part;
  const own = element(drawing.document, "div", { class: `own ${block.kind}` });
  const isText = block.kind === "text";
  if (isText) own.setAttribute("tabindex", "-1");
  const stat = isText && !block.joins ? markStat(block.lines, paths.length > 0) : [];
  if (block.kind === "diff") appendFiles(drawing, own, part, { shut: state.shut, hasStat }, idBase);
  else if (block.kind === "trailers") appendTrailers(drawing, own, part);
  else if (stat.some((mark) => mark !== "text"))
    appendBelowCut(drawing, own, part, stat, isCover ? undefined : paths);
  else {
    appendLines(drawing, own, { ...part, to: tailOf(part) });
    appendTail(drawing, own, part);
  }
  return own;
}

const partElement = (whole: Whole, part: Part, idBase: string): HTMLElement =>
  part.block.depth > 0 ? citeElement(whole.drawing, part, whole.voices) : ownElement(whole, part, idBase);

const firstLineOf = (piece: Piece): number => {
  const part = piece.folded ? piece.parts[0] : piece.part;
  return part ? part.block.firstLine + part.from : 0;
};

const isCitedPiece = (piece: Piece): boolean =>
  piece.folded ? piece.parts.some(({ block }) => block.depth > 0) : piece.part.block.depth > 0;

/** Sets a fold open or shut; folded text stays findable and is opened by a find (F810). */
export function setFold(button: Element, content: Element, isOpen: boolean): void {
  button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) content.removeAttribute("hidden");
  else content.setAttribute("hidden", "until-found");
}

/** Folds a cited run by the pointer; the key for it is toggleFold, so that Tab does not stop at every run. */
function shutButton({ document }: Drawing): HTMLElement {
  const title = "Fold or unfold this cited text";
  return element(document, "button", {
    type: "button",
    class: "shut",
    "data-act": "foldRun",
    "aria-label": title,
    title,
    tabindex: -1,
  });
}

/**
 * The body of a message. `idBase` begins the ids of what its buttons control. Lines bear their number in
 * `data-line`; a fold's button has `data-act="fold"` and the fold's first line in `data-first`.
 */
export function renderBody(
  drawing: Drawing,
  view: MessageView,
  state: BodyState,
  idBase: string,
): HTMLElement {
  const { document } = drawing;
  const body = element(document, "div", { class: drawing.marks ? "body marked" : "body" });
  const whole = wholeOf(drawing, view, state);
  const pieces = arrange(view.blocks, state.level, state.closed);
  let left = state.limit ?? Number.POSITIVE_INFINITY;
  let run: HTMLElement | undefined;
  for (const piece of pieces) {
    if (left <= 0) break;
    const first = firstLineOf(piece);
    let made: HTMLElement;
    if (piece.folded) {
      const id = `${idBase}-fold-${first}`;
      const content = element(document, "div", { class: "folded", id });
      for (const part of piece.parts) {
        whole.voices.hear(part.block);
        left -= part.to - part.from;
        content.append(partElement(whole, part, id));
      }
      const button = element(
        document,
        "button",
        { type: "button", class: "pill", "aria-controls": id, "data-act": "fold", "data-first": first },
        foldLabel(piece.parts, piece.answered, view.parentState),
      );
      setFold(button, content, state.open.has(first));
      made = element(document, "div", { class: "fold" }, button, content);
    } else {
      whole.voices.hear(piece.part.block);
      const part = { ...piece.part, to: Math.min(piece.part.to, piece.part.from + left) };
      left -= part.to - part.from;
      made = partElement(whole, part, idBase);
    }
    if (!isCitedPiece(piece)) {
      run = undefined;
      body.append(made);
      continue;
    }
    if (!run) {
      run = element(document, "div", { class: "run", "data-first": first }, shutButton(drawing));
      body.append(run);
    }
    run.append(made);
  }
  if (left <= 0) {
    body.append(
      element(
        document,
        "button",
        { type: "button", class: "more", "data-act": "showAll" },
        "Show the whole message",
      ),
    );
  }
  return body;
}
