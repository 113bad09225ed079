/** What changes between the editor and the wire: cited text that nobody answers, and blanks at line ends (R704, R902). */
import type { Block } from "../mail/block.ts";
import { readBody } from "../mail/body.ts";
import { isGreeting } from "./replySheet.ts";

export interface OwnText {
  /** The lines as they go out, without line ends; no empty line at the end. */
  lines: string[];
  /** Cited lines that were left out below the last own line. */
  leftOut: number;
  /** Own lines whose blanks at the end went. */
  stripped: number;
}

const isBlank = (line: string | undefined): boolean => line === undefined || /^[ \t]*$/.test(line);

/** The lines of `body` as they are sent; with `trim` false nothing is left out. */
export function leaveOutUnanswered(body: string, trim: boolean): OwnText {
  const lines = body.replace(/\r\n?/g, "\n").split("\n");
  const blocks = readBody(lines.join("\n"));
  const signature = blocks.findLast((block) => block.kind === "signature" && block.depth === 0);
  const end = signature ? signature.firstLine - 1 : lines.length;
  const kept = trim ? trimmed(lines, blocks, end) : lines.map((_, index) => index + 1);
  const inDiff = new Set<number>();
  for (const block of blocks) {
    if (block.kind !== "diff" || block.depth > 0) continue;
    for (let line = block.firstLine; line <= block.lastLine; line++) inDiff.add(line);
  }
  const out: string[] = [];
  let stripped = 0;
  kept.forEach((number) => {
    const line = lines[number - 1] ?? "";
    // A blank at the end of a patch line is part of the patch; "-- " is the signature's own mark.
    const stays = line.startsWith(">") || line === "-- " || inDiff.has(number);
    const text = stays ? line : line.replace(/[ \t]+$/, "");
    if (text !== line) stripped++;
    const isSeam = kept.length < lines.length && number === signature?.firstLine;
    if (isSeam && out.length > 0 && !isBlank(out.at(-1))) out.push("");
    out.push(text);
  });
  while (out.length > 0 && out.at(-1) === "") out.pop();
  const sent = new Set(kept);
  const leftOut = lines.filter((line, index) => !sent.has(index + 1) && line.startsWith(">")).length;
  return { lines: out, leftOut, stripped };
}

/**
 * R704: the numbers (from 1) of the lines that stay; `end` is the last line above the signature. An attribution whose
 * whole cited text goes is in the run below the last own line, and goes with it (R506).
 */
function trimmed(lines: readonly string[], blocks: readonly Block[], end: number): number[] {
  let lastOwn = 0;
  let hasAnswer = false;
  let hasCited = false;
  for (const block of blocks) {
    for (let number = block.firstLine; number <= Math.min(block.lastLine, end); number++) {
      const line = lines[number - 1] ?? "";
      if (isBlank(line)) continue;
      if (line.startsWith(">") && block.depth > 0) {
        hasCited = true;
        continue;
      }
      if (block.kind === "attribution") continue;
      lastOwn = number;
      hasCited = false;
      if (!isGreeting(line)) hasAnswer = true;
    }
  }
  const all = lines.map((_, index) => index + 1);
  return hasAnswer && hasCited ? all.filter((number) => number <= lastOwn || number > end) : all;
}
