/** Links in the real editor: to servers and what they send, to commits and places of a tree, from documents and programs. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { challengePage, type FaultServer, faultServer, packedMails } from "../faultServer.ts";
import { fixturePath } from "../fixtures.ts";
import { splitMbox } from "../mirror.ts";
import {
  closeEditors,
  dropOpened,
  labels,
  parts,
  row,
  rows,
  run,
  samplePath,
  scratchFolder,
  set,
  setArchives,
  told,
  until,
} from "./editor.ts";

const REVIEW = "20261005152048.p2@kernel.example";

const mail = (id: string, subject: string, body: string, parent?: string): string =>
  `From: Ada Moreno <ada@kernel.example>\nTo: linux-pond@lists.example\nSubject: ${subject}\n` +
  `Message-ID: <${id}>\nDate: Mon, 16 Nov 2026 09:15:42 +0000\n${parent ? `In-Reply-To: <${parent}>\n` : ""}\n${body}`;

const inView = async (messageId: string): Promise<void> => {
  const { reader } = await parts();
  await until(`the reader at ${messageId}`, async () => (await reader.inFocus())?.messageId === messageId);
};

/** What is offered for a commit, as `LABEL: why`; the mail is chosen. */
const mailOffered = async (id: string): Promise<string[]> => {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = window["showQuickPick"];
  let offered: { label: string; detail: string }[] = [];
  window["showQuickPick"] = async (items: { label: string; detail: string }[]) => {
    offered = items;
    return items[1];
  };
  try {
    await run("openMessage", `commit ${id}`);
  } finally {
    window["showQuickPick"] = before;
  }
  return offered.map(({ label, detail }) => `${label.replace(/^\$\([\w-]+\) /, "")}: ${detail}`);
};

describe("links to servers", () => {
  let remote: FaultServer;
  const serve = async (scripts: Parameters<typeof faultServer>[0], ...more: string[]): Promise<void> => {
    remote = await faultServer(scripts);
    await set("servers", [...more, remote.base]);
  };
  before(() => setArchives({ path: samplePath(), name: "Sample archive" }));
  after(async () => {
    await set("servers", []);
    await setArchives();
  });
  afterEach(async () => {
    await closeEditors();
    await dropOpened();
    await remote.close();
  });
  const thread = packedMails(
    mail("1-a@kernel.example", "pond: why", "Why?\n"),
    mail("2-a@kernel.example", "Re: pond: why", "Because.\n", "1-a@kernel.example"),
  );

  it("a pasted link brings the thread, shows it at the message and keeps it below Opened", async () => {
    await serve({ "/all/2-a@kernel.example/t.mbox.gz": thread });
    await run("openMessage", "see https://lore.example/r/2-a@kernel.example.");
    await inView("2-a@kernel.example");
    const opened = await row("Opened");
    assert.deepEqual(await labels(opened), [(await labels(opened))[0]]);
    assert.match((await labels(opened))[0] ?? "", /^pond: why/);
    await run("openMessage", "1-a@kernel.example");
    await inView("1-a@kernel.example");
    assert.equal(remote.asked.length, 1);
  });
  it("a thread is dropped, and the root goes with the last one", async () => {
    await serve({ "/all/1-a@kernel.example/t.mbox.gz": thread });
    await run("openMessage", "1-a@kernel.example");
    const [only] = await rows(await row("Opened"));
    await run("dropOpened", only);
    await until("no Opened", async () => !(await labels()).some((text) => text.startsWith("Opened")));
  });
  it("the next server is asked when the first fails or has nothing", async () => {
    const dead = await faultServer({});
    await dead.close();
    await serve({ "/all/1-a@kernel.example/t.mbox.gz": thread }, dead.base);
    await run("openMessage", "1-a@kernel.example");
    await inView("1-a@kernel.example");
  });
  it("a message that no server has is offered to the browser", async () => {
    await serve({});
    const [text = ""] = await told(() => run("openMessage", "9-z@kernel.example"));
    assert.match(text, /^Neither an archive nor 127\.0\.0\.1:\d+ has the message <9-z@kernel\.example>\.$/);
  });
  it("a page instead of mail is told of in one sentence", async () => {
    await serve({ "/all/1-a@kernel.example/t.mbox.gz": challengePage });
    const [text = ""] = await told(() => run("openMessage", "1-a@kernel.example"));
    assert.match(text, /answered with a web page instead of mail/);
  });
  it("an answer that is cut shows what came, and says so", async () => {
    const { body, headers } = packedMails(
      mail("1-a@kernel.example", "pond: why", "Why?\n"),
      mail(
        "2-a@kernel.example",
        "Re: pond: why",
        Array.from({ length: 9000 }, () => Math.random()).join("\n"),
      ),
    );
    const cut = Buffer.from(body ?? "").subarray(0, 60_000);
    await serve({ "/all/1-a@kernel.example/t.mbox.gz": { body: cut, ...(headers ? { headers } : {}) } });
    const [text = ""] = await told(() => run("openMessage", "1-a@kernel.example"));
    assert.match(text, /ended before its end; what came until then is shown\. Try again\./);
    await inView("1-a@kernel.example");
  });
  it("a server that knows no threads gives the message", async () => {
    await serve({
      "/all/1-a@kernel.example/raw": { body: mail("1-a@kernel.example", "pond: why", "Why?\n") },
    });
    await run("openMessage", "1-a@kernel.example");
    await inView("1-a@kernel.example");
  });
  it("of a thread that is cut before the message the message itself is asked for", async () => {
    const whole = packedMails(mail("1-a@kernel.example", "pond: why", "Why?\n".repeat(900)));
    const cut = Buffer.from(whole.body ?? "").subarray(0, 40);
    await serve({
      "/all/1-a@kernel.example/t.mbox.gz": { ...whole, body: cut },
      "/all/1-a@kernel.example/raw": { body: mail("1-a@kernel.example", "pond: why", "Why?\n") },
    });
    const [text = ""] = await told(() => run("openMessage", "1-a@kernel.example"));
    assert.match(text, /ended before its end; what came until then is shown\. Try again\./);
    await inView("1-a@kernel.example");
  });
  it("a page of marc.info is the message that arrived then, where an archive has it", async () => {
    await serve({});
    const seconds = Date.UTC(2026, 9, 5, 13, 20, 49) / 1000;
    await run("openMessage", `see https://marc.info/?l=linux-pond&m=${seconds}12345&w=2`);
    await inView(REVIEW);
    assert.deepEqual(remote.asked, []);
  });
  it("a message that is a file opens like one that was sent", async () => {
    await serve({});
    const folder = scratchFolder();
    const path = join(folder.path, "one.eml");
    writeFileSync(path, mail("40-file@kernel.example", "pond: a file", "Hi.\n"));
    await run("openMessage", vscode.Uri.file(path));
    await inView("40-file@kernel.example");
    folder.remove();
  });
  it("a thread that is followed stays fresh, once the person has said so", async () => {
    const answer = (id: string) => mail(id, "Re: pond: why", "Because.\n", "1-f@kernel.example");
    const first = mail("1-f@kernel.example", "pond: why", "Why?\n");
    await serve({
      "/all/1-f@kernel.example/t.mbox.gz": [
        packedMails(first),
        packedMails(first, answer("2-f@kernel.example")),
        packedMails(first, answer("2-f@kernel.example"), answer("3-f@kernel.example")),
      ],
    });
    await run("openMessage", "1-f@kernel.example");
    await inView("1-f@kernel.example");
    const has = async (id: string) =>
      (await (await parts()).archive.request("has", { messageIds: [id] }))[0] === true;
    const [question = ""] = await told(() => run("toggleFollow"), 1, "Keep Fresh");
    assert.match(question, /^Keep the threads that you follow fresh from 127\.0\.0\.1:\d+\?/);
    await until("no Opened", async () => !(await labels()).some((text) => text.startsWith("Opened")));
    const searches = (await (await parts()).tree.getChildren()) ?? [];
    const followed = searches.find((one) => one.kind === "search" && one.search.name === "Followed");
    assert.match((await labels(followed)).join(), /pond: why/);
    await until("what came meanwhile", () => has("2-f@kernel.example"));
    await run("updateArchives");
    await until("what came by a check for new mail", () => has("3-f@kernel.example"));
    await set("network.followedThreads", "never");
    await run("updateArchives");
    assert.equal(remote.asked.length, 3);
    await set("network.followedThreads", undefined);
    await run("toggleFollow");
  });
  it("nothing is asked when the settings say never", async () => {
    await serve({ "/all/1-a@kernel.example/t.mbox.gz": thread });
    await set("network.mode", "never");
    const [text = ""] = await told(() => run("openMessage", "1-a@kernel.example"));
    await set("network.mode", undefined);
    assert.match(text, /the settings say that no server is asked/);
    assert.deepEqual(remote.asked, []);
  });
  it("missing messages of a thread are fetched", async () => {
    const parent = "20260914114003.a1@kernel.example";
    const ghost = "30-ghost@kernel.example";
    const answer = mail("31-answer@kernel.example", "Re: lost", "Yes.\n", ghost);
    await serve({
      [`/all/31-answer@kernel.example/t.mbox.gz`]: packedMails(answer),
      [`/all/${ghost}/t.mbox.gz`]: packedMails(mail(ghost, "lost", `see <${parent}>\n`), answer),
    });
    await run("openMessage", "31-answer@kernel.example");
    await inView("31-answer@kernel.example");
    const [text = ""] = await told(() => run("fetchMissing"));
    assert.equal(text, "1 of 1 missing messages came.");
  });
  it("under automatic what a thread lacks comes when it is opened, and is asked for once", async () => {
    const answer = mail("41-answer@kernel.example", "Re: pond: how", "So.\n", "40-root@kernel.example");
    await serve({
      "/all/41-answer@kernel.example/t.mbox.gz": [
        packedMails(answer),
        packedMails(mail("40-root@kernel.example", "pond: how", "How?\n"), answer),
      ],
    });
    await run("openMessage", "41-answer@kernel.example");
    await inView("41-answer@kernel.example");
    await set("network.mode", "automatic");
    await run("openMessage", "41-answer@kernel.example");
    const { archive } = await parts();
    await until(
      "the missing message",
      async () => (await archive.request("has", { messageIds: ["40-root@kernel.example"] }))[0],
    );
    await set("network.mode", undefined);
    assert.equal(remote.asked.length, 2);
  });
});

describe("links in documents", () => {
  let folder: ReturnType<typeof scratchFolder>;
  let commit: string;
  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      ["-C", folder.path, "-c", "user.name=Ada Moreno", "-c", "user.email=ada@kernel.example", ...args],
      {
        encoding: "utf8",
      },
    ).trim();
  before(async () => {
    folder = scratchFolder();
    git("init", "--quiet");
    mkdirSync(join(folder.path, "mm"));
    writeFileSync(
      join(folder.path, "mm", "pond.c"),
      "int a;\n\nint pond_take(struct pond *pond)\n{\n\treturn 1;\n}\n",
    );
    git("add", ".");
    git(
      "commit",
      "--quiet",
      "-m",
      `pond: keep a few pages on each CPU\n\nLink: https://lore.kernel.org/r/${REVIEW}`,
    );
    commit = git("rev-parse", "HEAD");
    await set("kernelTrees", [folder.path]);
    await setArchives({ path: samplePath(), name: "Sample archive" });
  });
  after(async () => {
    await set("kernelTrees", undefined);
    await setArchives();
    folder.remove();
  });
  afterEach(closeEditors);

  const document = async (text: string, name = "note.c"): Promise<vscode.TextDocument> => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return await vscode.workspace.openTextDocument(path);
  };
  const linksOf = async ({ uri }: vscode.TextDocument): Promise<vscode.DocumentLink[]> =>
    await vscode.commands.executeCommand<vscode.DocumentLink[]>("vscode.executeLinkProvider", uri, 100);
  const hoverOf = async ({ uri }: vscode.TextDocument, line: number, column: number): Promise<string> => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      uri,
      new vscode.Position(line, column),
    );
    return hovers
      .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
      .join("\n")
      .replace(/\\([!-/:-@[-`{-~])/g, "$1");
  };

  for (const name of ["note.c", "note.md"]) {
    it(`a message in ${name}: its link, and who wrote what in its hover`, async () => {
      const source = await document(
        `/* see https://lore.kernel.org/r/${REVIEW} */\nint x = 0x0123456789ab;\n`,
        name,
      );
      const own = (await linksOf(source)).filter(({ target }) => target?.scheme === "command");
      assert.equal(own.length, 1);
      const hover = await hoverOf(source, 0, 20);
      assert.match(hover, /2026/);
      assert.match(hover, /pond/);
    });
  }
  it("the menu of a source file opens what stands at the cursor", async () => {
    const source = await document(`/* see https://lore.kernel.org/r/${REVIEW} */\nint y;\n`, "menu.c");
    const editor = await vscode.window.showTextDocument(source);
    editor.selection = new vscode.Selection(0, 30, 0, 30);
    await run("openMessage", source.uri);
    await inView(REVIEW);
  });
  it("a commit in a commit message: its subject in the hover, its diff by a click", async () => {
    const source = await document(`Fixes: ${commit.slice(0, 12)} ("pond")\n`, "COMMIT_EDITMSG");
    assert.match(await hoverOf(source, 0, 9), /Ada.Moreno.*\n\n\*\*pond: keep a few pages/);
    await run("openMessage", { kind: "commit", target: commit.slice(0, 12) });
    const shown = await until("the diff", () =>
      vscode.workspace.textDocuments.find(
        ({ uri }) => uri.scheme === "kernel-mail" && uri.path.endsWith(".diff"),
      ),
    );
    assert.match(shown.getText(), /\+int pond_take\(struct pond \*pond\)/);
  });
  it("a commit of thousands of files shows their names", async () => {
    mkdirSync(join(folder.path, "many"));
    for (let at = 0; at <= 2000; at++) writeFileSync(join(folder.path, "many", `${at}.c`), "");
    git("add", "many");
    git("commit", "--quiet", "-m", "many: import");
    await run("openMessage", { kind: "commit", target: git("rev-parse", "HEAD") });
    const shown = await until("the names", () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.path.includes("many: import")),
    );
    assert.match(shown.getText(), /^A\tmany\/1999\.c$/m);
    assert.doesNotMatch(shown.getText(), /^diff --git/m);
    git("reset", "--quiet", "--hard", commit);
  });
  it("a place and a function of the tree", async () => {
    await run("openMessage", { kind: "place", target: "build/../mm/pond.c:5" });
    await until("the place", () => vscode.window.activeTextEditor?.selection.active.line === 4);
    await closeEditors();
    await run("openMessage", { kind: "symbol", target: "pond_take" });
    await until("the function", () => vscode.window.activeTextEditor?.selection.active.line === 2);
    assert.match(vscode.window.activeTextEditor?.document.fileName ?? "", /pond\.c$/);
  });
  it("a place at the commit that the series builds on, where its message says so", async () => {
    const mbox = join(folder.path, "based.mbox");
    const based = mail(
      "1-based@kernel.example",
      "[PATCH] pond: give",
      `See mm/pond.c:3\n\nbase-commit: ${commit}\n`,
    );
    writeFileSync(mbox, `From mboxrd@z Thu Jan  1 00:00:00 1970\n${based}\n`);
    await setArchives({ path: samplePath(), name: "Sample archive" }, { path: mbox });
    writeFileSync(join(folder.path, "mm", "pond.c"), "changed\n");
    const link = { kind: "place", target: "mm/pond.c:3" };
    await run("openMessage", link);
    await until("the tree's own", () => vscode.window.activeTextEditor?.document.getText() === "changed\n");
    await run("openMessage", { ...link, from: "1-based@kernel.example" });
    const shown = await until("the file as it was", () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.scheme === "kernel-mail" ? editor : undefined;
    });
    assert.equal(shown.document.lineAt(shown.selection.active).text, "int pond_take(struct pond *pond)");
  });
  it("a commit leads to the mail that its Link: names", async () => {
    const [itself, mails] = await mailOffered(commit);
    assert.match(itself ?? "", /pond: keep a few pages on each CPU: The commit and its diff$/);
    assert.match(mails ?? "", /: Found by Link:$/);
    await inView(REVIEW);
  });
  it("what is in no tree is told of", async () => {
    const [text = ""] = await told(() => run("openMessage", { kind: "place", target: "mm/other.c:5" }));
    assert.equal(
      text,
      "No kernel tree at hand has the file of mm/other.c:5. Open a folder with a kernel tree, or name one in the setting kernelMail.kernelTrees.",
    );
  });
  it("anything pasted: text without a link is told of", async () => {
    const [text = ""] = await told(() => run("openMessage", "hello"));
    assert.match(text, /^There is no Message-ID, link or commit in this text\./);
  });
});

describe("commits of a tree that a series of the archive was applied to", () => {
  let folder: ReturnType<typeof scratchFolder>;
  const git = (args: string[], input?: Buffer): string =>
    execFileSync(
      "git",
      ["-C", folder.path, "-c", "user.name=Chen Wei", "-c", "user.email=chen@kernel.example", ...args],
      {
        encoding: "utf8",
        ...(input === undefined ? {} : { input }),
      },
    ).trim();
  const SUBJECTS = ["move the refill", "keep a few pages", "give the pages back"];
  before(async () => {
    folder = scratchFolder();
    cpSync(fixturePath("pond"), folder.path, { recursive: true });
    git(["init", "--quiet"]);
    // What the person has set for looking at diffs changes no patch-id.
    git(["config", "diff.noprefix", "true"]);
    git(["config", "diff.context", "9"]);
    git(["add", "."]);
    git(["commit", "--quiet", "-m", "pond: begin"]);
    const mails = splitMbox(readFileSync(samplePath()));
    for (const n of [1, 2, 3]) {
      const patch = mails.find((one) => one.toString("latin1").includes(`\nSubject: [PATCH v2 ${n}/3]`));
      assert.ok(patch);
      git(["am", "--quiet"], patch);
    }
    await set("kernelTrees", [folder.path]);
    await setArchives({ path: samplePath(), name: "Sample archive" });
  });
  after(async () => {
    await closeEditors();
    await set("kernelTrees", undefined);
    await setArchives();
    folder.remove();
  });
  /** The commit of the tree with these words in its subject. */
  const named = (words: string): string => git(["log", "-1", "--format=%H", "-F", `--grep=${words}`]);

  for (const [at, words] of SUBJECTS.entries()) {
    // The first patch is the same in both versions: the later one is what was applied.
    const before = at === 0 ? "the same change" : "subject and author";
    it(`the patch of the version that was applied comes first: ${words}`, async () => {
      const [, first = "", second = ""] = await mailOffered(named(words));
      assert.match(first, new RegExp(`^\\[PATCH v2 ${at + 1}/3\\] .*: Found by the same change$`));
      assert.match(second, new RegExp(`^\\[PATCH ${at + 1}/3\\] .*: Found by ${before}$`));
    });
  }
  it("a commit under another subject is known by its change", async () => {
    git(["checkout", "--quiet", "--detach", named(SUBJECTS[1] ?? "")]);
    git(["commit", "--quiet", "--amend", "-m", "mm: cache pages"]);
    const [, first = ""] = await mailOffered(git(["rev-parse", "HEAD"]));
    assert.match(first, /^\[PATCH v2 2\/3\] .*: Found by the same change$/);
  });
  it("a commit that was touched up is known by its subject and author", async () => {
    git(["checkout", "--quiet", "--detach", named(SUBJECTS[0] ?? "")]);
    appendFileSync(join(folder.path, "mm", "pond.c"), "/* end */\n");
    git(["commit", "--quiet", "--amend", "--all", "--no-edit"]);
    const [, first = ""] = await mailOffered(git(["rev-parse", "HEAD"]));
    assert.match(first, /^\[PATCH v2 1\/3\] .*: Found by subject and author$/);
  });
});
