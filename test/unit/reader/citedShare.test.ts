import assert from "node:assert/strict";
import { measureCites } from "../../../src/reader/citedShare.ts";
import type { BlockView } from "../../../src/reader/protocol.ts";

/** A body, one character a line: own text "o", cited "c", attribution "a", signature "s", blank "-". */
function share(body: string): ReturnType<typeof measureCites> {
  const kinds = { o: "text", c: "cited", a: "attribution", s: "signature", "-": "text" } as const;
  const blocks = [...body].map((letter, index): BlockView => {
    const kind = kinds[letter as keyof typeof kinds];
    const line = { firstLine: index + 1, lastLine: index + 1, lines: [letter.replace("-", "")], marks: [""] };
    return { kind, depth: kind === "cited" ? 1 : 0, folded: false, ...line };
  });
  return measureCites(blocks);
}

describe("reader/citedShare", () => {
  it("F808 the share of cited lines among those with words", () =>
    assert.equal(share("acc-oss").citedPercent, 50));
  it("F808 nothing cited", () => assert.deepEqual(share("oos"), { topPosted: false }));
  it("F808 cited lines with own text below are answered", () =>
    assert.equal(share("acccccco").unanswered, undefined));
  it("F808 those below the last own text are not", () => assert.equal(share("acco-ccccccs").unanswered, 6));
  it("F808 nor those that an attribution parts from the own text below", () =>
    assert.equal(share("cccccacco").unanswered, 5));
  it("a few unanswered lines are no matter", () => assert.equal(share("accoccc").unanswered, undefined));
  it("F06 own text above and none below", () => {
    assert.equal(share("o-acccc").topPosted, true);
    assert.equal(share("acccco").topPosted, false);
    assert.equal(share("oacccco").topPosted, false);
  });
});
