import assert from "node:assert/strict";
import { ancestorIds, type ParentState, readMessage } from "../../../src/threads/reading.ts";
import { messageOf } from "../../mails.ts";

const patch = () => messageOf({ "Message-ID": "<p@x>", From: "Bo <bo@x.example>" }, "one\ntwo\nthree\n");
const review = (body: string) =>
  messageOf(
    { "Message-ID": "<r@x>", From: "Carol <c@x.example>", References: "<p@x>", Subject: "Re: x" },
    body,
  );
const answer = (body: string) =>
  messageOf(
    { "Message-ID": "<a@x>", References: "<p@x> <r@x>", "In-Reply-To": "<r@x>", Subject: "Re: x" },
    body,
  );

/** Blocks as `kind depth first-last`, with the source where there is one, and `folded`. */
function brief(blocks: ReturnType<typeof readMessage>): string[] {
  return blocks.map(({ kind, depth, firstLine, lastLine, folded, source }) => {
    const from = source
      ? ` < ${source.messageId} ${source.firstLine}-${source.lastLine} ${source.state}`
      : "";
    return `${kind} ${depth} ${firstLine}-${lastLine}${from}${folded ? " folded" : ""}`;
  });
}

describe("a message as it is read", () => {
  it("V701 cited lines name their source", async () => {
    const blocks = readMessage(await review("> one\n> two\n\nYes.\n"), [await patch()], "seen");
    assert.deepEqual(brief(blocks), ["cited 1 1-3 < p@x 1-2 verbatim", "text 0 4-4"]);
  });
  it("V704 a message that is named but not at hand keeps its place", async () => {
    const blocks = readMessage(await answer("> > one\n> said\n\nYes.\n"), [await patch()], "missing");
    assert.deepEqual(brief(blocks).at(-1), "text 0 4-4");
    assert.ok(blocks.every(({ source }) => source?.state !== "foreign"));
  });
  it("a fold splits a source with its lines", async () => {
    const said = Array.from({ length: 60 }, (_, index) => `said line number ${index + 1}`);
    const parent = await messageOf({ "Message-ID": "<p@x>" }, said.join("\n"));
    const body = `${said.map((line) => `> ${line}`).join("\n")}\n\nYes.\n`;
    for (const block of readMessage(await review(body), [parent], "seen")) {
      if (block.depth === 0) continue;
      assert.equal(block.source?.firstLine, block.firstLine);
      assert.equal(block.source?.lastLine, Math.min(block.lastLine, 60));
    }
    assert.ok(readMessage(await review(body), [parent], "seen").some(({ folded }) => folded));
  });
  it("F812 folds less when the parent is missing", async () => {
    const body = `${"> line\n".repeat(18)}\nYes.\n${"more\n".repeat(40)}`;
    const folds = async (state: ParentState) =>
      readMessage(await review(body), [], state).some(({ folded }) => folded);
    assert.deepEqual([await folds("seen"), await folds("missing")], [true, false]);
  });
  it("every line stands in one block, whatever the body", async () => {
    for (const body of [
      "",
      "\n\n",
      "> a",
      "On D, Al wrote:\n> a\n\n-- \nx",
      ">".repeat(2000),
      "a\n\n\n> b\n\n",
    ]) {
      const message = await review(body);
      let next = 1;
      for (const { firstLine, lastLine } of readMessage(message, [], "missing")) {
        assert.equal(firstLine, next);
        next = lastLine + 1;
      }
      assert.equal(next, message.body.split("\n").length + 1);
    }
  });
});

describe("the messages answered", () => {
  const ids = async (fields: Parameters<typeof messageOf>[0]) => ancestorIds(await messageOf(fields));
  it("References from the end", async () =>
    assert.deepEqual(await ids({ References: "<a@x> <b@x>" }), ["b@x", "a@x"]));
  it("a single In-Reply-To is the parent", async () =>
    assert.deepEqual(await ids({ References: "<a@x> <b@x>", "In-Reply-To": "<a@x>" }), ["a@x", "b@x"]));
  it("none", async () => assert.deepEqual(await ids({}), []));
});
