/** Unified diffs as they stand in mail: files, hunks and lines, also when cited, trimmed or wrapped. */

/** What a line is within a diff. `gap` is a mark that lines were left out, `wrapped` the rest of a broken line. */
export type DiffLineKind = "file" | "hunk" | "context" | "added" | "removed" | "note" | "gap" | "wrapped";

/** Where a reader of diff lines stands. One for each depth: a diff goes on across replies between its lines (B653). */
export interface DiffState {
  place: "outside" | "file" | "hunk" | "binary";
  oldLeft: number;
  newLeft: number;
  lastLength: number;
  /** The last line was the header of a hunk: an empty line of context may follow what a mailer wrapped of it. */
  belowHeader: boolean;
}

export const outsideDiff = (): DiffState => ({
  place: "outside",
  oldLeft: 0,
  newLeft: 0,
  lastLength: 0,
  belowHeader: false,
});

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const FILE_FIELD =
  /^(?:index [0-9a-f]{4,64}\.\.|(?:old|new|deleted file|new file) mode \d|(?:copy|rename) (?:from|to) |(?:dis)?similarity index \d|Binary files |GIT binary patch$)/;
/** What slips to the next line: the second path of `diff --git` (P505), and what mailers join to it of the line below. */
const SLIPPED =
  /^(?:"?b\/\S+(?: index(?: [0-9a-f]{7,64}\.\.[0-9a-f]{7,64})?)?|[0-9a-f]{7,64}\.\.[0-9a-f]{7,64}(?: [01]\d{5})?|[01]\d{5})\s*$/;
const OLD_PATH = /^--- (?:"?[a-z]\/|\/dev\/null|\S+\/\S)/;
const NEW_PATH = /^\+\+\+ (?:"?[a-z]\/|\/dev\/null|\S+\/\S)/;

/** A mark for lines left out: `[...]`, `...`, `<snip>`, `[... more of that ...]`, `…` (A404, R706). */
export const isGapMark = (content: string): boolean => {
  if (content.length > 80 || !GAP_START.test(content)) return false;
  const text = content.trim();
  return BARE_GAP.test(text) || WORDED_GAP.test(text);
};

/** What a mark for left-out lines begins with: a bracket, dots, or one of its words. */
const GAP_START = /^\s*[[(<{\-_*.…sct]/i;

const BARE_GAP =
  /^[[(<{\-_* ]*(?:\.{2,}|…|snip(?:ped)?|cut|trim(?:med)?|\.\. ?\.\.)[^\p{L}\d]*(?:(?:snip|snipped|lines|cut|more) ?[^\p{L}\d]*)?$/iu;
const WORDED_GAP = /^(?:\[[^[\]]*(?:\.{2,}|…|snip)[^[\]]*\]|<[^<>]*snip[^<>]*>)$/iu;

/** A git version line below `--` ends a patch (B603). */
export const isVersionLine = (content: string): boolean =>
  /^\d{1,3}\.\d{1,4}[\w.-]{0,60}(?: \(.{1,60}\))?\s*$/.test(content.slice(0, 140));

/**
 * Reads one line, its marks taken off (B650, B652).
 * @param state where the reader stands; changed
 * @param next the line after it at the same depth, when it follows directly
 * @returns what the line is; undefined when it is no part of a diff
 */
export function readDiffLine(
  state: DiffState,
  content: string,
  next: string | undefined,
): DiffLineKind | undefined {
  if (state.place === "outside" && !BEGINNINGS.has(content.charCodeAt(0))) {
    state.lastLength = content.length;
    return undefined;
  }
  const kind = diffLine(state, plainBlanks(content), next);
  if (kind === undefined) state.place = "outside";
  state.lastLength = content.length;
  state.belowHeader = kind === "hunk";
  return kind;
}

/** What the lines that a diff can begin with begin with themselves. */
const BEGINNINGS: ReadonlySet<number> = new Set(Array.from("d@-+I", (char) => char.charCodeAt(0)));

/** Mailers that speak HTML make blanks of another kind (D236). */
const plainBlanks = (content: string): string =>
  content.includes("\u00a0") ? content.replaceAll("\u00a0", " ") : content;

function diffLine(state: DiffState, content: string, next: string | undefined): DiffLineKind | undefined {
  if (
    content.startsWith("diff -") &&
    (/^diff --(?:git|cc|combined) \S/.test(content) || /^diff -\S+ .*\S\/\S/.test(content.slice(0, 400)))
  ) {
    state.place = "file";
    return "file";
  }
  if (content.startsWith("@@")) {
    const hunk = readHunkHeader(content);
    if (hunk !== undefined) {
      state.place = "hunk";
      state.oldLeft = hunk.oldCount;
      state.newLeft = hunk.newCount;
      return "hunk";
    }
  }
  if (startsFile(state, content, next)) {
    state.place = "file";
    return "file";
  }
  if (state.place === "outside") return undefined;
  if (isGapMark(content)) return "gap";
  if (state.place === "file") return fileLine(state, content);
  if (state.place === "binary")
    return /^(?:(?:literal|delta) \d+|[A-Za-z][!-~]{1,65}|)$/.test(content) ? "note" : undefined;
  return hunkLine(state, content, next);
}

function startsFile(state: DiffState, content: string, next: string | undefined): boolean {
  if (content.startsWith("--- ")) {
    const inside = state.place === "hunk" && state.oldLeft > 0;
    if (next?.startsWith("+++ ") === true) return !inside || OLD_PATH.test(content);
    return (
      !inside && state.place !== "hunk" && OLD_PATH.test(content) && !/\s\S+\s\S/.test(content.slice(4, 200))
    );
  }
  if (content.startsWith("+++ ")) return state.place !== "hunk" && NEW_PATH.test(content);
  if (content.startsWith("Index: ")) return next?.startsWith("=======") === true;
  return false;
}

function fileLine(state: DiffState, content: string): DiffLineKind | undefined {
  if (content === "GIT binary patch") state.place = "binary";
  if (
    FILE_FIELD.test(content) ||
    content.startsWith("--- ") ||
    content.startsWith("+++ ") ||
    /^={10,}$/.test(content)
  ) {
    return "file";
  }
  return SLIPPED.test(content) ? "file" : undefined;
}

function hunkLine(state: DiffState, content: string, next: string | undefined): DiffLineKind | undefined {
  const over = state.oldLeft <= 0 && state.newLeft <= 0;
  if (/^-- ?$/.test(content) && (over || next === undefined || next === "" || isVersionLine(next)))
    return undefined;
  switch (content[0]) {
    case "+":
      if (over && content[1] === " ") return undefined;
      state.newLeft--;
      return "added";
    case "-":
      if (over && (content[1] === " " || content[1] === undefined || content.startsWith("--")))
        return undefined;
      state.oldLeft--;
      return "removed";
    case "\\":
      return "note";
    case " ":
    case "\t":
    case undefined:
      if (over) return undefined;
      state.oldLeft--;
      state.newLeft--;
      return "context";
    default:
      return !over && mayBeWrapped(state, content) && goesOn(state, next) ? "wrapped" : undefined;
  }
}

/** A mailer wraps a line where the next word would have made it too long. */
function mayBeWrapped({ lastLength }: DiffState, content: string): boolean {
  const word = content.slice(0, 80).search(/\s/);
  return lastLength >= 60 || lastLength + (word < 0 ? Math.min(content.length, 80) : word) >= 68;
}

const goesOn = ({ belowHeader }: DiffState, next: string | undefined): boolean =>
  next !== undefined && (/^[ +\-@\\]/.test(next) || (belowHeader && next === ""));

/** The numbers of a hunk header; counts are 1 where left out. Headers cut short or combined (`@@@`) have no numbers. */
export interface HunkHeader {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  /** What stands behind the second `@@`: the function, usually. */
  section: string;
}

/** Reads `@@ -a,b +c,d @@ section`; undefined when the line is no hunk header. Counts of odd ones are without end. */
export function readHunkHeader(content: string): HunkHeader | undefined {
  const found = HUNK.exec(content);
  if (found === null) {
    if (!/^@@@* (?:-\d|\.\.\.|.{0,200}@@)/.test(content.slice(0, 400))) return undefined;
    const endless = Number.MAX_SAFE_INTEGER;
    return { oldStart: 0, oldCount: endless, newStart: 0, newCount: endless, section: "" };
  }
  return {
    oldStart: Number(found[1]),
    oldCount: Number(found[2] ?? 1),
    newStart: Number(found[3]),
    newCount: Number(found[4] ?? 1),
    section: content.slice(found[0].length).trim(),
  };
}

/** A line inside a hunk. Numbers are those of the files before and after; unknown below a gap. */
export interface DiffLine {
  kind: "context" | "added" | "removed" | "note" | "gap" | "wrapped";
  /** Without the marker in front. */
  text: string;
  oldLine?: number;
  newLine?: number;
  /** The line of the body it stands on, from 1. */
  bodyLine: number;
}

export interface Hunk extends HunkHeader {
  /** The body line of the `@@` line. */
  bodyLine: number;
  lines: DiffLine[];
}

/** One file of a diff. Paths are without `a/` and `b/`; one that is `/dev/null` or not told is absent. */
export interface DiffFile {
  oldPath?: string;
  newPath?: string;
  /** How many lines the hunks at hand add and remove. */
  added: number;
  removed: number;
  binary: boolean;
  /** The body lines it stands on, from 1, both ends included. */
  firstLine: number;
  lastLine: number;
  hunks: Hunk[];
}

/** A line to read a diff from: without its marks, and where it stands in the body (from 1). */
export interface PlacedLine {
  content: string;
  line: number;
}

/**
 * The files of a diff, or of several below each other. Lines that are no part of a diff are passed over, so the
 * lines of one depth of a whole mail can be given. Hunks without a file above them are in a file without paths.
 */
export function readDiff(lines: readonly PlacedLine[]): DiffFile[] {
  const reading = new DiffReading();
  const state = outsideDiff();
  lines.forEach((line, at) => {
    const following = lines[at + 1];
    const next = following?.line === line.line + 1 ? following.content : undefined;
    const kind = readDiffLine(state, line.content, next);
    if (kind !== undefined) reading.take(kind, line);
  });
  return reading.files;
}

/** Collects lines, each with its kind, into files and hunks. */
class DiffReading {
  readonly files: DiffFile[] = [];
  private file: DiffFile | undefined;
  private hunk: Hunk | undefined;
  private oldLine: number | undefined;
  private newLine: number | undefined;

  take(kind: DiffLineKind, { content, line }: PlacedLine): void {
    if (kind === "file") this.fileLine(content, line);
    else if (kind === "hunk") this.hunkHeader(content, line);
    else this.hunkLine(kind, content, line);
    if (this.file !== undefined) this.file.lastLine = line;
  }

  private fileLine(content: string, line: number): void {
    const begins = /^(?:diff |Index: )/.test(content) || (content.startsWith("--- ") && this.told());
    if (begins || this.file === undefined) this.begin(line);
    const file = this.file;
    if (file === undefined) return;
    this.hunk = undefined;
    const both = /^diff --git "?a\/(.+?)"? "?b\/(.+?)"?$/.exec(content.slice(0, 4096));
    if (both !== null) {
      file.oldPath = both[1] ?? "";
      file.newPath = both[2] ?? "";
    }
    if (content.startsWith("Binary files ") || content === "GIT binary patch") file.binary = true;
    if (content.startsWith("new file mode")) delete file.oldPath;
    if (content.startsWith("deleted file mode")) delete file.newPath;
    if (content.startsWith("--- ")) setPath(file, "oldPath", content.slice(4));
    if (content.startsWith("+++ ")) setPath(file, "newPath", content.slice(4));
    if (/^(?:rename|copy) from /.test(content)) file.oldPath = content.slice(content.indexOf("from ") + 5);
    if (/^(?:rename|copy) to /.test(content)) file.newPath = content.slice(content.indexOf(" to ") + 4);
  }

  /** The file at hand has its `---` line or hunks already: another `---` line begins the next one. */
  private told(): boolean {
    return this.file !== undefined && (this.file.hunks.length > 0 || this.oldSeen);
  }

  private oldSeen = false;

  private begin(line: number): void {
    this.file = { added: 0, removed: 0, binary: false, firstLine: line, lastLine: line, hunks: [] };
    this.oldSeen = false;
    this.hunk = undefined;
    this.files.push(this.file);
  }

  private hunkHeader(content: string, line: number): void {
    const header = readHunkHeader(content);
    if (header === undefined) return;
    if (this.file === undefined) this.begin(line);
    this.hunk = { ...header, bodyLine: line, lines: [] };
    this.file?.hunks.push(this.hunk);
    this.oldLine = header.oldStart > 0 || header.newStart > 0 ? header.oldStart : undefined;
    this.newLine = this.oldLine === undefined ? undefined : header.newStart;
  }

  private hunkLine(kind: DiffLine["kind"], content: string, line: number): void {
    if (this.file === undefined || this.hunk === undefined) return;
    const marked = kind === "context" || kind === "added" || kind === "removed";
    const entry: DiffLine = { kind, text: marked ? content.slice(1) : content, bodyLine: line };
    if (kind === "added") this.file.added++;
    if (kind === "removed") this.file.removed++;
    if (kind === "gap") {
      this.oldLine = undefined;
      this.newLine = undefined;
    }
    if ((kind === "context" || kind === "removed") && this.oldLine !== undefined)
      entry.oldLine = this.oldLine++;
    if ((kind === "context" || kind === "added") && this.newLine !== undefined)
      entry.newLine = this.newLine++;
    this.hunk.lines.push(entry);
  }
}

function setPath(file: DiffFile, side: "oldPath" | "newPath", written: string): void {
  const path = written
    .replace(/\t.*$/, "")
    .trim()
    .replace(/^"(.*)"$/, "$1");
  if (path === "/dev/null") delete file[side];
  else file[side] = path.replace(/^[a-z]\//, "");
}
