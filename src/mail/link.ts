/** A link: a span of a body that leads somewhere; within its line, as the finders of its parts hand it over. */

/** What a link leads to. `bug` is a tracker's number: its target is the tracker's page. */
export type LinkKind = "url" | "messageId" | "commit" | "place" | "symbol" | "bug";

/** Columns count UTF-16 units from 0, `end` is behind the last one. */
export interface LinkSpan {
  kind: LinkKind;
  start: number;
  end: number;
  /** As written, within the line. */
  text: string;
  target: string;
  /** Of a message or commit: the whole address, where it was written as one. */
  url?: string;
}

const NONE: readonly RegExpExecArray[] = [];

/** All matches of a global pattern, which matches no empty text. `String.matchAll` copies the pattern for every line. */
export function matchesOf(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  pattern.lastIndex = 0;
  let found = pattern.exec(text);
  if (found === null) return NONE;
  const all: RegExpExecArray[] = [];
  for (; found !== null; found = pattern.exec(text)) all.push(found);
  return all;
}

/** What stands round a line. */
export interface LineContext {
  above: string;
  below: string;
}

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
