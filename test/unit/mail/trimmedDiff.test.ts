/** Diffs without their headers: lines in, runs out. */
import assert from "node:assert/strict";
import { readCites } from "../../../src/mail/cite.ts";
import { findTrimmedDiffs } from "../../../src/mail/trimmedDiff.ts";
import { Wordings } from "../../../src/mail/wording.ts";

/** Each run as `first-last`, lines from 0. */
function runs(text: string, evidence: { headed?: boolean; parent?: string[] } = {}): string {
  const lines = readCites(new Wordings().read(text.replaceAll("⏎", "\n")));
  const found = findTrimmedDiffs(lines, {
    taken: (at) => lines[at]?.content === "TAKEN",
    headed: () => evidence.headed === true,
    inParent: (at) => evidence.parent?.includes(lines[at]?.content ?? "") === true,
  });
  return found.map(({ first, last }) => `${first}-${last}`).join(" ");
}

describe("mail/trimmedDiff", () => {
  it("B655 two lines of code", () => assert.equal(runs("> +\tfoo();⏎> +}"), "0-1"));
  it("B655 one line of code alone is not enough", () => assert.equal(runs("> +\tfoo();"), ""));
  it("B655 one below a header", () => assert.equal(runs("> +\tfoo();", { headed: true }), "0-0"));
  it("B655 one that the parent has", () =>
    assert.equal(runs("> +\tfoo();", { parent: ["+\tfoo();"] }), "0-0"));
  it("B655 two neighbours that the parent has, prose or not", () =>
    assert.equal(runs("> +The cache⏎> -is old", { parent: ["+The cache", "-is old"] }), "0-1"));
  it("F19 B655 lists", () => {
    assert.equal(runs("> - item⏎> - item⏎> + item"), "");
    assert.equal(runs("- item one;⏎- item two;", { headed: true }), "");
    assert.equal(runs("-          When it is slow⏎-          When it is fast"), "");
    assert.equal(runs("-          a clock for each of them⏎-          tracking_cals=OFF"), "");
  });
  it("B655 code whose tabs became blanks", () =>
    assert.equal(runs("> +        if (is_slow(a))⏎> +                return true;"), "0-1"));
  it("B655 a comment, line by line", () => {
    assert.equal(runs("> +/**⏎> + * foo() - Do it.⏎> + *⏎> + * @a: what⏎> + */"), "0-4");
    assert.equal(runs("> + *bold* words⏎> - *more* words"), "");
  });
  it("options, votes and names", () => assert.equal(runs("-Wall⏎+1⏎+Ada", { headed: true }), ""));
  it("context around", () =>
    assert.equal(runs("> text⏎> \tint a;⏎> +\tint b;⏎> -\tint c;⏎> \tint d;⏎> text"), "1-4"));
  it("rests of wrapped lines between", () =>
    assert.equal(runs("> +\tfoo(a,⏎> b);⏎> +\tbar();⏎> text"), "0-2"));
  it("a patched document", () => assert.equal(runs("> +The cache is⏎> +kept in order⏎> +by age."), "0-2"));
  it("ends where the depth changes or something else begins", () => {
    assert.equal(runs("> +\ta;⏎> +\tb;⏎own⏎> +\tc;"), "0-1");
    assert.equal(runs("> +\ta;⏎> +\tb;⏎> TAKEN⏎> +\tc;"), "0-1");
  });
});
