/** Indexed bodies: what is looked for in, the line where it stands out. */
import assert from "node:assert/strict";
import { SaidText, SaidTexts } from "../../../src/threads/saidText.ts";

const said = new SaidText(
  ["zero", "> one two", "}", "> three four five", "zero", "averylongword"].join("\n"),
);

describe("threads/saidText", () => {
  it("marks and blanks do not matter for a line", () =>
    assert.deepEqual(new SaidText(">>  a\t b ").at(1), { marks: 2, text: "a b" }));
  it("Q307 blanks before a mark", () =>
    assert.deepEqual(new SaidText("  > a").at(1), { marks: 1, text: "a" }));
  it("the first line below the last one found, else the first", () => {
    assert.equal(said.lineOf({ marks: 0, text: "zero" }, 1), 5);
    assert.equal(said.lineOf({ marks: 0, text: "zero" }, 5), 1);
    assert.equal(said.lineOf({ marks: 1, text: "zero" }, 0), undefined);
  });
  it("words in a row across lines of one depth", () =>
    assert.equal(said.lineOfWords({ marks: 1, text: "two three four" }, 0), 2));
  it("a short word alone proves something only where the text goes on", () => {
    assert.equal(said.lineOfWords({ marks: 1, text: "four" }, 0), undefined);
    assert.equal(said.lineOfWords({ marks: 1, text: "four" }, 4), 4);
    assert.equal(said.lineOfWords({ marks: 0, text: "averylongword" }, 0), 6);
  });
  it("at any depth, short lines only near", () => {
    assert.equal(said.lineAnywhere({ marks: 3, text: "three four five" }, 0), 4);
    assert.equal(said.lineAnywhere({ marks: 3, text: "}" }, 1), 3);
    assert.equal(said.lineAnywhere({ marks: 3, text: "}" }, 4), undefined);
  });
  it("a thread's bodies are indexed once", () => {
    const texts = new SaidTexts();
    assert.equal(texts.of("x"), texts.of("x"));
    assert.notEqual(texts.of("x"), texts.of("y"));
  });
  it("forgets the first of too many", () => {
    const texts = new SaidTexts();
    const first = texts.of("x");
    const large = texts.of("y".repeat(5_000_000));
    assert.notEqual(texts.of("x"), first);
    assert.notEqual(texts.of("y".repeat(5_000_000)), large);
  });
});
