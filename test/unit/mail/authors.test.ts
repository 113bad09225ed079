/** Who wrote which depth: attributions in, authors out. */
import assert from "node:assert/strict";
import { Authors, type Naming } from "../../../src/mail/authors.ts";

const above = (depth: number, name: string): Naming => ({ whom: { name }, depth, form: "above" });

describe("mail/authors", () => {
  it("A406 an attribution names the next depth", () => {
    const authors = new Authors([]);
    authors.name(above(0, "Al"), 0);
    assert.deepEqual(authors.of(1), { author: "Al", inferred: false });
    assert.equal(authors.of(0).author, undefined);
  });
  it("A406 deeper ones are forgotten when an attribution stands above them again", () => {
    const authors = new Authors([]);
    authors.name(above(0, "Al"), 0);
    authors.name(above(1, "Bo"), 1);
    authors.name(above(0, "Cy"), 0);
    assert.equal(authors.of(1).author, "Cy");
    assert.equal(authors.of(2).author, undefined);
  });
  it("A407 one deeper is one message further up, from the nearest depth that is known", () => {
    const authors = new Authors([{ author: "Al" }, { author: "Bo" }, { author: "Cy" }]);
    assert.deepEqual(authors.of(2), { author: "Bo", inferred: true });
    authors.name(above(0, "Bo"), 0);
    assert.deepEqual(authors.of(2), { author: "Cy", inferred: true });
  });
  it("A407 nothing is concluded from somebody who is not in the thread", () => {
    const authors = new Authors([{ author: "Al" }, { author: "Bo" }]);
    authors.name(above(0, "Someone Else"), 0);
    assert.equal(authors.of(2).author, undefined);
  });
  it("A410 inside cited text it names its own depth, if nothing else does", () => {
    const authors = new Authors([]);
    authors.name({ whom: { name: "Al" }, depth: 1, form: "inside" }, 1);
    authors.name({ whom: { name: "Bo" }, depth: 1, form: "inside" }, 1);
    assert.equal(authors.of(1).author, "Al");
  });
  it("B620 below unmarked headers everything is one deeper, until the sender's own words", () => {
    const authors = new Authors([]);
    authors.name({ whom: { name: "Al" }, depth: 0, form: "headers" }, 0);
    assert.deepEqual([authors.shownDepth(0), authors.shownDepth(2), authors.of(1).author], [1, 3, "Al"]);
    authors.name(above(0, "Bo"), 1);
    assert.deepEqual([authors.shownDepth(0), authors.of(2).author], [1, "Bo"]);
    authors.endForwards();
    assert.equal(authors.shownDepth(0), 0);
  });
  it("an address where there is no name", () => {
    const authors = new Authors([]);
    authors.name({ whom: { name: "", address: "al@x.example" }, depth: 0, form: "above" }, 0);
    assert.equal(authors.of(1).author, "al@x.example");
  });
});
