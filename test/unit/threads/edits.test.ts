/** Edited words: the cited line and what was said in, the words that differ out. */
import assert from "node:assert/strict";
import { findEdits } from "../../../src/threads/edits.ts";

const check = (cited: string, said: string, ...expected: string[]): void =>
  assert.deepEqual(
    findEdits(cited, said)?.map(({ start, end }) => cited.slice(start, end)),
    expected,
  );

describe("threads/edits", () => {
  it("V706 a word that is another one", () =>
    check("the lock is not needed here", "the lock is needed here", "not"));
  it("V706 words in a row are one stretch, others apart", () =>
    check("it was quite very slow in  our test", "it is slow in her test", "was quite very", "our"));
  it("V706 words left out: the one behind the gap", () =>
    check("we should drop it", "we should not drop it", "drop"));
  it("V706 words left out at the end", () => check("we should", "we should not", "should"));
  it("nothing of an empty line", () => check("", "said"));
  it("no line of text", () => assert.equal(findEdits("a ".repeat(200), "b"), undefined));
});
