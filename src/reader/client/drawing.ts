/** What every drawing function of the pane is given. */
import type { BlockView } from "../protocol.ts";
import type { People } from "./people.ts";

/** What every drawing function is given. */
export interface Drawing {
  document: Document;
  people: People;
  /** Cited text with its real `>` marks instead of bars. */
  marks: boolean;
  dates: "both" | "relative" | "absolute";
  /** How much a heading and a cited block say aloud. */
  spoken: "brief" | "normal" | "full";
  nowMs: number;
  /** What a message of the thread is called in a sentence ("2/4", or its author); "" for one that is not in it. */
  title(messageId: string): string;
  /** The day a message of the thread was sent: "16 Nov"; "" when that is not known. */
  day(messageId: string): string;
  /** The file that a cited diff is about where it begins, by where it was said first; "" when that is not known. */
  pathOf(block: BlockView): string;
  /** True for a message of this thread that is in the archive. */
  isHere(messageId: string): boolean;
}
