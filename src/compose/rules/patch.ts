/** Rules about own patches: they must apply as they are sent (R9xx, EC). */
import { replaceLines } from "../edit.ts";
import type { Fix, Rule } from "./rule.ts";
import { type DraftSheet, type SheetLine, wholeLines } from "./sheet.ts";

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/** What is wrong with the hunk that begins at index `start` of the lines; undefined when it is whole. */
function hunkProblem(lines: readonly string[], start: number): { at: number; message: string } | undefined {
  const header = HUNK.exec(lines[start] ?? "");
  if (header === null) return undefined;
  let oldLeft = Number(header[2] ?? 1);
  let newLeft = Number(header[4] ?? 1);
  let at = start + 1;
  for (; oldLeft > 0 || newLeft > 0; at++) {
    const text = lines[at];
    if (text === undefined) break;
    const mark = text[0];
    if (mark === "+") newLeft--;
    else if (mark === "-") oldLeft--;
    else if (isContext(lines, at)) {
      oldLeft--;
      newLeft--;
    } else if (mark !== "\\") {
      if (text === "" || /^(?:@@ |diff |--- )/.test(text)) break;
      return { at, message: "This line of the patch was wrapped, or lost the blank in front." };
    }
    if (text.includes("\u00a0"))
      return { at, message: "No-break spaces in this line keep the patch from applying." };
    if (oldLeft < 0 || newLeft < 0) break;
  }
  if (oldLeft === 0 && newLeft === 0) return undefined;
  return { at: start, message: "The numbers of this hunk do not fit its lines: the patch does not apply." };
}

/** An empty line is a context line whose blank was taken off, when the hunk goes on below it. */
function isContext(lines: readonly string[], at: number): boolean {
  const text = lines[at] ?? "";
  if (text !== "") return text[0] === " " || text[0] === "\u00a0";
  let below = at;
  while (lines[below] === "") below++;
  return /^[ +\-\\]/.test(lines[below] ?? "");
}

/** The header of a hunk with the numbers that its lines have. */
function countedHeader(lines: readonly string[], start: number): string {
  const header = lines[start] ?? "";
  let [old, fresh] = [0, 0];
  for (let at = start + 1; at < lines.length && !/^(?:diff |--- \S)/.test(lines[at] ?? ""); at++) {
    const mark = lines[at]?.[0];
    const both = isContext(lines, at);
    if (!both && mark !== "+" && mark !== "-" && mark !== "\\") break;
    if (both || mark === "-") old++;
    if (both || mark === "+") fresh++;
  }
  const numbers = (first = "0", count = 0) => (count === 1 ? first : `${first},${count}`);
  return header.replace(
    HUNK,
    (_, first: string, __, second: string) => `@@ -${numbers(first, old)} +${numbers(second, fresh)} @@`,
  );
}

/** What makes a hunk whole again: of the ways there are, the first after which nothing is wrong with it. */
function mended(
  sheet: DraftSheet,
  lines: readonly SheetLine[],
  { start, at }: { start: number; at: number },
): Fix | undefined {
  const texts = lines.map(({ text }) => text);
  const text = texts[at] ?? "";
  const repairs: [title: string, first: number, written: string][] =
    at === start
      ? [["Write the numbers that fit", at, countedHeader(texts, start)]]
      : [
          ["Replace by blanks", at, text.replaceAll("\u00a0", " ")],
          ["Join it to the line above", at - 1, `${(texts[at - 1] ?? "").trimEnd()} ${text.trimStart()}`],
          ["Put the blank in front", at, ` ${text}`],
        ];
  for (const [title, first, written] of repairs) {
    if (hunkProblem([...texts.slice(0, first), written, ...texts.slice(at + 1)], start) !== undefined)
      continue;
    const [from, to] = [lines[first]?.number ?? 0, lines[at]?.number ?? 0];
    return { title, edits: [replaceLines(sheet.lines, from, to, [written])] };
  }
  return undefined;
}

/** Own lines of patches and what stands between them, up to the signature. */
const ownLines = ({ body }: DraftSheet): SheetLine[] =>
  body.filter(({ role }) => role === "own" || role === "blank" || role === "mark");

/** A hunk that says of itself that it is cut is no patch to apply. */
const isSketch = (lines: readonly SheetLine[], start: number): boolean => {
  for (let at = start + 1; at < lines.length; at++) {
    const text = lines[at]?.text ?? "";
    if (text.startsWith("@@ ") || text.startsWith("diff ")) return false;
    if (/^[ +-]?\s*(?:\.{3}|…|\[\.\.\.\]|<snip>)\s*$/.test(text)) return true;
  }
  return false;
};

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
      const texts = lines.map(({ text }) => text);
      lines.forEach((line, start) => {
        if (line.kind !== "diff" || !line.text.startsWith("@@ ") || isSketch(lines, start)) return;
        const problem = hunkProblem(texts, start);
        const place = problem && lines[problem.at];
        if (problem === undefined || place === undefined) return;
        const fix = mended(sheet, lines, { start, at: problem.at });
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
