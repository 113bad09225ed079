/** Rows that are opened and chosen in one window, and what the next one knows of them. */
import assert from "node:assert/strict";
import { KeptRows } from "../../../../src/editor/tree/keptRows.ts";

/** What a window keeps. */
function memory() {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, otherwise?: unknown) => (kept.get(key) ?? otherwise) as never,
    update: async (key: string, value: unknown) => {
      kept.set(key, JSON.parse(JSON.stringify(value)));
    },
  };
}

describe("editor/tree/keptRows", () => {
  it("a window that comes back knows what was opened, and what was closed that is open from the start", () => {
    const kept = memory();
    const rows = new KeptRows(kept);
    rows.turned("list", true);
    rows.turned("answer", false);
    const back = new KeptRows(kept);
    assert.deepEqual(
      [back.isOpen("list", false), back.isOpen("answer", true), back.isOpen("other", false)],
      [true, false, false],
    );
  });
  it("it misses the row that was chosen until one is chosen", () => {
    const kept = memory();
    new KeptRows(kept).chose("thread");
    const back = new KeptRows(kept);
    assert.equal(back.missed, "thread");
    back.chose("other");
    assert.deepEqual([back.missed, new KeptRows(kept).missed], [undefined, "other"]);
  });
  it("keeps the rows that were turned last", () => {
    const kept = memory();
    const rows = new KeptRows(kept);
    for (let row = 0; row <= 300; row += 1) rows.turned(String(row), true);
    const back = new KeptRows(kept);
    assert.deepEqual([back.isOpen("0", false), back.isOpen("300", false)], [false, true]);
  });
});
