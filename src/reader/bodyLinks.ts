/** Links of bodies as spans, and which of them lead to a message that an archive has. */
import { findLinks } from "../mail/links.ts";
import type { Trackers } from "../mail/trackers.ts";
import type { WordedLines } from "../mail/wording.ts";
import type { ReadBlock } from "../threads/reading.ts";
import type { MessageView, Span } from "./protocol.ts";

/** Links by the line of the body (from 1) they stand in; columns count from 0 in that line. */
export type LinksByLine = ReadonlyMap<number, readonly Span[]>;

/** The links of a body by line. `worded` are its lines, when they have been read. */
export function linkSpans(
  body: string,
  blocks: readonly ReadBlock[],
  trackers: Trackers = {},
  worded?: WordedLines,
): LinksByLine {
  const spans = new Map<number, Span[]>();
  for (const { kind, target, url, line, column, endColumn } of findLinks(body, blocks, trackers, worded)) {
    const span: Span = { start: column - 1, end: endColumn - 1, kind, target };
    if (url !== undefined) span.url = url;
    const known = spans.get(line);
    if (known) known.push(span);
    else spans.set(line, [span]);
  }
  return spans;
}

function messageSpans(views: readonly MessageView[]): Span[] {
  const found: Span[] = [];
  for (const { blocks } of views)
    for (const { links = [] } of blocks)
      for (const { spans } of links)
        for (const span of spans) if (span.kind === "messageId") found.push(span);
  return found;
}

/** The Message-IDs that these bodies link to, each once. */
export const linkedIds = (views: readonly MessageView[]): string[] => [
  ...new Set(messageSpans(views).map(({ target }) => target)),
];

/** Notes in the views which of the linked messages an archive has. */
export function markHeld(views: readonly MessageView[], isHeld: (messageId: string) => boolean): void {
  for (const span of messageSpans(views)) span.inArchive = isHeld(span.target);
}
