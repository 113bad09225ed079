/** A link within one line, as the finders of its parts hand it over, and what they may look at. */

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

/** What stands round a line. */
export interface LineContext {
  above: string;
  below: string;
}
