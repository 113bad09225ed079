/** How much of a message is cited, and how much of that nobody answers: over-quoting as numbers (F808, F06). */
import { isBlankText } from "../mail/cite.ts";
import type { BlockView } from "./protocol.ts";

/** F804: fewer lines are no matter. */
const LEAST_UNANSWERED = 4;

export interface CitedShare {
  /** Share of cited lines among the lines with words, signature and footers aside: 0 to 100; absent below 1. */
  citedPercent?: number;
  /** Cited lines with words that no own text follows; absent where they are few. */
  unanswered?: number;
  topPosted: boolean;
}

const isTail = ({ kind }: BlockView): boolean => kind === "signature" || kind === "footer";

/** Own text with words: what can answer. */
const isAnswer = ({ depth, kind, lines }: BlockView): boolean =>
  depth === 0 && kind !== "attribution" && !lines.every(isBlankText);

function wordedLines({ lines }: BlockView): number {
  let count = 0;
  for (const line of lines) if (!isBlankText(line)) count++;
  return count;
}

/** Measures the blocks of a message. */
export function measureCites(blocks: readonly BlockView[]): CitedShare {
  const text = blocks.filter((block) => !isTail(block));
  let [cited, all, unanswered] = [0, 0, 0];
  let answered = false;
  for (const block of text.toReversed()) {
    const lines = wordedLines(block);
    all += lines;
    if (block.depth > 0) {
      cited += lines;
      if (!answered) unanswered += lines;
    } else if (block.kind === "attribution") answered = false;
    else if (isAnswer(block)) answered = true;
  }
  const share: CitedShare = { topPosted: isTopPosted(text) };
  const percent = all === 0 ? 0 : Math.round((100 * cited) / all);
  if (percent >= 1) share.citedPercent = percent;
  if (unanswered >= LEAST_UNANSWERED) share.unanswered = unanswered;
  return share;
}

/** F06: own text stands above the cited text and none below. */
function isTopPosted(text: readonly BlockView[]): boolean {
  const isOwn = (block: BlockView) => block.kind === "text" && isAnswer(block);
  const firstCited = text.findIndex(({ depth }) => depth > 0);
  const lastCited = text.findLastIndex(({ depth }) => depth > 0);
  return firstCited > 0 && text.slice(0, firstCited).some(isOwn) && !text.slice(lastCited).some(isOwn);
}
