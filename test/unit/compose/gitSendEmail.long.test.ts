/** git send-email and this program under the same configuration of git's: the same server or program is told the same. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SMTPServerSession } from "smtp-server";
import { readGitConfig } from "../../../src/base/gitConfig.ts";
import { openProgram } from "../../../src/compose/program.ts";
import { connectSmtp } from "../../../src/compose/send.ts";
import { chooseTransport } from "../../../src/compose/transport.ts";
import { certificate, type MailServer, startMailServer } from "../../mailServer.ts";

const FROM = "ada@kernel.example";
const TO = ["bo@kernel.example", "list@lists.kernel.example"];
const MAIL = `From: Ada <${FROM}>\nTo: ${TO.join(", ")}\nSubject: x\nMessage-ID: <x@kernel.example>\n\nYes.\n\nCc: trap@kernel.example\n`;

describe("git send-email under the same configuration", () => {
  let folder: string;
  let repository: string;
  /** Every session that brought a mail: who greeted, how it was encrypted, the envelope. */
  let sessions: string[];
  let plain: MailServer;
  let secure: MailServer;
  const home = process.env["HOME"];

  before(async function () {
    const { stdout } = spawnSync("git", ["--exec-path"]);
    if (!existsSync(join(stdout.toString().trim(), "git-send-email"))) this.skip();
    if (spawnSync("perl", ["-MNet::SMTP", "-MIO::Socket::SSL", "-e", "1"]).status !== 0) this.skip();
    const onRcptTo = (_to: unknown, session: SMTPServerSession, callback: (error: null) => void) => {
      const { envelope, hostNameAppearsAs, secure: isSecure } = session;
      const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      // Once a mail, when its last recipient comes.
      if (envelope.rcptTo.length === TO.length - 1) {
        // git says the machine's name where none is set; here that is nobody's business.
        const name = /^\[|^localhost|^[^.]*$/.test(hostNameAppearsAs) ? "" : hostNameAppearsAs;
        sessions.push(`${name} ${isSecure} ${from}`);
      }
      callback(null);
    };
    plain = await startMailServer({ authOptional: true, onRcptTo });
    secure = await startMailServer({ authOptional: true, onRcptTo, secure: true });
  });
  after(async () => {
    await plain?.close();
    await secure?.close();
  });
  beforeEach(() => {
    sessions = [];
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-git-"));
    repository = join(folder, "repository");
    mkdirSync(repository);
    writeFileSync(join(folder, "mail.eml"), MAIL);
    // A program that notes its arguments and takes the mail.
    const program = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/arguments\ncat > ${folder}/taken\n`;
    writeFileSync(join(folder, "sendmail"), program, { mode: 0o755 });
    process.env["HOME"] = folder;
    spawnSync("git", ["init", "-q", repository]);
  });
  afterEach(() => {
    process.env["HOME"] = home;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the last way out was told: the sessions of the servers, the arguments of the program, whom the mails went to. */
  const told = () => {
    const path = join(folder, "arguments");
    const args = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").sort() : [];
    rmSync(path, { force: true });
    return {
      args,
      sessions: sessions.splice(0),
      to: [plain, secure].flatMap(({ received }) => received.splice(0).map(({ to }) => to)),
    };
  };

  const byGit = async () => {
    const args = ["send-email", "--confirm=never", "--quiet", `--from=Ada <${FROM}>`, "--suppress-cc=all"];
    // What else the configuration could add is kept out, as where a draft is handed over (R1305).
    args.push(
      "--to-cmd=true",
      "--no-bcc",
      "--no-cc",
      ...TO.map((one) => `--to=${one}`),
      join(folder, "mail.eml"),
    );
    const git = spawn("git", args, { cwd: repository, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    git.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const code = await new Promise((resolve) => git.on("close", resolve));
    assert.equal(code, 0, said);
    return told();
  };

  const byUs = async () => {
    const config = await readGitConfig("git", repository);
    const way = chooseTransport({ method: "auto", smtp: {}, program: [] }, config) ?? assert.fail("no way");
    const connection =
      way.kind === "smtp"
        ? await connectSmtp(way, { onlyReserved: true })
        : openProgram(way, { onlyReserved: true, cwd: repository });
    const bytes = Buffer.from(MAIL.replaceAll("\n", "\r\n"));
    await connection.deliver({ bytes, from: FROM, to: TO, eightBit: false });
    connection.close();
    return told();
  };

  /** A section of git's configuration with these lines; PORT, TLSPORT, CERT and FOLDER stand for what the test has. */
  const section = (lines: string, name = "sendemail"): string =>
    `[${name}]\n${lines
      .replaceAll("TLSPORT", String(secure.port))
      .replaceAll("PORT", String(plain.port))
      .replaceAll("CERT", certificate())
      .replaceAll("FOLDER", folder)
      .replaceAll("; ", "\n")}\n`;

  /** The same comes of a configuration of the person, with that of the repository. */
  const agrees = async (person: string, ofRepository = ""): Promise<void> => {
    writeFileSync(join(folder, ".gitconfig"), person);
    writeFileSync(join(repository, ".git", "config"), ofRepository, { flag: "a" });
    const git = await byGit();
    assert.equal(git.sessions.length + (git.args.length > 0 ? 1 : 0), 1, "git told nobody");
    assert.deepEqual(await byUs(), git);
  };

  const local = "smtpServer = 127.0.0.1; smtpServerPort = PORT";
  const sections: [what: string, lines: string][] = [
    ["a server", local],
    ["a server with its port behind it", "smtpServer = 127.0.0.1:PORT"],
    ["a user and no login", `${local}; smtpUser = ada; smtpAuth = none`],
    ["the name to greet with", `${local}; smtpDomain = laptop.kernel.example`],
    ["the envelope's sender", `${local}; envelopeSender = bounce@kernel.example`],
    ["the envelope's sender with a name", `${local}; envelopeSender = Ada <bounce@kernel.example>`],
    ["the envelope's sender from the mail", `${local}; envelopeSender = auto`],
    [
      "STARTTLS",
      "smtpServer = localhost; smtpServerPort = PORT; smtpEncryption = tls; smtpSSLCertPath = CERT",
    ],
    ["TLS", "smtpServer = localhost; smtpServerPort = TLSPORT; smtpEncryption = ssl; smtpSSLCertPath = CERT"],
    ["batches", `${local}; smtpBatchSize = 1; smtpReloginDelay = 0`],
    [
      "other recipients",
      `${local}; to = a@x.example; cc = b@x.example; bcc = c@x.example; toCmd = echo d@x.example; suppressCc = self`,
    ],
    ["a program by its path", "smtpServer = FOLDER/sendmail"],
    [
      "a program with options",
      "smtpServer = FOLDER/sendmail; smtpServerOption = -a; smtpServerOption = work",
    ],
    [
      "a program and an envelope's sender",
      "smtpServer = FOLDER/sendmail; envelopeSender = bounce@kernel.example",
    ],
    ["a command with arguments", "sendmailCmd = FOLDER/sendmail --account 'at work'"],
    ["a command and the sender from the mail", "sendmailCmd = FOLDER/sendmail; envelopeSender = auto"],
    ["a command and options", "sendmailCmd = FOLDER/sendmail -v; smtpServerOption = -x"],
    ["a command beside a server", `${local}; sendmailCmd = FOLDER/sendmail`],
  ];
  for (const [what, lines] of sections) it(what, () => agrees(section(lines)));

  it("an identity, with what it does not say from the section without a name", () =>
    agrees(
      section(
        "smtpServer = nowhere.invalid; smtpServerPort = PORT; smtpDomain = laptop.kernel.example; identity = work",
      ) + section("smtpServer = 127.0.0.1", 'sendemail "work"'),
    ));

  it("a command goes before the server of an identity", () =>
    agrees(section("sendmailCmd = FOLDER/sendmail; identity = work") + section(local, 'sendemail "work"')));

  it("an identity that the repository chooses", () =>
    agrees(
      section("smtpServer = nowhere.invalid") + section(local, 'sendemail "work"'),
      section("identity = work"),
    ));

  it("the repository's own server", () => agrees(section("smtpServer = nowhere.invalid"), section(local)));

  it("a file that is included for some repositories", () => {
    writeFileSync(join(folder, "work.config"), section(local));
    return agrees(
      `${section("smtpServer = nowhere.invalid")}[includeIf "gitdir:${folder}/"]\npath = ${folder}/work.config\n`,
    );
  });
});
