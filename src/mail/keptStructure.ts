/** The structure of a body, kept: it is the same for as long as the messages that it answers tell the same of it. */
import { type BodyHints, type BodyStructure, type CitedAncestor, readStructure } from "./body.ts";

/** A structure, what it was read by, and what it was told. */
interface Kept extends Pick<BodyHints, "footerLine" | "literalLines" | "isPatch"> {
  structure: BodyStructure;
  /** The lines that the parent was asked for, and whether it has them; absent where there was no parent to ask. */
  asked: ReadonlyMap<string, boolean> | undefined;
  authors: readonly (string | undefined)[];
}

/** Tells whether the parent has a line; undefined where it is not at hand. */
type Says = ((line: string) => boolean) | undefined;

/** The structure of one body. Few lines depend on the parent, so that asking for them again costs next to nothing. */
export class KeptStructure {
  private kept: Kept | undefined;

  /** As `readStructure`; every ancestor with a body has to say what it `says`. The answer is not to be changed. */
  read(body: string, hints: BodyHints): BodyStructure {
    const ancestors = hints.ancestors ?? [];
    const says = ancestors[0]?.says;
    if (this.kept !== undefined && isSame(this.kept, hints, says)) return this.kept.structure;
    const asked = new Map<string, boolean>();
    const listening: CitedAncestor[] = ancestors.map(({ author }) => ({ author }));
    if (listening[0] !== undefined && says !== undefined) {
      listening[0].body = ancestors[0]?.body;
      listening[0].says = (line) => {
        const answer = says(line);
        asked.set(line, answer);
        return answer;
      };
    }
    const structure = readStructure(body, { ...hints, ancestors: listening });
    const { footerLine, literalLines, isPatch } = hints;
    const authors = ancestors.map(({ author }) => author);
    this.kept = { structure, footerLine, literalLines, isPatch, asked: says && asked, authors };
    return structure;
  }
}

function isSame(kept: Kept, now: BodyHints, says: Says): boolean {
  const { asked, authors } = kept;
  const { footerLine, literalLines, isPatch, ancestors = [] } = now;
  if (footerLine !== kept.footerLine || literalLines !== kept.literalLines || isPatch !== kept.isPatch)
    return false;
  if (authors.length !== ancestors.length || ancestors.some(({ author }, at) => author !== authors[at]))
    return false;
  if (asked === undefined || says === undefined) return asked === says;
  for (const [line, answer] of asked) if (says(line) !== answer) return false;
  return true;
}
