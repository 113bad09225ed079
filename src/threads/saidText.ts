/** What a message said, indexed for finding it again where others cite it: by line, and by words across line ends. */
import { readBody } from "../mail/body.ts";
import { mayHoldHeaderBlocks } from "../mail/forwarded.ts";
import { KeptStructure } from "../mail/keptStructure.ts";
import { type WordedLines, Wordings } from "../mail/wording.ts";

/** A line as it is compared: marks counted, every run of blanks one space (V701, D236). */
export interface SaidLine {
  marks: number;
  text: string;
}

/** Cited text goes on where it was: so many lines are looked at before the index is asked. */
const AHEAD = 8;
/** Texts repeat lines like `}` without end; more places than this are not looked at. */
const PLACES = 64;
/** Shorter lines stand in every text; without their depth they prove something only where the text goes on. */
const LEAST_ANYWHERE = 8;
/** And shorter words. */
const LEAST_WORD = 8;

/** One message's body, and what is known of it whoever cites it. All but its lines is found when it is asked for. */
export class SaidText {
  /** Its lines, read. */
  readonly worded: WordedLines;
  /** How it was taken apart. */
  readonly structure = new KeptStructure();
  private readonly wordings: Wordings;
  private readonly runs = new Map<number, WordRun>();
  private index: LineIndex | undefined;
  /** The lines of marks alone, which the index does not have. */
  private bare: ReadonlySet<string> | undefined;
  /** By line, from 1; none where there is no forwarded text without marks (B620). */
  private depths: Uint32Array | undefined;

  constructor(body: string, wordings = new Wordings()) {
    this.wordings = wordings;
    this.worded = wordings.read(body);
  }

  /** A line by its number, from 1; nothing said beyond the end. */
  at(line: number): SaidLine {
    return { marks: this.marksAt(line), text: this.textAt(line) };
  }

  /** The marks of a line by its number, from 1. */
  marksAt(line: number): number {
    return this.worded.marks[line - 1] ?? 0;
  }

  /** What a line says, by its number, from 1; "" beyond the end. */
  textAt(line: number): string {
    return this.worded.wordings[line - 1]?.text ?? "";
  }

  /** How deep a line is cited: its marks, or more in forwarded text without marks. */
  depthAt(line: number): number {
    this.depths ??= citeDepths(this.worded);
    return Math.max(this.marksAt(line), this.depths[line] ?? 0);
  }

  /** Whether one of its lines is this one as it is written, blanks at both ends aside. `line` is trimmed. */
  has(line: string): boolean {
    const text = this.wordings.textOf(line);
    const { written, wordings } = this.worded;
    if (text !== "") return this.findLine(text, 0, isWritten, line) > 0;
    this.bare ??= new Set(written.filter((_, at) => wordings[at]?.text === "").map((bare) => bare.trim()));
    return this.bare.has(line);
  }

  /** How wide a line is written, its marks included, in UTF-16 units. */
  width(line: number): number {
    return this.worded.written[line - 1]?.length ?? 0;
  }

  /** The line (from 1) that says the same at this depth: the first below `after`, else the first of all. */
  lineOf({ marks, text }: SaidLine, after: number): number | undefined {
    for (let line = after + 1; line <= after + AHEAD; line++)
      if (this.textAt(line) === text && this.marksAt(line) === marks) return line;
    return this.findLine(text, after, hasMarks, marks) || undefined;
  }

  /**
   * The line (from 1) that says the same at any depth: mailers drop marks, and people answer other copies.
   * @param own only what this message's author said
   */
  lineAnywhere({ text }: SaidLine, after: number, own = false): number | undefined {
    const line = this.findLine(text, after, isMeant, own);
    if (line === 0 || text.length >= LEAST_ANYWHERE) return line || undefined;
    return line > after && line <= after + 3 ? line : undefined;
  }

  /** Of the lines with this text that are wanted: the first below `after`, else the first of all; 0 when there is none. */
  private findLine<Asked>(text: string, after: number, isWanted: Wanted<Asked>, asked: Asked): number {
    this.index ??= indexLines(this.worded);
    let first = 0;
    let line = this.index.first.get(text) ?? 0;
    for (let looked = 0; line > 0 && looked < PLACES; looked++) {
      if (isWanted(this, line, asked)) {
        if (line > after) return line;
        if (first === 0) first = line;
      }
      line = this.index.next[line] ?? 0;
    }
    return first;
  }

  /** The line (from 1) where these words begin to stand in a row at this depth, line ends counting as blanks. */
  lineOfWords(said: SaidLine, after: number): number | undefined {
    return this.wordsAt(said.marks).find(said.text, after);
  }

  /** False where no words at this depth are these, or begin with them. */
  mayGoOn(said: SaidLine): boolean {
    return this.wordsAt(said.marks).mayGoOn(said.text);
  }

  /** How much is searched for words at this depth, in UTF-16 units. */
  wordsLength(marks: number): number {
    return this.wordsAt(marks).length;
  }

  /** Lines (from 1) at this depth that may be the unedited form: those that follow, those with the same rare words. */
  likeLines(said: SaidLine, after: number): number[] {
    const near = [after + 1, after + 2, after + 3].filter(
      (line) => line <= this.worded.written.length && this.marksAt(line) === said.marks,
    );
    return [...new Set([...near, ...this.wordsAt(said.marks).linesWith(said.text.split(" "))])];
  }

  private wordsAt(marks: number): WordRun {
    let run = this.runs.get(marks);
    if (run === undefined) {
      run = new WordRun(this.worded, marks);
      this.runs.set(marks, run);
    }
    return run;
  }
}

/** Says of a line, by its number, whether it is what is asked for. Not made anew for each line that is looked for. */
type Wanted<Asked> = (said: SaidText, line: number, asked: Asked) => boolean;

const isWritten: Wanted<string> = ({ worded }, line, trimmed) => worded.written[line - 1]?.trim() === trimmed;
const hasMarks: Wanted<number> = (said, line, marks) => said.marksAt(line) === marks;
const isMeant: Wanted<boolean> = (said, line, own) => !own || said.depthAt(line) === 0;

/** The depths of lines, by number from 1, where marks do not tell them all. */
function citeDepths(worded: WordedLines): Uint32Array {
  if (!mayHoldHeaderBlocks(worded)) return new Uint32Array();
  const depths = new Uint32Array(worded.written.length + 1);
  for (const { depth, firstLine, lastLine } of readBody(worded.body, { worded }))
    depths.fill(depth, firstLine, lastLine + 1);
  return depths;
}

/** Where each text stands first (from 1), and for each line the next one that says the same; 0 is none. */
interface LineIndex {
  first: Map<string, number>;
  next: Uint32Array;
}

function indexLines({ wordings }: WordedLines): LineIndex {
  const first = new Map<string, number>();
  const next = new Uint32Array(wordings.length + 1);
  for (let line = wordings.length; line >= 1; line--) {
    const text = wordings[line - 1]?.text ?? "";
    if (text === "") continue;
    next[line] = first.get(text) ?? 0;
    first.set(text, line);
  }
  return { first, next };
}

/** UTF-16 units of bodies whose indexes are kept: a long thread's, and not a whole archive's. */
const MOST_KEPT = 4_000_000;

/** The indexed bodies of a thread: each is indexed once, however many messages cite it. Made by whoever reads a thread. */
export class SaidTexts {
  private readonly held = new Map<string, SaidText>();
  private readonly wordings = new Wordings();
  private kept = 0;

  of(body: string): SaidText {
    const held = this.held.get(body);
    if (held !== undefined) return held;
    const said = new SaidText(body, this.wordings);
    this.held.set(body, said);
    this.kept += body.length;
    for (const oldest of this.held.keys()) {
      if (this.kept <= MOST_KEPT || oldest === body) break;
      this.held.delete(oldest);
      this.kept -= oldest.length;
    }
    return said;
  }
}

/** A word that stands in more lines than this is not rare. */
const RARE = 16;
/** Answers that are kept: a mail of lines that stand nowhere asks without end. */
const MOST_ASKED = 4000;

/** All words of one depth of a text, in a row. */
class WordRun {
  /** Each line's text between blanks. */
  private readonly text: string;
  /** Where each line begins in `text`, and its number from 1. */
  private readonly starts: number[] = [];
  private readonly numbers: number[] = [];
  private linesOf: Map<string, number[]> | undefined;
  /** What was looked for, and where it begins in `text`: messages cite again what others have cited. */
  private readonly asked = new Map<string, number>();
  /** What was looked for as the beginning of something. */
  private readonly begun = new Map<string, boolean>();

  constructor(lines: WordedLines, marks: number) {
    const texts: string[] = [];
    let length = 1;
    for (let at = 0; at < lines.wordings.length; at++) {
      const text = lines.wordings[at]?.text ?? "";
      if (lines.marks[at] !== marks || text === "") continue;
      texts.push(text);
      this.starts.push(length);
      this.numbers.push(at + 1);
      length += text.length + 1;
    }
    this.text = ` ${texts.join(" ")} `;
  }

  get length(): number {
    return this.text.length;
  }

  find(words: string, after: number): number | undefined {
    if (words.length + 2 > this.text.length) return undefined;
    const known = this.asked.get(words);
    if (known === -1) return undefined;
    const wanted = ` ${words} `;
    const first = known ?? this.text.indexOf(wanted);
    if (known === undefined && this.asked.size < MOST_ASKED) this.asked.set(words, first);
    const isShort = words.length < LEAST_WORD && !words.includes(" ");
    for (let at = first; at >= 0; at = this.text.indexOf(wanted, at + 1)) {
      const line = this.lineAt(at + 1);
      // A short word stands in every text: alone it proves something only where the text goes on.
      if (!isShort || line === after || line === after + 1) return line;
      if (line > after + 1) return undefined;
    }
    return undefined;
  }

  mayGoOn(words: string): boolean {
    if (words.length >= this.text.length) return false;
    const known = this.begun.get(words) ?? this.text.includes(` ${words}`);
    if (this.begun.size < MOST_ASKED) this.begun.set(words, known);
    return known;
  }

  /** The line that holds a place of `text`. */
  private lineAt(place: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return this.numbers[low] ?? 0;
  }

  /** The lines that share the most rare words with these: four of them at most. */
  linesWith(wanted: readonly string[]): number[] {
    this.linesOf ??= this.indexWords();
    const shared = new Map<number, number>();
    for (const word of wanted.slice(0, 40)) {
      const lines = this.linesOf.get(word);
      if (lines === undefined || lines.length >= RARE || word.length < 3) continue;
      for (const line of lines) shared.set(line, (shared.get(line) ?? 0) + 1);
    }
    return [...shared]
      .sort((one, other) => other[1] - one[1])
      .slice(0, 4)
      .map(([line]) => line);
  }

  private indexWords(): Map<string, number[]> {
    const linesOf = new Map<string, number[]>();
    for (let at = 0; at < this.starts.length; at++) {
      const start = this.starts[at] ?? 0;
      const end = (this.starts[at + 1] ?? this.text.length) - 1;
      for (const word of this.text.slice(start, end).split(" ")) {
        const lines = linesOf.get(word);
        if (lines === undefined) linesOf.set(word, [this.numbers[at] ?? 0]);
        else if (lines.length < RARE) lines.push(this.numbers[at] ?? 0);
      }
    }
    return linesOf;
  }
}
