import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import { comes, commit } from "../sources/repository.ts";
import { envelope, file, folder, mail, removeFolders } from "../sources/shelf.ts";

describe("archive: a folder that changes", () => {
  let archive: Archive | undefined;
  const opened = (): Archive => {
    archive = openArchive({ db: join(folder(), "index.sqlite"), git: "git", bodies: "none" });
    return archive;
  };
  afterEach(() => {
    archive?.close();
    removeFolders();
  });
  const index = async (archive: Archive, path: string) =>
    (await archive.index({ archive: { path } })).messages;
  const bodies = async (archive: Archive, messageId: string) =>
    (await archive.raw({ messageIds: [messageId] })).map(({ raw }) => Buffer.from(raw).toString("latin1"));

  it("a mail at the end of an mbox that was cut can be read as it is now", async () => {
    const path = folder();
    const whole = `${envelope}${mail("a", "one\ntwo\n")}`;
    file(join(path, "one.mbox"), whole);
    file(join(path, "two.mbox"), envelope + mail("b"));
    const archive = opened();
    await index(archive, path);
    truncateSync(join(path, "one.mbox"), whole.length - 4);
    assert.equal(await index(archive, path), 2);
    assert.deepEqual(await bodies(archive, "a@kernel.example"), [mail("a", "one\n")]);
  });

  it("what another program flags as seen, or no longer, is read and unread from then on", async () => {
    const path = join(folder(), "md");
    const now = Math.floor(Date.now() / 1000);
    const [unseen, seen] = ["", "S"].map((flags) => join(path, "cur", `${now}.1.h:2,${flags}`)) as [
      string,
      string,
    ];
    const today = mail("a").replace(/^Date: .*$/m, `Date: ${new Date().toUTCString()}`);
    const arrived = file(join(path, "new", `${now}.1.h`), today);
    mkdirSync(join(path, "cur"));
    archive = openArchive({
      db: join(folder(), "index.sqlite"),
      state: join(folder(), "state.sqlite"),
      git: "git",
      bodies: "none",
    });
    const unread: unknown[] = [];
    for (const [from, to] of [
      [arrived, arrived],
      [arrived, seen],
      [seen, unseen],
      [unseen, seen],
    ] as const) {
      renameSync(from, to);
      await index(archive, path);
      unread.push((await archive.threads({ limit: 1 })).threads[0]?.unread);
    }
    assert.deepEqual(unread, [1, 0, 1, 0]);
  });

  const kinds: Record<string, (path: string) => unknown> = {
    mbox: (path) => file(path, envelope + mail("a")),
    "a packed mbox": (path) => file(path, gzipSync(`${envelope}${mail("b")}\n${envelope}${mail("c")}`)),
    "a mail": (path) => file(path, mail("d")),
    "a Maildir": (path) => file(join(path, "cur", "1600000001.1.h:2,S"), mail("e")),
    "a mirror": (path) => commit(join(path, "git", "0.git"), [comes(mail("f"))]),
  };
  const changes = [
    ["mbox", "a packed mbox"],
    ["a packed mbox", "mbox"],
    ["a mail", "a packed mbox"],
    ["a Maildir", "mbox"],
    ["mbox", "a Maildir"],
    ["mbox", "a mirror"],
    ["a mirror", "a Maildir"],
  ];
  for (const [was = "", is = ""] of changes) {
    it(`${was} that ${is} takes the place of, alone and in a folder`, async () => {
      const archive = opened();
      for (const path of [join(folder(), "one"), folder()]) {
        const place = basename(path) === "one" ? path : join(path, "part");
        if (place !== path) file(join(path, "other.mbox"), envelope + mail("other"));
        await kinds[was]?.(place);
        await index(archive, path);
        rmSync(place, { recursive: true });
        await kinds[is]?.(place);
        await index(archive, path);
        const held = (await archive.ids({ limit: 99 })).ids.sort();
        await archive.forget({ source: path });
        await index(archive, path);
        assert.deepEqual(held, (await archive.ids({ limit: 99 })).ids.sort());
        await archive.forget({ source: path });
      }
    });
  }

  it("a copy that moves is known by its other copy, where another mail lies in the place of the first", async () => {
    const path = folder();
    for (const name of ["cur", "new", "tmp"]) mkdirSync(join(path, "md", name), { recursive: true });
    writeFileSync(join(path, "first.eml"), mail("a"));
    const archive = opened();
    await index(archive, path);
    for (const name of ["1600000001.1.h", "1600000002.2.h"])
      writeFileSync(join(path, "md", "new", name), mail("a"));
    assert.equal(await index(archive, path), 1);
    writeFileSync(join(path, "first.eml"), mail("b"));
    renameSync(join(path, "md/new/1600000001.1.h"), join(path, "md/cur/1600000001.1.h:2,S"));
    assert.equal(await index(archive, path), 2);
  });
});
