/** Rules about cited lines: they are as they were said, and nothing of a mail program is among them (R6xx, R70x). */

import { isGapMark } from "../../mail/diff.ts";
import { readMarks } from "../../mail/marks.ts";
import { readTrailer } from "../../mail/trailers.ts";
import { isBanner, isDisclaimer } from "../boilerplate.ts";
import { citeLine, comparable, styleOf } from "../citing.ts";
import { columnAfter } from "../columns.ts";
import { replaceLines } from "../edit.ts";
import type { Rule } from "./rule.ts";
import { type DraftSheet, type Parent, type SheetLine, wholeLines, writeLine } from "./sheet.ts";

/** A cited line as it is looked up in the parent: one mark less. */
const keyOf = (line: SheetLine): string => comparable(line.text).slice(1);

/** Where cited lines stand in the parent, as far as they do; walks along, so that a line said twice finds its place. */
function alignCited({ cited }: DraftSheet, parent: Parent): Map<SheetLine, number> {
  const places = new Map<SheetLine, number>();
  let next = 0;
  for (const line of cited) {
    const found = line.empty ? undefined : parent.byText.get(keyOf(line));
    if (found === undefined) continue;
    const at = found.find((place) => place >= next) ?? (found[0] as number);
    places.set(line, at);
    next = at + 1;
  }
  return places;
}

/** How much of the longer text two texts share at their two ends, 0 to 1. */
function likeness(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let start = 0;
  while (start < length && a[start] === b[start]) start++;
  let end = 0;
  while (end < length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return (start + end) / Math.max(a.length, b.length, 1);
}

/** As like as this is the same line, changed. */
const CLOSE = 0.6;
/** Lines of the parent looked at on both sides of where a line should stand. */
const NEAR = 2;

/** Cited lines of the draft that stand nowhere in the parent, with the parent's line (from 0) that each was. */
function editedLines(sheet: DraftSheet, parent: Parent): { line: SheetLine; was: number }[] {
  const { cited } = sheet;
  const places = alignCited(sheet, parent);
  const taken = new Set(places.values());
  const edited: { line: SheetLine; was: number }[] = [];
  cited.forEach((line, at) => {
    if (line.empty || places.has(line) || isGapMark(line.content)) return;
    const above = places.get(cited[at - 1] as SheetLine);
    const below = places.get(cited[at + 1] as SheetLine);
    const near = new Set<number>();
    for (let step = 1; step <= NEAR; step++) {
      if (above !== undefined) near.add(above + step);
      if (below !== undefined) near.add(below - step);
    }
    const key = keyOf(line);
    let best: { was: number; alike: number } | undefined;
    for (const was of near) {
      const text = parent.lines[was];
      if (text === undefined || taken.has(was)) continue;
      const alike = likeness(comparable(text), key);
      if (alike >= CLOSE && alike > (best?.alike ?? 0)) best = { was, alike };
    }
    if (best !== undefined && !parent.says(key)) edited.push({ line, was: best.was });
  });
  return edited;
}

/** The lines of the parent that a cited line and the own-looking one below it were together. */
function brokenLine(parent: Parent, above: SheetLine, below: SheetLine): string | undefined {
  const [place] = parent.byText.get(comparable(`${above.text} ${below.text}`).slice(1)) ?? [];
  if (place !== undefined) return parent.lines[place];
  const [tight] = parent.byText.get(comparable(`${above.text}${below.text}`).slice(1)) ?? [];
  return tight === undefined ? undefined : parent.lines[tight];
}

/** Own text that a mail program wrapped off a cited line is longer than this; `OK` after `>` is an answer. */
const LEAST_BROKEN = 2;

/** Consecutive lines of the body that fit. */
function groups(lines: readonly SheetLine[]): SheetLine[][] {
  const found: SheetLine[][] = [];
  for (const line of lines) {
    const open = found.at(-1);
    if (open?.at(-1)?.number === line.number - 1) open.push(line);
    else found.push([line]);
  }
  return found;
}

/** Blanks in the place of tabs: the line of the parent with the tabs, when that is the only difference. */
function tabbed(parent: Parent, line: SheetLine): string | undefined {
  if (line.text.includes("\t") || !/ {2}/.test(line.content)) return undefined;
  const said = (parent.byText.get(keyOf(line)) ?? []).map((at) => parent.lines[at] ?? "");
  // Two lines of the parent may differ in their blanks alone.
  if (said.some((was) => citeLine(was, styleOf(line.text)) === line.text)) return undefined;
  const width = columnAfter(line.content);
  return said.find((was) => was.includes("\t") && Math.abs(columnAfter(unmarked(was)) - width) <= LEAST_TAB);
}

/** A tab that became fewer blanks than this was none: a mailer put a blank or two before the line (R901). */
const LEAST_TAB = 3;

const unmarked = (line: string): string => line.slice(readMarks(line).length);

/** How the header blocks begin that some mailers set above cited text. */
const HEADER_BLOCK = /^(?:-{3,}|[A-Z][\w-]{1,15}: )/;

export const citedRules: readonly Rule[] = [
  {
    id: "L-QUOTE-EDITED",
    severity: "warning",
    title: "A cited line was changed",
    why: "Cited text is what the other person said. Changing it, even by accident, puts words into their mouth.",
    before: "(they wrote: ret = 0)\n> ret = 1",
    after: "> ret = 0",
    check: (sheet, tell) => {
      const { parent } = sheet;
      if (parent === undefined) return;
      for (const { line, was } of editedLines(sheet, parent)) {
        const text = citeLine(parent.lines[was] ?? "", styleOf(line.text));
        tell(wholeLines(sheet, line.number), "This cited line is not as it was said.", {
          fix: { title: "Restore it", edits: [writeLine(sheet, line.number, text)] },
        });
      }
    },
  },
  {
    id: "L-QUOTE-BROKEN",
    severity: "warning",
    title: "A cited line lost its second half",
    why: "A mail program wrapped a cited line, and its rest now looks like your own words.",
    before: "> a long line that some mail\nprogram has wrapped",
    after: "> a long line that some mail program has wrapped",
    check: (sheet, tell) => {
      const { parent, body, lines } = sheet;
      if (parent === undefined) return;
      body.forEach((line, at) => {
        const above = body[at - 1];
        if (line.role !== "own" || above?.role !== "cited" || above.empty) return;
        if (line.text.trim().length < LEAST_BROKEN) return;
        const whole = brokenLine(parent, above, line);
        if (whole === undefined) return;
        tell(wholeLines(sheet, line.number), "This is the rest of the cited line above.", {
          fix: {
            title: "Restore the cited line",
            edits: [replaceLines(lines, above.number, line.number, [citeLine(whole, styleOf(above.text))])],
          },
        });
      });
    },
  },
  {
    id: "L-TAB-LOST",
    severity: "warning",
    title: "Tabs of a cited patch became blanks",
    why: "People apply changes out of replies. A patch whose tabs are gone does not apply.",
    before: "> +        if (x)",
    after: "> +\tif (x)",
    check: (sheet, tell) => {
      const { parent } = sheet;
      if (parent === undefined) return;
      const was = new Map<SheetLine, string>();
      for (const line of sheet.cited) {
        const before = line.kind === "diff" ? tabbed(parent, line) : undefined;
        if (before !== undefined) was.set(line, before);
      }
      // A mailer that does it does it to all lines: one remark for each run of them.
      for (const group of groups([...was.keys()])) {
        const [first] = group;
        const last = group.at(-1);
        if (first === undefined || last === undefined) continue;
        const edits = group.map((line) =>
          writeLine(sheet, line.number, citeLine(was.get(line) ?? "", styleOf(line.text))),
        );
        tell(wholeLines(sheet, first.number, last.number), "Tabs of the cited patch became blanks.", {
          fix: { title: "Restore the tabs", edits, safe: true },
        });
      }
    },
  },
  {
    id: "L-QUOTED-SIG",
    severity: "info",
    title: "A cited signature",
    why: "Nobody answers a signature.",
    before: "> Does it build?\n> -- \n> Bob",
    after: "> Does it build?",
    check: (sheet, tell) => {
      const signature = sheet.cited.filter(({ kind }) => kind === "signature");
      for (const group of groups(signature)) {
        const [first] = group;
        const last = group.at(-1);
        if (first === undefined || last === undefined) continue;
        tell(wholeLines(sheet, first.number, last.number), "A signature is cited here.", {
          fix: {
            title: "Delete it",
            edits: [replaceLines(sheet.lines, first.number, last.number, [])],
            safe: true,
          },
        });
      }
    },
  },
  {
    id: "L-BANNER",
    severity: "info",
    title: "A cited banner or footer",
    why: "Warnings of a company's mail gateway, disclaimers and list footers are not what is answered.",
    before: "> [EXTERNAL] Be careful with links.\n> Does it build?",
    after: "> Does it build?",
    check: (sheet, tell) => {
      const boilerplate = sheet.cited.filter(
        ({ kind, content, empty }) =>
          kind === "footer" || (!empty && kind !== "diff" && (isBanner(content) || isDisclaimer(content))),
      );
      for (const group of groups(boilerplate)) {
        const [first] = group;
        const last = group.at(-1);
        if (first === undefined || last === undefined) continue;
        tell(wholeLines(sheet, first.number, last.number), "A banner or footer is cited here.", {
          fix: {
            title: "Delete it",
            edits: [replaceLines(sheet.lines, first.number, last.number, [])],
            safe: true,
          },
        });
      }
    },
  },
  {
    id: "L-ORPHAN-ATTR",
    severity: "warning",
    title: "An attribution of nothing",
    why: "“On …, Carol wrote:” stands above no line of Carol's any more: whose are the lines below?",
    before: "> > On Sun, Nov 15, 2026, Carol wrote:\n> I agree.",
    after: "> I agree.",
    check: (sheet, tell) => {
      const { body, parent, lines } = sheet;
      for (let at = 0; at < body.length; at++) {
        const line = body[at];
        if (line?.role !== "cited" || line.kind !== "attribution") continue;
        const start = at;
        while (body[at + 1]?.kind === "attribution" && body[at + 1]?.depth === line.depth) at++;
        // A mailer's header block introduces what stands below it at the same depth.
        if (!/[:：]\s*$/.test(body[at]?.content ?? "") || HEADER_BLOCK.test(line.content)) continue;
        if (!introducesNothing(body, at, line.depth) || isOrphanInParent(parent, body[at] as SheetLine))
          continue;
        const [first, last] = [body[start] as SheetLine, body[at] as SheetLine];
        tell(
          wholeLines(sheet, first.number, last.number),
          "None of the lines that this introduces is left.",
          {
            fix: {
              title: "Delete it",
              edits: [replaceLines(lines, first.number, last.number, [])],
              safe: true,
            },
          },
        );
      }
    },
  },
  {
    id: "L-TRAILER-QUOTED",
    severity: "info",
    title: "A trailer inside cited text",
    why: "Tools collect trailers from own lines only. One that is typed behind `>` counts for nobody.",
    before: "> Reviewed-by: Ada Reviewer <ada@example.org>",
    after: "\nReviewed-by: Ada Reviewer <ada@example.org>",
    check: (sheet, tell) => {
      const { parent, draft } = sheet;
      const own = draft.from.address.toLowerCase();
      for (const line of sheet.cited) {
        if (line.depth !== 1 || own === "" || !line.text.toLowerCase().includes(own)) continue;
        const trailer = readTrailer(line.content);
        if (trailer?.mailbox === undefined || trailer.mailbox.address.toLowerCase() !== own) continue;
        if (parent === undefined || parent.byText.has(keyOf(line))) continue;
        tell(wholeLines(sheet, line.number), "This trailer stands in cited text and does not count.", {
          fix: { title: "Make it your own line", edits: [writeLine(sheet, line.number, line.content)] },
        });
      }
    },
  },
];

/** Nothing deeper stands below an attribution of that depth before its cited text ends. */
function introducesNothing(body: readonly SheetLine[], last: number, depth: number): boolean {
  for (let at = last + 1; at < body.length; at++) {
    const line = body[at];
    if (line === undefined || line.empty || line.role === "blank") continue;
    if (line.role === "mark" || isGapMark(line.content)) continue;
    return line.role !== "cited" || line.depth <= depth;
  }
  return true;
}

/** The parent's own attribution introduced nothing deeper either: its writer's mail program marks no cited text. */
function isOrphanInParent(parent: Parent | undefined, line: SheetLine): boolean {
  if (parent === undefined) return false;
  for (const at of parent.byText.get(keyOf(line)) ?? []) {
    const depth = readMarks(parent.lines[at] ?? "").depth;
    let below = at + 1;
    while (below < parent.lines.length && comparable(parent.lines[below] ?? "").replace(/^>+/, "") === "")
      below++;
    if (readMarks(parent.lines[below] ?? "").depth <= depth) return true;
  }
  return false;
}
