/** Repair of broken cites, for the view only: lines that a mailer wrapped after citing, and lost their marks (P501-P508). */
import type { Block } from "../mail/body.ts";
import { isGapMark } from "../mail/diff.ts";
import type { CitedMessage } from "./provenance.ts";
import { type SaidLine, type SaidText, SaidTexts } from "./saidText.ts";

/** A line that belongs to the cited line above it. */
export interface Rejoined {
  /** In the body, from 1. */
  line: number;
  /** The depth it is shown at: that of the line above. */
  depth: number;
  /** True with proof from an ancestor (P502); false for "possibly wrapped", when the parent is missing (P504). */
  proven: boolean;
}

/** P502: shorter lines prove nothing. */
const LEAST_ABOVE = 20;
const LEAST_REST = 3;
/** P504: lines that were wrapped are this wide, their rests no wider than that. */
const LEAST_FULL = 68;
const MOST_REST = 40;

/** The lines to rejoin, in order; parameters as for `citedSources`. Replies cite the lines as they are (P508); the body is never changed. */
export function findRejoined(
  body: string,
  blocks: readonly Block[],
  ancestors: readonly CitedMessage[],
  said = new SaidTexts(),
): Rejoined[] {
  const text = said.of(body);
  const found: Rejoined[] = [];
  let known: SaidText[] | undefined;
  for (const above of fallingLines(text, blocks)) {
    known ??= ancestors.flatMap((ancestor) => (ancestor.body === undefined ? [] : [said.of(ancestor.body)]));
    // The rest of a line that was rejoined already is searched with that line (P503).
    if (found.at(-1)?.line === above) continue;
    const wrapped = known.length > 0 ? provenRests(text, above, known) : looksWrapped(text, above) ? 1 : 0;
    for (let rest = 1; rest <= wrapped; rest++)
      found.push({ line: above + rest, depth: text.at(above).marks, proven: known.length > 0 });
  }
  return found;
}

/** The cited lines (from 1) with a line of fewer marks below them that is no attribution. */
function* fallingLines(text: SaidText, blocks: readonly Block[]): Generator<number> {
  for (const { kind, firstLine, lastLine } of blocks) {
    if (kind === "attribution") continue;
    for (let line = Math.max(firstLine, 2); line <= lastLine; line++)
      if (isRest(text, line, line - 1)) yield line - 1;
  }
}

const isRest = (text: SaidText, line: number, above: number): boolean => {
  const [rest, cited] = [text.at(line), text.at(above)];
  return (
    rest.marks < cited.marks &&
    rest.text.length >= LEAST_REST &&
    text.width(above) >= LEAST_ABOVE &&
    !isGapMark(rest.text)
  );
};

/** P502, P503: how many of the lines below a line make one with it in an ancestor. */
function provenRests(text: SaidText, above: number, known: readonly SaidText[]): number {
  let whole = text.at(above);
  let rests = 0;
  while (isRest(text, above + rests + 1, above)) {
    const rest = text.at(above + rests + 1).text;
    const joined = [`${whole.text} ${rest}`, whole.text + rest].find((words) =>
      isSaid(known, { ...whole, text: words }),
    );
    if (joined === undefined) break;
    whole = { ...whole, text: joined };
    rests++;
  }
  return rests;
}

/** The words stand in a row in some ancestor, at the depth they had there. */
const isSaid = (known: readonly SaidText[], said: SaidLine): boolean =>
  known.some(
    (text, at) =>
      said.marks > at && text.lineOfWords({ marks: said.marks - at - 1, text: said.text }, 0) !== undefined,
  );

/** P504: a full line, a short rest that does not begin like a sentence, and the cited text goes on. */
function looksWrapped(text: SaidText, above: number): boolean {
  const [cited, rest, below] = [text.at(above), text.at(above + 1), text.at(above + 2)];
  if (text.width(above) < LEAST_FULL || below.marks !== cited.marks) return false;
  return rest.text.length <= MOST_REST && !/^[\p{Lu}[<(.…>]/u.test(rest.text);
}

/**
 * The blocks with these lines in the block of the line above them, as deep as that is. Blank lines stay with the line
 * above them; a block that lost all its lines is gone.
 * @param rejoined lines of the body, from 1
 */
export function rejoinBlocks(
  body: string,
  blocks: readonly Block[],
  rejoined: ReadonlySet<number>,
  said = new SaidTexts(),
): readonly Block[] {
  if (rejoined.size === 0) return blocks;
  const text = said.of(body);
  const mended: Block[] = [];
  let wentUp = false;
  for (const block of blocks) {
    let piece: Block | undefined;
    for (let line = block.firstLine; line <= block.lastLine; line++) {
      const above = mended.at(-1);
      wentUp = above !== undefined && (rejoined.has(line) || (wentUp && text.at(line).text === ""));
      if (wentUp) piece = undefined;
      else if (piece === undefined) piece = startOf(block, line, above);
      const target = wentUp ? above : piece;
      if (target === undefined) continue;
      target.lastLine = line;
      if (target !== above) mended.push(target);
    }
  }
  return mended;
}

/** The block above, when it goes on in this one now that what stood between is part of it; else a piece of this one. */
function startOf(block: Block, line: number, above: Block | undefined): Block {
  const goesOn = above?.kind === block.kind && above.depth === block.depth && above.author === block.author;
  return goesOn ? above : { ...block, firstLine: line };
}
