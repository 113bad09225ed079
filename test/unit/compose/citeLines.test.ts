import assert from "node:assert/strict";
import { citeLines, elideLines, unciteLines } from "../../../src/compose/citeLines.ts";
import { applyEdits } from "../../../src/compose/edit.ts";
import { answerPlaces } from "../../../src/compose/places.ts";

const is = (actual: string, expected: string) => () => assert.equal(actual, expected);

describe("cite marks", () => {
  const cited = (text: string, first: number, last: number) => applyEdits(text, citeLines(text, first, last));
  const uncited = (text: string, first: number, last: number) =>
    applyEdits(text, unciteLines(text, first, last));
  it("R602 cites lines, empty ones without a blank", is(cited("a\n\nb\nc", 1, 3), "> a\n>\n> b\nc"));
  it("R603 cites cited lines once more", is(cited("> a\n>> b\n>", 1, 3), "> > a\n> >> b\n> >"));
  it("R603 in the tight style", is(applyEdits("> a\nb", citeLines("> a\nb", 1, 2, "tight")), ">> a\n> b"));
  it("takes one level away", is(uncited("> a\n> > b\n>\n>c\nd", 1, 5), "a\n> b\n\nc\nd"));
});

describe("elideLines", () => {
  const elided = (text: string, first: number, last: number): string => {
    const edit = elideLines(text, first, last);
    return edit === undefined ? "refused" : applyEdits(text, [edit]);
  };
  it("R706 leaves a cited mark", is(elided("> a\n> b\n> c\n> d", 2, 3), "> a\n> [...]\n> d"));
  it(
    "R709 takes empty lines and marks beside it along",
    is(elided("> a\n>\n> b\n> [...]\n> c", 3, 3), "> a\n> [...]\n> c"),
  );
  it("never leaves out own text", is(elided("> a\n\nMine.\n\n> b", 1, 5), "refused"));
  it("does nothing without a cited line", is(elided("a\n\nb", 2, 2), "refused"));
});

describe("answerPlaces", () => {
  const at =
    (text: string, ...places: number[]) =>
    () =>
      assert.deepEqual(answerPlaces(text), places);
  const ATTRIBUTION = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:";
  it("is the end of a block that nobody answers", at(`${ATTRIBUTION}\n> a\n> b\n>\n`, 3));
  it("is the end of each passage", at(`${ATTRIBUTION}\n> a\n\nYes.\nAnd no.\n\n> b\n\nHm.\n`, 5, 9));
  it("is nowhere without cited text", at("text\n"));
});
