/** MAINTAINERS: who looks after which files of a kernel tree. */
import { parseAddresses } from "./address.ts";

/** Somebody may look after that many patterns, and be asked about each. */
const MOST = 500;

/**
 * The file patterns (`F:`) of the sections that name somebody as maintainer or reviewer (`M:`, `R:`), each once: paths,
 * folders with a slash at their end, `*` for the rest of a name. Patterns of everything are left out.
 * @param text the file MAINTAINERS
 * @param isThem whether an address is the person's
 */
export function filesOf(text: string, isThem: (address: string) => boolean): string[] {
  const files = new Set<string>();
  let theirs = false;
  for (const line of text.split("\n")) {
    const [, field, value = ""] = /^([A-Z]):\s+(\S.*)$/.exec(line) ?? [];
    if (field === undefined) theirs = false;
    else if (field === "M" || field === "R")
      theirs ||= parseAddresses(value).some(({ address }) => isThem(address));
    else if (field === "F" && theirs && /^[\w.]/.test(value) && files.size < MOST) files.add(value.trim());
  }
  return [...files];
}
