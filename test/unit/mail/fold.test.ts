/** Folding: a message in, the lines that are put away out. */
import assert from "node:assert/strict";
import { readBody } from "../../../src/mail/body.ts";
import { type CiteState, type FoldContext, foldBlocks } from "../../../src/mail/fold.ts";

const ATTRIBUTION = "On Mon, 22 Jul 2024 12:42:52 +0200, Al Pha wrote:";
const own = (count: number): string[] => Array.from({ length: count }, (_, at) => `Own line ${at + 1}.`);
const cited = (count: number, marks = "> "): string[] =>
  Array.from({ length: count }, (_, at) => `${marks}cited line ${at + 1} of the text`);

/** The folded ranges, as `first-last`. */
function folds(lines: string[], context: FoldContext = { parent: "seen" }): string {
  const body = lines.join("\n");
  const ranges: string[] = [];
  let end = 0;
  for (const { folded, firstLine, lastLine } of foldBlocks(body, readBody(body), context)) {
    if (!folded) continue;
    if (end === firstLine - 1 && ranges.length > 0) ranges.push(`${ranges.pop()?.split("-")[0]}-${lastLine}`);
    else ranges.push(`${firstLine}-${lastLine}`);
    end = lastLine;
  }
  return ranges.join(" ");
}

describe("mail/fold", () => {
  it("F01 nothing in a short message", () => assert.equal(folds([ATTRIBUTION, ...cited(20), ...own(9)]), ""));
  it("F02 the last 6 lines above the answer stay", () =>
    assert.equal(folds([ATTRIBUTION, ...cited(100), "Own."]), "2-95"));
  it("F03 the paragraph above the answer stays whole", () =>
    assert.equal(folds([ATTRIBUTION, ...cited(91), ">", ...cited(9), "Own."]), "2-93"));
  it("F04 a hunk: its head, the path and 6 lines", () => {
    const hunk = Array.from({ length: 30 }, (_, at) => `> +added ${at}`);
    const head = ["> diff --git a/x.c b/x.c", "> --- a/x.c", "> +++ b/x.c", "> @@ -1,2 +1,42 @@"];
    const rest = Array.from({ length: 10 }, (_, at) => `> +more ${at}`);
    const lines = [ATTRIBUTION, ...cited(5), ...head, ...hunk, "Own.", ...rest];
    assert.equal(folds(lines), "2-8 11-34 42-51");
  });
  it("F05 text that nobody answers", () =>
    assert.equal(folds([...own(5), ATTRIBUTION, ...cited(50)]), "7-56"));
  it("F06 a top-posted reply keeps its attribution", () =>
    assert.equal(folds([...own(1), "", ATTRIBUTION, ...cited(80)]), "4-83"));
  it("F07 three replies between short blocks", () =>
    assert.equal(folds([1, 2, 3].flatMap(() => [...cited(5), "", ...own(15)])), ""));
  it("F08 deep lines in the kept context join the fold", () =>
    assert.equal(folds([ATTRIBUTION, ...cited(60), ...cited(3, ">>>>> "), ...cited(3), "Own."]), "2-64"));
  it("F09 an edited line stays with its neighbours", () => {
    const states = new Map<number, CiteState>([[50, "edited"]]);
    assert.equal(folds([ATTRIBUTION, ...cited(100), "Own."], { parent: "seen", states }), "2-48 52-95");
  });
  it("F10 an unread parent: 12 lines", () =>
    assert.equal(folds([ATTRIBUTION, ...cited(100), "Own."], { parent: "unread" }), "2-89"));
  it("F11 a missing parent: only long blocks", () => {
    assert.equal(folds([ATTRIBUTION, ...cited(20), ...own(40)], { parent: "missing" }), "");
    assert.equal(folds([ATTRIBUTION, ...cited(21), ...own(40)], { parent: "missing" }), "2-10");
  });
  it("F12 a cited signature folds from 4 lines on", () => {
    assert.equal(folds([ATTRIBUTION, ...cited(6), "> --", "> Al", "> Acme", "", ...own(40)]), "");
    assert.equal(
      folds([ATTRIBUTION, ...cited(6), "> --", "> Al", "> Acme", "> Town", "", ...own(40)]),
      "8-12",
    );
  });
  it("F14 marks inside an own diff", () =>
    assert.equal(
      folds(["--- a/x", "+++ b/x", "@@ -0,0 +1,60 @@", ...Array.from({ length: 60 }, () => "+> x")]),
      "",
    ));
  it("F15 a robot report", () =>
    assert.equal(
      folds([
        "All errors (new ones prefixed by >>):",
        ...Array.from({ length: 50 }, (_, at) => `>> drivers/clk/a.c:${at}:2: warning: unused variable`),
      ]),
      "",
    ));
  it("F23 a list footer folds in a short message too", () =>
    assert.equal(folds(["a", "_".repeat(40), "foo mailing list", "https://lists.example/foo"]), "2-4"));
  it("F24 a block of 8 lines", () => assert.equal(folds([ATTRIBUTION, ...cited(8), ...own(51)]), ""));
  it("F25 one cited line between own ones", () => assert.equal(folds([...own(30), "> one", ...own(30)]), ""));
  it("F807 footers and forwarded text fold whatever their length", () =>
    assert.equal(folds(["-----Original Message-----", "From: Al", "Sent: D", "", "a", "", "b"]), "5-7"));
});
