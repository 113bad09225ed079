import assert from "node:assert/strict";
import type { Message } from "../../../src/mail/message.ts";
import {
  ancestorIds,
  MOST_ANCESTORS,
  type ParentState,
  type Reading,
  readMessage,
} from "../../../src/threads/reading.ts";
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
function brief({ blocks }: Reading): string[] {
  return blocks.map(({ kind, depth, firstLine, lastLine, folded, source }) => {
    const from = source
      ? ` < ${source.messageId} ${source.firstLine}-${source.lastLine} ${source.state}`
      : "";
    return `${kind} ${depth} ${firstLine}-${lastLine}${from}${folded ? " folded" : ""}`;
  });
}

describe("a message as it is read", () => {
  it("V701 cited lines name their source", async () => {
    const reading = readMessage(await review("> one\n> two\n\nYes.\n"), [await patch()], "seen");
    assert.deepEqual(brief(reading), ["cited 1 1-3 < p@x 1-2 verbatim", "text 0 4-4"]);
  });
  it("V704 a message that is named but not at hand keeps its place", async () => {
    const reading = readMessage(await answer("> > one\n> said\n\nYes.\n"), [await patch()], "missing");
    assert.deepEqual(brief(reading).at(-1), "text 0 4-4");
    assert.ok(reading.blocks.every(({ source }) => source?.state !== "foreign"));
  });
  it("D105 of a chain of thousands only what may be cited is looked at", async () => {
    const beyond = new Proxy(await patch(), { get: () => assert.fail("looked at") });
    const chain = [await patch(), ...new Array<Message>(MOST_ANCESTORS).fill(await review("x")), beyond];
    assert.deepEqual(brief(readMessage(await review("> one\n"), chain, "seen")), [
      "cited 1 1-1 < p@x 1-1 verbatim",
    ]);
  });
  it("a fold splits a source with its lines", async () => {
    const said = Array.from({ length: 60 }, (_, index) => `said line number ${index + 1}`);
    const parent = await messageOf({ "Message-ID": "<p@x>" }, said.join("\n"));
    const body = `${said.map((line) => `> ${line}`).join("\n")}\n\nYes.\n`;
    const { blocks } = readMessage(await review(body), [parent], "seen");
    for (const block of blocks) {
      if (block.depth === 0) continue;
      assert.equal(block.source?.firstLine, block.firstLine);
      assert.equal(block.source?.lastLine, Math.min(block.lastLine, 60));
    }
    assert.ok(blocks.some(({ folded }) => folded));
  });
  it("F812 folds less when the parent is missing", async () => {
    const body = `${"> line\n".repeat(18)}\nYes.\n${"more\n".repeat(40)}`;
    const folds = async (state: ParentState) =>
      readMessage(await review(body), [], state).blocks.some(({ folded }) => folded);
    assert.deepEqual([await folds("seen"), await folds("missing")], [true, false]);
  });
  it("A19 P502 a line that lost its marks stands with the line above", async () => {
    const parent = await messageOf({ "Message-ID": "<p@x>" }, "aaa bbb ccc ddd eee fff ggg\nhh\n");
    const reading = readMessage(
      await review("> aaa bbb ccc ddd eee\nfff ggg\n> hh\n\nYes.\n"),
      [parent],
      "seen",
    );
    assert.deepEqual(brief(reading), [
      "cited 1 1-2 < p@x 1-1 rewrapped",
      "cited 1 3-4 < p@x 2-2 verbatim",
      "text 0 5-5",
    ]);
    assert.deepEqual(reading.blocks[0]?.wrapped, [{ line: 2, depth: 1, proven: true }]);
  });
  it("V706 an edited line says which words its author did not write, and what was said", async () => {
    const parent = await messageOf(
      { "Message-ID": "<p@x>" },
      "first\nthe lock is needed here in this place\n",
    );
    const cited = "> first\n> the lock is not needed here in this place\n\nIs it?\n";
    const { blocks } = readMessage(await review(cited), [parent], "seen");
    assert.deepEqual(
      blocks.flatMap(({ edits = [] }) => edits),
      [{ line: 2, said: "the lock is needed here in this place", edits: [{ start: 12, end: 15 }] }],
    );
  });
  it("A20 without proof it is the sender's own", async () => {
    const parent = await messageOf({ "Message-ID": "<p@x>" }, "aaa bbb ccc ddd eee\nhh\n");
    const reading = readMessage(await review("> aaa bbb ccc ddd eee\nfff ggg\n> hh\n"), [parent], "seen");
    assert.deepEqual(
      reading.blocks.map(({ depth, wrapped }) => [depth, wrapped]),
      [
        [1, undefined],
        [0, undefined],
        [1, undefined],
      ],
    );
  });
  it("P504 possibly wrapped stays where it is, and is marked", async () => {
    const full = "> this line was filled up to the very last column that a mailer allows it to";
    const { blocks } = readMessage(await review(`${full}\nhave here\n> and more\n`), [], "missing");
    assert.deepEqual(blocks[1]?.wrapped, [{ line: 2, depth: 1, proven: false }]);
    assert.deepEqual([blocks[1]?.kind, blocks[1]?.depth], ["text", 0]);
  });
  it("a rejoined line folds with its block", async () => {
    const said = Array.from({ length: 60 }, (_, index) => `said line number ${index + 1} and more of it`);
    const parent = await messageOf({ "Message-ID": "<p@x>" }, said.join("\n"));
    const cited = said.map((line) => `> ${line}`);
    cited.splice(9, 1, "> said line number 10 and", "more of it");
    const { blocks } = readMessage(await review(`${cited.join("\n")}\n\nYes.\n`), [parent], "seen");
    const hidden = blocks.filter(({ folded }) => folded);
    assert.deepEqual([hidden[0]?.firstLine, hidden.at(-1)?.lastLine], [1, 55]);
    assert.equal(
      blocks.filter(({ firstLine, lastLine }) => firstLine <= 11 && lastLine >= 11)[0]?.folded,
      true,
    );
  });
  it("A17 A408 the source wins over the attribution, and the block says so", async () => {
    const bo = await messageOf({ "Message-ID": "<p@x>", From: "Bo Eta <bo@x>" }, "one two\nthree four\n");
    const al = await messageOf(
      { "Message-ID": "<r@x>", From: "Al Pha <al@x>", References: "<p@x>" },
      "five six\nseven eight\n",
    );
    const reading = readMessage(
      await answer("On D 1 May 2024 10:00, Al Pha wrote:\n> one two\n> three four\n\nYes.\n"),
      [al, bo],
      "seen",
    );
    const cited = reading.blocks.find(({ kind }) => kind === "cited");
    assert.deepEqual([cited?.author, cited?.named], ["Bo Eta", "Al Pha"]);
  });
  it("D21 D246 a stuffed > of a flowed mail is text", async () => {
    const flowed = await messageOf(
      { "Content-Type": "text/plain; format=flowed", References: "<p@x>", Subject: "Re: x" },
      " >literal\n> cited\n",
    );
    const { blocks } = readMessage(flowed, [], "missing");
    assert.deepEqual(
      blocks.map(({ kind, depth }) => `${kind} ${depth}`),
      ["text 0", "cited 1"],
    );
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
      for (const { firstLine, lastLine } of readMessage(message, [], "missing").blocks) {
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
