import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recognise } from "../../../src/sources/recognise.ts";
import { watchedFolders } from "../../../src/sources/watched.ts";
import { comes, commit } from "./repository.ts";

const mail = "From: Ada <ada@kernel.example>\nMessage-ID: <a@kernel.example>\nSubject: x\n\ntext\n";
const mbox = `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mail}\n`;

describe("watchedFolders", () => {
  let root = "";
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "watched-")));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** The folders watched for an archive, as "folder: names", relative to the root. */
  const check = async (path: string, expected: string[]) => {
    const spec = { path: join(root, path) };
    const found = await watchedFolders(spec, await recognise(spec.path), "git");
    const lines = found.map(({ folder, names }) =>
      [folder.slice(root.length), ...(names === undefined ? [] : [names.sort().join(" ")])].join(": "),
    );
    assert.deepEqual(lines.sort(), expected);
  };
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it("is the folder of an mbox, for the sake of that one name", async () => {
    write("mail/a.mbox", mbox);
    await check("mail/a.mbox", ["/mail: a.mbox"]);
  });

  it("is where a link leads, too", async () => {
    write("real/a.mbox", mbox);
    mkdirSync(join(root, "mail"));
    symlinkSync(join(root, "real", "a.mbox"), join(root, "mail", "b.mbox"));
    await check("mail/b.mbox", ["/mail: b.mbox", "/real: a.mbox"]);
  });

  it("is new and cur of a Maildir and of its folders", async () => {
    for (const folder of ["", ".lists"]) {
      for (const part of ["cur", "new", "tmp"]) mkdirSync(join(root, "m", folder, part), { recursive: true });
    }
    write("m/cur/1.a:2,S", mail);
    await check("m", ["/m", "/m/.lists", "/m/.lists/cur", "/m/.lists/new", "/m/cur", "/m/new"]);
  });

  it("is the folder of a single mail", async () => {
    write("one/a.eml", mail);
    await check("one/a.eml", ["/one: a.eml"]);
  });

  it("is the branches of the newest epoch, and where the next will lie", async () => {
    await commit(join(root, "list", "git", "0.git"), [comes(mail)]);
    await commit(join(root, "list", "git", "1.git"), [comes(mail)]);
    await check("list", ["/list/git", "/list/git/1.git/refs/heads", "/list/git/1.git: HEAD packed-refs"]);
  });

  it("is the branches of a repository that stands alone", async () => {
    await commit(join(root, "v1"), [{ "ab/cdef0123456789abcdef0123456789abcdef01": mail }]);
    await check("v1", ["/v1/refs/heads", "/v1: HEAD packed-refs"]);
  });

  it("is every archive of a folder, and the folder", async () => {
    write("all/a.mbox", mbox);
    write("all/sub/b.mbox", mbox);
    await check("all", ["/all", "/all/sub: b.mbox"]);
  });

  it("has an end", async () => {
    for (let n = 0; n < 450; n += 1) mkdirSync(join(root, "m", `.list${n}`, "cur"), { recursive: true });
    write("m/cur/1.a:2,S", mail);
    assert.equal((await watchedFolders({ path: join(root, "m") }, "maildir", "git")).length, 400);
  });

  it("is where an archive that is gone would come back", async () => {
    for (const [path, format, name] of [
      ["gone.mbox", "mbox", "gone.mbox"],
      ["gone", "maildir", "gone"],
      ["disk/mail/list", "v2", "disk"],
    ] as const) {
      const found = await watchedFolders({ path: join(root, path) }, format, "git");
      assert.deepEqual(found, [{ folder: root, names: [name] }]);
    }
  });
});
