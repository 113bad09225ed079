/** Rendered replies read back by the field's own tools; each test is skipped, and says so, where its tool is absent. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, startProgram } from "../../src/base/process.ts";
import { readDraft, writeDraft } from "../../src/compose/draftText.ts";
import { replyTo } from "../../src/compose/reply.ts";
import { trailerLine } from "../../src/compose/trailer.ts";
import { toWire } from "../../src/compose/wire.ts";
import { parseMessage } from "../../src/mail/message.ts";
import { ada } from "../mails.ts";

const FILE = "int a;\nint c;\n";
const DIFF = [
  "diff --git a/clk.c b/clk.c",
  "--- a/clk.c",
  "+++ b/clk.c",
  "@@ -1,2 +1,3 @@",
  " int a;",
  "+int b;\t/* größer, From here */",
  " int c;",
];

/** A patch as git sends it. */
const PATCH = [
  "From: =?UTF-8?Q?Bob_M=C3=BCller?= <bob@x.example>",
  "To: list-a@vger.example",
  "Cc: Ada Reviewer <ada@example.org>, =?UTF-8?Q?=C5=81ukasz_K?= <lukasz@x.example>",
  "Subject: =?UTF-8?Q?[PATCH_v2_1/1]_clk:_gr=C3=B6=C3=9Fer_is_better?=",
  "Date: Mon, 16 Nov 2026 09:15:42 +0100",
  "Message-ID: <20261116091542.p1@x.example>",
  "Content-Type: text/plain; charset=UTF-8",
  "Content-Transfer-Encoding: 8bit",
  "",
  "It was too small.",
  "",
  "Signed-off-by: Bob Müller <bob@x.example>",
  "---",
  " clk.c | 1 +",
  " 1 file changed, 1 insertion(+)",
  "",
  ...DIFF,
  "-- ",
  "2.47.0",
  "",
].join("\n");

/** What goes out for a reply with this own text, by the way of the editor: written, read back, rendered. */
async function rendered(
  ownText: string,
  cites: "all" | "firstParagraph" = "firstParagraph",
): Promise<Buffer> {
  const { draft } = replyTo(await parseMessage(Buffer.from(PATCH)), ada, { ownText, cites });
  const read = readDraft(writeDraft(draft));
  assert.deepEqual([read.problems, read.draft], [[], draft]);
  const date = { ms: Date.UTC(2026, 10, 16, 10), zoneMinutes: 60 };
  return Buffer.from(toWire(read.draft, { date }).bytes);
}

describe("what goes out, read by the field's tools", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-tools-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a tool in a home of its own; its output as text. A failure is told with what it said. */
  const run = async (
    program: string,
    args: readonly string[],
    input?: Buffer | string,
    more = {},
  ): Promise<string> => {
    const home = join(folder, "home");
    mkdirSync(home, { recursive: true });
    const env = {
      HOME: home,
      XDG_DATA_HOME: join(home, "data"),
      XDG_CACHE_HOME: join(home, "cache"),
      ...more,
    };
    const ran = await runProgram(program, args, {
      cwd: folder,
      env,
      ...(input === undefined ? {} : { input }),
    });
    assert.equal(ran.code, 0, `${program} ${args.join(" ")}: ${ran.stderr}`);
    return ran.stdout.toString("utf8");
  };
  /** Skips the test where the tool does not start. */
  const needs = async (test: Mocha.Context, program: string, ...args: string[]): Promise<void> => {
    try {
      await runProgram(program, args.length > 0 ? args : ["--version"]);
    } catch {
      console.log(`      skipped: ${program} is not installed`);
      test.skip();
    }
  };
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  /** A mail as one of an mbox, `\n` line ends. */
  const inMbox = (...mails: (string | Buffer)[]): string =>
    mails
      .map((mail) => {
        const text = mail
          .toString()
          .replaceAll("\r\n", "\n")
          .replace(/^(>*From )/gm, ">$1");
        return `From mboxrd@z Thu Jan  1 00:00:00 1970\n${text}\n`;
      })
      .join("");

  it("python3's email reads people, subject, ancestry and text without a defect", async function () {
    await needs(this, "python3");
    const script = [
      "import email, email.policy, json, sys",
      "m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)",
      "print(json.dumps([str(m['from']), str(m['to']), str(m['cc']), str(m['subject']), str(m['in-reply-to']),",
      " str(m['references']), m.get_content_type(), m['content-transfer-encoding'], m.get_content().replace('\\r', ''),",
      " [str(d) for d in m.defects]]))",
    ].join("\n");
    const bytes = await rendered("Größer is fine.");
    assert.deepEqual(JSON.parse(await run("python3", ["-c", script], bytes)), [
      "Ada Reviewer <ada@example.org>",
      "Bob Müller <bob@x.example>",
      "list-a@vger.example, Łukasz K <lukasz@x.example>",
      "Re: [PATCH v2 1/1] clk: größer is better",
      "<20261116091542.p1@x.example>",
      "<20261116091542.p1@x.example>",
      "text/plain",
      "8bit",
      "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob Müller wrote:\n> It was too small.\n\nGrößer is fine.\n",
      [],
    ]);
  });

  it("git mailinfo reads author, subject and text", async function () {
    await needs(this, "git");
    const info = await run(
      "git",
      ["mailinfo", "message.txt", "patch.txt"],
      await rendered("Größer is fine."),
    );
    assert.match(info, /^Author: Ada Reviewer$/m);
    assert.match(info, /^Email: ada@example\.org$/m);
    assert.match(info, /^Subject: clk: größer is better$/m);
    assert.match(
      readFileSync(join(folder, "message.txt"), "utf8").replaceAll("\r", ""),
      /^> It was too small\.\n\nGrößer is fine\.\n$/m,
    );
  });

  it("git am applies a patch that stands in a reply", async function () {
    await needs(this, "git");
    const own = [
      "How about this instead?",
      "",
      "-- >8 --",
      "Subject: [PATCH] clk: add b",
      "",
      "It is missing.",
      "---",
      ...DIFF,
    ].join("\n");
    const mail = file("reply.eml", await rendered(own));
    const tree = join(folder, "tree");
    mkdirSync(tree);
    const git = (...args: string[]) =>
      run("git", ["-C", tree, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args]);
    await git("init", "--quiet");
    writeFileSync(join(tree, "clk.c"), FILE);
    await git("add", "clk.c");
    await git("commit", "--quiet", "-m", "begin");
    await git("am", "--quiet", "--scissors", mail);
    assert.equal(await git("log", "-1", "--format=%an %s"), "Ada Reviewer clk: add b\n");
    assert.equal(
      readFileSync(join(tree, "clk.c"), "utf8"),
      "int a;\nint b;\t/* größer, From here */\nint c;\n",
    );
  });

  it("public-inbox threads it under what it answers", async function () {
    await needs(this, "public-inbox-init", "--help");
    const inbox = join(folder, "inbox");
    const pi = { PI_CONFIG: join(folder, "pi-config"), PI_EMERGENCY: join(folder, "emergency") };
    const address = "list-a@vger.example";
    writeFileSync(pi.PI_CONFIG, "[publicinboxmda]\n\tspamcheck = none\n");
    await run(
      "public-inbox-init",
      ["-V2", "-L", "basic", "a", inbox, "http://a.example/", address],
      undefined,
      pi,
    );
    for (const mail of [Buffer.from(PATCH), await rendered("Yes.")]) {
      await run("public-inbox-mda", ["--no-precheck"], mail, { ...pi, ORIGINAL_RECIPIENT: address });
    }
    await run("public-inbox-index", [inbox], undefined, pi);
    const threads = await run("sh", [
      "-c",
      `find ${inbox} -name over.sqlite3 -exec python3 -c "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); print(c.execute('select count(*), count(distinct tid) from over where num > 0').fetchone())" {} ';'`,
    ]);
    assert.equal(threads.trim(), "(2, 1)");
  });

  it("b4 finds the trailer that it gives", async function () {
    await needs(this, "b4");
    const trailer = trailerLine("Reviewed-by", ada.identity);
    const mbox = file("thread.mbox", inMbox(PATCH, await rendered(trailer)));
    const args = ["--debug", "--offline-mode", "am", "--no-cache", "-m", mbox, "-o", folder];
    const ran = await runProgram("b4", [...args, "20261116091542.p1@x.example"], {
      cwd: folder,
      env: { HOME: join(folder, "home") },
    });
    // What it says while it reads the thread; making the series ready to apply is another matter.
    const said = `${ran.stdout}${ran.stderr}`;
    assert.match(
      said,
      /trailer email match\n.*Parent: \[PATCH v2 1\/1\].*\n.*Trailers:\n\s*Reviewed-by: Ada Reviewer <ada@example\.org>/,
    );
  });

  it("neomutt shows it below what it answers", async function () {
    await needs(this, "neomutt", "-v");
    const mbox = file("shown.mbox", inMbox(PATCH, await rendered("Größer is fine.")));
    const list = join(folder, "shown.txt");
    const settings = ["set sort=threads", "set pipe_decode=yes", "set wait_key=no", "set charset=utf-8"];
    const options = [
      ...settings,
      `set folder=${folder}`,
      `push '<last-entry><pipe-message>cat >${list}<enter><exit>'`,
    ];
    const words = options.map((option) => `-e ${JSON.stringify(option)}`).join(" ");
    const command = `timeout --foreground -k 5 30 neomutt -n -F /dev/null -R ${words} -f '${mbox}'`;
    // Its input stays open to the end: script types a Ctrl-D into the terminal when it ends, and neomutt takes that for a key.
    const terminal = startProgram("script", ["-qec", command, "/dev/null"], {
      cwd: folder,
      env: { HOME: folder, TERM: "xterm", LC_ALL: "C.UTF-8" },
    });
    terminal.stdout.resume();
    terminal.stderr.resume();
    const [code] = await once(terminal, "close");
    assert.equal(code, 0, "neomutt came to its end by itself");
    const shown = readFileSync(list, "utf8");
    assert.match(shown, /^From: Ada Reviewer <ada@example\.org>$/m);
    assert.match(shown, /> It was too small\.\n\nGrößer is fine\.\n/);
  });
});
