import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import { type Mail, MemorySource, type Step } from "./memorySource.ts";

describe("archive/archive", () => {
  let folder = "";
  let open: Archive[] = [];
  let sources = new Map<string, MemorySource>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "archive-"));
    sources = new Map();
    open = [];
  });
  afterEach(() => {
    for (const archive of open) archive.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const openHere = (): Archive => {
    const archive = openArchive(
      { db: join(folder, "index.sqlite"), git: "git", bodies: "prose" },
      { openSource: ({ path }) => sources.get(path) as MemorySource, lockWaitMs: 200 },
    );
    open.push(archive);
    return archive;
  };
  /** Puts steps behind a path and indexes it. */
  const index = (archive: Archive, path: string, ...steps: Step[]) => {
    const source = sources.get(path) ?? new MemorySource(path, []);
    sources.set(path, source);
    source.steps.push(...steps);
    return archive.index({ archive: { path } });
  };
  const shape = async (archive: Archive, id: string) =>
    (await archive.thread({ messageId: id }))?.nodes.map(
      ({ messageId, depth, missing }) => `${" ".repeat(depth)}${messageId}${missing ? "?" : ""}`,
    );

  const talk: Mail[] = [
    { id: "a", date: 1_600_000_000, subject: "[PATCH v2 0/3] faster maps", list: "maps.kernel.example" },
    { id: "b", date: 1_600_000_100, references: ["a"], from: "Bob <bob@kernel.example>" },
    { id: "c", date: 1_600_000_200, references: ["a", "b"], body: "the folio order is cached" },
  ];

  it("indexes, lists, threads, and gives the bytes", async () => {
    const archive = openHere();
    const summary = await index(archive, "/one", { mails: talk });
    assert.deepEqual(
      [summary.messages, summary.added, summary.removed, summary.skipped, summary.format],
      [3, 3, 0, 0, "mbox"],
    );
    const { threads } = await archive.threads({ limit: 10 });
    assert.deepEqual(threads, [
      {
        thread: "a",
        subject: "[PATCH v2 0/3] faster maps",
        fromName: "Ada",
        fromAddress: "ada@kernel.example",
        dateMs: 1_600_000_000_000,
        lastMs: 1_600_000_200_000,
        messages: 3,
        participants: 2,
        unread: 0,
        list: "maps.kernel.example",
        series: { version: 2, patches: 3 },
      },
    ]);
    assert.deepEqual(await shape(archive, "c"), ["a", " b", "  c"]);
    const [raw] = await archive.raw({ messageIds: ["c", "nobody"] });
    assert.match(Buffer.from(raw?.raw ?? []).toString(), /folio order/);
    assert.deepEqual(await archive.has({ messageIds: ["a", "x"] }), [true, false]);
    assert.deepEqual(await archive.ids({ limit: 10 }), { ids: ["a", "b", "c"] });
    assert.equal((await archive.threads({ query: "folio", limit: 10 })).threads.length, 1);
    assert.equal((await archive.search({ query: "from:bob", limit: 10 })).found[0]?.messageId, "b");
  });
});
