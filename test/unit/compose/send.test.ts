/** Mails over SMTP: what arrives, and one clear sentence for everything that can go wrong. */
import assert from "node:assert/strict";
import {
  type Connection,
  connectSmtp,
  envelopeAddress,
  type Outgoing,
  type SmtpOptions,
} from "../../../src/compose/send.ts";
import { type FailureKind, SendFailure } from "../../../src/compose/sendFailure.ts";
import type { SmtpServer } from "../../../src/compose/transport.ts";
import { fixture } from "../../fixtures.ts";
import {
  certificate,
  close,
  type MailServer,
  PASSWORD,
  polite,
  startMailServer,
  startScript,
  startSpoiler,
  TOKEN,
  USER,
} from "../../mailServer.ts";

const TEXT = "Subject: x\r\n\r\n.\r\n..two\r\nFrom here\r\n\ttab  \r\nGrüße\r\n";

const mail = (more: Partial<Outgoing> = {}): Outgoing => ({
  bytes: Buffer.from(TEXT),
  from: "ada@kernel.example",
  to: ["bo@kernel.example", "list@lists.kernel.example"],
  eightBit: true,
  ...more,
});

const open: (Connection | { close: () => unknown })[] = [];

const connect = async (server: Partial<SmtpServer>, options: Partial<SmtpOptions> = {}) => {
  const connection = await connectSmtp(
    { kind: "smtp", host: "127.0.0.1", port: 0, encryption: "none", ...server },
    { onlyReserved: true, timeouts: { connect: 2000, silence: 2000 }, ...options },
  );
  open.push(connection);
  return connection;
};

const server = async (options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> => {
  const started = await startMailServer(options);
  open.push(started);
  return started;
};

const script = async (...args: Parameters<typeof startScript>) => {
  const started = await startScript(...args);
  open.push(started);
  return started;
};

/** The failure of something that fails, of this kind and with these words. */
async function fails(work: Promise<unknown>, kind: FailureKind, words: RegExp): Promise<SendFailure> {
  const error = await work.then(
    () => assert.fail("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SendFailure, String(error));
  assert.match(`${error.message} ${error.nextStep}`, words);
  assert.equal(error.kind, kind, error.message);
  return error;
}

const login = { user: USER };
const secret = async () => PASSWORD;

describe("sending by SMTP", () => {
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

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

describe("sending by SMTP, and what can go wrong", () => {
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  it("nothing listens there", async () => {
    const gone = await startScript("220 x", polite());
    await gone.close();
    await fails(
      connect({ port: gone.port }),
      "offline",
      /^Nothing listens at 127\.0\.0\.1, port \d+\. Check/,
    );
  });

  it("there is no such server", async () => {
    await fails(connect({ host: "mx.nowhere.invalid" }), "offline", /^There is no server named mx\.nowhere/);
  });

  it("it never greets", async () => {
    const { port } = await script("", () => "");
    await fails(
      connect({ port }, { timeouts: { connect: 200, silence: 5000 } }),
      "offline",
      /says nothing\. It may want TLS/,
    );
  });

  it("it is no mail server", async () => {
    const { port } = await script("SSH-2.0-OpenSSH_9.6", () => "");
    await fails(connect({ port }), "offline", /does not speak SMTP: .*SSH-2\.0/);
  });

  it("a network that wants a sign-in first answers with its page", async () => {
    for (const page of ["HTTP/1.1 302 Found", "<html>Please log in</html>"]) {
      const { port } = await script(page, () => close);
      await fails(
        connect({ port, encryption: "starttls" }),
        "offline",
        /does not speak SMTP: “[^“]*”\. It is a web page: perhaps this network wants you to sign in first\.$/,
      );
    }
  });

  it("the encryption breaks in the middle: tried again, and told without the library's words", async () => {
    const { port } = await server({ authOptional: true, secure: true });
    const relay = await startSpoiler(port, 20_000);
    open.push(relay);
    const at = { host: "localhost", encryption: "tls" as const, certificates: certificate() };
    const connection = await connect({ ...at, port: relay.port });
    const bytes = Buffer.from(`Subject: x\r\n\r\n${"0123456789abcdef\r\n".repeat(500_000)}`);
    const { message } = await fails(
      connection.deliver(mail({ bytes, eightBit: false })),
      "offline",
      /broke in the middle|broke the connection off/,
    );
    assert.doesNotMatch(message, /error:|\.c:/);
  });

  it("it speaks another version of TLS, which is told in a word", async () => {
    const { port } = await server({
      authOptional: true,
      secure: true,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
    });
    const at = { host: "localhost", port, encryption: "tls" as const, certificates: certificate() };
    const { message } = await fails(
      connect(at),
      "encryption",
      /^The encryption with localhost, port \d+, failed: /,
    );
    assert.doesNotMatch(message, /error:|\.c:/);
  });

  it("it speaks garbage in the middle", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line.startsWith("MAIL") ? "\x00\xff\x07 nonsense" : undefined)),
    );
    const failure = await connect({ port }).then((connection) =>
      fails(connection.deliver(mail()), "offline", /./),
    );
    assert.doesNotMatch(failure.message, /[\x00-\x1f\x7f-\x9f]/);
  });

  it("it stalls before the mail", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line.startsWith("RCPT") ? "" : undefined)),
    );
    const connection = await connect({ port }, { timeouts: { connect: 2000, silence: 200 } });
    await fails(connection.deliver(mail()), "offline", /stopped answering/);
    assert.equal(connection.isOpen, false);
  });

  it("it stalls after the mail: nobody knows whether it was taken", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line === "." ? "" : undefined)),
    );
    const connection = await connect({ port }, { timeouts: { connect: 2000, silence: 200 } });
    await fails(connection.deliver(mail()), "unknown", /had the whole mail/);
  });

  it("it goes away after the mail", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line === "." ? close : undefined)),
    );
    await fails((await connect({ port })).deliver(mail()), "unknown", /keeps its Message-ID/);
  });

  it("it goes away within the mail: it cannot have it", async () => {
    // More than the system takes before it notices.
    const bytes = Buffer.from(`Subject: x\r\n\r\n${"0123456789abcdef\r\n".repeat(1_000_000)}`);
    const { port } = await script(
      "220 mx",
      polite((line) => {
        if (line.startsWith("EHLO")) return "250 mx";
        return line.startsWith("0123") ? close : undefined;
      }),
    );
    const connection = await connect({ port });
    await fails(connection.deliver(mail({ bytes, eightBit: false })), "offline", /broke the connection off/);
  });

  it("not now (4xx)", async () => {
    const { port } = await server({ authOptional: true, answer: () => "451 4.3.0 Try again later" });
    const connection = await connect({ port });
    const { reply } = await fails(
      connection.deliver(mail()),
      "deferred",
      /says “451 4\.3\.0 Try again later”/,
    );
    assert.equal(reply, "451 4.3.0 Try again later");
  });

  it("never (5xx)", async () => {
    const { port } = await server({ authOptional: true, answer: () => "554 5.7.1 Looks like spam" });
    await fails(
      (await connect({ port })).deliver(mail()),
      "refused",
      /refused the mail: “554 5\.7\.1 Looks like spam”/,
    );
  });

  it("every recipient is refused", async () => {
    const { port, received } = await server({
      authOptional: true,
      recipient: () => "550 5.1.1 No such user",
    });
    const failure = await fails(
      (await connect({ port })).deliver(mail()),
      "refused",
      /All 2 recipients were refused/,
    );
    assert.deepEqual([failure.refusals.length, received.length], [2, 0]);
  });

  it("the password is wrong, and stands in no word that is told", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line.startsWith("AUTH") ? `535 5.7.8 You said ${line} (sesame)` : undefined)),
    );
    const failure = await fails(
      connect({ port, ...login, auth: ["PLAIN"] }, { secret: async () => "sesame" }),
      "login",
      /does not accept the login of kmail: “535 5\.7\.8/,
    );
    const told = `${failure.message}${failure.reply}${failure.stack}`;
    const encoded = Buffer.from(`\0${USER}\0sesame`).toString("base64");
    assert.ok(!told.includes("sesame") && !told.includes(encoded), told);
  });

  it("the login cannot be checked now", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => (line.startsWith("AUTH") ? "454 4.7.0 Temporary failure" : undefined)),
    );
    await fails(
      connect({ port, ...login, auth: ["PLAIN"] }, { secret }),
      "deferred",
      /cannot check the login/,
    );
  });

  it("there is no password", async () => {
    const { port } = await server();
    const at = { host: "localhost", port, encryption: "starttls" as const, certificates: certificate() };
    await fails(connect({ ...at, ...login }, { secret: async () => "" }), "login", /no password for kmail/);
  });

  it("the server wants a login and has got none", async () => {
    const { port } = await server();
    await fails((await connect({ port })).deliver(mail()), "login", /530/);
  });

  it("the certificate is its own", async () => {
    const { port } = await server();
    await fails(
      connect({ host: "localhost", port, encryption: "starttls" }),
      "encryption",
      /certificate of localhost is not to be trusted: the server signed it itself/,
    );
  });

  it("the certificate is made out to another name", async () => {
    const { port } = await server({
      key: fixture("tls", "other-key.pem"),
      cert: fixture("tls", "other-cert.pem"),
      secure: true,
    });
    const other = certificate().replace("cert.pem", "other-cert.pem");
    await fails(
      connect({ host: "localhost", port, encryption: "tls", certificates: other }),
      "encryption",
      /made out to another name/,
    );
  });

  it("it offers no STARTTLS", async () => {
    const { port } = await server({ hideSTARTTLS: true, authOptional: true, disabledCommands: ["STARTTLS"] });
    await fails(connect({ port, encryption: "starttls" }), "encryption", /offers no encryption \(STARTTLS\)/);
  });

  it("it offers STARTTLS and drops it", async () => {
    const { port } = await script(
      "220 mx",
      polite((line) => {
        if (line.startsWith("EHLO")) return "250-mx\r\n250 STARTTLS";
        return line === "STARTTLS" ? close : undefined;
      }),
    );
    await fails(
      connect({ port, encryption: "starttls" }),
      "offline",
      /broke the connection off|broke it off/,
    );
  });

  it("it does not speak TLS from the first byte", async () => {
    const { port } = await server();
    await fails(connect({ host: "localhost", port, encryption: "tls" }), "encryption", /does not speak TLS/);
  });

  it("certificates that git is told to trust unseen are refused", async () => {
    await fails(connect({ host: "mx.test.example", certificates: "" }), "setup", /trust any certificate/);
  });

  it("a certificate file that is not there", async () => {
    await fails(connect({ certificates: "/nonexistent/ca.pem" }), "setup", /cannot be read/);
  });

  it("it takes no 8-bit text (R1003)", async () => {
    const { port, received } = await server({ authOptional: true, hide8BITMIME: true });
    const connection = await connect({ port });
    await fails(connection.deliver(mail()), "sevenBit", /takes no 8-bit text/);
    assert.deepEqual([received.length, connection.isOpen], [0, true]);
  });

  it("it takes no addresses outside ASCII (R1008)", async () => {
    const { port } = await server({ authOptional: true, hideSMTPUTF8: true });
    await fails(
      (await connect({ port })).deliver(mail({ to: ["jürgen@kernel.example"] })),
      "refused",
      /letters outside ASCII/,
    );
  });

  it("the mail is larger than it takes", async () => {
    const { port } = await server({ authOptional: true, size: 100 });
    const bytes = Buffer.alloc(3_000_000, "x");
    await fails((await connect({ port })).deliver(mail({ bytes })), "refused", /3\.0 MB, .* takes 0\.0 MB/);
  });

  it("an address that would smuggle a command in (R405)", async () => {
    const { port, received } = await server({ authOptional: true });
    const connection = await connect({ port });
    await fails(
      connection.deliver(mail({ to: ["x@a.example>\r\nRCPT TO:<y@b.example"] })),
      "refused",
      /guard|not an address/,
    );
    assert.equal(received.length, 0);
    assert.throws(() => envelopeAddress("x@a.example\r\nDATA"), /not an address/);
    assert.throws(() => envelopeAddress("-oQ@a.example"), /not an address/);
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
