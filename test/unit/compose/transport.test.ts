/** How mail leaves, by the settings and by git send-email's configuration. */
import assert from "node:assert/strict";
import {
  chooseTransport,
  gitTransport,
  identityTransport,
  type SendSettings,
  shellWords,
  transportName,
} from "../../../src/compose/transport.ts";

/** "key value" lines as git prints them, without the section. */
const git = (...lines: string[]): [string, string][] =>
  lines.map((line) => {
    const at = line.indexOf(" ");
    return [`sendemail.${line.slice(0, at)}`, line.slice(at + 1)];
  });

const settings = (more: Partial<SendSettings> = {}): SendSettings => ({
  method: "auto",
  smtp: {},
  program: [],
  ...more,
});

describe("git send-email's configuration", () => {
  it("a server with a login", () => {
    assert.deepEqual(
      gitTransport(
        git(
          "smtpserver smtp.example",
          "smtpencryption tls",
          "smtpserverport 587",
          "smtpuser ada@kernel.example",
          "smtpauth XOAUTH2",
        ),
      ),
      {
        kind: "smtp",
        host: "smtp.example",
        port: 587,
        encryption: "starttls",
        user: "ada@kernel.example",
        auth: ["XOAUTH2"],
      },
    );
  });

  for (const [encryption, expected, port] of [
    ["ssl", "tls", 465],
    ["tls", "starttls", 25],
    ["", "none", 25],
    ["SSL", "tls", 465],
  ] as const) {
    it(`encryption "${encryption}" is ${expected}, on port ${port} where none is named`, () => {
      const found = gitTransport(git("smtpserver smtp.example", `smtpencryption ${encryption}`));
      assert.deepEqual(found, { kind: "smtp", host: "smtp.example", port, encryption: expected });
    });
  }

  it("an identity of the settings with a section of its own", () => {
    const config = git("smtpserver usual.example", "work.smtpserver work.example", "work.smtpencryption ssl");
    const server = { kind: "smtp", host: "work.example", port: 465, encryption: "tls" };
    assert.deepEqual(identityTransport("work", config), server);
    assert.throws(() => identityTransport("home", config), /section sendemail\.home/);
  });

  it("a port by its name, and one behind the host", () => {
    const port = (...lines: string[]) => {
      const found = gitTransport(git(...lines));
      return found?.kind === "smtp" ? [found.host, found.port] : undefined;
    };
    assert.deepEqual(port("smtpserver s.example", "smtpserverport submission"), ["s.example", 587]);
    assert.deepEqual(port("smtpserver s.example:2525"), ["s.example", 2525]);
    assert.deepEqual(port("smtpserver [::1]:2525"), ["::1", 2525]);
    assert.deepEqual(port("smtpserver s.example", "smtpserverport nonsense"), ["s.example", 25]);
  });

  it("the chosen identity goes before the section without a name", () => {
    const config = git(
      "smtpserver old.example",
      "identity work",
      "work.smtpserver smtp.work.example",
      "smtpuser ada",
      "home.smtpserver home.example",
    );
    const found = gitTransport(config);
    assert.deepEqual(found, {
      kind: "smtp",
      host: "smtp.work.example",
      port: 25,
      encryption: "none",
      user: "ada",
    });
  });

  const server = (...lines: string[]) => {
    const found = gitTransport(git("smtpserver s.example", ...lines));
    return found?.kind === "smtp" ? found : assert.fail();
  };

  it("several ways to log in, of which those are taken that are known, all for a password or all for a token", () => {
    const methods = (list: string) => server("smtpuser ada", `smtpauth ${list}`).auth;
    assert.deepEqual(methods("LOGIN PLAIN"), ["LOGIN", "PLAIN"]);
    assert.deepEqual(methods("SCRAM-SHA-256 CRAM-MD5 PLAIN"), ["CRAM-MD5", "PLAIN"]);
    assert.deepEqual(methods("OAUTHBEARER XOAUTH2 PLAIN"), ["OAUTHBEARER", "XOAUTH2"]);
  });

  it("no login by another way than those that are named", () => {
    assert.throws(() => server("smtpuser ada", "smtpauth SCRAM-SHA-256"), /names SCRAM-SHA-256, and no such/);
    assert.equal(server("smtpauth SCRAM-SHA-256").user, undefined);
  });

  it("the name that the machine greets with", () =>
    assert.equal(server("smtpdomain laptop.example").domain, "laptop.example"));

  it("how many mails go over a connection, and how long it rests", () => {
    assert.deepEqual(server("smtpbatchsize 20", "smtprelogindelay 30").batch, { size: 20, pauseMs: 30_000 });
    assert.deepEqual(server("smtpbatchsize 5").batch, { size: 5, pauseMs: 0 });
    assert.deepEqual(server("smtprelogindelay 30").batch, undefined);
  });

  it("a sendmail by its path, with its options", () => {
    assert.deepEqual(
      gitTransport(git("smtpserver /usr/bin/msmtp", "smtpserveroption -a", "smtpserveroption work")),
      {
        kind: "program",
        command: ["/usr/bin/msmtp", "-a", "work", "-i"],
      },
    );
  });

  it("a sendmail command goes before a server, and is given its arguments without a shell", () => {
    const command = `sendmailcmd msmtp --host="a b" -C 'x y'`;
    assert.deepEqual(gitTransport(git("smtpserver s.example", command, "smtpserveroption -v")), {
      kind: "program",
      command: ["msmtp", "--host=a b", "-C", "x y", "-v", "-i"],
    });
  });

  it("a sendmail by its path on Windows", () =>
    assert.equal(gitTransport(git("smtpserver C:\\msmtp\\msmtp.exe"))?.kind, "program"));

  it("an envelope's sender of its own; auto is the From address, which a program is told", () => {
    const senders = (value: string) =>
      [
        server(`envelopesender ${value}`),
        gitTransport(git("sendmailcmd msmtp", `envelopesender ${value}`)),
      ].map((found) => found?.sender);
    assert.deepEqual(senders("bounce@kernel.example"), ["bounce@kernel.example", "bounce@kernel.example"]);
    assert.deepEqual(senders("Ada <a@kernel.example>"), ["a@kernel.example", "a@kernel.example"]);
    assert.deepEqual(senders("auto"), [undefined, "auto"]);
  });

  it("no login where git is told not to", () => {
    const found = gitTransport(git("smtpserver s.example", "smtpuser ada", "smtpauth none"));
    assert.equal(found?.kind === "smtp" && found.user, undefined);
  });

  it("nothing is configured", () => {
    assert.equal(gitTransport([["user.email", "ada@kernel.example"]]), undefined);
  });
});

describe("words of a command line", () => {
  for (const [line, words] of [
    ["a b  c", ["a", "b", "c"]],
    [" 'a b' \"c d\"e ", ["a b", "c de"]],
    ["a\\ b ''", ["a b", ""]],
    ["", []],
  ] as const) {
    it(JSON.stringify(line), () => assert.deepEqual(shellWords(line), words));
  }

  for (const line of ["a | b", "a; b", "$HOME/x", "`id`", '"$x"', "a && b", "'open", "a > b", "x *"]) {
    it(`needs a shell: ${line}`, () => assert.throws(() => shellWords(line), /needs a shell/));
  }
});

describe("the way to send", () => {
  const config = git("smtpserver smtp.git.example");

  it("a server of the settings goes before git's", () => {
    const smtp = { host: "mx.example", user: "ada", auth: "plain" };
    assert.deepEqual(chooseTransport(settings({ smtp }), config), {
      kind: "smtp",
      host: "mx.example",
      port: 465,
      encryption: "tls",
      user: "ada",
      auth: ["PLAIN"],
    });
  });

  it("a port says the encryption where none is named", () => {
    const found = chooseTransport(settings({ smtp: { host: "mx.example", port: 587 } }), []);
    assert.equal(found?.kind === "smtp" && found.encryption, "starttls");
  });

  it("a program of the settings goes before git's", () => {
    assert.deepEqual(chooseTransport(settings({ program: ["msmtp", "-t"] }), config), {
      kind: "program",
      command: ["msmtp", "-t"],
    });
  });

  it("git's, else none", () => {
    assert.equal(
      transportName(chooseTransport(settings(), config) ?? assert.fail()),
      "smtp.git.example, port 25",
    );
    assert.equal(chooseTransport(settings(), []), undefined);
  });

  it("git's sendmail where git is chosen and says nothing", () => {
    assert.equal(
      transportName(chooseTransport(settings({ method: "git" }), []) ?? assert.fail()),
      "sendmail",
    );
  });

  it("none at all", () => assert.equal(chooseTransport(settings({ method: "none" }), config), undefined));

  for (const method of ["smtp", "program"] as const) {
    it(`${method} that names nothing`, () => {
      assert.throws(() => chooseTransport(settings({ method }), config), /kernelMail\.send\.\w+ names none/);
    });
  }
});
