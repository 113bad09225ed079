import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSource } from "../../../src/sources/open.ts";
import { envelope, file, folder, idOf, idsOf, listing, mail, removeFolders, Shelf } from "./shelf.ts";

/** A Maildir with these files (path below it, Message-ID); `cur`, `new` and `tmp` are there. */
function maildir(files: Record<string, string>, path = join(folder(), "md")): string {
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(path, name), { recursive: true });
  for (const [name, id] of Object.entries(files)) file(join(path, name), mail(id));
  return path;
}

/** Times of a folder that prove something: files were put there long ago. */
const settle = (...paths: string[]): void => {
  for (const path of paths) utimesSync(path, 1_700_000_000, 1_700_000_000);
};

async function changed(files: Record<string, string>, change: (path: string) => void, tells = true) {
  const path = maildir(files);
  const shelf = new Shelf();
  shelf.tells = tells;
  await shelf.index(path);
  change(path);
  await shelf.index(path);
  return { shelf, path };
}

const bytesOf = async (path: string, ...places: string[]): Promise<(string | undefined)[]> => {
  const source = await openSource({ path });
  const bytes = await source.bytes(places.map((place) => ({ path: place })));
  return bytes.map((each) => each?.toString("latin1"));
};

describe("MailFiles", () => {
  afterEach(removeFolders);

  describe("Maildir, first reading", () => {
    it("gives cur and new, newest first by the delivery time, and not tmp", async () => {
      const path = maildir({
        "cur/1600000001.a.host:2,S": "a",
        "new/1600000003.c.host": "c",
        "cur/1600000002.b.host:2,": "b",
        "tmp/1600000004.d.host": "d",
      });
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.given, ["c", "b", "a"].map(idOf));
      assert.deepEqual(
        [...shelf.rows.values()].map(({ flags, arrivedMs }) => [flags, arrivedMs]),
        [
          [undefined, 1_600_000_003_000],
          ["", 1_600_000_002_000],
          ["S", 1_600_000_001_000],
        ],
      );
    });
    it("sorts flags, and knows the separators of other systems", async () => {
      const shelf = await new Shelf().index(
        maildir({ "cur/1600000001.a:2,SRF": "a", "cur/1600000002.b;2,TS": "b", "cur/1600000003.c!2,D": "c" }),
      );
      assert.deepEqual(
        [...shelf.rows.values()].map(({ flags }) => flags),
        ["D", "ST", "FRS"],
      );
    });
    it("follows .Sub folders and plain ones, and names them", async () => {
      const path = maildir({
        "cur/1.a": "a",
        ".linux-mm/cur/1.b": "b",
        "lists/clk/new/1.c": "c",
        ".git/cur.d": "d",
      });
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.ids, idsOf("a", "b", "c"));
      assert.deepEqual([...shelf.rows.values()].map(({ inbox }) => inbox).sort(), ["clk", "linux-mm", "md"]);
    });
    it("follows KMail's folders for what lies below one, and no program's own", async () => {
      const path = join(folder(), "kmail");
      maildir({ "cur/1600000001.a:2,S": "a" }, join(path, "inbox"));
      maildir({ "cur/1600000002.b:2,S": "b" }, join(path, ".inbox.directory", "lkml"));
      file(join(path, ".git", "x", "c.eml"), mail("c"));
      assert.deepEqual((await new Shelf().index(path)).ids, idsOf("a", "b"));
    });
    it("gives a mail once that is seen in new and in cur", async () => {
      const shelf = await new Shelf().index(
        maildir({ "new/1600000001.a": "a", "cur/1600000001.a:2,S": "a" }),
      );
      assert.deepEqual(
        [...shelf.rows.values()].map(({ place }) => place.path),
        ["cur/1600000001.a:2,S"],
      );
    });
    it("makes the id of a large mail without one from all of it", async () => {
      const noId = mail("x", "0123456789abcde\n".repeat(4000)).replace(/^Message-ID.*\n/m, "");
      const path = maildir({});
      file(join(path, "cur", "1600000001.a"), noId);
      file(join(path, "cur", "1600000002.b"), `${noId}more\n`);
      const ids = (await new Shelf().index(path)).ids;
      assert.equal(new Set(ids).size, 2);
      const asMbox = file(join(folder(), "x.mbox"), `${envelope}${noId}\n`);
      assert.ok(ids.includes((await new Shelf().index(asMbox)).ids[0] ?? "none"));
    });
    it("takes a file that has gone meanwhile for what it is", async () => {
      const path = maildir({ "cur/1600000001.a": "a", "cur/1600000002.b": "b" });
      rmSync(join(path, "cur/1600000001.a"));
      assert.deepEqual(await bytesOf(path, "cur/1600000001.a", "cur/1600000002.b"), [undefined, mail("b")]);
    });
    it("goes on where it was stopped", async () => {
      const path = maildir({});
      for (let n = 0; n < 1200; n++) file(join(path, "cur", `${1_600_000_000 + n}.x`), mail(`m${n}`));
      const shelf = await new Shelf().index(path, () => true);
      assert.equal(shelf.given.length, 500);
      await shelf.index(path);
      assert.deepEqual([shelf.given.length, shelf.rows.size, shelf.restarts], [700, 1200, 0]);
    });
    it("writes nothing in or beside it", async () => {
      const path = maildir({ "cur/1.a": "a", "new/1.b": "b" });
      const before = listing(join(path, ".."));
      const shelf = await new Shelf().index(path);
      await bytesOf(path, ...[...shelf.rows.values()].map(({ place }) => place.path));
      assert.equal(listing(join(path, "..")), before);
    });
  });

  describe("Maildir, what has changed since", () => {
    it("nothing: gives nothing", async () =>
      assert.ok((await changed({ "cur/1.a": "a" }, () => undefined)).shelf.quiet));
    it("nothing, and the folders' times prove it: not even a new cursor", async () => {
      const path = maildir({ "cur/1.a": "a" });
      settle(join(path, "cur"), join(path, "new"), path);
      const shelf = await new Shelf().index(path);
      await shelf.index(path);
      assert.deepEqual(shelf.batches, []);
    });
    it("times that prove nothing yet become proof later", async () => {
      const path = maildir({ "cur/1.a": "a" });
      const shelf = await new Shelf().index(path);
      settle(join(path, "cur"), join(path, "new"), path);
      await shelf.index(path);
      assert.ok(shelf.quiet && shelf.batches.length === 1);
      await shelf.index(path);
      assert.deepEqual(shelf.batches, []);
    });
    it("new mail: gives it, oldest first", async () => {
      const { shelf } = await changed({ "cur/1.a": "a" }, (path) =>
        maildir({ "new/1600000003.c": "c", "new/1600000002.b": "b" }, path),
      );
      assert.deepEqual(shelf.given, ["b", "c"].map(idOf));
      assert.ok(shelf.batches.every(({ direction }) => direction === "newer"));
    });
    it("a mail deleted", async () => {
      const { shelf } = await changed({ "cur/1.a": "a", "cur/2.b": "b" }, (path) =>
        rmSync(join(path, "cur/1.a")),
      );
      assert.deepEqual([shelf.ids, shelf.given], [idsOf("b"), []]);
    });
    it("flags changed: the place goes, the new one comes with its flags", async () => {
      const { shelf } = await changed({ "new/1.a": "a" }, (path) =>
        renameSync(join(path, "new/1.a"), join(path, "cur/1.a:2,RS")),
      );
      assert.deepEqual(
        shelf.batches.flatMap(({ removed }) => removed),
        [{ path: "new/1.a" }],
      );
      assert.deepEqual(
        [...shelf.rows.values()].map(({ place, flags }) => [place.path, flags]),
        [["cur/1.a:2,RS", "RS"]],
      );
    });
    it("flags changed since: the bytes are found all the same", async () => {
      const path = maildir({ "cur/1.a:2,S": "a" });
      assert.deepEqual(await bytesOf(path, "new/1.a", "cur/1.a:2,RS"), [mail("a"), mail("a")]);
    });
    it("a folder came, a folder went", async () => {
      const { shelf } = await changed({ "cur/1.a": "a", ".old/cur/1.b": "b" }, (path) => {
        rmSync(join(path, ".old"), { recursive: true });
        maildir({ "cur/1.c": "c" }, join(path, ".new"));
      });
      assert.deepEqual(shelf.ids, idsOf("a", "c"));
    });
    it("the archive saying nothing: starts over", async () => {
      const { shelf } = await changed(
        { "cur/1.a": "a", "cur/2.b": "b" },
        (path) => rmSync(join(path, "cur/1.a")),
        false,
      );
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b"), 1]);
    });
  });

  describe("single mails", () => {
    it("a folder of them, and what else lies there", async () => {
      const path = folder();
      file(join(path, "a.eml"), mail("a"));
      file(join(path, "sub", "b.patch"), envelope + mail("b"));
      file(join(path, "sub", "c.txt"), mail("c"));
      file(join(path, "17"), mail("d"));
      file(join(path, "README.md"), "# About these mails\n\nSubject: mail\n");
      file(join(path, "INDEX.tsv"), "file\tsubject\n");
      file(join(path, "program.c"), "int main(void)\n{\n\treturn 0;\n}\n");
      file(join(path, "empty"), "");
      file(join(path, ".hidden"), mail("e"));
      file(join(path, ",12"), mail("removed in MH"));
      const source = await openSource({ path });
      assert.equal(source.format, "eml");
      assert.deepEqual((await new Shelf().run(source)).ids, idsOf("a", "b", "c", "d"));
    });
    for (const format of ["eml", "folder"] as const) {
      it(`a name that is not UTF-8 is told, and the others are read (${format})`, async function () {
        const path = folder();
        const [name, content] = format === "eml" ? ["a.eml", mail("a")] : ["a.mbox", envelope + mail("a")];
        file(join(path, name), content);
        try {
          writeFileSync(
            Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xe9]), Buffer.from(`b${name}`)]),
            content,
          );
        } catch {
          this.skip();
        }
        const source = await openSource({ path });
        const shelf = await new Shelf().run(source);
        assert.deepEqual([source.format, shelf.ids], [format, idsOf("a")]);
        assert.match(shelf.notes.join(), /not UTF-8/);
      });
    }
    it("one of them", async () => {
      const path = file(join(folder(), "a.eml"), mail("a"));
      const shelf = await new Shelf().index(path);
      assert.deepEqual([shelf.ids, await bytesOf(path, "")], [idsOf("a"), [mail("a")]]);
      await shelf.index(path);
      assert.ok(shelf.quiet);
      writeFileSync(path, mail("longer"));
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("longer"));
    });
    const wrapped: [title: string, content: string, bytes: string][] = [
      [
        "Apple Mail's: the mail between count and list",
        `${mail("a").length}  \n${mail("a")}<?xml>\n`,
        mail("a"),
      ],
      ["Apple Mail's, the count too large: all there is", `99999\n${mail("a")}`, mail("a")],
      ["no mail behind a number: the bytes as they are", "42\nno field\n", "42\nno field\n"],
      ["lines that end with CR: as they were sent", mail("a").replaceAll("\n", "\r"), mail("a")],
    ];
    for (const [title, content, bytes] of wrapped) {
      it(`one of them, ${title}`, async () => {
        const path = file(join(folder(), "7.eml"), content);
        assert.deepEqual(await bytesOf(path, ""), [bytes]);
        if (bytes === mail("a")) assert.deepEqual((await new Shelf().index(path)).ids, idsOf("a"));
      });
    }
    it("one by its name alone, whatever it holds", async () => {
      const shelf = await new Shelf().index(file(join(folder(), "x.eml"), "a text\n"));
      assert.equal(shelf.rows.size, 1);
    });
    it("one edited in place: the new mail for the old", async () => {
      const path = folder();
      file(join(path, "a.eml"), mail("a"));
      file(join(path, "b.eml"), mail("b"));
      const shelf = await new Shelf().index(path);
      writeFileSync(join(path, "a.eml"), mail("other"));
      await shelf.index(path);
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b", "other"), 0]);
    });
  });
});
