import assert from "node:assert/strict";
import { markStat, pathMeant, readStat } from "../../src/reader/client/belowCut.ts";
import { renderBody } from "../../src/reader/client/body.ts";
import { blocksOf, bodyState, draw, drawingOf, messageView } from "./views.ts";

const marks = (text: string, isCut = true): string => markStat(text.split("\n"), isCut).join(" ");

const DIFF = "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b";

describe("client/belowCut", () => {
  it("a line of a diffstat is a path and an amount", () =>
    assert.deepEqual(readStat(" mm/x.c   |  12 ++--"), { path: "mm/x.c", amount: " |  12 ++--" }));
  it("a binary file has an amount too", () =>
    assert.equal(readStat(" a.png | Bin 0 -> 312 bytes")?.path, "a.png"));
  it("a table is no diffstat", () => {
    assert.equal(readStat(" speed | 12 ns"), undefined);
    assert.equal(readStat("mm/x.c | 12 +"), undefined);
  });
  it("below the cut are the diffstat, its total and notes", () =>
    assert.equal(
      marks(
        "why\n---\nv2: less\n\n x.c | 1 +\n 1 file changed, 1 insertion(+)\n create mode 100644 x.c\n\nmore",
      ),
      "text cut note text stat total total text note",
    ));
  it("a line of dashes without a patch cuts nothing", () =>
    assert.equal(marks("a\n---\nb", false), "text text text"));
  it("a shortened path means the one file that ends so", () => {
    assert.equal(pathMeant(".../pond/x.c", ["drivers/a/pond/x.c", "drivers/b/x.c"]), "drivers/a/pond/x.c");
    assert.equal(pathMeant(".../x.c", ["drivers/a/x.c", "drivers/b/x.c"]), undefined);
  });
  it("a rename means the new name", () => {
    assert.equal(pathMeant("mm/{old => new}/x.c", ["mm/new/x.c"]), "mm/new/x.c");
    assert.equal(pathMeant("mm/{ => new}/x.c", ["mm/new/x.c"]), "mm/new/x.c");
    assert.equal(pathMeant("a.c => b.c", ["b.c"]), "b.c");
  });
  it("the diffstat leads to the file, and notes say that they are no part of the commit", () => {
    const body = draw(blocksOf({ text: "---\nfor v2\n mm/x.c | 2 +-" }, { kind: "diff", text: DIFF }));
    const link = body.querySelector(".stat [data-act='goToFile']");
    assert.equal(link?.textContent, "mm/x.c");
    assert.equal(link?.getAttribute("data-path"), body.querySelector(".file")?.getAttribute("data-path"));
    assert.equal(body.querySelector("[data-line='3']")?.textContent, " mm/x.c | 2 +-");
    assert.equal(body.querySelector("[role='note']")?.textContent, "for v2");
    assert.equal(body.querySelector(".jumps"), null);
  });
  it("the diffstat of a cover letter leads to files of its series, that of other mail nowhere", () => {
    const stat = blocksOf({ text: "Ada (2):\n mm/x.c | 2 +-\n .../y.c | 1 +" });
    const links = (patch: string | undefined) => {
      const view = messageView(stat, patch === undefined ? {} : { patch });
      const body = renderBody(drawingOf(), view, bodyState(), "m0");
      return [...body.querySelectorAll(".stat .link")].map((link) => link.getAttribute("data-path"));
    };
    assert.deepEqual(links("v2 0/2"), ["mm/x.c", ".../y.c"]);
    assert.deepEqual(links(undefined), []);
    assert.deepEqual(links("v2 10/12"), []);
  });
  it("a patch of several files without a diffstat lists them", () => {
    const body = draw(blocksOf({ kind: "diff", text: `${DIFF}\n${DIFF.replaceAll("x.c", "y.c")}` }));
    assert.deepEqual(
      [...body.querySelectorAll(".jumps li")].map((item) => item.textContent),
      ["mm/x.c +1 −1", "mm/y.c +1 −1"],
    );
  });
});
