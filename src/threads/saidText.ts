/** What a message said, indexed for finding it again where others cite it: by line, and by words across line ends. */
import { readMarks } from "../mail/cite.ts";

/** A line as it is compared: marks counted, every run of blanks one space (V701, D236). */
export interface SaidLine {
  marks: number;
  text: string;
}

/** Takes a line apart for comparing. Blanks before the first mark do not count (Q307). */
function readLine(line: string): SaidLine {
  const trimmed = line.startsWith(" ") && /^ {1,3}>/.test(line) ? line.trimStart() : line;
  const { depth, length } = readMarks(trimmed);
  const content = trimmed.slice(length).trim();
  return { marks: depth, text: /\s\s|[^\S ]/u.test(content) ? content.replace(/\s+/gu, " ") : content };
}

/** Texts repeat lines like `}` without end; more places than this are not looked at. */
const PLACES = 64;
/** Shorter lines stand in every text; without their depth they prove something only where the text goes on. */
const LEAST_ANYWHERE = 8;
/** And of words, that start a run of words. */
const STARTS = 16;

const NOTHING: SaidLine = { marks: 0, text: "" };

/** One message's body. Indexes are made when they are asked for; finding is linear in what is looked for. */
export class SaidText {
  private readonly written: string[];
  private readonly lines: SaidLine[];
  private readonly runs = new Map<number, WordRun>();
  private places: Map<string, number[]> | undefined;
  private anywhere: Map<string, number[]> | undefined;

  constructor(body: string) {
    this.written = body.split("\n");
    this.lines = this.written.map(readLine);
  }

  /** A line by its number, from 1; nothing said beyond the end. */
  at(line: number): SaidLine {
    return this.lines[line - 1] ?? NOTHING;
  }

  /** How wide a line is written, its marks included, in UTF-16 units. */
  width(line: number): number {
    return this.written[line - 1]?.length ?? 0;
  }

  /** The line (from 1) that says the same at this depth: the first below `after`, else the first of all. */
  lineOf(said: SaidLine, after: number): number | undefined {
    if (this.places === undefined) {
      this.places = new Map();
      for (const [at, { marks, text }] of this.lines.entries())
        if (text !== "") put(this.places, `${marks} ${text}`, at + 1, PLACES);
    }
    const places = this.places.get(`${said.marks} ${said.text}`);
    return places?.find((line) => line > after) ?? places?.[0];
  }

  /**
   * The line (from 1) that says the same at any depth: mailers drop marks, and people answer other copies.
   * @param own only lines without marks: what this message's author said
   */
  lineAnywhere(said: SaidLine, after: number, own = false): number | undefined {
    if (this.anywhere === undefined) {
      this.anywhere = new Map();
      for (const [at, { text }] of this.lines.entries()) put(this.anywhere, text, at + 1, PLACES);
    }
    const all = this.anywhere.get(said.text);
    const places = own ? all?.filter((line) => this.at(line).marks === 0) : all;
    const next = places?.find((line) => line > after);
    if (said.text.length >= LEAST_ANYWHERE) return next ?? places?.[0];
    return next !== undefined && next <= after + 3 ? next : undefined;
  }

  /** The line (from 1) where these words begin to stand in a row at this depth, line ends counting as blanks. */
  lineOfWords(said: SaidLine, after: number): number | undefined {
    return this.wordsAt(said.marks).find(said.text.split(" "), after);
  }

  /** Lines (from 1) at this depth that may be the unedited form: those that follow, those with the same rare words. */
  likeLines(said: SaidLine, after: number): number[] {
    const near = [after + 1, after + 2, after + 3].filter(
      (line) => this.lines[line - 1]?.marks === said.marks,
    );
    return [...new Set([...near, ...this.wordsAt(said.marks).linesWith(said.text.split(" "))])];
  }

  private wordsAt(marks: number): WordRun {
    let run = this.runs.get(marks);
    if (run === undefined) {
      run = new WordRun(this.lines, marks);
      this.runs.set(marks, run);
    }
    return run;
  }
}

/** UTF-16 units of bodies whose indexes are kept: a long thread's, and not a whole archive's. */
const MOST_KEPT = 4_000_000;

/** The indexed bodies of a thread: each is indexed once, however many messages cite it. Made by whoever reads a thread. */
export class SaidTexts {
  private readonly held = new Map<string, SaidText>();
  private kept = 0;

  of(body: string): SaidText {
    const held = this.held.get(body);
    if (held !== undefined) return held;
    const said = new SaidText(body);
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

function put(places: Map<string, number[]>, key: string, value: number, most: number): void {
  const held = places.get(key);
  if (held === undefined) places.set(key, [value]);
  else if (held.length < most) held.push(value);
}

/** All words of one depth of a text, in a row. */
class WordRun {
  private readonly words: string[] = [];
  private readonly lineOf: number[] = [];
  private readonly starts = new Map<string, number[]>();

  constructor(lines: readonly SaidLine[], marks: number) {
    lines.forEach((line, at) => {
      if (line.marks !== marks || line.text === "") return;
      for (const word of line.text.split(" ")) {
        this.words.push(word);
        this.lineOf.push(at + 1);
      }
    });
    this.words.forEach((word, at) => {
      put(this.starts, word, at, STARTS);
      put(this.starts, `${word} ${this.words[at + 1] ?? ""}`, at, STARTS);
    });
  }

  find(wanted: readonly string[], after: number): number | undefined {
    const first = wanted[0] ?? "";
    // A short word stands in every text: alone it proves something only where the text goes on.
    const starts = this.starts.get(wanted.length === 1 ? first : `${first} ${wanted[1] ?? ""}`) ?? [];
    for (const start of starts) {
      const line = this.lineOf[start] ?? 0;
      if (wanted.length === 1 && first.length < 8 && line !== after && line !== after + 1) continue;
      if (wanted.every((word, at) => this.words[start + at] === word)) return line;
    }
    return undefined;
  }

  linesWith(wanted: readonly string[]): number[] {
    const shared = new Map<number, number>();
    for (const word of wanted.slice(0, 40)) {
      const starts = this.starts.get(word);
      if (starts === undefined || starts.length >= STARTS || word.length < 3) continue;
      for (const start of starts) {
        const line = this.lineOf[start] ?? 0;
        shared.set(line, (shared.get(line) ?? 0) + 1);
      }
    }
    return [...shared]
      .sort((one, other) => other[1] - one[1])
      .slice(0, 4)
      .map(([line]) => line);
  }
}
