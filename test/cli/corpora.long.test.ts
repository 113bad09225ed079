/** The command line over all of the real mail: every message shown, every message answered. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runProgram } from "../../src/base/process.ts";
import { corpus } from "../corpora.ts";
import { splitMbox } from "../mirror.ts";
import { judgeReplies } from "./replies.ts";
import { openCli, uncovered } from "./runCli.ts";

/** Every message of an mboxrd in a folder of them. */
const mailsIn = (folder: string): Buffer[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".mboxrd.gz"))
    .flatMap((name) => splitMbox(gunzipSync(readFileSync(join(folder, name)))));

describe("the command line over all real mail", function () {
  this.timeout(20 * 60_000);
  it("replies to every message of the threads and series", async function () {
    const mails = [...mailsIn(corpus(this, "threads")), ...mailsIn(corpus(this, "series"))];
    assert.equal(mails.length, 2839 + 550);
    assert.deepEqual(await judgeReplies(mails), []);
  });
  it("replies to the odd ones without ever failing", async function () {
    const folder = corpus(this, "real-odd");
    const mails = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".eml"))
      .map((name) => readFileSync(join(folder, name)));
    assert.equal(mails.length, 467);
    assert.deepEqual(await judgeReplies(mails), []);
  });
  it("replies to every message of a list of seven years", async function () {
    const packed = corpus(this, "scale", "linux-sh.mboxrd.xz");
    const { code, stdout } = await runProgram("xz", ["-dc", packed]).catch(() => this.skip());
    assert.equal(code, 0);
    const mails = splitMbox(stdout);
    assert.equal(mails.length, 13_882);
    assert.deepEqual(await judgeReplies(mails), []);
  });
  it("shows and answers the whole mirror", async function () {
    const bundle = corpus(this, "kgdb-bugreport", "v2-epoch0.bundle");
    const cli = openCli({ name: "Ada Reviewer", email: "ada@example.org" });
    try {
      const inbox = join(cli.folder, "inbox");
      const cloned = await runProgram("git", [
        "clone",
        "--quiet",
        "--bare",
        bundle,
        join(inbox, "git", "0.git"),
      ]);
      assert.equal(cloned.code, 0, cloned.stderr);
      assert.equal((await cli.run("index", inbox)).code, 0);
      const all = (await cli.run("show", "--all")).lines();
      assert.equal(all.length, 2356);
      assert.deepEqual(all.map(uncovered).filter(Boolean), []);
      const oids = all.map(({ origin }) => (origin as { oid: string }).oid);
      const { stdout } = await runProgram("git", ["-C", join(inbox, "git", "0.git"), "cat-file", "--batch"], {
        input: `${oids.join("\n")}\n`,
      });
      const mails: Buffer[] = [];
      for (let at = 0; at < stdout.length; ) {
        const end = stdout.indexOf("\n", at);
        const size = Number(stdout.subarray(at, end).toString().split(" ")[2]);
        mails.push(stdout.subarray(end + 1, end + 1 + size));
        at = end + 1 + size + 1;
      }
      assert.equal(mails.length, 2356);
      assert.deepEqual(await judgeReplies(mails), []);
    } finally {
      cli.remove();
    }
  });
});
