/** The Threads tree in the real editor: archives added, read, shown, removed, and failing in plain words. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { splitMbox, writeMirror } from "../mirror.ts";
import {
  closeEditors,
  label,
  labels,
  parts,
  row,
  rows,
  run,
  samplePath,
  scratchFolder,
  setArchives,
  told,
  until,
} from "./editor.ts";

describe("the extension", () => {
  it("registers every command of its manifest", async () => {
    await parts();
    const extension = vscode.extensions.getExtension("kernel-mail.kernel-mail");
    const manifest = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    const present = new Set(await vscode.commands.getCommands(true));
    for (const { command } of manifest.contributes.commands) assert.ok(present.has(command), command);
  });
});

describe("the Threads tree", () => {
  let folder: ReturnType<typeof scratchFolder>;
  before(async () => {
    folder = scratchFolder();
    // Mail that came into a mirror of another test was unread, and marks outlive their archives.
    await setArchives({ path: samplePath() });
    const { archive } = await parts();
    await archive.request("readList", {
      words: "the sample read",
      source: samplePath(),
      untilMs: Date.now(),
    });
  });
  after(async () => {
    await setArchives();
    folder.remove();
  });
  afterEach(closeEditors);

  it("is empty without archives, so that it can welcome", async () => {
    await setArchives();
    assert.deepEqual(await rows(), []);
  });

  it("shows the sample archive after one command, and says what it holds", async () => {
    const said = await told(() => run("openSample"));
    assert.deepEqual(said, ["“Sample archive” holds 43 messages."]);
    assert.deepEqual(await labels(), ["Sample archive | 5 threads · 43 messages"]);
  });

  it("shows lists, and in them threads, newest activity first", async () => {
    const archive = await row("Sample archive");
    assert.deepEqual((await labels(archive)).sort(), ["linux-pond | 2", "linux-tide | 3"]);
    const threads = await labels(await row("linux-tide", archive));
    assert.deepEqual(
      threads.map((text) => text.split(" | ")[0]),
      [
        "tide: fixes for v6.99",
        "tide and pond trees rebased, one list for both?",
        "tide: who decides how late a timer may fire?",
      ],
    );
  });

  it("nests messages as answered, with a placeholder for the one that is missing", async () => {
    const list = await row("linux-pond", await row("Sample archive"));
    const threads = await rows(list);
    const [first] = threads.filter((one) => one.kind === "thread" && one.row.series?.version === 1);
    assert.ok(first);
    const [cover] = await rows(first);
    assert.ok(cover?.kind === "message");
    assert.match(await label(cover), /^0\/3 pond: take and give pages/);
    const patch = await row("2/3 pond: keep a few pages", cover);
    assert.ok((await labels(patch)).some((text) => text.startsWith("Bo Lind")));
    const all: string[] = [];
    const waiting = [cover];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at.node.missing) all.push(await label(at));
      waiting.push(...at.answers);
    }
    assert.equal(all.length, 1);
    assert.match(all[0] ?? "", /^Message not in the archive \| .+@/);
  });

  it("gives every row an id of its own, a spoken sentence, and stable ids when asked again", async () => {
    const { tree } = await parts();
    const list = await row("linux-tide", await row("Sample archive"));
    const ids = async () =>
      await Promise.all((await rows(list)).map(async (one) => (await tree.getTreeItem(one)).id));
    const first = await ids();
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(await ids(), first);
    for (const one of await rows(list)) {
      assert.match((await tree.getTreeItem(one)).accessibilityInformation?.label ?? "", /\.$/);
    }
  });

  it("tells the editor of a change when the rows that it asked for are there, and gives them as the same elements", async () => {
    const { tree } = await parts();
    const archive = await row("Sample archive");
    const [list] = await rows(archive);
    assert.ok(list?.kind === "list");
    const first = await rows(list);
    const events: string[] = [];
    const changed = new Promise<void>((resolve) => {
      const listening = tree.onDidChangeTreeData?.(() => {
        events.push("changed");
        listening?.dispose();
        resolve();
      });
    });
    const asked = rows(list).then((again) => {
      events.push("rows");
      return again;
    });
    await run("olderThreads", { kind: "older", id: "older", parent: list });
    const again = await asked;
    assert.ok(first.every((element, at) => element === again[at]));
    await changed;
    assert.deepEqual(events, ["rows", "changed"]);
  });

  it("adds an mbox from the explorer, whose archive row is enough for one list", async () => {
    const path = join(folder.path, "pond.mbox");
    const pond = splitMbox(readFileSync(samplePath())).filter((mail) => mail.includes("List-Id: linux-pond"));
    writeFileSync(
      path,
      Buffer.concat(
        pond.map((mail) =>
          Buffer.concat([Buffer.from("From mboxrd@z Thu Jan  1 00:00:00 1970\n"), mail, Buffer.from("\n")]),
        ),
      ),
    );
    await told(() => run("addArchive", vscode.Uri.file(path)));
    const archive = await row("pond.mbox");
    assert.ok((await rows(archive)).every(({ kind }) => kind === "thread"));
  });

  it("adds a public-inbox v2 mirror, and writes nothing into it", async () => {
    const path = join(folder.path, "mirror");
    writeMirror(splitMbox(readFileSync(samplePath())), path);
    const before = readdirSync(path, { recursive: true }).sort();
    await setArchives();
    const [said] = await told(() => run("addArchive", path));
    assert.equal(said, "“mirror” holds 43 messages.");
    assert.match((await label(await row("mirror"))) ?? "", /5 threads · 43 messages/);
    assert.deepEqual(readdirSync(path, { recursive: true }).sort(), before);
  });

  it("does not add an archive twice", async () => {
    const count = (await rows()).length;
    const [said] = await told(() => run("addArchive", join(folder.path, "mirror")));
    assert.match(said ?? "", /among your archives already/);
    assert.equal((await rows()).length, count);
  });

  it("takes an archive away without touching it", async () => {
    const archive = await row("mirror");
    await told(() => run("removeArchive", archive));
    await until(
      "the archive is gone",
      async () => !(await labels()).some((text) => text.startsWith("mirror")),
    );
    assert.ok(readdirSync(join(folder.path, "mirror")).length > 0);
  });

  it("asks again from the top when the last archive goes, so that it can welcome", async () => {
    await setArchives({ path: samplePath() });
    await rows();
    const { tree } = await parts();
    const heard: unknown[] = [];
    const listener = tree.onDidChangeTreeData?.((element) => heard.push(element));
    await setArchives();
    await until("a change of the whole tree", () => heard.includes(undefined));
    listener?.dispose();
  });

  it("pages: older threads behind an item that brings more", async () => {
    const path = join(folder.path, "many.mbox");
    const mails = Array.from({ length: 50 }, (_, n) =>
      [
        "From mboxrd@z Thu Jan  1 00:00:00 1970",
        "From: Bo Lind <bo@kernel.example>",
        "To: dev@lists.kernel.example",
        `Subject: matter ${n}`,
        `Date: ${new Date(Date.UTC(2026, 8, 1, n)).toUTCString()}`,
        `Message-ID: <matter.${n}@kernel.example>`,
        "",
        "text",
        "",
        "",
      ].join("\n"),
    );
    writeFileSync(path, mails.join(""));
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await settings.update("threads.pageSize", 20, vscode.ConfigurationTarget.Global);
    try {
      await setArchives({ path });
      const archive = await row("many.mbox");
      const first = await rows(archive);
      assert.deepEqual([first.length, first.at(-1)?.kind], [21, "older"]);
      assert.match(await label(first[0] as never), /^matter 49/);
      await run("olderThreads", first.at(-1));
      assert.equal((await rows(archive)).length, 41);
      // Who reads on from thread to thread has the next page shown by that.
      const { reader } = await parts();
      await run("openThread", (await rows(archive)).at(-2));
      await run("nextThread");
      assert.equal(reader.thread(), "matter.9@kernel.example");
      assert.deepEqual([(await rows(archive)).length, (await rows(archive)).at(-1)?.kind], [50, "thread"]);
    } finally {
      await settings.update("threads.pageSize", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("shows mail that was appended, after a check", async () => {
    const path = join(folder.path, "grows.mbox");
    copyFileSync(samplePath(), path);
    await setArchives({ path });
    const more = [
      "From mboxrd@z Thu Jan  1 00:00:00 1970",
      "From: Bo Lind <bo@kernel.example>",
      "Subject: one more",
      "Date: Sat, 17 Oct 2026 10:00:00 +0200",
      "Message-ID: <one.more@kernel.example>",
      "",
      "text",
      "",
      "",
    ];
    writeFileSync(path, more.join("\n"), { flag: "a" });
    await run("updateArchives");
    assert.deepEqual(await labels(), ["grows.mbox | 1 unread · 6 threads · 44 messages"]);
  });

  describe("with bad input", () => {
    /** Adds what cannot be read; returns the sentence that the person gets and the rows below the archive. */
    const refused = async (path: string): Promise<string> => {
      await setArchives();
      const { sync } = await parts();
      const said = await told(async () => {
        await run("addArchive", path);
        await sync.settled();
      });
      assert.equal(said.length, 1, said.join("\n"));
      return said[0] ?? "";
    };

    it("says that a file is missing, and does not add it", async () => {
      assert.match(
        await refused(join(folder.path, "nowhere")),
        /no file or folder .*nowhere.*Check the path/,
      );
      assert.deepEqual(await rows(), []);
    });

    it("says what a folder without mail lacks, in the row too", async () => {
      const path = join(folder.path, "plain");
      mkdirSync(path);
      writeFileSync(join(path, "notes.txt"), "no mail here\n");
      assert.match(await refused(path), /plain/);
      const [notice] = await labels(await row("plain | cannot be read"));
      assert.match(notice ?? "", /plain/);
    });

    it("says that an mbox is empty", async () => {
      const path = join(folder.path, "empty.mbox");
      writeFileSync(path, "");
      assert.match(await refused(path), /empty/);
    });

    it("reads on behind a message that was cut off", async () => {
      const path = join(folder.path, "cut.mbox");
      const whole = readFileSync(samplePath());
      writeFileSync(path, whole.subarray(0, whole.length - 300));
      await refused(path);
      assert.match((await labels())[0] ?? "", /^cut\.mbox \| 5 threads · 43 messages/);
    });

    it("says which git is missing, and reads other archives", async () => {
      const path = join(folder.path, "mirror2");
      writeMirror(splitMbox(readFileSync(samplePath())), path);
      const settings = vscode.workspace.getConfiguration("kernelMail");
      await settings.update("gitPath", "/nonexistent/git", vscode.ConfigurationTarget.Global);
      try {
        const said = await refused(path);
        assert.match(said, /\/nonexistent\/git.* was not found.*Install/);
        await told(() => run("openSample"));
        assert.ok((await labels()).includes("Sample archive | 5 threads · 43 messages"));
      } finally {
        await settings.update("gitPath", undefined, vscode.ConfigurationTarget.Global);
      }
    });

    it("says that a setting's entry leads nowhere, in its row", async () => {
      await told(() => setArchives({ path: join(folder.path, "gone.mbox") }), 0);
      const archive = await row("gone.mbox");
      assert.match(await label(archive), /cannot be read/);
      assert.match((await labels(archive))[0] ?? "", /gone\.mbox/);
    });

    it("reads every other archive, and says of each bad one what it lacks", async () => {
      const letter = join(folder.path, "letter.mbox");
      writeFileSync(letter, "Dear all,\n\nthis is no mbox.\n");
      const bare = join(folder.path, "bare");
      mkdirSync(bare);
      await setArchives({ path: letter }, { path: samplePath(), name: "Sample" }, { path: bare });
      assert.deepEqual(await labels(), [
        "letter.mbox | cannot be read",
        "Sample | 5 threads · 43 messages",
        "bare | cannot be read",
      ]);
      const [first] = await labels(await row("letter.mbox"));
      const [second] = await labels(await row("bare"));
      assert.match(first ?? "", /letter\.mbox/);
      assert.match(second ?? "", /bare.*(?:mbox|Maildir)/);
      const said = await told(() => run("updateArchives"), 2);
      assert.equal(said.length, 2);
    });

    it("says what a pasted text lacks", async () => {
      const [said] = await told(() => run("openMessage", "no id at all"));
      assert.match(said ?? "", /no Message-ID, link or commit.*Paste/);
    });

    it("says that no archive has a message", async () => {
      const [said] = await told(() =>
        run("openMessage", "https://lore.kernel.org/r/nobody.has@this.example"),
      );
      assert.match(said ?? "", /No archive has the message <nobody\.has@this\.example>.*no server is asked/);
    });
  });
});
