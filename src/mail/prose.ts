/** The author's own words, for search: cited text, diffs, attributions and signatures left out. */
import { matchAttribution } from "./attribution.ts";

const GT = 62;
const PLUS = 43;
const MINUS = 45;
const AT = 64;
const BACKSLASH = 92;
const SPACE = 32;
const TAB = 9;

/** What the scanner stands in. */
type Place = "text" | "file" | "hunk" | "binary";

/**
 * Own text and the file names of own diffs, one line each. Reads the body once and builds no blocks: an indexer calls
 * it for every message. It may keep or drop a line more than `readBody` would; search does not mind.
 */
export function prose(body: string): string {
  const kept: string[] = [];
  let place: Place = "text";
  let afterKept = false;
  let at = 0;
  while (at < body.length) {
    let end = body.indexOf("\n", at);
    if (end < 0) end = body.length;
    const first = body.charCodeAt(at);
    if (first === GT && !isNews(body, at)) {
      if (afterKept) dropAttribution(kept);
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
        kept.push(body.slice(at, end));
        afterKept = true;
      }
    }
    at = end + 1;
  }
  return kept.join("\n");
}

/** More than this below `--` is no signature: 15 lines of 80. */
const LONGEST_SIGNATURE = 1200;

/** Build robots set `>>` before what is new (Q310). */
const isNews = (body: string, at: number): boolean =>
  body.startsWith(">> ", at) &&
  /^>> \S{1,120}(?::\d|: (?:error|warning|undefined)|ERROR:|WARNING:)/.test(body.slice(at, at + 200));

const isSeparator = (body: string, at: number, end: number): boolean =>
  end - at <= 3 && body.charCodeAt(at + 1) === MINUS && (end - at === 2 || body.charCodeAt(at + 2) === SPACE);

function startsDiff(body: string, at: number, end: number, first: number): boolean {
  if (first === 100) return body.startsWith("diff --", at);
  if (first === AT) return body.startsWith("@@ -", at);
  return first === MINUS && body.startsWith("--- ", at) && body.startsWith("+++ ", end + 1);
}

/** In a hunk by the first character; in a file's head by its words. */
function staysInDiff(body: string, at: number, end: number, first: number, place: Place): boolean {
  if (startsDiff(body, at, end, first)) return true;
  if (place === "binary")
    return (
      end === at ||
      (end - at < 80 && body.indexOf(" ", at) > end) ||
      /^(?:literal|delta) /.test(body.slice(at, at + 8))
    );
  if (first === AT) return body.startsWith("@@ ", at);
  if (place === "hunk") {
    if (first === PLUS || first === MINUS || first === SPACE || first === TAB || first === BACKSLASH)
      return true;
    return end === at && /[+\-@ \\d]/.test(body[end + 1] ?? "");
  }
  return FILE_FIELD.test(body.slice(at, Math.min(end, at + 40)));
}

const FILE_FIELD =
  /^(?:index [0-9a-f]{4}|(?:old|new|deleted file|new file) mode |(?:copy|rename) (?:from|to) |(?:dis)?similarity index |Binary files |GIT binary patch|--- |\+\+\+ )/;

function nextPlace(body: string, at: number, first: number, place: Place): Place {
  if (first === AT) return "hunk";
  if (first === 100 && body.startsWith("diff --", at)) return "file";
  if (place === "file" && body.startsWith("GIT binary patch", at)) return "binary";
  return place === "hunk" && first === MINUS && startsFileAgain(body, at) ? "file" : place;
}

const startsFileAgain = (body: string, at: number): boolean =>
  /^--- (?:a\/|\/dev\/null)/.test(body.slice(at, at + 14));

/** The path after the change, else the one before it when the file goes. */
function keepPath(body: string, at: number, end: number, kept: string[]): void {
  const next = body.startsWith("+++ b/", at);
  if (!next && !body.startsWith("rename to ", at) && !body.startsWith("--- a/", at)) return;
  const path = body.slice(at + (body.startsWith("rename", at) ? 10 : 6), Math.min(end, at + 400));
  if (kept.at(-1) !== path) kept.push(path);
}

/** `On DATE TIME, NAME <ADDRESS> wrote:`, as nearly all mailers have it: what needs no closer look. */
const usualAttribution =
  /^On [^:]{4,60}\d:\d\d(?::\d\d)?[^:]{1,120}<[^\s<>@]{1,100}@[^\s<>@]{1,100}> wrote:$/;

/** The last kept line, or the last two or three, were the attribution of the cited text that begins here. */
function dropAttribution(kept: string[]): void {
  for (let lines = 1; lines <= 3 && lines <= kept.length; lines++) {
    const last = kept[kept.length - 1] ?? "";
    if (last.length > 300 || !/[:：)]\s*$/.test(last.slice(-4))) return;
    const candidate = kept.slice(-lines).join(" ");
    const shape = usualAttribution.test(candidate) ? { strong: true, name: "" } : matchAttribution(candidate);
    if (
      shape?.strong === true ||
      (shape !== undefined &&
        lines === 1 &&
        !/^\S+ wrote:$/.test(last) &&
        last.length > 40 &&
        shape.name !== "")
    ) {
      kept.length -= lines;
      return;
    }
  }
}
