/** Moves in a thread as text: a line in, the line one comes to out. */
import assert from "node:assert/strict";
import {
  answersAt,
  countUnread,
  originAt,
  type Stop,
  sayPlace,
  stepTo,
} from "../../../src/reader/textMoves.ts";
import { smallThread } from "../../threadTexts.ts";

/** From the first line that reads `from`, by steps of one kind until there is none: what the lines read. */
async function walk(from: string, stop: Stop, step: 1 | -1): Promise<string[]> {
  const text = await smallThread();
  const read: string[] = [];
  let line: number | undefined = text.lines.indexOf(from);
  assert.notEqual(line, -1);
  while (line !== undefined && read.length < 20) {
    line = stepTo(text, line, stop, step);
    if (line !== undefined) read.push(text.lines[line] ?? "");
    if (stop === "parent") break;
  }
  return read;
}

describe("reader/textMoves", () => {
  it("goes to the next own passage, over cited text and into the next message", async () => {
    assert.deepEqual(await walk("slack", "newText", 1), ["one", "Why two?", "Yes.", "Take it."]);
    assert.deepEqual(await walk("Take it.", "newText", -1), ["Yes.", "Why two?", "one"]);
  });
  it("goes to hunks, messages and the parent", async () => {
    assert.deepEqual(await walk("slack", "hunk", 1), ["@@ -1 +1 @@"]);
    const messages = await walk("slack", "message", 1);
    assert.deepEqual(
      messages.map((heading) => heading.slice(0, 12)),
      ["Message: Ada", "Message: Bo ", "Message in n", "Message: Che"],
    );
    assert.match((await walk("Why two?", "parent", -1))[0] ?? "", /^Message: Ada/);
    assert.deepEqual(await walk("one", "parent", -1), []);
  });
  it("V703 goes from a cited line to where it was said", async () => {
    const text = await smallThread();
    const origin = originAt(text, text.lines.indexOf("> two"));
    assert.equal(text.lines[origin?.line ?? -1], "two");
    assert.equal(origin?.sentence, "Ada Moreno said this, in message 1.");
    assert.equal(originAt(text, text.lines.indexOf("Why two?")), undefined);
  });
  it("goes from a line, or from above it, to what answers it", async () => {
    const text = await smallThread();
    const answers = (line: string) =>
      answersAt(text, text.lines.indexOf(line)).map(({ line: at, by, words }) => [text.lines[at], by, words]);
    assert.deepEqual(answers("two"), [["Why two?", "Bo Lind", "Why two?"]]);
    assert.deepEqual(answers("one"), answers("two"));
    assert.deepEqual(answers("slack"), answers("two"));
    assert.deepEqual(answers("Take it."), []);
  });
  it("says where one is", async () => {
    const text = await smallThread();
    const at = (line: string): string => sayPlace(text, text.lines.indexOf(line), 2);
    assert.equal(
      at("> two"),
      "Message 2 of 4, Bo Lind, answers Ada Moreno, depth 1, cited text of Ada Moreno, 1 deep, 2 unread",
    );
    assert.equal(at("Why two?"), "Message 2 of 4, Bo Lind, answers Ada Moreno, depth 1, own text, 2 unread");
    assert.match(at("+new"), /patch, 2 unread$/);
    assert.match(at("Message in no archive: <gone@kernel.example>"), /in no archive, depth 1, 2 unread$/);
  });
  it("counts what is unread, but for robots", () => {
    const entry = { messageId: "a@x.example", depth: 0, missing: false, from: "Ada", gist: "" };
    const outline = [
      entry,
      { ...entry, marks: { unread: true as const } },
      { ...entry, marks: { unread: true as const, bot: true as const } },
    ];
    assert.equal(countUnread(outline), 1);
  });
});
