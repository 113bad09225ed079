/** Who wrote which depth: attributions read downwards, gaps concluded from the thread (A406, A407, A410, B620). */
import { type Attributed, samePerson } from "./attribution.ts";

/** A message that is answered, as far as its author is known. */
interface Authored {
  author?: string | undefined;
}

/** An attribution or a header block, as it says who wrote what follows. */
export interface Naming {
  whom: Attributed;
  depth: number;
  /**
   * Set for what unmarked text follows (B620: a header block, or an attribution in such text) and for an attribution
   * inside the cited text (A410).
   */
  form: "above" | "inside" | "headers";
}

/** Forwarded text inside forwarded text: a mail with more levels is not meant to be read. */
const MOST_FORWARDS = 50;

/** Keeps who wrote which depth on the way down a body. */
export class Authors {
  private readonly concluded = new Map<number, string | undefined>();
  private readonly known = new Map<number, string>();
  /** Depths at which everything below is one deeper: unmarked forwarded text (B620). */
  private forwards: number[] = [];
  private readonly ancestors: readonly Authored[];

  constructor(ancestors: readonly Authored[]) {
    this.ancestors = ancestors;
  }

  shownDepth(marks: number): number {
    let depth = marks;
    for (const forward of this.forwards) if (marks >= forward) depth++;
    return depth;
  }

  /** The sender's own words go on: unmarked forwarded text has ended. */
  endForwards(): void {
    this.forwards = [];
  }

  /** Takes in an attribution that stands at `depth` as shown. */
  name({ whom: named, depth: marks, form }: Naming, depth: number): void {
    const label = named.name === "" ? (named.address ?? "") : named.name;
    if (label === "") return;
    const ownDepth = depth > 0 && form !== "above" && !this.known.has(depth);
    if (form === "inside" && !ownDepth) return;
    if (form === "above") this.forwards = this.forwards.filter((forward) => forward <= marks);
    if (form === "headers" && !ownDepth && this.forwards.length < MOST_FORWARDS) this.forwards.push(marks);
    const target = ownDepth ? depth : depth + 1;
    this.known.set(target, label);
    this.concluded.clear();
    for (const deeper of [...this.known.keys()]) if (deeper > target) this.known.delete(deeper);
  }

  of(depth: number): { author: string | undefined; inferred: boolean } {
    if (depth === 0) return { author: undefined, inferred: false };
    const author = this.known.get(depth);
    if (author !== undefined) return { author, inferred: false };
    if (!this.concluded.has(depth)) this.concluded.set(depth, this.conclude(depth));
    const concluded = this.concluded.get(depth);
    return { author: concluded, inferred: concluded !== undefined };
  }

  /** A407: the nearest shallower author is found among the ancestors; one level deeper is one message further up. */
  private conclude(depth: number): string | undefined {
    if (this.ancestors.length === 0) return undefined;
    let from = 0;
    let above = -1;
    for (const [known, label] of this.known) {
      if (known > depth || known <= from) continue;
      const found = this.ancestors.findIndex(
        (ancestor, at) => at >= known - 1 && samePerson(ancestor.author, label),
      );
      if (found < 0) return undefined;
      from = known;
      above = found;
    }
    return this.ancestors[above + depth - from]?.author;
  }
}
