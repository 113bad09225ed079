/** What stands below the text and is not part of it: signatures, list footers, banners (B601-B604, B640, B641). */
import { type CiteLine, isEmptyLine } from "./cite.ts";
import { isVersionLine } from "./diff.ts";

/** A run of lines below (or, for a banner, above) the text. Indexes from 0, both ends included. */
export interface Tail {
  kind: "signature" | "footer";
  first: number;
  last: number;
}

/** B601: a separator further from the end than this is no signature separator. */
const SIGNATURE_LINES = 15;
/** A list footer is a rule and a few lines. */
const FOOTER_LINES = 10;

/** Also as OpenPGP escapes it. */
const SEPARATORS: ReadonlySet<string> = new Set(["--", "-- ", "- --", "- -- "]);
const isSeparator = ({ content }: CiteLine): boolean => content.length <= 5 && SEPARATORS.has(content);

/**
 * Signatures, footers and banners of a body, at any depth.
 * @param taken says whether a line (index from 0) belongs to a diff
 * @param footerLine index from 0 of a footer that came as a part of its own
 */
export function findTails(
  lines: readonly CiteLine[],
  taken: (at: number) => boolean,
  footerLine?: number,
): Tail[] {
  const tails: Tail[] = [];
  let bottom = lastWritten(lines, lines.length - 1);
  let end = lines.length - 1;
  let footer = footerLine ?? footerStart(lines, bottom);
  // Each list that a mail passes, and each time, sets one below the others.
  while (footer !== undefined && footer >= 0 && footer <= end) {
    end = footer - 1;
    bottom = lastWritten(lines, end);
    footer = footerStart(lines, bottom);
  }
  if (end < lines.length - 1) tails.push({ kind: "footer", first: end + 1, last: lines.length - 1 });
  const sentFrom = lines[bottom];
  if (
    sentFrom?.depth === 0 &&
    /^(?:Sent from (?:my|Mail|Yahoo|Outlook|Proton)|Get Outlook for )/.test(sentFrom.content)
  ) {
    tails.push({ kind: "footer", first: bottom, last: bottom });
    bottom = lastWritten(lines, bottom - 1);
  }
  const armor = armorStart(lines, bottom);
  if (armor !== undefined) {
    tails.push({ kind: "signature", first: armor, last: bottom });
    bottom = lastWritten(lines, armor - 1);
  }
  const own = ownSignature(lines, bottom, taken);
  if (own !== undefined) tails.push({ kind: "signature", first: own, last: bottom });
  citedTails(lines, taken, tails);
  const head = armorHead(lines);
  if (head !== undefined) tails.push({ kind: "signature", first: 0, last: head });
  return tails;
}

/** The last line at or above `from` that says something; -1 when there is none. */
function lastWritten(lines: readonly CiteLine[], from: number): number {
  let at = from;
  while (at >= 0 && isEmptyLine(lines[at] as CiteLine)) at--;
  return at;
}

/** B641, and the footers that list servers set below a signature separator. */
function footerStart(lines: readonly CiteLine[], bottom: number): number | undefined {
  for (let at = bottom; at >= 0 && at > bottom - FOOTER_LINES; at--) {
    const line = lines[at];
    if (line === undefined || line.depth > 0) return undefined;
    if (isRule(line.content) && isListText(lines, at + 1, bottom)) return at;
    if (isSeparator(line) && LIST_SERVER.test(lines[at + 1]?.content ?? "")) return at;
  }
  return undefined;
}

/** An OpenPGP signature has about 16 lines; one of several keys has more. */
const ARMOR_LINES = 100;

/** Where the armor begins that ends at `bottom`: a signature of bytes, below that of words (D212). */
function armorStart(lines: readonly CiteLine[], bottom: number): number | undefined {
  if (lines[bottom]?.content.trimEnd() !== "-----END PGP SIGNATURE-----") return undefined;
  for (let at = bottom - 1; at >= 0 && at > bottom - ARMOR_LINES; at--) {
    const line = lines[at];
    if (line === undefined || line.depth > 0) return undefined;
    if (line.content.trimEnd() === "-----BEGIN PGP SIGNATURE-----") return at;
  }
  return undefined;
}

/** The last line of what OpenPGP sets above a signed text (RFC 9580 section 7): it is no text of the author's (D212). */
function armorHead(lines: readonly CiteLine[]): number | undefined {
  if (lines[0]?.content.trimEnd() !== "-----BEGIN PGP SIGNED MESSAGE-----") return undefined;
  let at = 0;
  while (/^[A-Z][A-Za-z]{1,20}: \S/.test(lines[at + 1]?.content ?? "")) at++;
  return lines[at + 1]?.content === "" ? at + 1 : undefined;
}

const LIST_SERVER =
  /^(?:To unsubscribe from this list|You received this message because you are subscribed to|Mailing list info: https?:)/;
const isRule = (content: string): boolean =>
  /^[_-]{20}/.test(content) && /^(?:_{20,200}|-{20,200})\s*$/.test(content.slice(0, 210));

/** A list's name and where to leave it, by a link or by mail; no line is long. */
function isListText(lines: readonly CiteLine[], first: number, last: number): boolean {
  let link = false;
  let named = false;
  for (let at = first; at <= last; at++) {
    const content = lines[at]?.content ?? "";
    if (/https?:\/\/|unsubscribe.{0,60} \S{1,80}@/i.test(content.slice(0, 200))) link = true;
    else if (content.length > 200) return false;
    if (/mailing list|@lists?\.|unsubscribe/i.test(content)) named = true;
  }
  return link && named;
}

/** B601: the last separator near the end, nothing cited and no news of a robot (Q310) below it. */
function ownSignature(
  lines: readonly CiteLine[],
  bottom: number,
  taken: (at: number) => boolean,
): number | undefined {
  for (let at = bottom; at >= 0 && at > bottom - SIGNATURE_LINES; at--) {
    const line = lines[at];
    if (line === undefined || line.depth > 0 || line.content.startsWith(">> ")) return undefined;
    if (isSeparator(line) && !taken(at)) return at;
  }
  return undefined;
}

/** B602, B640 and cited list footers: a tail in cited text ends where the depth changes. */
function citedTails(lines: readonly CiteLine[], taken: (at: number) => boolean, tails: Tail[]): void {
  const bottom = Math.min(lines.length, ...tails.map(({ first }) => first));
  let run = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined) break;
    if (line.depth !== lines[at - 1]?.depth) run = 0;
    if (line.depth === 0) {
      // A patch inside a reply or above a second one: git's version line alone is its end (B603).
      const ends = at < bottom && isSeparator(line) && isVersionLine(lines[at + 1]?.content ?? "");
      if (ends && !taken(at)) tails.push({ kind: "signature", first: at, last: at + 1 });
      continue;
    }
    if (isEmptyLine(line)) continue;
    run++;
    if (taken(at)) continue;
    const kind = tailKind(lines, at, run);
    if (kind === undefined) continue;
    const last = kind === "banner" ? paragraphEnd(lines, at) : depthEnd(lines, at);
    if (last === undefined) continue;
    tails.push({ kind: kind === "signature" ? "signature" : "footer", first: at, last });
    at = last;
    run = FOOTER_LINES;
  }
}

const BANNER =
  /^(?:\[?\*{0,4}\[?(?:EXTERNAL|External)(?: (?:EMAIL|Email|E-?mail|email|mail|SENDER|MAIL))?\*{0,3}[\]:!]|\[EXTERNAL|CAUTION:|Caution:|External (?:email|mail|E-?[Mm]ail)\b|WARNING: This (?:email|message|mail) )/;

function tailKind(
  lines: readonly CiteLine[],
  at: number,
  run: number,
): "signature" | "footer" | "banner" | undefined {
  const line = lines[at];
  if (line === undefined) return undefined;
  if (isSeparator(line)) return "signature";
  if (run <= 6 && BANNER.test(line.content)) return "banner";
  if (!isRule(line.content)) return undefined;
  const end = depthEnd(lines, at);
  return end !== undefined && end - at <= FOOTER_LINES && isListText(lines, at + 1, end)
    ? "footer"
    : undefined;
}

/** The last line before the depth changes; undefined when that is too far for a tail (then it is text). */
function depthEnd(lines: readonly CiteLine[], from: number): number | undefined {
  const depth = lines[from]?.depth;
  let at = from;
  while (lines[at + 1]?.depth === depth) {
    at++;
    // git's version line ends a patch; what follows further down is text again (B603).
    if (at === from + 1 && isVersionLine(lines[at]?.content ?? "")) return at;
    if (at - from >= SIGNATURE_LINES) return undefined;
  }
  return at;
}

function paragraphEnd(lines: readonly CiteLine[], from: number): number {
  let at = from;
  while (at < from + 3) {
    const next = lines[at + 1];
    if (next === undefined || next.depth !== lines[from]?.depth || isEmptyLine(next)) break;
    at++;
  }
  return at;
}
