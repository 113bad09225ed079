/** Mail from a server, piece by piece: what is kept of it, also when it is cut or no mail at all. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type TransferLimits, Transfers } from "../../../src/archive/received.ts";
import { ReceivedFolder } from "../../../src/archive/receivedFolder.ts";
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
  let path: string;
  let folder: ReceivedFolder;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "kernel-mail-received-"));
    folder = new ReceivedFolder(path);
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));

  const kept = (): string[] =>
    readdirSync(join(path, "new"))
      .sort()
      .map((name) => readFileSync(join(path, "new", name), "latin1"));
  const receive = async (bytes: Buffer, pieceSize = 7, limits?: TransferLimits) => {
    const transfers = new Transfers(limits);
    for (let at = 0; at < bytes.length; at += pieceSize) {
      const over = await transfers.take("t", folder, bytes.subarray(at, at + pieceSize));
      if (over !== null) return over;
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
  it("byte by byte, packed and plain", async () => {
    for (const bytes of [gzipSync(mbox(mail("1@x"))), mbox(mail("2@x"))]) await receive(bytes, 1);
    assert.equal(kept().length, 2);
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
    folder.drop(["1@x", "3@x"]);
    assert.deepEqual(kept(), [mail("2@x")]);
    await folder.dropUnfollowed(following());
    assert.equal(existsSync(path), false);
  });
  it("all are dropped but the threads that are followed", async () => {
    await receive(mbox(mail("1@x"), mail("2@x")));
    await folder.dropUnfollowed(following("2@x"));
    assert.deepEqual(kept(), [mail("2@x")]);
  });
  it("nothing", async () => assert.deepEqual(await receive(Buffer.alloc(0)), { messageIds: [] }));
  it("only so much is kept, the newest of it", async () => {
    await receive(mbox(mail("1@x"), mail("2@x"), mail("3@x")));
    assert.equal(folder.prune(250), 1);
    assert.equal(kept().length, 2);
    assert.equal(folder.prune(250), 0);
    assert.equal(folder.prune(0, ["2@x", "3@x"]), 0);
  });
  it("its size is known from what comes and goes, and counted anew when somebody else has changed it", async () => {
    const size = mail("1@x").length;
    const prune = (limit: number) => folder.pruneUnmarked(following(), limit);
    await receive(mbox(mail("1@x")));
    assert.equal(await prune(size), 0);
    await receive(mbox(mail("1@x"), mail("2@x")));
    assert.equal(await prune(2 * size), 0);
    await receive(mbox(mail("3@x")));
    assert.equal(await prune(2 * size), 1);
    const other = new ReceivedFolder(path);
    other.store("4@x", 0, Buffer.from(mail("4@x")));
    assert.equal(await prune(2 * size), 1);
    folder.drop(["4@x"]);
    assert.equal(await prune(2 * size), 0);
  });
  it("a message with a large attachment comes whole", async () => {
    const large = mail("1@x", "0123456789abcdef\n".repeat(200_000));
    await receive(gzipSync(mbox(large, mail("2@x"))), 1 << 16);
    assert.deepEqual(kept().sort(), [large, mail("2@x")].sort());
  });
  for (const [name, packed] of [
    ["packed", gzipSync],
    ["plain", Buffer.from],
  ] as const) {
    it(`more than can be a thread is stopped: ${name}`, async () => {
      const long = () => randomBytes(3000).toString("hex");
      const many = packed(mbox(...Array.from({ length: 9 }, (_, at) => mail(`${at}@x`, long()))));
      for (const limits of [
        { bytes: 20_000, messages: 99 },
        { bytes: 999_999, messages: 3 },
      ]) {
        await assert.rejects(receive(many, 4096, limits), (error) =>
          /^The server sends more than can be one thread, and was stopped\./.test(sentence(error)),
        );
      }
    });
  }
  it("cancelled: all is as it was before", async () => {
    await receive(mbox(mail("1@x")));
    const transfers = new Transfers();
    await transfers.take("t", folder, mbox(mail("1@x"), mail("2@x"), mail("3@x", "text\n".repeat(9999))));
    assert.equal(kept().length, 2);
    assert.deepEqual(await transfers.take("t", folder, "cancel"), { messageIds: [] });
    assert.deepEqual(kept(), [mail("1@x")]);
  });
  it("damage is not waited behind: nothing more can come", async () => {
    const bytes = Buffer.concat([gzipSync(mbox(mail("1@x"))), Buffer.alloc(99_999, "x")]);
    assert.deepEqual(await receive(bytes, 1000, { bytes: 5000, messages: 9 }), { messageIds: [], cut: true });
  });
});
