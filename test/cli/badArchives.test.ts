/** What `index` says about archives that are missing, empty, cut off, damaged or closed, and that the rest is read. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runProgram } from "../../src/base/process.ts";
import { closedTo } from "../closedTo.ts";
import { comes, commit, git } from "../unit/sources/repository.ts";
import { file, mail, mboxOf } from "../unit/sources/shelf.ts";
import { type Cli, cliProgram, openCli, type Ran } from "./runCli.ts";

describe("the command line over bad archives", () => {
  let cli: Cli;
  beforeEach(() => {
    cli = openCli();
  });
  afterEach(() => cli.remove());

  const at = (...path: string[]): string => join(cli.folder, ...path);
  const good = (name = "good.mbox"): string => file(at(name), mboxOf(mail("a"), mail("b")));
  const inbox = async (name: string, ...epochs: string[][]): Promise<string> => {
    for (const [number, mails] of epochs.entries()) {
      await commit(at(name, "git", `${number}.git`), mails.map(comes));
      await git(at(name, "git", `${number}.git`), "repack", "-adq");
    }
    return at(name);
  };
  const cutPack = (epoch: string) => {
    const pack = readdirSync(join(epoch, "objects", "pack")).find((name) => name.endsWith(".pack"));
    const path = join(epoch, "objects", "pack", pack ?? "");
    chmodSync(path, 0o644);
    truncateSync(path, 20);
  };
  /** One sentence, and one more that says what to do; the good archive named beside it is read. */
  const says = (ran: Ran, sentence: RegExp) => {
    assert.match(ran.stderr, /^kernel-mail: [^\n]+[.)] [A-Z][^\n]+\.\n$/);
    assert.match(ran.stderr, sentence);
    assert.equal(ran.code, 1);
    assert.deepEqual(
      ran.lines().map(({ source, messages }) => [source, messages]),
      [[at("good.mbox"), 2]],
    );
  };
  const refused = async (path: string, sentence: RegExp) =>
    says(await cli.run("index", path, good()), sentence);

  it("a file that is not there", () => refused(at("none.mbox"), /There is no “.*none\.mbox”\. Check how/));
  it("an empty folder", () => {
    mkdirSync(at("empty"));
    return refused(at("empty"), /“.*empty” holds no mail that is known to us\. Choose an mbox/);
  });
  it("a folder of other things", () => {
    file(at("source", "main.c"), "int main;\n");
    return refused(at("source"), /holds no mail that is known to us\. Choose/);
  });
  it("a file that is no mail", () =>
    refused(file(at("main.c"), "int main;\n"), /neither an mbox nor a mail\. Choose/));
  it("an address", () =>
    refused(
      "https://lore.example/list/",
      /“https:\/\/lore\.example\/list\/” is an address, not a path\. Mirror it/,
    ));
  it("an mbox without a byte", () =>
    refused(file(at("empty.mbox"), ""), /“.*empty\.mbox” is empty\. Choose/));
  it("a file packed otherwise", () =>
    refused(file(at("x.mbox.xz"), Buffer.from("fd377a585a000004", "hex")), /packed in a way .*\. Unpack it/));
  it("a repository of something else", async () => {
    await commit(at("linux.git"), [{ "main.c": "int main;\n" }]);
    await refused(at("linux.git"), /holds no mail as public-inbox keeps it\. Choose/);
  });
  it("a repository without a commit", async () => {
    mkdirSync(at("new.git"));
    await git(at("new.git"), "init", "--quiet", "--bare", ".");
    await refused(at("new.git"), /has no commit yet\. Fetch/);
  });
  it("a mirror of which nothing can be read", async () => {
    const path = await inbox("broken", [mail("x")]);
    cutPack(join(path, "git", "0.git"));
    await refused(path, /could not be read: git\/0\.git: .*\. Check it with “git fsck”, or clone it again/);
  });
  it("a mirror and no git on the PATH", async () => {
    const path = await inbox("mirror", [mail("x")]);
    says(
      await cli.runWith({ PATH: at("nowhere") }, "index", path, good()),
      /“git” was not found\. Install git/,
    );
  });

  it("a last mail that is cut off is there as far as it goes", async () => {
    const whole = mboxOf(mail("a"), mail("b", "one\ntwo\nthree\n"));
    const ran = await cli.run("index", file(at("cut.mbox"), whole.slice(0, -8)));
    assert.deepEqual([ran.code, ran.lines()[0]?.["messages"]], [0, 2]);
    assert.match(String((await cli.run("show", "b@kernel.example")).lines()[0]?.["body"]), /^one\ntwo/);
  });
  it("a packed mbox that is cut off is read as far as it goes, and says so", async () => {
    const mails = Array.from({ length: 300 }, (_, n) => mail(`m${n}`, `${Math.sqrt(n)} ${Math.sin(n)}\n`));
    const packed = gzipSync(Buffer.from(mboxOf(...mails)));
    const ran = await cli.run("index", file(at("x.mbox.gz"), packed.subarray(0, packed.length / 2)));
    const [{ messages, notes } = {}] = ran.lines();
    assert.ok(Number(messages) > 50 && Number(messages) < 300, `${messages}`);
    assert.match(String(notes), /damaged or incomplete .* what comes before that place was read/);
  });
  it("one damaged epoch: the others are read; doctor names it until it is mended", async () => {
    const path = await inbox("list", [mail("a")], [mail("b")], [mail("c")]);
    const epoch = join(path, "git", "1.git");
    cutPack(epoch);
    const [{ messages, problem } = {}] = (await cli.run("index", path)).lines();
    assert.equal(messages, 2);
    assert.match(String(problem), /^git\/1\.git: its history could not be read to the end/);
    const problems = async () => String((await cli.run("doctor")).lines()[0]?.["problems"]);
    assert.match(await problems(), /git\/1\.git: its history/);
    rmSync(epoch, { recursive: true });
    await commit(epoch, [comes(mail("b"))]);
    const [mended] = (await cli.run("index", path)).lines();
    assert.deepEqual([mended?.["messages"], mended?.["problem"], mended?.["notes"]], [3, undefined, []]);
    assert.doesNotMatch(await problems(), /git\/1\.git/);
  });
  it("a folder of mboxes with an empty one, a damaged one and a link to itself", async () => {
    good("all/one.mbox");
    file(at("all", "empty.mbox"), "");
    file(at("all", "noise.mbox.gz"), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4]));
    symlinkSync("loop.mbox", at("all", "loop.mbox"));
    const [{ format, messages, notes } = {}] = (await cli.run("index", at("all"))).lines();
    assert.deepEqual([format, messages], ["folder", 2]);
    assert.match(String(notes), /noise\.mbox\.gz/);
    assert.match(String(notes), /loop\.mbox” could not be read \(ELOOP\)/);
  });

  describe("closed to this user", () => {
    it("a file", async function () {
      const path = good("closed.mbox");
      good();
      await closedTo(this, [path], async () =>
        refused(path, /closed\.mbox” may not be read\. Give yourself read permission/),
      );
    });
    it("one mbox of a folder: its mail stays, the others are followed, and it is named until it is open", async function () {
      good("all/one.mbox");
      const two = file(at("all", "two.mbox"), mboxOf(mail("c")));
      await cli.run("index", at("all"));
      file(at("all", "three.mbox"), mboxOf(mail("d")));
      await closedTo(this, [two], async () => {
        const [{ messages, problem } = {}] = (await cli.run("index", at("all"))).lines();
        assert.equal(messages, 4);
        assert.match(String(problem), /two\.mbox” may not be read/);
      });
      const [{ messages, problem } = {}] = (await cli.run("index", at("all"))).lines();
      assert.deepEqual([messages, problem], [4, undefined]);
    });
    it("a mail and a folder of a Maildir: the others are read, and they are as soon as they may be", async function () {
      for (const [name, id] of Object.entries({
        "cur/1": "a",
        "cur/2": "b",
        ".Sub/cur/3": "c",
        ".Own/cur/4": "d",
      }))
        file(at("md", name), mail(id));
      const closed = [at("md", "cur", "2"), at("md", ".Sub"), at("md", ".Own", "cur")];
      await closedTo(this, closed, async () => {
        const ran = await cli.run("index", at("md"));
        const [{ messages, problem } = {}] = ran.lines();
        assert.equal(messages, 1, ran.stderr);
        assert.match(String(problem), /and 2 more may not be read\. Give yourself read permission/);
      });
      assert.equal((await cli.run("index", at("md"))).lines()[0]?.["messages"], 4);
      await closedTo(this, closed, async () => {
        assert.equal((await cli.run("index", at("md"))).lines()[0]?.["messages"], 4);
      });
      const [{ messages, added, removed, problem } = {}] = (await cli.run("index", at("md"))).lines();
      assert.deepEqual([messages, added, removed, problem], [4, 0, 0, undefined]);
    });
    it("an epoch: its mail stays", async function () {
      const path = await inbox("list", [mail("a")], [mail("b")]);
      await cli.run("index", path);
      await closedTo(this, [join(path, "git", "1.git")], async () => {
        const [{ messages, problem } = {}] = (await cli.run("index", path)).lines();
        assert.equal(messages, 2);
        assert.match(String(problem), /git\/1\.git: it cannot be read as a git repository any more/);
      });
      const [{ messages, problem } = {}] = (await cli.run("index", path)).lines();
      assert.deepEqual([messages, problem], [2, undefined]);
    });
    it("the folder of the index", async function () {
      mkdirSync(at("cache"));
      const path = good();
      await closedTo(this, [at("cache")], async () => {
        const ran = await cli.run("--db", at("cache", "index.sqlite"), "index", path);
        assert.equal(ran.code, 1);
        assert.match(ran.stderr, /cannot be opened for writing\. Make the folder writable/);
      });
    });
  });
});

describe("the command line about itself", () => {
  let cli: Cli;
  beforeEach(() => {
    cli = openCli();
  });
  afterEach(() => cli.remove());

  it("doctor names a git that is missing, and what to do", async () => {
    const [found] = (await cli.runWith({ PATH: join(cli.folder, "nowhere") }, "doctor")).lines();
    assert.equal(found?.["git"], null);
    assert.match(String(found?.["problems"]), /git was not found: mirrors cannot be read\. Install git\./);
  });
  it("doctor names an index that cannot be opened", async () => {
    const folder = file(join(cli.folder, "file"), "x");
    for (const db of [join(folder, "index.sqlite"), cli.folder]) {
      const [found] = (await cli.run("--db", db, "doctor")).lines();
      assert.match(String(found?.["problems"]), /cannot be opened for writing\. Make the folder writable/);
    }
  });
  it("an index found damaged by a question is told of", async () => {
    const mails = Array.from({ length: 500 }, (_, n) => mail(`m${n}`, `word${n} ${"x ".repeat(40)}\n`));
    await cli.run("index", file(join(cli.folder, "list.mbox"), mboxOf(...mails)));
    const db = join(cli.folder, "index.sqlite");
    const bytes = readFileSync(db);
    bytes.fill(0x5a, 8192 * 2);
    file(db, bytes);
    const { stderr } = await cli.run("search", "word1");
    assert.match(stderr, /^kernel-mail: The index .* was damaged and is built anew from the archives\.\n$/);
  });
  it("doctor finds damage that no other question meets", async () => {
    const mails = Array.from({ length: 500 }, (_, n) => mail(`m${n}`, `word${n} ${"x ".repeat(40)}\n`));
    await cli.run("index", file(join(cli.folder, "list.mbox"), mboxOf(...mails)));
    const db = join(cli.folder, "index.sqlite");
    const bytes = readFileSync(db);
    const page = bytes.length - 4 * 8192;
    file(db, bytes.fill(0x5a, page, page + 8192));
    const [found] = (await cli.run("doctor")).lines();
    assert.match(String(found?.["problems"]), /was damaged and is built anew from the archives/);
  });
  it("index draws its progress on a terminal, and nowhere else", async function () {
    const path = file(join(cli.folder, "list.mbox"), mboxOf(mail("a")));
    const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${cliProgram}" --db "${cli.folder}/x" index "${path}"`;
    const shown = await runProgram("script", ["-qec", command, "/dev/null"]).catch(() => undefined);
    if (shown?.code !== 0) {
      console.log("      skipped: no terminal can be made here (script)");
      return this.skip();
    }
    assert.match(shown.stdout.toString(), /% {2}\d+ messages {2}.*list\.mbox/);
    assert.match(shown.stdout.toString(), /\{"source":".*"seconds":[\d.]+,"peakRss":\d+/);
    const { stderr } = await cli.run("index", path);
    assert.equal(stderr, "");
  });
});

describe("what a bad archive holds", () => {
  it("is left as it was", async () => {
    const cli = openCli();
    try {
      const path = file(join(cli.folder, "cut.mbox"), mboxOf(mail("a")).slice(0, -5));
      const before = readFileSync(path);
      await cli.run("index", path);
      assert.deepEqual(readFileSync(path), before);
    } finally {
      cli.remove();
    }
  });
});
