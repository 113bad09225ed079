/** What the lines of bodies say, read once for all lines that say the same: cited text repeats what others wrote. */

import { type AttributionShape, matchAttribution } from "./attribution.ts";
import type { BlockKind } from "./block.ts";
import type { Link } from "./link.ts";
import { readMarks } from "./marks.ts";
import { SIGN, signsOf } from "./signs.ts";

/** What stands behind the marks of a line, shared by all lines of a thread that say it. */
export interface Wording {
  /** As written. */
  readonly content: string;
  /** As it is compared: every run of blanks is one space, none at the ends (V701, D236). */
  readonly text: string;
  /** What its letters tell at a glance. */
  readonly signs: number;
  /** Whether it may be the From or the date of a header block; noted by who looked first. */
  field?: "from" | "date" | "none";
}

/** A body by its lines: entry 0 is line 1. */
export interface WordedLines {
  body: string;
  written: readonly string[];
  /** The marks that a line begins with, by their look alone. Blanks before the first one do not count (Q307). */
  marks: readonly number[];
  wordings: readonly Wording[];
  /** The links of lines of a kind, as far as they have been looked for. */
  linked: ({ kind: BlockKind; links: readonly Link[] } | undefined)[];
  /** `matchAttribution`, which knows what it was asked before. */
  match: typeof matchAttribution;
}

const GT = 62;
const SPACE = 32;

function withEvenBlanks(content: string): string {
  const trimmed = content.trim();
  return /\s\s|[^\S ]/.test(trimmed) ? trimmed.replace(/\s+/g, " ") : trimmed;
}

/** UTF-16 units of different lines that are kept: those of a long thread, and not of a whole archive. */
const MOST_KEPT = 4_000_000;
/** As many attributions. */
const MOST_MATCHED = 2000;

/** Reads lines, and knows those that it has read. Made by whoever reads a thread. */
export class Wordings {
  private readonly known = new Map<string, Wording>();
  private readonly matched = new Map<string, AttributionShape | null>();
  private kept = 0;

  /** What a line says, as it is compared. */
  textOf(line: string): string {
    return this.of(line.slice(readMarks(line).length)).text;
  }

  /** Takes a body apart. */
  read(body: string): WordedLines {
    const written = body.split("\n");
    const marks: number[] = [];
    const wordings: Wording[] = [];
    for (const line of written) {
      const first = line.charCodeAt(0);
      const cited = first === SPACE && /^ {1,3}>/.test(line) ? line.trimStart() : line;
      if (first !== GT && cited === line) {
        marks.push(0);
        wordings.push(this.of(line));
        continue;
      }
      const { depth, length } = readMarks(cited);
      marks.push(depth);
      wordings.push(this.of(cited.slice(length)));
    }
    return { body, written, marks, wordings, linked: new Array(written.length), match: this.match };
  }

  private readonly match: typeof matchAttribution = (candidate) => {
    const known = this.matched.get(candidate);
    if (known !== undefined) return known ?? undefined;
    const shape = matchAttribution(candidate);
    if (this.matched.size >= MOST_MATCHED) this.matched.clear();
    this.matched.set(candidate, shape ?? null);
    return shape;
  };

  private of(content: string): Wording {
    const known = this.known.get(content);
    if (known !== undefined) return known;
    const signs = signsOf(content);
    const text = (signs & SIGN.blanks) === 0 ? content : withEvenBlanks(content);
    const wording = { content, text, signs };
    this.kept += content.length;
    if (this.kept > MOST_KEPT) {
      this.known.clear();
      this.kept = content.length;
    }
    this.known.set(content, wording);
    return wording;
  }
}
