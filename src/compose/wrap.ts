/** Wrapping: prose is broken and joined at blanks, and nothing but blanks and line ends changes (R801 to R807). */
import { columnAfter, isWide } from "./columns.ts";
import type { Edit } from "./edit.ts";
import { fixedLook } from "./looks.ts";
import { isListItem, type NoProse, type Paragraph, paragraphAt } from "./paragraphs.ts";

/** A piece that is never broken, and where it stands: line from 1, columns from 1, the end excluded. */
interface Piece {
  text: string;
  line: number;
  column: number;
  /** What stands before it in its line: blanks, or nothing between two ideographs. */
  gap: string;
}

/** R802: a break is allowed between these, but not before what closes or after what opens. */
const ideograph = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff01-\uff60]/u;
const closing = /^[、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】]/;
const opening = /[‘“（〔［｛〈《「『【]$/;

const isIdeograph = (letter: string): boolean => isWide(letter.codePointAt(0) ?? 0) && ideograph.test(letter);

function isSeam(before: string, after: string): boolean {
  return isIdeograph(before) && isIdeograph(after) && !closing.test(after) && !opening.test(before);
}

/** A word, taken apart where ideographs may be parted. */
function cutWord(word: string): string[] {
  if (!ideograph.test(word)) return [word];
  const pieces: string[] = [];
  let piece = "";
  let before = "";
  for (const letter of word) {
    if (piece !== "" && isSeam(before, letter)) {
      pieces.push(piece);
      piece = "";
    }
    piece += letter;
    before = letter;
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}

function readPieces(written: readonly string[], paragraph: Paragraph): Piece[] {
  const pieces: Piece[] = [];
  for (let line = paragraph.firstLine; line <= paragraph.lastLine; line++) {
    const lead = line === paragraph.firstLine ? paragraph.firstLead : paragraph.restLead;
    const start = paragraph.prefix.length + lead.length;
    for (const { 0: word, index } of (written[line - 1] ?? "").slice(start).matchAll(/[^ \t]+/g)) {
      let column = start + index + 1;
      for (const text of cutWord(word)) {
        const above = pieces.at(-1);
        const end = above?.line === line ? above.column + above.text.length : column;
        pieces.push({ text, line, column, gap: (written[line - 1] ?? "").slice(end - 1, column - 1) });
        column += text.length;
      }
    }
  }
  return pieces;
}

/** R807: what a line may not begin with, or it would be read as something else. */
const misread = /^(?:>|From$|--$|---|diff$|@@|[+\-*•#|$%]|\[\d{1,3}\]|```|~~~)/;

function mayBegin(piece: Piece, next: Piece | undefined): boolean {
  if (misread.test(piece.text)) return false;
  const line = next === undefined ? piece.text : `${piece.text} ${next.text}`;
  return (
    !isListItem(`${piece.text} x`) &&
    fixedLook(line) === undefined &&
    fixedLook(`${piece.text} x`) === undefined
  );
}

/** What joins two pieces that stood in two lines: a blank, but for a seam between ideographs. */
function joint(above: Piece, piece: Piece): string {
  const before = [...above.text.slice(-2)].at(-1) ?? "";
  const after = [...piece.text.slice(0, 2)][0] ?? "";
  return isSeam(before, after) ? "" : " ";
}

/** What stands between two pieces in one line. */
const gapBetween = (above: Piece, piece: Piece): string =>
  above.line === piece.line ? piece.gap : joint(above, piece);

/** Which pieces begin a line when the paragraph is filled to so many columns. */
function findBreaks(pieces: readonly Piece[], paragraph: Paragraph, columns: number): boolean[] {
  const breaks = pieces.map(() => false);
  const margin = columnAfter(paragraph.prefix + paragraph.restLead);
  let column = columnAfter(paragraph.prefix + paragraph.firstLead);
  let start = 0;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as Piece;
    const above = pieces[at - 1];
    if (at > start && above !== undefined) {
      const after = columnAfter(gapBetween(above, piece) + piece.text, column);
      const isAlone = columnAfter(above.text, margin) > columns && at - 1 === start;
      if (after > columns || isAlone) {
        // Lines that are joined again get one blank or none: broken only where that changes nothing.
        const isStable = (place: number): boolean => {
          const [before, next] = [pieces[place - 1] as Piece, pieces[place] as Piece];
          const joined = joint(before, next);
          if (gapBetween(before, next) === joined) return true;
          return place === at && columnAfter(joined + next.text, column) > columns;
        };
        let place = at;
        // R807: one word earlier, and earlier still; where nothing may begin a line, the line is long.
        while (place > start && !(mayBegin(pieces[place] as Piece, pieces[place + 1]) && isStable(place)))
          place--;
        if (place > start) {
          breaks[place] = true;
          start = place;
          at = place;
          column = columnAfter((pieces[place] as Piece).text, margin);
          continue;
        }
      }
      column = after;
    } else column = columnAfter(piece.text, column);
  }
  return breaks;
}

/** The edits that fill a paragraph; none where it is filled already. */
function fill(written: readonly string[], paragraph: Paragraph, columns: number): Edit[] {
  const pieces = readPieces(written, paragraph);
  const breaks = findBreaks(pieces, paragraph, columns);
  const edits: Edit[] = [];
  pieces.forEach((piece, at) => {
    const above = pieces[at - 1];
    if (above === undefined) return;
    const isBroken = above.line !== piece.line;
    if (breaks[at] === isBroken) return;
    const text = breaks[at] ? `\n${paragraph.prefix}${paragraph.restLead}` : gapBetween(above, piece);
    const column = above.column + above.text.length;
    edits.push({ line: above.line, column, endLine: piece.line, endColumn: piece.column, text });
  });
  return edits;
}

/**
 * R805, R606: fills the paragraph that a line is in, own prose or cited prose, whose marks are kept exactly.
 * @param body the text below the header
 * @param line in `body`, from 1
 * @returns the edits, none when it is filled already; or what the line is that keeps its shape
 */
export function refill(body: string, line: number, columns: number): Edit[] | NoProse {
  const paragraph = paragraphAt(body, line);
  return "refused" in paragraph ? paragraph : fill(body.split("\n"), paragraph, columns);
}

/**
 * R801: breaks one line of own prose that is too long, and joins nothing. Cited lines and what R803 names give no edit.
 * @param line in `body`, from 1
 */
export function wrapLine(body: string, line: number, columns: number): Edit[] {
  const written = body.split("\n");
  const text = written[line - 1] ?? "";
  if (text.startsWith(">") || columnAfter(text) <= columns) return [];
  const paragraph = paragraphAt(body, line);
  if ("refused" in paragraph || paragraph.prefix !== "") return [];
  const isFirst = line === paragraph.firstLine;
  const firstLead = isFirst ? paragraph.firstLead : paragraph.restLead;
  return fill(written, { ...paragraph, firstLine: line, lastLine: line, firstLead }, columns);
}
