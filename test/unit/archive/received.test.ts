/** Mail from a server, piece by piece: what is kept of it, also when it is cut or no mail at all. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { drop, dropUnfollowed, prune, Transfers } from "../../../src/archive/received.ts";
import type { ThreadNode, ThreadRow } from "../../../src/archive/remote.ts";
import { sentence } from "../../../src/base/report.ts";

const mail = (id: string, body = "text\n"): string =>
  `From: Ada <ada@kernel.example>\nMessage-ID: <${id}>\nDate: Mon, 16 Nov 2026 09:15:42 +0000\n\n${body}`;
const mbox = (...mails: string[]): Buffer =>
  Buffer.from(mails.map((one) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${one}\n`).join(""));

/** An index in which these messages are threads that the person follows. */
const following = (...ids: string[]) => ({
  threads: async () => ({ threads: ids.map((thread) => ({ thread }) as ThreadRow) }),
  thread: async ({ messageId }: { messageId: string }) => ({ nodes: [{ messageId } as ThreadNode] }),
});

describe("archive/received", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-received-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const kept = (): string[] =>
    readdirSync(join(folder, "new"))
      .sort()
      .map((name) => readFileSync(join(folder, "new", name), "latin1"));
  const receive = async (bytes: Buffer, pieceSize = 7) => {
    const transfers = new Transfers();
    for (let at = 0; at < bytes.length; at += pieceSize) {
      await transfers.take("t", folder, bytes.subarray(at, at + pieceSize));
    }
    return await transfers.take("t", folder, undefined);
  };

  it("packed, in whatever pieces", async () => {
    const [one, two] = [mail("1@x"), mail("2@x", "a\n>From b\n")];
    assert.deepEqual(await receive(gzipSync(mbox(one, two))), { messageIds: ["1@x", "2@x"] });
    assert.deepEqual(kept().sort(), [one, two.replace(">From", "From")].sort());
  });
  it("plain, as one message comes", async () => {
    assert.deepEqual(await receive(mbox(mail("1@x"))), { messageIds: ["1@x"] });
    assert.equal(kept().length, 1);
  });
  it("the same message twice is one file", async () => {
    await receive(gzipSync(mbox(mail("1@x"))));
    await receive(gzipSync(mbox(mail("1@x"), mail("2@x"))));
    assert.equal(kept().length, 2);
  });
  it("cut: what came whole is kept, the mail that was cut is not", async () => {
    const long = Array.from({ length: 3 }, (_, at) => mail(`${at}@x`, `${Math.random()}\n`.repeat(5000)));
    const packed = gzipSync(mbox(...long), { level: 0 });
    const received = await receive(packed.subarray(0, packed.length - 50_000), 4096);
    assert.equal(received?.cut, true);
    assert.deepEqual(received.messageIds, ["0@x", "1@x"]);
    assert.deepEqual(kept().length, 2);
  });
  it("damaged: as when it is cut", async () => {
    const packed = gzipSync(mbox(mail("1@x")));
    packed.fill(0xff, 30, 60);
    assert.equal((await receive(packed))?.cut, true);
    assert.deepEqual(kept(), []);
  });
  it("no mail at all", async () => {
    await assert.rejects(receive(Buffer.from("<!doctype html><p>hello")), (error) =>
      /What came is no mail\. Check the address/.test(sentence(error)),
    );
  });
  it("one is dropped, then all", async () => {
    await receive(mbox(mail("1@x"), mail("2@x")));
    drop(folder, ["1@x", "3@x"]);
    assert.deepEqual(kept(), [mail("2@x")]);
    await dropUnfollowed(following(), folder);
    assert.equal(existsSync(folder), false);
  });
  it("all are dropped but the threads that are followed", async () => {
    await receive(mbox(mail("1@x"), mail("2@x")));
    await dropUnfollowed(following("2@x"), folder);
    assert.deepEqual(kept(), [mail("2@x")]);
  });
  it("nothing", async () => assert.deepEqual(await receive(Buffer.alloc(0)), { messageIds: [] }));
  it("only so much is kept, the newest of it", async () => {
    await receive(mbox(mail("1@x"), mail("2@x"), mail("3@x")));
    assert.equal(prune(folder, 250), 1);
    assert.equal(kept().length, 2);
    assert.equal(prune(folder, 250), 0);
    assert.equal(prune(folder, 0, ["2@x", "3@x"]), 0);
  });
});
