/** Archives on a read-only mount are read like any other, and nothing is written in or beside them. */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runProgram } from "../../src/base/process.ts";
import { corpus } from "../corpora.ts";
import { git } from "../unit/sources/repository.ts";
import { listing } from "../unit/sources/shelf.ts";
import { openCli } from "./runCli.ts";

describe("archives on a read-only mount", function () {
  this.timeout(10 * 60_000);

  it("every format is indexed, shown and indexed again; every entry stays as it was", async function () {
    const list = (...path: string[]) => corpus(this, "kgdb-bugreport", ...path);
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-readonly-"));
    const at = (...path: string[]) => join(folder, "archives", ...path);
    const cli = openCli();
    let mounted = false;
    try {
      mkdirSync(at("inboxes", "one", "git"), { recursive: true });
      const packed = readFileSync(list("first600.mboxrd.gz"));
      writeFileSync(at("list.mbox.gz"), packed);
      writeFileSync(at("list.mbox"), gunzipSync(packed));
      mkdirSync(at("folder"));
      cpSync(at("list.mbox"), at("folder", "a.mbox"));
      cpSync(at("list.mbox.gz"), at("folder", "b.mbox.gz"));
      cpSync(corpus(this, "notmuch", "lkml"), at("md"), { recursive: true });
      cpSync(corpus(this, "git-t5100", "msg0001"), at("one.eml"));
      await git(folder, "clone", "--quiet", "--bare", list("first600-v1.bundle"), at("v1"));
      for (const name of readdirSync(list("first600-v2-epochs")).filter((each) => each.endsWith(".bundle"))) {
        const bundle = list("first600-v2-epochs", name);
        await git(
          folder,
          "clone",
          "--quiet",
          "--bare",
          bundle,
          at("inboxes", "one", "git", name.replace("bundle", "git")),
        );
      }
      const all = at("inboxes", "one", "all.git");
      await git(folder, "init", "--quiet", "--bare", all);
      writeFileSync(
        join(all, "objects", "info", "alternates"),
        `${at("inboxes", "one", "git", "0.git", "objects")}\n`,
      );
      const before = listing(join(folder, "archives"));

      const mount = (...args: string[]) =>
        runProgram("mount", args).then(
          ({ code }) => code === 0,
          () => false,
        );
      mounted = await mount("--bind", at(), at());
      const readOnly = mounted && (await mount("-o", "remount,bind,ro", at()));
      if (!readOnly)
        console.log("      nothing can be mounted read-only here: the listings alone are compared");
      else assert.throws(() => writeFileSync(at("x"), ""), { code: "EROFS" });

      const expected: [string, string, number][] = [
        ["list.mbox", "mbox", 600],
        ["list.mbox.gz", "mbox", 600],
        ["folder", "folder", 1200],
        ["md", "maildir", 210],
        ["one.eml", "eml", 1],
        ["v1", "v1", 597],
        ["inboxes", "inboxes", 595],
        [join("inboxes", "one"), "v2", 595],
        [join("inboxes", "one", "all.git"), "v2", 595],
      ];
      const sources = expected.map(([path]) => at(path));
      const first = await cli.run("index", ...sources);
      assert.equal(first.code, 0, first.stderr);
      assert.deepEqual(
        first.lines().map(({ format, added, skipped }) => [format, Number(added) + Number(skipped)]),
        expected.map(([, format, mails]) => [format, mails]),
      );
      const again = await cli.run("index", ...sources);
      assert.ok(
        again.lines().every(({ added, removed, skipped }) => added === 0 && removed === 0 && skipped === 0),
      );
      assert.equal((await cli.run("show", "--all")).code, 0);
      assert.equal((await cli.run("doctor")).code, 0);
      assert.equal(listing(join(folder, "archives")), before);
      assert.ok(!existsSync(at("v1", "index.lock")));
    } finally {
      if (mounted) await runProgram("umount", [at()]);
      cli.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
