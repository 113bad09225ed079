/** Repair of broken cites, for the view only: lines that a mailer wrapped after citing, and lost their marks (P501-P508). */
import type { Block } from "../mail/body.ts";
import { isGapMark } from "../mail/diff.ts";
import type { CitedMessage } from "./provenance.ts";
import { type SaidLine, type SaidText, SaidTexts, saidLine } from "./saidText.ts";

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

/** The lines to rejoin, in order; parameters as for `citedSources`. Replies cite the lines as they are (P508); the body is never changed. */
export function findRejoined(
  body: string,
  blocks: readonly Block[],
  ancestors: readonly CitedMessage[],
  said = new SaidTexts(),
): Rejoined[] {
  const written = body.split("\n");
  const lines = written.map(saidLine);
  const attributions = new Set(
    blocks.flatMap(({ kind, firstLine, lastLine }) =>
      kind === "attribution"
        ? Array.from({ length: lastLine - firstLine + 1 }, (_, at) => firstLine + at)
        : [],
    ),
  );
  const texts = ancestors.flatMap(({ messageId, body }) =>
    body === undefined ? [] : [said.of(messageId, body)],
  );
  const found: Rejoined[] = [];
  for (let at = 0; at + 1 < lines.length; at++) {
    const above = lines[at];
    if (above === undefined || above.marks === 0 || (written[at]?.length ?? 0) < LEAST_ABOVE) continue;
    let text = above.text;
    let next = at + 1;
    while (isRest(lines[next], above) && !attributions.has(next + 1)) {
      const rest = lines[next]?.text ?? "";
      const joined = [`${text} ${rest}`, text + rest].find((whole) =>
        isSaid(texts, { ...above, text: whole }),
      );
      if (joined === undefined) break;
      text = joined;
      found.push({ line: next + 1, depth: above.marks, proven: true });
      next++;
    }
    if (next === at + 1 && texts.length === 0 && looksWrapped(written[at] ?? "", lines, at)) {
      found.push({ line: at + 2, depth: above.marks, proven: false });
    }
    at = next - 1;
  }
  return found;
}

const isRest = (line: SaidLine | undefined, above: SaidLine): boolean =>
  line !== undefined && line.marks < above.marks && line.text.length >= LEAST_REST && !isGapMark(line.text);

/** The words stand in a row in some ancestor, at the depth they had there. */
const isSaid = (texts: readonly SaidText[], said: SaidLine): boolean =>
  texts.some(
    (text, at) =>
      said.marks > at && text.lineOfWords({ marks: said.marks - at - 1, text: said.text }, 0) !== undefined,
  );

/** P504: a full line, a short rest that does not begin like a sentence, and the cited text goes on. */
function looksWrapped(written: string, lines: readonly SaidLine[], at: number): boolean {
  const [above, rest, below] = [lines[at], lines[at + 1], lines[at + 2]];
  if (above === undefined || rest === undefined || below === undefined) return false;
  if (written.length < 68 || !isRest(rest, above) || below.marks !== above.marks) return false;
  return rest.text.length <= 40 && !/^[\p{Lu}[<(.…>]/u.test(rest.text);
}
