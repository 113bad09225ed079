import assert from "node:assert/strict";
import { blocksOf, draw } from "./views.ts";

const html = (element: Element | null | undefined): string => element?.outerHTML ?? "";
const lines = (body: Element): number[] =>
  [...body.querySelectorAll("[data-line]")].map((line) => Number(line.getAttribute("data-line")));

describe("client/body", () => {
  it("draws every line once, in order, with its number in the body", () => {
    const body = draw(
      blocksOf(
        { text: "one\n\ntwo\n" },
        { depth: 1, text: "> a\n> b\n", folded: true },
        { kind: "trailers", text: "Acked-by: Bo <bo@kernel.example>\n" },
        { kind: "diff", text: "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n" },
        { kind: "signature", text: "-- \nBo" },
      ),
    );
    assert.deepEqual(
      lines(body),
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
  });
  it("a fold is a button with state over text that a find can open (F810)", () => {
    const body = draw(blocksOf({ depth: 1, text: "> a\n> b", folded: true }, { text: "own" }));
    const button = body.querySelector("button.pill");
    const content = body.querySelector(".folded");
    assert.equal(button?.getAttribute("aria-expanded"), "false");
    assert.equal(button?.getAttribute("aria-controls"), content?.id);
    assert.equal(content?.getAttribute("hidden"), "until-found");
    assert.match(content?.textContent ?? "", /a/);
  });
  it("an opened fold stays open when the body is drawn anew", () => {
    const blocks = blocksOf({ depth: 1, text: "> a\n> b", folded: true }, { text: "own" });
    const body = draw(blocks, { open: new Set([1]) });
    assert.equal(body.querySelector(".folded")?.hasAttribute("hidden"), false);
  });
  it("F814 one bar a level, each in its person's colour", () => {
    const blocks = blocksOf(
      { depth: 1, text: "> a", author: "Ada" },
      { depth: 2, text: "> > b", author: "Bo" },
      { text: "own" },
    );
    const [first, second] = draw(blocks).querySelectorAll(".cite");
    const ada = first?.querySelector(".bar")?.getAttribute("class");
    assert.deepEqual(
      [...(second?.querySelectorAll(".bar") ?? [])].map((bar) => bar.getAttribute("class")),
      [ada, "bar p2"],
    );
  });
  it("F814 above depth 6 one bar with a number", () => {
    const bars = draw(blocksOf({ depth: 12, text: "> > > > > > > > > > > > x" })).querySelectorAll(".bar");
    assert.deepEqual(
      [...bars].map((bar) => [bar.getAttribute("class"), bar.getAttribute("data-depth")]),
      [["bar compact p0", "12"]],
    );
  });
  it("a hundred thousand marks are one bar", () => {
    const blocks = blocksOf({ depth: 100_000, text: "x" });
    assert.equal(draw(blocks).querySelectorAll(".bar").length, 1);
  });
  it("blank lines with fewer marks stand behind fewer bars, unmarked ones behind none", () => {
    const body = draw(blocksOf({ depth: 2, text: "> > a\n>\n" }, { text: "own" }));
    const bars = (line: number) => {
      let count = 0;
      for (
        let up = body.querySelector(`[data-line="${line}"]`)?.closest(".bar");
        up;
        up = up.parentElement?.closest(".bar")
      )
        count += 1;
      return count;
    };
    assert.deepEqual([bars(1), bars(2), bars(3)], [2, 1, 0]);
  });
  it("says in words whose text is cited", () => {
    const cite = draw(
      blocksOf({ depth: 1, text: "> a", author: "Ada Moreno", inferred: true }),
    ).querySelector(".cite");
    assert.equal(cite?.getAttribute("aria-label"), "Cited: Ada Moreno (inferred), depth 1");
  });
  it("V706 marks edited words and says what was said", () => {
    const edits = [{ line: 0, said: "it is so", spans: [{ start: 3, end: 6 }] }];
    const body = draw(blocksOf({ text: "> it was so", depth: 1, edits }));
    const word = body.querySelector("mark.editedWord");
    assert.equal(word?.textContent, "was");
    assert.equal(word?.getAttribute("title"), "It said: it is so");
    assert.match(body.textContent ?? "", /it was so/);
  });
  it("A19 a rejoined line stands behind the bars of its block and says so", () => {
    const blocks = blocksOf({ depth: 1, text: "> aaa\nbbb", wrapped: [{ line: 1, proven: true }] });
    const line = draw(blocks).querySelector("[data-line='2']");
    assert.equal(line?.getAttribute("data-wrapped"), "rejoined");
    assert.ok(line?.closest(".bar"));
    assert.equal(line?.textContent, "bbb");
  });
  it("P504 a line that may be wrapped says so", () => {
    const line = draw(blocksOf({ text: "bbb", wrapped: [{ line: 0, proven: false }] })).querySelector(
      ".line",
    );
    assert.equal(line?.getAttribute("data-wrapped"), "possibly wrapped");
  });
  it("A408 whom the attribution names instead is told once", () => {
    const disputed = { depth: 1, author: "Bo Eta", named: "Al Pha <al@kernel.example>" };
    const body = draw(blocksOf({ ...disputed, text: "> a" }, { ...disputed, text: "> b" }));
    assert.deepEqual(
      [...body.querySelectorAll(".dispute")].map((note) => note.textContent),
      ["Said by Bo Eta; the attribution names Al Pha."],
    );
  });
  it("A412 an orphan attribution is dimmed and says why", () => {
    const cite = draw(
      blocksOf({ kind: "attribution", depth: 1, text: "> Al wrote:", orphan: true }),
    ).querySelector(".cite");
    assert.ok(cite?.querySelector(".said.orphan"));
    assert.match(cite?.getAttribute("title") ?? "", /its text was left out/);
  });
  it("with marks on, the real prefixes stand in the text and there are no bars", () => {
    const body = draw(blocksOf({ depth: 2, text: ">> a" }), {}, { marks: true });
    assert.equal(body.querySelector("[data-line='1']")?.textContent, ">> a");
    assert.equal(body.querySelector(".bar"), null);
  });
  it("a cited block leads to where it was said; an unknown one does not", () => {
    const at = { messageId: "a@kernel.example", firstLine: 18, lastLine: 20 };
    const [known, unknown] = draw(
      blocksOf(
        { depth: 1, text: "> a", author: "Ada Moreno", source: { ...at, state: "verbatim" } },
        { depth: 1, text: "> b", source: { ...at, state: "unknown" } },
      ),
      {},
      { title: () => "2/4" },
    ).querySelectorAll(".cite");
    assert.equal(known?.querySelector(".origin")?.textContent, "↑ Ada, 2/4 line 18");
    assert.equal(known?.getAttribute("title"), "Ada Moreno, depth 1, in 2/4 line 18");
    assert.equal(unknown?.querySelector(".origin"), null);
  });
  it("the tooltip of a cited block names the day of a message that has no number", () => {
    const source = { messageId: "a@kernel.example", firstLine: 18, lastLine: 20, state: "verbatim" as const };
    const blocks = blocksOf({ depth: 1, text: "> a", author: "Ada Moreno", source });
    const cite = draw(blocks, {}, { day: () => "16 Nov" }).querySelector(".cite");
    assert.equal(cite?.getAttribute("title"), "Ada Moreno, depth 1, 16 Nov line 18");
  });
  it("links have no address, only a kind and a target", () => {
    const spans = [{ start: 4, end: 7, kind: "url" as const, target: "javascript:alert(1)" }];
    const link = draw(blocksOf({ text: "see URL now", links: [{ line: 0, spans }] })).querySelector(".link");
    assert.equal(link?.textContent, "URL");
    assert.equal(link?.hasAttribute("href"), false);
    assert.equal(link?.getAttribute("data-target"), "javascript:alert(1)");
  });
  it("spans that overlap or leave the line are left out", () => {
    const span = (start: number, end: number) => ({ start, end, kind: "url" as const, target: "t" });
    const body = draw(
      blocksOf({ text: "abcdef", links: [{ line: 0, spans: [span(0, 3), span(2, 4), span(5, 99)] }] }),
    );
    assert.equal(body.querySelectorAll(".link").length, 1);
    assert.equal(body.textContent, "abcdef");
  });
  it("characters that hide are named, and the text is the same", () => {
    const body = draw(blocksOf({ text: "a\u202eb\u200bc" }));
    assert.deepEqual(
      [...body.querySelectorAll(".control")].map((found) => found.getAttribute("data-code")),
      ["U+202E", "U+200B"],
    );
    assert.equal(body.textContent, "a\u202eb\u200bc");
  });
  it("markup in mail is text", () => {
    const body = draw(blocksOf({ text: "<script>alert(1)</script><b>x</b>" }));
    assert.equal(body.querySelector("script, b"), null);
    assert.equal(body.textContent, "<script>alert(1)</script><b>x</b>");
  });
  it("D242 joins flowed lines into a paragraph, but not with marks on", () => {
    const blocks = blocksOf({ text: "one\ntwo\nthree", joins: [0] });
    assert.deepEqual(
      [...draw(blocks).querySelectorAll(".line")].map((line) => line.textContent),
      ["one two", "three"],
    );
    assert.equal(draw(blocks, {}, { marks: true }).querySelectorAll(".line").length, 3);
  });
  it("D105 draws no more lines than the limit, and offers the rest", () => {
    const body = draw(blocksOf({ text: "a\nb\nc\nd" }), { limit: 2 });
    assert.deepEqual(lines(body), [1, 2]);
    assert.equal(body.querySelector("button.more")?.getAttribute("data-act"), "showAll");
  });
  it("a file of a diff is a card with counts and both line numbers", () => {
    const body = draw(
      blocksOf({
        kind: "diff",
        text: "diff --git a/mm/x.c b/mm/x.c\nindex 1..2 100644\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -141,2 +141,3 @@ f()\n \tkept\n-\told\n+\tnew\n+\tmore",
      }),
    );
    assert.equal(body.querySelector(".file h3")?.textContent, "mm/x.c+2 −1");
    assert.deepEqual(
      [...body.querySelectorAll(".code [data-line]")].map((line) => [
        line.getAttribute("class"),
        line.getAttribute("data-numbers"),
      ]),
      [
        ["line hunk", null],
        ["line context", "141 141"],
        ["line del", "142    "],
        ["line add", "    142"],
        ["line add", "    143"],
      ],
    );
  });
  it("B651 a cited diff keeps its signs and gets the classes of its lines", () => {
    const body = draw(blocksOf({ kind: "diff", depth: 1, text: "> @@ -1,2 +1,2 @@\n> +a\n> -b" }));
    assert.deepEqual(
      [...body.querySelectorAll("[data-line]")].map((line) => [line.textContent, line.getAttribute("class")]),
      [
        ["@@ -1,2 +1,2 @@", "line hunk"],
        ["+a", "line add"],
        ["-b", "line del"],
      ],
    );
  });
  it("trailers are chips: key and name, the whole line in the tooltip", () => {
    const chip = draw(
      blocksOf({ kind: "trailers", text: "Reviewed-by: Bo Lind <bo@kernel.example>" }),
    ).querySelector(".chip");
    assert.equal(chip?.textContent, "Reviewed-by: Bo Lind");
    assert.equal(chip?.getAttribute("title"), "Reviewed-by: Bo Lind <bo@kernel.example>");
  });
  it("of styles only a count of lines is set: the sheets say all else", () => {
    const body = draw(
      blocksOf({ depth: 3, text: "> > > a" }, { kind: "diff", text: "--- a/x\n+++ b/x\n@@ -1 +1 @@\n+b" }),
    );
    assert.doesNotMatch(html(body), / style="(?!--lines: ?\d+;?")/);
  });
});
