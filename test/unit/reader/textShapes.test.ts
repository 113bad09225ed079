/** The shape of a thread as text: the small thread in, folds, links, looks and outline out. */
import assert from "node:assert/strict";
import {
  foldsOf,
  linksOf,
  type OutlineNode,
  outlineOf,
  stretchesOf,
} from "../../../src/reader/textShapes.ts";
import { smallThread } from "../../threadTexts.ts";

describe("reader/textShapes", () => {
  it("folds messages, what is below their headings, and cited text", async () => {
    const text = await smallThread();
    const read = foldsOf(text).map(
      ({ first, last, kind }) => `${kind}: ${text.lines[first]} - ${text.lines[last]}`,
    );
    assert.ok(read.includes("cited: > one - "), read.join("\n"));
    assert.ok(read.includes("header: Added to Cc: Elif - Left out: list@kernel.example"), read.join("\n"));
    assert.ok(read.some((fold) => fold.startsWith("message: Message: Che")));
    for (const { first, last } of foldsOf(text)) assert.ok(last > first);
  });
  it("finds links behind marks too", async () => {
    const text = await smallThread();
    assert.deepEqual(
      linksOf(text).map(({ line, start, end }) => text.lines[line]?.slice(start, end)),
      ["https://kernel.example/doc", "https://kernel.example/doc"],
    );
  });
  it("draws headings, cited text, attributions, signatures, trailers and diffs", async () => {
    const text = await smallThread();
    const looks = stretchesOf(text).map(
      ({ line, start, length, look }) => `${look}: ${text.lines[line]?.slice(start, start + length)}`,
    );
    for (const wanted of [
      "heading: slack",
      "field: Added to Cc:",
      "cited: > ",
      "cited: two",
      "tail: Bo",
      "trailer: Signed-off-by: Chen Wei <chen@kernel.example>",
      "hunk: @@ -1 +1 @@",
      "removed: -old",
      "added: +new",
    ])
      assert.ok(looks.includes(wanted), `${wanted} in\n${looks.join("\n")}`);
    const places = stretchesOf(text).map(({ line, start }) => line * 1000 + start);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });
  it("has an outline that says who and what, in the order of replies, each inside what it answers", async () => {
    const read = (nodes: OutlineNode[]): string =>
      nodes.map(({ name, children }) => `${name}(${read(children)})`).join(" ");
    assert.equal(
      read(outlineOf(await smallThread())),
      "Ada Moreno · one two three see https://kernel.example/doc(Bo Lind · Why two? Yes() missing message(Chen Wei · slack: take it()))",
    );
  });
  it("holds every answer's lines in what it answers, and nests no deeper than outlines are drawn", () => {
    const messages = Array.from({ length: 100 }, (_, depth) => ({
      ...{
        messageId: `${depth}@x.example`,
        number: depth + 1,
        depth,
        parent: undefined,
        from: "Ada",
        gist: "",
      },
      ...{ view: undefined, heading: depth * 2, body: depth * 2 + 1, bodyLast: depth * 2, last: depth * 2 },
    }));
    const roots = outlineOf({ lines: [], messages });
    let levels = 0;
    for (let nodes = roots; nodes.length > 0; nodes = nodes[0]?.children ?? []) levels++;
    assert.equal(roots[0]?.last, 198);
    assert.ok(levels <= 31, `${levels}`);
  });
});
