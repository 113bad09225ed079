import assert from "node:assert/strict";
import fc from "fast-check";
import { columnAfter } from "../../../src/compose/columns.ts";
import { applyEdits } from "../../../src/compose/edit.ts";
import { refill, wrapLine } from "../../../src/compose/wrap.ts";

/** The text after filling the paragraph at `line`; what it is, when it is no prose. */
function filled(text: string, line = 1, columns = 72): string {
  const result = refill(text, line, columns);
  return "refused" in result ? result.refused : applyEdits(text, result);
}

const fills =
  (text: string, expected: string, line = 1) =>
  () => {
    const once = filled(text, line);
    assert.equal(once, expected);
    assert.equal(filled(once, line), once, "G72: refill twice is refill once");
  };
const refuses =
  (text: string, what: string, line = 1) =>
  () => {
    assert.equal(filled(text, line), what);
    assert.deepEqual(wrapLine(text, line, 72), [], "nor as one types");
  };

/** Words of four letters and a blank, to so many columns. */
const words = (columns: number): string =>
  "word "
    .repeat(Math.ceil(columns / 5))
    .slice(0, columns)
    .trimEnd();
const URL = `https://lore.kernel.org/r/${"x".repeat(64)}`;

describe("columns", () => {
  const is =
    (text: string, columns: number, from = 0) =>
    () =>
      assert.equal(columnAfter(text, from), columns);
  it("R802 counts a tab to the next multiple of 8", is("a\tb", 9));
  it("R802 counts ideographs twice", is("漢字かな", 8));
  it("R802 counts combining marks as nothing", is("e\u0301a", 2));
  it("R802 counts emoji twice", is("🙂", 2));
  it("R802 counts from where it stands", is("\t", 8, 7));
});

describe("refill", () => {
  it("G58 breaks a long sentence at the last blank", fills(words(100), `${words(69)}\n${words(29)}`));
  it("G59 hangs the text of a list's item", fills(`- ${words(90)}`, `- ${words(69)}\n  ${words(19)}`));
  it("G60 hangs it below any marker", fills(`  10) ${words(90)}`, `  10) ${words(64)}\n      ${words(24)}`));
  it(
    "G61 sets a long URL on a line of its own",
    fills(`${words(59)} ${URL} after`, `${words(59)}\n${URL}\nafter`),
  );
  it("G62 keeps a footnote", refuses(`[1] https://lore.kernel.org/r/${"x".repeat(70)}`, "a footnote"));
  it(
    "G63 keeps a trailer",
    refuses(
      'Fixes: 0123456789ab ("clk: a very long subject that runs past the usual limit of columns")',
      "a trailer",
    ),
  );
  it(
    "G64 keeps a log",
    refuses("[   12.345678] clk: something failed with a long message over eighty columns in total", "a log"),
  );
  it("G65 keeps a stack trace", refuses(` ? clk_core_get+0x1a/0x90 ${words(60)}`, "a stack trace"));
  const row = `${words(30)}    ${words(20)}    ${words(30)}`;
  it("G66 keeps a table", refuses([row, row, row].join("\n"), "a table", 2));
  it(
    "R803 keeps a table of two columns",
    refuses(
      ["gcc 8:   ", "gcc 10:  ", "clang:   "].map((name) => `${name}${words(80)}`).join("\n"),
      "a table",
      3,
    ),
  );
  it("R803 keeps a table with bars", refuses(`| a | ${words(80)} |\n| b | ${words(80)} |`, "a table"));
  it(
    "G67 keeps an own diff",
    refuses(`diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n+\t${words(110)}`, "a diff", 5),
  );
  it("R803 keeps code", refuses(`\tif (${words(90)})`, "code"));
  it("R803 keeps what is fenced", refuses(`\`\`\`\n${words(90)}\n\`\`\``, "code", 2));
  it("R803 keeps a command", refuses(`$ make ${words(90)}`, "a command"));
  it("R803 keeps a drawing", refuses(`+---${"-".repeat(90)}--- foo ---+`, "a drawing"));
  it("R803 keeps a command to a robot", refuses(`#syz test: ${words(90)}`, "a command to a robot"));
  it(
    "R503 keeps the attribution",
    refuses(`On Mon, Nov 16, 2026 at 09:15:42 +0100, ${words(60)} wrote:\n> a`, "an attribution"),
  );
  it("R803 keeps the signature", refuses(`Yes.\n\n-- \n${words(90)}`, "a signature", 4));
  it(
    "G69 begins no line with From",
    fills(`${words(69)} From the start`, `${words(64)}\nword From the start`),
  );
  it(
    "G70 begins no line with a mark",
    fills(`${words(64)} wordwor > start`, `${words(64)}\nwordwor > start`),
  );
  it(
    "G70 begins no line with a dash",
    fills(`${words(64)} wordwor - start`, `${words(64)}\nwordwor - start`),
  );
  it(
    "R807 begins no line with what is a list's marker",
    fills(`${words(64)} wordwor 12. start`, `${words(64)}\nwordwor 12. start`),
  );
  it(
    "R807 makes no trailer",
    fills(`${words(69)} Fixes: 0123456789ab`, `${words(64)}\nword Fixes: 0123456789ab`),
  );
  it("G71 breaks between ideographs", fills("漢".repeat(40), `${"漢".repeat(36)}\n${"漢".repeat(4)}`));
  it(
    "R802 begins no line with a closing mark",
    fills(`${"漢".repeat(36)}。字`, `${"漢".repeat(35)}\n漢。字`),
  );
  it(
    "G73 keeps two paragraphs two",
    fills(`${words(40)}\n\n${words(100)}`, `${words(40)}\n\n${words(69)}\n${words(29)}`, 3),
  );
  it("G74 keeps two blanks inside a line", fills("word  Next sentence.", "word  Next sentence."));
  it("R804 keeps items apart", fills("- one\n- two", "- one\n- two"));
  it("R804 joins an item's own lines", fills("- one\n  and more\n- two", "- one and more\n- two"));
  it("R805 joins short lines of a paragraph", fills("one\ntwo\nthree", "one two three"));
  it("R805 keeps paragraphs of other indents apart", fills("one\n  two", "one\n  two"));
  it(
    "R606 fills a cited paragraph behind its own marks",
    fills(`> ${words(60)}\n> ${words(60)}`, `> ${words(69)}\n> ${words(50)}`),
  );
  it("R606 keeps the marks exactly", fills(`>> ${words(80)}`, `>> ${words(69)}\n>> ${words(10)}`));
  it("R606 does not join other depths", fills("> a\n> > b\n> c", "> a\n> > b\n> c"));
  it(
    "R606 refuses a cited diff",
    refuses("> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b", "a diff", 6),
  );
  it(
    "R606 refuses cited trailers",
    refuses(`> text\n>\n> Reviewed-by: ${words(50)} <a@x.example>`, "a trailer", 3),
  );
  it("R806 takes the blank at a break away", fills(`${words(69)}  ${words(9)}`, `${words(69)}\n${words(9)}`));
});

describe("wrapLine", () => {
  const wraps =
    (text: string, expected: string, line = 1) =>
    () =>
      assert.equal(applyEdits(text, wrapLine(text, line, 72)), expected);
  it(
    "R801 breaks the line and joins nothing",
    wraps(`${words(100)}\nshort`, `${words(69)}\n${words(29)}\nshort`),
  );
  it(
    "breaks the second line of an item behind its indent",
    wraps(`- a\n  ${words(90)}`, `- a\n  ${words(69)}\n  ${words(19)}`, 2),
  );
  it("G68 leaves a cited line alone", wraps(`> ${words(110)}`, `> ${words(110)}`));
  it("leaves a short line alone", wraps("a  b\nc", "a  b\nc"));
  it("leaves a line alone that has no blank", wraps("x".repeat(90), "x".repeat(90)));
  it("is linear in a line of a megabyte", () => {
    const started = performance.now();
    wrapLine("word ".repeat(200_000), 1, 72);
    assert.ok(performance.now() - started < 5000);
  });
});

describe("any own text", () => {
  const word = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.string({
        unit: fc.constantFrom(..."abcdefghijklé漢字か。."),
        minLength: 1,
        maxLength: 14,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(">", "-", "--", "1.", "From", "#1", "[1]", "diff", "@@", "Fixes:", "x  y"),
    },
  );
  const line = fc
    .tuple(fc.constantFrom("", "", "", "- ", "  ", "1. "), fc.array(word, { minLength: 1, maxLength: 20 }))
    .map(([lead, all]) => `${lead}w${all.join(" ")}`);
  const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join("\n"));
  const bare = (written: string): string => written.replace(/[ \t\n]+/g, "");
  it("R806 changes nothing but blanks, and G72 nothing the second time", () => {
    fc.assert(
      fc.property(text, (before) => {
        const result = refill(before, 1, 30);
        if ("refused" in result) return;
        const after = applyEdits(before, result);
        assert.equal(bare(after), bare(before));
        for (const edit of result) assert.match(edit.text, /^(?:\n *| |)$/);
        assert.equal(filled(after, 1, 30), after);
      }),
      { numRuns: 500 },
    );
  });
});
