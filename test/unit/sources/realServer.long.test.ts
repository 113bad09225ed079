/** Debian's public-inbox on loopback, serving a whole list of real mail: what we ask of it and what comes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Transfers } from "../../../src/archive/received.ts";
import { ReceivedFolder } from "../../../src/archive/receivedFolder.ts";
import { readSkeleton } from "../../../src/mail/skeleton.ts";
import { runGit } from "../../../src/sources/git.ts";
import {
  inboxes,
  message,
  newest,
  type SentMail,
  search,
  searchMail,
  thread,
} from "../../../src/sources/lore.ts";
import { cloneEpoch } from "../../../src/sources/mirror.ts";
import { Server } from "../../../src/sources/server.ts";
import { corpus } from "../../corpora.ts";
import { splitMbox } from "../../mirror.ts";
import { needPublicInbox, type PublicInboxServer, servePublicInbox } from "../../publicInbox.ts";

describe("a real public-inbox server", function () {
  this.timeout(20 * 60_000);
  const never = new AbortController().signal;
  let folder: string;
  let remote: PublicInboxServer;
  let all: Server;
  let list: Server;
  const asked: string[] = [];

  before(async function () {
    needPublicInbox(this);
    const bundle = corpus(this, "kgdb-bugreport", "v2-epoch0.bundle");
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-real-"));
    const inbox = join(folder, "kgdb");
    execFileSync("git", ["clone", "--quiet", "--mirror", bundle, join(inbox, "git", "0.git")]);
    remote = await servePublicInbox({ name: "kgdb", address: "kgdb@lists.example", folder: inbox });
    const parts = { sleep: async () => undefined };
    all = new Server(remote.base, parts);
    list = new Server(`${remote.base}kgdb/`, parts);
    const table = readFileSync(corpus(this, "kgdb-bugreport", "thread-mids.tsv"), "utf8");
    asked.push(...table.split(/\s+/).filter((word) => word.includes("@")));
  });
  after(async () => {
    await remote?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const received = async (sent: SentMail | undefined, name: string): Promise<string[]> => {
    assert.ok(sent, name);
    const transfers = new Transfers();
    const opened = new ReceivedFolder(join(folder, "opened"));
    for await (const piece of sent.pieces) await transfers.take(name, opened, piece);
    const result = await transfers.take(name, opened, undefined);
    assert.equal(result?.cut, undefined);
    return result?.messageIds ?? [];
  };

  it("threads come whole, by any address of the server", async function () {
    for (const [at, id] of asked.entries()) {
      const packed = readFileSync(corpus(this, "kgdb-bugreport", `thread${at + 1}-t.mbox.gz`));
      const expected = splitMbox(gunzipSync(packed)).map((mail) => readSkeleton(mail).messageId);
      for (const server of [all, list]) {
        assert.deepEqual((await received(await thread(server, id, never), id)).sort(), expected.sort());
      }
    }
  });
  it("one message", async () => {
    const [id = ""] = asked;
    assert.deepEqual(await received(await message(list, id, never), "raw"), [id]);
    assert.equal(await message(list, "nobody@x.example", never), undefined);
  });
  it("every message of the list, page by page backwards", async () => {
    const seen = new Set<string>();
    let pages = 0;
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await newest(list, never, next);
      const before = seen.size;
      for (const { messageId } of page.entries) seen.add(messageId);
      pages += 1;
      next = seen.size > before ? page.next : undefined;
    }
    console.log(`      ${pages} pages, ${seen.size} messages`);
    assert.ok(seen.size >= 2300, `${seen.size} of 2,355 messages`);
  });
  it("the server's own search", async () => {
    const { entries } = await search(list, "s:kgdb", never);
    assert.ok(entries.length > 20 && entries.every(({ messageId }) => messageId.includes("@")));
    assert.deepEqual(await search(list, "s:nothinglikethis", never), { entries: [] });
    const mails = await received(await searchMail(list, "s:kgdb d:20220101..20220401", never), "found");
    assert.ok(mails.length > 0);
  });
  it("a mirror over HTTP", async () => {
    const [listing] = await inboxes(all, never);
    assert.deepEqual([listing?.path, listing?.epochs.length], ["kgdb", 1]);
    await cloneEpoch(`${remote.base}kgdb/git/0.git`, join(folder, "mine"), 0, { git: "git", signal: never });
    const { stdout } = await runGit("git", join(folder, "mine", "git", "0.git"), [
      "rev-list",
      "--count",
      "HEAD",
    ]);
    assert.equal(stdout.trim(), "2358");
  });
});
