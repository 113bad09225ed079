/** Prose that was broken at a column: which lines go on in the next, so that a narrow page can break them anew. */

/** Lines shorter than this are broken where their author wanted. */
const NEARLY_FULL = 40;
/** Who breaks lines by hand leaves so many columns free within a sentence, though a short word would have fitted. */
const BY_HAND = 8;
/** Nobody breaks prose beyond this column. */
const WIDEST = 100;

/** How a line begins that goes on from the one above: with a word, no bullet, number or indentation. */
const GOES_ON = /^(?!(?:\d{1,3}|[a-z])[.)] )[\p{L}\p{N}("'`<[]/u;
/** Tables, and what tools print. */
const FIXED = /\t|\S {3,}\S|[{};|\\]$/;

const isProse = (line: string): boolean =>
  line.length <= WIDEST && /^[^\s|#+]/.test(line) && !FIXED.test(line);

/**
 * The indexes of the lines that go on in the next one. A line goes on when the first word below would not have fitted
 * behind it, or only just and in the middle of a sentence; a paragraph of which fewer than half of the lines do is a list, a log or verse, and stays as it is.
 */
export function proseJoins(lines: readonly string[]): Set<number> {
  const joins = new Set<number>();
  for (let from = 0, to = 0; from < lines.length; from = Math.max(to, from + 1)) {
    to = from;
    while (to < lines.length && isProse(lines[to] ?? "")) to++;
    const full = fullLines(lines.slice(from, to));
    if (full.length * 2 < to - from - 1) continue;
    for (const at of full) joins.add(from + at);
  }
  return joins;
}

/** What stands between a line and the next one when they are joined: nothing behind a word that ends in a hyphen. */
export const joint = (line: string): "" | " " => (/\p{L}-$/u.test(line.slice(-2)) ? "" : " ");

function fullLines(lines: readonly string[]): number[] {
  const widest = lines.reduce((most, { length }) => Math.max(most, length), 0);
  const full: number[] = [];
  for (const [at, line] of lines.entries()) {
    const below = lines[at + 1];
    if (below === undefined || line.length < NEARLY_FULL || !GOES_ON.test(below)) continue;
    const word = below.indexOf(" ");
    const free = /[\p{L}\p{N},]\s*$/u.test(line) ? BY_HAND : 0;
    if (line.trimEnd().length + 1 + (word < 0 ? below.length : word) > widest - free) full.push(at);
  }
  return full;
}
