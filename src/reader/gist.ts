/** What a message is in a word: for the outline, and for a message shown as one line. */
import { isGapMark } from "../mail/diff.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import { readTrailers } from "../mail/trailers.ts";

/** The blocks that gists are read from; lines are without their prefix. */
export interface GistBlock {
  kind: string;
  depth: number;
  lines: readonly string[];
}

/** Letters of own words that an outline has room for. */
const LENGTH = 72;
/** Own lines beside a trailer that still leave the trailer the news. */
const FEW_LINES = 3;
const GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|day|evening)|greetings|moin|hallo)\b[^.?!]{0,40}[,!:.]?$/i;

/** `v3 2/4`, `v2`, `2/4`, "patch"; undefined for what is no patch or answers one. `subject` is decoded. */
export function patchWord(subject: string): string | undefined {
  const { isPatch, isReply, version, n, of } = readPatchPrefix(subject);
  if (!isPatch || isReply) return undefined;
  const words = [version > 1 ? `v${version}` : "", n === undefined ? "" : `${n}/${of}`];
  return words.filter(Boolean).join(" ") || "patch";
}

/** What the subject alone tells: the place in a series, the title of a patch; "" for replies and discussions. */
export function subjectGist(subject: string): string {
  const { isPatch, isReply, pull, version, n, of, bare } = readPatchPrefix(subject);
  if (isReply || (!isPatch && !pull)) return "";
  // Versions that answer one another stand in one outline.
  if (n === 0) return version > 1 ? `v${version} cover letter` : "cover letter";
  return n === undefined ? bare : `${n}/${of} ${bare}`;
}

/** The trailers that a message gives in its own name: "Reviewed-by, Tested-by Bo Lind". */
function trailerGist(blocks: readonly GistBlock[]): string {
  const given = blocks
    .filter(({ kind, depth }) => depth === 0 && kind === "trailers")
    .flatMap(({ lines }) => readTrailers(lines));
  const first = given[0];
  if (!first) return "";
  const names = [...new Set(given.map(({ name }) => name))].join(", ");
  return `${names} ${first.mailbox?.name || first.mailbox?.address || first.value}`;
}

/** The first own lines with words, greetings left out; not more of them than `most`. */
function ownLines(blocks: readonly GistBlock[], most: number): string[] {
  const own: string[] = [];
  for (const { kind, depth, lines } of blocks) {
    if (depth > 0 || kind !== "text") continue;
    for (const written of lines) {
      const line = written.trim();
      if (!/[\p{L}\p{N}]/u.test(line.slice(0, 400)) || GREETING.test(line.slice(0, 60)) || isGapMark(line))
        continue;
      own.push(line);
      if (own.length >= most) return own;
    }
  }
  return own;
}

function shorten(text: string): string {
  if (text.length <= LENGTH) return text;
  const cut = text.lastIndexOf(" ", LENGTH);
  return `${text.slice(0, cut > LENGTH / 2 ? cut : LENGTH)}…`;
}

/** The first sentence of the first paragraph's first lines. */
function firstWords(lines: readonly string[]): string {
  const [first = ""] = lines;
  // What ends in a colon announces what follows: a report, a list.
  if (first.length >= 24 && first.endsWith(":")) return shorten(first.slice(0, -1));
  // A command to a robot: "#syz test: …".
  if (/^#[a-z]{2,12} /.test(first)) return shorten(first);
  const text = lines.slice(0, 3).join(" ").slice(0, 400);
  const end = /[.?!](?= |$)/.exec(text.slice(12, LENGTH + 12));
  return shorten(end ? text.slice(0, 12 + end.index + 1).replace(/\.$/, "") : text);
}

/** True when a message says nothing of its own but trailers. */
export function isTrailersOnly(blocks: readonly GistBlock[]): boolean {
  return trailerGist(blocks) !== "" && ownLines(blocks, 1).length === 0 && !blocks.some(isOwnDiff);
}

/** Own words in which a maintainer says that patches were taken; doubts, conditions and questions are none. */
const APPLIED = /\b(?:applied|queued|pulled|merged|picked up)\b/i;
const DOUBT =
  /\?|\b(?:not|if|when|once|until|unless|should|could|can|will|would|please|but|however|already|after|because|was|were|got)\b|n't\b/i;
/** What else may stand there: thanks, names, the patches with their commits, links. */
const BESIDE = [
  /^(?:many |best |kind |with )?(?:thanks?|thank you|thx|cheers|regards|br|kr|best)\b.{0,60}$/i,
  /^\[\d{1,4}\/\d{1,4}\]/,
  /^(?:commit|link|branch|tree|https?|git):/i,
  /^\(no commit info\)$|^[0-9a-f]{12,40}\b/,
  /^[-– ]*\p{Lu}[\p{L}.'-]{0,30}(?: \p{Lu}[\p{L}.'-]{0,30}){0,2}[,.!]?$/u,
];

/** True when a message says nothing of its own but that patches were applied ("Applied, thanks."). */
export function isApplied(blocks: readonly GistBlock[]): boolean {
  const [first] = ownLines(blocks, 1);
  if (first === undefined || first.length > 200 || blocks.some(isOwnDiff)) return false;
  if (!APPLIED.test(first) || DOUBT.test(first)) return false;
  const [, ...rest] = ownLines(blocks, Number.POSITIVE_INFINITY);
  return rest.every((line) => BESIDE.some((pattern) => pattern.test(line.slice(0, 300))));
}

const isOwnDiff = ({ kind, depth }: GistBlock): boolean => depth === 0 && kind === "diff";

/** The outline's word for a message: place in the series, trailer given, else its first own words. */
export function gistOf(subject: string, blocks: readonly GistBlock[]): string {
  const told = subjectGist(subject);
  if (told) return told;
  const own = ownLines(blocks, FEW_LINES + 1);
  const given = blocks.some(isOwnDiff) ? "" : trailerGist(blocks);
  return given && own.length <= FEW_LINES ? given : firstWords(own);
}
