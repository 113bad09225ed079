import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { isUserError } from "../../../src/base/report.ts";
import { openSource } from "../../../src/sources/open.ts";
import { PublicInbox } from "../../../src/sources/publicInbox.ts";
import { epochOf, inbox, numbered } from "./epochs.ts";
import { comes, commit, git, goes } from "./repository.ts";
import { file, folder, idOf, idsOf, listing, mail, removeFolders, Shelf } from "./shelf.ts";

const a = mail("a");
const b = mail("b");
const c = mail("c");
const d = mail("d");
async function bytesOf(path: string, shelf: Shelf): Promise<(string | undefined)[]> {
  const source = await openSource({ path });
  const places = [...shelf.rows.values()].map(({ place }) => place);
  const bytes = await source.bytes(places);
  source.close();
  return bytes.map((each) => each?.toString("latin1")).sort();
}

describe("PublicInbox", () => {
  afterEach(removeFolders);

  describe("v2, first reading", () => {
    it("gives the newest epoch first and in it the newest mail first", async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c), comes(d)]);
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.given, ["d", "c", "b", "a"].map(idOf));
      const [first] = shelf.rows.values();
      assert.deepEqual(
        [first?.place.path, first?.arrivedMs, first?.inbox, first?.size],
        ["git/1.git", 1_701_000_060_000, "list", d.length],
      );
      assert.deepEqual(await bytesOf(path, shelf), [a, b, c, d].sort());
    });
    it("gives a first screen, then larger batches", async () => {
      const path = await inbox(numbered(0, 4000));
      const shelf = await new Shelf().index(path);
      const sizes = shelf.batches.map(({ found }) => found.length);
      assert.ok((sizes[0] ?? 0) >= 500 && (sizes[0] ?? 0) < 700, `first batch of ${sizes[0]}`);
      assert.equal(shelf.rows.size, 4000);
      assert.deepEqual(shelf.given, [...shelf.ids].reverse());
    });
    it("goes on where it was stopped, epoch by epoch", async () => {
      const path = await inbox(numbered(0, 1200), numbered(1200, 2400));
      const shelf = new Shelf();
      const given: string[] = [];
      for (let run = 0; run < 20 && (run === 0 || shelf.batches.length > 0); run++) {
        await shelf.index(path, () => true);
        given.push(...shelf.given);
      }
      assert.deepEqual(given, [...shelf.ids].reverse());
      assert.equal(given.length, 2400);
    });
    it("leaves out what a `d` takes away, in this epoch or an earlier one", async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c), goes(a), goes(c), comes(d)]);
      assert.deepEqual((await new Shelf().index(path)).ids, idsOf("b", "d"));
    });
    it("keeps a mail that came again after a `d`", async () => {
      const path = await inbox([comes(a), goes(a), comes(b), comes(a)]);
      assert.deepEqual((await new Shelf().index(path)).ids, idsOf("a", "b"));
    });
    it("remembers a `d` over an interruption", async () => {
      const path = await inbox([comes(a), comes(b)], [goes(a), ...numbered(0, 3)]);
      const shelf = await new Shelf().index(path, () => true);
      assert.equal(shelf.rows.size, 3);
      await shelf.index(path);
      assert.deepEqual(shelf.ids, [...idsOf("b"), ...["m00000", "m00001", "m00002"].map(idOf)].sort());
    });
    it("reads SHA-256 repositories", async () => {
      const path = join(folder(), "list");
      await commit(epochOf(path), [comes(a), comes(b), goes(a)], { sha256: true });
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.ids, idsOf("b"));
      assert.equal([...shelf.rows.values()][0]?.place.oid?.length, 64);
      assert.deepEqual(await bytesOf(path, shelf), [b]);
    });
    it("reads an epoch that borrows its objects", async () => {
      const path = await inbox([comes(a), comes(b)]);
      const store = join(path, "..", "store.git");
      renameSync(join(epochOf(path), "objects"), store);
      file(join(epochOf(path), "objects", "info", "alternates"), `${store}\n`);
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "b"));
      assert.deepEqual(await bytesOf(path, shelf), [a, b]);
    });
    it("reads a mail of several megabytes", async () => {
      const large = mail("large", "0123456789abcde\n".repeat(300_000));
      const path = await inbox([comes(a), comes(large), comes(b)]);
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.given, ["b", "large", "a"].map(idOf));
      assert.equal([...shelf.rows.values()][1]?.size, large.length);
      assert.ok((await bytesOf(path, shelf)).includes(large));
    });
    it("reads a mail of one byte and one of none", async () => {
      const path = await inbox([comes(""), comes("x"), comes(a)]);
      assert.equal((await new Shelf().index(path)).rows.size, 3);
    });
    it("ends at an abort, and its git with it", async () => {
      const source = new PublicInbox({ path: await inbox(numbered(0, 2000)) }, "v2", "git");
      const stop = new AbortController();
      const reading = source.read(undefined, { bodies: "none", git: "git", signal: stop.signal });
      await reading.next();
      stop.abort();
      await assert.rejects(
        async () => {
          for (;;) if ((await reading.next()).done) return;
        },
        { name: "AbortError" },
      );
    });
  });

  describe("v2, what has changed since", () => {
    it("nothing: starts no git", async () => {
      const path = await inbox([comes(a)], [comes(b)]);
      const shelf = await new Shelf().index(path);
      const source = await openSource({ path });
      const options = { bodies: "none", git: "/nowhere/git", signal: new AbortController().signal } as const;
      for await (const batch of source.read(shelf.cursor, options)) assert.fail(JSON.stringify(batch));
    });
    it("new commits: gives them oldest first", async () => {
      const path = await inbox([comes(a)]);
      const shelf = await new Shelf().index(path);
      await commit(epochOf(path), [comes(b), comes(c)]);
      await shelf.index(path);
      assert.deepEqual([shelf.given, shelf.restarts], [["b", "c"].map(idOf), 0]);
      assert.ok(shelf.batches.every(({ direction }) => direction === "newer"));
      await shelf.index(path);
      assert.deepEqual(shelf.batches, []);
    });
    it("packed references", async () => {
      const path = await inbox([comes(a)]);
      const shelf = await new Shelf().index(path);
      await commit(epochOf(path), [comes(b)]);
      await git(epochOf(path), "pack-refs", "--all");
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "b"));
    });
    it("`d`: takes the mail away, wherever it lies", async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c)]);
      const shelf = await new Shelf().index(path);
      await commit(epochOf(path, 1), [goes(a), goes(c), comes(d)]);
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b", "d"), 0]);
    });
    it("came and went, went and came", async () => {
      const path = await inbox([comes(a)]);
      const shelf = await new Shelf().index(path);
      await commit(epochOf(path), [comes(b), goes(b), goes(a), comes(a)]);
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("a"));
    });
    it("a new epoch", async () => {
      const path = await inbox([comes(a)]);
      const shelf = await new Shelf().index(path);
      await commit(epochOf(path, 1), [comes(b), goes(a), comes(c)]);
      await shelf.index(path);
      assert.deepEqual([shelf.given, shelf.ids], [["b", "c"].map(idOf), idsOf("b", "c")]);
      await shelf.index(path);
      assert.deepEqual(shelf.batches, []);
    });
    it("gives what came when histories that had parted were merged, and reads nothing anew", async () => {
      const path = await inbox([comes(a), comes(b)]);
      const shelf = await new Shelf().index(path);
      const epoch = epochOf(path);
      const [first, second] = [
        await git(epoch, "rev-parse", "master~1"),
        await git(epoch, "rev-parse", "master"),
      ];
      await commit(epoch, [comes(c)]);
      const tree = await git(epoch, "rev-parse", "master^{tree}");
      const who = ["-c", "user.name=Test Runner", "-c", "user.email=runner@kernel.example"];
      const aside = await git(epoch, ...who, "commit-tree", "-p", first, "-m", "aside", tree);
      const merge = await git(epoch, ...who, "commit-tree", "-p", second, "-p", aside, "-m", "merge", tree);
      await git(epoch, "update-ref", "refs/heads/master", merge);
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.given, shelf.restarts], [idsOf("a", "b", "c"), [idOf("c")], 0]);
    });
    it("the folder is gone: says so and takes nothing away", async () => {
      const path = await inbox([comes(a)]);
      const source = await openSource({ path });
      const shelf = await new Shelf().run(source);
      renameSync(join(path, "git"), join(path, "elsewhere"));
      await assert.rejects(
        shelf.run(source),
        (error: Error) => isUserError(error) && /mounted/.test(error.nextStep),
      );
      assert.equal(shelf.rows.size, 1);
    });
  });

  describe("v1", () => {
    const at = (letter: string): string => `${letter.repeat(2)}/${letter.repeat(38)}`;
    const v1 = async (...steps: Parameters<typeof commit>[1]): Promise<string> => {
      const path = join(folder(), "list.git");
      await commit(path, steps);
      return path;
    };
    it("gives what the tree holds, newest first", async () => {
      const shelf = await new Shelf().index(
        await v1({ [at("a")]: a }, { [at("b")]: b }, { [at("c")]: c }, { [at("b")]: undefined }),
      );
      assert.deepEqual(shelf.given, ["c", "a"].map(idOf));
      assert.equal([...shelf.rows.values()][0]?.inbox, "list");
    });
    it("a file replaced: the new mail for the old", async () => {
      const path = await v1({ [at("a")]: a }, { [at("b")]: b }, { [at("a")]: d });
      assert.deepEqual((await new Shelf().index(path)).ids, idsOf("b", "d"));
    });
    it("added, replaced and removed since", async () => {
      const path = await v1({ [at("a")]: a }, { [at("b")]: b });
      const shelf = await new Shelf().index(path);
      await commit(path, [{ [at("c")]: c }, { [at("a")]: d }, { [at("b")]: undefined }]);
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("c", "d"), 0]);
      assert.deepEqual(await bytesOf(path, shelf), [c, d]);
    });
  });

  describe("damage", () => {
    /** Packs an epoch and returns the path of its pack. */
    const packOf = async (path: string, number = 0): Promise<string> => {
      await git(epochOf(path, number), "repack", "-adq");
      const packs = join(epochOf(path, number), "objects", "pack");
      return join(packs, readdirSync(packs).find((name) => name.endsWith(".pack")) ?? "");
    };
    it("a cut pack of one epoch: the others are read, a note names it", async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c)]);
      const pack = await packOf(path);
      truncateSync(pack, readFileSync(pack).length - 60);
      const shelf = await new Shelf().index(path);
      assert.ok(shelf.ids.includes(idOf("c")));
      assert.match(shelf.notes.join("\n"), /git\/0\.git/);
    });
    it("a damaged mail: the others of its epoch are read, a note counts it", async () => {
      const path = await inbox([comes(a)], numbered(0, 50));
      const oid = await git(epochOf(path, 1), "rev-parse", "master~25:m");
      await git(epochOf(path, 1), "unpack-objects", "-q").catch(() => undefined);
      const pack = await packOf(path, 1);
      const loose = join(folder(), "p.pack");
      renameSync(pack, loose);
      rmSync(pack.replace(/pack$/, "idx"));
      await runUnpack(epochOf(path, 1), loose);
      file(join(epochOf(path, 1), "objects", oid.slice(0, 2), oid.slice(2)), "");
      const shelf = await new Shelf().index(path);
      assert.equal(shelf.rows.size, 50);
      assert.match(shelf.notes.join("\n"), /git\/1\.git: one of its mails/);
      await shelf.index(path);
      assert.ok(shelf.quiet);
    });
    it("a damaged mail asked for: the others are given", async () => {
      const path = await inbox([comes(a), comes(b), comes(c)]);
      const shelf = await new Shelf().index(path);
      const places = [...shelf.rows.values()].map(({ place }) => place);
      const [, middle] = places;
      await runUnpackAll(path);
      const oid = middle?.oid ?? "";
      file(join(epochOf(path), "objects", oid.slice(0, 2), oid.slice(2)), "rubbish");
      const source = await openSource({ path });
      const bytes = await source.bytes([...places, { path: "git/0.git", oid: "0".repeat(40) }]);
      source.close();
      assert.deepEqual(
        bytes.map((each) => each?.toString()),
        [c, undefined, a, undefined],
      );
    });
    it("nothing readable: an error with a next step", async () => {
      const path = await inbox([comes(a), comes(b)]);
      const pack = await packOf(path);
      truncateSync(pack, 20);
      await assert.rejects(
        new Shelf().index(path),
        (error: Error) => isUserError(error) && /fsck/.test(error.nextStep),
      );
    });
    it("no git: says what to install", async () => {
      const source = await openSource({ path: await inbox([comes(a)]) }, "no-such-git");
      const options = { bodies: "none", git: "no-such-git", signal: new AbortController().signal } as const;
      await assert.rejects(
        async () => {
          for await (const _ of source.read(undefined, options));
        },
        (error: Error) => isUserError(error) && /no-such-git/.test(error.message),
      );
      await assert.rejects(source.bytes([{ path: "git/0.git", oid: "0".repeat(40) }]), isUserError);
    });
  });

  describe("a stranger's repository", () => {
    it("starts no program that its configuration names, fetches nothing", async () => {
      const path = await inbox([comes(a), comes(b)]);
      const trap = join(folder(), "trapped");
      appendFileSync(
        join(epochOf(path), "config"),
        [
          `[core]\n\tfsmonitor = touch ${trap}\n\tpager = touch ${trap}\n\tsshCommand = touch ${trap}\n\taskPass = touch ${trap}`,
          `[log]\n\tshowSignature = true\n[gpg]\n\tprogram = touch ${trap}\n[diff]\n\texternal = touch ${trap}\n\torderFile = /nowhere`,
          `[pager]\n\tlog = touch ${trap}\n[extensions]\n\tpartialClone = origin`,
          `[remote "origin"]\n\turl = ext::touch ${trap}\n\tpromisor = true\n\tuploadpack = touch ${trap}\n`,
        ].join("\n"),
      );
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "b"));
      const source = await openSource({ path });
      await source.bytes([{ path: "git/0.git", oid: "1".repeat(40) }]);
      source.close();
      assert.deepEqual(readdirSync(join(trap, "..")), []);
    });
    it("writes nothing in or beside it", async () => {
      const path = await inbox([comes(a), comes(b)], [comes(c), goes(a)]);
      const before = listing(join(path, ".."));
      const shelf = await new Shelf().index(path);
      await bytesOf(path, shelf);
      assert.equal(listing(join(path, "..")), before);
    });
  });
});

/** Turns a pack into loose objects, so that single ones can be damaged. */
async function runUnpack(directory: string, pack: string): Promise<void> {
  const { runProgram } = await import("../../../src/base/process.ts");
  const { code, stderr } = await runProgram("git", ["-C", directory, "unpack-objects", "-q"], {
    input: readFileSync(pack),
  });
  if (code !== 0) throw new Error(stderr);
}

async function runUnpackAll(path: string): Promise<void> {
  const packs = join(epochOf(path), "objects", "pack");
  for (const name of readdirSync(packs)) {
    if (!name.endsWith(".pack")) continue;
    const away = join(folder(), name);
    renameSync(join(packs, name), away);
    rmSync(join(packs, name.replace(/pack$/, "idx")));
    await runUnpack(epochOf(path), away);
  }
}
