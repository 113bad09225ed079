import assert from "node:assert/strict";
import {
  appendFileSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isUserError } from "../../../src/base/report.ts";
import { Mbox } from "../../../src/sources/mbox.ts";
import { envelope, file, folder, idOf, idsOf, mail, mboxOf, removeFolders, Shelf } from "./shelf.ts";

const many = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => mail(`m${String(from + index).padStart(6, "0")}`));

/** Indexes an mbox, changes the file, indexes again. */
async function changed(
  before: string,
  change: (path: string) => void,
): Promise<{ shelf: Shelf; path: string }> {
  const path = file(join(folder(), "list.mbox"), before);
  const shelf = await new Shelf().index(path);
  change(path);
  await shelf.index(path);
  return { shelf, path };
}

/** The bytes of every row, in order of the ids. */
async function bytesOf(shelf: Shelf, path: string): Promise<string[]> {
  const source = new Mbox({ path });
  const rows = [...shelf.rows.values()].sort((a, b) =>
    a.skeleton.messageId.localeCompare(b.skeleton.messageId),
  );
  const bytes = await source.bytes(rows.map(({ place }) => place));
  source.close();
  return bytes.map((each) => each?.toString("latin1") ?? "gone");
}

describe("Mbox", () => {
  afterEach(removeFolders);

  describe("first reading", () => {
    it("gives the newest first", async () => {
      const path = file(join(folder(), "x"), mboxOf(mail("a"), mail("b"), mail("c")));
      assert.deepEqual((await new Shelf().index(path)).given, ["c", "b", "a"].map(idOf));
    });
    it("gives a first screen, then larger batches, newest first throughout", async () => {
      const mails = many(0, 30_000);
      const path = file(join(folder(), "x"), mboxOf(...mails));
      const shelf = await new Shelf().index(path);
      assert.ok((shelf.batches[0]?.found.length ?? 0) >= 500);
      assert.ok(shelf.batches.length >= 2);
      assert.ok(shelf.batches.every(({ direction }) => direction === "older"));
      assert.deepEqual(
        shelf.given,
        mails.map((_, index) => idOf(`m${String(29_999 - index).padStart(6, "0")}`)),
      );
      assert.equal(shelf.batches.at(-1)?.done, statSync(path).size);
    });
    it("goes on where it was stopped", async () => {
      const path = file(join(folder(), "x"), mboxOf(...many(0, 30_000)));
      const shelf = await new Shelf().index(path, () => true);
      const first = shelf.given;
      assert.ok(first.length < 30_000);
      await shelf.index(path);
      assert.equal(first.length + shelf.given.length, 30_000);
      assert.equal(shelf.rows.size, 30_000);
      assert.equal(shelf.restarts, 0);
    });
    it("goes on where it was stopped when mail has come meanwhile", async () => {
      const path = file(join(folder(), "x"), mboxOf(...many(0, 30_000)));
      const shelf = await new Shelf().index(path, () => true);
      appendFileSync(path, mboxOf(...many(30_000, 30_010)));
      await shelf.index(path);
      assert.deepEqual([shelf.rows.size, shelf.restarts], [30_010, 0]);
      await shelf.index(path);
      assert.ok(shelf.quiet);
    });
    it("takes the envelope's date as arrival where it says something", async () => {
      const dated = mboxOf(mail("a")).replace(envelope, "From ada@example.org Mon Nov 16 09:20:00 2026\n");
      const path = file(join(folder(), "x"), dated + mboxOf(mail("b")));
      const rows = [...(await new Shelf().index(path)).rows.values()];
      assert.deepEqual(
        rows.map(({ arrivedMs }) => arrivedMs),
        [undefined, Date.UTC(2026, 10, 16, 9, 20)],
      );
    });
    it("hands on small mails in batches that a cancel can wait for", async () => {
      const mails = Array.from({ length: 40_000 }, (_, n) => envelope + mail(`s${n}`));
      const shelf = await new Shelf().index(file(join(folder(), "small.mbox"), mails.join("")));
      assert.equal(shelf.rows.size, 40_000);
      const [first, ...later] = shelf.batches.map(({ found }) => found.length);
      assert.ok((first ?? 0) < 12_000);
      assert.ok(
        later.every((length) => length <= 6000),
        later.join(" "),
      );
    });

    it("finds a mail larger than any window", async () => {
      const large = mail("large", "0123456789abcde\n".repeat(1_300_000));
      const path = file(join(folder(), "x"), mboxOf(mail("a"), large, mail("b")));
      const shelf = await new Shelf().index(path);
      assert.deepEqual(shelf.given, ["b", "large", "a"].map(idOf));
      assert.equal((await bytesOf(shelf, path))[2], large);
    });
    it("gives back what lies in a counted body that a window began in", async () => {
      const inner = mboxOf(...many(0, 20_000));
      const outer = `From: o@example.org\nMessage-ID: <outer@kernel.example>\nContent-Length: ${inner.length}\n\n${inner}`;
      const path = file(join(folder(), "x"), `${mboxOf(mail("a"))}${envelope}${outer}\n${mboxOf(mail("z"))}`);
      const shelf = await new Shelf().index(path);
      assert.ok(shelf.batches.some(({ removed }) => removed.length > 0));
      assert.deepEqual(shelf.ids, idsOf("a", "outer", "z"));
      assert.equal((await bytesOf(shelf, path))[1], outer);
    });
    it("says that an empty file is empty", async () => {
      const source = new Mbox({ path: file(join(folder(), "x"), "") });
      await assert.rejects(
        new Shelf().run(source),
        (error: Error) => isUserError(error) && /is empty/.test(error.message),
      );
    });
    it("says that a file holds no mail", async () => {
      const source = new Mbox({ path: file(join(folder(), "x"), "nothing\n") });
      await assert.rejects(
        new Shelf().run(source),
        (error: Error) => isUserError(error) && /holds no mail/.test(error.message),
      );
    });
    it("notes bytes that belong to no mail", async () => {
      const path = file(join(folder(), "x.mbox"), `some text\n\n${mboxOf(mail("a"))}`);
      assert.match((await new Shelf().index(path)).notes[0] ?? "", /first 11 bytes belong to no mail/);
    });
    it("ends at an abort", async () => {
      const source = new Mbox({ path: file(join(folder(), "x"), mboxOf(...many(0, 5000))) });
      const reading = source.read(undefined, { bodies: "none", git: "git", signal: AbortSignal.abort() });
      await assert.rejects(reading.next(), { name: "AbortError" });
    });
  });

  describe("what has changed since", () => {
    it("nothing: gives nothing", async () => {
      const { shelf } = await changed(mboxOf(mail("a")), () => undefined);
      assert.deepEqual(shelf.batches, []);
    });
    it("touched: starts over, since nothing proves that it is the same", async () => {
      const { shelf } = await changed(mboxOf(mail("a")), (path) => utimesSync(path, 1, 1));
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("a"), 1]);
    });
    it("some bytes in the middle of 4 MB, the size as it was: starts over", async () => {
      const mails = many(0, 20_000);
      const { shelf } = await changed(mboxOf(...mails), (path) => {
        const text = readFileSync(path, "latin1");
        writeFileSync(path, text.replace("<m000777@kernel", "<another@kernel"), "latin1");
      });
      assert.ok(shelf.ids.includes(idOf("another")) && !shelf.ids.includes(idOf("m000777")));
      assert.equal(shelf.restarts, 1);
    });
    it("no time proves anything yet: the bytes are compared, later the times do", async () => {
      const path = file(join(folder(), "x"), mboxOf(mail("a"), mail("b")));
      const shelf = await new Shelf().index(path);
      // As if it had been written over within one tick of the file system's clock.
      shelf.cursor = JSON.stringify({
        ...JSON.parse(shelf.cursor ?? ""),
        fresh: true,
        fingerprint: "another",
      });
      await shelf.index(path);
      assert.equal(shelf.restarts, 1);
      const { now } = Date;
      try {
        Date.now = () => now() + 5000;
        await shelf.index(path);
        assert.deepEqual([shelf.batches.length, shelf.quiet], [1, true]);
        await shelf.index(path);
        assert.deepEqual(shelf.batches, []);
      } finally {
        Date.now = now;
      }
    });
    it("appended: gives the new mail, oldest first", async () => {
      const { shelf } = await changed(mboxOf(mail("a")), (path) =>
        appendFileSync(path, mboxOf(mail("b"), mail("c"))),
      );
      assert.deepEqual([shelf.given, shelf.restarts], [["b", "c"].map(idOf), 0]);
      assert.deepEqual(
        shelf.batches.map(({ direction }) => direction),
        ["newer"],
      );
      assert.deepEqual(shelf.ids, idsOf("a", "b", "c"));
    });
    it("the last mail was incomplete: the whole one takes its place", async () => {
      const whole = mboxOf(mail("a"), mail("b", "one\ntwo\n"));
      const { shelf, path } = await changed(whole.slice(0, -6), (path) => writeFileSync(path, whole));
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("a", "b"), 0]);
      assert.equal((await bytesOf(shelf, path))[1], mail("b", "one\ntwo\n"));
    });
    it("truncated: starts over", async () => {
      const { shelf } = await changed(mboxOf(mail("a"), mail("b")), (path) =>
        truncateSync(path, mboxOf(mail("a")).length),
      );
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("a"), 1]);
    });
    it("emptied: starts over with nothing, and goes on when mail comes", async () => {
      const { shelf, path } = await changed(mboxOf(mail("a")), (path) => truncateSync(path, 0));
      assert.deepEqual([shelf.ids, shelf.restarts], [[], 1]);
      await shelf.index(path);
      assert.ok(shelf.quiet);
      appendFileSync(path, mboxOf(mail("b")));
      await shelf.index(path);
      assert.deepEqual(shelf.ids, idsOf("b"));
    });
    it("rotated: starts over", async () => {
      const { shelf } = await changed(mboxOf(mail("a"), mail("b")), (path) => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, mboxOf(mail("c"), mail("d"), mail("e")));
      });
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("c", "d", "e"), 1]);
    });
    it("replaced by another file of the same size and time: starts over", async () => {
      const { shelf } = await changed(mboxOf(mail("a"), mail("b")), (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(`${path}.new`, mboxOf(mail("c"), mail("d")));
        utimesSync(`${path}.new`, atime, mtime);
        renameSync(`${path}.new`, path);
      });
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("c", "d"), 1]);
    });
    it("a mail taken out of the middle: starts over", async () => {
      const { shelf } = await changed(mboxOf(mail("a"), mail("b"), mail("c")), (path) =>
        writeFileSync(path, mboxOf(mail("a"), mail("c"), mail("d"), mail("e"))),
      );
      assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("a", "c", "d", "e"), 1]);
    });
    it("stopped while reading what was appended: goes on there", async () => {
      const path = file(join(folder(), "x"), mboxOf(mail("a")));
      const shelf = await new Shelf().index(path);
      appendFileSync(path, mboxOf(...many(0, 60_000)));
      await shelf.index(path, () => true);
      const first = shelf.given.length;
      assert.ok(first > 0 && first < 60_000);
      await shelf.index(path);
      assert.deepEqual([first + shelf.given.length, shelf.rows.size, shelf.restarts], [60_000, 60_001, 0]);
    });
  });

  describe("bytes", () => {
    const undone = async (text: string): Promise<string[]> => {
      const path = file(join(folder(), "x"), text);
      return await bytesOf(await new Shelf().index(path), path);
    };
    it("D17 D202 undoes one level of mboxrd's escape", async () =>
      assert.deepEqual(await undone(mboxOf(mail("a", ">From here\n>>From there\n> From x\n>Fromage\n"))), [
        mail("a", "From here\n>From there\n> From x\n>Fromage\n"),
      ]));
    it("leaves header fields as they are", async () => {
      const odd = mail("a").replace("Subject:", "X-Odd: 1\n>From odd\nSubject:");
      assert.deepEqual(await undone(mboxOf(odd)), [odd]);
    });
    it("undoes nothing in mboxcl2, where nothing is escaped", async () => {
      const body = `>From here\n\n${envelope}text\n`;
      const cl2 = mail("a", body).replace("\n\n", `\nContent-Length: ${body.length}\n\n`);
      assert.deepEqual(await undone(`${envelope}${cl2}\n`), [cl2]);
    });
    it("keeps CRLF", async () => {
      const crlf = mail("a").replaceAll("\n", "\r\n");
      assert.deepEqual(await undone(mboxOf(mail("a")).replaceAll("\n", "\r\n")), [crlf]);
    });
    it("gives line ends to what a Mac stored with CR alone", async () =>
      assert.deepEqual(await undone(mboxOf(mail("a", ">From x\n")).replaceAll("\n", "\r")), [
        mail("a", "From x\n"),
      ]));
    it("gives line ends to a Mac's mails between others, and to those alone", async () => {
      const crlf = mail("b").replaceAll("\n", "\r\n");
      const text = `${mboxOf(mail("a", ">From x\n")).replaceAll("\n", "\r")}${mboxOf(crlf, mail("c", "x\ry\n"))}`;
      assert.deepEqual(await undone(text), [mail("a", "From x\n"), crlf, mail("c", "x\ry\n")]);
    });
    it("gives undefined for a place that is gone", async () => {
      const path = file(join(folder(), "x"), mboxOf(mail("a")));
      const bytes = await new Mbox({ path }).bytes([
        { path: "", offset: 40, length: 99_999 },
        { path: "", offset: envelope.length, length: 5 },
      ]);
      assert.deepEqual(
        bytes.map((each) => each?.toString()),
        [undefined, "From:"],
      );
    });
  });
});
