/** The person's own mails in their threads, before any archive has them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ThreadNode } from "../../../src/archive/remote.ts";
import { Outbox } from "../../../src/compose/outbox.ts";
import type { Archive } from "../../../src/editor/archiveWorker.ts";
import { insertPending, withPending } from "../../../src/editor/pendingMail.ts";

const node = (messageId: string, depth: number): ThreadNode => ({
  messageId,
  depth,
  missing: false,
  subject: messageId,
  fromName: "",
  fromAddress: "",
  unread: false,
  imposters: 0,
});

/** "a0 b1" as nodes; the digit is the depth. */
const nodes = (text: string): ThreadNode[] =>
  text.split(" ").map((one) => node(one.slice(0, -1), Number(one.slice(-1))));

const shown = (parent: string): string =>
  insertPending(nodes("a0 b1 c2 d1"), [{ node: node("x", 0), parent }])
    .map(({ messageId, depth }) => `${messageId}${depth}`)
    .join(" ");

describe("pending mail in a thread", () => {
  it("stands after the answers that are there", () => {
    assert.equal(shown("b"), "a0 b1 c2 x2 d1");
    assert.equal(shown("a"), "a0 b1 c2 d1 x1");
    assert.equal(shown("d"), "a0 b1 c2 d1 x2");
  });

  it("is not there twice, nor without what it answers", () => {
    assert.equal(shown("elsewhere"), "a0 b1 c2 d1");
    assert.equal(insertPending(nodes("a0 b1"), [{ node: node("b", 0), parent: "a" }]).length, 2);
  });

  it("is given by the archive until the archive has it itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-pending-"));
    try {
      const outbox = new Outbox(join(folder, "outbox"));
      await outbox.add(
        {
          name: "x",
          bytes: Buffer.from(
            "From: Ada <ada@kernel.example>\r\nSubject: Re: a\r\nMessage-ID: <x>\r\n\r\nyes\r\n",
          ),
          draftText: "",
          messageId: "x",
          subject: "Re: a",
          from: "ada@kernel.example",
          to: ["bo@kernel.example"],
          eightBit: false,
          inReplyTo: "a",
        },
        Date.now() + 10_000,
      );
      let held = nodes("a0 b1");
      const archive: Archive = {
        request: async (name) => (name === "thread" ? { row: {}, nodes: held } : []) as never,
      };
      const withOutbox = withPending(archive, outbox);
      const thread = async () => (await withOutbox.request("thread", { messageId: "a" }))?.nodes ?? [];
      const own = (await thread()).find(({ pending }) => pending);
      assert.deepEqual([own?.messageId, own?.fromName, own?.parent, own?.depth], ["x", "Ada", "a", 1]);
      const [raw] = await withOutbox.request("raw", { messageIds: ["x"] });
      assert.match(Buffer.from(raw?.raw ?? []).toString(), /\r\n\r\nyes\r\n$/);
      held = nodes("a0 x1");
      assert.equal(
        (await thread()).some(({ pending }) => pending),
        false,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
