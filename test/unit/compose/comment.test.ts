import assert from "node:assert/strict";
import { citeForComment, placeComment } from "../../../src/compose/comment.ts";
import { applyEdits } from "../../../src/compose/edit.ts";
import { messageOf } from "../../mails.ts";

const wrote = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n";
const file = ["diff --git a/clk.c b/clk.c", "--- a/clk.c", "+++ b/clk.c"];
const header = "@@ -1,0 +1,40 @@ int clk(void)";
const hunk = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `+line ${from + index}`);
const log = ["clk: fix foo", "", "It was wrong.", "", "---"];
/** Log, three lines of a file's head, the hunk's head, forty lines: line N of the hunk is line N + 9. */
const patch = [...log, ...file, header, ...hunk(1, 40)];
const cited = (lines: readonly string[]): string => lines.map((line) => `> ${line}\n`).join("");

/** A line of the hunk in; what a new draft cites for a comment on it out. */
async function cites(line: number, expected: readonly string[]): Promise<void> {
  const parent = await messageOf({}, `${patch.join("\n")}\n`);
  assert.equal(citeForComment(parent, [line + 9, line + 9]).join("\n"), cited(expected).trimEnd());
}

/** A draft's body and a line of the hunk in; the body out, with the cursor at ‸. Nothing that stood there is gone. */
async function places(body: string, line: number, expected: string): Promise<void> {
  const parent = await messageOf({}, `${patch.join("\n")}\n`);
  const { edits, line: cursor } = placeComment(body, parent, [line + 9, line + 9]);
  const lines = applyEdits(body, edits).split("\n");
  lines[cursor - 1] += "‸";
  assert.equal(lines.join("\n"), expected);
}

describe("a comment on a patch line", () => {
  it("G50 headers, a mark, and the lines right above", () =>
    cites(30, [...file, header, "[...]", ...hunk(25, 30)]));
  it("G51 a short gap is no mark", () => cites(9, [...file, header, ...hunk(1, 9)]));
  it("the first line of a hunk", () => cites(1, [...file, header, ...hunk(1, 1)]));
  it("R705 the lines above are those of its hunk: another hunk or file is other code", async () => {
    const other = ["diff --git a/pll.c b/pll.c", "--- a/pll.c", "+++ b/pll.c", "@@ -0,0 +1,2 @@", "+a", "+b"];
    const parent = await messageOf({}, `${[...patch, ...other].join("\n")}\n`);
    const first = patch.length + 1;
    const citesLines = (line: number, lines: readonly string[]) =>
      assert.equal(`${citeForComment(parent, [line, line]).join("\n")}\n`, cited(lines));
    citesLines(first + 2, other.slice(0, 3));
    citesLines(first + 3, other.slice(0, 4));
    citesLines(first + 4, other.slice(0, 5));
  });
  it("as many lines above as the person wants", async () => {
    const parent = await messageOf({}, `${patch.join("\n")}\n`);
    const above = (context: number) => citeForComment(parent, [39, 39], { context }).slice(-2);
    assert.deepEqual(above(0), ["> [...]", "> +line 30"]);
    assert.deepEqual(above(1), ["> +line 29", "> +line 30"]);
  });
  it("R603 what is cited already is marked as the person wants", async () => {
    const parent = await messageOf({}, "> a\nb\n> c\n");
    assert.deepEqual(citeForComment(parent, [1, 1], { style: "tight" }), [">> a"]);
    const body = `${wrote}>> a\n\nYes.\n`;
    const { edits } = placeComment(body, parent, [3, 3], { style: "tight" });
    assert.equal(applyEdits(body, edits), `${wrote}>> a\n\nYes.\n\n> b\n>> c\n\n\n`);
  });
  it("R603 lines are found again that another style cites", async () => {
    const parent = await messageOf({}, "> a\nb\n");
    const body = `${wrote}>> a\n> b\n`;
    assert.equal(applyEdits(body, placeComment(body, parent, [1, 1]).edits), `${wrote}>> a\n\n\n\n> b\n`);
  });
  it("in a draft that cites nothing", () => places("", 2, `${cited([...file, header, ...hunk(1, 2)])}\n‸\n`));
  it("in a draft that cites it: right below", () =>
    places(
      `${wrote}${cited([...file, header, ...hunk(1, 40)])}\n`,
      3,
      `${wrote}${cited([...file, header, ...hunk(1, 3)])}\n‸\n\n${cited(hunk(4, 40))}\n`,
    ));
  it("G52 below an earlier comment, and nothing is repeated", () =>
    places(
      `${wrote}${cited([...file, header, ...hunk(1, 12)])}\nWhy?\n`,
      15,
      `${wrote}${cited([...file, header, ...hunk(1, 12)])}\nWhy?\n\n${cited(hunk(13, 15))}\n‸\n`,
    ));
  it("far below an earlier comment, with a mark", () =>
    places(
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\n`,
      30,
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\n\n${cited(["[...]", ...hunk(25, 30)])}\n‸\n`,
    ));
  it("above a later comment", () =>
    places(
      `${wrote}${cited([...file, header, "[...]", ...hunk(25, 30)])}\nWhy?\n`,
      2,
      `${wrote}${cited([...file, header, ...hunk(1, 2)])}\n‸\n\n${cited(["[...]", ...hunk(25, 30)])}\nWhy?\n`,
    ));
  it("once more on the same line: at the end of its passage", () =>
    places(
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\nReally.\n`,
      4,
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\nReally.‸\n`,
    ));
  it("above the signature", () =>
    places(
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\n\n-- \nAda\n`,
      6,
      `${wrote}${cited([...file, header, ...hunk(1, 4)])}\nWhy?\n\n${cited(hunk(5, 6))}\n‸\n\n-- \nAda\n`,
    ));
  it("a line of the log cites its paragraph", async () => {
    const parent = await messageOf({}, `${patch.join("\n")}\n`);
    assert.deepEqual(citeForComment(parent, [3, 3]), ["> clk: fix foo", ">", "> It was wrong."]);
  });
  it("several lines are cited whole", async () => {
    const parent = await messageOf({}, `${patch.join("\n")}\n`);
    const block = citeForComment(parent, [19, 30]);
    assert.deepEqual(block.slice(-12), cited(hunk(10, 21)).trimEnd().split("\n"));
  });
});
