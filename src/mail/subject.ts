/** Subjects: reply words, the bracketed prefix of patches, and what is left without them. */

// R201, in any case, each with an optional counter. `Fwd` and one-letter words are no reply words (R203).
const replyWord =
  /^[\s\u00a0]{0,20}(?:re|aw|antw|sv|vs|odp|ynt|回复|回覆|答复)\s{0,4}(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4})?\s{0,4}[:：]/i;

// Subjects are shorter; what a stranger sends beyond this is not looked at.
const maxLength = 2_000;

/** Blanks collapsed and trimmed; at most 2,000 characters. */
function tidy(subject: string): string {
  const text = subject.slice(0, maxLength);
  return (/\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, " ") : text).trim();
}

/** Removes `Re:` and its like from the start, repeatedly (R201). `isReply` says whether there was one. */
export function stripReply(subject: string): { bare: string; isReply: boolean } {
  let bare = tidy(subject);
  let isReply = false;
  for (let match = replyWord.exec(bare); match !== null; match = replyWord.exec(bare)) {
    bare = bare.slice(match[0].length).trimStart();
    isReply = true;
  }
  return { bare, isReply };
}

/** Removes a trailing `(was: old subject)` (R205). */
function stripOldSubject(subject: string): string {
  if (!subject.endsWith(")") && !subject.endsWith("]")) return subject;
  const at = Math.max(subject.toLowerCase().lastIndexOf("(was:"), subject.toLowerCase().lastIndexOf("[was:"));
  return at > 0 ? subject.slice(0, at).trimEnd() : subject;
}

/** The subject a reply carries (R201-R205, R207); bracketed tags stay as they are. `subject` is decoded. */
export function replySubject(subject: string): string {
  const bare = stripOldSubject(stripReply(subject).bare);
  return `Re: ${bare === "" ? "your mail" : bare}`;
}

/** The bracketed prefix of a subject, read. */
export interface PatchPrefix {
  /** It says PATCH, or counts n/m. */
  isPatch: boolean;
  /** 1 when none is named. */
  version: number;
  /** n and m of `n/m`; a cover letter is 0/m. Undefined when nothing is counted. */
  n: number | undefined;
  of: number | undefined;
  rfc: boolean;
  resend: boolean;
  pull: boolean;
  /** A reply word stands before the prefix. */
  isReply: boolean;
  /** The remaining words of the prefix in order: trees, lists, stable versions. */
  tags: string[];
  /** The subject without reply words and brackets at its start, nor a colon after them, as git takes it. */
  bare: string;
}

const words = /[^\s,\][]+/g;

/** Takes one word of a prefix into `prefix`; false when it means nothing to us. */
function readWord(prefix: PatchPrefix, word: string): boolean {
  const upper = word.toUpperCase();
  const count = /^(\d{1,5})\/(\d{1,5})$/.exec(word);
  const version = /^(?:PATCH)?-?V(\d{1,4}(?:\.\d{1,4})?)$/.exec(upper);
  if (count) {
    prefix.n = Number(count[1]);
    prefix.of = Number(count[2]);
    prefix.isPatch = true;
  } else if (version) prefix.version = Number(version[1]);
  else if (upper === "RFC") prefix.rfc = true;
  else if (upper === "RESEND" || upper === "REPOST") prefix.resend = true;
  else if (upper === "PULL") prefix.pull = true;
  else if (upper !== "PATCH" && upper !== "PATCHES" && upper !== "GIT") return false;
  if (upper.startsWith("PATCH")) prefix.isPatch = true;
  return true;
}

/** The subject that was asked for last: whoever reads a message asks several times. */
let last: { subject: string; prefix: PatchPrefix } | undefined;

/** Reads `[PATCH net-next v2 1/3]` and its kin from a decoded subject. All brackets at the start are read. */
export function readPatchPrefix(subject: string): Readonly<PatchPrefix> {
  if (last?.subject !== subject) last = { subject, prefix: readPrefix(subject) };
  return last.prefix;
}

function readPrefix(subject: string): PatchPrefix {
  const { bare, isReply } = stripReply(subject);
  const prefix: PatchPrefix = {
    isPatch: false,
    version: 1,
    n: undefined,
    of: undefined,
    rfc: false,
    resend: false,
    pull: false,
    isReply,
    tags: [],
    bare,
  };
  while (prefix.bare.startsWith("[")) {
    const end = prefix.bare.indexOf("]");
    if (end < 0) break;
    const inner = prefix.bare
      .slice(1, end)
      .replace(/(\d)\s*\/\s*(\d)/g, "$1/$2")
      .replace(/\b(PATCH|RFC|RESEND|PULL)[/_-](?=[A-Z])/gi, "$1 ")
      .replace(/\bPATCH(?=\d)/gi, "PATCH ");
    for (const word of inner.match(words) ?? []) if (!readWord(prefix, word)) prefix.tags.push(word);
    prefix.bare = stripReply(prefix.bare.slice(end + 1).replace(/^[\s:]+/, "")).bare;
  }
  return prefix;
}
