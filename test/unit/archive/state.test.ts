import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import { Database } from "../../../src/archive/database.ts";
import { file, idOf, mail, mboxOf } from "../sources/shelf.ts";

describe("archive/state", () => {
  let folder = "";
  let state = "";
  let mbox = "";
  const open: Archive[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "state-"));
    state = join(folder, "state.sqlite");
    mbox = file(join(folder, "list.mbox"), mboxOf(mail("a"), mail("b")));
  });
  afterEach(() => {
    for (const archive of open.splice(0)) archive.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const openHere = (withState = true): Archive => {
    const options = { db: join(folder, "index.sqlite"), git: "git", bodies: "none" as const };
    const archive = openArchive(withState ? { ...options, state } : options);
    open.push(archive);
    return archive;
  };
  const indexed = async (): Promise<Archive> => {
    const archive = openHere();
    await archive.index({ archive: { path: mbox } });
    return archive;
  };
  const closeAll = async () => {
    for (const archive of open.splice(0)) archive.close();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const rewrite = async (archive: Archive, ...ids: string[]) => {
    file(mbox, mboxOf(...ids.map((id) => mail(id))));
    await archive.index({ archive: { path: mbox } });
  };
  const bytes = async (archive: Archive, id: string) =>
    (await archive.raw({ messageIds: [idOf(id)] })).map(({ raw, kept }) => [
      Buffer.from(raw).toString(),
      kept,
    ]);
  const messages = async (archive: Archive) =>
    (await archive.threads({ limit: 10 })).threads.map(({ thread }) => thread);

  it("a removed mail leaves the lists, and is found while something refers to it", async () => {
    const archive = await indexed();
    assert.equal(await archive.keep({ messageId: idOf("a"), why: "draft x" }), true);
    await rewrite(archive, "b", "c", "d");
    assert.deepEqual((await messages(archive)).sort(), ["b", "c", "d"].map(idOf));
    assert.deepEqual(
      await archive.search({ query: "about", limit: 10 }).then(({ found }) => found.length),
      3,
    );
    assert.deepEqual(await bytes(archive, "a"), [[mail("a"), true]]);
    assert.deepEqual(await archive.has({ messageIds: [idOf("a"), idOf("b"), idOf("x")] }), [
      true,
      true,
      false,
    ]);
    const thread = await archive.thread({ messageId: idOf("a") });
    assert.deepEqual(
      thread?.nodes.map(({ messageId, subject, kept, missing }) => [messageId, subject, kept, missing]),
      [[idOf("a"), "about a", true, false]],
    );
    assert.equal(thread?.row.messages, 1);
  });
  it("stands in its place in a thread whose other messages are still there", async () => {
    const answer = mail("r").replace("\n\n", `\nIn-Reply-To: <${idOf("a")}>\n\n`);
    file(mbox, mboxOf(mail("a"), answer));
    const archive = await indexed();
    await archive.keep({ messageId: idOf("a"), why: "draft x" });
    file(mbox, mboxOf(answer, mail("c"), mail("d")));
    await archive.index({ archive: { path: mbox } });
    const nodes = (await archive.thread({ messageId: idOf("r") }))?.nodes;
    assert.deepEqual(
      nodes?.map(({ messageId, depth, missing, kept }) => [messageId, depth, missing, kept]),
      [
        [idOf("a"), 0, false, true],
        [idOf("r"), 1, false, undefined],
      ],
    );
  });
  it("is found where its thread shows no place for it: in the middle of many that are missing", async () => {
    const ids = ["g1", "g2", "a", ..."hijklm"].map((id) => `<${idOf(id)}>`);
    const answer = mail("r").replace("\n\n", `\nReferences: ${ids.join(" ")}\n\n`);
    file(mbox, mboxOf(mail("a"), answer));
    const archive = await indexed();
    await archive.keep({ messageId: idOf("a"), why: "draft x" });
    file(mbox, mboxOf(answer, mail("c"), mail("d")));
    await archive.index({ archive: { path: mbox } });
    assert.equal((await archive.thread({ messageId: idOf("r") }))?.nodes.length, 6);
    const nodes = (await archive.thread({ messageId: idOf("a") }))?.nodes;
    assert.deepEqual(
      nodes?.map(({ messageId, kept }) => [messageId, kept]),
      [[idOf("a"), true]],
    );
  });
  it("is gone when the last reason is", async () => {
    const archive = await indexed();
    await archive.keep({ messageId: idOf("a"), why: "draft x" });
    await archive.keep({ messageId: idOf("a"), why: "star" });
    await rewrite(archive, "b");
    assert.deepEqual(await archive.reasons(), ["draft x", "star"]);
    await archive.release({ why: "draft x" });
    assert.equal((await bytes(archive, "a")).length, 1);
    await archive.release({ why: "star" });
    assert.deepEqual(await bytes(archive, "a"), []);
    assert.equal(await archive.thread({ messageId: idOf("a") }), null);
  });
  it("outlives the index, the archive and the program", async () => {
    const archive = await indexed();
    await archive.keep({ messageId: idOf("a"), why: "draft x" });
    await archive.forget({ source: mbox });
    await closeAll();
    rmSync(join(folder, "index.sqlite"));
    assert.deepEqual(await bytes(openHere(), "a"), [[mail("a"), true]]);
  });
  it("what an archive has comes from the archive, in the order asked", async () => {
    const archive = await indexed();
    await archive.keep({ messageId: idOf("a"), why: "draft x" });
    await rewrite(archive, "b", "c", "d");
    const raws = await archive.raw({ messageIds: ["c", "a", "b"].map(idOf) });
    assert.deepEqual(
      raws.map(({ messageId, kept }) => [messageId, kept]),
      [
        [idOf("c"), undefined],
        [idOf("a"), true],
        [idOf("b"), undefined],
      ],
    );
  });
  it("gives what is kept when the file was rewritten and has not been read again", async () => {
    const archive = await indexed();
    await archive.keep({ messageId: idOf("b"), why: "draft x" });
    file(mbox, mboxOf(mail("longer"), mail("c")));
    assert.deepEqual(await bytes(archive, "b"), [[mail("b"), true]]);
    assert.deepEqual(await bytes(archive, "a"), []);
  });
  it("keeps nothing that no archive has, and nothing without a place for it", async () => {
    const archive = await indexed();
    assert.equal(await archive.keep({ messageId: idOf("x"), why: "draft x" }), false);
    await closeAll();
    const without = openHere(false);
    assert.equal(await without.keep({ messageId: idOf("a"), why: "draft x" }), false);
    assert.equal(await without.release({ why: "draft x" }), null);
  });

  describe("its file", () => {
    const damages: [string, () => void][] = [
      ["no database", () => writeFileSync(state, "Dear state,\n".repeat(1000))],
      ["cut off", () => truncateSync(state, 9000)],
    ];
    for (const [what, damage] of damages) {
      it(`${what}: is set aside, never removed, and begun anew with a notice`, async () => {
        await (await indexed()).keep({ messageId: idOf("a"), why: "draft x" });
        await closeAll();
        damage();
        const before = readFileSync(state);
        const archive = openHere();
        assert.match(archive.notices[0] ?? "", /The state .* was damaged; it is set aside/);
        assert.deepEqual(readFileSync(`${state}.damaged`), before);
        assert.equal(await archive.keep({ messageId: idOf("a"), why: "draft x" }), true);
      });
    }
    it("damaged in its middle: is begun anew with what could be read, and no index is taken for damaged", async () => {
      const archive = await indexed();
      const messageIds = Array.from(
        { length: 900 },
        (_, n) => `${String(n).padStart(4, "0")}@kernel.example`,
      );
      await archive.mark({ words: "star", kind: "note", value: "n".repeat(40), messageIds });
      await archive.keep({ messageId: idOf("a"), why: "draft x" });
      await closeAll();
      const bytes = readFileSync(state);
      const page = bytes.lastIndexOf("0450@kernel.examplenote") & ~8191;
      writeFileSync(state, bytes.fill(0x5a, page, page + 8192));
      const again = openHere();
      assert.match(
        again.notices.join(),
        /^The state .* was damaged; .* begun anew with what could be read of it\.$/,
      );
      assert.deepEqual(await again.reasons(), ["draft x"]);
      const kept = await again.exportState();
      for (const id of ["0000", "0899"]) assert.match(kept, new RegExp(`${id}@kernel`));
      assert.doesNotMatch(kept, /0450@kernel/);
    });
    it("of the first schema: gets what it lacks, and keeps what it has", async () => {
      await (await indexed()).keep({ messageId: idOf("a"), why: "draft x" });
      await closeAll();
      const older = new Database(state);
      older.exec(
        "DROP TABLE mark; DROP TABLE readUpTo; DROP TABLE change; DROP TABLE role; PRAGMA user_version = 1",
      );
      older.close();
      const archive = openHere();
      assert.deepEqual(archive.notices, []);
      await archive.mark({ words: "star", kind: "star", value: "1", messageIds: [idOf("b")] });
      assert.deepEqual(await archive.reasons(), ["draft x", `star ${idOf("b")}`]);
    });
    it("of a newer program: is left as it is, and mail is read all the same", async () => {
      await (await indexed()).keep({ messageId: idOf("a"), why: "draft x" });
      await closeAll();
      const newer = new Database(state);
      newer.exec("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
      newer.close();
      const before = readFileSync(state);
      const archive = openHere();
      assert.match(archive.notices[0] ?? "", /newer version/);
      assert.equal((await bytes(archive, "a")).length, 1);
      assert.deepEqual(readFileSync(state), before);
    });
    it("of another program: is left as it is, and mail is read all the same", async () => {
      const other = new Database(state);
      other.exec("CREATE TABLE places (url TEXT); PRAGMA wal_checkpoint(TRUNCATE)");
      other.close();
      const archive = await indexed();
      assert.match(archive.notices[0] ?? "", /another program/);
      assert.equal((await bytes(archive, "a")).length, 1);
      assert.equal(new Database(state).number("SELECT count(*) FROM places"), 0);
      assert.ok(!existsSync(`${state}.damaged`));
    });
  });
});
