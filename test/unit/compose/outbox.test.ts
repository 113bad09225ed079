/** The outbox on disk: nothing lost, nothing sent twice unseen, whatever ends when. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type NewMail, Outbox, type OutboxMail } from "../../../src/compose/outbox.ts";

let folder = "";
let now = 1_000_000;

const outbox = (): Outbox => new Outbox(folder, () => now);

const mail = (name: string, more: Partial<NewMail> = {}): NewMail => ({
  name,
  bytes: Buffer.from(`Subject: ${name}\r\n\r\ntext\r\n`),
  draftText: `Subject: ${name}\n\ntext\n`,
  messageId: `${name}@kernel.example`,
  subject: name,
  from: "ada@kernel.example",
  to: ["bo@kernel.example"],
  eightBit: false,
  ...more,
});

const stateOf = async (name: string): Promise<string | undefined> => (await outbox().find(name))?.state;

/** As if the process that has it in hand were gone. */
function orphan(name: string): void {
  const path = join(folder, `${name}.json`);
  const record = JSON.parse(readFileSync(path, "utf8")) as OutboxMail;
  const claim = { host: hostname(), pid: 2 ** 30, bootS: record.claim?.bootS ?? 0, token: "gone" };
  writeFileSync(path, JSON.stringify({ ...record, claim }));
}

const claimed = async (box: Outbox, name: string): Promise<OutboxMail> =>
  (await box.claim(name)) ?? assert.fail(`${name} was not claimed`);

describe("outbox", () => {
  beforeEach(() => {
    now = 1_000_000;
    folder = join(mkdtempSync(join(tmpdir(), "kernel-mail-outbox-")), "outbox");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  it("keeps bytes, draft and record, in files that nobody else reads", async () => {
    await outbox().add(mail("a"), now + 10_000);
    assert.deepEqual(readdirSync(folder).sort(), ["a.draft", "a.eml", "a.json"]);
    assert.equal((await outbox().bytes("a")).toString(), "Subject: a\r\n\r\ntext\r\n");
    const [record] = await outbox().list();
    assert.deepEqual([record?.state, record?.dueMs, record?.attempts], ["waiting", 1_010_000, 0]);
  });

  it("takes a Message-ID once (R401)", async () => {
    await outbox().add(mail("a"), 0);
    await assert.rejects(
      outbox().add(mail("b", { messageId: "a@kernel.example" }), 0),
      /in the outbox already/,
    );
    assert.deepEqual(readdirSync(folder).sort(), ["a.draft", "a.eml", "a.json"]);
  });

  it("never writes over another mail", async () => {
    await outbox().add(mail("a"), now);
    await outbox().add(mail("a", { messageId: "other@kernel.example" }), now);
    assert.deepEqual((await outbox().list()).map(({ name }) => name).sort(), ["a", "a-2"]);
  });

  it("gives a mail in hand when it is due, once", async () => {
    const [one, two] = [outbox(), outbox()];
    await one.add(mail("a"), now + 10_000);
    assert.equal(await one.claim("a"), undefined);
    now += 10_000;
    const both = await Promise.all([one.claim("a"), two.claim("a")]);
    assert.equal(both.filter((found) => found !== undefined).length, 1);
  });

  it("gives each of many mails once, however many windows ask", async () => {
    const windows = [outbox(), outbox(), outbox()];
    for (let n = 0; n < 8; n++) await outbox().add(mail(`m${n}`), 0);
    const got = await Promise.all(
      windows.flatMap((box) => Array.from({ length: 8 }, (_, n) => box.claim(`m${n}`))),
    );
    assert.equal(got.filter((found) => found !== undefined).length, 8);
  });

  it("has a mail go on when its window was gone before the first byte", async () => {
    await outbox().add(mail("a"), 0);
    await claimed(outbox(), "a");
    orphan("a");
    await outbox().recover();
    assert.equal(await stateOf("a"), "waiting");
  });

  it("says that a mail may be out when its window was gone after the first byte, and never sends it by itself", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    await box.hand(await claimed(box, "a"));
    orphan("a");
    const [recovered] = await box.recover();
    assert.equal(recovered?.state, "unknown");
    assert.match(recovered?.problem ?? "", /may have gone out.*keeps its Message-ID/s);
    assert.equal(await box.claim("a"), undefined);
  });

  it("leaves a mail to the window that has it in hand", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    await claimed(box, "a");
    assert.deepEqual(await outbox().recover(), []);
  });

  it("lets nobody hand over a mail that is in other hands by now", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    const first = await claimed(box, "a");
    orphan("a");
    await box.recover();
    await claimed(outbox(), "a");
    await assert.rejects(box.hand(first), /Another window/);
    assert.equal(await box.settle(first, { state: "sent" }), undefined);
  });

  it("counts what really came of a mail that was given up", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    const first = await claimed(box, "a");
    await box.hand(first);
    await box.change("a", (record) => ({ ...record, state: "unknown" }));
    assert.equal((await box.settle(first, { state: "sent" }))?.state, "sent");
  });

  it("takes a waiting mail back as its draft, and none that is being sent", async () => {
    const box = outbox();
    const restored: string[] = [];
    const restore = async (text: string) => void restored.push(text);
    await box.add(mail("a"), now + 10_000);
    assert.equal(await box.takeBack("a", restore), true);
    assert.deepEqual([restored, readdirSync(folder)], [["Subject: a\n\ntext\n"], []]);
    await box.add(mail("b"), 0);
    await claimed(box, "b");
    assert.equal(await box.takeBack("b", restore), false);
  });

  it("keeps a mail that cannot be made a draft", async () => {
    const box = outbox();
    await box.add(mail("a"), now + 10_000);
    await assert.rejects(box.takeBack("a", async () => Promise.reject(new Error("the disk is full"))));
    assert.equal(await stateOf("a"), "waiting");
  });

  it("gives a refused mail back once, and keeps the server's words until it is sent again", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    await box.settle(await claimed(box, "a"), { state: "returned", problem: "550 no", reply: "550 no" });
    const restored: string[] = [];
    const restore = async (text: string) => void restored.push(text);
    assert.deepEqual([await box.giveBack("a", restore), await box.giveBack("a", restore)], [true, false]);
    assert.equal(restored.length, 1);
    assert.equal((await box.find("a"))?.reply, "550 no");
    await box.add(mail("a-2", { messageId: "a@kernel.example" }), 0);
    assert.deepEqual(
      (await box.list()).map(({ name }) => name),
      ["a-2"],
    );
  });

  it("sends again what is unknown or held, and to those alone who were refused", async () => {
    const box = outbox();
    await box.add(mail("a", { to: ["bo@kernel.example", "gone@kernel.example"] }), 0);
    await box.settle(await claimed(box, "a"), {
      state: "sent",
      refused: [{ address: "gone@kernel.example", reply: "550" }],
    });
    assert.deepEqual((await box.retry("a"))?.to, ["gone@kernel.example"]);
    await box.settle(await claimed(box, "a"), { state: "sent", refused: [] });
    assert.equal(await box.retry("a"), undefined);
  });

  it("files a sent mail once", async () => {
    const box = outbox();
    let filed = 0;
    const append = async () => void filed++;
    await box.add(mail("a"), 0);
    await box.file("a", append);
    await box.settle(await claimed(box, "a"), { state: "sent" });
    await box.file("a", append);
    await box.file("a", append);
    assert.equal(filed, 1);
  });

  it("goes on past a record that cannot be read", async () => {
    await outbox().add(mail("a"), 0);
    writeFileSync(join(folder, "b.json"), "{ half");
    writeFileSync(join(folder, "c.json"), "[]");
    assert.deepEqual(
      (await outbox().list()).map(({ name }) => name),
      ["a"],
    );
  });

  it("does not count a mail whose record was never written", async () => {
    await outbox().add(mail("a"), 0);
    rmSync(join(folder, "a.json"));
    assert.deepEqual(await outbox().list(), []);
  });

  it("takes the lock of a process that is gone", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    writeFileSync(join(folder, "lock"), `${2 ** 30} ${hostname()} 00`);
    assert.ok(await box.claim("a"));
    assert.equal(existsSync(join(folder, "lock")), false);
  });
});
