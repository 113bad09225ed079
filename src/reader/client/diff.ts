/** A unified diff as it stands in a mail: what each line is, which file and which line numbers it has. */

export type DiffMark = "fileHead" | "meta" | "hunk" | "add" | "del" | "context" | "note" | "prose";

export interface DiffLine {
  mark: DiffMark;
  /** Line numbers of the old and the new file, from 1, inside hunks whose header gives them. */
  old?: number;
  new?: number;
}

export interface DiffFile {
  /** Indexes of lines, from 0, `to` excluded. */
  from: number;
  to: number;
  /** Where the first hunk starts; `to` when there is none. */
  body: number;
  path: string;
  /** "new file", "deleted", "renamed from x", "mode 100755"; "" for a plain change. */
  change: string;
  added: number;
  removed: number;
}

const HUNK = /^@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@/;
const META =
  /^(?:index [0-9a-f]|(?:old|new|deleted file|new file) mode |similarity index|dissimilarity index|(?:rename|copy) (?:from|to) |Binary files|GIT binary patch)/;

/** What each line is. Counts in hunk headers are not trusted (B652); an empty line is context (B650). */
export function markLines(lines: readonly string[]): DiffLine[] {
  let inHunk = false;
  let old: number | undefined;
  let fresh: number | undefined;
  return lines.map((line, index): DiffLine => {
    if (line.startsWith("diff --git ") || line.startsWith("Index: ")) {
      inHunk = false;
      return { mark: "fileHead" };
    }
    if (line.startsWith("@@")) {
      const match = HUNK.exec(line.slice(0, 100));
      inHunk = true;
      old = match ? Number(match[1]) : undefined;
      fresh = match ? Number(match[2]) : undefined;
      return { mark: "hunk" };
    }
    const isPair = line.startsWith("--- ") && (lines[index + 1]?.startsWith("+++ ") ?? false);
    if (isPair || (line.startsWith("+++ ") && (lines[index - 1]?.startsWith("--- ") || !inHunk))) {
      inHunk = false;
      return { mark: "meta" };
    }
    if (!inHunk && META.test(line.slice(0, 40))) return { mark: "meta" };
    const numbers = (isOld: boolean, isNew: boolean): DiffLine => {
      const marked: DiffLine = { mark: isOld && isNew ? "context" : isOld ? "del" : "add" };
      if (isOld && old !== undefined) marked.old = old++;
      if (isNew && fresh !== undefined) marked.new = fresh++;
      return marked;
    };
    if (line.startsWith("+")) return numbers(false, true);
    if (line.startsWith("-")) return numbers(true, false);
    if (line.startsWith("\\")) return { mark: "note" };
    if (inHunk && (line === "" || line.startsWith(" ") || line.startsWith("\t"))) return numbers(true, true);
    return { mark: "prose" };
  });
}

const bare = (path: string): string => path.replace(/^[ab]\//, "").replace(/[\t ]+$/, "");

/** The path that a line of a file's header names; undefined when it names none. */
export function headerPath(line: string): string | undefined {
  if (line.startsWith("+++ ") || line.startsWith("--- "))
    return line.startsWith("/dev/null", 4) ? undefined : bare(line.slice(4).split("\t", 1)[0] ?? "");
  if (!line.startsWith("diff --git ") && !line.startsWith("Index: ")) return undefined;
  const middle = line.lastIndexOf(" b/");
  return middle > 0 ? line.slice(middle + 3) : line.replace(/^(?:diff --git|Index:) /, "");
}

function pathOf(lines: readonly string[]): string {
  for (const start of ["+++ ", "--- "]) {
    const found = lines.find((line) => line.startsWith(start) && !line.startsWith("/dev/null", 4));
    if (found) return headerPath(found) ?? "";
  }
  const head = lines[0] ?? "";
  return headerPath(head) ?? head;
}

function changeOf(lines: readonly string[]): string {
  for (const line of lines) {
    if (line.startsWith("new file mode")) return "new file";
    if (line.startsWith("deleted file mode")) return "deleted";
    if (line.startsWith("rename from ")) return `renamed from ${line.slice("rename from ".length)}`;
    if (line.startsWith("copy from ")) return `copied from ${line.slice("copy from ".length)}`;
    if (line.startsWith("new mode ")) return `mode ${line.slice("new mode ".length)}`;
  }
  return "";
}

/** The files of a diff in order; lines before the first file header belong to none. */
export function filesOf(lines: readonly string[], marks: readonly DiffLine[]): DiffFile[] {
  const starts: number[] = [];
  marks.forEach(({ mark }, index) => {
    const isPlainStart = mark === "meta" && lines[index]?.startsWith("--- ");
    const last = starts.at(-1);
    const isInHead =
      last !== undefined &&
      marks.slice(last, index).every(({ mark: seen }) => seen === "fileHead" || seen === "meta");
    if (mark === "fileHead" || (isPlainStart && !isInHead)) starts.push(index);
  });
  return starts.map((from, order): DiffFile => {
    const to = starts[order + 1] ?? lines.length;
    let body = from;
    while (body < to && marks[body]?.mark !== "hunk") body += 1;
    const head = lines.slice(from, body);
    let added = 0;
    let removed = 0;
    for (let index = body; index < to; index += 1) {
      if (marks[index]?.mark === "add") added += 1;
      if (marks[index]?.mark === "del") removed += 1;
    }
    return { from, to, body, path: pathOf(head), change: changeOf(head), added, removed };
  });
}

/** A unified diff: what each line is, and its files. */
export interface Diff {
  marks: DiffLine[];
  files: DiffFile[];
}

const read = new WeakMap<readonly string[], Diff>();

/** The diff in these lines; read once for the same array. */
export function diffOf(lines: readonly string[]): Diff {
  const known = read.get(lines);
  if (known) return known;
  const marks = markLines(lines);
  const made = { marks, files: filesOf(lines, marks) };
  read.set(lines, made);
  return made;
}

/** Blanks that do harm in an added line; columns count from 0 in the line, sign included, the end is excluded. */
export interface BlankFault {
  start: number;
  end: number;
  what: string;
}

/** Files whose code is indented by tabs. */
const TABBED = /(?:\.(?:[chS]|dtsi?|lds)|(?:^|\/)(?:Makefile|Kbuild|Kconfig)[^/]*)$/;

/** Blanks at the end of an added line, before a tab, and (where code is indented by tabs) in place of one. */
export function blankFaults(line: string, path: string): BlankFault[] {
  const isBlank = (at: number) => line[at] === " " || line[at] === "\t";
  let text = line.length;
  while (text > 1 && isBlank(text - 1)) text -= 1;
  const faults: BlankFault[] = [];
  let indent = 1;
  while (indent < text && isBlank(indent)) indent += 1;
  const leading = line.slice(1, indent);
  const mixed = leading.lastIndexOf(" \t");
  if (mixed >= 0) faults.push({ start: 1, end: 1 + mixed + 2, what: "blank before a tab" });
  else if (leading.includes(" ".repeat(8)) && TABBED.test(path))
    faults.push({ start: 1 + leading.indexOf(" "), end: indent, what: "blanks in place of a tab" });
  if (text < line.length)
    faults.push({ start: text, end: line.length, what: "blanks at the end of the line" });
  return faults;
}
