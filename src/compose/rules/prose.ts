/** Rules about own text: width, blanks, characters, what a mail program or a web page left in it (R8xx, R9xx, R11xx). */
import { isDisclaimer, isSentFrom } from "../boilerplate.ts";
import { columnAfter } from "../columns.ts";
import { type Edit, replaceLines, shiftLines } from "../edit.ts";
import { refill } from "../wrap.ts";
import type { Fix, Rule } from "./rule.ts";
import { type DraftSheet, inLine, type SheetLine, spans, wholeLines, writeLine } from "./sheet.ts";

/** R801: told above the first, warned above the second. */
const COLUMNS = { told: 76, warned: 80 };
/** R801: where prose is filled. */
const FILL = 72;
/** A line in the middle of a paragraph that is narrower looks forgotten. */
const RAGGED = 40;

/** Own lines that stand in a diff, in code or in a trailer: there every character counts. */
const isExact = ({ kind, text }: SheetLine): boolean =>
  kind === "diff" || kind === "trailers" || /^(?:\t| {4})/.test(text);

function refilled(sheet: DraftSheet, line: SheetLine): Fix | undefined {
  const at = line.number - sheet.bodyLine + 1;
  const edits = refill(sheet.draft.body, at, FILL);
  if ("refused" in edits || edits.length === 0) return undefined;
  return { title: "Refill the paragraph", edits: shiftLines(edits, sheet.bodyLine - 1) };
}

const replaceSpan = (line: number, from: number, to: number, text: string): Edit => ({
  ...inLine(line, from, to),
  text,
});

/** Own text and signature: what the person is answerable for. */
const written = ({ body }: DraftSheet): readonly SheetLine[] =>
  body.filter(({ role }) => role !== "cited" && role !== "attribution");

const WIDE_BLANKS = /[\u00a0\u2007\u202f\u00ad]+/g;
const INVISIBLE = /\u200b|\u200c|\u200d|\u2060|\ufeff/g;
const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;
/** A joiner between two parts of one emoji, or in a script that needs it, is no stray character. */
const isJoining = (text: string, at: number): boolean =>
  text[at] !== "\u200b" &&
  text[at] !== "\ufeff" &&
  /[^\u0000-\u024f]$/u.test(text.slice(0, at)) &&
  /^[^\u0000-\u024f]/u.test(text.slice(at + 1));
const TAGS = /<\/?(?:p|div|br|span|table|tr|td|html|body|blockquote)(?: [^<>]{0,200})?\/?>|&nbsp;/gi;
const CURLY = /[\u2018\u2019\u201c\u201d\u2013\u2014\u2026]/g;
const STRAIGHT: Readonly<Record<string, string>> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u2013": "-",
  "\u2014": "--",
  "\u2026": "...",
};
const straight = (text: string): string => text.replace(CURLY, (letter) => STRAIGHT[letter] ?? letter);
const FORGOTTEN =
  /\b(?:(?:please )?(?:find|see) (?:the )?attached|(?:I(?:'ve| have)?|we(?:'ve| have)?) attached (?:the|a|my|it|is|here)|attached (?:is|are|you(?:'ll| will)?|below|here|please|patch|file|log|config|dmesg)|(?:is|are) attached(?= ?(?:[.,:;!)]|$|below|here))|(?:see|in) (?:the )?attachments?)\b/i;

export const proseRules: readonly Rule[] = [
  {
    id: "L-PROSE-LONG",
    severity: "info",
    title: "A wide line",
    why: "Lists are read in terminals and cited with marks in front. Own prose is filled at 72 columns and never passes 80; code, logs, tables, links and trailers keep their width.",
    before:
      "a sentence that runs on and on, past the eightieth column, until the reader's terminal breaks it",
    after:
      "a sentence that runs on and on, past the eightieth column,\nuntil the reader's terminal breaks it",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        if (!line.prose || line.text.length <= COLUMNS.told / 2) continue;
        // R803: what cannot be broken is no prose, nor is a statement that was pasted without its indent.
        if (/\S{60}/.test(line.text.slice(0, 4000)) || /[;{}\\]\s*$/.test(line.text)) continue;
        const width = columnAfter(line.text.trimEnd());
        if (width <= COLUMNS.told) continue;
        tell(
          inLine(line.number, Math.min(FILL, line.text.length - 1), line.text.length),
          `This line has ${width} columns.`,
          {
            severity: width > COLUMNS.warned ? "warning" : "info",
            fix: refilled(sheet, line),
          },
        );
      }
    },
  },
  {
    id: "L-PROSE-RAGGED",
    severity: "hint",
    title: "A short line inside a paragraph",
    why: "A line that ends in the middle of a sentence was usually left behind by an edit.",
    before:
      "a first line that is as wide as usual in this text\nthen a short one\nand a third line that is as wide as the first",
    after:
      "a first line that is as wide as usual in this text then a short one\nand a third line that is as wide as the first",
    check: (sheet, tell) => {
      const { body } = sheet;
      body.forEach((line, at) => {
        const above = body[at - 1];
        const below = body[at + 1];
        if (!line.prose || above?.prose !== true || below?.prose !== true) return;
        if (columnAfter(line.text.trimEnd()) >= RAGGED || /[.:;!?,)]$/.test(line.text.trimEnd())) return;
        // The next paragraph of a list, a poem, a greeting: the line below must go on in this sentence.
        if (!/^[a-z]/.test(below.text) || columnAfter(above.text) < RAGGED) return;
        const fix = refilled(sheet, line);
        if (fix !== undefined)
          tell(wholeLines(sheet, line.number), "A short line inside a paragraph.", { fix });
      });
    },
  },
  {
    id: "L-TRAIL-WS",
    severity: "hint",
    title: "Blanks at the end of a line",
    why: "They are invisible, and show as red in every answer that is read in a diff viewer. They are taken off when the message is sent.",
    before: "text␠␠",
    after: "text",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        if (line.kind === "diff" || !/[ \t]$/.test(line.text)) continue;
        const end = line.text.trimEnd().length;
        tell(inLine(line.number, end, line.text.length), "Blanks at the end of the line.", {
          fix: {
            title: "Take them off",
            edits: [replaceSpan(line.number, end, line.text.length, "")],
            safe: true,
          },
        });
      }
    },
  },
  {
    id: "L-NBSP",
    severity: "info",
    title: "A blank that is none",
    why: "No-break spaces and soft hyphens come along from web pages. In code they break compilers, in trailers and addresses the tools that read them.",
    before: "if␠(x) with U+00A0 between",
    after: "if (x)",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        const found = spans(line.text, WIDE_BLANKS);
        if (found.length === 0) continue;
        const edits = found.map(([from, to, text]) =>
          replaceSpan(line.number, from, to, text.replaceAll("\u00ad", "").replace(/./g, " ")),
        );
        const [[from, to] = [0, 0]] = found;
        tell(inLine(line.number, from, to), "A no-break space or soft hyphen, not a blank.", {
          severity: isExact(line) || /\u00a0{2}/.test(line.text) ? "warning" : "info",
          fix: { title: "Replace by blanks", edits, safe: true },
        });
      }
    },
  },
  {
    id: "L-CURLY",
    severity: "warning",
    title: "Typographic characters in code",
    why: "Curly quotes and dashes are fine in prose. In code, a patch or a trailer a program put them where a program will not understand them.",
    before: "\tprintk(“hello”);",
    after: '\tprintk("hello");',
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        if (line.prose || !isExact(line)) continue;
        // An added line may well hold them on purpose: documentation, names.
        const found = spans(line.text, line.kind === "diff" ? /[\u2018\u201c\u201d]/g : CURLY);
        const [first] = found;
        if (first === undefined) continue;
        tell(
          inLine(line.number, first[0], first[1]),
          "A typographic character in code, a patch or a trailer.",
          {
            fix: {
              title: "Use plain characters",
              edits: [writeLine(sheet, line.number, straight(line.text))],
            },
          },
        );
      }
    },
  },
  {
    id: "L-BIDI",
    severity: "error",
    title: "Invisible characters",
    why: "Characters that turn the direction of text, or have no width, make a line read other than it is. They have been used to smuggle code past reviewers.",
    before: "a U+202E in the middle of a line",
    after: "the line without it",
    check: (sheet, tell) => {
      for (const line of written(sheet)) {
        const bidi = spans(line.text, BIDI);
        const hidden = spans(line.text, INVISIBLE).filter(([at]) => !isJoining(line.text, at));
        for (const [kind, found] of [
          ["error", bidi],
          ["warning", hidden],
        ] as const) {
          const [first] = found;
          if (first === undefined) continue;
          const edits = found.map(([from, to]) => replaceSpan(line.number, from, to, ""));
          const what = kind === "error" ? "turns the direction of text" : "has no width";
          const code = (line.text.codePointAt(first[0]) ?? 0).toString(16).toUpperCase().padStart(4, "0");
          tell(inLine(line.number, first[0], first[1]), `U+${code} ${what}.`, {
            severity: kind,
            fix: { title: "Delete it", edits, safe: true },
          });
        }
      }
    },
  },
  {
    id: "L-NON-UTF8",
    severity: "error",
    title: "Characters that were lost",
    why: "U+FFFD stands where a program could not read a character; half a surrogate pair cannot be sent at all.",
    before: "M\ufffdller",
    after: "Müller",
    check: (sheet, tell) => {
      for (const line of written(sheet)) {
        const [first] = spans(
          line.text,
          /\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
        );
        if (first === undefined) continue;
        tell(inLine(line.number, first[0], first[1]), "A character was lost here.");
      }
    },
  },
  {
    id: "L-HTML",
    severity: "error",
    title: "HTML in plain text",
    why: "Lists take plain text; tags are shown as they stand.",
    before: "<p>It&nbsp;works.</p>",
    after: "It works.",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        if (!line.prose) continue;
        // `<p>` in backquotes or quotes is spoken of, not meant.
        const found = spans(line.text, TAGS).filter(
          ([from, to]) => !/[`'"]/.test((line.text[from - 1] ?? "") + (line.text[to] ?? "")),
        );
        const [first] = found;
        if (first === undefined) continue;
        const plain = line.text
          .replace(TAGS, (tag) => (tag.startsWith("&") ? " " : ""))
          .replace(/&(lt|gt|amp|quot);/g, (_, name: string) => ENTITIES[name] ?? "");
        tell(inLine(line.number, first[0], first[1]), "HTML in a plain-text message.", {
          fix: { title: "Convert the line to text", edits: [writeLine(sheet, line.number, plain)] },
        });
      }
    },
  },
  {
    id: "L-DISCLAIMER",
    severity: "error",
    title: "A confidentiality notice",
    why: "Lists are public and archived for ever. Many maintainers do not answer mail that calls itself confidential, and some may not.",
    before: "This e-mail is confidential and intended solely for the addressee.",
    after: "(nothing)",
    check: (sheet, tell) => {
      const lines = written(sheet);
      for (let at = 0; at < lines.length; at++) {
        const line = lines[at] as SheetLine;
        const next = lines[at + 1];
        const goesOn = next !== undefined && next.number === line.number + 1 && !isDisclaimer(next.text);
        if (
          !isDisclaimer(line.text) &&
          !(goesOn && line.text !== "" && isDisclaimer(`${line.text} ${next.text}`))
        )
          continue;
        const follows = () => lines[at + 1]?.number === (lines[at] as SheetLine).number + 1;
        while (follows() && lines[at + 1]?.text.trim() !== "") at++;
        const end = (lines[at] as SheetLine).number;
        tell(wholeLines(sheet, line.number, end), "This calls a public message confidential.", {
          fix: { title: "Delete it", edits: [replaceLines(sheet.lines, line.number, end, [])] },
        });
      }
    },
  },
  {
    id: "L-SENT-FROM",
    severity: "info",
    title: "“Sent from my …”",
    why: "It says nothing to the reader.",
    before: "Sent from my telephone",
    after: "(nothing)",
    check: (sheet, tell) => {
      for (const line of written(sheet)) {
        if (!isSentFrom(line.text)) continue;
        tell(wholeLines(sheet, line.number), "A line that the mail program put here.", {
          fix: {
            title: "Delete it",
            edits: [replaceLines(sheet.lines, line.number, line.number, [])],
            safe: true,
          },
        });
      }
    },
  },
  {
    id: "L-MARKDOWN",
    severity: "hint",
    title: "Markdown in plain text",
    why: "Nothing renders it: stars and fences are shown as they stand.",
    before: "**Note** that\n```c\nint x;\n```",
    after: "Note that\n\n\tint x;",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        if (line.kind === "diff") continue;
        const [first] = spans(line.text, /^```\S*$|\*\*[A-Za-z][^*]{1,60}\*\*|^#{1,4} [A-Z][a-z]/g);
        if (first !== undefined)
          tell(inLine(line.number, first[0], first[1]), "Markdown is not rendered in mail.");
      }
    },
  },
  {
    id: "L-ATTACH-FORGOT",
    severity: "hint",
    title: "An attachment that is not there",
    why: "Drafts carry no attachments: patches and logs go inline, where they can be answered.",
    before: "Please find the log attached.",
    after: "The log:\n\n[    1.234567] clk: failed",
    check: (sheet, tell) => {
      for (const line of sheet.own) {
        const found = line.prose ? FORGOTTEN.exec(line.text.slice(0, 2000)) : null;
        if (found === null) continue;
        tell(
          inLine(line.number, found.index, found.index + found[0].length),
          "Nothing is attached to this message.",
        );
      }
    },
  },
];

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
