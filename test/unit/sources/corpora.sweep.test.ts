import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../src/base/process.ts";
import { openSource } from "../../../src/sources/open.ts";
import { corpus } from "../../corpora.ts";
import { folder, removeFolders, Shelf } from "./shelf.ts";

/**
 * Mails per file. `python` and `formail` are what Python's mailbox and formail see; where they differ from each other
 * or from us, `why` gives the reason for our count.
 */
const counts: [file: string, ours: number, python: number, formail: number, why?: string][] = [
  [
    "mbox-variants/email-folder-mboxcl2",
    3,
    4,
    3,
    "Python ignores Content-Length and takes “From perl5-porters:” in a body",
  ],
  [
    "mbox-variants/email-folder-mboxcl2.lies",
    3,
    4,
    2,
    "the count that lies is not believed; that body line has no date",
  ],
  ["mbox-variants/email-folder-mboxcl3", 2, 2, 2],
  ["mbox-variants/email-folder-testmbox", 10, 10, 10],
  ["mbox-variants/email-folder-testmbox.dos", 10, 10, 1, "formail does not know CRLF"],
  ["mbox-variants/gmime-substring.mbox", 3, 3, 1, "“From - ” is Mozilla's envelope, fields follow each"],
  ["mbox-variants/mime4j-mbox.rlug", 5, 5, 5],
  ["mbox-variants/mimekit-content-length.mbox", 29, 29, 18, "“From - ” again, counted bodies"],
  [
    "mbox-variants/mimekit-unmunged.mbox",
    2,
    3,
    1,
    "two mails; Python takes “From Russia with love” and misses the first behind U+FEFF",
  ],
  ["mbox-variants/neomutt-banana.mbox", 1, 1, 1],
  ["mbox-variants/node-mbox-test-1-message.mbox", 1, 1, 1],
  ["mbox-variants/node-mbox-test-3-message.mbox", 3, 3, 3],
  ["mbox-variants/node-mbox-test-attached.mbox", 1, 1, 2, "text before the first envelope is no mail"],
  ["mbox-variants/pipermail-twisted-python-2003-January.txt.gz", 404, 404, 404],
  [
    "git-t5100/sample.mbox",
    18,
    18,
    14,
    "git's own mailsplit finds 18: envelopes without an empty line before",
  ],
  [
    "git-t5100/sample.mboxrd",
    2,
    3,
    2,
    "“From not mangled but this line should have been escaped” has no date",
  ],
  ["git-t5100/rfc2047-samples.mbox", 11, 11, 11],
  ["notmuch/lkml.mboxrd", 210, 210, 210],
];

/** Mails of whole folders, as their index says. */
const folders: [path: string, format: string, mails: number][] = [
  ["notmuch/lkml", "maildir", 210],
  ["notmuch/default", "maildir", 53],
  ["maildir/email-folder-testmaildir", "maildir", 10],
  ["maildir/email-folder-testmh", "eml", 4],
  ["threads", "folder", 2839],
  ["series", "folder", 550],
  ["real-odd", "eml", 467],
];

async function clone(bundle: string, target: string): Promise<void> {
  mkdirSync(join(target, ".."), { recursive: true });
  const { code, stderr } = await runProgram("git", ["clone", "--quiet", "--bare", bundle, target]);
  if (code !== 0) throw new Error(stderr);
}

/** Every mail of a source by Message-ID, with its bytes. */
async function mailsOf(path: string): Promise<Map<string, string>> {
  const source = await openSource({ path });
  const shelf = await new Shelf().run(source);
  const rows = [...shelf.rows.values()];
  const bytes = await source.bytes(rows.map(({ place }) => place));
  source.close();
  return new Map(
    rows.map(({ skeleton }, at) => [skeleton.messageId, bytes[at]?.toString("latin1") ?? "gone"]),
  );
}

describe("real archives", () => {
  after(removeFolders);

  for (const [name, ours, python, formail, why] of counts) {
    it(`${name}: ${ours} (Python ${python}, formail ${formail}${why ? `; ${why}` : ""})`, async function () {
      const shelf = await new Shelf().index(corpus(this, name));
      assert.equal(shelf.rows.size, ours);
    });
  }
  it("an mbox without mail, and no mbox", async function () {
    await assert.rejects(
      new Shelf().index(corpus(this, "mbox-variants/email-folder-testmbox.empty")),
      /is empty/,
    );
    await assert.rejects(
      new Shelf().index(corpus(this, "mbox-variants/node-mbox-test-not-an.mbox")),
      /neither/,
    );
  });
  for (const [name, format, mails] of folders) {
    it(`${name}: ${format} of ${mails}`, async function () {
      const source = await openSource({ path: corpus(this, name) });
      const shelf = await new Shelf().run(source);
      assert.deepEqual([source.format, shelf.given.length], [format, mails]);
      source.close();
    });
  }
  it("weird: 970 of 973 files; the other three have no field that mail has", async function () {
    const shelf = await new Shelf().index(corpus(this, "weird"));
    const places = [...shelf.rows.values()].map(({ place }) => place.path);
    assert.equal(new Set(places).size, 970);
    // Two of the files are mboxes, whatever their names say.
    const mboxes = ["content-length-summary", "jwz-summary"].map((name) => `mimekit/mbox__${name}.txt`);
    assert.deepEqual(
      mboxes.map((name) => places.filter((each) => each === name).length),
      [29, 152],
    );
  });
  it("kgdb-bugreport, the whole epoch: 2,358 mails, 2,355 Message-IDs", async function () {
    const path = join(folder(), "kgdb");
    await clone(corpus(this, "kgdb-bugreport/v2-epoch0.bundle"), join(path, "git", "0.git"));
    const shelf = await new Shelf().index(path);
    assert.deepEqual([shelf.given.length, new Set(shelf.given).size], [2358, 2355]);
  });
  it("the first 600 of it: v1, v2 epochs, mbox.gz and Maildir hold the same mails, byte for byte", async function () {
    const at = corpus(this, "kgdb-bugreport");
    const root = folder();
    await clone(join(at, "first600-v1.bundle"), join(root, "v1.git"));
    for (let n = 0; n < 7; n++) {
      await clone(join(at, "first600-v2-epochs", `${n}.bundle`), join(root, "v2", "git", `${n}.git`));
    }
    const { code } = await runProgram("tar", ["-xJf", join(at, "first600.maildir.tar.xz"), "-C", root]);
    assert.equal(code, 0);
    const mbox = await mailsOf(join(at, "first600.mboxrd.gz"));
    const maildir = await mailsOf(join(root, "md"));
    const v1 = await mailsOf(join(root, "v1.git"));
    const v2 = await mailsOf(join(root, "v2"));
    assert.deepEqual([mbox.size, maildir.size, v1.size, v2.size], [600, 600, 597, 595]);
    // public-inbox's importer leaves out who it was delivered to.
    const delivered = /^(?:X-Original-To|Delivered-To): .*\n/gm;
    const differ = (one: Map<string, string>, cut = /$^/g): number =>
      [...one].filter(([id, bytes]) => mbox.get(id)?.replace(cut, "") !== bytes).length;
    assert.deepEqual([differ(maildir), differ(v1, delivered), differ(v2, delivered)], [0, 0, 0]);
  });
  it("flags of that Maildir follow the rule they were given by", async function () {
    const root = folder();
    const archive = corpus(this, "kgdb-bugreport/first600.maildir.tar.xz");
    assert.equal((await runProgram("tar", ["-xJf", archive, "-C", root])).code, 0);
    const shelf = await new Shelf().index(join(root, "md"));
    const flags = [...shelf.rows.values()].map((row) => row.flags ?? "new");
    const count = (wanted: string): number => flags.filter((each) => each === wanted).length;
    assert.deepEqual(["new", "", "S", "RS", "FS"].map(count), [120, 120, 120, 120, 120]);
  });
});
