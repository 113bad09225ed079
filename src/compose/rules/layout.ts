/** Rules about the order of parts: attribution, cited text, own text, signature (R5xx, R75x, R11xx). */
import { attributionOf } from "../attribution.ts";
import { replaceLines } from "../edit.ts";
import { authorsOf } from "../recipients.ts";
import { isGreeting } from "../replySheet.ts";
import type { Rule } from "./rule.ts";
import { type DraftSheet, inLine, type SheetLine, wholeLines, writeLine } from "./sheet.ts";

/** Own text of a line; a greeting, or a name below the text, is none. */
const says = (line: SheetLine): boolean =>
  !isGreeting(line.text) && !/^(?:[-–—]{1,2} ?)?\p{L}{1,20}$/u.test(line.text.trim());

/** Where the first cited text begins: its attribution, else its first line. Indexes of the body. */
function firstCited({ body, runs }: DraftSheet): { start: number; first: number } | undefined {
  const [run] = runs;
  if (run === undefined) return undefined;
  let start = run.first;
  while (body[start - 1]?.role === "blank" || body[start - 1]?.role === "attribution") start--;
  while (start < run.first && body[start]?.role === "blank") start++;
  return { start, first: run.first };
}

const citedCount = ({ cited }: DraftSheet): number => cited.filter(({ empty }) => !empty).length;
/** Fewer cited lines than this above or below matter to nobody. */
const LEAST_CITED = 5;

export const layoutRules: readonly Rule[] = [
  {
    id: "L-TOP-POST",
    severity: "error",
    title: "Answer above the cited text",
    why: "People read down: first what was said, then the answer to it. An answer on top of the whole message sends them to look for what it is about, and is what lists complain about most.",
    before:
      "Yes, it does.\n\nOn Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n> Does it build with W=1?",
    after: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n> Does it build with W=1?\n\nYes, it does.",
    check: (sheet, tell) => {
      const { body, own, lines, bodyLine } = sheet;
      const cited = firstCited(sheet);
      if (cited === undefined || citedCount(sheet) < LEAST_CITED) return;
      const above = own.filter((line) => line.number - bodyLine < cited.start && says(line));
      const below = own.some((line) => line.number - bodyLine > cited.first);
      if (above.length === 0 || below) return;
      const [first] = own;
      const last = above.at(-1);
      if (first === undefined || last === undefined) return;
      let end = body.length;
      while (end > 0 && body[end - 1]?.role !== "cited") end--;
      const moved = lines.slice(first.number - 1, bodyLine + cited.start - 1);
      while (moved.at(-1)?.trim() === "") moved.pop();
      const edits = [
        replaceLines(lines, first.number, bodyLine + cited.start - 1, []),
        replaceLines(lines, bodyLine + end, bodyLine + end - 1, ["", ...moved]),
      ];
      tell(
        wholeLines(sheet, above[0]?.number ?? first.number, last.number),
        "The answer stands above what it answers.",
        {
          fix: { title: "Move it below the cited text", edits },
        },
      );
    },
  },
  {
    id: "L-NO-OWN",
    severity: "error",
    title: "Nothing of your own",
    why: "A message that only cites says nothing new to anybody.",
    before: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n> Does it build with W=1?",
    after: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n> Does it build with W=1?\n\nYes, it does.",
    check: (sheet, tell) => {
      if (sheet.own.some((line) => !isGreeting(line.text))) return;
      const line = Math.min(sheet.bodyLine, sheet.lines.length);
      tell(wholeLines(sheet, line), "The message holds no text of your own.");
    },
  },
  {
    id: "L-NO-ATTR",
    severity: "info",
    title: "Cited text of nobody",
    why: "Without “On …, Bob wrote:” readers of one message alone do not know whose words are cited.",
    before: "> Does it build with W=1?\n\nYes.",
    after: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n> Does it build with W=1?\n\nYes.",
    check: (sheet, tell) => {
      const { body, runs, parent, lines, lists, attribution } = sheet;
      const [run] = runs;
      const first = run === undefined ? undefined : body[run.first];
      if (first === undefined || body.some(({ role }) => role === "attribution")) return;
      // The author may be named in the first cited line: somebody else's attribution, cited along.
      if (body.slice(0, (run?.first ?? 0) + 1).some(({ kind }) => kind === "attribution")) return;
      const [author] = parent === undefined ? [] : authorsOf(parent.message, [...lists]);
      const fix =
        parent !== undefined && author !== undefined
          ? {
              title: "Insert the attribution",
              edits: [
                replaceLines(lines, first.number, first.number - 1, [
                  attributionOf(parent.message, author, attribution),
                ]),
              ],
              safe: true,
            }
          : undefined;
      tell(wholeLines(sheet, first.number), "Nothing says whose words are cited here.", { fix });
    },
  },
  {
    id: "L-ATTR-WRAPPED",
    severity: "info",
    title: "An attribution over several lines",
    why: "Programs tell who said what by this line, and many look at one line only.",
    before: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B\n<bob@example.org> wrote:\n> x",
    after: "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B <bob@example.org> wrote:\n> x",
    check: (sheet, tell) => {
      const { body, lines } = sheet;
      for (let at = 0; at < body.length; at++) {
        if (body[at]?.role !== "attribution") continue;
        const start = at;
        while (body[at + 1]?.role === "attribution") at++;
        // A header block, as Outlook sets it, is no line that was wrapped.
        if (at === start || at - start > 2 || /^[A-Z][\w-]{1,15}: /.test(body[start]?.text ?? "")) continue;
        const [first, last] = [body[start] as SheetLine, body[at] as SheetLine];
        const joined = body
          .slice(start, at + 1)
          .map(({ text }) => text.trim())
          .join(" ");
        tell(wholeLines(sheet, first.number, last.number), "The attribution stands on several lines.", {
          fix: {
            title: "Join it",
            edits: [replaceLines(lines, first.number, last.number, [joined])],
            safe: true,
          },
        });
      }
    },
  },
  {
    id: "L-NO-BLANK",
    severity: "hint",
    title: "No blank line round an answer",
    why: "A blank line on both sides makes answers stand out between cited lines.",
    before: "> Does it build with W=1?\nYes.\n> And with clang?",
    after: "> Does it build with W=1?\n\nYes.\n\n> And with clang?",
    check: (sheet, tell) => {
      sheet.body.forEach((line, at) => {
        const above = sheet.body[at - 1];
        const meets =
          (line.role === "own" && above?.role === "cited") ||
          (line.role === "cited" && above?.role === "own");
        if (!meets || above === undefined) return;
        tell(wholeLines(sheet, line.number), "A blank line is missing between cited and own text.", {
          fix: {
            title: "Insert a blank line",
            edits: [replaceLines(sheet.lines, line.number, line.number - 1, [""])],
            safe: true,
          },
        });
      });
    },
  },
  {
    id: "L-SIG-LONG",
    severity: "info",
    title: "A long signature",
    why: "Four lines are the custom: a signature is repeated in every message, for every reader.",
    before: "-- \nAda Reviewer\nKernel Team\nExample Ltd.\nSome Street 1\nSome Town\n+1 555 0100",
    after: "-- \nAda Reviewer, Example Ltd.",
    check: (sheet, tell) => {
      const { body, bodyLine } = sheet;
      const tail = body.filter(({ role, kind }) => role === "tail" && kind === "signature");
      const [first] = tail;
      const last = tail.at(-1);
      if (first === undefined || last === undefined) return;
      const place = wholeLines(sheet, first.number, last.number);
      const citedBelow = body.slice(last.number - bodyLine + 1).some(({ role }) => role === "cited");
      if (citedBelow) tell(place, "The signature stands above the cited text.", { severity: "warning" });
      else if (tail.length > 5)
        tell(place, `The signature has ${tail.length - 1} lines; four are the custom.`);
    },
  },
  {
    id: "L-SIG-DASH",
    severity: "info",
    title: "A signature mark without its blank",
    why: "Programs fold and drop what stands below “-- ”, two dashes and a blank. Without the blank the signature is text, and is cited in every answer.",
    before: "--\nAda",
    after: "-- \nAda",
    check: (sheet, tell) => {
      for (const line of sheet.body) {
        if (line.role !== "tail" || line.kind !== "signature" || line.text !== "--") continue;
        tell(inLine(line.number, 0, 2), "The signature mark is two dashes and a blank.", {
          fix: { title: "Write “-- ”", edits: [writeLine(sheet, line.number, "-- ")], safe: true },
        });
      }
    },
  },
];
