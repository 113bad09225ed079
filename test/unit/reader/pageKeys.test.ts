import assert from "node:assert/strict";
import { PAGE_KEYS } from "../../../src/reader/pageKeys.ts";

describe("reader/pageKeys", () => {
  it("every key is one as KeyboardEvent.key has it", () => {
    for (const key of Object.keys(PAGE_KEYS)) {
      assert.match(key, /^(?:\S|Space|Enter|Backspace|Shift\+(?:Space|Backspace))$/);
    }
  });
  it("leaves the keys that scroll and move the focus alone", () => {
    for (const key of ["Tab", "Escape", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]) {
      assert.equal(Object.hasOwn(PAGE_KEYS, key), false, key);
    }
  });
});
