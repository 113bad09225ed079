import assert from "node:assert/strict";
import { answersIn, markAnswers, readAnswers } from "../../src/reader/client/answers.ts";
import { renderArticle } from "../../src/reader/client/article.ts";
import { toRanges } from "../../src/reader/client/selection.ts";
import { blocksOf, bodyState, drawingOf, messageView } from "./views.ts";

describe("client/answers", () => {
  it("own text below a cited line answers the line it came from", () => {
    const source = { messageId: "a", firstLine: 3, lastLine: 7, state: "verbatim" } as const;
    const view = messageView(blocksOf({ depth: 1, text: "> x", source }, { text: "no" }), { messageId: "b" });
    const [answer] = answersIn([view]).get("a") ?? [];
    assert.deepEqual(
      [answer?.line, answer?.by, answer?.text, answer?.place],
      [7, "Ada Moreno", ["no"], { messageId: "b", line: 2 }],
    );
  });
  it("cited text that nobody answers has no answer", () => {
    const source = { messageId: "a", firstLine: 3, lastLine: 7, state: "verbatim" } as const;
    assert.equal(
      answersIn([messageView(blocksOf({ text: "no" }, { depth: 1, text: "> x", source }))]).size,
      0,
    );
  });
});

describe("client/answers in a patch", () => {
  const DIFF = "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n+b\n+c\n d";
  const patch = messageView(blocksOf({ kind: "diff", text: DIFF }), { messageId: "p", patch: "1/2" });
  const source = { messageId: "p", firstLine: 5, lastLine: 5, state: "verbatim" } as const;
  const review = messageView(
    blocksOf(
      { kind: "diff", depth: 1, text: "> +b", source },
      { text: "\nWhy?" },
      { kind: "trailers", text: "Reviewed-by: Bo <bo@kernel.example>" },
    ),
    { messageId: "r", parent: "p", from: { name: "Bo Lind", address: "bo@kernel.example" } },
  );
  const views = new Map([patch, review].map((view) => [view.messageId, view]));
  const drawn = (): HTMLElement => {
    const drawing = drawingOf();
    const entry = { messageId: "p", depth: 0, missing: false, from: "Ada", gist: "" };
    const state = { ...bodyState(), collapsed: false, headers: false };
    const article = renderArticle(drawing, entry, patch, state, "m0");
    markAnswers(drawing, article, "p", readAnswers(views));
    return article;
  };

  it("a remark stands below the line it cites, and parts the run of added lines there", () => {
    const code = drawn().querySelector(".code");
    assert.deepEqual(
      [...(code?.children ?? [])].map((child) => child.getAttribute("class")),
      ["line hunk", "line context", "signed", "answer remark p2", "signed", "line context"],
    );
    assert.equal(code?.querySelector(".remarkText")?.textContent, "Why?");
    assert.equal(code?.querySelector("[data-act='answer']")?.getAttribute("data-message"), "r");
  });
  it("a trailer that an answer gave stands below the patch and leads to the answer", () => {
    const [given, ...more] = drawn().querySelectorAll(".given button");
    assert.equal(given?.textContent, "Reviewed-by Bo Lind");
    assert.equal(given?.getAttribute("data-message"), "r");
    assert.equal(more.length, 0);
  });
  it("marking twice is marking once", () => {
    const article = drawn();
    markAnswers(drawingOf({ document: article.ownerDocument }), article, "p", readAnswers(views));
    assert.equal(article.querySelectorAll(".remark").length, 1);
    assert.equal(article.querySelectorAll(".given").length, 1);
  });
});

describe("client/selection", () => {
  it("lines become ranges", () =>
    assert.deepEqual(toRanges([1, 2, 3, 7, 9, 10]), [
      [1, 3],
      [7, 7],
      [9, 10],
    ]));
});
