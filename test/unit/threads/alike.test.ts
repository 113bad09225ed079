/** Nearly the same lines: two in, yes or no out. */
import assert from "node:assert/strict";
import { isAlike } from "../../../src/threads/alike.ts";

const check = (one: string, other: string, alike: boolean): void => {
  assert.equal(isAlike(one, other), alike);
  assert.equal(isAlike(other, one), alike);
};

describe("threads/alike", () => {
  it("equal lines", () => check("abc", "abc", true));
  it("short lines must be equal", () => check("abc", "abd", false));
  it("a letter replaced in twenty", () => check("abcdefghijklmnopqrst", "abcdefghijXlmnopqrst", true));
  it("a letter left out at the start", () => check("abcdefghijklmnopqrst", "bcdefghijklmnopqrst", true));
  it("3 of 20 letters are 85 %", () => check("abcdefghijklmnopqrst", "XbcdefghijXlmnopqrsX", true));
  it("4 of 20 letters are not", () => check("abcdefghijklmnopqrst", "XXcdefghijXlmnopqrsX", false));
  it("words in another order", () => check("the folio cache is locked", "locked is the folio cache", false));
  it("an empty line", () => check("", "abcdefghijklmnopqrst", false));
});
