/** What waits goes out: over one connection, tried again later, or given back with the server's words. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backOff, type Dispatch, startDispatch } from "../../../src/compose/dispatch.ts";
import { hasLeft, Outbox, type OutboxMail, outstanding } from "../../../src/compose/outbox.ts";
import { connectSmtp } from "../../../src/compose/send.ts";
import { SendFailure } from "../../../src/compose/sendFailure.ts";
import {
  close,
  type MailServer,
  type MailServerOptions,
  polite,
  startMailServer,
  startScript,
} from "../../mailServer.ts";

let folder = "";
let outbox: Outbox;
let now = 1_000_000;
const ends: (() => Promise<unknown>)[] = [];
let bugs: unknown[] = [];

const put = (name: string, more: { to?: string[]; text?: string } = {}) =>
  outbox.add(
    {
      name,
      bytes: Buffer.from(
        more.text ?? `Subject: ${name}\r\nMessage-ID: <${name}@kernel.example>\r\n\r\ntext\r\n`,
      ),
      draftText: "draft",
      messageId: `${name}@kernel.example`,
      subject: name,
      from: "ada@kernel.example",
      to: more.to ?? ["bo@kernel.example"],
      eightBit: false,
    },
    now,
  );

/** A dispatch to this port of loopback; the states that its mails went through, in order. */
function dispatchTo(port: () => number): { dispatch: Dispatch; states: string[] } {
  const states: string[] = [];
  const dispatch = startDispatch({
    outbox,
    connect: () =>
      connectSmtp(
        { kind: "smtp", host: "127.0.0.1", port: port(), encryption: "none" },
        { onlyReserved: true, timeouts: { connect: 2000, silence: 2000 } },
      ),
    onChange: ({ name, state }: OutboxMail) => states.push(`${name} ${state}`),
    onFault: (error) => bugs.push(error),
    now: () => now,
  });
  ends.push(() => dispatch.close());
  return { dispatch, states };
}

const serve = async (options: MailServerOptions = {}): Promise<MailServer> => {
  const server = await startMailServer({ authOptional: true, ...options });
  ends.push(() => server.close());
  return server;
};

const sendAll = async (dispatch: Dispatch): Promise<void> => {
  dispatch.kick();
  await dispatch.settled();
};

const found = async (name: string): Promise<OutboxMail> => (await outbox.find(name)) ?? assert.fail(name);

describe("sending what waits", () => {
  beforeEach(() => {
    now = 1_000_000;
    bugs = [];
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-dispatch-"));
    outbox = new Outbox(join(folder, "outbox"), () => now);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(bugs, []);
  });

  it("over one connection, in order", async () => {
    const server = await serve();
    const { dispatch, states } = dispatchTo(() => server.port);
    for (const name of ["a", "b", "c"]) {
      await put(name);
      now += 1;
    }
    await sendAll(dispatch);
    assert.deepEqual(states, ["a sending", "a sent", "b sending", "b sent", "c sending", "c sent"]);
    assert.deepEqual([server.received.length, server.connections()], [3, 1]);
  });

  it("nothing, where nothing was ever sent and there is no folder for it", async () => {
    await sendAll(dispatchTo(() => assert.fail("connected")).dispatch);
  });

  it("not before it is due", async () => {
    const server = await serve();
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    now -= 1;
    await sendAll(dispatch);
    assert.equal(server.received.length, 0);
  });

  it("though the clock was wrong by a day when it was put off", async () => {
    const server = await serve();
    const { dispatch } = dispatchTo(() => server.port);
    now += 86_400_000;
    await put("a");
    now -= 86_400_000;
    await sendAll(dispatch);
    assert.equal((await found("a")).state, "sent");
  });

  it("later, when the server shuts down between two mails (421)", async () => {
    let mails = 0;
    const script = await startScript(
      "220 x",
      polite((line) => (line.startsWith("MAIL") && ++mails === 2 ? "421 4.3.2 Shutting down" : undefined)),
    );
    ends.push(() => script.close());
    const { dispatch } = dispatchTo(() => script.port);
    for (const name of ["a", "b", "c"]) {
      await put(name);
      now += 1;
    }
    await sendAll(dispatch);
    assert.deepEqual(
      (await outbox.list()).map(({ name, state, attempts }) => [name, state, attempts]),
      [
        ["a", "sent", 1],
        ["b", "waiting", 1],
        ["c", "sent", 1],
      ],
    );
    assert.match((await found("b")).problem ?? "", /421 4\.3\.2 Shutting down/);
  });

  it("later, when nothing listens: everything waits together", async () => {
    const gone = await serve();
    await gone.close();
    const { dispatch, states } = dispatchTo(() => gone.port);
    await put("a");
    await put("b");
    await sendAll(dispatch);
    assert.deepEqual(states, ["a waiting", "b waiting"]);
    const { dueMs, attempts, problem } = await found("a");
    assert.deepEqual([dueMs - now, attempts], [30_000, 1]);
    assert.match(problem ?? "", /^Nothing listens/);
  });

  it("with growing patience", async () => {
    const server = await serve({ answer: () => "451 4.3.0 Not now" });
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    for (const seconds of [30, 60]) {
      await sendAll(dispatch);
      const { dueMs, reply } = await found("a");
      assert.deepEqual([(dueMs - now) / 1000, reply], [seconds, "451 4.3.0 Not now"]);
      now = dueMs;
    }
    assert.deepEqual(
      [3, 4, 5, 6, 7, 8].map(backOff),
      [120, 300, 600, 1800, 3600, 3600].map((s) => s * 1000),
    );
  });

  it("gives a refused mail back with the server's words, and sends the next one", async () => {
    const answer = ({ bytes }: { bytes: Buffer }) =>
      bytes.includes("Subject: a") ? "550 5.7.1 No HTML" : undefined;
    const server = await serve({ answer });
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    now += 1;
    await put("b");
    await sendAll(dispatch);
    const { state, reply, problem } = await found("a");
    assert.deepEqual([state, reply], ["returned", "550 5.7.1 No HTML"]);
    assert.match(problem ?? "", /refused the mail: “550 5\.7\.1 No HTML”.*draft again/);
    assert.equal((await found("b")).state, "sent");
  });

  it("is unknown when the answer never comes, and stays so", async () => {
    const server = await startScript(
      "220 mx",
      polite((line) => (line === "." ? close : undefined)),
    );
    ends.push(server.close);
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    await sendAll(dispatch);
    assert.equal((await found("a")).state, "unknown");
    now += 10 ** 9;
    await sendAll(dispatch);
    assert.equal(server.lines.filter((line) => line === "DATA").length, 1);
  });

  it("G33 keeps the same Message-ID when it is sent again", async () => {
    let isGood = false;
    const server = await serve({ answer: () => (isGood ? undefined : "451 later") });
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    await sendAll(dispatch);
    isGood = true;
    await outbox.retry("a");
    await sendAll(dispatch);
    assert.match(server.received[0]?.bytes.toString() ?? "", /^Message-ID: <a@kernel\.example>$/m);
  });

  it("shows who was refused; the others have it", async () => {
    const server = await serve({
      recipient: (to) => (to.startsWith("gone@") ? "550 5.1.1 Gone" : undefined),
    });
    const { dispatch } = dispatchTo(() => server.port);
    await put("a", { to: ["gone@kernel.example", "bo@kernel.example"] });
    await sendAll(dispatch);
    const { state, refused } = await found("a");
    assert.equal(state, "sent");
    assert.deepEqual(refused, [{ address: "gone@kernel.example", reply: "550 5.1.1 Gone" }]);
  });

  it("tries those again by themselves who are refused for now, and nobody twice", async () => {
    let greylisted = 2;
    const server = await serve({
      recipient: (to) => {
        if (to.startsWith("gone@")) return "550 5.1.1 Gone";
        return to.startsWith("grey@") && greylisted-- > 0 ? "450 4.2.0 Greylisted" : undefined;
      },
    });
    const { dispatch, states } = dispatchTo(() => server.port);
    const to = [
      "bo@kernel.example",
      "grey@kernel.example",
      "gone@kernel.example",
      "list@lists.kernel.example",
    ];
    await put("a", { to });
    await sendAll(dispatch);
    const first = await found("a");
    assert.deepEqual(
      [first.state, outstanding(first), hasLeft(first)],
      ["waiting", ["grey@kernel.example"], true],
    );
    assert.match(first.problem ?? "", /for grey@kernel\.example now: “450 4\.2\.0 Greylisted”/);
    assert.equal(await outbox.takeBack("a", async () => assert.fail("made a draft")), false);
    for (const seconds of [30, 60]) {
      const { dueMs } = await found("a");
      assert.equal((dueMs - now) / 1000, seconds);
      now = dueMs;
      await sendAll(dispatch);
    }
    const { state, refused, sentMs } = await found("a");
    assert.deepEqual([state, sentMs], ["sent", 1_000_000]);
    assert.deepEqual(refused, [{ address: "gone@kernel.example", reply: "550 5.1.1 Gone" }]);
    assert.deepEqual(
      server.received.map((mail) => mail.to),
      [["bo@kernel.example", "list@lists.kernel.example"], ["grey@kernel.example"]],
    );
    assert.deepEqual(server.received[0]?.bytes, server.received[1]?.bytes);
    assert.equal(states.at(-1), "a sent");
  });

  it("never makes a draft of what some have, whatever the server says to the others", async () => {
    for (const answer of ["451 4.3.0 Later", "554 5.7.1 No"]) {
      const name = answer.slice(0, 3);
      let isFirst = true;
      const server = await serve({
        recipient: (to) => (isFirst && to.startsWith("grey@") ? "450 4.2.0 Greylisted" : undefined),
        answer: () => (isFirst ? undefined : answer),
      });
      const { dispatch } = dispatchTo(() => server.port);
      await put(name, { to: ["bo@kernel.example", "grey@kernel.example"] });
      await sendAll(dispatch);
      isFirst = false;
      now = (await found(name)).dueMs;
      await sendAll(dispatch);
      assert.equal(server.received.length, 1);
    }
    const [later, never] = [await found("451"), await found("554")];
    assert.deepEqual([later.state, outstanding(later)], ["waiting", ["grey@kernel.example"]]);
    assert.deepEqual(
      [never.state, never.refused],
      ["sent", [{ address: "grey@kernel.example", reply: "554 5.7.1 No" }]],
    );
  });

  it("gives up on a recipient after five days of “not now” (RFC 5321 4.5.4.1)", async () => {
    const server = await serve({
      recipient: (to) => (to.startsWith("bo@") ? undefined : "450 4.2.0 Not now"),
    });
    const { dispatch } = dispatchTo(() => server.port);
    await put("a", { to: ["bo@kernel.example", "full@kernel.example"] });
    await sendAll(dispatch);
    now += 5 * 86_400_000 + 1;
    await sendAll(dispatch);
    const { state, refused } = await found("a");
    assert.deepEqual([state, refused.length], ["sent", 1]);
  });

  it("waits, and sends nothing, where the disk does not take that it leaves", async () => {
    const server = await serve();
    const { dispatch } = dispatchTo(() => server.port);
    await put("a");
    outbox.hand = () => Promise.reject(Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }));
    await sendAll(dispatch);
    const { state, problem } = await found("a");
    assert.deepEqual(
      [state, problem, server.received.length],
      ["waiting", "The disk is full. It is tried again later.", 0],
    );
  });

  it("holds everything when the way to send has to be mended", async () => {
    const dispatch = startDispatch({
      outbox,
      connect: () => Promise.reject(new SendFailure("login", "The password is wrong.", "Set it anew.")),
      onChange: () => undefined,
      onFault: (error) => bugs.push(error),
      now: () => now,
    });
    await put("a");
    await put("b");
    await sendAll(dispatch);
    const { state, problem } = await found("b");
    assert.deepEqual([state, problem], ["held", "The password is wrong. Set it anew."]);
  });

  it("goes on where the server was cut off in between", async () => {
    let count = 0;
    const server: MailServer = await serve({
      answer: () => {
        count += 1;
        if (count === 2) server.cut();
        return undefined;
      },
    });
    const { dispatch } = dispatchTo(() => server.port);
    for (const name of ["a", "b", "c"]) {
      await put(name);
      now += 1;
    }
    await sendAll(dispatch);
    const states = (await outbox.list()).map(({ state }) => state);
    assert.deepEqual(states, ["sent", "unknown", "sent"]);
    assert.equal(server.connections(), 2);
  });

  it("sends each mail once from two windows", async () => {
    const server = await serve();
    const [one, two] = [dispatchTo(() => server.port), dispatchTo(() => server.port)];
    for (let n = 0; n < 6; n++) await put(`m${n}`);
    one.dispatch.kick();
    two.dispatch.kick();
    await Promise.all([one.dispatch.settled(), two.dispatch.settled()]);
    assert.equal(server.received.length, 6);
  });
});
