/** Mails over SMTP: what arrives, and the guard of everything that is no release. */
import assert from "node:assert/strict";
import { connectSmtp } from "../../../src/compose/send.ts";
import type { SmtpServer } from "../../../src/compose/transport.ts";
import { certificate, polite, startMailServer, TOKEN, USER } from "../../mailServer.ts";
import { closeAll, connect, fails, login, mail, script, secret, server, TEXT } from "./smtpSession.ts";

describe("sending by SMTP", () => {
  afterEach(closeAll);

  it("gives the bytes over unchanged, dots, tabs and blanks included, as 8-bit text (R1002)", async () => {
    const { port, received } = await server({ authOptional: true });
    const { reply, refused } = await (await connect({ port })).deliver(mail());
    const [got] = received;
    assert.equal(got?.bytes.toString(), TEXT);
    assert.deepEqual(got?.to, ["bo@kernel.example", "list@lists.kernel.example"]);
    assert.deepEqual([got?.from, got?.args["BODY"]], ["ada@kernel.example", "8BITMIME"]);
    assert.deepEqual([reply, refused], ["250 2.0.0 Ok: queued", []]);
  });

  it("asks for no delivery reports, and for 8-bit transport only where it is needed", async () => {
    const { port, received } = await server({ authOptional: true, hideDSN: false });
    await (await connect({ port })).deliver(mail({ eightBit: false }));
    assert.deepEqual(Object.keys(received[0]?.args ?? {}), ["SIZE"]);
  });

  for (const auth of ["PLAIN", "LOGIN", "CRAM-MD5"] as const) {
    it(`logs in with ${auth} after STARTTLS`, async () => {
      const { port, received } = await server();
      const at = { host: "localhost", port, encryption: "starttls" as const, certificates: certificate() };
      await (await connect({ ...at, ...login, auth: [auth] }, { secret })).deliver(mail());
      assert.equal(received.length, 1);
    });
  }

  it("logs in with the best that is offered, over TLS from the first byte", async () => {
    const { port, received } = await server({ secure: true });
    const at = { host: "localhost", port, encryption: "tls" as const, certificates: certificate() };
    await (await connect({ ...at, ...login }, { secret })).deliver(mail());
    assert.equal(received.length, 1);
  });

  it("logs in with a token, and asks for a new one when the first has run out", async () => {
    const { port, received } = await server();
    const at = { host: "localhost", port, encryption: "starttls" as const, certificates: certificate() };
    const asked: boolean[] = [];
    const token = async (isRefused: boolean) => {
      asked.push(isRefused);
      return isRefused ? TOKEN : "run-out";
    };
    await (await connect({ ...at, ...login, auth: ["XOAUTH2"] }, { secret: token })).deliver(mail());
    assert.deepEqual([received.length, asked], [1, [false, true]]);
  });

  it("tells the server's words when there is no newer token", async () => {
    const { port } = await server();
    const at = { host: "localhost", port, encryption: "starttls" as const, certificates: certificate() };
    const secret = async (isRefused: boolean) => (isRefused ? "" : "run-out");
    await fails(connect({ ...at, ...login, auth: ["XOAUTH2"] }, { secret }), "login", /“535 5\.7\.8/);
  });

  it("logs in with OAUTHBEARER (RFC 7628)", async () => {
    const bearer = Buffer.from(`n,a=${USER},\x01auth=Bearer ${TOKEN}\x01\x01`).toString("base64");
    const { port, lines } = await script("220 mx.test.example", polite());
    const at = { port, ...login, auth: ["OAUTHBEARER"] as const };
    await (await connect(at, { secret: async () => TOKEN })).deliver(mail());
    assert.ok(lines.includes(`AUTH OAUTHBEARER ${bearer}`));
  });

  it("logs in by the first way of several that the server offers", async () => {
    const { port, received } = await server({ authMethods: ["LOGIN"] });
    const at = { host: "localhost", port, encryption: "starttls" as const, certificates: certificate() };
    await (await connect({ ...at, ...login, auth: ["CRAM-MD5", "LOGIN"] }, { secret })).deliver(mail());
    assert.equal(received.length, 1);
  });

  it("greets by the name that it is told to, else by the loopback address", async () => {
    const { port, lines } = await script("220 mx", polite());
    await connect({ port });
    await connect({ port, domain: "laptop.example" });
    assert.deepEqual(
      lines.filter((line) => line.startsWith("EHLO")),
      ["EHLO [127.0.0.1]", "EHLO laptop.example"],
    );
  });

  it("rests after so many mails, and goes on over another connection", async () => {
    const { port, received, connections } = await server({ authOptional: true });
    const connection = await connect({ port, batch: { size: 2, pauseMs: 50 } });
    const started = performance.now();
    for (let n = 0; n < 5; n++) await connection.deliver(mail());
    assert.deepEqual([received.length, connections()], [5, 3]);
    assert.ok(performance.now() - started >= 95);
  });

  it("sends many over one connection", async () => {
    const { port, received, connections } = await server({ authOptional: true });
    const connection = await connect({ port });
    for (let n = 0; n < 20; n++) await connection.deliver(mail());
    assert.deepEqual([received.length, connections()], [20, 1]);
  });

  it("waits with the first byte until it may", async () => {
    const { port, received } = await server({ authOptional: true });
    const before: number[] = [];
    const beforeData = async () => {
      before.push(received.length);
    };
    await (await connect({ port })).deliver(mail({ beforeData }));
    assert.deepEqual([before, received.length], [[0], 1]);
  });

  it("sends nothing when what comes before the first byte fails", async () => {
    const { port, received } = await server({ authOptional: true });
    const beforeData = async () => {
      throw new Error("the disk is full");
    };
    await assert.rejects((await connect({ port })).deliver(mail({ beforeData })), /the disk is full/);
    assert.equal(received.length, 0);
  });

  it("tells the recipients that were refused; the others get it", async () => {
    const recipient = (to: string) => (to.startsWith("bo@") ? "550 5.1.1 No such user here" : undefined);
    const { port, received } = await server({ authOptional: true, recipient });
    const { refused } = await (await connect({ port })).deliver(mail());
    assert.deepEqual(refused, [{ address: "bo@kernel.example", reply: "550 5.1.1 No such user here" }]);
    assert.deepEqual(received[0]?.to, ["list@lists.kernel.example"]);
  });

  it("tells the Message-ID that the server gave in its place", async () => {
    const answer = () => "250 2.0.0 OK <AM0.77@AM0PR01.eurprd01.prod.outlook.com> [Hostname=AM0PR01]";
    const { port } = await server({ authOptional: true, answer });
    const { serverMessageId } = await (await connect({ port })).deliver(mail());
    assert.equal(serverMessageId, "AM0.77@AM0PR01.eurprd01.prod.outlook.com");
  });

  it("carries a body of 20 MB", async () => {
    const { port, received } = await server({ authOptional: true });
    const bytes = Buffer.from(`Subject: x\r\n\r\n${"0123456789abcdef\r\n".repeat(1_150_000)}`);
    await (await connect({ port })).deliver(mail({ bytes, eightBit: false }));
    assert.equal(received[0]?.bytes.length, bytes.length);
  });

  it("carries 1,000 recipients", async () => {
    const { port, received } = await server({ authOptional: true });
    const to = Array.from({ length: 1000 }, (_, n) => `reader${n}@kernel.example`);
    await (await connect({ port })).deliver(mail({ to }));
    assert.equal(received[0]?.to.length, 1000);
  });
});

describe("the guard", () => {
  it("stops a real recipient and a real server in everything but a release", async () => {
    const { port, received, close: end } = await startMailServer({ authOptional: true });
    try {
      const connection = await connectSmtp(
        { kind: "smtp", host: "127.0.0.1", port, encryption: "none" },
        { onlyReserved: false },
      );
      await fails(connection.deliver(mail({ to: ["linux-kernel@vger.kernel.org"] })), "refused", /guard/);
      connection.close();
      assert.equal(received.length, 0);
      const real: SmtpServer = { kind: "smtp", host: "smtp.gmail.com", port: 465, encryption: "tls" };
      await fails(connectSmtp(real, { onlyReserved: false }), "refused", /guard/);
    } finally {
      await end();
    }
  });
});
