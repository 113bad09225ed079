/** Folding: a message in, the lines that are put away out. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Block } from "../../../src/mail/block.ts";
import { readBody } from "../../../src/mail/body.ts";
import { type CiteState, type FoldContext, foldBlocks } from "../../../src/mail/fold.ts";
import { anyBody, hostileBodies, mailBody } from "./anyBody.ts";

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
  it("F801 F803 forwarded text without marks folds like cited text when it is answered, else whole", () => {
    const body = [...cited(60, ""), "Own."].join("\n");
    const forwarded = { kind: "cited", depth: 1, firstLine: 1, lastLine: 60 } as const;
    const below = { kind: "text", depth: 0, firstLine: 61, lastLine: 61 } as const;
    const first = (blocks: readonly Block[]): number | undefined =>
      foldBlocks(body, blocks, { parent: "seen" }).find(({ folded }) => folded)?.lastLine;
    assert.equal(first([forwarded, below]), 54);
    assert.equal(first([forwarded]), 60);
  });
  it("F03 the paragraph above the answer stays whole", () =>
    assert.equal(folds([ATTRIBUTION, ...cited(91), ">", ...cited(9), "Own."]), "2-93"));
  it("F03 what stays begins with words", () => {
    assert.equal(folds([ATTRIBUTION, ...cited(50), ">", ...cited(5), "Own."]), "2-52");
    assert.equal(folds([ATTRIBUTION, ...cited(50), ">", ">", ...cited(4, ">> "), ">", "Own."]), "2-53");
  });
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
  it("Q307 indented cites fold like others, not like forwarded text", () => {
    const indented = Array.from({ length: 5 }, () => " > said");
    assert.equal(folds([ATTRIBUTION, ...indented, ...own(50)], { parent: "unread" }), "");
  });
  it("F24 a block of 8 lines", () => assert.equal(folds([ATTRIBUTION, ...cited(8), ...own(51)]), ""));
  it("F25 one cited line between own ones", () => assert.equal(folds([...own(30), "> one", ...own(30)]), ""));
  it("F807 footers and forwarded text fold whatever their length", () =>
    assert.equal(folds(["-----Original Message-----", "From: Al", "Sent: D", "", "a", "", "b"]), "5-7"));
});

const anyContext: fc.Arbitrary<FoldContext> = fc.record({
  parent: fc.constantFrom("seen", "unread", "missing", "none"),
  states: fc
    .array(
      fc.tuple(
        fc.nat(90),
        fc.constantFrom<CiteState>("verbatim", "rewrapped", "edited", "foreign", "unknown"),
      ),
    )
    .map((entries) => new Map(entries)),
});
/** Long enough to fold at all. */
const longBody = fc
  .tuple(mailBody, mailBody)
  .map(([one, other]) => `${one}\n${"> cited\n".repeat(45)}${other}`);

describe("mail/fold, whatever comes", function () {
  this.timeout(60_000);
  it("blocks still cover every line exactly once, and only folding splits them", () =>
    fc.assert(
      fc.property(fc.oneof(anyBody, longBody), anyContext, (body, context) => {
        const blocks = readBody(body);
        const merged: string[] = [];
        let next = 1;
        for (const { firstLine, lastLine, kind, depth } of foldBlocks(body, blocks, context)) {
          assert.equal(firstLine, next);
          next = lastLine + 1;
          if (blocks.some((block) => block.firstLine === firstLine))
            merged.push(`${kind} ${depth} ${firstLine}`);
        }
        assert.equal(next, body.split("\n").length + 1);
        assert.deepEqual(
          merged,
          blocks.map(({ kind, depth, firstLine }) => `${kind} ${depth} ${firstLine}`),
        );
      }),
    ));
  it("F802 own text, own trailers, own diffs and the attribution at depth 0 never fold", () =>
    fc.assert(
      fc.property(longBody, anyContext, (body, context) => {
        for (const { kind, depth, folded } of foldBlocks(body, readBody(body), context))
          if (depth === 0 && kind !== "footer") assert.equal(folded, false, kind);
      }),
    ));
  it("F802 V706 what differs from its source never folds", () =>
    fc.assert(
      fc.property(longBody, anyContext, (body, context) => {
        for (const { kind, depth, firstLine, lastLine, folded } of foldBlocks(
          body,
          readBody(body),
          context,
        )) {
          if (!folded || depth === 0 || kind === "attribution") continue;
          for (let line = firstLine; line <= lastLine; line++)
            // A line without words has no source.
            if (/[^>\s]/.test(body.split("\n")[line - 1] ?? ""))
              assert.ok(!["edited", "foreign"].includes(context.states?.get(line) ?? ""));
        }
      }),
    ));
  it("F804 every fold of cited text hides at least 4 lines", () =>
    fc.assert(
      fc.property(longBody, anyContext, (body, context) => {
        const lines = body.split("\n");
        let hidden = 0;
        for (const { folded, firstLine, lastLine, depth } of [
          ...foldBlocks(body, readBody(body), context),
          { folded: false, firstLine: 0, lastLine: 0, depth: 0 },
        ]) {
          const marked = lines
            .slice(Math.max(0, firstLine - 1), lastLine)
            .every((line) => /^ {0,3}>|^\s*$/.test(line));
          if (folded && depth > 0 && marked) hidden += lastLine - firstLine + 1;
          else if (folded) hidden = Number.POSITIVE_INFINITY;
          else {
            assert.ok(hidden === 0 || hidden >= 4);
            hidden = 0;
          }
        }
      }),
    ));
  for (const [name, body] of hostileBodies(20_000)) {
    it(name, function () {
      this.timeout(60_000);
      const text = body();
      const folded = foldBlocks(text, readBody(text), { parent: "seen" });
      assert.equal(folded.at(-1)?.lastLine, text.split("\n").length);
    });
  }
});
