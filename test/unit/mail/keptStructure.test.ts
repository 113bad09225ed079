import assert from "node:assert/strict";
import { type BodyHints, readStructure } from "../../../src/mail/body.ts";
import { KeptStructure } from "../../../src/mail/keptStructure.ts";

/** `>= y)` is cited where the parent has that line, and an operator where it has not (Q314). */
const BODY = "if (x\n>= y)\nend\n> a\n";
const parent = (body: string, author = "Al"): BodyHints => ({
  ancestors: [{ author, body, says: (line) => body.split("\n").includes(line) }],
});
const other = "a\nb";

describe("a structure that is kept", () => {
  const reads = (first: BodyHints, second: BodyHints): boolean => {
    const kept = new KeptStructure();
    const one = kept.read(BODY, first);
    const two = kept.read(BODY, second);
    assert.deepEqual(one, readStructure(BODY, first));
    assert.deepEqual(two, readStructure(BODY, second));
    return one !== two;
  };
  const times: [what: string, first: BodyHints, second: BodyHints, again: boolean][] = [
    ["the same hints", {}, {}, false],
    ["a parent that says the same of it", parent("a"), parent(other), false],
    ["a parent that has a line more of it", parent("a"), parent("a\n= y)"), true],
    ["a parent that came", {}, parent("a"), true],
    ["a parent that went", parent("a"), {}, true],
    ["a parent by somebody else", parent("a"), parent("a", "Bo"), true],
    ["a patch", {}, { isPatch: true }, true],
    ["a footer", {}, { footerLine: 3 }, true],
  ];
  for (const [what, first, second, again] of times)
    it(`${what}: ${again ? "read again" : "not read again"}`, () =>
      assert.equal(reads(first, second), again));
});
