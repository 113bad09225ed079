/** How a message begins, for a hover. */
import assert from "node:assert/strict";
import { firstOwnLines, openPreview, previewText } from "../../../../src/editor/links/linkPreview.ts";

describe("editor/linkPreview", () => {
  it("own lines alone, without blank lines at the ends, and not many", () =>
    assert.deepEqual(
      firstOwnLines(
        "On Mon, 22 Jul 2024 12:42:52 +0200, Ada wrote:\n> cited\n\nHi,\n\n\nyes.\n\n> more\n\nNo.\n-- \nBo\n",
      ),
      ["Hi,", "", "yes.", "", "No."],
    ));
  it("as many as asked for", () => assert.deepEqual(firstOwnLines("1\n2\n3\n", 2), ["1", "2"]));
  it("a page of marc.info says what is looked for, any other page says nothing", async () => {
    const preview = openPreview({} as Parameters<typeof openPreview>[0]);
    const told = await preview({
      kind: "url",
      target: "https://marc.info/?l=linux-pond&m=179482054203372&w=2",
    });
    assert.match(told?.heading ?? "", /^What came to linux-pond on .*2026/);
    assert.equal(await preview({ kind: "url", target: "https://kernel.example/" }), undefined);
  });
  it("as plain text", () => {
    assert.equal(previewText({ heading: "Ada", title: "pond", lines: ["Hi"] }), "Ada\npond\n\nHi");
    assert.equal(previewText(undefined), "");
  });
});
