/** Commit ids in prose and trailers: hex that its surroundings say is one. */

import { type LineContext, type LinkSpan, matchesOf } from "./link.ts";
import { readMarks } from "./marks.ts";

/** Hex that may be a commit id: git shows seven digits at least. */
const HEX = /(?<![\w/.@=%#-])[0-9a-f]{7,40}(?![\w@]|[-/]\w|\.\w)/g;
const RANGE = /(?<![\w/.@=%#-])([0-9a-f]{7,40})\.\.\.?([0-9a-f]{7,40})(?![\w@/.-])/g;
/** The end of a range that begins at a tag: `v6.1..ID`. */
const FROM_TAG = /(?<=\bv\d[\w.-]{0,20}\.\.)[0-9a-f]{12,40}(?![\w@/.-])/g;

/** Lines that are longer hold no prose. */
const LONGEST_LINE = 4000;

/** The commit ids in a line, in no order. Hashes of other things and addresses of memory are none. */
export function commitsIn(line: string, context: LineContext): LinkSpan[] {
  if (line.length > LONGEST_LINE || !/[0-9a-f]{7}/.test(line)) return [];
  const spans: LinkSpan[] = [];
  const add = (start: number, id: string) =>
    spans.push({ kind: "commit", start, end: start + id.length, text: id, target: id });
  for (const { 0: id, index } of matchesOf(HEX, line)) {
    if (isCommit(line, index, id, context)) add(index, id);
  }
  for (const { index, 1: from = "", 2: to = "" } of matchesOf(RANGE, line)) {
    // Two blobs of a diff, with the file's mode behind them.
    if (
      /^(?:>\s?)*index /.test(line.slice(0, index)) ||
      / 1[02]0\d{3}\b/.test(line.slice(index, index + 100))
    )
      continue;
    if (from.length < 12 && !COMMIT_WORD.test(line.slice(0, index).slice(-60))) continue;
    add(index, from);
    add(line.indexOf(to, index + from.length), to);
  }
  for (const { 0: id, index } of matchesOf(FROM_TAG, line)) add(index, id);
  return spans;
}

/** Words right before a commit id. */
const COMMIT_WORD =
  /(?:\b(?:commits?|commit-id|fixes|fixup|reverts?|reverted|reverting|backports?|bisect(?:ed)?|sha-?1?|cherry[- ]pick(?:ed from)?(?: commit)?|upstream|good|bad|skip|head|git_short_log|git (?:show|revert|log|describe|checkout|bisect \w{3,5}|cherry-pick)|changes up to|introduced(?::| (?:by|in|with))?|regression (?:by|in|from))\b(?: is| id)?\s?[:=]?|\bcommits?:\s{1,8}|\s--base[ =])\s*[([{`"'<]{0,2}$/i;

/** Words before ids of other things. */
const OTHER_WORD =
  /\b(?:md5|sha(?:256|512)|sha1sum|patch-id|blob|tree|build ?-?id|uuid|serial|hash|key|fingerprint|change-id|tag|address|addr|mac)\b[\s:=]*$/i;

/** A word of prose, behind which a whole id stands for a commit; behind some words stand other things. */
const PROSE_WORD = /(?:^|[\s("'`*])[A-Za-z][a-z]{0,20}(?:n't|'s)?,? {1,2}[("'`]{0,2}$/;
const NAMES_OTHER =
  /\b(?:address|ip|sp|pc|lr|device|inode|handle|cookie|page|offset|version|xid|guid|wwn|bssid|mask|value|register|pointer|bytes?|raw|data|pid|cell|code|crc\d{0,2})[,:]? {1,2}[("'`]{0,2}$/i;
/** An address in the memory of a program, of twelve digits as ids of commits are, and the words before one. */
const PROGRAM_ADDRESS = /^(?:7f|5[56])[0-9a-f]{10}$/;
const BEFORE_ADDRESS = /\b(?:at|addr|to|from|in) $/;
/** What a command of git or b4 is given. */
const COMMAND = /\b(?:git|b4) [a-z-]{2,20}(?: [\w=./-]{1,60}){0,6} $/;
/** The branch of a tree, as robots name what they tested. */
const BRANCH = /(?:^|\s)[\w-]{2,30}\/[\w.-]{2,40} {1,8}$/;

/** Lines that hold the id of a commit and nothing else, as `git rev-list` and a bisection print several of them. */
const LONE_ID = /^\s*[0-9a-f]{40}\s*$/;

function isCommit(line: string, start: number, id: string, context: LineContext): boolean {
  const end = start + id.length;
  const marks = readMarks(line).length;
  const own = line.slice(Math.min(marks, start), start);
  const before = own.slice(-60);
  const behind = line.slice(end, end + 40);
  // Words, and addresses of a 64-bit kernel.
  if (!/[0-9]/.test(id) || /^f{4}[0-9a-f]{12}$/.test(id)) return false;
  const isShort = id.length < 12;
  // Digits alone are a number of something else unless they are many.
  if (/^\d+$/.test(id) && isShort && !/^[`'"]? ?\(["'“`]/.test(behind)) return false;
  if (/^[`'"]? ?\(["'“`]/.test(behind) || /^ \((?:HEAD -> |tag: |origin\/)/.test(behind)) return true;
  if (!isShort && /^(?:: \(?["“]| is the first bad commit)/.test(behind)) return true;
  if (!isShort && /^git bisect start\b/.test(own)) return true;
  if (/^\s*Merge: (?:[0-9a-f]{7,40} )*$/.test(own) && /^(?: [0-9a-f]{7,40})*$/.test(behind)) return true;
  if (/[0-9a-f]{12,40}(?:,| and)?\s*$/i.test(before)) {
    return /\b(?:commits|fixes|depends-on)\b/i.test(own.slice(-200));
  }
  if (OTHER_WORD.test(before)) return false;
  if (/#regzb(?:ot)?\s[^"“]{0,40}$/.test(own)) return true;
  if (COMMIT_WORD.test(before))
    return !isShort || /\b(?:commits?:?|fixes:?|revert\w*)\s*[([`"']{0,2}$/i.test(before);
  if (!isShort && /(?:^|# )(?:good|bad|skip|first bad commit): \[$/.test(before)) return true;
  if (!isShort && /\b(?:base|prerequisite)-commit:\s*$/.test(before)) return true;
  const alone = own.trim() === "";
  if (
    !isShort &&
    alone &&
    /\b(?:commit|commit id|changes up to|since commit)\b:?$/i.test(context.above.trimEnd())
  ) {
    return true;
  }
  if (id.length === 40 && alone && behind.trim() === "") {
    if (LONE_ID.test(afterMarks(context.above)) || LONE_ID.test(afterMarks(context.below))) return true;
  }
  if (!isShort && behind.trim() === "" && /^\(["“]/.test(afterMarks(context.below))) return true;
  if (beginsLine(own, id, line.slice(end))) return true;
  if (!isShort && /(?:^|@[\w.-]{1,60}>? )# (?:v?[\d.]{1,8}\+?:? ?)?$/.test(own) && /^: \S/.test(behind))
    return true;
  if (!isShort && COMMAND.test(before)) return true;
  if (!isShort && /^ \(?["“]|^ \([\w./,-]{2,40}: \S/.test(behind)) return true;
  // What the kernel's test robot builds on: the tree and its commit.
  if (id.length === 40 && BRANCH.test(before)) return true;
  if (id.length === 40 && /^base:\s{1,8}(?:\S{1,200}:\/\/\S{1,200} )?$/.test(own)) return true;
  // Whole ids and the usual short form, in the middle of a sentence; sixteen digits are an address of memory.
  const isUsual = id.length === 40 || id.length === 12 || id.length === 13;
  if (!isUsual || !/[a-f]/.test(id)) return false;
  if (before.endsWith("(") && behind.startsWith(")") && /\w \($/.test(before)) return true;
  // A sentence that goes on from the line above.
  if (alone && goesOn(context.above, behind)) return true;
  return (
    PROSE_WORD.test(before) &&
    !NAMES_OTHER.test(before) &&
    !(PROGRAM_ADDRESS.test(id) && BEFORE_ADDRESS.test(before)) &&
    /^(?:['’]s)?\s?[.,;:?!)\]`'"]{0,3}(?:\s|$)/.test(behind)
  );
}

/** A subject as the kernel's commits have them, behind an id and a blank. */
const SUBJECT =
  /^ (?:(?:\[[^\]]{1,40}\] )?[\w./,-]{2,40}: \S|Merge (?:tag|branch(?:es)?|remote-tracking|patch) |Revert "|Linux \d)/;

/**
 * At the front of a line as `git log --oneline`, `git grep` and `git blame` print it, or a robot that used them; in
 * square brackets as the lists of pull requests have it.
 */
function beginsLine(own: string, id: string, behind: string): boolean {
  if (!/[a-f]/.test(id)) return false;
  if (/^\s*\[$/.test(own) && behind.startsWith("] ")) {
    const subject = behind.slice(1);
    return SUBJECT.test(subject) || (id.length === 12 && /^ [A-Z]?[a-z]{2,}.* [a-z]{2,}/.test(subject));
  }
  if (!/^(?::{6} )?[\s|*\\/]*\^?$/.test(own)) return false;
  if (id.length < 12) return false;
  if (/^:[\w.-]+\/[\w./-]+[:-]/.test(behind)) return true;
  if (/^ \S.{0,200}\b(?:19|20)\d\d-[01]\d-[0-3]\d\s{1,4}@?\d{1,6}(?:\s|$)/.test(behind)) return true;
  return (id.length === 40 || id.length <= 14) && SUBJECT.test(behind);
}

/** Whether prose of the line above goes on behind an id at the front of this one. */
const goesOn = (above: string, behind: string): boolean =>
  /[a-z]{2},?$/.test(above) && /^(?:[),.](?:\s|$)|,? [a-z]{2,20}[ .,])/.test(behind);

const afterMarks = (line: string): string => line.slice(readMarks(line).length);
