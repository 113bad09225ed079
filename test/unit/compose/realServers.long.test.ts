/** Replies through real servers: Postfix delivers the previewed bytes, public-inbox threads them, git agrees. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDispatch } from "../../../src/compose/dispatch.ts";
import type { Draft } from "../../../src/compose/draft.ts";
import { envelopeOf } from "../../../src/compose/envelope.ts";
import { Outbox } from "../../../src/compose/outbox.ts";
import { replyTo } from "../../../src/compose/reply.ts";
import { connectSmtp } from "../../../src/compose/send.ts";
import { SendFailure } from "../../../src/compose/sendFailure.ts";
import type { SmtpServer } from "../../../src/compose/transport.ts";
import { toWire } from "../../../src/compose/wire.ts";
import { parseMessage } from "../../../src/mail/message.ts";
import { missingForPostfix, PASSWORD, type Postfix, startPostfix, USER } from "../../postfix.ts";

const PARENT = `From: Bo Lind <bo@kernel.example>
To: Ada Reviewer <ada@kernel.example>
Cc: list@lists.kernel.example, Łukasz <lukasz@kernel.example>
Subject: [PATCH 2/3] pond: keep a few pages on each CPU
Date: Mon, 16 Nov 2026 09:15:42 +0100
Message-ID: <parent@kernel.example>
References: <cover@kernel.example>
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Grüße an alle.

--- a/pond.c
+++ b/pond.c
@@ -1,2 +1,3 @@
 int x;
+\tif (x)
 int y;
`;

const DATE = { ms: Date.UTC(2026, 10, 16, 10, 0, 0), zoneMinutes: 60 };

/** A reply to the parent with this text of one's own. */
async function reply(ownText: string): Promise<{ draft: Draft; bytes: Uint8Array; eightBit: boolean }> {
  const self = {
    identity: { name: "Ada Reviewer", address: "ada@kernel.example" },
    identities: [],
    addresses: [],
  };
  const { draft } = replyTo(await parseMessage(Buffer.from(PARENT)), self, { ownText });
  const { bytes, encoding } = toWire(draft, { date: DATE, userAgent: "Kernel-Mail/0.1.0" });
  return { draft, bytes, eightBit: encoding === "8bit" };
}

/** A delivered file without the trace fields in front, and with the line ends of the wire. */
function withoutTrace(file: Buffer): string {
  const text = file.toString("latin1");
  return text.slice(text.indexOf("From: ")).replaceAll("\n", "\r\n");
}

const own =
  "Looks fine to me.\n\n.\n..two dots\n\ta tab and blanks kept inside:   x\nFrom here on.\nžluťoučký 日本語";

describe("through Postfix", () => {
  let postfix: Postfix;
  before(async function () {
    const missing = missingForPostfix();
    if (missing !== undefined) this.skip();
    postfix = await startPostfix();
  });
  after(async () => await postfix?.stop());

  const connect = (more: Partial<SmtpServer>, password = PASSWORD) =>
    connectSmtp(
      {
        kind: "smtp",
        host: "localhost",
        port: postfix.tlsPort,
        encryption: "tls",
        user: USER,
        certificates: postfix.certificate,
        ...more,
      },
      { secret: async () => password, onlyReserved: true },
    );

  const ways: Partial<SmtpServer>[] = [
    { encryption: "tls" },
    { encryption: "starttls" },
    { encryption: "starttls", auth: ["CRAM-MD5"] },
    { encryption: "tls", auth: ["LOGIN"] },
  ];
  for (const way of ways) {
    it(`delivers the previewed bytes, byte for byte (${way.encryption}, ${way.auth ?? "best login"})`, async () => {
      const { draft, bytes, eightBit } = await reply(own);
      const before = postfix.delivered();
      const port = way.encryption === "tls" ? postfix.tlsPort : postfix.startTlsPort;
      const connection = await connect({ ...way, port });
      const to = envelopeOf(draft);
      const { refused } = await connection.deliver({ bytes, eightBit, from: draft.from.address, to });
      connection.close();
      assert.deepEqual(refused, []);
      const after = await postfix.until(before.size + to.length);
      const added = [...after].filter(([name]) => !before.has(name));
      assert.equal(added.length, to.length);
      for (const [, file] of added) assert.equal(withoutTrace(file), Buffer.from(bytes).toString("latin1"));
    });
  }

  it("says that the password is wrong", async () => {
    const failure = await connect({}, "wrong").catch((error: unknown) => error);
    assert.ok(failure instanceof SendFailure);
    assert.equal(failure.kind, "login");
    assert.match(failure.message, /does not accept the login of kmail: “535/);
  });

  it("says that the certificate is not trusted", async () => {
    const { certificates: _none, ...server }: SmtpServer = {
      kind: "smtp",
      host: "localhost",
      port: postfix.tlsPort,
      encryption: "tls",
      certificates: "",
    };
    const failure = await connectSmtp(server, { onlyReserved: true }).catch((error: unknown) => error);
    assert.ok(failure instanceof SendFailure);
    assert.equal(failure.kind, "encryption");
  });

  it("brings every recipient's refusal back without a login", async () => {
    const { draft, bytes, eightBit } = await reply("Yes.");
    const connection = await connectSmtp(
      {
        kind: "smtp",
        host: "localhost",
        port: postfix.tlsPort,
        encryption: "tls",
        certificates: postfix.certificate,
      },
      { onlyReserved: true },
    );
    const failure = await connection
      .deliver({ bytes, eightBit, from: draft.from.address, to: envelopeOf(draft) })
      .catch((error: unknown) => error);
    assert.ok(failure instanceof SendFailure);
    assert.deepEqual([failure.kind, failure.refusals.length], ["refused", envelopeOf(draft).length]);
  });

  it("takes 100 mails of the outbox over one connection", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-many-"));
    try {
      const before = postfix.delivered().size;
      const outbox = new Outbox(join(folder, "outbox"));
      for (let n = 0; n < 100; n++) {
        const { draft, bytes, eightBit } = await reply(`Mail ${n}.`);
        await outbox.add(
          {
            name: `m${n}`,
            bytes,
            eightBit,
            draftText: "",
            messageId: `${n}.${draft.messageId}`,
            subject: draft.subject,
            from: draft.from.address,
            to: ["list@lists.kernel.example"],
          },
          0,
        );
      }
      let connections = 0;
      const bugs: unknown[] = [];
      const dispatch = startDispatch({
        outbox,
        connect: async () => {
          connections += 1;
          return await connect({});
        },
        onChange: () => undefined,
        onFault: (error) => bugs.push(error),
      });
      dispatch.kick();
      await dispatch.settled();
      await dispatch.close();
      assert.deepEqual([connections, bugs], [1, []]);
      assert.ok((await outbox.list()).every(({ state }) => state === "sent"));
      await postfix.until(before + 100);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("public-inbox and a reply", () => {
  before(function () {
    if (spawnSync("which", ["public-inbox-mda"]).status !== 0) this.skip();
  });

  it("takes it by its own delivery program, and shows it threaded below its parent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-inbox-"));
    try {
      const env = { ...process.env, HOME: folder, PI_CONFIG: join(folder, "config") };
      const list = "list@lists.kernel.example";
      const run = (program: string, args: string[], input?: string | Uint8Array): string => {
        const { status, stdout, stderr } = spawnSync(program, args, {
          env: { ...env, ORIGINAL_RECIPIENT: list },
          ...(input === undefined ? {} : { input }),
        });
        assert.equal(status, 0, `${program}: ${stderr}`);
        return stdout.toString();
      };
      const inbox = join(folder, "list");
      run("public-inbox-init", ["-V2", "-L", "basic", "list", inbox, "http://127.0.0.1:1/list", list]);
      run("git", ["config", "-f", join(folder, "config"), "publicinboxmda.spamcheck", "none"]);
      run("public-inbox-mda", [], PARENT);
      const { draft, bytes } = await reply("Applied, danke schön.");
      run(
        "public-inbox-mda",
        [],
        Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
      );
      run("public-inbox-index", ["-L", "basic", inbox]);
      // The thread as public-inbox itself holds it: both mails have one thread id in its overview.
      const script = [
        "use PublicInbox::Config; use PublicInbox::Inbox;",
        "my $ibx = PublicInbox::Config->new->lookup_name('list');",
        "my ($total, $msgs) = @{[ $ibx->over->get_thread($ARGV[0]) ]};",
        "print join(' ', map { $_->{mid} } @$msgs), qq(\\n);",
      ].join(" ");
      const ids = run("perl", ["-e", script, "parent@kernel.example"]).trim().split(" ");
      assert.deepEqual(ids.sort(), ["parent@kernel.example", draft.messageId].sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("git send-email --dry-run on the same mail", () => {
  before(function () {
    const { stdout } = spawnSync("git", ["--exec-path"]);
    if (!existsSync(join(stdout.toString().trim(), "git-send-email"))) this.skip();
  });

  it("agrees on recipients and headers (G83, G84, G84a, R1301 to R1306)", async function () {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-git-"));
    try {
      // A trailer and a Cc line in the body, which git would add as recipients if it were let (R1303).
      const { draft, bytes } = await reply(
        "Reviewed-by: Carol <carol@kernel.example>\nCc: stable@kernel.example",
      );
      const text = Buffer.from(bytes).toString("utf8").replaceAll("\r\n", "\n");
      const file = join(folder, "draft.eml");
      writeFileSync(file, text);
      mkdirSync(join(folder, "repository"));
      const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
      const git = (...args: string[]) => spawnSync("git", args, { cwd: join(folder, "repository"), env });
      git("init", "-q");
      git("config", "user.name", "Somebody Else");
      git("config", "user.email", "else@kernel.example");
      git("config", "sendemail.tocmd", "echo trap@kernel.example; true");
      const field = (name: string) =>
        (new RegExp(`^${name}: ((?:.*\\n )*.*)$`, "m").exec(text)?.[1] ?? "").replace(/\n /g, " ");
      const addresses = (list: Draft["to"]) => list.map(({ address }) => address);
      const version = git("--version").stdout.toString();
      const [, major = "2", minor = "0"] = /(\d+)\.(\d+)/.exec(version) ?? [];
      const isNew = Number(major) > 2 || Number(minor) >= 41;
      const { status, stdout, stderr } = git(
        ...["send-email", "--dry-run", "--confirm=never", `--from=${field("From")}`, "--suppress-cc=all"],
        ...addresses(draft.to).map((one) => `--to=${one}`),
        ...addresses(draft.cc).map((one) => `--cc=${one}`),
        ...["--to-cmd=true", "--no-bcc", ...(isNew ? ["--no-header-cmd"] : [])],
        ...["--smtp-server=127.0.0.1", "--smtp-server-port=1", file],
      );
      // Some git packages come without a Perl module that they need.
      if (stderr.includes("Mail::Address")) this.skip();
      assert.equal(status, 0, stderr.toString());
      const said = stdout.toString();
      const recipients = [...said.matchAll(/^RCPT TO:<(.+)>$/gm)].map(([, address]) => address);
      assert.deepEqual(recipients.sort(), envelopeOf(draft).sort());
      assert.match(said, /^MAIL FROM:<ada@kernel\.example>$/m);
      const shown = (name: string) =>
        (new RegExp(`^${name}: ((?:.*\\n[ \\t])*.*)$`, "im").exec(said)?.[1] ?? "").replace(/\n[ \t]+/g, " ");
      for (const name of ["From", "Subject", "Message-ID", "In-Reply-To"]) {
        assert.equal(shown(name), field(name), name);
      }
      assert.equal(shown("References").split(/\s+/).join(" "), field("References").split(/\s+/).join(" "));
      assert.ok(!said.includes("trap@kernel.example"));
      assert.equal(readFileSync(file, "utf8"), text);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
