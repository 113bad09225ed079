import assert from "node:assert/strict";
import { arrange, foldLabel } from "../../src/reader/client/folds.ts";
import type { BlockView, FoldLevel, MessageView } from "../../src/reader/protocol.ts";
import { blocksOf } from "./views.ts";

/** What is shown and what is folded: "1-3" shown, "[4-9]" folded, "[4-9!]" folded and unanswered. */
function pieces(blocks: BlockView[], level: FoldLevel, closed?: Set<number>): string {
  return arrange(blocks, level, closed)
    .map((piece) => {
      const parts = piece.folded ? piece.parts : [piece.part];
      const first = parts[0];
      const last = parts.at(-1);
      const range = `${(first?.block.firstLine ?? 0) + (first?.from ?? 0)}-${(last?.block.firstLine ?? 0) + (last?.to ?? 0) - 1}`;
      return piece.folded ? `[${range}${piece.answered ? "" : "!"}]` : range;
    })
    .join(" ");
}

const reply = (): BlockView[] =>
  blocksOf(
    { kind: "attribution", text: "Ada wrote:" },
    { depth: 2, text: "> > a\n> > b", folded: true, author: "Bo Lind" },
    { depth: 1, text: "> c\n> d", folded: true, author: "Ada Moreno" },
    { depth: 1, text: "> e\n> f\n", author: "Ada Moreno" },
    { text: "own" },
    { depth: 1, text: "> tail", folded: true, author: "Ada Moreno" },
    { kind: "signature", text: "-- \nBo" },
  );

function label(blocks: BlockView[], parentState?: MessageView["parentState"]): string {
  const fold = arrange(blocks, 1).find((piece) => piece.folded);
  return fold?.folded ? foldLabel(fold.parts, fold.answered, parentState) : "";
}

describe("client/folds", () => {
  it("F809 level 0 shows everything", () =>
    assert.equal(pieces(reply(), 0), "1-1 2-3 4-5 6-8 9-9 10-10 11-12"));
  it("F809 level 1 folds what the blocks say, neighbours as one", () =>
    assert.equal(pieces(reply(), 1), "1-1 [2-5] 6-8 9-9 [10-10!] 11-12"));
  it("F809 level 2 keeps one line of context above own text", () =>
    assert.equal(pieces(reply(), 2), "1-1 [2-6] 7-8 9-9 [10-10!] [11-12!]"));
  it("F18 level 3 keeps own text and attribution", () =>
    assert.equal(pieces(reply(), 3), "1-1 [2-8] 9-9 [10-10!] [11-12!]"));
  it("a block folded by hand is folded at any level", () =>
    assert.equal(pieces(reply(), 0, new Set([6])), "1-1 2-3 4-5 [6-8] 9-9 10-10 11-12"));
  it("F807 the label: lines, people, depths, state", () =>
    assert.equal(label(reply(), "unread"), "4 quoted lines · Bo, Ada · depth 1–2 · not read yet"));
  it("F05 an unanswered block says so", () =>
    assert.equal(
      label(blocksOf({ text: "own" }, { depth: 1, text: "> a\n> b", folded: true })),
      "2 quoted lines · depth 1 · unanswered",
    ));
  it("F807 edited lines are counted, what was seen is said", () => {
    const source = { messageId: "a", firstLine: 1, lastLine: 2, state: "edited" } as const;
    const blocks = blocksOf({ depth: 1, text: "> a\n> b", folded: true, source }, { text: "own" });
    assert.equal(label(blocks, "seen"), "2 quoted lines · depth 1 · seen · 2 edited");
  });
  it("V706 what its source does not say is counted, and is not called seen", () => {
    const source = { messageId: "a", firstLine: 0, lastLine: 0, state: "foreign" } as const;
    const blocks = blocksOf({ depth: 1, text: "> a\n> b\n", folded: true, source }, { text: "own" });
    assert.equal(label(blocks, "seen"), "2 quoted lines · depth 1 · 2 of unknown origin");
  });
  it("what comes from a message that is not at hand is not called seen", () => {
    const source = { messageId: "a", firstLine: 0, lastLine: 0, state: "unknown" } as const;
    const blocks = blocksOf({ depth: 2, text: "> > a\n> > b", folded: true, source }, { text: "own" });
    assert.equal(label(blocks, "seen"), "2 quoted lines · depth 2");
  });
  it("people with one first name are told apart", () => {
    const blocks = blocksOf(
      { depth: 1, text: "> a", folded: true, author: "Ada Moreno" },
      { depth: 2, text: "> > b", folded: true, author: "Ada Lind" },
    );
    assert.match(label(blocks), /Ada Moreno, Ada Lind/);
  });
  it("F23 a list footer is called one", () =>
    assert.equal(
      label(blocksOf({ kind: "footer", text: "____\nlist", folded: true })),
      "list footer, 2 lines",
    ));
});
