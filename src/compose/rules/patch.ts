/** Rules about own patches: they must apply as they are sent (R9xx, EC). */
import type { Rule } from "./rule.ts";
import { type DraftSheet, type SheetLine, wholeLines } from "./sheet.ts";

const HUNK = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;

/** What is wrong with the hunk that begins at index `start` of the lines; undefined when it is whole. */
function hunkProblem(
  lines: readonly SheetLine[],
  start: number,
): { at: number; message: string } | undefined {
  const header = HUNK.exec(lines[start]?.text ?? "");
  if (header === null) return undefined;
  let oldLeft = Number(header[1] ?? 1);
  let newLeft = Number(header[2] ?? 1);
  let at = start + 1;
  for (; oldLeft > 0 || newLeft > 0; at++) {
    const text = lines[at]?.text;
    if (text === undefined) break;
    const mark = text[0];
    if (mark === "+") newLeft--;
    else if (mark === "-") oldLeft--;
    else if (mark === " " || mark === "\u00a0" || (text === "" && goesOn(lines, at))) {
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
function goesOn(lines: readonly SheetLine[], from: number): boolean {
  let at = from;
  while (lines[at]?.text === "") at++;
  return /^[ +\-\\]/.test(lines[at]?.text ?? "");
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
      lines.forEach((line, start) => {
        if (line.kind !== "diff" || !line.text.startsWith("@@ ") || isSketch(lines, start)) return;
        const problem = hunkProblem(lines, start);
        const place = problem && lines[problem.at];
        if (problem !== undefined && place !== undefined)
          tell(wholeLines(sheet, place.number), problem.message);
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
