/** The command line, run as a program over a thread of our own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { openState } from "../../src/archive/state.ts";
import { runProgram } from "../../src/base/process.ts";
import { fixturePath } from "../fixtures.ts";
import { type Cli, cliProgram, openCli, type Ran, uncovered } from "./runCli.ts";

const patch = "20260914080000.1-bo@pond.example";
const review = "20260914093000.2-carol@canal.example";
const answer = "20260914120000.3-dan@dike.example";
const lone = "20260915080000.4-eve@eel.example";
const ghost = "20260901000000.0-gone@reed.example";
const mbox = () => fixturePath("cli", "thread.mbox");

/** Exit code and the one line on stderr. */
function fails(ran: Ran, code: number, sentence: RegExp) {
  assert.match(ran.stderr, sentence);
  assert.equal(ran.stderr.trimEnd().split("\n").length, 1, ran.stderr);
  assert.deepEqual([ran.code, ran.stdout.toString()], [code, ""]);
}

describe("the command line", function () {
  this.timeout(60_000);
  let cli: Cli;
  before(async () => {
    cli = openCli({ name: "Ada Reviewer", email: "ada@example.org" });
    const ran = await cli.run("index", mbox());
    assert.equal(ran.code, 0, ran.stderr);
    const [summary] = ran.lines();
    assert.deepEqual(
      { ...summary, bytes: 0, seconds: 0, peakRss: 0 },
      {
        source: mbox(),
        format: "mbox",
        messages: 5,
        added: 5,
        removed: 0,
        skipped: 0,
        bytes: 0,
        seconds: 0,
        peakRss: 0,
        notes: [],
      },
    );
  });
  after(() => cli.remove());

  it("index of what is indexed already adds nothing", async () => {
    const [summary] = (await cli.run("index", mbox())).lines();
    assert.deepEqual([summary?.["messages"], summary?.["added"], summary?.["removed"]], [5, 0, 0]);
  });
  it("unread is what the state of the editor says, when it is named", async () => {
    const path = join(cli.folder, "state.sqlite");
    const { state } = openState(path);
    state?.marks.presume([review, answer], "read", "0", Date.now());
    state?.close();
    chmodSync(path, 0o666);
    const unread = async (...options: string[]) =>
      (await cli.run("threads", ...options)).lines().map((row) => row["unread"]);
    assert.deepEqual(await unread("--state", path), [0, 0, 2]);
    assert.deepEqual(await unread(), [0, 0, 0]);
    const found = (await cli.run("search", "is:unread", "--state", path)).lines();
    assert.deepEqual(found.map((row) => row["messageId"]).sort(), [review, answer].sort());
    fails(await cli.run("search", "is:unread"), 1, /asks for what you marked/);
    fails(await cli.run("threads", "--state", join(cli.folder, "none")), 1, /There is no state/);
  });
  it("index goes on behind a source that cannot be read", async () => {
    const ran = await cli.run("index", join(cli.folder, "none"), mbox());
    assert.deepEqual([ran.code, ran.lines().length], [1, 1]);
    assert.equal(ran.stderr.trimEnd().split("\n").length, 1, ran.stderr);
  });
  it("threads, newest activity first", async () => {
    const threads = (await cli.run("threads")).lines();
    assert.deepEqual(
      threads.map((one) => one["subject"]),
      ["no id at all", "Re: weeds", "[PATCH 1/1] pond: count the frogs under the lock"],
    );
    assert.deepEqual(threads[2], {
      thread: patch,
      subject: "[PATCH 1/1] pond: count the frogs under the lock",
      from: "Bo Builder <bo@pond.example>",
      date: "2026-09-14T08:00:00.000Z",
      lastDate: "2026-09-14T12:00:00.000Z",
      messages: 3,
      participants: 3,
      unread: 0,
      series: { version: 1, patches: 1 },
      list: "pond.lists.example",
    });
  });
  it("threads --limit and --list", async () => {
    assert.equal((await cli.run("threads", "--limit", "2")).lines().length, 2);
    const [only, ...more] = (await cli.run("threads", "--list", "pond.lists.example")).lines();
    assert.deepEqual([only?.["thread"], more], [patch, []]);
  });
  it("thread in reading order, from any message of it", async () => {
    const nodes = (await cli.run("thread", `<${answer}>`)).lines();
    assert.deepEqual(
      nodes.map(({ messageId, parent, depth, missing }) => [messageId, parent, depth, missing]),
      [
        [patch, null, 0, false],
        [review, patch, 1, false],
        [answer, review, 2, false],
      ],
    );
    assert.deepEqual(nodes[2]?.["from"], "Dän Dike <dan@dike.example>");
  });
  it("thread shows what is referred to and absent", async () => {
    const nodes = (await cli.run("thread", `https://lore.kernel.org/r/${lone}/`)).lines();
    assert.deepEqual(nodes[0], {
      messageId: ghost,
      parent: null,
      depth: 0,
      subject: null,
      from: null,
      date: null,
      missing: true,
    });
    assert.deepEqual([nodes[1]?.["messageId"], nodes[1]?.["parent"]], [lone, ghost]);
  });
  it("show: header, text, blocks with author and source", async () => {
    const [shown] = (await cli.run("show", answer)).lines();
    assert.ok(shown);
    assert.deepEqual(
      [
        shown["messageId"],
        shown["from"],
        shown["to"],
        shown["cc"],
        shown["date"],
        shown["attachments"],
        shown["warnings"],
      ],
      [
        answer,
        "Dän Dike <dan@dike.example>",
        ["Carol Canal <carol@canal.example>"],
        ["Bo Builder <bo@pond.example>", "pond@lists.example"],
        "2026-09-14T12:00:00.000Z",
        [],
        [],
      ],
    );
    assert.ok(String(shown["body"]).endsWith("\n\nSeen, on the größte pond we have."));
    assert.deepEqual((shown["headers"] as string[][])[0], ["From", "Dän Dike <dan@dike.example>"]);
    const blocks = shown["blocks"] as Record<string, unknown>[];
    assert.deepEqual(
      blocks.map(({ kind, depth, firstLine, lastLine, folded }) => [
        kind,
        depth,
        firstLine,
        lastLine,
        folded,
      ]),
      [
        ["attribution", 0, 1, 1, false],
        ["attribution", 1, 2, 2, false],
        ["cited", 2, 3, 5, false],
        ["cited", 1, 6, 7, false],
        ["text", 0, 8, 8, false],
      ],
    );
    assert.equal(blocks[2]?.["author"], "Bo Builder <bo@pond.example>");
    assert.deepEqual(blocks[2]?.["source"], {
      messageId: patch,
      firstLine: 1,
      lastLine: 2,
      state: "verbatim",
    });
  });
  it("show: where the bytes lie", async () => {
    const [shown = {}] = (await cli.run("show", patch)).lines();
    const { source, offset, length } = shown["origin"] as {
      source: string;
      offset: number;
      length: number;
    };
    const { stdout } = await runProgram("tail", ["-c", `+${offset + 1}`, source]);
    const bytes = stdout.subarray(0, length).toString();
    assert.ok(
      bytes.startsWith("From: Bo Builder <bo@pond.example>\nTo: pond@lists.example\n"),
      bytes.slice(0, 80),
    );
    assert.ok(bytes.endsWith("-- \n2.47.0\n\n"), bytes.slice(-40));
  });
  it("show --all: every message, every line in one block", async () => {
    const all = (await cli.run("show", "--all")).lines();
    assert.equal(all.length, 5);
    assert.deepEqual(
      all.map(uncovered),
      all.map(() => undefined),
    );
    const robot = all.find(({ subject }) => subject === "no id at all");
    assert.deepEqual(
      (robot?.["warnings"] as { code: string }[] | undefined)?.map(({ code }) => code),
      ["message-id-missing"],
    );
  });
  it("links with line, column, and whether the index has it", async () => {
    assert.deepEqual((await cli.run("links", review)).lines(), [
      {
        messageId: review,
        kind: "messageId",
        text: `https://lore.kernel.org/r/${patch}/`,
        target: patch,
        line: 6,
        column: 1,
        inArchive: true,
      },
      {
        messageId: review,
        kind: "url",
        text: "https://lists.example/about",
        target: "https://lists.example/about",
        line: 7,
        column: 1,
        inArchive: false,
      },
    ]);
    assert.deepEqual(
      (await cli.run("show", review)).lines()[0]?.["links"],
      (await cli.run("links", review)).lines().map(({ messageId: _, ...link }) => link),
    );
  });
  it("--pretty indents", async () => {
    const { stdout } = await cli.run("show", patch, "--pretty");
    assert.ok(stdout.toString().startsWith('{\n  "messageId"'));
  });
  it("search", async () => {
    assert.deepEqual((await cli.run("search", "weeds", "--limit", "1")).lines(), [
      {
        messageId: lone,
        thread: ghost,
        subject: "Re: weeds",
        from: "Eve Eel <eve@eel.example>",
        date: "2026-09-15T08:00:00.000Z",
        list: "thread",
      },
    ]);
  });

  it("reply: the draft to all", async () => {
    const { stdout, stderr, code } = await cli.run("reply", patch);
    assert.deepEqual([code, stderr], [0, ""]);
    const text = stdout
      .toString()
      .replace(/(?<=Message-ID: <)\d{14}\.[0-9a-f]{20}(?=-reply@example\.org>)/, "NEW");
    assert.equal(
      text.slice(0, text.indexOf("> Take")),
      [
        "From: Ada Reviewer <ada@example.org>",
        "To: Bo Builder <bo@pond.example>",
        "Cc: pond@lists.example, Carol Canal <carol@canal.example>,",
        "    Dan Dike <dan@dike.example>",
        "Subject: Re: [PATCH 1/1] pond: count the frogs under the lock",
        `In-Reply-To: <${patch}>`,
        `References: <${patch}>`,
        "Message-ID: <NEW-reply@example.org>",
        "",
        "On Mon, Sep 14, 2026 at 10:00:00 +0200, Bo Builder wrote:",
        "> The counter is read without the lock. On a busy pond two leaps",
        "> are counted as one.",
        ">",
        "",
      ].join("\n"),
    );
    assert.ok(text.includes("\n> -\treturn pond->frogs;\n") && text.endsWith(">  }\n\n"), text.slice(-60));
  });
  it("reply --keep --body --from", async () => {
    const own = cli.file("own.txt", "No frogs.\n");
    const { stdout, code } = await cli.run(
      "reply",
      patch,
      "--keep",
      "1-2,4",
      "--body",
      own,
      "--from",
      "me@work.example",
    );
    const text = stdout.toString();
    assert.equal(code, 0);
    assert.ok(text.startsWith("From: Ada Reviewer <me@work.example>\n"));
    assert.equal(
      text.slice(text.indexOf("\n\n") + 2),
      [
        "On Mon, Sep 14, 2026 at 10:00:00 +0200, Bo Builder wrote:",
        "> The counter is read without the lock. On a busy pond two leaps",
        "> are counted as one.",
        "> Take the lock.",
        "",
        "No frogs.",
        "",
      ].join("\n"),
    );
  });
  it("reply --to-sender leaves the list and says so", async () => {
    const { stdout, stderr } = await cli.run("reply", patch, "--to-sender");
    assert.match(stdout.toString(), /^To: Bo Builder <bo@pond\.example>\nCc:\n/m);
    assert.match(stderr, /leaves the list/);
  });
  it("render: the bytes that would be sent", async () => {
    const own = cli.file("own.txt", "Größer?  \n");
    const draft = cli.file(
      "draft.eml",
      `${(await cli.run("reply", answer, "--body", own)).stdout}\n> left over\n`,
    );
    const { stdout, stderr, code } = await cli.run("render", draft);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 cited line left out/);
    const text = stdout.toString();
    assert.match(
      text,
      /^From: Ada Reviewer <ada@example\.org>\r\nTo: =\?UTF-8\?Q\?D=C3=A4n_Dike\?= <dan@dike\.example>\r\n/,
    );
    assert.match(
      text,
      /\r\nContent-Type: text\/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nOn Mon, /,
    );
    assert.ok(text.endsWith("> Seen, on the größte pond we have.\r\n\r\nGrößer?\r\n"), text.slice(-100));
  });
  it("check: what to put right, with the message answered out of the index", async () => {
    const draft = cli.file(
      "draft.eml",
      (await cli.run("reply", answer, "--body", cli.file("own.txt", "Right.  \n"))).stdout
        .toString()
        .replace(/^Cc: .*\n(?: .*\n)*/m, ""),
    );
    const ran = await cli.run("check", draft);
    assert.equal(ran.code, 0, ran.stderr);
    const found = ran.lines().map(({ severity, rule }) => `${severity} ${rule}`);
    assert.deepEqual(found.sort(), ["hint L-TRAIL-WS", "warning L-NO-LIST"]);
    const blanks = ran.lines().find(({ rule }) => rule === "L-TRAIL-WS");
    const { line, column, endLine, endColumn } = blanks as Record<string, number>;
    assert.deepEqual([column, (endLine ?? 0) - (line ?? 0), endColumn], [7, 0, 9]);
    assert.match(JSON.stringify(blanks), /"fix":\{"title":"Take them off","edits":\[/);
  });
  it("check: an error is exit code 1", async () => {
    const draft = cli.file("draft.eml", (await cli.run("reply", answer)).stdout.toString());
    const ran = await cli.run("check", draft);
    assert.deepEqual([ran.code, ran.lines().map(({ rule }) => rule)], [1, ["L-NO-OWN"]]);
  });
  it("check: names of git's address books are mailboxes", async () => {
    const own = cli.file("own.txt", "Right.\n");
    const text = (await cli.run("reply", answer, "--body", own)).stdout.toString();
    const draft = cli.file("draft.eml", text.replace(/^Cc: /m, "Cc: bo, "));
    cli.file(join("home", ".mutt-aliases"), "alias bo Bo Lind <bo.lind@kernel.example>\n");
    const books = "[sendemail]\n\taliasFileType = mutt\n\taliasesFile = ~/.mutt-aliases\n";
    cli.file(
      join("home", ".gitconfig"),
      `[user]\n\tname = Ada Reviewer\n\temail = ada@example.org\n${books}`,
    );
    const [found] = (await cli.run("check", draft)).lines();
    assert.equal(found?.["rule"], "L-BAD-ADDR");
    assert.match(JSON.stringify(found?.["fix"]), /Bo Lind <bo\.lind@kernel\.example>/);
  });
  it("check: an address book that cannot be read is told, and the others count", async () => {
    const draft = cli.file(
      "draft.eml",
      (await cli.run("reply", answer, "--body", cli.file("own.txt", "Right.\n"))).stdout.toString(),
    );
    cli.file(
      join("home", ".gitconfig"),
      "[user]\n\tname = Ada Reviewer\n\temail = ada@example.org\n[sendemail]\n\taliasFileType = mutt\n\taliasesFile = ~/.nobody\n",
    );
    const ran = await cli.run("check", draft);
    assert.equal(ran.code, 0);
    assert.match(ran.stderr, /aliasesFile: ENOENT.*\.nobody/);
  });
  it("render repeats the draft's Message-ID", async () => {
    const draft = cli.file("draft.eml", (await cli.run("reply", answer)).stdout.toString());
    const ids = await Promise.all(
      [1, 2].map(
        async () => /^Message-ID: .*$/m.exec((await cli.run("render", draft)).stdout.toString())?.[0],
      ),
    );
    assert.ok(ids[0] && ids[0] === ids[1]);
  });
  it("a reader that has seen enough is no failure", () => {
    const flags = [
      "--disable-warning=ExperimentalWarning",
      cliProgram,
      "--db",
      join(cli.folder, "index.sqlite"),
    ];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's braces
    const script = '"$0" "$@" | head -c 10; echo " ${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", script, process.execPath, ...flags, "show", "--all"],
      { encoding: "utf8" },
    );
    assert.deepEqual([stdout, stderr], ['{"messageI 0\n', ""]);
  });
  it("doctor says what there is", async () => {
    const { code, stdout } = await cli.run("doctor");
    const [found] = [JSON.parse(stdout.toString())];
    assert.equal(code, 0);
    assert.deepEqual(
      [found.node, found.identity, found.index, found.archives.length, found.archives[0].messages],
      [process.versions.node, "Ada Reviewer <ada@example.org>", join(cli.folder, "index.sqlite"), 1, 5],
    );
    assert.match(found.sqlite, /^3\.\d+/);
    assert.ok("fts5" in found && "git" in found && "sendmail" in found && Array.isArray(found.problems));
  });

  for (const [args, sentence] of [
    [[], /A command is needed/],
    [["forward"], /There is no command “forward”/],
    [["threads", "--depth", "3"], /Unknown option '--depth'/],
    [["threads", "--keep", "3"], /threads takes no --keep/],
    [["threads", "--limit", "many"], /--limit takes a number/],
    [["threads", "--list"], /--list <value>' argument missing\. See/],
    [["thread"], /One Message-ID is needed/],
    [["thread", "a@x", "b@x"], /One Message-ID is needed/],
    [["show"], /A Message-ID or --all/],
    [["show", "a@x", "--all"], /not both/],
    [["reply", "a@x", "--keep", "5-3"], /--keep takes line numbers/],
    [["reply", "a@x", "--from", "nobody"], /--from takes one mail address/],
    [["index"], /SOURCE/],
    [["index", "mail", ""], /SOURCE/],
    [["render"], /one draft file/],
    [["check"], /one draft file/],
  ] satisfies [string[], RegExp][]) {
    it(`wrong usage: ${args.join(" ") || "nothing"}`, async () => fails(await cli.run(...args), 2, sentence));
  }
  it("a message that is not there", async () => {
    for (const command of ["thread", "show", "links", "reply"])
      fails(await cli.run(command, "none@x.example"), 1, /<none@x\.example>/);
  });
  it("what is found is shown before what is not", async () => {
    const ran = await cli.run("show", patch, "none@x.example");
    assert.deepEqual([ran.code, ran.lines().length], [1, 1]);
  });
  it("lines that the message does not have", async () =>
    fails(await cli.run("reply", review, "--keep", "2-900"), 1, /has \d+ lines/));
  it("files that cannot be read", async () => {
    fails(await cli.run("render", join(cli.folder, "none")), 1, /There is no such file/);
    fails(await cli.run("render", cli.folder), 1, /It is a folder/);
    fails(await cli.run("reply", patch, "--body", join(cli.folder, "none")), 1, /There is no such file/);
  });
  it("a draft that cannot be sent", async () => {
    fails(
      await cli.run("render", cli.file("bad.eml", "From: Ada <ada@example.org>\nTo: Jane Doe\n\nx\n")),
      1,
      /bad\.eml:2: .*not a mail address/,
    );
  });
  it("a source that is not there", async () =>
    fails(await cli.run("index", join(cli.folder, "none")), 1, /none/));
});

describe("the command line without an identity", function () {
  this.timeout(60_000);
  it("reply says what to do", async () => {
    const cli = openCli();
    try {
      await cli.run("index", mbox());
      fails(await cli.run("reply", patch), 1, /user\.email.*--from/);
      assert.equal((await cli.run("reply", patch, "--from", "Ada <ada@example.org>")).code, 0);
    } finally {
      cli.remove();
    }
  });
});
