/** Trailers: `Reviewed-by: Ada <ada@example.org>`, `Fixes: …`, `Link: …` and their kin. */
import type { Mailbox } from "./address.ts";

/** One trailer. `line` counts from 1 over the lines it was read from. */
export interface Trailer {
  /** As written: `Reviewed-by`. */
  name: string;
  /** What follows the colon, a wrapped rest included, without `# comment`. */
  value: string;
  /** Whom it names, where it names a person (R1201). */
  mailbox?: Mailbox;
  /** What stands behind `#`. */
  comment?: string;
  line: number;
}

/**
 * Trailers that name no person, and what their value looks like. Names that are words of their own count with a
 * capital only: build robots list `url: …`, `tree: …`, `branch: …` at the top of a report.
 */
const OTHERS: readonly (readonly [name: RegExp, value: RegExp])[] = [
  [/^Fixes$/i, /^[0-9a-f]{7,40}(?:\b|$)|^https?:\/\//i],
  [/^(?:Link|Closes|Buglink|References)$/i, /^<?https?:\/\/\S/i],
  [/^(?:Bug|URL|Url|Patchwork|Lore)$/, /^<?https?:\/\/\S/i],
  [/^(?:Change-Id|Assisted-by|Message-ID|base-commit|prerequisite-patch-id)$/i, /^\S/],
];

const SHAPE = /^([A-Za-z][A-Za-z]*(?:-[A-Za-z]+){0,6}) ?:[ \t]+(\S.*)$/;
/** R1202 in any case; others with a capital as R1201 asks. */
const KNOWN_PERSON =
  /^(?:signed-off|co-developed|acked|reviewed|tested|reported|suggested|nacked|assisted)-by$/i;
const namesPerson = (name: string): boolean => KNOWN_PERSON.test(name) || /^[A-Z].*-[Bb][Yy]$/.test(name);
const PERSON = /^(.{0,200}?)\s*<([^<>\s]{1,200}@[^<>\s]{1,200})>?\s*(?:#\s*(.*)|[([].{0,200}[)\]])?[.,]?$/;
const BARE = /^([^\s<>@]{1,100}@[^\s<>@]{1,100}\.[^\s<>@]{1,20})$/;

/**
 * Reads a line as a trailer (R1201, R1202); undefined when it is none.
 * `name: text` without an address is prose (R1206), but for the trailers that hold links and commits.
 */
export function readTrailer(line: string, at = 1): Trailer | undefined {
  if (line.length > 1000 || !line.includes(":")) return undefined;
  const shape = SHAPE.exec(line.trimEnd());
  if (shape === null) return undefined;
  const name = shape[1] ?? "";
  const value = shape[2] ?? "";
  for (const [names, values] of OTHERS) {
    if (names.test(name) && values.test(value)) return { name, value, line: at };
  }
  if (!namesPerson(name) && name.toLowerCase() !== "cc") return undefined;
  const person = PERSON.exec(value.slice(0, 700));
  if (person === null) {
    const bare = BARE.exec(value);
    return bare === null
      ? undefined
      : { name, value, mailbox: { name: "", address: bare[1] ?? "" }, line: at };
  }
  const mailbox = { name: (person[1] ?? "").replace(/^"(.*)"$/, "$1"), address: person[2] ?? "" };
  const comment = person[3];
  return comment === undefined
    ? { name, value, mailbox, line: at }
    : { name, value: value.slice(0, value.lastIndexOf("#")).trim(), mailbox, comment, line: at };
}

/** True for a trailer that may stand alone: a person's tag or a `Fixes:`; `Cc:` and links need company or room. */
export const standsAlone = (trailer: Trailer): boolean =>
  namesPerson(trailer.name) || /^fixes$/i.test(trailer.name);

/**
 * Every trailer in the lines, in order; lines of a block that are wrapped go to the trailer above.
 * @param lines without cite marks
 * @param firstLine the number of the first of them
 */
export function readTrailers(lines: readonly string[], firstLine = 1): Trailer[] {
  const trailers: Trailer[] = [];
  let open: Trailer | undefined;
  lines.forEach((line, at) => {
    const trailer = readTrailer(line, firstLine + at);
    if (trailer !== undefined) trailers.push(trailer);
    else if (open !== undefined && line.trim() !== "") open.value += ` ${line.trim()}`;
    open = opens(trailer ?? (line.trim() === "" ? undefined : open));
  });
  return trailers;
}

/** A `Fixes:` whose parenthesis is still open goes on in the next line; 300 characters are no subject any more. */
export function opens(trailer: Trailer | undefined): Trailer | undefined {
  if (trailer === undefined || !/^fixes$/i.test(trailer.name)) return undefined;
  const open = trailer.value.includes('("') && !trailer.value.includes('")');
  return open && trailer.value.length <= 300 ? trailer : undefined;
}
