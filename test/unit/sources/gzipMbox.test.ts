import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isUserError } from "../../../src/base/report.ts";
import { openSource } from "../../../src/sources/open.ts";
import { file, folder, idOf, idsOf, mail, mboxOf, removeFolders, Shelf } from "./shelf.ts";

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => mail(`m${String(n).padStart(6, "0")}`));
/** Mails whose bodies do not pack to nothing. */
const noise = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => {
    const id = `m${String(from + n).padStart(6, "0")}`;
    return mail(id, `${createHash("sha512").update(id).digest("base64").slice(0, 80)}\n`);
  });
const packed = (text: string): Buffer => gzipSync(Buffer.from(text, "latin1"));

describe("GzipMbox", () => {
  afterEach(removeFolders);

  it("gives mail in the order of arrival, since packed bytes come in order", async () => {
    const path = file(join(folder(), "list.mbox.gz"), packed(mboxOf(mail("a"), mail("b"), mail("c"))));
    const shelf = await new Shelf().index(path);
    assert.deepEqual(shelf.given, ["a", "b", "c"].map(idOf));
    assert.ok(shelf.batches.every(({ direction }) => direction === "newer"));
    assert.equal([...shelf.rows.values()][0]?.inbox, "list");
  });
  it("gives the bytes, escapes undone, whatever the order asked", async () => {
    const path = file(join(folder(), "x.gz"), packed(mboxOf(mail("a"), mail("b", ">From x\n"), mail("c"))));
    const source = await openSource({ path });
    const shelf = await new Shelf().run(source);
    const places = [...shelf.rows.values()].map(({ place }) => place).reverse();
    const wanted = [mail("c"), mail("b", "From x\n"), mail("a"), undefined];
    for (let round = 0; round < 2; round++) {
      const bytes = await source.bytes([...places, { path: "", offset: 100_000, length: 5 }]);
      assert.deepEqual(
        bytes.map((each) => each?.toString()),
        wanted,
      );
    }
    source.close();
  });
  it("goes on where it was stopped", async () => {
    const path = file(join(folder(), "x.gz"), packed(mboxOf(...many(20_000))));
    const shelf = await new Shelf().index(path, () => true);
    const first = shelf.given.length;
    assert.ok(first >= 500 && first < 20_000);
    await shelf.index(path);
    assert.deepEqual([first + shelf.given.length, shelf.rows.size, shelf.restarts], [20_000, 20_000, 0]);
    await shelf.index(path);
    assert.ok(shelf.quiet);
  });
  it("gives what was appended as a further packed member", async () => {
    const path = file(join(folder(), "x.gz"), packed(mboxOf(mail("a"))));
    const shelf = await new Shelf().index(path);
    appendFileSync(path, packed(mboxOf(mail("b"))));
    await shelf.index(path);
    assert.deepEqual([shelf.given, shelf.restarts], [[idOf("b")], 0]);
  });
  it("starts over when the file is another one", async () => {
    const path = file(join(folder(), "x.gz"), packed(mboxOf(mail("a"))));
    const shelf = await new Shelf().index(path);
    writeFileSync(path, packed(mboxOf(mail("b"), mail("c"))));
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("b", "c"), 1]);
  });
  it("reads what comes before the damage, and says so", async () => {
    const whole = packed(mboxOf(...many(2000)));
    const path = file(join(folder(), "x.gz"), whole.subarray(0, whole.length - 2000));
    const shelf = await new Shelf().index(path);
    assert.ok(shelf.rows.size > 500 && shelf.rows.size < 2000);
    assert.match(shelf.notes[0] ?? "", /damaged or incomplete/);
  });
  it("reads the members behind a damaged one, and up to the damage in it", async () => {
    const texts = [0, 300, 600].map((from) => mboxOf(...noise(from, from + 300)));
    const members = texts.map(packed);
    const [, second = Buffer.alloc(0)] = members;
    second.fill(0xff, second.length - 3000, second.length - 2950);
    const path = file(join(folder(), "x.mbox.gz"), Buffer.concat(members));
    const shelf = await new Shelf().index(path);
    const numbers = new Set(shelf.ids.map((id) => Number(/\d+/.exec(id)?.[0])));
    const missing = Array.from({ length: 900 }, (_, n) => n).filter((n) => !numbers.has(n));
    assert.ok(missing.length < 150, `${missing.length} missing`);
    assert.ok((missing[0] ?? 0) > 400 && (missing.at(-1) ?? 900) < 600, `${missing[0]} to ${missing.at(-1)}`);
    assert.match(shelf.notes[0] ?? "", /damaged or incomplete .* it was read but for that place/);
    const source = await openSource({ path });
    const rows = [...shelf.rows.values()];
    const bytes = await source.bytes(rows.map(({ place }) => place));
    assert.equal(bytes.at(-1)?.toString(), noise(899, 900)[0]);
    source.close();
    await shelf.index(path);
    assert.ok(shelf.quiet);
  });
  it("loses no more than some hundred bytes before the damage", async () => {
    const whole = packed(mboxOf(...noise(0, 3000)));
    const at = Math.floor(whole.length / 2);
    const damaged = Buffer.concat([whole.subarray(0, at), Buffer.alloc(64, 0xff), whole.subarray(at + 64)]);
    const cut = file(join(folder(), "cut.gz"), whole.subarray(0, at));
    const shelf = await new Shelf().index(file(join(folder(), "x.gz"), damaged));
    const fromCut = await new Shelf().index(cut);
    assert.ok(fromCut.rows.size > 1000);
    assert.ok(shelf.rows.size >= fromCut.rows.size - 2, `${shelf.rows.size} of ${fromCut.rows.size}`);
  });
  it("same size, another time: starts over", async () => {
    const path = file(join(folder(), "x.gz"), packed(mboxOf(mail("a"), mail("b"))));
    const shelf = await new Shelf().index(path);
    utimesSync(path, 1, 1);
    await shelf.index(path);
    assert.deepEqual([shelf.ids, shelf.restarts], [idsOf("a", "b"), 1]);
  });
  it("takes zeros behind the last member for padding", async () => {
    const path = file(
      join(folder(), "x.mbox.gz"),
      Buffer.concat([packed(mboxOf(mail("a"))), Buffer.alloc(512)]),
    );
    assert.deepEqual((await new Shelf().index(path)).ids, idsOf("a"));
  });
  it("says that there is no mail in it", async () => {
    const path = file(join(folder(), "x.gz"), packed("no mail\n"));
    await assert.rejects(new Shelf().index(path), isUserError);
  });
});
