/** Diff lines whose `@@` and `+++` were trimmed away: where `+` and `-` are code all the same (B655). */
import { type CiteLine, isEmptyLine } from "./cite.ts";

/** A run of diff lines. Indexes from 0, both ends included. */
export interface DiffRun {
  first: number;
  last: number;
}

/** What `findTrimmedDiffs` is told of the lines. */
export interface DiffEvidence {
  /** The line is known to be something else, or part of a diff already. */
  taken: (at: number) => boolean;
  /** A file or hunk header stands above it at the same depth. */
  headed: (at: number) => boolean;
  /** It stands in the parent with one mark less. */
  inParent: (at: number) => boolean;
}

const CODE_WORD =
  /^[+-](?:static|struct|int|void|return|if|else|for|while|switch|case|default|break|goto|const|unsigned|enum|union|typedef|extern|inline|module_|bool|char|long|u8|u16|u32|u64|size_t|obj-|config|depends|select|EXPORT_|MODULE_|DEFINE_|BUILD_)\b/;

/** An added or removed line that reads like code, not like an item of a list, an option or `+Name`. */
function isCode(content: string): boolean {
  const line = content.slice(0, 400);
  // Lists that HTML mailers indent are prose.
  if (/^[+-][ \u00a0]{3,}/.test(line) && isSentence(line)) return false;
  if (/^[+-](?:\t|[ \u00a0]{3,}\S|[#}{]|\/[*/]| \*)/.test(line)) return true;
  return CODE_WORD.test(line) || /^[+-][A-Za-z_]\S*.*[;{}(,\\]\s*$/.test(line);
}

/** Words, not code: most of them are nothing but letters. */
function isSentence(line: string): boolean {
  const words = line.slice(1).trim().split(/\s+/);
  const plain = words.filter((word) => /^["'(]?[\p{L}'’-]+["')]?[.,:;]?$/u.test(word)).length;
  return !/[;{}\\]$/.test(line.trimEnd()) && plain >= 2 && plain * 3 >= words.length * 2;
}

const isMarked = (content: string): boolean =>
  (content.startsWith("+") || content.startsWith("-")) &&
  /^[+-](?:[^ ]| {2,}| \*(?:[ /]|$)|$)/.test(content) &&
  !/^(?:--|\+\+|[+-]\d+\b)/.test(content);
const isContext = (content: string): boolean => /^(?:\t|[ \u00a0]+\S)/.test(content);

/**
 * Runs of diff lines without a header. Two lines of code are enough, or one that a header above or the parent bears
 * out; lists in prose have neither.
 */
export function findTrimmedDiffs(lines: readonly CiteLine[], evidence: DiffEvidence): DiffRun[] {
  const runs: DiffRun[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (evidence.taken(at) || !isMarked(lines[at]?.content ?? "")) continue;
    const run = runFrom(lines, at, evidence);
    if (isBorneOut(lines, run, evidence)) runs.push(run);
    at = run.last;
  }
  return runs;
}

/** From its first marked line to its last one: between them context, blank lines and wrapped rests; context around. */
function runFrom(lines: readonly CiteLine[], start: number, { taken }: DiffEvidence): DiffRun {
  const depth = lines[start]?.depth;
  const inside = (at: number): boolean => lines[at]?.depth === depth && !taken(at);
  const context = (at: number): boolean => inside(at) && isContext(lines[at]?.content ?? "");
  let [first, last] = [start, start];
  let odd = 0;
  for (let at = start + 1; inside(at) && at - last <= FURTHEST && odd <= MOST_ODD; at++) {
    const line = lines[at] as CiteLine;
    if (isMarked(line.content)) {
      last = at;
      odd = 0;
    } else if (!isContext(line.content) && !isEmptyLine(line)) odd++;
  }
  while (context(last + 1)) last++;
  while (start - first < FURTHEST && context(first - 1)) first--;
  return { first, last };
}

/** A marked line further down is not of the same run. */
const FURTHEST = 10;
/** A line that a mailer wrapped leaves this many rests. */
const MOST_ODD = 2;

/** As many added lines without a blank behind the `+` are a diff, prose or not: documentation is patched too. */
const MANY_ADDED = 3;

function isBorneOut(lines: readonly CiteLine[], { first, last }: DiffRun, evidence: DiffEvidence): boolean {
  const headed = evidence.headed(first);
  let [code, said, added] = [0, 0, 0];
  for (let at = first; at <= last; at++) {
    const content = lines[at]?.content ?? "";
    if (!isMarked(content)) continue;
    const inParent = evidence.inParent(at);
    if (/^\+\S/.test(content)) added++;
    if (inParent) said++;
    if (isCode(content)) code++;
    if (code >= 2 || said >= 2 || added >= MANY_ADDED || (code > 0 && (headed || inParent))) return true;
  }
  return false;
}
