/** `index` over real archives, killed, out of disk, and in company: what it holds afterwards is what peace gives. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Database } from "../../src/archive/database.ts";
import { startArchive } from "../../src/archive/worker.ts";
import { runProgram } from "../../src/base/process.ts";
import { corpus } from "../corpora.ts";
import { root } from "../fixtures.ts";
import { dice } from "../unit/archive/crashChild.ts";
import { differences, portrait } from "../unit/archive/portrait.ts";
import { git } from "../unit/sources/repository.ts";

const KILLS = Number(process.env["KERNEL_MAIL_KILLS"] ?? 50);
const words = "kgdb OR patch OR memory";

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

/** Runs the built command line; kills it after so many milliseconds. */
function index(db: string, sources: readonly string[], killAfterMs?: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const flags = ["--disable-warning=ExperimentalWarning", join(root(), "dist", "cli.js"), "--db", db];
    const child = spawn(process.execPath, [...flags, "index", ...sources], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, ms: performance.now() - began });
    });
  });
}

describe("the command line over real archives, interrupted", function () {
  this.timeout(20 * 60_000);
  let folder = "";
  let sources: string[] = [];
  let full: { mbox: Buffer; heads: Map<string, string> };
  /** How the archives were at first, and how they are now: the update is what lies between. */
  let early: () => Promise<void>;
  let late: () => Promise<void>;
  let places = 0;

  before(async function () {
    const bundles = corpus(this, "kgdb-bugreport", "first600-v2-epochs");
    const whole = corpus(this, "kgdb-bugreport", "v2-epoch0.bundle");
    const threads = corpus(this, "threads");
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-killed-"));
    const epochs = join(folder, "list", "git");
    mkdirSync(epochs, { recursive: true });
    const names = readdirSync(bundles).filter((name) => name.endsWith(".bundle"));
    for (const name of names) {
      await git(
        folder,
        "clone",
        "--quiet",
        "--bare",
        join(bundles, name),
        join(epochs, name.replace("bundle", "git")),
      );
    }
    await git(folder, "clone", "--quiet", "--bare", whole, join(folder, "whole", "git", "0.git"));
    const packed = readdirSync(threads)
      .filter((name) => name.endsWith(".gz"))
      .sort();
    const mails = packed.slice(0, 24).map((name) => gunzipSync(readFileSync(join(threads, name))));
    const mbox = join(folder, "threads.mbox");
    sources = [join(folder, "list"), join(folder, "whole"), mbox];
    full = { mbox: Buffer.concat(mails), heads: new Map() };
    const cut = full.mbox.lastIndexOf("\nFrom mboxrd@z ", Math.floor(full.mbox.length * 0.6)) + 1;
    const repositories = [
      join(folder, "whole", "git", "0.git"),
      ...["4", "6"].map((n) => join(epochs, `${n}.git`)),
    ];
    for (const path of repositories) full.heads.set(path, await git(path, "rev-parse", "HEAD"));
    const branch = async (path: string, revision: string) =>
      void (await git(path, "update-ref", await git(path, "symbolic-ref", "HEAD"), revision));
    early = async () => {
      writeFileSync(mbox, full.mbox.subarray(0, cut));
      for (const path of repositories)
        await branch(path, `${full.heads.get(path)}~${path.includes("whole") ? 900 : 20}`);
    };
    late = async () => {
      writeFileSync(mbox, full.mbox.subarray(cut), { flag: "a" });
      for (const [path, head] of full.heads) await branch(path, head);
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const place = (): string => {
    const made = join(folder, `index-${places++}`);
    mkdirSync(made);
    return join(made, "index.sqlite");
  };
  const inPeace = async (db: string): Promise<Ended> => {
    const ran = await index(db, sources);
    assert.equal(ran.code, 0, ran.stderr);
    return ran;
  };
  const copied = (db: string): string => {
    const copy = place();
    for (const suffix of ["", "-wal", "-shm", "-writer"]) {
      if (readdirSync(join(db, "..")).includes(`index.sqlite${suffix}`)) cpSync(db + suffix, copy + suffix);
    }
    return copy;
  };
  /** Kills runs, each going on where the last one died; every one that comes through is compared. */
  const holds = async (begun: () => string, expected: Record<string, unknown>, ms: number) => {
    const roll = dice(2026);
    let [kills, whole] = [0, 0];
    while (kills < KILLS) {
      const db = begun();
      for (;;) {
        const early = kills < KILLS ? 60 + roll(Math.floor(ms)) : undefined;
        if ((await index(db, sources, early)).code === 0) break;
        kills += 1;
      }
      await inPeace(db);
      assert.deepEqual(differences(await portrait(db, words), expected), []);
      rmSync(join(db, ".."), { recursive: true });
      whole += 1;
    }
    console.log(`      ${kills} killed, ${whole} indexes compared`);
  };

  it("killed 50 times in a first run and 50 times in an update: the rows are those of peace", async () => {
    await early();
    const first = place();
    const { ms: firstMs } = await inPeace(first);
    const expectedFirst = await portrait(first, words);
    assert.deepEqual(expectedFirst["check"], ['["ok"]']);
    await holds(place, expectedFirst, 0.8 * firstMs);
    await late();
    const updated = copied(first);
    const { ms: updateMs } = await inPeace(updated);
    const expected = await portrait(updated, words);
    assert.ok(
      (expected["messages"] as string[]).length > (expectedFirst["messages"] as string[]).length + 900,
    );
    await holds(() => copied(first), expected, 0.8 * updateMs);
  });

  describe("over the whole of them", () => {
    let expected: Record<string, unknown>;
    before(async () => {
      for (const [path, head] of full.heads)
        await git(path, "update-ref", await git(path, "symbolic-ref", "HEAD"), head);
      writeFileSync(join(folder, "threads.mbox"), full.mbox);
      const db = place();
      await inPeace(db);
      expected = await portrait(db, words);
    });
    const isWhole = async (db: string) =>
      assert.deepEqual(differences(await portrait(db, words), expected), []);

    it("the disk is full: says so, and goes on when there is room", async function () {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      const mounted = await runProgram("mount", ["-t", "tmpfs", "-o", "size=2m", "none", disk]).catch(
        () => undefined,
      );
      if (mounted?.code !== 0) {
        console.log("      skipped: nothing can be mounted here");
        return this.skip();
      }
      try {
        const db = join(disk, "index.sqlite");
        const ran = await index(db, sources);
        assert.equal(ran.code, 1, ran.stdout);
        for (const line of ran.stderr.trimEnd().split("\n"))
          assert.match(
            line,
            /^kernel-mail: The disk with the index .* (is full\. Free some space|could not be)/,
          );
        assert.equal((await runProgram("mount", ["-o", "remount,size=200m", disk])).code, 0);
        await inPeace(db);
        await isWhole(db);
      } finally {
        await runProgram("umount", [disk]);
      }
    });
    it("no file may grow beyond a limit: says so, and goes on when it may", async () => {
      const db = place();
      const script = `trap "" XFSZ; ulimit -f 2000; exec "$@"`;
      const flags = ["--disable-warning=ExperimentalWarning", join(root(), "dist", "cli.js"), "--db", db];
      const ran = await runProgram("bash", [
        "-c",
        script,
        "bash",
        process.execPath,
        ...flags,
        "index",
        ...sources,
      ]);
      assert.equal(ran.code, 1, ran.stderr);
      for (const line of ran.stderr.trimEnd().split("\n"))
        assert.match(line, /^kernel-mail: The disk with the index .*\. (Check the disk|Free some space)/);
      await inPeace(db);
      await isWhole(db);
    });
    it("two workers and the command line on one index at once", async () => {
      const db = place();
      const worker = join(root(), "dist", "indexer.cjs");
      const clients = [1, 2].map(() => startArchive(worker, { db, git: "git", bodies: "prose" }));
      try {
        const runs = clients.map(async (client) => {
          for (const path of sources) await client.request("index", { archive: { path } });
        });
        const [ran] = await Promise.all([index(db, sources), ...runs]);
        assert.equal(ran.code, 0, ran.stderr);
      } finally {
        for (const client of clients) client.close();
      }
      await isWhole(db);
    });
    it("a database that another program keeps locked: says so, and goes on afterwards", async () => {
      const db = place();
      await index(db, sources.slice(0, 1));
      const other = new Database(db);
      other.exec("BEGIN IMMEDIATE");
      const ran = await index(db, sources);
      other.exec("ROLLBACK");
      other.close();
      assert.equal(ran.code, 1);
      assert.match(
        ran.stderr,
        /^kernel-mail: Another program keeps the index .* locked\. Close what has it open/,
      );
      await inPeace(db);
      await isWhole(db);
    });
    it("an index file overwritten in its middle is built anew, with a notice", async () => {
      const db = place();
      await inPeace(db);
      const file = openSync(db, "r+");
      const { size } = statSync(db);
      writeSync(file, Buffer.alloc(size >> 1, 0x5a), 0, size >> 1, size >> 2);
      closeSync(file);
      let notices = "";
      for (let run = 0; run < 3; run++) {
        notices += (await index(db, sources)).stderr;
        // What is damaged where nothing looks is found by who asks for it.
        const flags = ["--disable-warning=ExperimentalWarning", join(root(), "dist", "cli.js"), "--db", db];
        notices += (await runProgram(process.execPath, [...flags, "search", "kgdb", "--limit", "10000"]))
          .stderr;
      }
      assert.match(notices, /was damaged and is built anew/);
      await isWhole(db);
    });
  });
});
