/** A block: lines of a body that belong together, and what they are. */

export type BlockKind = "text" | "cited" | "attribution" | "signature" | "diff" | "trailers" | "footer";

/** A run of lines of one kind and depth. Lines count from 1, both ends included. */
export interface Block {
  kind: BlockKind;
  /** Number of `>` (Q301); 0 is the sender's own level. One more below an unmarked forwarded header block (B620). */
  depth: number;
  firstLine: number;
  lastLine: number;
  /** Who wrote these lines when depth >= 1: a display name or an address (A406, A407). */
  author?: string;
  /** True when `author` was concluded from the thread, not from an attribution (A407). */
  inferred?: boolean;
}
