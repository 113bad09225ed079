/** Spans that lead somewhere: addresses, messages, commits, places in the source, bugs. Precision before completeness. */
import type { Block, BlockKind } from "./block.ts";
import { readBody } from "./body.ts";
import { commitsIn } from "./commitIds.ts";
import type { LineContext, Link, LinkSpan } from "./link.ts";
import { idsIn } from "./linkedIds.ts";
import { placesIn, symbolsIn } from "./places.ts";
import { SIGN, signsOf } from "./signs.ts";
import { bugsIn, type Trackers } from "./trackers.ts";
import { urlsIn } from "./urls.ts";
import { type WordedLines, type Wording, Wordings } from "./wording.ts";

/** What every link has one of; most lines of prose and code have none and need no closer look. */
const LEADS = ~SIGN.blanks;

/** Whether links may stand in a line. Asked of every line. */
function mayLead({ signs, content }: Wording, trackers: readonly string[]): boolean {
  if ((signs & LEADS) !== 0) return true;
  for (const prefix of trackers) if (prefix !== "" && content.includes(prefix)) return true;
  return false;
}

/**
 * The links of a body, in order. In diffs there are URLs only: hex digits and addresses are content there.
 * @param blocks those of `readBody` for this body, when at hand
 * @param trackers further bug trackers: what stands before a number, and the address with `${id}`
 * @param lines the lines of this body, when they have been read
 */
export function findLinks(
  body: string,
  blocks: readonly Block[] = readBody(body),
  trackers: Trackers = {},
  worded: WordedLines = new Wordings().read(body),
): Link[] {
  const prefixes = Object.keys(trackers);
  const links: Link[] = [];
  for (const { kind, firstLine, lastLine } of blocks) {
    for (let number = firstLine; number <= lastLine; number++) {
      const wording = worded.wordings[number - 1];
      if (wording === undefined || !mayLead(wording, prefixes)) continue;
      // What a person's trackers add is not kept: they change.
      const found = prefixes.length > 0 ? undefined : worded.linked[number - 1];
      if (found?.kind === kind) {
        for (const link of found.links) links.push(link);
        continue;
      }
      const fresh = linksOfLine(worded, number, kind, trackers, wording.signs);
      if (prefixes.length === 0) worded.linked[number - 1] = { kind, links: fresh };
      for (const link of fresh) links.push(link);
    }
  }
  return links;
}

const NO_LINKS: readonly Link[] = [];

function linksOfLine(
  { written }: WordedLines,
  number: number,
  kind: BlockKind,
  trackers: Trackers,
  signs: number,
): readonly Link[] {
  const line = written[number - 1] ?? "";
  const below = written[number] ?? "";
  const isUrl = (signs & (SIGN.scheme | SIGN.server)) !== 0;
  if (kind === "diff" && !isUrl) return NO_LINKS;
  const context = { above: written[number - 2] ?? "", below };
  const found =
    kind === "diff"
      ? urlsIn(line, below)
      : spansIn(line, context, { trackers, mailboxes: kind === "attribution", signs });
  if (found.length === 0) return NO_LINKS;
  const links: Link[] = [];
  addApart(links, found, number);
  return links;
}

/** The links of a text that is no mail (source, commit message, terminal), in order. Linear in its length. */
export function findTextLinks(text: string, trackers: Trackers = {}): Link[] {
  const lines = text.split("\n");
  const links: Link[] = [];
  for (const [at, line] of lines.entries()) {
    const context = { above: lines[at - 1] ?? "", below: lines[at + 1] ?? "" };
    addApart(links, spansIn(line, context, { trackers, signs: signsOf(line) }), at + 1);
  }
  return links;
}

interface SpanOptions {
  trackers: Trackers;
  /** Of this line. */
  signs: number;
  /** Addresses in this line are people's. */
  mailboxes?: boolean;
}

/** Everything in a line; of what overlaps the first finder wins. */
function spansIn(
  line: string,
  context: LineContext,
  { trackers, signs, mailboxes = false }: SpanOptions,
): LinkSpan[] {
  const has = (sign: number): boolean => (signs & sign) !== 0;
  const found = has(SIGN.scheme | SIGN.server) ? urlsIn(line, context.below) : [];
  const named = bugsIn(line, trackers);
  if (named.length > 0) found.push(...named);
  if (has(SIGN.at) && !mailboxes) found.push(...idsIn(line));
  if (has(SIGN.hex)) found.push(...commitsIn(line, context));
  if (has(SIGN.colonDigit)) found.push(...placesIn(line));
  if (has(SIGN.offset)) found.push(...symbolsIn(line));
  return found;
}

/** Of links that overlap, the first found wins: URLs, then bugs, ids, commits, places. */
function addApart(links: Link[], found: LinkSpan[], line: number): void {
  if (found.length === 0) return;
  if (found.length === 1) {
    addAll(links, found, line);
    return;
  }
  const apart: LinkSpan[] = [];
  const taken = new Uint8Array(found.reduce((furthest, { end }) => Math.max(furthest, end), 0));
  for (const span of found) {
    if (taken.subarray(span.start, span.end).includes(1)) continue;
    taken.fill(1, span.start, span.end);
    apart.push(span);
  }
  apart.sort((one, other) => one.start - other.start);
  addAll(links, apart, line);
}

function addAll(links: Link[], spans: readonly LinkSpan[], line: number): void {
  for (const { kind, text, target, url, start, end } of spans) {
    const link: Link = { kind, text, target, line, column: start + 1, endColumn: end + 1 };
    if (url !== undefined) link.url = url;
    links.push(link);
  }
}
