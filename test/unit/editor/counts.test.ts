import assert from "node:assert/strict";
import { count, grouped } from "../../../src/editor/counts.ts";

describe("counts", () => {
  const check = (n: number, expected: string) => () => assert.equal(grouped(n), expected);
  it("leaves small numbers alone", check(999, "999"));
  it("sets thousands apart", check(1000, "1,000"));
  it("sets millions apart", check(1_234_567, "1,234,567"));
  it("counts one", () => assert.equal(count(1, "message"), "1 message"));
  it("counts none and many", () =>
    assert.deepEqual(
      [count(0, "message"), count(2000, "patch", "patches")],
      ["0 messages", "2,000 patches"],
    ));
});
