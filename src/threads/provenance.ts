/** Provenance: which line of which message a cited line comes from, and whether it still says the same (V701-V707). */
import type { Block } from "../mail/block.ts";
import { isGapMark } from "../mail/diff.ts";
import type { CiteState } from "../mail/fold.ts";
import { isAlike } from "./alike.ts";
import { type SaidLine, type SaidText, SaidTexts } from "./saidText.ts";

/** A message that is cited. `body` is absent when only its place in the thread is known. */
export interface CitedMessage {
  messageId: string;
  body?: string | undefined;
}

/** Where one cited line was said first. */
export interface LineSource {
  /** In the citing body, from 1. */
  line: number;
  /** The message it comes from; of a foreign or unknown line the one it should come from, "" when none is named. */
  messageId: string;
  /** Its line there, from 1; 0 for foreign and unknown lines. */
  sourceLine: number;
  /** How deep it is cited there: 0 when that message's author said it. */
  sourceDepth: number;
  state: CiteState;
}

/** Where the lines of a block were said first. Both ends included, from 1; 0 for foreign and unknown lines. */
export interface SourceRun {
  messageId: string;
  firstLine: number;
  lastLine: number;
  state: CiteState;
}

/**
 * The source of every cited line that says something, in order (V701, V703, V704). Depth k is looked for in the k-th
 * ancestor first, then in nearer ones, where it stands with fewer marks.
 * Linear in the lines, but for comparing edited ones, which has a budget.
 * @param blocks those of `readBody` for this body
 * @param ancestors the messages it answers: its parent first, then the parent's parent, as far as they are at hand
 * @param said the bodies of the thread that are indexed already; give the same for every message of a thread
 */
export function citedSources(
  body: string,
  blocks: readonly Block[],
  ancestors: readonly CitedMessage[],
  said = new SaidTexts(),
): LineSource[] {
  if (!blocks.some(({ depth }) => depth > 0)) return [];
  const lines = said.of(body);
  const chain = new Chain(ancestors, said);
  const sources: LineSource[] = [];
  for (const { depth, firstLine, lastLine } of blocks) {
    if (depth === 0) continue;
    for (let line = firstLine; line <= lastLine; line++) {
      const text = lines.textAt(line);
      // Forwarded text (B620) and lines that lost marks (P502) count as deep as their block says.
      const marks = Math.max(lines.marksAt(line), depth);
      // A mark for left-out lines is the citer's own (R706).
      if (text !== "" && !isGapMark(text)) sources.push(chain.sourceOf({ marks, text }, line));
    }
  }
  return sources;
}

/** Ancestors that are searched for text at whatever depth. */
const NEAR = 4;

/** Comparing letters costs their product; a mail in which everything differs may not cost seconds. */
const BUDGET = 20_000_000;

/** UTF-16 units that are searched for words at most: a mail of lines that stand nowhere may not either. */
const MOST_SEARCHED = 100_000_000;

/** An ancestor, and the line where it was last cited. */
interface Ancestor extends CitedMessage {
  text?: SaidText;
  after: number;
}

/** The ways in which a line is looked for at the depth that its place in the thread asks for, the surest first. */
type Way = "verbatim" | "rewrapped" | "edited";

/** The ancestors with the place where each was last cited: cited text follows its source downwards. */
class Chain {
  private readonly links: Ancestor[];
  private readonly said: SaidTexts;
  private budget = BUDGET;
  private searched = 0;

  constructor(ancestors: readonly CitedMessage[], said: SaidTexts) {
    this.said = said;
    this.links = ancestors.map(({ messageId, body }) => ({ messageId, body, after: 0 }));
  }

  private textOf(link: Ancestor | undefined): SaidText | undefined {
    if (link?.body !== undefined) link.text ??= this.said.of(link.body);
    return link?.text;
  }

  /** The source of a line, which stands at `line` (from 1) in the citing body. */
  sourceOf(said: SaidLine, line: number): LineSource {
    return (
      this.search(said, "verbatim", line) ??
      this.search(said, "rewrapped", line) ??
      this.anywhere(said, line) ??
      this.search(said, "edited", line) ?? {
        line,
        messageId: this.links[Math.min(said.marks, this.links.length) - 1]?.messageId ?? "",
        sourceLine: 0,
        sourceDepth: 0,
        // What the parent cites would be found there; without it nothing is known.
        state: this.links[0]?.body === undefined ? "unknown" : "foreign",
      }
    );
  }

  private search({ marks, text: words }: SaidLine, way: Way, line: number): LineSource | undefined {
    const wanted = { marks, text: words };
    for (let up = Math.min(marks, this.links.length); up >= 1; up--) {
      const link = this.links[up - 1];
      const text = this.textOf(link);
      if (link === undefined || text === undefined) continue;
      wanted.marks = marks - up;
      const found = this.find(text, wanted, link.after, way);
      if (found === undefined) continue;
      const isSame = way === "edited" && unspaced(words) === unspaced(text.textAt(found));
      return foundAt(line, link, text, found, isSame ? "verbatim" : way);
    }
    return undefined;
  }

  private find(text: SaidText, line: SaidLine, after: number, way: Way): number | undefined {
    if (way === "verbatim") return text.lineOf(line, after);
    return way === "rewrapped" ? this.lineOfWords(text, line, after) : this.likeLine(text, line, after);
  }

  /**
   * Said by an ancestor, but with other marks than its place in the thread asks for: first where it is that message's
   * own text, then in any copy.
   */
  private anywhere(said: SaidLine, line: number): LineSource | undefined {
    const near = this.links.slice(0, Math.max(said.marks, NEAR));
    for (const own of [true, false]) {
      for (const link of near) {
        const text = this.textOf(link);
        const found = text?.lineAnywhere(said, link.after, own);
        if (text !== undefined && found !== undefined) return foundAt(line, link, text, found, "verbatim");
      }
    }
    return undefined;
  }

  private lineOfWords(text: SaidText, said: SaidLine, after: number): number | undefined {
    this.searched += text.wordsLength(said.marks);
    return this.searched > MOST_SEARCHED ? undefined : text.lineOfWords(said, after);
  }

  private likeLine(text: SaidText, said: SaidLine, after: number): number | undefined {
    for (const line of text.likeLines(said, after)) {
      const other = text.textAt(line);
      const cost = said.text.length * Math.max(8, Math.ceil(other.length * 0.3));
      if (cost > this.budget) return undefined;
      this.budget -= cost;
      if (isAlike(said.text, other)) return line;
    }
    return undefined;
  }
}

/** Mailers take blanks away and set others, before `<` and behind `:`; that edits nothing. */
const unspaced = (text: string): string => text.replaceAll(" ", "");

/** A line comes from line `found` of an ancestor's text; cited text goes on below that. */
function foundAt(line: number, link: Ancestor, text: SaidText, found: number, state: Way): LineSource {
  link.after = found;
  return { line, messageId: link.messageId, sourceLine: found, sourceDepth: text.depthAt(found), state };
}

/** By line the states that folding minds: those of lines that say something else than their source. */
export function citeStates(sources: readonly LineSource[]): Map<number, CiteState> {
  const states = new Map<number, CiteState>();
  for (const { line, state } of sources)
    if (state === "edited" || state === "foreign") states.set(line, state);
  return states;
}

/**
 * The blocks, each with its source; split where the source changes: another message, another state, or lines left out
 * between. Blank lines stay with the lines above them.
 * @param sources of these blocks, in order
 */
export function joinSources<B extends Block>(
  blocks: readonly B[],
  sources: readonly LineSource[],
): (B & { source?: SourceRun })[] {
  const split: (B & { source?: SourceRun })[] = [];
  let next = 0;
  for (const block of blocks) {
    let piece: (B & { source?: SourceRun }) | undefined;
    for (let line = block.firstLine; line <= block.lastLine; line++) {
      const source = sources[next]?.line === line ? sources[next++] : undefined;
      if (piece !== undefined && (source === undefined || goesOn(piece, source))) {
        piece.lastLine = line;
        if (source !== undefined) grow(piece, source);
        continue;
      }
      piece = { ...block, firstLine: line, lastLine: line };
      if (source !== undefined) grow(piece, source);
      split.push(piece);
    }
  }
  return split;
}

/** How many source lines may lie between two cited lines of a run: blank lines are not looked up. */
const STEP = 2;

function goesOn(piece: { source?: SourceRun }, next: LineSource): boolean {
  const run = piece.source;
  if (run === undefined) return true;
  if (run.messageId !== next.messageId || run.state !== next.state) return false;
  return next.sourceLine === 0 || (next.sourceLine >= run.lastLine && next.sourceLine <= run.lastLine + STEP);
}

function grow(piece: { source?: SourceRun }, { messageId, sourceLine, state }: LineSource): void {
  if (piece.source !== undefined) piece.source.lastLine = sourceLine;
  else piece.source = { messageId, firstLine: sourceLine, lastLine: sourceLine, state };
}
