import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import { Database } from "../../../src/archive/database.ts";
import type { PageEnd } from "../../../src/archive/remote.ts";
import { corpus } from "../../corpora.ts";

/** Message-ID to thread, over the whole index. */
async function membership(archive: Archive): Promise<Map<string, string>> {
  const threads = new Map<string, string>();
  let after: PageEnd | undefined;
  do {
    const page = await archive.threads({ limit: 500, ...(after ? { after } : {}) });
    for (const { thread } of page.threads) {
      for (const node of (await archive.thread({ messageId: thread }))?.nodes ?? []) {
        if (!node.missing) threads.set(node.messageId, thread);
      }
    }
    after = page.next;
  } while (after);
  return threads;
}

/** The Message-IDs for which two ways to make threads disagree about who belongs together. */
function differing(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): string[] {
  const shape = (threads: ReadonlyMap<string, string>) => {
    const members = new Map<string, string[]>();
    for (const [id, thread] of threads) members.set(thread, [...(members.get(thread) ?? []), id]);
    const text = new Map([...members].map(([thread, ids]) => [thread, ids.sort().join("\n")]));
    return new Map([...threads].map(([id, thread]) => [id, text.get(thread)]));
  };
  const [a, b] = [shape(ours), shape(theirs)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((id) => a.get(id) !== b.get(id)).sort();
}

const run = (program: string, args: string[], options: { env?: NodeJS.ProcessEnv } = {}) => {
  const result = spawnSync(program, args, { maxBuffer: 2 ** 30, ...options });
  assert.equal(result.status, 0, `${program}: ${result.stderr?.toString() ?? result.error}`);
  return result.stdout;
};

describe("archive: whole lists", function () {
  this.timeout(10 * 60_000);
  let folder = "";
  const open: Archive[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lists-"));
  });
  after(() => {
    for (const archive of open) archive.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const openHere = (name: string) => {
    const archive = openArchive({ db: join(folder, name), git: "git", bodies: "none" });
    open.push(archive);
    return archive;
  };

  it("kgdb-bugreport has the threads that public-inbox and notmuch find", async function () {
    const bundle = corpus(this, "kgdb-bugreport", "v2-epoch0.bundle");
    const table = corpus(this, "kgdb-bugreport", "threads-by-other-tools.tsv");
    const inbox = join(folder, "kgdb");
    run("git", ["clone", "-q", "--bare", bundle, join(inbox, "git", "0.git")]);
    const archive = openHere("kgdb.sqlite");
    const summary = await archive.index({ archive: { path: inbox } });
    // 2,358 commits; of the three Message-IDs that came twice, two are exact copies and one an imposter.
    assert.deepEqual([summary.format, summary.messages, summary.skipped], ["v2", 2356, 2]);
    const ours = await membership(archive);
    assert.equal(ours.size, 2355);
    const rows = readFileSync(table, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t"));
    for (const column of [1, 2]) {
      const theirs = new Map(rows.map((row) => [row[0] ?? "", row[column] ?? ""]));
      assert.deepEqual(differing(ours, theirs), []);
    }
  });

  it("linux-sh has its 13,825 Message-IDs, and the threads that public-inbox finds", async function () {
    const mbox = join(folder, "linux-sh.mboxrd");
    const file = openSync(mbox, "w");
    writeSync(file, run("xz", ["-dc", corpus(this, "scale", "linux-sh.mboxrd.xz")]));
    closeSync(file);
    const archive = openHere("linux-sh.sqlite");
    const summary = await archive.index({ archive: { path: mbox } });
    assert.equal(summary.messages + summary.skipped, 13_882);
    const ours = await membership(archive);
    assert.equal(ours.size, 13_825);
    if (spawnSync("public-inbox-index", ["--help"]).error !== undefined) {
      console.log("      not compared: public-inbox is not installed");
      return;
    }
    assert.deepEqual(differing(ours, await publicInboxThreads(archive, [...ours.keys()])), []);
  });

  /** Puts the messages into a public-inbox v2 repository, has it indexed, and reads its threads. */
  async function publicInboxThreads(archive: Archive, ids: string[]): Promise<Map<string, string>> {
    const inbox = join(folder, "inbox");
    const epoch = join(inbox, "git", "0.git");
    mkdirSync(epoch, { recursive: true });
    run("git", ["init", "-q", "--bare", epoch]);
    const stream = join(folder, "stream");
    const file = openSync(stream, "w");
    for (let from = 0; from < ids.length; from += 500) {
      for (const { raw } of await archive.raw({ messageIds: ids.slice(from, from + 500) })) {
        writeSync(
          file,
          `commit refs/heads/master\ncommitter A <a@kernel.example> 1600000000 +0000\ndata 1\nm\nM 100644 inline m\ndata ${raw.length}\n`,
        );
        writeSync(file, raw);
        writeSync(file, "\n");
      }
    }
    closeSync(file);
    run("sh", ["-c", 'git -C "$0" fast-import --quiet < "$1"', epoch, stream]);
    const env = { ...process.env, PI_CONFIG: join(folder, "config"), HOME: folder };
    run("public-inbox-init", ["-V2", "-L", "basic", "sh", inbox, "http://localhost/", "sh@kernel.example"], {
      env,
    });
    run("public-inbox-index", ["-L", "basic", "--no-fsync", inbox], { env });
    const found = run("find", [inbox, "-name", "over.sqlite3"]).toString().trim();
    const over = new Database(found);
    const rows = over
      .once(
        "SELECT msgid.mid, over.tid FROM msgid JOIN id2num ON id2num.id = msgid.id JOIN over ON over.num = id2num.num WHERE over.num > 0",
      )
      .all();
    over.close();
    return new Map(rows.map(([mid, tid]) => [String(mid), String(tid)]));
  }
});
