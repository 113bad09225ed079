/** format=flowed: text in, lines and paragraphs out. `␠` is a blank, `⏎` a line end, `⇥` a tab. */
import assert from "node:assert/strict";
import { joinFlowed, undoFlow } from "../../../src/mail/flowed.ts";

const real = (text: string): string => text.replaceAll("␠", " ").replaceAll("⏎", "\n").replaceAll("⇥", "\t");
const lines = (text: string, ...expected: string[]): void =>
  assert.deepEqual(undoFlow(real(text)).lines, expected.map(real));
function paragraphs(text: string, expected: string[], delSp = false): void {
  const { lines: physical, flowedLines } = undoFlow(real(text));
  assert.deepEqual(joinFlowed(physical, flowedLines, delSp), expected.map(real));
}

describe("mail/flowed", function () {
  this.timeout(60_000);
  it("D19 paragraphs at each depth", () =>
    paragraphs("> one two␠⏎> three⏎own␠⏎text", ["> one two three", "own text"]));
  it("D19 R605 D247 physical lines lose the one flow blank", () =>
    lines("> one two␠⏎> three⏎own␠␠⏎text", "> one two", "> three", "own␠", "text"));
  it("D20 D242 another depth ends a paragraph", () =>
    paragraphs(">> deep␠⏎> shallow", [">> deep", "> shallow"]));
  it("D21 D241 unstuffing", () => lines("␠␠indented⏎␠>literal⏎␠From x", "␠indented", ">literal", "From x"));
  it("D21 D246 a stuffed > at depth 0 is text", () =>
    assert.deepEqual(undoFlow("> cited\n >literal\n> > x").literalLines, [2]));
  it("D22 the signature line is fixed and ends the paragraph", () => {
    paragraphs("text␠⏎--␠⏎Ada", ["text", "--␠", "Ada"]);
    paragraphs("> text␠⏎> --␠⏎> Ada", ["> text", "> --␠", "> Ada"]);
  });
  it("D23 D243 DelSp", () => {
    paragraphs("漢字␠⏎漢字", ["漢字漢字"], true);
    paragraphs("two␠␠⏎words", ["two words"], true);
  });
  it("D24 D245 lines of a cited hunk stay apart, their blanks too", () => {
    paragraphs("> @@ -1 +1 @@⏎> +⇥a = b;␠⏎> +⇥c = d;", ["> @@ -1 +1 @@", "> +⇥a = b;␠", "> +⇥c = d;"]);
    paragraphs("@@ -1,2 +1,2 @@⏎-old␠⏎-line␠⏎+new␠⏎␠␠same␠⏎after", [
      "@@ -1,2 +1,2 @@",
      "-old␠",
      "-line␠",
      "+new␠",
      "␠same␠",
      "after",
    ]);
  });
  it("D245 a hunk goes on across own text, and ends with prose of its depth", () =>
    paragraphs("> @@ -1 +1 @@⏎> +a␠⏎own␠⏎text⏎> +b␠⏎> c␠⏎> d", [
      "> @@ -1 +1 @@",
      "> +a␠",
      "own text",
      "> +b␠",
      "> c d",
    ]));
  it("D245 added lines whose hunk header was trimmed away", () =>
    paragraphs("> +foo␠⏎> +bar", ["> +foo", "> +bar"]));
  it("D245 R803 code, tables, trailers, logs and file headers", () => {
    for (const line of [
      "⇥return 0;",
      "␠␠␠␠␠make",
      "| a | b |",
      "a   b   c",
      "Reviewed-by: Al Pha",
      "Fixes: 1234",
      "[   12.345678] BUG",
      "$ make",
      "--- a/x.c",
      "diff --git a/x b/x",
    ]) {
      const text = `> ${line}␠⏎> next`;
      assert.deepEqual(undoFlow(real(text)).flowedLines, [], line);
      assert.deepEqual(undoFlow(real(`> before␠⏎> ${line}`)).flowedLines, [], line);
    }
  });
  it("D25 D246 a mixed sender's marks count for structure", () =>
    paragraphs("> > x␠⏎> > y␠⏎> z", ["> > x y", "> z"]));
  it("D244 an empty line, or one of blanks, ends a paragraph", () => {
    paragraphs("a␠⏎⏎b", ["a", "", "b"]);
    paragraphs("a␠⏎␠␠⏎b", ["a", "␠", "b"]);
  });
  it("the last line has nothing to go on in", () => assert.deepEqual(undoFlow("a ").flowedLines, []));
  it("line numbers count from 1", () => assert.deepEqual(undoFlow("a\nb \nc \nd").flowedLines, [2, 3]));
  it("hostile text ends", () => {
    for (const piece of [">", "> ", ">>>> ", " ", "|", "a   "]) undoFlow(piece.repeat(300_000));
  });
});
