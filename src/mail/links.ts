/** Spans that lead somewhere: URLs, Message-IDs, commits, places in files. Precision before completeness. */
import { type Block, readBody } from "./body.ts";
import { readMarks } from "./cite.ts";
import { archivedId } from "./loreLink.ts";

export type LinkKind = "url" | "messageId" | "commit" | "place";

/** A span of a body that leads somewhere. Columns count UTF-16 units from 1; `endColumn` is behind the last one. */
export interface Link {
  kind: LinkKind;
  /** As written, within one line. */
  text: string;
  /** The URL; the Message-ID without brackets, percent-decoded; the commit id; `path:line`. */
  target: string;
  /** Of a message: the whole address, where it was written as one. */
  url?: string;
  line: number;
  column: number;
  endColumn: number;
}

/** Links to the web and to messages alone. */
export type Reach = "all" | "web";

/**
 * The links of a body, in order. In diffs there are URLs only: hex digits and addresses are content there.
 * @param blocks those of `readBody` for this body, when at hand
 * @param reach "web" leaves out commits and places in files
 */
export function findLinks(
  body: string,
  blocks: readonly Block[] = readBody(body),
  reach: Reach = "all",
): Link[] {
  const lines = body.split("\n");
  const links: Link[] = [];
  for (const block of blocks) {
    for (let number = block.firstLine; number <= block.lastLine; number++) {
      const line = lines[number - 1] ?? "";
      const found = urlsIn(line, lines[number] ?? "");
      if (block.kind !== "diff") {
        const context: LineContext = {
          above: lines[number - 2] ?? "",
          below: lines[number] ?? "",
          kind: block.kind,
        };
        found.push(...idsIn(line, context));
        if (reach === "all") found.push(...commitsIn(line, context), ...placesIn(line));
      }
      addApart(links, found, number);
    }
  }
  return links;
}

/** A link within its line; columns from 0. */
interface Span {
  kind: LinkKind;
  start: number;
  end: number;
  text: string;
  target: string;
  url?: string;
}

interface LineContext {
  above: string;
  below: string;
  kind: Block["kind"];
}

/** Of links that overlap, the first found wins: URLs, then ids, commits, places. */
function addApart(links: Link[], found: Span[], line: number): void {
  if (found.length === 0) return;
  const apart: Span[] = [];
  const taken = new Uint8Array(found.reduce((furthest, { end }) => Math.max(furthest, end), 0));
  for (const span of found) {
    if (taken.subarray(span.start, span.end).includes(1)) continue;
    taken.fill(1, span.start, span.end);
    apart.push(span);
  }
  apart.sort((one, other) => one.start - other.start);
  for (const { start, end, ...link } of apart) {
    links.push({ ...link, line, column: start + 1, endColumn: end + 1 });
  }
}

const SCHEME = /(?:https?|ftps?|git|ssh|rsync|svn):\/\/$/i;
const LONGEST_URL = 2000;

/** What no URL in mail holds. `>` ends one in angle brackets. */
const URL_STOP = /[\s<>"`\u00a0{}|\\^]/;

function urlsIn(line: string, below: string): Span[] {
  const spans: Span[] = [];
  for (let at = line.indexOf("://"); at >= 0; at = line.indexOf("://", at + 3)) {
    const scheme = SCHEME.exec(line.slice(Math.max(0, at - 6), at + 3))?.[0];
    if (scheme === undefined) continue;
    const start = at + 3 - scheme.length;
    if (/[A-Za-z0-9]/.test(line[start - 1] ?? "") || !/[\p{L}\p{N}[]/u.test(line[at + 3] ?? "")) continue;
    const rest = line.slice(at + 3, at + LONGEST_URL);
    const stop = rest.search(URL_STOP);
    const whole = stop < 0 ? rest : rest.slice(0, stop);
    const bracketed = line[start - 1] === "<" && rest[stop] === ">";
    const kept = bracketed ? whole : withoutPunctuation(whole);
    if (kept === "") continue;
    const end = at + 3 + kept.length;
    const text = line.slice(start, end);
    const cut = end === line.length ? cutRest(line, start, text, below) : "";
    const url = text + cut;
    const id = archivedId(url);
    spans.push(
      id === undefined
        ? { kind: "url", start, end, text, target: url }
        : { kind: "messageId", start, end, text, target: id, url },
    );
    at = end - 3;
  }
  return spans;
}

const CLOSERS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Punctuation at the end belongs to the sentence; a closing bracket does unless the URL opens it. */
function withoutPunctuation(url: string): string {
  const open: Record<string, number> = { "(": 0, "[": 0, ")": 0, "]": 0 };
  for (const char of url) if (char in open) open[char] = (open[char] ?? 0) + 1;
  let end = url.length;
  while (end > 0) {
    const last = url[end - 1] ?? "";
    const opener = CLOSERS[last];
    if (opener !== undefined) {
      if ((open[last] ?? 0) <= (open[opener] ?? 0)) break;
      open[last] = (open[last] ?? 0) - 1;
    } else if (!/[.,;:!?'*_…」』。，）]/u.test(last)) break;
    end--;
  }
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
  return goesOn && /^[\w%@=&?.+/#~:-]+$/.test(token) ? token : "";
}

const BRACKETED_ID = /<([^\s<>@]{1,200}@[^\s<>@]{1,200})>/g;
const ID_LABEL = /(?:message-?id|in-reply-to|references|msgid|mid|in message|see|in|from message)\s*:?\s*$/i;
const MAILBOX_LINE = /^\W*(?:from|to|cc|bcc|sender|reply-to|[a-z-]{1,40}-by|m|r|l)\s?:/i;

/** `<id@host>`, when its shape or the words before it say that it is no mailbox. */
function idsIn(line: string, context: LineContext): Span[] {
  if (!line.includes("<") || context.kind === "attribution") return [];
  const spans: Span[] = [];
  const slice = line.slice(0, 4000);
  for (const found of slice.matchAll(BRACKETED_ID)) {
    const id = found[1] ?? "";
    const before = slice.slice(Math.max(0, found.index - 40), found.index);
    const labelled = /(?:message-?id|in-reply-to|references|msgid|mid)\s*:?\s*$/i.test(before);
    if (!labelled && (MAILBOX_LINE.test(slice.slice(0, 60)) || !looksLikeId(id, before))) continue;
    const start = found.index + 1;
    spans.push({ kind: "messageId", start, end: start + id.length, text: id, target: id });
  }
  return spans;
}

/** Ids are made by machines: long, with many digits. Mailboxes that look so follow a name or are bots'. */
function looksLikeId(id: string, before: string): boolean {
  const local = id.slice(0, id.indexOf("@"));
  if (/^(?:syzbot|devnull|bounce|noreply)|^\d+$/i.test(local)) return false;
  const digits = local.replace(/\D/g, "").length;
  const machine =
    local.length >= 16 && (digits >= 6 || /^CA[\w+=-]{20,}$/.test(local) || /\.fsf(?:_-_)?$/.test(local));
  if (!machine) return false;
  const named =
    /[\p{L}"'.)]\s$/u.test(before) && !ID_LABEL.test(before.trimEnd()) && /\p{Lu}\S*\s$/u.test(before);
  return !named || /[.-]\d{3,}|\d{8,}/.test(local);
}

const COMMIT = /(?<![\w/.@=%#-])([0-9a-f]{12,40})(?![\w@]|[-./]\w)/g;

/** Commit ids: with their subject behind them, or after a word that says so. */
function commitsIn(line: string, context: LineContext): Span[] {
  if (line.length > 4000) return [];
  const spans: Span[] = [];
  for (const found of line.matchAll(COMMIT)) {
    const id = found[1] ?? "";
    const end = found.index + id.length;
    if (!isCommit(line, found.index, end, context)) continue;
    spans.push({ kind: "commit", start: found.index, end, text: id, target: id });
  }
  return spans;
}

const COMMIT_WORD =
  /(?:\b(?:commits?|commit-id|fixes|reverts?|backports?|sha1?|cherry[- ]picked from(?: commit)?|this reverts commit|upstream)\b:?|[0-9a-f]{12,40}(?:,| and)?)\s*[([`"']{0,2}$/i;

function isCommit(line: string, start: number, end: number, context: LineContext): boolean {
  const { content, above } = { content: line.slice(0, start), above: context.above.trimEnd() };
  const behind = line.slice(end, end + 40);
  if (/^[`'"]? ?\(["'“]/.test(behind)) return true;
  const before = content.slice(-60);
  if (/[0-9a-f]{12,40}(?:,| and)?\s*$/i.test(before)) return /\bcommits\b/i.test(before);
  if (COMMIT_WORD.test(before)) return true;
  const alone = content.slice(readMarks(line).length).trim() === "";
  return (
    (alone && /\bcommit$/i.test(above)) ||
    (behind.trim() === "" && /^\(["“]/.test(context.below.slice(readMarks(context.below).length)))
  );
}

const PLACE =
  /(?<![\w/.:@<=~-])((?:[\w.+-]{1,80}\/){0,20}(?:[\w.+-]{1,80}\.(?:[chSs]|cc|cpp|cxx|hpp|rs|py|pl|sh|dts|dtsi|dtso|yaml|rst|txt|lds|y|l|awk|go|json|cocci)|Makefile|Kconfig|MAINTAINERS)):(\d{1,7})(?::\d{1,5})?(?![\w/])/g;

/** `path/file.c:123`, as compilers, stack traces and people write it. */
function placesIn(line: string): Span[] {
  if (!line.includes(":")) return [];
  const spans: Span[] = [];
  for (const found of line.slice(0, 400).matchAll(PLACE)) {
    const target = `${found[1] ?? ""}:${found[2] ?? ""}`;
    const text = found[0];
    spans.push({ kind: "place", start: found.index, end: found.index + text.length, text, target });
  }
  return spans;
}
