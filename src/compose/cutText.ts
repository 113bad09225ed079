/** What a reply cut from the message that it answers, and where it would stand again. */
import { readBody } from "../mail/body.ts";
import { isGapMark } from "../mail/diff.ts";
import type { Message } from "../mail/message.ts";
import { citedSources } from "../threads/provenance.ts";
import { type CiteStyle, citableLines, citeLine, LEFT_OUT } from "./citing.ts";
import { type Edit, replaceLines } from "./edit.ts";
import { readReply } from "./replySheet.ts";

/** A passage of the parent that is not cited: a paragraph, or a hunk. */
export interface Passage {
  /** In the parent's body, from 1, both ends included. */
  firstLine: number;
  lastLine: number;
  /** As it would be cited. */
  lines: string[];
}

/** What was cut at one place of a reply's body. */
export interface Cut {
  passages: Passage[];
  /** The line (from 1) of the mark that stands for it, where there is one. */
  mark?: number;
  /** What is put back stands above this line (from 1). */
  before: number;
}

/** A cited line of the reply and the line of the parent that it is. Both from 1. */
interface Match {
  line: number;
  source: number;
}

/**
 * The cut that is nearest to a line: what the parent says between two lines that stand in the reply.
 * @param line in `body`, from 1
 * @returns undefined when nothing is cut
 */
export function cutNear(body: string, parent: Message, line: number, style?: CiteStyle): Cut | undefined {
  const cited = citedSources(body, readBody(body), [{ messageId: parent.messageId, body: parent.body }]);
  const matches: Match[] = [];
  for (const found of cited) {
    if (found.messageId !== parent.messageId || found.sourceLine <= (matches.at(-1)?.source ?? 0)) continue;
    matches.push({ line: found.line, source: found.sourceLine });
  }
  const sheet = readReply(body);
  const citable = citableLines(parent);
  const end = { line: sheet.lines.length + 1, source: parent.body.split("\n").length + 1 };
  let nearest: { cut: Cut; distance: number } | undefined;
  let above: Match = { line: 0, source: 0 };
  for (const below of [...matches, end]) {
    const missing = citable.filter((number) => number > above.source && number < below.source);
    const passages = passagesOf(parent, missing, style);
    const distance = line < above.line ? above.line - line : Math.max(0, line - below.line);
    if (passages.length > 0 && (nearest === undefined || distance < nearest.distance)) {
      nearest = { cut: { passages, ...placeOf(sheet.lines, above.line, below.line) }, distance };
    }
    above = below;
  }
  return nearest?.cut;
}

/** Splits lines of the parent where it has an empty line or a hunk begins. */
function passagesOf(parent: Message, numbers: readonly number[], style: CiteStyle | undefined): Passage[] {
  const lines = parent.body.split("\n");
  const passages: Passage[] = [];
  let open: Passage | undefined;
  for (const number of numbers) {
    const line = lines[number - 1] ?? "";
    if (line.replace(/^[> ]+/, "").trim() === "") {
      if (open !== undefined && !line.startsWith(" ")) open = undefined;
      continue;
    }
    if (open === undefined || /^(?:[> ]*)(?:@@ |diff --git )/.test(line) || number !== open.lastLine + 1) {
      open = { firstLine: number, lastLine: number, lines: [] };
      passages.push(open);
    }
    open.lastLine = number;
    open.lines.push(citeLine(line, style));
  }
  return passages;
}

/** Where cited text belongs between two cited lines (from 1; 0 and one past the end when there is none). */
function placeOf(lines: ReturnType<typeof readReply>["lines"], above: number, below: number) {
  let afterOwn: number | undefined;
  let mark: number | undefined;
  let top = above + 1;
  for (let number = above + 1; number < below; number++) {
    const line = lines[number - 1];
    if (line === undefined || line.role === "tail") break;
    if (line.role === "mark" || (line.role === "cited" && isGapMark(line.content))) mark ??= number;
    if (line.role === "own") afterOwn = number + 1;
    if (line.role === "attribution" || (above === 0 && line.role === "blank" && afterOwn === undefined)) {
      top = number + 1;
    }
  }
  if (mark !== undefined) return { mark, before: mark };
  if (afterOwn === undefined) return { before: Math.min(top, below) };
  return { before: below <= lines.length ? below : afterOwn };
}

/** Puts passages of a cut back; a mark stays where others are still missing. */
export function restore(body: string, cut: Cut, chosen: readonly Passage[]): Edit {
  const written = body.split("\n");
  const lines: string[] = [];
  const leaveOut = () => {
    if (cut.mark !== undefined && lines.at(-1) !== LEFT_OUT) lines.push(LEFT_OUT);
  };
  let last: Passage | undefined;
  for (const passage of cut.passages) {
    if (!chosen.includes(passage)) {
      leaveOut();
      continue;
    }
    const isApart = last !== undefined && last.lastLine + 1 < passage.firstLine;
    if (isApart && lines.at(-1) !== LEFT_OUT) lines.push(">");
    lines.push(...passage.lines);
    last = passage;
  }
  const isOwn = (line: string | undefined): boolean =>
    line !== undefined && line !== "" && !line.startsWith(">");
  const above = written[cut.before - 2];
  if (cut.mark === undefined && isOwn(above) && !/:$/.test(above ?? "")) lines.unshift("");
  const last_ = cut.mark ?? cut.before - 1;
  return replaceLines(written, cut.before, last_, lines);
}
