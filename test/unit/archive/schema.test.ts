import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import { Database, WriterLock } from "../../../src/archive/database.ts";
import { openIndex, SCHEMA } from "../../../src/archive/schema.ts";
import { isUserError } from "../../../src/base/report.ts";
import { type Mail, MemorySource } from "./memorySource.ts";

describe("archive/schema", () => {
  let folder = "";
  let db = "";
  const open: Archive[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "schema-"));
    db = join(folder, "below", "index.sqlite");
  });
  afterEach(() => {
    for (const archive of open.splice(0)) archive.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const mails: Mail[] = Array.from({ length: 500 }, (_, at) => ({
    id: `m${at}`,
    subject: `word${at} ${"x ".repeat(20)}`,
  }));
  const openHere = (lockWaitMs = 0): Archive => {
    const archive = openArchive(
      { db, git: "git", bodies: "none" },
      { openSource: ({ path }) => new MemorySource(path, [{ mails }]), lockWaitMs },
    );
    open.push(archive);
    return archive;
  };
  const closeAll = async () => {
    for (const archive of open.splice(0)) archive.close();
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** An index with mail in it, closed. */
  const make = async () => {
    await openHere().index({ archive: { path: "/one" } });
    await closeAll();
  };

  it("makes the file and its folder, and opens it again without a word", async () => {
    await make();
    const archive = openHere();
    assert.deepEqual(archive.notices, []);
    assert.equal((await archive.ids({ limit: 1000 })).ids.length, 500);
  });

  it("builds an index of an older schema anew, with a notice", async () => {
    await make();
    const opened = openIndex(db, SCHEMA + 1);
    assert.match(opened.notices[0] ?? "", /older version/);
    assert.equal(opened.database.number("SELECT count(*) FROM message"), 0);
    assert.equal(opened.database.number("PRAGMA user_version"), SCHEMA + 1);
    opened.database.close();
  });

  it("leaves another program's database alone", () => {
    const other = new Database(join(folder, "places.sqlite"));
    other.exec("CREATE TABLE places (url TEXT)");
    other.close();
    db = join(folder, "places.sqlite");
    assert.throws(
      () => openHere(),
      (error) => isUserError(error) && /another program/.test(error.message),
    );
    assert.equal(new Database(db).number("SELECT count(*) FROM places"), 0);
  });

  it("keeps a file that is no database under another name", async () => {
    db = join(folder, "letter");
    writeFileSync(db, "Dear index,\n".repeat(1000));
    openHere();
    assert.match(readFileSync(`${db}.damaged`, "utf8"), /^Dear index/);
  });

  it("leaves an index of a newer schema alone and makes one beside it, with a notice", async () => {
    await make();
    const newer = new Database(db);
    newer.exec(`PRAGMA user_version = ${SCHEMA + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
    newer.close();
    const before = readFileSync(db);
    const archive = openHere();
    assert.match(archive.notices[0] ?? "", /newer version/);
    await archive.index({ archive: { path: "/one" } });
    assert.equal((await archive.ids({ limit: 1000 })).ids.length, 500);
    assert.deepEqual(readFileSync(db), before);
    assert.ok(existsSync(join(folder, "below", `index.schema${SCHEMA}.sqlite`)));
  });

  for (const [what, damage] of [
    ["no database at all", () => writeFileSync(db, "Dear database,\n".repeat(1000))],
    ["cut off", () => truncateSync(db, Math.floor(statSync(db).size / 2))],
    [
      "overwritten from its second page on",
      () => {
        const file = openSync(db, "r+");
        writeSync(file, Buffer.alloc(statSync(db).size - 8192, 0x5a), 0, undefined, 8192);
      },
    ],
  ] as const) {
    it(`builds an index that is ${what} anew, with a notice`, async () => {
      await make();
      damage();
      const archive = openHere();
      await archive.threads({ limit: 10 });
      await archive.index({ archive: { path: "/one" } });
      assert.match(archive.notices[0] ?? "", /damaged/);
      assert.equal((await archive.ids({ limit: 1000 })).ids.length, 500);
      assert.equal((await archive.search({ query: "word77", limit: 5 })).found[0]?.messageId, "m77");
    });
  }

  it("rebuilds when damage is found in the middle of the work", async () => {
    await make();
    const archive = openHere();
    await archive.threads({ limit: 1 });
    const file = openSync(db, "r+");
    writeSync(file, Buffer.alloc(statSync(db).size - 5 * 8192, 0x5a), 0, undefined, 5 * 8192);
    await archive.forget({ source: "/one" });
    await archive.index({ archive: { path: "/one" } });
    assert.match(archive.notices[0] ?? "", /damaged/);
    assert.equal((await archive.ids({ limit: 1000 })).ids.length, 500);
  });

  it("says so when the place cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    db = join(folder, "file", "index.sqlite");
    assert.throws(() => openHere(), isUserError);
  });

  it("lets one process write at a time; the other waits, reads meanwhile, and then says so", async () => {
    await make();
    const lock = new WriterLock(`${db}-writer`);
    assert.equal(lock.tryTake(), true);
    const archive = openHere(50);
    await assert.rejects(
      archive.index({ archive: { path: "/two" } }),
      (error) => isUserError(error) && /Another window/.test(error.message),
    );
    assert.equal((await archive.ids({ limit: 1000 })).ids.length, 500);
    lock.release();
    assert.equal((await archive.index({ archive: { path: "/two" } })).skipped, 500);
  });

  it("lets two archives on one index take turns, each seeing what the other wrote", async () => {
    const [one, two] = [openHere(5000), openHere(5000)];
    const [first, second] = await Promise.all([
      one.index({ archive: { path: "/one" } }),
      two.index({ archive: { path: "/two" } }),
    ]);
    assert.equal(first.added + second.added, 500);
    assert.equal(first.skipped + second.skipped, 500);
    assert.equal((await one.archives()).length, 2);
    assert.deepEqual(
      await one.index({ archive: { path: "/two" } }).then(({ added, messages }) => [added, messages]),
      [0, second.messages],
    );
  });

  it("stops waiting for the other process when cancelled", async () => {
    await make();
    const lock = new WriterLock(`${db}-writer`);
    lock.tryTake();
    const controller = new AbortController();
    const waiting = openHere(60_000).index({ archive: { path: "/one" } }, controller.signal);
    controller.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    lock.release();
  });
});
