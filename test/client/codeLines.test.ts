import assert from "node:assert/strict";
import { blankFaults } from "../../src/reader/client/diff.ts";
import { blocksOf, draw } from "./views.ts";

const faults = (line: string, path = "mm/x.c"): string[] =>
  blankFaults(line, path).map(({ start, end, what }) => `${start}-${end} ${what}`);

const diff = (text: string, more = {}) =>
  draw(blocksOf({ kind: "diff", text: `--- a/mm/x.c\n+++ b/mm/x.c\n${text}`, ...more }));

describe("client/codeLines", () => {
  it("blanks at the end of an added line", () =>
    assert.deepEqual(faults("+\tx \t"), ["3-5 blanks at the end of the line"]));
  it("an added line of blanks alone", () =>
    assert.deepEqual(faults("+  "), ["1-3 blanks at the end of the line"]));
  it("a blank before a tab", () => assert.deepEqual(faults("+  \tx"), ["1-4 blank before a tab"]));
  it("blanks in place of a tab, where tabs are usual", () => {
    assert.deepEqual(faults("+        x"), ["1-9 blanks in place of a tab"]);
    assert.deepEqual(faults("+\t    x"), []);
    assert.deepEqual(faults("+        x", "tools/x.py"), []);
  });
  it("faults are marked in added lines alone, with their reason, and the text is the same", () => {
    const body = diff("@@ -1,2 +1,2 @@\n-old \n+new ");
    assert.equal(body.querySelector(".del .blanks"), null);
    assert.equal(body.querySelector(".add .blanks")?.getAttribute("title"), "blanks at the end of the line");
    assert.equal(body.querySelector(".line.add")?.textContent, "+new ");
  });
  it("a run of added or removed lines is one insertion or deletion, and its signs are not spoken", () => {
    const body = diff("@@ -1,3 +1,4 @@\n a\n-b\n-c\n+d\n+e\n f\n+g");
    assert.deepEqual(
      [...body.querySelectorAll(".signed")].map((run) => `${run.localName} ${run.children.length}`),
      ["del 2", "ins 2", "ins 1"],
    );
    assert.ok([...body.querySelectorAll(".sign")].every((sign) => sign.hasAttribute("aria-hidden")));
  });
  it("a hunk is a heading below its file that says where it is", () => {
    const hunk = diff("@@ -141,7 +141,9 @@ static int walk(void)\n+a").querySelector(".hunk");
    assert.equal(hunk?.getAttribute("role"), "heading");
    assert.equal(hunk?.getAttribute("aria-level"), "4");
    assert.equal(hunk?.getAttribute("aria-label"), "Hunk at line 141, static int walk(void)");
  });
  it("a cited hunk is no heading: it is not where one reads the patch", () => {
    const body = draw(blocksOf({ kind: "diff", depth: 1, text: "> @@ -1 +1 @@\n> +a" }));
    assert.equal(body.querySelector("[role='heading']"), null);
  });
  it("links stand where they stood in the whole line", () => {
    const spans = [{ start: 5, end: 8, kind: "url" as const, target: "t" }];
    const body = diff("@@ -1 +1 @@\n+see URL now", { links: [{ line: 3, spans }] });
    assert.equal(body.querySelector(".link")?.textContent, "URL");
  });
  it("a file that was shut stays shut when the body is drawn anew", () => {
    const blocks = blocksOf({ kind: "diff", text: "--- a/x\n+++ b/x\n@@ -1 +1 @@\n+b" });
    const body = draw(blocks, { shut: new Set([1]) });
    assert.equal(body.querySelector(".fileName")?.getAttribute("aria-expanded"), "false");
    assert.equal(body.querySelector(".code")?.getAttribute("hidden"), "until-found");
  });
});
