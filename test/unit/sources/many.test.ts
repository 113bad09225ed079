import assert from "node:assert/strict";
import { appendFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isUserError } from "../../../src/base/report.ts";
import { openSource } from "../../../src/sources/open.ts";
import { comes, commit, goes } from "./repository.ts";
import { file, folder, idOf, idsOf, listing, mail, mboxOf, removeFolders, Shelf } from "./shelf.ts";

const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => mail(id)) as [string, string, string, string];
const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => mail(`${name}${String(n).padStart(5, "0")}`));

/** A folder of an mbox, a packed one, a Maildir and a single mail. */
function mixed(): string {
  const path = folder();
  file(join(path, "one.mbox"), mboxOf(a));
  file(join(path, "2026", "two.mbox.gz"), gzipSync(mboxOf(b)));
  file(join(path, "md", "cur", "1600000001.c:2,S"), c);
  file(join(path, "d.eml"), d);
  return path;
}

async function mirror(): Promise<string> {
  const path = folder();
  await commit(join(path, "alpha", "git", "0.git"), [comes(a), comes(b)]);
  await commit(join(path, "org", "beta", "git", "0.git"), [comes(c)]);
  return path;
}

describe("Many", () => {
  afterEach(removeFolders);

  it("is all that a folder holds, and says where each mail lies", async () => {
    const path = mixed();
    const source = await openSource({ path });
    assert.equal(source.format, "folder");
    const shelf = await new Shelf().run(source);
    assert.deepEqual(shelf.ids, idsOf("a", "b", "c", "d"));
    const rows = [...shelf.rows.values()].sort((x, y) =>
      x.skeleton.messageId.localeCompare(y.skeleton.messageId),
    );
    assert.deepEqual(
      rows.map(({ place }) => place.path),
      ["one.mbox", "2026/two.mbox.gz", "md/cur/1600000001.c:2,S", "d.eml"],
    );
    const bytes = await source.bytes(rows.map(({ place }) => place).reverse());
    assert.deepEqual(
      bytes.map((each) => each?.toString()),
      [d, c, b, a],
    );
    await shelf.run(source);
    assert.ok(shelf.quiet);
    source.close();
  });
  it("writes nothing in or beside the folder", async () => {
    const path = mixed();
    const before = listing(path);
    await new Shelf().index(path);
    assert.equal(listing(path), before);
  });
  it("gives the inboxes of a mirror, each by its name", async () => {
    const path = await mirror();
    const shelf = await new Shelf().index(path);
    assert.deepEqual([...shelf.rows.values()].map(({ inbox, place }) => `${inbox} ${place.path}`).sort(), [
      "alpha alpha/git/0.git",
      "alpha alpha/git/0.git",
      "beta org/beta/git/0.git",
    ]);
    const source = await openSource({ path });
    const bytes = await source.bytes([...shelf.rows.values()].map(({ place }) => place));
    assert.deepEqual(bytes.map((each) => each?.toString()).sort(), [a, b, c]);
    source.close();
  });
  it("gives the newest of each before the rest of any", async () => {
    const path = folder();
    await commit(join(path, "x", "git", "0.git"), numbered("x", 1500).map(comes));
    await commit(join(path, "y", "git", "0.git"), numbered("y", 1500).map(comes));
    const shelf = await new Shelf().index(path);
    assert.deepEqual(
      shelf.batches.slice(0, 2).map(({ found }) => found.ids(0)[0]),
      ["x01499", "y01499"].map(idOf),
    );
    assert.equal(shelf.rows.size, 3000);
  });
  it("goes on where it was stopped", async () => {
    const path = folder();
    for (const name of ["x", "y"]) file(join(path, `${name}.mbox`), mboxOf(...numbered(name, 12_000)));
    const shelf = new Shelf();
    let given = 0;
    for (let run = 0; run < 400 && (run === 0 || !shelf.quiet); run++) {
      await shelf.index(path, () => true);
      given += shelf.given.length;
    }
    assert.deepEqual([given, shelf.rows.size], [24_000, 24_000]);
  });
  it("follows what changes in one of them", async () => {
    const path = await mirror();
    const shelf = await new Shelf().index(path);
    await commit(join(path, "alpha", "git", "0.git"), [goes(a), comes(d)]);
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b", "c", "d"), 0]);
  });
  it("an inbox came, another went", async () => {
    const path = await mirror();
    const shelf = await new Shelf().index(path);
    rmSync(join(path, "alpha"), { recursive: true });
    await commit(join(path, "gamma", "git", "0.git"), [comes(d)]);
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("c", "d"), 0]);
  });
  it("the mails that lay in files beside mboxes went: those of the mboxes stay", async () => {
    const path = folder();
    writeFileSync(join(path, "one.mbox"), mboxOf(a, b));
    file(join(path, "md", "cur", "1"), c);
    const shelf = await new Shelf().index(path);
    assert.deepEqual(shelf.ids, idsOf("a", "b", "c"));
    rmSync(join(path, "md"), { recursive: true });
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.given, shelf.restarts], [idsOf("a", "b"), [], 0]);
  });
  for (const tells of [true, false]) {
    it(`one of the mboxes was rewritten, ${tells ? "its rows are known" : "the archive saying nothing"}`, async () => {
      const path = mixed();
      const shelf = new Shelf();
      shelf.tells = tells;
      await shelf.index(path);
      writeFileSync(join(path, "one.mbox"), mboxOf(mail("x"), mail("y")));
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b", "c", "d", "x", "y"), tells ? 0 : 1]);
      await shelf.index(path);
      assert.ok(shelf.quiet);
    });
  }
  it("one of the mboxes was emptied, mail came to another", async () => {
    const path = mixed();
    file(join(path, "three.mbox"), mboxOf(mail("x")));
    const shelf = await new Shelf().index(path);
    truncateSync(join(path, "one.mbox"), 0);
    appendFileSync(join(path, "three.mbox"), mboxOf(mail("y")));
    await shelf.index(path);
    assert.deepEqual(shelf.ids, idsOf("b", "c", "d", "x", "y"));
  });
  it("one of them is damaged: the others are read, a note names it", async () => {
    const path = await mirror();
    file(join(path, "alpha", "git", "0.git", "HEAD"), `${"0".repeat(39)}1\n`);
    const shelf = await new Shelf().index(path);
    assert.deepEqual(shelf.ids, idsOf("c"));
    assert.match(shelf.notes.join("\n"), /alpha/);
  });
  it("nothing is left in the folder: says so and takes nothing away", async () => {
    const path = await mirror();
    const source = await openSource({ path });
    const shelf = await new Shelf().run(source);
    rmSync(join(path, "alpha"), { recursive: true });
    rmSync(join(path, "org"), { recursive: true });
    await assert.rejects(shelf.run(source), isUserError);
    assert.equal(shelf.rows.size, 3);
    source.close();
  });
});
