/** Rules about how much is cited (R704 to R708). */
import { comparable } from "../citing.ts";
import { shiftLines } from "../edit.ts";
import { trimDeep } from "../trim.ts";
import type { Fix, Rule } from "./rule.ts";
import { type DraftSheet, type Parent, type SheetLine, wholeLines } from "./sheet.ts";

const trimmed = (sheet: DraftSheet): Fix => ({
  title: "Trim to replies",
  edits: [...sheet.trimmed()],
});

const written = (lines: readonly SheetLine[]): SheetLine[] => lines.filter(({ empty }) => !empty);

/** How much of the parent, in per cent of its written lines, is still cited. */
function keptOf({ byText, lines }: Parent, cited: readonly SheetLine[]): number {
  const all = lines.filter((line) => line.trim() !== "").length;
  const left = new Map([...byText].map(([text, places]) => [text, places.length]));
  let kept = 0;
  for (const { text } of cited) {
    const key = comparable(text).slice(1);
    const count = left.get(key) ?? 0;
    if (count === 0 || key === "") continue;
    left.set(key, count - 1);
    kept++;
  }
  return all === 0 ? 0 : (kept * 100) / all;
}

/** Cited lines below the last own one: first and last of them, as lines of the draft. */
function trailing({ body, hasAnswer }: DraftSheet): { lines: SheetLine[] } {
  if (!hasAnswer) return { lines: [] };
  const lastOwn = body.findLastIndex(({ role }) => role === "own");
  return { lines: body.slice(lastOwn + 1).filter(({ role }) => role === "cited") };
}

export const volumeRules: readonly Rule[] = [
  {
    id: "L-TRAILING-QUOTE",
    severity: "warning",
    title: "Cited text below the last answer",
    why: "Nobody answers it, and everybody has to scroll through it to be sure. It is left out when the message is sent; the preview says how much.",
    before: "> first question\n\nYes.\n\n> and twenty\n> more lines",
    after: "> first question\n\nYes.",
    check: (sheet, tell) => {
      const { lines } = trailing(sheet);
      const [first] = lines;
      const last = lines.at(-1);
      if (first === undefined || last === undefined || lines.length <= 3) return;
      const edits = sheet.trimmed().filter(({ endLine }) => endLine >= first.number);
      tell(
        wholeLines(sheet, first.number, last.number),
        `${lines.length} cited lines stand below the last answer; they are not sent.`,
        { fix: { title: "Trim them", edits, safe: true } },
      );
    },
  },
  {
    id: "L-FULL-QUOTE",
    severity: "info",
    title: "The whole message cited for a short answer",
    why: "Cite what you answer and cut the rest: a reader of this message alone should see at once what it is about.",
    before: "> eighty lines of a patch\n\nLooks good.",
    after: "> clk: fix foo\n> [...]\n\nLooks good.",
    check: (sheet, tell) => {
      const { parent, own, cited } = sheet;
      if (parent === undefined || own.length === 0 || own.length > 10) return;
      const length = parent.lines.length;
      if (length < 40 || cited.length < 38 || keptOf(parent, cited) < 95) return;
      const [first] = cited;
      const last = cited.at(-1);
      if (first === undefined || last === undefined) return;
      tell(
        wholeLines(sheet, first.number),
        `All ${length} lines of the message are cited for ${own.length} of your own.`,
        { severity: length >= 80 && own.length <= 6 ? "warning" : "info", fix: trimmed(sheet) },
      );
    },
  },
  {
    id: "L-QUOTE-RATIO",
    severity: "info",
    title: "Nearly everything is cited",
    why: "Where more than nine of ten lines are somebody else's, the answer is hard to find.",
    before: "> a hundred lines\n\nOK.",
    after: "> the line that is meant\n\nOK.",
    check: (sheet, tell) => {
      const cited = written(sheet.cited);
      const { own } = sheet;
      const [first] = cited;
      if (first === undefined || own.length === 0 || cited.length < 60) return;
      const share = (cited.length * 100) / (cited.length + own.length);
      if (share <= 90) return;
      tell(
        wholeLines(sheet, first.number),
        `${Math.floor(share)} % of this message is cited: ${cited.length} lines for ${own.length} of your own.`,
        { severity: share > 95 && cited.length >= 100 ? "warning" : "info", fix: trimmed(sheet) },
      );
    },
  },
  {
    id: "L-LONG-BLOCK",
    severity: "info",
    title: "Much cited text above one answer",
    why: "The answer belongs to its last lines; what is far above can be cut, with a mark in its place.",
    before: "> sixty lines\n> that lead up to\n> the one that matters\n\nWhy?",
    after: "> [...]\n> the one that matters\n\nWhy?",
    check: (sheet, tell) => {
      for (const run of sheet.runs) {
        if (!run.answered) continue;
        const count = written(sheet.body.slice(run.first, run.last + 1)).length;
        const first = sheet.body[run.first];
        if (count <= 60 || first === undefined) continue;
        tell(wholeLines(sheet, first.number), `${count} cited lines stand above one answer.`, {
          severity: count > 100 ? "warning" : "info",
          fix: trimmed(sheet),
        });
      }
    },
  },
  {
    id: "L-DEEP-QUOTE",
    severity: "info",
    title: "Deep cited text",
    why: "What was said four answers ago is in the archive; here it hides what is answered now.",
    before: "> > > > nobody\n> > > > remembers\n> this is answered\n\nYes.",
    after: "> this is answered\n\nYes.",
    check: (sheet, tell) => {
      const deepest = sheet.cited.reduce<SheetLine | undefined>(
        (deep, line) => (line.empty || line.depth <= (deep?.depth ?? 0) ? deep : line),
        undefined,
      );
      if (deepest === undefined || deepest.depth < 4) return;
      const edits = shiftLines(trimDeep(sheet.draft.body), sheet.bodyLine - 1);
      tell(wholeLines(sheet, deepest.number), `Text cited ${deepest.depth} times over is kept.`, {
        severity: deepest.depth >= 6 ? "warning" : "info",
        ...(edits.length > 0 ? { fix: { title: "Trim deep cited text", edits } } : {}),
      });
    },
  },
];
