import assert from "node:assert/strict";
import {
  entryText,
  markCurrent,
  renderOutline,
  rowAfterKey,
  takeMarks,
} from "../../src/reader/client/outline.ts";
import { shortNames } from "../../src/reader/client/people.ts";
import { markUnread, renderHeader } from "../../src/reader/client/threadHeader.ts";
import type { OutlineEntry } from "../../src/reader/protocol.ts";
import { drawingOf } from "./views.ts";

const entry = (messageId: string, depth: number, more: Partial<OutlineEntry> = {}): OutlineEntry => ({
  messageId,
  depth,
  missing: false,
  from: "Bo Lind",
  gist: "",
  ...more,
});
const outline = [entry("a", 0), entry("b", 1), entry("c", 2), entry("d", 1, { missing: true, from: "" })];

describe("client/outline", () => {
  it("shows and says what the person made of a message", () => {
    const marked = [
      entry("a", 0, { marks: { unread: true, starred: true, note: "ask again" } }),
      entry("b", 1, { marks: { unread: true, bot: true } }),
      entry("c", 1),
    ];
    const rows = [...renderOutline(drawingOf(), marked, new Set(["c"])).children];
    assert.deepEqual(
      rows.map((row) => [row.classList.contains("unread"), row.querySelector(".marks")?.textContent ?? ""]),
      [
        [true, "✎★●, unread, starred, with a note, "],
        [false, ", unread, "],
        [false, "✓, marked for a trailer, "],
      ],
    );
    assert.match(rows[0]?.getAttribute("title") ?? "", /ask again$/);
  });
  it("is headed by how many messages of people are unread, now and after marks have changed", () => {
    const marked = [
      entry("a", 0, { marks: { unread: true } }),
      entry("b", 1, { marks: { unread: true, bot: true } }),
      entry("c", 1),
    ];
    const view = { thread: "a", subject: "maps", list: "maps", people: 2, outline: marked };
    const header = renderHeader(drawingOf(), view, 1, () => undefined);
    const count = header.querySelector(".unreadCount");
    assert.equal(count?.textContent, " · 1 unread");
    takeMarks(marked, {});
    markUnread(header, marked);
    assert.ok(count.hasAttribute("hidden"));
  });
  it("says who and what in a word", () => {
    const said = (gist: string) => entryText(entry("a", 0, { gist }));
    assert.deepEqual(["", "cover letter", "2/4 mm: x", "Reviewed-by Bo Lind", "races?"].map(said), [
      "Bo Lind",
      "Bo Lind · cover letter",
      "2/4 mm: x",
      "Reviewed-by Bo Lind",
      "Bo Lind · races?",
    ]);
  });
  it("calls people by their first names where these are their own", () => {
    const names = ["Bo Lind", "Ada Moreno", "Ada Okafor", "kernel test robot", "Chen, Wei"];
    const short = shortNames(names.map((from, index) => entry(String(index), 0, { from })));
    assert.deepEqual(
      names.map((name) => short.get(name)),
      ["Bo", "Ada Moreno", "Ada Okafor", "kernel test robot", "Wei"],
    );
  });
  it("shows the missing as missing", () =>
    assert.equal(entryText(outline[3] as OutlineEntry), "message not in the archive"));
  it("is a tree with one tab stop and spoken levels", () => {
    const tree = renderOutline(drawingOf(), outline);
    assert.deepEqual(
      [...tree.children].map((row) => row.getAttribute("aria-level")),
      ["1", "2", "3", "2"],
    );
    assert.equal(tree.querySelectorAll("[tabindex='0']").length, 1);
    markCurrent(tree, "c");
    assert.equal(tree.querySelector("[aria-selected='true']")?.getAttribute("data-message"), "c");
    assert.equal(tree.querySelectorAll("[tabindex='0']").length, 1);
  });
  it("arrows go along, in and out", () => {
    const [a, b, c, d] = [...renderOutline(drawingOf(), outline).children] as [
      Element,
      Element,
      Element,
      Element,
    ];
    assert.equal(rowAfterKey(b, "ArrowDown"), c);
    assert.equal(rowAfterKey(b, "ArrowRight"), c);
    assert.equal(rowAfterKey(d, "ArrowLeft"), a);
    assert.equal(rowAfterKey(c, "ArrowLeft"), b);
    assert.equal(rowAfterKey(b, "End"), d);
    assert.equal(rowAfterKey(b, "x"), undefined);
  });
});
