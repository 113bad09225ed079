import assert from "node:assert/strict";
import { answersIn } from "../../src/reader/client/answers.ts";
import { toRanges } from "../../src/reader/client/selection.ts";
import { blocksOf, messageView } from "./views.ts";

describe("client/answers", () => {
  it("own text below a cited line answers the line it came from", () => {
    const source = { messageId: "a", firstLine: 3, lastLine: 7, state: "verbatim" } as const;
    const view = messageView(blocksOf({ depth: 1, text: "> x", source }, { text: "no" }), { messageId: "b" });
    assert.deepEqual(
      [...answersIn([view])],
      [["a", [{ line: 7, by: "Ada Moreno", place: { messageId: "b", line: 2 } }]]],
    );
  });
  it("cited text that nobody answers has no answer", () => {
    const source = { messageId: "a", firstLine: 3, lastLine: 7, state: "verbatim" } as const;
    assert.equal(
      answersIn([messageView(blocksOf({ text: "no" }, { depth: 1, text: "> x", source }))]).size,
      0,
    );
  });
});

describe("client/selection", () => {
  it("lines become ranges", () =>
    assert.deepEqual(toRanges([1, 2, 3, 7, 9, 10]), [
      [1, 3],
      [7, 7],
      [9, 10],
    ]));
});
