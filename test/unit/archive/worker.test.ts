import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ArchiveClient, startArchive } from "../../../src/archive/worker.ts";
import { isUserError } from "../../../src/base/report.ts";
import { workerFile } from "./archives.ts";

describe("archive/worker", function () {
  this.timeout(30_000);
  let folder = "";
  let mbox = "";
  const open: ArchiveClient[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "remote-"));
    mbox = join(folder, "two.mbox");
    const mail = (id: string, more: string) =>
      `From mboxrd@z Thu Jan  1 00:00:00 1970\nMessage-ID: <${id}>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: about ${id}\nFrom: Ada <ada@kernel.example>\n${more}\ntext of ${id}\n\n`;
    writeFileSync(
      mbox,
      mail("a@kernel.example", "") + mail("b@kernel.example", "In-Reply-To: <a@kernel.example>\n"),
    );
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (db = join(folder, "index.sqlite"), died?: (error: Error, restarted: boolean) => void) => {
    const client = startArchive(
      workerFile(),
      { db, git: "git", bodies: "prose" },
      died === undefined ? {} : { died },
    );
    open.push(client);
    return client;
  };

  it("indexes and answers behind the wall, and tells what changes", async () => {
    const client = start();
    const told: string[] = [];
    client.on("changed", ({ source }) => told.push(source));
    const summary = await client.request("index", { archive: { path: mbox } });
    assert.deepEqual([summary.format, summary.messages], ["mbox", 2]);
    const thread = await client.request("thread", { messageId: "b@kernel.example" });
    assert.deepEqual(
      thread?.nodes.map(({ messageId, depth }) => [messageId, depth]),
      [
        ["a@kernel.example", 0],
        ["b@kernel.example", 1],
      ],
    );
    const [raw] = await client.request("raw", { messageIds: ["b@kernel.example"] });
    assert.match(Buffer.from(raw?.raw ?? []).toString("latin1"), /text of b@kernel\.example/);
    assert.deepEqual(await client.notices(), []);
    assert.ok(told.includes(mbox));
  });

  it("passes on what is wrong as a sentence", async () => {
    await assert.rejects(
      start().request("index", { archive: { path: join(folder, "nowhere") } }),
      isUserError,
    );
    await assert.rejects(start(join(mbox, "index.sqlite")).request("archives", null), isUserError);
  });

  it("rejects what waits when it is closed", async () => {
    const client = start();
    await client.request("archives", null);
    const waiting = client.request("archives", null);
    client.close();
    await assert.rejects(waiting, /gone/);
  });

  it("starts a worker that died once more, and not forever", async () => {
    const deaths: boolean[] = [];
    const broken = join(folder, "broken.cjs");
    writeFileSync(broken, "throw new Error('no');");
    const dead = new Promise<void>((resolve) => {
      const client = startArchive(
        broken,
        { db: "", git: "", bodies: "none" },
        {
          died: (error, restarted) => {
            assert.match(error.message, /no/);
            deaths.push(restarted);
            if (!restarted) resolve();
          },
        },
      );
      open.push(client);
      client.request("archives", null).catch((error: Error) => assert.match(error.message, /gone/));
    });
    await dead;
    assert.deepEqual(deaths, [true, false]);
  });
});
