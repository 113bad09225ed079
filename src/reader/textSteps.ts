/** How the text of a thread becomes that of the same thread with other messages, one place after the other. */
import type { ThreadText } from "./text.ts";

/** Lines that stand together: those above the messages, or one message with the blank line above it. */
interface Piece {
  /** The Message-ID; "" above the messages. */
  of: string;
  lines: readonly string[];
}

/** Places beyond which the rest changes at once: each place costs the editor a look at the whole text. */
const MOST_PLACES = 16;

function piecesOf({ lines, messages }: ThreadText): Piece[] {
  const starts = messages.map(({ heading }) => heading);
  const head: Piece = { of: "", lines: lines.slice(0, starts[0] ?? lines.length) };
  return [
    head,
    ...messages.map(({ messageId, heading }, at) => ({
      of: messageId,
      lines: lines.slice(heading, starts[at + 1] ?? lines.length),
    })),
  ];
}

const isSame = (one: Piece, other: Piece): boolean =>
  one.lines.length === other.lines.length && one.lines.every((line, at) => line === other.lines[at]);

/** Pieces `[from, to)` of the text before that become other ones. */
interface Change {
  from: number;
  to: number;
  pieces: Piece[];
}

/** The places where pieces differ, in order; undefined where messages have changed their order. */
function changesOf(before: readonly Piece[], after: readonly Piece[]): Change[] | undefined {
  const place = new Map(before.map(({ of }, at) => [of, at]));
  const changes: Change[] = [];
  let at = 0;
  const change = (to: number, pieces: Piece[]): void => {
    const last = changes.at(-1);
    if (last?.to === at) {
      last.to = to;
      last.pieces.push(...pieces);
    } else changes.push({ from: at, to, pieces });
    at = to;
  };
  for (const piece of after) {
    const was = place.get(piece.of);
    if (was === undefined) change(at, [piece]);
    else if (was < at) return undefined;
    else {
      if (was > at) change(was, []);
      if (isSame(before[was] as Piece, piece)) at++;
      else change(at + 1, [piece]);
    }
  }
  if (at < before.length) change(before.length, []);
  return changes;
}

/**
 * The texts on the way from one text of a thread to another, the other one last: each differs from the one before in
 * one place, so that an editor which replaces all between the first and the last difference leaves the rest alone, and
 * with it what is folded there. None when the texts are the same.
 */
export function stepsBetween(before: ThreadText, after: ThreadText): string[][] {
  const pieces = piecesOf(before);
  const changes = changesOf(pieces, piecesOf(after));
  if (changes === undefined) return [after.lines];
  const steps: string[][] = [];
  // From below, so that the places of those above hold.
  for (const { from, to, pieces: now } of changes.toReversed()) {
    if (steps.length === MOST_PLACES - 1) break;
    pieces.splice(from, to - from, ...now);
    steps.push(pieces.flatMap(({ lines }) => lines));
  }
  if (changes.length >= MOST_PLACES) steps.push(after.lines);
  return steps;
}

/**
 * Where the lines (from 0) of one text stand in another that differs in one place; `inside` says that a line stands in
 * that place, and then it keeps its number as far as there are lines.
 */
export function movesBetween(
  before: readonly string[],
  after: readonly string[],
): (line: number) => { line: number; inside: boolean } {
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before[same] === after[same]) same++;
  let below = 0;
  while (below < most - same && before[before.length - 1 - below] === after[after.length - 1 - below])
    below++;
  const more = after.length - before.length;
  return (line) => {
    if (line < same) return { line, inside: false };
    if (line >= before.length - below) return { line: line + more, inside: false };
    return { line: Math.min(line, Math.max(same, after.length - below - 1)), inside: true };
  };
}
