/** The sheet on which a body is read: each line, what it is so far, and which lines name an author. */
import type { matchAttribution } from "./attribution.ts";
import type { Naming } from "./authors.ts";
import type { BlockKind } from "./block.ts";
import type { CiteLine } from "./cite.ts";

/** Says whether a line stands in the parent; undefined when the parent is not at hand. */
export type InParent = ((line: string) => boolean) | undefined;

/** Written on by one pass after the other. */
export interface Sheet {
  lines: CiteLine[];
  kinds: (BlockKind | undefined)[];
  /** By the last line (index from 0) of an attribution or header block. */
  naming: Map<number, Naming>;
  /** The first lines of attributions that the sender wrote: what the parent has of them is forwarded (B620). */
  own: Set<number>;
  inParent: InParent;
  match: typeof matchAttribution;
}

/** Says of lines (indexes from 0, both ends included) what they are. */
export const mark = (sheet: Sheet, first: number, last: number, kind: BlockKind): void => {
  for (let at = first; at <= last; at++) sheet.kinds[at] = kind;
};

/** The depth of a line; 0 beyond the end. */
export const depthOf = (lines: readonly CiteLine[], at: number): number => lines[at]?.depth ?? 0;
