/** Which words of an edited cited line are other than what was said (V703, V706). */

/** A stretch of the cited line that its source does not have. Columns count from 0, end excluded. */
export interface Edit {
  start: number;
  end: number;
}

interface Word {
  text: string;
  start: number;
  end: number;
}

/** More words are no line of text; comparing costs their product. */
const MOST_WORDS = 150;

const wordsOf = (line: string): Word[] =>
  [...line.matchAll(/\S+/g)].map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }));

/**
 * The stretches of `cited` that are not in `said`, words that follow each other as one. Where words were only left out,
 * the word behind the gap is marked: there is something to see. Undefined for lines of too many words.
 */
export function findEdits(cited: string, said: string): Edit[] | undefined {
  const [now, before] = [wordsOf(cited), wordsOf(said)];
  if (now.length > MOST_WORDS || before.length > MOST_WORDS) return undefined;
  const kept = commonWords(now, before);
  const edits: Edit[] = [];
  now.forEach(({ start, end }, at) => {
    if (kept.has(at)) return;
    const last = edits.at(-1);
    if (last !== undefined && cited.slice(last.end, start).trim() === "") last.end = end;
    else edits.push({ start, end });
  });
  if (edits.length > 0) return edits;
  const gap = now.find((_, at) => kept.get(at) !== (kept.get(at - 1) ?? -1) + 1);
  const marked = gap ?? now.at(-1);
  return marked === undefined ? [] : [{ start: marked.start, end: marked.end }];
}

/** The longest row of words that both have: from the place of each in one to its place in the other. */
function commonWords(one: readonly Word[], other: readonly Word[]): Map<number, number> {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row--) {
    for (let column = other.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        one[row]?.text === other[column]?.text
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const kept = new Map<number, number>();
  let [row, column] = [0, 0];
  while (row < one.length && column < other.length) {
    if (one[row]?.text === other[column]?.text) kept.set(row++, column++);
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return kept;
}
