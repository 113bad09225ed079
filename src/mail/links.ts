/** Spans that lead somewhere: addresses, messages, commits, places in the source, bugs. Precision before completeness. */
import { type Block, readBody } from "./body.ts";
import { commitsIn } from "./commitIds.ts";
import { idsIn } from "./linkedIds.ts";
import type { LineContext, LinkKind, LinkSpan } from "./linkSpan.ts";
import { placesIn, symbolsIn } from "./places.ts";
import { bugsIn, type Trackers } from "./trackers.ts";
import { urlsIn } from "./urls.ts";
import { type WordedLines, type Wording, Wordings } from "./wording.ts";

/** A span of a body that leads somewhere. Columns count UTF-16 units from 1; `endColumn` is behind the last one. */
export interface Link {
  kind: LinkKind;
  /** As written, within one line. */
  text: string;
  /**
   * The URL; the Message-ID without brackets, percent-decoded; the commit id; `path:line`; the function's name; the
   * page of the bug.
   */
  target: string;
  /** Of a message or a commit: the whole address, where it was written as one. */
  url?: string;
  line: number;
  column: number;
  endColumn: number;
}

/** What every link has one of; most lines of prose and code have none and need no closer look. */
const MAY_LEAD = /:\/\/|@|[\da-f]{7}|:\d|\+0x|\.(?:org|link|com|info)\/|CVE-|bugzilla|bko|syzbot/i;

/** Whether links may stand in a line: asked of its words, which others say too. */
function mayLead(wording: Wording, trackers: readonly string[]): boolean {
  wording.mayLead ??= MAY_LEAD.test(wording.content);
  return wording.mayLead || trackers.some((prefix) => prefix !== "" && wording.content.includes(prefix));
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
  { written, wordings }: WordedLines = new Wordings().read(body),
): Link[] {
  const prefixes = Object.keys(trackers);
  const links: Link[] = [];
  for (const { kind, firstLine, lastLine } of blocks) {
    for (let number = firstLine; number <= lastLine; number++) {
      const wording = wordings[number - 1];
      if (wording === undefined || !mayLead(wording, prefixes)) continue;
      const line = written[number - 1] ?? "";
      const context = { above: written[number - 2] ?? "", below: written[number] ?? "" };
      const found =
        kind === "diff"
          ? urlsIn(line, context.below)
          : spansIn(line, context, { trackers, mailboxes: kind === "attribution" });
      addApart(links, found, number);
    }
  }
  return links;
}

/** The links of a text that is no mail (source, commit message, terminal), in order. Linear in its length. */
export function findTextLinks(text: string, trackers: Trackers = {}): Link[] {
  const lines = text.split("\n");
  const links: Link[] = [];
  for (const [at, line] of lines.entries()) {
    const context = { above: lines[at - 1] ?? "", below: lines[at + 1] ?? "" };
    addApart(links, spansIn(line, context, { trackers }), at + 1);
  }
  return links;
}

interface SpanOptions {
  trackers: Trackers;
  /** Addresses in this line are people's. */
  mailboxes?: boolean;
}

/** Everything in a line; of what overlaps the first finder wins. */
function spansIn(
  line: string,
  context: LineContext,
  { trackers, mailboxes = false }: SpanOptions,
): LinkSpan[] {
  const found = urlsIn(line, context.below);
  found.push(...bugsIn(line, trackers));
  if (!mailboxes) found.push(...idsIn(line));
  found.push(...commitsIn(line, context), ...placesIn(line), ...symbolsIn(line));
  return found;
}

/** Of links that overlap, the first found wins: URLs, then bugs, ids, commits, places. */
function addApart(links: Link[], found: LinkSpan[], line: number): void {
  if (found.length === 0) return;
  const apart: LinkSpan[] = [];
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
