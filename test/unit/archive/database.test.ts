import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Database,
  groundVersions,
  isBusy,
  isCorrupt,
  spokenError,
  WriterLock,
} from "../../../src/archive/database.ts";
import { isUserError } from "../../../src/base/report.ts";

describe("archive/database", () => {
  let folder = "";
  const open: { close(): void }[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "database-"));
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const openHere = (name = "one.sqlite"): Database => {
    const database = new Database(join(folder, name), 0);
    open.push(database);
    return database;
  };
  const thrown = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return assert.fail("nothing was thrown");
  };

  it("writes all of a transaction or nothing", () => {
    const database = openHere();
    database.exec("CREATE TABLE t (x)");
    assert.throws(() =>
      database.transaction(() => {
        database.prepare("INSERT INTO t VALUES (?)").run(1);
        throw new Error("half way");
      }),
    );
    assert.equal(database.number("SELECT count(*) FROM t"), 0);
    database.transaction(() => database.prepare("INSERT INTO t VALUES (?)").run(1));
    assert.deepEqual(database.prepare("SELECT x FROM t").all(), [[1]]);
  });

  it("commits in two steps: others see it after the first, the file has what is large after the second", () => {
    const [writer, reader] = [openHere(), openHere()];
    const pages = () => statSync(writer.path).size;
    writer.exec("CREATE TABLE t (x); PRAGMA wal_checkpoint(PASSIVE)");
    const before = pages();
    writer.begin();
    writer.prepare("INSERT INTO t VALUES (?)").run("x".repeat(20_000_000));
    const steps = writer.commitSteps();
    assert.equal(reader.number("SELECT count(*) FROM t"), 0);
    assert.equal(steps.next().done, false);
    assert.deepEqual([reader.number("SELECT count(*) FROM t"), pages()], [1, before]);
    assert.equal(steps.next().done, true);
    assert.ok(pages() > before + 19_000_000);
  });

  it("lets others read what was there while one writes", () => {
    const [writer, reader] = [openHere(), openHere()];
    writer.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    writer.transaction(() => {
      writer.exec("INSERT INTO t VALUES (2)");
      assert.equal(reader.number("SELECT count(*) FROM t"), 1);
    });
    assert.equal(reader.number("SELECT count(*) FROM t"), 2);
  });

  it("says who is in the way when the database is locked", () => {
    const [one, two] = [openHere(), openHere()];
    one.exec("CREATE TABLE t (x); BEGIN IMMEDIATE");
    const error = thrown(() => two.transaction(() => undefined));
    assert.ok(isBusy(error));
    assert.ok(isUserError(spokenError(error, "x")));
    one.exec("COMMIT");
    two.transaction(() => two.exec("INSERT INTO t VALUES (1)"));
  });

  it("says that the disk is full, and goes on once it is not", () => {
    const database = openHere();
    database.exec("CREATE TABLE t (x); PRAGMA max_page_count = 10");
    const fill = () =>
      database.transaction(() => {
        for (let at = 0; at < 100; at += 1)
          database.prepare("INSERT INTO t VALUES (?)").run("x".repeat(4000));
      });
    const spoken = spokenError(thrown(fill), "x");
    assert.ok(isUserError(spoken) && /full/.test(spoken.message));
    assert.equal(database.number("SELECT count(*) FROM t"), 0);
    database.exec("PRAGMA max_page_count = 10000");
    fill();
    assert.equal(database.number("SELECT count(*) FROM t"), 100);
  });

  it("leaves bugs as they are", () => {
    const error = thrown(() => openHere().exec("SELEKT"));
    assert.equal(spokenError(error, "x"), error);
    assert.equal(isCorrupt(error), false);
  });

  it("has one writer lock at a time, free again when it is released", () => {
    const [one, two] = [new WriterLock(join(folder, "lock")), new WriterLock(join(folder, "lock"))];
    assert.equal(one.tryTake(), true);
    assert.equal(one.tryTake(), true);
    assert.equal(two.tryTake(), false);
    one.release();
    assert.equal(two.tryTake(), true);
    two.release();
  });

  it("finds a damaged page that nothing asked for", () => {
    const database = openHere("checked.sqlite");
    database.exec(
      "CREATE TABLE t (x TEXT); INSERT INTO t SELECT hex(randomblob(4000)) FROM pragma_function_list LIMIT 20",
    );
    database.check();
    database.close();
    const path = join(folder, "checked.sqlite");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 8192));
    assert.equal(isCorrupt(thrown(() => openHere("checked.sqlite").check())), true);
  });

  it("takes a writer lock whose file is damaged", () => {
    writeFileSync(join(folder, "lock"), "no database".repeat(1000));
    const lock = new WriterLock(join(folder, "lock"));
    assert.equal(lock.tryTake(), true);
    lock.release();
  });

  it("knows the ground it stands on", () => assert.match(groundVersions().sqlite, /^3\./));
});
