/** The body of a mail as text, decoded by our own means: for one-part mail and for search. No library. */

import { decodeAsUtf8, decodeCharset } from "./charset.ts";
import type { Defect } from "./defect.ts";
import { undoFlow } from "./flowed.ts";
import { headerStart } from "./headers.ts";
import { type BytesOf, type Choice, chooseParts } from "./inlineParts.ts";
import { type Part, readParts } from "./mime.ts";
import { decodeQuotedPrintable, decodeTransfer } from "./transfer.ts";

/** Where the text of one part begins in the body; only told when several parts make it (D210). */
export interface TextPart {
  /** From 1. */
  firstLine: number;
  name: string;
  type: string;
}

/** A body; see the fields of the same names in Message. */
export interface DecodedBody {
  body: string;
  flowedLines: number[];
  literalLines: number[];
  delSp: boolean;
  footerLine: number | undefined;
  textParts: TextPart[];
  attachments: Part[];
  badges: string[];
  defects: Defect[];
}

/** How the person has a mail read against what it says of itself. */
export interface ReadAs {
  /** As UTF-8, where its bytes are (D234). */
  utf8?: true;
  /** Text that says it is not encoded is taken for quoted-printable (D225). */
  quotedPrintable?: true;
}

/** HTML to readable text. */
export type RenderHtml = (html: string) => { text: string; defect?: Defect };

const symbol = (code: number): string =>
  code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "␡" : "␦";

/**
 * Decoded text made fit: `\n` line ends (D237), no BOM at the start and no NULs, other control characters but tab
 * as visible symbols (D235).
 */
export function tidyText(text: string): string {
  let tidy = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (tidy.includes("\r")) {
    // In steps of fixed width: one pattern for any run of CRs would be quadratic on a mail full of them.
    tidy = tidy.replaceAll("\r\r\n", "\n").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  }
  if (!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(tidy)) return tidy;
  return tidy
    .replaceAll("\0", "")
    .replace(/[\x01-\x08\x0b-\x1f\x7f-\x9f]/g, (char) => symbol(char.charCodeAt(0)));
}

function withoutLastLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x0a) end--;
  return text.slice(0, end);
}

/** A list footer as a part of its own: short, a rule on top, an address or a link below (D214, B641). */
function isFooter(text: string): boolean {
  if (text.length > 2_000) return false;
  const lines = text.trim().split("\n");
  return (
    lines.length >= 2 && lines.length <= 15 && /^[_-]{20}/.test(lines[0] ?? "") && /https?:\/\/|@/.test(text)
  );
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

class BodyBuilder {
  private readonly texts: string[] = [];
  /** So many of the texts were counted, and that is where the next one begins; most mail has one text. */
  private counted = 0;
  private lines = 0;
  readonly flowedLines: number[] = [];
  readonly literalLines: number[] = [];
  readonly textParts: TextPart[] = [];
  readonly defects = new Map<string, Defect>();
  footerLine: number | undefined;
  delSp = false;
  flowed = false;

  note(defect: Defect | undefined): void {
    if (defect && !this.defects.has(defect.code)) this.defects.set(defect.code, defect);
  }

  add(part: Part, text: string, flowed: boolean): void {
    const trimmed = withoutLastLineEnds(text);
    if (trimmed === "" && this.textParts.length > 0) return;
    const before = this.linesBefore();
    this.textParts.push({ firstLine: before + 1, name: part.name, type: part.type || "text/plain" });
    this.footerLine = before > 0 && isFooter(trimmed) ? before + 1 : undefined;
    if (!flowed) {
      this.texts.push(trimmed);
      return;
    }
    this.flowed = true;
    this.delSp ||= part.parameters.get("delsp")?.toLowerCase() === "yes";
    const undone = undoFlow(trimmed);
    this.texts.push(undone.lines.join("\n"));
    for (const line of undone.flowedLines) this.flowedLines.push(before + line);
    for (const line of undone.literalLines) this.literalLines.push(before + line);
  }

  /** The texts, joined by one empty line. */
  get body(): string {
    return withoutLastLineEnds(this.texts.join("\n\n"));
  }

  private linesBefore(): number {
    for (; this.counted < this.texts.length; this.counted++)
      this.lines += countLines(this.texts[this.counted] ?? "") + 1;
    return this.lines;
  }
}

/** The bytes of a part that is not encoded by its own word, taken for quoted-printable; undefined where that changes nothing. */
function readQuotedPrintable({ encoding }: Part, bytes: Buffer): Buffer | undefined {
  const decoded = encoding === "8bit" ? decodeQuotedPrintable(bytes) : bytes;
  return decoded.equals(bytes) ? undefined : decoded;
}

/**
 * Puts the chosen parts together: charset, line ends, format=flowed, joined by one empty line. Without
 * `renderHtml`, HTML gives no text.
 */
export function assembleBody(
  choice: Choice,
  bytesOf: BytesOf,
  renderHtml?: RenderHtml,
  readAs: ReadAs = {},
): DecodedBody {
  const builder = new BodyBuilder();
  for (const defect of choice.defects) builder.note(defect);
  for (const { part, html } of choice.shown) {
    const sent = bytesOf(part);
    const unquoted = readAs.quotedPrintable ? readQuotedPrintable(part, sent) : undefined;
    if (unquoted !== undefined) {
      const text = "The text does not say that it is quoted-printable, and is read as such.";
      builder.note({ code: "read-as-quoted-printable", text });
    }
    const decodeText = readAs.utf8 ? decodeAsUtf8 : decodeCharset;
    const { text, defect } = decodeText(unquoted ?? sent, part.parameters.get("charset"));
    builder.note(defect);
    if (html) {
      const rendered = renderHtml?.(text) ?? { text: "" };
      builder.note(rendered.defect);
      builder.add(part, tidyText(rendered.text), false);
    } else {
      const format = part.parameters.get("format")?.toLowerCase();
      builder.add(
        part,
        tidyText(text),
        format === "flowed" && (part.type === "text/plain" || part.type === ""),
      );
    }
  }
  const badges = [...choice.badges];
  if (builder.flowed) badges.push("flowed");
  const { body } = builder;
  if (body.includes("-----BEGIN PGP SIGNED MESSAGE-----") && !badges.includes("signed"))
    badges.push("signed");
  if (body.includes("-----BEGIN PGP MESSAGE-----") && !badges.includes("encrypted")) badges.push("encrypted");
  return {
    body,
    flowedLines: builder.flowedLines,
    literalLines: builder.literalLines,
    delSp: builder.delSp,
    footerLine: builder.footerLine,
    textParts: builder.textParts.length > 1 ? builder.textParts : [],
    attachments: choice.attachments,
    badges,
    defects: [...builder.defects.values()],
  };
}

/** Undoes transfer encodings by our own decoder, each part once. */
export function ownBytes(bytes: Buffer): BytesOf {
  const decoded = new Map<Part, Buffer>();
  return (part) => {
    const known = decoded.get(part);
    if (known) return known;
    const fresh = decodeTransfer(bytes.subarray(part.start, part.end), part.encoding);
    decoded.set(part, fresh);
    return fresh;
  };
}

/**
 * The body of a mail without any library: what the reader shows, except that HTML gives no text. Never throws.
 * `raw` may start with an envelope line (D201); mboxrd's escapes must be undone already (D202).
 */
export function decodeText(raw: Uint8Array): DecodedBody {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { root, defects } = readParts(bytes, headerStart(bytes));
  const bytesOf = ownBytes(bytes);
  const decoded = assembleBody(chooseParts(root, bytesOf), bytesOf);
  return { ...decoded, defects: [...defects, ...decoded.defects] };
}
