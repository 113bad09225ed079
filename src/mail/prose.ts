/** The author's own words, for search: cited text, diffs, attributions and signatures left out. */
import { matchAttribution } from "./attribution.ts";

const LINE_FEED = 10;
const SPACE = 32;
const TAB = 9;
const CLOSING = 41;
const PLUS = 43;
const MINUS = 45;
const COLON = 58;
const GT = 62;
const AT = 64;
const BACKSLASH = 92;
/** The last byte of the full-width colon. */
const WIDE_COLON = 0x9a;

/** What the scanner stands in. */
type Place = "text" | "file" | "hunk" | "binary";

/**
 * Own text and the file names of own diffs, one line each, of a body in UTF-8. Reads the body once, as bytes, and builds
 * neither blocks nor strings: an indexer calls it for every message. It may keep or drop a line more than `readBody`
 * would; search does not mind.
 */
export function prose(body: Buffer): Buffer {
  // Where each kept line begins and ends, in turn.
  const kept: number[] = [];
  let place: Place = "text";
  let afterKept = false;
  for (let at = 0, end = 0; at < body.length; at = end + 1) {
    end = body.indexOf(LINE_FEED, at);
    if (end < 0) end = body.length;
    const first = body[at] as number;
    if (first === GT && !isNews(body, at)) {
      if (afterKept) dropAttribution(body, kept);
      afterKept = false;
      place = "text";
    } else if (place !== "text" && staysInDiff(body, at, end, first, place)) {
      if (place === "hunk" && first === MINUS && isSeparator(body, at, end)) break;
      place = nextPlace(body, at, first, place);
      if (place === "file") keepPath(body, at, end, kept);
    } else if (first === MINUS && isSeparator(body, at, end)) {
      if (body.length - end < LONGEST_SIGNATURE) break;
      place = "text";
    } else if (startsDiff(body, at, end, first)) {
      place = first === AT ? "hunk" : "file";
      keepPath(body, at, end, kept);
    } else {
      place = "text";
      if (end > at) {
        kept.push(at, end);
        afterKept = true;
      }
    }
  }
  return joined(body, kept);
}

/** The kept lines with a line end between them; neighbours are copied together. */
function joined(body: Buffer, kept: readonly number[]): Buffer {
  let length = 0;
  for (let line = 0; line < kept.length; line += 2) length += to(kept, line) - from(kept, line) + 1;
  if (length === 0) return body.subarray(0, 0);
  const out = Buffer.allocUnsafe(length);
  let at = 0;
  for (let line = 0; line < kept.length; ) {
    const start = from(kept, line);
    let end = to(kept, line);
    for (line += 2; from(kept, line) === end + 1; line += 2) end = to(kept, line);
    at += body.copy(out, at, start, end);
    out[at++] = LINE_FEED;
  }
  return out.subarray(0, length - 1);
}

const from = (kept: readonly number[], line: number): number => kept[line] ?? -1;
const to = (kept: readonly number[], line: number): number => kept[line + 1] ?? -1;

/** More than this below `--` is no signature: 15 lines of 80. */
const LONGEST_SIGNATURE = 1200;

/** Whether these ASCII letters stand at an offset. */
function starts(body: Buffer, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) {
    if (body[at + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** Build robots set `>>` before what is new (Q310). */
const isNews = (body: Buffer, at: number): boolean =>
  starts(body, at, ">> ") &&
  /^>> \S{1,120}(?::\d|: (?:error|warning|undefined)|ERROR:|WARNING:)/.test(
    body.toString("latin1", at, at + 200),
  );

const isSeparator = (body: Buffer, at: number, end: number): boolean =>
  end - at <= 3 && body[at + 1] === MINUS && (end - at === 2 || body[at + 2] === SPACE);

function startsDiff(body: Buffer, at: number, end: number, first: number): boolean {
  if (first === 100) return starts(body, at, "diff --");
  if (first === AT) return starts(body, at, "@@ -");
  return first === MINUS && starts(body, at, "--- ") && starts(body, end + 1, "+++ ");
}

/** In a hunk by the first character; in a file's head by its words. */
function staysInDiff(body: Buffer, at: number, end: number, first: number, place: Place): boolean {
  if (startsDiff(body, at, end, first)) return true;
  if (place === "binary")
    return (
      end === at ||
      (end - at < 80 && !body.subarray(at, end).includes(SPACE)) ||
      starts(body, at, "literal ") ||
      starts(body, at, "delta ")
    );
  if (first === AT) return starts(body, at, "@@ ");
  if (place === "hunk") {
    if (first === PLUS || first === MINUS || first === SPACE || first === TAB || first === BACKSLASH)
      return true;
    return end === at && "+-@ \\d".includes(String.fromCharCode(body[end + 1] ?? LINE_FEED));
  }
  return FILE_FIELD.test(body.toString("latin1", at, Math.min(end, at + 40)));
}

const FILE_FIELD =
  /^(?:index [0-9a-f]{4}|(?:old|new|deleted file|new file) mode |(?:copy|rename) (?:from|to) |(?:dis)?similarity index |Binary files |GIT binary patch|--- |\+\+\+ )/;

function nextPlace(body: Buffer, at: number, first: number, place: Place): Place {
  if (first === AT) return "hunk";
  if (first === 100 && starts(body, at, "diff --")) return "file";
  if (place === "file" && starts(body, at, "GIT binary patch")) return "binary";
  return place === "hunk" && first === MINUS && startsFileAgain(body, at) ? "file" : place;
}

const startsFileAgain = (body: Buffer, at: number): boolean =>
  starts(body, at, "--- a/") || starts(body, at, "--- /dev/null");

/** The path after the change, else the one before it when the file goes. */
function keepPath(body: Buffer, at: number, end: number, kept: number[]): void {
  const renamed = starts(body, at, "rename to ");
  if (!renamed && !starts(body, at, "+++ b/") && !starts(body, at, "--- a/")) return;
  const [start, stop] = [at + (renamed ? 10 : 6), Math.min(end, at + 400)];
  const last = kept.length - 2;
  const path = body.subarray(start, stop);
  if (last < 0 || !path.equals(body.subarray(from(kept, last), to(kept, last)))) kept.push(start, stop);
}

/** `On DATE TIME, NAME wrote:`, with or without an address, as nearly all mailers have it: what needs no closer look. */
const usualAttribution = /^On [^:]{4,60}\d:\d\d(?::\d\d)?[^:]{1,240} wrote:$/;

/** An attribution may stand in so many lines (A401). */
const ATTRIBUTION_LINES = 3;

/** The last kept line, or the last two or three, were the attribution of the cited text that begins here. */
function dropAttribution(body: Buffer, kept: number[]): void {
  const [start = 0, end = 0] = kept.slice(-2);
  let last = end - 1;
  while (last > start && ((body[last] as number) <= SPACE || body[last] === 0xa0)) last--;
  const mark = body[last];
  if (end - start > 300 || (mark !== COLON && mark !== CLOSING && mark !== WIDE_COLON)) return;
  const candidates: string[] = [];
  let text = "";
  for (let line = kept.length - 2; line >= 0 && candidates.length < ATTRIBUTION_LINES; line -= 2) {
    const before = body.toString("utf8", from(kept, line), Math.min(to(kept, line), from(kept, line) + 1000));
    text = text === "" ? before : `${before} ${text}`;
    candidates.push(text);
  }
  let lines = candidates.findIndex((candidate) => usualAttribution.test(candidate));
  if (lines < 0) lines = candidates.findIndex(isAttribution);
  if (lines >= 0) kept.length -= 2 * (lines + 1);
}

/** Whether a candidate of so many lines, one less, is an attribution by its closer look. */
function isAttribution(candidate: string, more: number): boolean {
  const shape = matchAttribution(candidate);
  if (shape === undefined || shape.strong) return shape !== undefined;
  return more === 0 && !/^\S+ wrote:$/.test(candidate) && candidate.length > 40 && shape.name !== "";
}
