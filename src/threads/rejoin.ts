/** Repair of broken cites, for the view only: lines that a mailer wrapped after citing, and lost their marks (P501-P508). */
import type { Block } from "../mail/block.ts";
import { isGapMark } from "../mail/diff.ts";
import type { CitedMessage, LineSource } from "./provenance.ts";
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

/**
 * The lines to rejoin, in order. Replies cite the lines as they are (P508); the body is never changed.
 * @param blocks those of `readBody` for this body
 * @param sources those of `citedSources` for these blocks
 * @param ancestors as for `citedSources`
 */
export function findRejoined(
  body: string,
  blocks: readonly Block[],
  sources: readonly LineSource[],
  ancestors: readonly CitedMessage[],
  said = new SaidTexts(),
): Rejoined[] {
  if (sources.length === 0) return [];
  const text = said.of(body);
  const named = new Set(
    blocks.filter(({ kind }) => kind === "attribution").map(({ firstLine }) => firstLine),
  );
  const known = ancestors.flatMap(({ messageId, body: told }, at) =>
    told === undefined ? [] : [{ messageId, up: at + 1, said: said.of(told) }],
  );
  const found: Rejoined[] = [];
  for (const source of sources) {
    const above = source.line;
    if (text.marksAt(above + 1) >= text.marksAt(above)) continue;
    // The rest of a line that was rejoined already is searched with that line (P503).
    if (found.at(-1)?.line === above || named.has(above + 1) || !isRest(text, above + 1, above)) continue;
    if (known.length === 0) {
      if (looksWrapped(text, above))
        found.push({ line: above + 1, depth: text.marksAt(above), proven: false });
      continue;
    }
    const origin = known.find(({ messageId }) => messageId === source.messageId);
    if (origin !== undefined && endsThere(source, origin.said, text.at(above + 1))) continue;
    const rests = provenRests(text, above, known);
    for (let rest = 1; rest <= rests; rest++)
      found.push({ line: above + rest, depth: text.marksAt(above), proven: true });
  }
  return found;
}

/** A line that stands so in what is cited, where other words follow, was not wrapped: most answers are told by that. */
function endsThere({ state, sourceLine }: LineSource, origin: SaidText, rest: SaidLine): boolean {
  if (state !== "verbatim") return false;
  const next = origin.textAt(sourceLine + 1);
  return !next.startsWith(rest.text) && !(next !== "" && rest.text.startsWith(next));
}

const isRest = (text: SaidText, line: number, above: number): boolean =>
  text.marksAt(line) < text.marksAt(above) &&
  text.textAt(line).length >= LEAST_REST &&
  text.width(above) >= LEAST_ABOVE &&
  !isGapMark(text.textAt(line));

/** P502, P503: how many of the lines below a line make one with it in an ancestor. */
function provenRests(text: SaidText, above: number, ancestors: readonly KnownText[]): number {
  let whole = text.at(above);
  const known = ancestors.filter(
    ({ up, said }) => whole.marks >= up && said.mayGoOn({ marks: whole.marks - up, text: whole.text }),
  );
  let rests = 0;
  while (known.length > 0 && isRest(text, above + rests + 1, above)) {
    const rest = text.textAt(above + rests + 1);
    const joined = [`${whole.text} ${rest}`, whole.text + rest].find((words) =>
      isSaid(known, { ...whole, text: words }),
    );
    if (joined === undefined) break;
    whole = { ...whole, text: joined };
    rests++;
  }
  return rests;
}

/** A message that is cited, and how many levels above the citing one it stands: so many marks it lacks. */
interface KnownText {
  up: number;
  said: SaidText;
}

/** The words stand in a row in some ancestor, at the depth they had there. */
const isSaid = (known: readonly KnownText[], { marks, text }: SaidLine): boolean =>
  known.some(({ up, said }) => said.lineOfWords({ marks: marks - up, text }, 0) !== undefined);

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
      wentUp = above !== undefined && (rejoined.has(line) || (wentUp && text.textAt(line) === ""));
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
