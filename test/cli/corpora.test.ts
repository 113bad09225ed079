/** The command line over real mail: a sample of it, quick enough for every run. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpus } from "../corpora.ts";
import { splitMbox } from "../mirror.ts";
import { judgeReplies } from "./replies.ts";
import { openCli, uncovered } from "./runCli.ts";

describe("the command line over real mail", function () {
  this.timeout(300_000);
  it("replies to a third of a list", async function () {
    const mbox = gunzipSync(readFileSync(corpus(this, "kgdb-bugreport", "first600.mboxrd.gz")));
    const mails = splitMbox(mbox).filter((_, index) => index % 3 === 0);
    assert.equal(mails.length, 200);
    assert.deepEqual(await judgeReplies(mails), []);
  });
  it("show --all: every line in one block; reply and render for one of them", async function () {
    const archive = corpus(this, "kgdb-bugreport", "first600.mboxrd.gz");
    const cli = openCli({ name: "Ada Reviewer", email: "ada@example.org" });
    try {
      assert.equal((await cli.run("index", archive)).code, 0);
      const all = (await cli.run("show", "--all")).lines();
      assert.equal(all.length, 600);
      assert.deepEqual(all.map(uncovered).filter(Boolean), []);
      const draft = cli.file(
        "draft.eml",
        (await cli.run("reply", String(all[7]?.["messageId"]))).stdout.toString(),
      );
      const { code, stdout } = await cli.run("render", draft);
      assert.equal(code, 0);
      assert.ok(stdout.includes(`\r\nIn-Reply-To: <${all[7]?.["messageId"]}>\r\n`));
    } finally {
      cli.remove();
    }
  });
});
