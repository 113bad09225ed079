import assert from "node:assert/strict";
import type { ArticleState } from "../../src/reader/client/article.ts";
import { keptStates, restoreState } from "../../src/reader/client/kept.ts";
import { bodyState } from "./views.ts";

const state = (more: Partial<ArticleState> = {}): ArticleState => ({
  ...bodyState(),
  collapsed: false,
  headers: false,
  ...more,
});

describe("client/kept", () => {
  it("keeps what was changed by hand, and nothing else", () => {
    const states = new Map([
      ["a", state()],
      ["b", state({ open: new Set([3, 9]), headers: true })],
      ["c", state({ collapsed: true })],
      ["d", state({ collapsed: false })],
    ]);
    assert.deepEqual(
      keptStates(states, (messageId) => messageId >= "c"),
      { b: { open: [3, 9], headers: true }, d: { collapsed: false } },
    );
  });
  it("restores it", () => {
    const made = state();
    restoreState(made, { open: [3], closed: [5], shut: [7], collapsed: true, headers: true });
    assert.deepEqual(made, {
      ...state({ collapsed: true, headers: true }),
      open: new Set([3]),
      closed: new Set([5]),
      shut: new Set([7]),
    });
  });
  it("passes over what an older version kept otherwise", () => {
    const made = state();
    restoreState(made, { open: "all", collapsed: 1 } as unknown as Parameters<typeof restoreState>[1]);
    assert.deepEqual(made, state());
  });
});
