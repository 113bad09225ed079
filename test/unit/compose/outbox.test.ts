/** The outbox on disk: nothing lost, nothing sent twice unseen, whatever ends when. */
import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type NewMail, Outbox, type OutboxMail, outstanding, RECORDS } from "../../../src/compose/outbox.ts";

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
function orphan(name: string, more: Partial<NonNullable<OutboxMail["claim"]>> = {}): void {
  const lines = readFileSync(join(folder, RECORDS), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as OutboxMail);
  const record = records.findLast((one) => one.name === name) ?? assert.fail(name);
  const claim = { ...(record.claim ?? assert.fail("nobody has it")), pid: 2 ** 30, token: "gone", ...more };
  appendFileSync(join(folder, RECORDS), `${JSON.stringify({ ...record, claim })}\n`);
}

const claimed = async (box: Outbox, name: string): Promise<OutboxMail> =>
  (await box.claim(name))[0] ?? assert.fail(`${name} was not claimed`);

describe("outbox", () => {
  beforeEach(() => {
    now = 1_000_000;
    folder = join(mkdtempSync(join(tmpdir(), "kernel-mail-outbox-")), "outbox");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  it("keeps bytes, draft and record, in files that nobody else reads", async () => {
    await outbox().add(mail("a"), now + 10_000);
    assert.deepEqual(readdirSync(folder).sort(), ["a.draft", "a.eml", RECORDS]);
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
    assert.deepEqual(readdirSync(folder).sort(), ["a.draft", "a.eml", RECORDS]);
  });

  it("never writes over another mail", async () => {
    await outbox().add(mail("a"), now);
    await outbox().add(mail("a", { messageId: "other@kernel.example" }), now);
    assert.deepEqual((await outbox().list()).map(({ name }) => name).sort(), ["a", "a-2"]);
  });

  it("gives a mail in hand when it is due, once", async () => {
    const [one, two] = [outbox(), outbox()];
    await one.add(mail("a"), now + 10_000);
    assert.deepEqual(await one.claim("a"), []);
    now += 10_000;
    const both = await Promise.all([one.claim("a"), two.claim("a")]);
    assert.equal(both.flat().length, 1);
  });

  it("gives each of many mails once, however many windows ask", async () => {
    const windows = [outbox(), outbox(), outbox()];
    for (let n = 0; n < 8; n++) await outbox().add(mail(`m${n}`), 0);
    const got = await Promise.all(
      windows.flatMap((box) => Array.from({ length: 8 }, (_, n) => box.claim(`m${n}`))),
    );
    assert.equal(got.flat().length, 8);
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
    assert.deepEqual(await box.claim("a"), []);
  });

  it("after a power cut knows of no mail in hand how far it had come", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    await claimed(box, "a");
    orphan("a", { boot: "another" });
    assert.equal((await box.recover())[0]?.state, "unknown");
  });

  it("gives back what was taken in hand and not begun", async () => {
    const box = outbox();
    for (const name of ["a", "b"]) await box.add(mail(name), 0);
    const [a, ...rest] = await box.claim("a", "b");
    await box.settle(a ?? assert.fail(), { state: "sent" });
    await box.release(rest);
    assert.deepEqual(
      (await box.list()).map(({ state, attempts, claim }) => [state, attempts, claim]),
      [
        ["sent", 1, undefined],
        ["waiting", 0, undefined],
      ],
    );
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
    assert.deepEqual([restored, readdirSync(folder)], [["Subject: a\n\ntext\n"], [RECORDS]]);
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
    const again = (await box.retry("a")) ?? assert.fail();
    assert.deepEqual(outstanding(again), ["gone@kernel.example"]);
    await box.settle(await claimed(box, "a"), { state: "sent", refused: [] });
    assert.equal(await box.retry("a"), undefined);
  });

  it("files a sent mail once", async () => {
    const box = outbox();
    let filed = 0;
    const append = async (mails: Buffer[]) => {
      filed += mails.length;
    };
    await box.add(mail("a"), 0);
    await box.file(["a"], append);
    await box.settle(await claimed(box, "a"), { state: "sent" });
    await box.file(["a", "a", "b"], append);
    await box.file(["a"], append);
    assert.equal(filed, 1);
  });

  it("goes on past what is no record, and past one that was cut off", async () => {
    await outbox().add(mail("a"), 0);
    appendFileSync(join(folder, RECORDS), '{ half\n[]\n7\n{"name":"cut o');
    const box = outbox();
    await box.add(mail("b"), 0);
    for (const one of [box, outbox()]) assert.equal((await one.list()).length, 2);
  });

  it("sees what other windows do, also when they write the records anew", async () => {
    const [one, two] = [outbox(), outbox()];
    await one.add(mail("a"), 0);
    assert.equal((await two.list()).length, 1);
    await one.change("a", (record) => ({ ...record, problem: "x".repeat(200_000) }));
    for (let n = 0; n < 3; n++) await one.change("a", (record) => ({ ...record, problem: String(n) }));
    await one.change("a", (record) => ({ ...record, problem: "y".repeat(200_000) }));
    await one.change("a", (record) => ({ ...record, problem: "short" }));
    await one.add(mail("b"), 0);
    assert.ok(statSync(join(folder, RECORDS)).size < 2000);
    assert.deepEqual(
      (await two.list()).map(({ name, problem }) => [name, problem]),
      [
        ["a", "short"],
        ["b", undefined],
      ],
    );
  });

  it("keeps the order of a batch", async () => {
    const names = ["2", "10", "1", "b", "a"];
    await outbox().addAll(
      names.map((name) => mail(name)),
      0,
    );
    await outbox().change("10", (record) => ({ ...record, attempts: 1 }));
    assert.deepEqual(
      (await outbox().list()).map(({ name }) => name),
      names,
    );
    assert.deepEqual(
      (await outbox().claim(...names)).map(({ name }) => name),
      names,
    );
  });

  it("takes all mails or none, and says why in words", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    const again = mail("c", { messageId: "a@kernel.example" });
    await assert.rejects(box.addAll([mail("b"), again], 0), /in the outbox already/);
    assert.deepEqual(readdirSync(folder).sort(), ["a.draft", "a.eml", RECORDS]);
    const noFolder = new Outbox(join(folder, "a.eml"));
    await assert.rejects(noFolder.add(mail("b"), 0));
  });

  it("takes the lock of a process that is gone", async () => {
    const box = outbox();
    await box.add(mail("a"), 0);
    writeFileSync(join(folder, "lock"), `${2 ** 30} ${hostname()} 00`);
    assert.equal((await box.claim("a")).length, 1);
    while (existsSync(join(folder, "lock"))) await delay(1);
  });
});
