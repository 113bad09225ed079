/** Web addresses in a line of mail, whole again where a hard wrap cut them, and the messages and commits they name. */

import { type LinkSpan, matchesOf } from "./link.ts";
import { archivedId, unwrapped } from "./loreLink.ts";
import { readMarks } from "./marks.ts";

const SCHEME = /(?:https?|ftps?|git|ssh|rsync|svn):\/\/$/i;
const LONGEST_URL = 2000;

/** What no URL in mail holds. `>` ends one in angle brackets. */
const URL_STOP = /[\s<>"`\u00a0{}|\\^]/;

/** Addresses of kernel servers are written without their scheme, too. */
const NAKED =
  /(?<![\w./@:=-])(?:www\.)?(?:(?:lore|lkml|bugzilla|git|patchwork|docs)\.kernel\.org|(?:patch\.)?msgid\.link|syzkaller\.appspot\.com|marc\.info)(?=\/[\w?~])/gi;

/**
 * The addresses in a line, in no order; each is a message, a commit or something else of the web.
 * @param below the next line of the body, where an address may go on
 */
export function urlsIn(line: string, below: string): LinkSpan[] {
  const spans: LinkSpan[] = [];
  for (let at = line.indexOf("://"); at >= 0; at = line.indexOf("://", at + 3)) {
    const scheme = SCHEME.exec(line.slice(Math.max(0, at - 6), at + 3))?.[0];
    if (scheme === undefined) continue;
    const start = at + 3 - scheme.length;
    if (!mayBegin(line, start) || !/[\p{L}\p{N}[]/u.test(line[at + 3] ?? "")) continue;
    const span = spanAt(line, start, at + 3, below);
    if (span === undefined) continue;
    spans.push(span);
    at = Math.max(at, span.end - 3);
  }
  if (line.length > 4000 || !/\.(?:org|link|com|info)\//i.test(line)) return spans;
  for (const { index } of matchesOf(NAKED, line)) {
    const span = spanAt(line, index, index, below);
    if (span !== undefined) spans.push(span);
  }
  return spans;
}

/** Whether an address may begin here: behind a word that a mailer glued to it (`athttps://`), but inside no name. */
const mayBegin = (line: string, start: number): boolean =>
  !/[A-Za-z0-9]/.test(line[start - 1] ?? "") ||
  (/^http/i.test(line.slice(start, start + 4)) &&
    /(?:^|[\s>])[A-Za-z]{1,10}$/.test(line.slice(Math.max(0, start - 12), start)));

/** The address that starts at `start`, its host at `host`. */
function spanAt(line: string, start: number, host: number, below: string): LinkSpan | undefined {
  const rest = line.slice(host, host + LONGEST_URL);
  const stop = rest.search(URL_STOP);
  const whole = stop < 0 ? rest : rest.slice(0, stop);
  // A robot cut it in the name of its server: `git://git.kerne..`.
  if (/^[^/]*\/?\.\.+$/.test(whole)) return undefined;
  const bracketed = line[start - 1] === "<" && rest[stop] === ">";
  const kept = bracketed ? whole : withoutPunctuation(whole);
  if (kept === "") return undefined;
  const end = host + kept.length;
  const text = line.slice(start, end);
  const cut = end === line.length ? cutRest(line, start, text, below) : "";
  const written = `${start === host ? "https://" : ""}${text}${cut}`;
  const url = unwrapped(written);
  const id = archivedId(url);
  if (id !== undefined) return { kind: "messageId", start, end, text, target: id, url };
  const commit = commitOf(url);
  if (commit !== undefined) return { kind: "commit", start, end, text, target: commit, url };
  return { kind: "url", start, end, text, target: written };
}

/** The commit that a page of a git server shows: `/c/ID`, `/commit/ID`, `?id=ID`. */
function commitOf(url: string): string | undefined {
  const found =
    /^https?:\/\/[\w.-]{1,200}\/[^?#]{1,300}\/c(?:ommits?)?\/([0-9a-f]{7,40})(?:[?#].*)?$/i.exec(url) ??
    /^https?:\/\/[\w.-]{1,200}\/[^?#]{1,300}\/(?:commit|patch)\/?[^?#]{0,300}\?(?:[^#]{0,300}&)?(?:id|h)=([0-9a-f]{7,40})(?:[&#].*)?$/i.exec(
      url,
    );
  return found?.[1]?.toLowerCase();
}

const CLOSERS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Punctuation at the end belongs to the sentence; so does a closing bracket that the URL does not open, and all behind it. */
function withoutPunctuation(url: string): string {
  const open: Record<string, number> = { "(": 0, "[": 0 };
  let end = 0;
  for (; end < url.length; end++) {
    const char = url[end] ?? "";
    const opener = CLOSERS[char];
    if (char in open) open[char] = (open[char] ?? 0) + 1;
    else if (opener !== undefined) {
      if (open[opener] === 0) break;
      open[opener] = (open[opener] ?? 0) - 1;
    }
  }
  while (end > 0 && /[.,;:!?'*_…」』。，）]/u.test(url[end - 1] ?? "")) end--;
  return url.slice(0, end);
}

/** P507: shorter lines were not wrapped. */
const WRAPPED_FROM = 60;

/** The rest of a URL that a hard wrap cut: one unbroken token at the same depth below. */
function cutRest(line: string, start: number, text: string, below: string): string {
  const here = readMarks(line);
  const next = readMarks(below);
  if (next.depth !== here.depth) return "";
  const rest = below.slice(next.length).trimEnd();
  if (rest === "" || rest.length > 400 || /\s/.test(rest)) return "";
  if (line[start - 1] === "<") return /^[^<>]+>[.,;:)]?$/.test(rest) ? rest.slice(0, rest.indexOf(">")) : "";
  if (line.length < WRAPPED_FROM || rest.includes("://") || !/[/\-_=&%]$/.test(text)) return "";
  // A URL that is whole may end in a slash, and a word or a path may stand alone below it.
  const token = withoutPunctuation(rest);
  const goesOn = text.endsWith("/")
    ? archivedId(text) === undefined && /[\d%@=]/.test(token)
    : /[\d/%@=.-]/.test(token);
  // What Proofpoint sets behind the address that it wraps may be cut once more; the address is whole by then.
  const isWrapped = /^https:\/\/urldefense\./i.test(text) && /^[\w%@=&?.+/#~:-]+__;[\w!*-]*$/.test(token);
  return isWrapped || (goesOn && /^[\w%@=&?.+/#~:-]+$/.test(token)) ? token : "";
}
