import assert from "node:assert/strict";
import { readBody } from "../../../src/mail/body.ts";
import { linkedIds, linkSpans, markHeld } from "../../../src/reader/bodyLinks.ts";
import type { MessageView, Span } from "../../../src/reader/protocol.ts";
import { viewMessage } from "../../../src/reader/view.ts";
import { messageOf } from "../../mails.ts";

const ID = "20240722104252.1234-1-ada@kernel.example";

const spansOf = (body: string): Span[] => {
  const blocks = readBody(body).map((block) => ({ ...block, folded: false }));
  return [...linkSpans(body, blocks).values()].flat();
};

async function viewOf(body: string): Promise<MessageView> {
  const message = await messageOf({}, body);
  const node = { messageId: "c@x", depth: 0, missing: false, subject: "", fromName: "", fromAddress: "" };
  return viewMessage(message, { node, ancestors: [] });
}

describe("reader/bodyLinks", () => {
  it("a message keeps the address it was written as", () =>
    assert.deepEqual(spansOf(`https://lore.kernel.org/all/${ID}/`), [
      { start: 0, end: 69, kind: "messageId", target: ID, url: `https://lore.kernel.org/all/${ID}/` },
    ]));
  it("P507 the whole address of one that was cut", () => {
    const [span] = spansOf(`this was discussed at length in https://lore.kernel.org/all/\n${ID}/`);
    assert.equal(span?.url, `https://lore.kernel.org/all/${ID}/`);
  });
  it("a bare id has no address", () =>
    assert.deepEqual(spansOf(`Message-ID: <${ID}>`), [
      { start: 13, end: 53, kind: "messageId", target: ID },
    ]));
  it("commits and places in files", () =>
    assert.deepEqual(spansOf('commit 0123456789ab ("x") fs/a.c:12'), [
      { start: 7, end: 19, kind: "commit", target: "0123456789ab" },
      { start: 26, end: 35, kind: "place", target: "fs/a.c:12" },
    ]));
  it("asks for each message once and notes which are held", async () => {
    const view = await viewOf(
      `<${ID}>\nhttps://lore.kernel.org/r/${ID}\nhttps://lore.kernel.org/r/other.1@kernel.example\n`,
    );
    assert.deepEqual(linkedIds([view]), [ID, "other.1@kernel.example"]);
    markHeld([view], (messageId) => messageId === ID);
    const spans = view.blocks.flatMap(({ links = [] }) => links.flatMap((line) => line.spans));
    assert.deepEqual(
      spans.map(({ inArchive }) => inArchive),
      [true, true, false],
    );
  });
});
