/** Which lines of a message are shown and which stand behind a fold, by level (F809), and what a fold says (F807). */
import type { BlockView, CiteSource, FoldLevel, MessageView } from "../protocol.ts";
import { firstNameOf, nameOf } from "./people.ts";

/** Lines `from` to `to` (indexes from 0, `to` excluded) of one block. */
export interface Part {
  block: BlockView;
  from: number;
  to: number;
}

export type Piece = { folded: false; part: Part } | { folded: true; parts: Part[]; answered: boolean };

/** How many people a label names before it counts the rest. */
const NAMES = 3;

const isCited = (block: BlockView): boolean => block.depth > 0;
const isOwn = (block: BlockView): boolean =>
  block.depth === 0 && (block.kind === "text" || block.kind === "diff" || block.kind === "trailers");

/** What stands below the text: it folds for itself, not with the cited lines above. */
const isTail = (block: BlockView | undefined): boolean =>
  block?.depth === 0 && (block.kind === "signature" || block.kind === "footer");

/** From each block whether own text follows the cited run it stands in; false for blocks that are not cited. */
function answeredBlocks(blocks: readonly BlockView[]): boolean[] {
  const answered = new Array<boolean>(blocks.length).fill(false);
  let below: BlockView | undefined;
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    const block = blocks[index] as BlockView;
    if (isCited(block)) {
      answered[index] = below !== undefined && isOwn(below);
    } else {
      below = block;
    }
  }
  return answered;
}

/** The line of context that level 2 keeps: the last one with words, of the last block above an own text. */
function contextLine(block: BlockView): number {
  for (let index = block.lines.length - 1; index > 0; index -= 1) {
    if (block.lines[index]?.trim()) return index;
  }
  return 0;
}

/** The lines of a block that a level hides, as [from, to). */
function hiddenLines(
  block: BlockView,
  level: FoldLevel,
  keepsContext: boolean,
): [from: number, to: number] | undefined {
  const whole: [number, number] = [0, block.lines.length];
  if (level === 0) return undefined;
  if (level === 1) return block.folded ? whole : undefined;
  const isGround = isCited(block) || block.kind === "signature" || block.kind === "footer";
  if (!isGround) return block.folded ? whole : undefined;
  return level === 2 && keepsContext ? [0, contextLine(block)] : whole;
}

/**
 * The blocks of a message as pieces to draw, in order; every line is in exactly one. `closed` holds the first
 * lines (in the body, from 1) of blocks folded by hand.
 */
export function arrange(
  blocks: readonly BlockView[],
  level: FoldLevel,
  closed: ReadonlySet<number> = new Set(),
): Piece[] {
  const answered = answeredBlocks(blocks);
  const pieces: Piece[] = [];
  const show = (part: Part) => {
    if (part.from < part.to) pieces.push({ folded: false, part });
  };
  const hide = (part: Part, isAnswered: boolean) => {
    if (part.from >= part.to) return;
    const last = pieces.at(-1);
    const above = last?.folded && last.answered === isAnswered ? last.parts.at(-1) : undefined;
    const continues = above?.to === above?.block.lines.length && isTail(above?.block) === isTail(part.block);
    if (last?.folded && above && continues) last.parts.push(part);
    else pieces.push({ folded: true, parts: [part], answered: isAnswered });
  };
  blocks.forEach((block, index) => {
    const isAnswered = answered[index] ?? false;
    const next = blocks[index + 1];
    const keepsContext = isAnswered && next !== undefined && !isCited(next);
    const length = block.lines.length;
    const [from, to] = closed.has(block.firstLine)
      ? [0, length]
      : (hiddenLines(block, level, keepsContext) ?? [length, length]);
    show({ block, from: 0, to: from });
    hide({ block, from, to }, isAnswered);
    show({ block, from: to, to: length });
  });
  return pieces;
}

function namesOf(parts: readonly Part[]): string {
  const authors = new Set<string>();
  for (const { block } of parts) {
    if (block.author !== undefined && block.depth > 0) authors.add(nameOf(block.author));
  }
  const first = [...authors].map(firstNameOf);
  const shown = new Set(first).size === first.length ? first : [...authors];
  const more = shown.length > NAMES ? ` and ${shown.length - NAMES} more` : "";
  return shown.slice(0, NAMES).join(", ") + more;
}

function subjectOf(parts: readonly Part[], lines: number): string {
  const plural = lines === 1 ? "line" : "lines";
  if (parts.every(({ block }) => block.kind === "signature")) return `signature, ${lines} ${plural}`;
  if (parts.every(({ block }) => block.kind === "footer")) return `list footer, ${lines} ${plural}`;
  return parts.some(({ block }) => isCited(block)) ? `${lines} quoted ${plural}` : `${lines} ${plural}`;
}

/** Lines of these parts; blank ones without a mark belong to the space below. */
const linesIn = (parts: readonly Part[]): number =>
  parts.reduce((sum, { block, from, to }) => {
    let end = to;
    while (end > from + 1 && !block.lines[end - 1]?.trim() && !block.marks[end - 1]) end -= 1;
    return sum + end - from;
  }, 0);

const isFound = ({ block: { source } }: Part): boolean =>
  source !== undefined && source.state !== "unknown" && source.state !== "foreign";

/** What a fold says: "34 quoted lines · Ada, Bo · depth 1–3 · seen" (F807). */
export function foldLabel(
  parts: readonly Part[],
  answered: boolean,
  parentState?: MessageView["parentState"],
): string {
  const words = [subjectOf(parts, linesIn(parts))];
  const cited = parts.filter(({ block }) => isCited(block));
  if (cited.length > 0) {
    const depths = cited.map(({ block }) => block.depth);
    const low = depths.reduce((least, depth) => Math.min(least, depth));
    const high = depths.reduce((most, depth) => Math.max(most, depth));
    const inState = (state: CiteSource["state"]) =>
      linesIn(cited.filter(({ block }) => block.source?.state === state));
    const [edited, foreign] = [inState("edited"), inState("foreign")];
    const names = namesOf(cited);
    if (names) words.push(names);
    words.push(low === high ? `depth ${low}` : `depth ${low}–${high}`);
    if (!answered) words.push("unanswered");
    if (parentState === "unread") words.push("not read yet");
    else if (parentState === "seen" && cited.every(isFound)) words.push("seen");
    if (edited > 0) words.push(`${edited} edited`);
    if (foreign > 0) words.push(`${foreign} of unknown origin`);
  }
  return words.join(" · ");
}
