/** One clear sentence for everything that can go wrong with SMTP, and what becomes of the mail. */
import assert from "node:assert/strict";
import { envelopeAddress } from "../../../src/compose/send.ts";
import { fixture } from "../../fixtures.ts";
import { certificate, close, polite, startScript, USER } from "../../mailServer.ts";
import { closeAll, connect, fails, login, mail, script, secret, server, spoiler } from "./smtpSession.ts";

describe("sending by SMTP, and what can go wrong", () => {
  afterEach(closeAll);

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
    const relay = await spoiler(port, 20_000);
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
