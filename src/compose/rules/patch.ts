/** Rules about own patches: they must apply as they are sent (R9xx, EC). */
import { replaceLines } from "../edit.ts";
import type { Fix, Rule } from "./rule.ts";
import { type DraftSheet, type SheetLine, wholeLines } from "./sheet.ts";

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/** The lines from the header of a hunk at index `start` to the next header. */
function hunkAt(lines: readonly SheetLine[], start: number): SheetLine[] {
  let end = start + 1;
  while (end < lines.length && !/^(?:@@ |diff )/.test(lines[end]?.text ?? "")) end++;
  return lines.slice(start, end);
}

/** What is wrong with a hunk, its header first, and at which index; undefined when it is whole. */
function hunkProblem(lines: readonly string[]): { at: number; message: string } | undefined {
  const header = HUNK.exec(lines[0] ?? "");
  if (header === null) return undefined;
  const context = contextOf(lines);
  let oldLeft = Number(header[2] ?? 1);
  let newLeft = Number(header[4] ?? 1);
  for (let at = 1; oldLeft > 0 || newLeft > 0; at++) {
    const text = lines[at];
    if (text === undefined) break;
    const mark = text[0];
    if (mark === "+") newLeft--;
    else if (mark === "-") oldLeft--;
    else if (context[at]) {
      oldLeft--;
      newLeft--;
    } else if (mark !== "\\") {
      if (text === "" || text.startsWith("--- ")) break;
      return { at, message: "This line of the patch was wrapped, or lost the blank in front." };
    }
    if (text.includes("\u00a0"))
      return { at, message: "No-break spaces in this line keep the patch from applying." };
    if (oldLeft < 0 || newLeft < 0) break;
  }
  if (oldLeft === 0 && newLeft === 0) return undefined;
  return { at: 0, message: "The numbers of this hunk do not fit its lines: the patch does not apply." };
}

/**
 * Which lines of a hunk are context. An empty one is when the hunk goes on below it: its blank was taken off. One walk
 * from below tells this for all lines, however many are empty.
 */
function contextOf(lines: readonly string[]): boolean[] {
  const context = new Array<boolean>(lines.length).fill(false);
  let goesOn = false;
  for (let at = lines.length - 1; at > 0; at--) {
    const text = lines[at] ?? "";
    if (text !== "") goesOn = /^[ +\-\\]/.test(text);
    context[at] = text === "" ? goesOn : text[0] === " " || text[0] === "\u00a0";
  }
  return context;
}

/** The header of a hunk with the numbers that its lines have. */
function countedHeader(lines: readonly string[]): string {
  const context = contextOf(lines);
  let [old, fresh] = [0, 0];
  for (let at = 1; at < lines.length && !/^--- \S/.test(lines[at] ?? ""); at++) {
    const mark = lines[at]?.[0];
    const both = context[at] === true;
    if (!both && mark !== "+" && mark !== "-" && mark !== "\\") break;
    if (both || mark === "-") old++;
    if (both || mark === "+") fresh++;
  }
  const numbers = (first = "0", count = 0) => (count === 1 ? first : `${first},${count}`);
  return (lines[0] ?? "").replace(
    HUNK,
    (_, first: string, __, second: string) => `@@ -${numbers(first, old)} +${numbers(second, fresh)} @@`,
  );
}

/** What makes a hunk whole again: of the ways there are, the first after which nothing is wrong with it. */
function mended(sheet: DraftSheet, hunk: readonly SheetLine[], at: number): Fix | undefined {
  const texts = hunk.map(({ text }) => text);
  const text = texts[at] ?? "";
  const repairs: [title: string, first: number, written: string][] =
    at === 0
      ? [["Write the numbers that fit", at, countedHeader(texts)]]
      : [
          ["Replace by blanks", at, text.replaceAll("\u00a0", " ")],
          ["Join it to the line above", at - 1, `${(texts[at - 1] ?? "").trimEnd()} ${text.trimStart()}`],
          ["Put the blank in front", at, ` ${text}`],
        ];
  for (const [title, first, written] of repairs) {
    if (hunkProblem([...texts.slice(0, first), written, ...texts.slice(at + 1)]) !== undefined) continue;
    const [from, to] = [hunk[first]?.number ?? 0, hunk[at]?.number ?? 0];
    return { title, edits: [replaceLines(sheet.lines, from, to, [written])] };
  }
  return undefined;
}

/** Own lines of patches and what stands between them, up to the signature. */
const ownLines = ({ body }: DraftSheet): SheetLine[] =>
  body.filter(({ role }) => role === "own" || role === "blank" || role === "mark");

/** A hunk that says of itself that it is cut is no patch to apply. */
const isSketch = (hunk: readonly SheetLine[]): boolean =>
  hunk.slice(1).some(({ text }) => /^[ +-]?\s*(?:\.{3}|…|\[\.\.\.\]|<snip>)\s*$/.test(text));

export const patchRules: readonly Rule[] = [
  {
    id: "L-PATCH-MANGLED",
    severity: "error",
    title: "A patch that does not apply",
    why: "People save replies and apply what is in them. A wrapped line, a lost blank or a hunk whose numbers are wrong makes git refuse the patch.",
    before: "@@ -1,3 +1,4 @@\n int a;\n+int b;",
    after: "@@ -1,2 +1,3 @@\n int a;\n+int b;\n int c;",
    check: (sheet, tell) => {
      const lines = ownLines(sheet);
      lines.forEach((line, start) => {
        if (line.kind !== "diff" || !line.text.startsWith("@@ ")) return;
        const hunk = hunkAt(lines, start);
        const problem = isSketch(hunk) ? undefined : hunkProblem(hunk.map(({ text }) => text));
        const place = problem && hunk[problem.at];
        if (problem === undefined || place === undefined) return;
        const fix = mended(sheet, hunk, problem.at);
        tell(wholeLines(sheet, place.number), problem.message, fix === undefined ? {} : { fix });
      });
      blanksForTabs(sheet, tell);
    },
  },
  {
    id: "L-PGP-PATCH",
    severity: "warning",
    title: "A signed patch",
    why: "OpenPGP's clear-signed text escapes lines that begin with a dash: the patch inside does not apply.",
    before: "-----BEGIN PGP SIGNED MESSAGE-----\n- --- a/x.c",
    after: "--- a/x.c",
    check: (sheet, tell) => {
      const signed = sheet.own.find(({ text }) => text === "-----BEGIN PGP SIGNED MESSAGE-----");
      if (
        signed === undefined ||
        !sheet.own.some(({ kind, text }) => kind === "diff" || /^- (?:---|-)/.test(text))
      )
        return;
      tell(wholeLines(sheet, signed.number), "A clear-signed patch does not apply.");
    },
  },
];

/** R901: C code of the kernel is indented by tabs; a patch with none, but with eight blanks, was pasted. */
function blanksForTabs(sheet: DraftSheet, tell: Parameters<Rule["check"]>[1]): void {
  const diff = sheet.own.filter(({ kind }) => kind === "diff");
  if (!diff.some(({ text }) => /^\+\+\+ \S+\.[chS](?:\s|$)/.test(text))) return;
  if (diff.some(({ text }) => /^[ +-]\t/.test(text))) return;
  const first = diff.find(({ text }) => /^[ +-] {8}\S/.test(text));
  if (first !== undefined) tell(wholeLines(sheet, first.number), "The tabs of this patch became blanks.");
}
