/** The person's own mails in their threads, before any archive has them. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ThreadNode } from "../../../../src/archive/remote.ts";
import { Outbox } from "../../../../src/compose/outbox.ts";
import type { Archive } from "../../../../src/editor/archives/archiveWorker.ts";
import { insertPending, withPending } from "../../../../src/editor/sending/pendingMail.ts";

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

  describe("given by the archive", () => {
    let folder = "";
    let outbox: Outbox;
    let held = nodes("a0 b1");
    const archive: Archive = {
      request: async (name, params) => {
        const { messageId = "" } = (params ?? {}) as { messageId?: string };
        if (name !== "thread") return [] as never;
        return (held.some((one) => one.messageId === messageId) ? { row: {}, nodes: held } : null) as never;
      },
    };
    const send = async (name: string, inReplyTo: string): Promise<void> => {
      const bytes = `From: Ada <ada@kernel.example>\r\nSubject: Re: a\r\nMessage-ID: <${name}>\r\n\r\nyes\r\n`;
      await outbox.add(
        {
          name,
          bytes: Buffer.from(bytes),
          draftText: "",
          messageId: name,
          subject: "Re: a",
          from: "ada@kernel.example",
          to: ["bo@kernel.example"],
          eightBit: false,
          inReplyTo,
        },
        Date.now() + 10_000,
      );
    };
    /** The thread of a message as ids and depths, pending ones with a star. */
    const thread = async (messageId: string): Promise<string> => {
      const found = await withPending(archive, outbox).request("thread", { messageId });
      return (found?.nodes ?? [])
        .map((one) => `${one.messageId}${one.depth}${one.pending ? "*" : ""}`)
        .join(" ");
    };
    const bytes = async (messageId: string): Promise<string> => {
      const [raw] = await withPending(archive, outbox).request("raw", { messageIds: [messageId] });
      return Buffer.from(raw?.raw ?? []).toString();
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "kernel-mail-pending-"));
      outbox = new Outbox(join(folder, "outbox"));
      held = nodes("a0 b1");
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("until the archive has it itself", async () => {
      await send("x", "a");
      assert.equal(await thread("a"), "a0 b1 x1*");
      assert.match(await bytes("x"), /\r\n\r\nyes\r\n$/);
      held = nodes("a0 x1");
      assert.equal(await thread("a"), "a0 x1");
    });

    it("an answer to one's own pending mail too, each in the thread of what it answers", async () => {
      await send("x", "a");
      await send("y", "x");
      assert.equal(await thread("a"), "a0 b1 x1* y2*");
      assert.equal(await thread("y"), "a0 b1 x1* y2*");
      await send("z", "elsewhere");
      assert.equal(await thread("z"), "");
    });

    it("under the id that the server gave it, so that answers to it refer to the one the list knows", async () => {
      await send("x", "a");
      await outbox.change("x", (mail) => ({ ...mail, state: "sent", serverMessageId: "real@mx.example" }));
      assert.equal(await thread("a"), "a0 b1 real@mx.example1*");
      const renamed =
        "From: Ada <ada@kernel.example>\r\nSubject: Re: a\r\nMessage-ID: <real@mx.example>\r\n\r\nyes\r\n";
      assert.equal(await bytes("real@mx.example"), renamed);
      assert.equal(await bytes("x"), renamed);
    });
  });
});
