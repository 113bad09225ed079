/** Lines taken apart: text in, marks and words out. */
import assert from "node:assert/strict";
import { type WordedLines, Wordings } from "../../../src/mail/wording.ts";

const read = (text: string, wordings = new Wordings()): WordedLines =>
  wordings.read(text.replaceAll("⏎", "\n"));

describe("mail/wording", () => {
  it("Q301 counts the marks of each line", () => assert.deepEqual(read("a⏎> b⏎>>c⏎>").marks, [0, 1, 2, 1]));
  it("Q302 gives one blank to the mark", () =>
    assert.deepEqual(
      read(">  a⏎ b").wordings.map(({ content }) => content),
      [" a", " b"],
    ));
  it("Q307 passes over a blank before the marks", () => assert.deepEqual(read(" > a").marks, [1]));
  it("V701 D236 compares by words with one space between", () =>
    assert.deepEqual(
      read("> \ta\u00a0 b ⏎ ").wordings.map(({ text }) => text),
      ["a b", ""],
    ));
  it("what is cited is the same as what was said", () => {
    const wordings = new Wordings();
    const [said] = read("once", wordings).wordings;
    assert.equal(read("> > once", wordings).wordings[0], said);
  });
  it("matches an attribution the same again", () => {
    const { match } = read("");
    const whom = match("Al Pha wrote:");
    assert.deepEqual(
      [whom?.name, match("Al Pha wrote:"), match("text"), match("text")],
      ["Al Pha", whom, undefined, undefined],
    );
  });
});
