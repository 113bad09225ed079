/** Epochs whose history changes: rewound, written anew, purged, fetched late, taken away, deepened. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { epochOf, inbox, numbered } from "./epochs.ts";
import { comes, commit, git, goes } from "./repository.ts";
import { folder, idOf, idsOf, mail, removeFolders, Shelf } from "./shelf.ts";

const a = mail("a");
const b = mail("b");
const c = mail("c");
const d = mail("d");

describe("PublicInbox, when an epoch is another one than before", () => {
  afterEach(removeFolders);

  it("an older epoch that was fetched later: gives it as older", async () => {
    const path = join(folder(), "list");
    await commit(epochOf(path, 1), [comes(c), comes(d)]);
    const shelf = await new Shelf().index(path);
    await commit(epochOf(path, 0), [comes(a), comes(b)]);
    await shelf.index(path);
    assert.deepEqual(shelf.given, ["b", "a"].map(idOf));
    assert.ok(shelf.batches.every(({ direction }) => direction === "older"));
  });
  for (const tells of [true, false]) {
    const how = tells ? "" : ", the archive saying nothing";
    it(`force-pushed: what is gone goes, what is new comes, the rest stays${how}`, async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c)]);
      const shelf = new Shelf();
      shelf.tells = tells;
      await shelf.index(path);
      await commit(epochOf(path), [comes(a), comes(d)], { anew: true, first: 1_600_000_000 });
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "c", "d"));
      assert.equal(shelf.restarts, tells ? 0 : 1);
      if (tells) assert.deepEqual(shelf.given, [idOf("d")]);
      await shelf.index(path);
      assert.ok(shelf.quiet);
    });
    it(`an epoch was taken away${how}`, async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c)]);
      const shelf = new Shelf();
      shelf.tells = tells;
      await shelf.index(path);
      rmSync(epochOf(path), { recursive: true });
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("c"), tells ? 0 : 1]);
    });
  }
  it("force-pushed: a mail that was removed and came again stays", async () => {
    const path = await inbox([comes(a), comes(b), goes(a), comes(c), comes(a), comes(d)]);
    const shelf = await new Shelf().index(path);
    await git(epochOf(path), "update-ref", "refs/heads/master", "master~1");
    await shelf.index(path);
    assert.deepEqual(shelf.ids, idsOf("a", "b", "c"));
  });
  it("force-pushed without a removal: the mail of another epoch is there again", async () => {
    const path = await inbox([comes(a), comes(b)], [comes(c), goes(a)]);
    const shelf = await new Shelf().index(path);
    assert.deepEqual(shelf.ids, idsOf("b", "c"));
    await git(epochOf(path, 1), "update-ref", "refs/heads/master", "master~1");
    await shelf.index(path);
    assert.deepEqual(shelf.ids, idsOf("a", "b", "c"));
  });
  it("purged: the mail that was taken out of history goes", async () => {
    const path = await inbox([comes(a), comes(b), comes(c)]);
    const shelf = await new Shelf().index(path);
    await commit(epochOf(path), [comes(a), comes(c)], { anew: true });
    await git(epochOf(path), "reflog", "expire", "--expire=now", "--all");
    await git(epochOf(path), "gc", "--quiet", "--prune=now");
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.given, shelf.restarts], [idsOf("a", "c"), [], 0]);
  });
  it("an older epoch that was fetched later: what a later one took away stays away", async () => {
    const path = await inbox([], [comes(c), goes(a)]);
    const shelf = await new Shelf().index(path);
    await commit(epochOf(path, 0), [comes(a), comes(b)]);
    await shelf.index(path);
    assert.deepEqual(shelf.ids, idsOf("b", "c"));
  });
  const master = (path: string, number: number, to: string) =>
    git(epochOf(path, number), "update-ref", "refs/heads/master", to);
  const lateChanges: [
    title: string,
    change: (path: string, index: () => Promise<unknown>) => Promise<unknown>,
  ][] = [
    ["rewound", (path) => master(path, 0, "master~1")],
    ["written anew", (path) => commit(epochOf(path), [comes(d), comes(a)], { anew: true })],
    [
      "rewound, then fetched again",
      async (path, index) => {
        const head = await git(epochOf(path), "rev-parse", "master");
        await master(path, 0, "master~2");
        await index();
        await master(path, 0, head);
      },
    ],
    [
      "away for a time",
      async (path, index) => {
        renameSync(epochOf(path), join(path, "aside"));
        await index();
        renameSync(join(path, "aside"), epochOf(path));
      },
    ],
  ];
  for (const [title, change] of lateChanges) {
    it(`an older epoch, ${title}: what a later one took away stays away`, async () => {
      const path = await inbox([comes(a), comes(b), comes(c)], [goes(a), goes(b), comes(d)]);
      const shelf = await new Shelf().index(path);
      await change(path, () => shelf.index(path));
      await shelf.index(path);
      assert.deepEqual(shelf.ids, (await new Shelf().index(path)).ids);
    });
  }
  it("an epoch that had taken mail away was removed: that mail is there again", async () => {
    const path = await inbox([comes(a), comes(b)], [comes(c), goes(a)]);
    const shelf = await new Shelf().index(path);
    rmSync(epochOf(path, 1), { recursive: true });
    await shelf.index(path);
    assert.deepEqual(shelf.ids, idsOf("a", "b"));
  });
  it("written anew before the older ones were read: what it takes away of them does not come", async () => {
    const path = await inbox(numbered(0, 10), [comes(a)]);
    const shelf = await new Shelf().index(path, () => true);
    await commit(epochOf(path, 1), [comes(b), goes(mail("m00003"))], { anew: true });
    await shelf.index(path);
    assert.deepEqual(shelf.ids, (await new Shelf().index(path)).ids);
  });
  describe("a shallow clone", () => {
    const steps = [comes(a), comes(b), comes(c), goes(b), comes(d)];
    const shallow = async (depth: number) => {
      const origin = join(folder(), "origin.git");
      await commit(origin, steps);
      const path = join(folder(), "list");
      mkdirSync(join(path, "git"), { recursive: true });
      await git(path, "clone", "--quiet", "--bare", `--depth=${depth}`, `file://${origin}`, "git/0.git");
      return {
        path,
        fetch: (...how: string[]) => git(epochOf(path), "fetch", "--quiet", "origin", ...how),
      };
    };
    it("gives what it reaches", async () => {
      const { path } = await shallow(3);
      assert.deepEqual((await new Shelf().index(path)).given, [idOf("d"), idOf("c")]);
    });
    it("deepened: gives the rest as older, but for what was taken away since", async () => {
      const { path, fetch } = await shallow(2);
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.given, [idOf("d")]);
      await fetch("--deepen=1");
      await shelf.index(path);
      assert.deepEqual(shelf.given, [idOf("c")]);
      await fetch("--unshallow");
      await shelf.index(path);
      assert.deepEqual([shelf.given, shelf.ids], [[idOf("a")], idsOf("a", "c", "d")]);
      assert.ok(shelf.batches.every(({ direction, restart }) => direction === "older" && !restart));
      await shelf.index(path);
      assert.deepEqual(shelf.batches, []);
    });
    it("cut off nearer: what its history does not reach any more goes", async () => {
      const { path, fetch } = await shallow(5);
      const shelf = await new Shelf().index(path);
      await fetch("--depth=1");
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("d"));
      await fetch("--unshallow");
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "c", "d"));
    });
    it("deepened while it was being read", async () => {
      const { path, fetch } = await shallow(3);
      const shelf = await new Shelf().index(path, () => true);
      await fetch("--unshallow");
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "c", "d"));
    });
  });
});
