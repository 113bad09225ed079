import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type ArchiveWatch, openArchiveWatch } from "../../../../src/editor/archives/archiveWatch.ts";
import type { WatchedFolder } from "../../../../src/sources/watched.ts";

describe("openArchiveWatch", () => {
  let root = "";
  let watch: ArchiveWatch;
  let isBusy = false;
  const told: { sources: string[]; ms: number }[] = [];
  const said: string[] = [];
  const folders = new Map<string, WatchedFolder[]>();

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "watch-"));
    isBusy = false;
    told.length = 0;
    said.length = 0;
    folders.clear();
    watch = openArchiveWatch({
      foldersOf: async (source) => folders.get(source) ?? [],
      changed: (sources) => told.push({ sources, ms: performance.now() }),
      isBusy: () => isBusy,
      log: {
        info: (message) => said.push(message),
        warn: () => undefined,
        bug: () => undefined,
        show: () => undefined,
        dispose: () => undefined,
      },
    });
  });
  afterEach(() => {
    watch.dispose();
    rmSync(root, { recursive: true, force: true });
  });

  /** Waits for the telling with this number, from 1. */
  const telling = async (number: number): Promise<string[]> => {
    for (let turn = 0; turn < 1000 && told.length < number; turn += 1) await delay(10);
    return told[number - 1]?.sources ?? assert.fail(`it was told ${told.length} times`);
  };
  const follow = async (source: string, ...watched: WatchedFolder[]) => {
    folders.set(source, watched);
    await watch.follow(source);
  };

  it("tells of an archive that is watched for the first time: it may have changed since it was read", async () => {
    watch.keepOnly(["/a"]);
    await follow("/a", { folder: root });
    assert.deepEqual(await telling(1), ["/a"]);
  });

  it("tells what changes, at most once a second", async () => {
    watch.keepOnly(["/a"]);
    await follow("/a", { folder: root });
    const end = performance.now() + 2500;
    while (performance.now() < end) {
      appendFileSync(join(root, "list.mbox"), "x");
      await delay(20);
    }
    await telling(3);
    told.forEach(({ ms }, at) => {
      const before = told[at - 1];
      assert.ok(before === undefined || ms - before.ms > 990, `after ${ms - (before?.ms ?? 0)} ms`);
    });
  });

  it("hears the names that count alone, and no lock files", async () => {
    const [mail, refs] = [join(root, "mail"), join(root, "refs")];
    for (const folder of [mail, refs]) mkdirSync(folder);
    watch.keepOnly(["/a", "/b"]);
    await follow("/a", { folder: mail, names: ["list.mbox"] });
    await follow("/b", { folder: refs });
    assert.deepEqual(await telling(1), ["/a", "/b"]);
    writeFileSync(join(mail, "other.mbox"), "x");
    writeFileSync(join(refs, "master.lock"), "x");
    writeFileSync(join(mail, "list.mbox"), "x");
    assert.deepEqual(await telling(2), ["/a"]);
    writeFileSync(join(refs, "master"), "x");
    assert.deepEqual(await telling(3), ["/b"]);
  });

  it("keeps to itself what changes while archives are read, and tells it then", async () => {
    isBusy = true;
    watch.keepOnly(["/a"]);
    await follow("/a", { folder: root });
    await delay(300);
    assert.deepEqual(told, []);
    isBusy = false;
    assert.deepEqual(await telling(1), ["/a"]);
  });

  it("does not take what it watches already for new", async () => {
    watch.keepOnly(["/a", "/b"]);
    await follow("/a", { folder: root });
    await telling(1);
    await follow("/a", { folder: root });
    await follow("/b", { folder: root });
    assert.deepEqual(await telling(2), ["/b"]);
  });

  it("tells of a folder that went, and watches the one in its place", async () => {
    const folder = join(root, "0.git");
    mkdirSync(folder);
    watch.keepOnly(["/a"]);
    await follow("/a", { folder });
    await telling(1);
    renameSync(folder, join(root, "old.git"));
    mkdirSync(folder);
    await telling(2);
    await watch.follow("/a");
    await telling(3);
    writeFileSync(join(folder, "packed-refs"), "x");
    await telling(4);
  });

  it("says once that a folder cannot be watched", async () => {
    watch.keepOnly(["/a", "/b"]);
    await follow("/a", { folder: join(root, "gone") });
    await watch.follow("/a");
    await follow("/b", { folder: root });
    assert.deepEqual(await telling(1), ["/b"]);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^\/a is not watched/);
  });

  it("forgets archives that are not kept", async () => {
    watch.keepOnly(["/a"]);
    await follow("/a", { folder: root });
    await follow("/b", { folder: root });
    watch.keepOnly(["/c"]);
    await follow("/c", { folder: root });
    assert.deepEqual(await telling(1), ["/c"]);
  });
});
