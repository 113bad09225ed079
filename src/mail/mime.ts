/** The MIME structure of a mail: its parts as spans of the bytes, found by one walk. */
import type { Defect } from "./defect.ts";
import { decodeWords, displayLine } from "./encodedWord.ts";
import { type Field, firstField, readHeaders, readStructured } from "./headers.ts";
import { encodingOf } from "./transfer.ts";

/** A part. `start` and `end` are the offsets of its body; the line end before a boundary is not in it. */
export interface Part {
  fields: Field[];
  /** Lower case; "" when the part names none that can be read. */
  type: string;
  parameters: Map<string, string>;
  /** "inline", "attachment", another word, or "". */
  disposition: string;
  /** Decoded file name, or "". */
  name: string;
  /** "quoted-printable", "base64", "uuencode" or "8bit". */
  encoding: string;
  start: number;
  end: number;
  children: Part[];
}

export interface PartTree {
  root: Part;
  defects: Defect[];
}

// D105.
const maxDepth = 20;
const maxParts = 200;
const maxBoundary = 970; // a line of 998 octets, less its dashes; RFC 2046 says 70

const dashes = Buffer.from("\n--");

interface OpenPart {
  part: Part;
  boundary: string;
}

function readPart(bytes: Buffer, start: number, inDigest: boolean, defects: Defect[]): Part {
  const { fields, bodyStart } = readHeaders(bytes, start);
  return partOf(fields, bodyStart, bytes.length, inDigest, defects);
}

function partOf(fields: Field[], start: number, end: number, inDigest: boolean, defects: Defect[]): Part {
  const contentType = readStructured(firstField(fields, "content-type"));
  const disposition = readStructured(firstField(fields, "content-disposition"));
  const { encoding, defect } = encodingOf(firstField(fields, "content-transfer-encoding"));
  if (defect) defects.push(defect);
  const named = disposition.parameters.get("filename") ?? contentType.parameters.get("name") ?? "";
  const fallback = inDigest ? "message/rfc822" : contentType.value.startsWith("text") ? "text/plain" : "";
  return {
    fields,
    type: /^[^/]+\/[^/]+$/.test(contentType.value) ? contentType.value : fallback,
    parameters: contentType.parameters,
    disposition: disposition.value,
    name: displayLine(decodeWords(named)).slice(0, 255),
    encoding,
    start,
    end,
    children: [],
  };
}

/** The line at `at` without its line end and trailing blanks; "" when it is too long to be a boundary. */
function lineAt(bytes: Buffer, at: number): { text: string; next: number } {
  const found = bytes.indexOf(0x0a, at);
  const end = found < 0 ? bytes.length : found;
  const text = end - at > maxBoundary + 20 ? "" : bytes.toString("latin1", at, end).trimEnd();
  return { text, next: found < 0 ? bytes.length : found + 1 };
}

/** The innermost open multipart a delimiter line belongs to. */
function matchBoundary(open: OpenPart[], line: string): { level: number; closing: boolean } | undefined {
  for (let level = open.length - 1; level >= 0; level--) {
    const boundary = open[level]?.boundary ?? "";
    if (line.length < boundary.length + 2 || !line.startsWith(boundary, 2)) continue;
    const rest = line.slice(boundary.length + 2);
    if (rest === "" || rest === "--") return { level, closing: rest === "--" };
  }
  return undefined;
}

/** Where a part's body ends when the delimiter line starts at `line`. */
function endBefore(bytes: Buffer, line: number, start: number): number {
  const lineFeed = line - 1;
  return Math.max(start, bytes[lineFeed - 1] === 0x0d ? lineFeed - 1 : lineFeed);
}

/**
 * Finds the parts of a mail whose header starts at `start`. Never fails: a multipart without a boundary, or whose
 * boundary never comes, is left as one piece of text (D213), an unclosed one ends with the mail, and what nests
 * or counts beyond the bounds (D105) stays in the last part that was opened.
 */
export function readParts(bytes: Buffer, start: number): PartTree {
  const defects: Defect[] = [];
  const root = readPart(bytes, start, false, defects);
  const open: OpenPart[] = [];
  let leaf: Part | undefined = root;
  let parts = 1;
  const enter = (part: Part) => {
    const boundary = part.parameters.get("boundary") ?? "";
    const isMultipart = part.type.startsWith("multipart/");
    leaf = part;
    if (!isMultipart) return;
    if (boundary === "" || boundary.length > maxBoundary) {
      defects.push({ code: "mime-boundary", text: "A multipart names no boundary and is shown as text." });
    } else if (open.length >= maxDepth) {
      defects.push({
        code: "mime-depth",
        text: "Parts nest deeper than 20 levels; the inner ones are left whole.",
      });
    } else {
      open.push({ part, boundary });
      leaf = undefined;
    }
  };
  enter(root);
  let at = root.start - 1; // the line end before the body, so that a boundary in its first line is found
  while (open.length > 0) {
    const found = bytes.indexOf(dashes, at);
    if (found < 0) break;
    const { text, next } = lineAt(bytes, found + 1);
    const match = matchBoundary(open, text);
    at = next - 1;
    if (match === undefined) continue;
    const end = endBefore(bytes, found + 1, 0);
    if (leaf) leaf.end = Math.max(leaf.start, end);
    for (const { part } of open.splice(match.level + 1)) part.end = Math.max(part.start, end);
    leaf = undefined;
    const parent = open[match.level]?.part;
    if (match.closing) {
      open.length = match.level;
      if (parent) parent.end = next;
      continue;
    }
    if (parent === undefined) continue;
    if (parts >= maxParts) {
      defects.push({ code: "mime-parts", text: "The mail has more than 200 parts; the rest is left out." });
      break;
    }
    const part = readPart(bytes, next, parent.type === "multipart/digest", defects);
    parent.children.push(part);
    parts++;
    at = Math.max(at, part.start - 1);
    enter(part);
  }
  if (open.some(({ part }) => part.children.length > 0)) {
    defects.push({
      code: "mime-unclosed",
      text: "The last part of the mail has no end: it may have been cut.",
    });
  }
  return { root, defects };
}

/** The parts without children, in order. */
export function leaves(root: Part): Part[] {
  const found: Part[] = [];
  const waiting: Part[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.children.length === 0) found.push(part);
    waiting.push(...part.children.toReversed());
  }
  return found;
}
