import assert from "node:assert/strict";
import { mkdirSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runProgram } from "../../../src/base/process.ts";
import { isUserError } from "../../../src/base/report.ts";
import { recognise } from "../../../src/sources/recognise.ts";
import { comes, commit, git } from "./repository.ts";
import { envelope, file, folder, mail, mboxOf, removeFolders } from "./shelf.ts";

const a = mail("a");
const v1File = `aa/${"b".repeat(38)}`;

async function refused(path: string, sentence: RegExp, program?: string): Promise<void> {
  await assert.rejects(
    recognise(path, program),
    (error: Error) =>
      isUserError(error) &&
      sentence.test(error.message) &&
      error.nextStep.length > 10 &&
      !error.message.includes("\n"),
  );
}

describe("recognise", () => {
  afterEach(removeFolders);

  describe("files", () => {
    const files: [title: string, name: string, content: string | Buffer, format: string][] = [
      ["an mbox", "list", mboxOf(a, a), "mbox"],
      ["an mbox of one mail", "list.mbox", mboxOf(a), "mbox"],
      ["an mbox whose first envelope was cut off", "list.mbox", `${a}\n${mboxOf(a)}`, "mbox"],
      ["an mbox behind some text", "list", `Note.\n\n${mboxOf(a)}`, "mbox"],
      ["an empty file: mail may come", "list", "", "mbox"],
      ["a packed mbox", "list.gz", gzipSync(mboxOf(a)), "mbox"],
      [
        "pipermail's text",
        "2026-November.txt",
        `From ada at example.org  Wed Jan  1 00:06:40 2003\n${a}\n`.repeat(2),
        "mbox",
      ],
      ["CRLF", "list", mboxOf(a).replaceAll("\n", "\r\n"), "mbox"],
      ["CR", "list", mboxOf(a).replaceAll("\n", "\r"), "mbox"],
      ["U+FEFF", "list", `\xef\xbb\xbf${mboxOf(a)}`, "mbox"],
      ["an mbox that begins with a lost page", "list", `${"\0".repeat(4096)}${mboxOf(a)}`, "mbox"],
      ["Gmail's export", "All mail.mbox", `From 160000@xxx Mon Nov 16 09:15:42 +0000 2026\r\n${a}`, "mbox"],
      ["a packed mail", "a.gz", gzipSync(a), "mbox"],
      ["Apple Mail's file", "7.emlx", `${a.length}     \n${a}<?xml version="1.0"?>\n`, "eml"],
      ["one mail with CR", "a", a.replaceAll("\n", "\r"), "eml"],
      ["one mail", "a.eml", a, "eml"],
      ["one mail of any name", "a", a, "eml"],
      ["a patch as git format-patch writes it", "0001-x.patch", `${envelope}${a}`, "eml"],
      ["patches in one file", "all.patch", `${envelope}${a}${envelope}${a}`, "mbox"],
      ["an odd mail by its name", "odd.eml", "no fields at all\n", "eml"],
    ];
    for (const [title, name, content, format] of files) {
      it(title, async () => assert.equal(await recognise(file(join(folder(), name), content)), format));
    }
    it("refuses what is no mail", async () =>
      refused(file(join(folder(), "x"), "int main;\n"), /neither an mbox nor a mail/));
    it("refuses what is packed otherwise, and says what to do", async () =>
      refused(file(join(folder(), "x.xz"), "\xfd7zXZ\x00\x00"), /packed/));
    it("refuses a pipe, which would be waited for, and says what to do", async function () {
      if (process.platform === "win32") return this.skip();
      const path = join(folder(), "pipe");
      await runProgram("mkfifo", [path]);
      await refused(path, /neither a file nor a folder/);
    });
    it("refuses what is not there", async () => refused(join(folder(), "nothing"), /There is no/));
    it("refuses a file taken for a folder", async () =>
      refused(join(file(join(folder(), "x"), "y"), "z"), /There is no/));
  });

  describe("folders", () => {
    it("a Maildir", async () => {
      const path = folder();
      mkdirSync(join(path, "cur"));
      assert.equal(await recognise(path), "maildir");
    });
    it("a folder of Maildirs", async () => {
      const path = folder();
      file(join(path, "inbox", "cur", "1.a"), a);
      assert.equal(await recognise(path), "maildir");
    });
    it("a folder of mboxes", async () => {
      const path = folder();
      file(join(path, "2026", "nov.mbox"), mboxOf(a));
      file(join(path, "x.eml"), a);
      assert.equal(await recognise(path), "folder");
    });
    it("a folder of mails", async () => {
      const path = folder();
      file(join(path, "x", "1"), a);
      assert.equal(await recognise(path), "eml");
    });
    it("Apple Mail's folders", async () => {
      const path = folder();
      file(join(path, "V10", "1A", "x.mbox", "2B", "Data", "1", "Messages", "7.emlx"), `${a.length}\n${a}`);
      assert.equal(await recognise(path), "eml");
    });
    it("refuses a folder without mail", async () => refused(folder(), /holds no mail/));
    it("refuses a folder with other things", async () => {
      const path = folder();
      file(join(path, "src", "main.c"), "int main;\n");
      await refused(path, /holds no mail/);
    });
  });

  describe("git", () => {
    const epoch = async (...path: string[]): Promise<string> => {
      const directory = join(folder(), ...path);
      await commit(directory, [comes(a)]);
      return directory;
    };
    it("a v2 inbox", async () => {
      const directory = await epoch("list", "git", "0.git");
      assert.equal(await recognise(join(directory, "..", "..")), "v2");
    });
    it("its git folder, one epoch, or its all.git", async () => {
      const directory = await epoch("list", "git", "0.git");
      await git(directory, "init", "--quiet", "--bare", "../../all.git");
      for (const path of [join(directory, ".."), directory, join(directory, "..", "..", "all.git")]) {
        assert.equal(await recognise(path), "v2", path);
      }
    });
    it("one epoch of any name, bare or with its work tree", async () => {
      assert.equal(await recognise(await epoch("list.0")), "v2");
      const inner = await epoch("list.0", ".git");
      assert.equal(await recognise(join(inner, "..")), "v2");
    });
    it("v1", async () => {
      const directory = join(folder(), "list.git");
      await commit(directory, [{ [v1File]: a }]);
      assert.equal(await recognise(directory), "v1");
    });
    it("a mirror of many inboxes, with an object store beside them", async () => {
      const root = folder();
      await commit(join(root, "lkml", "git", "0.git"), [comes(a)]);
      await commit(join(root, "org", "list", "git", "0.git"), [comes(a)]);
      await commit(join(root, "old.git"), [{ [v1File]: a }]);
      await commit(join(root, "objstore", "x.git"), [{ "main.c": "int" }]);
      assert.equal(await recognise(root), "inboxes");
    });
    it("refuses a repository of something else", async () => {
      const directory = join(folder(), "linux.git");
      await commit(directory, [{ "main.c": "int main;" }]);
      await refused(directory, /holds no mail as public-inbox keeps it/);
    });
    it("refuses one without a commit", async () => {
      const path = folder();
      await git(path, "init", "--quiet", "--bare", ".");
      await refused(path, /no commit/);
    });
    it("refuses a damaged one, and says how to check", async () => {
      const directory = join(folder(), "list.git");
      await commit(directory, [{ [v1File]: a }]);
      await git(directory, "repack", "-adq");
      const packs = join(directory, "objects", "pack");
      for (const name of readdirSync(packs).filter((each) => each.endsWith(".pack")))
        truncateSync(join(packs, name), 20);
      await refused(directory, /damaged/);
    });
    it("says that git is missing", async () => {
      const directory = await epoch("list.0");
      await refused(directory, /no-such-git/, "no-such-git");
    });
  });
});
