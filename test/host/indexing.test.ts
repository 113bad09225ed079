/** Reading archives in the real editor: rows while it goes on, pause and resume, changes on disk, a missing SQLite. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import * as vscode from "vscode";
import type { Element } from "../../src/editor/tree/threadElements.ts";
import { addToMirror, splitMbox, writeMirror } from "../mirror.ts";
import {
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

const mail = (id: string, subject: string, minute = 0): string =>
  [
    "From: Bo Lind <bo@kernel.example>",
    "To: dev@lists.kernel.example",
    `Subject: ${subject}`,
    `Date: ${new Date(Date.UTC(2026, 8, 1, 0, minute)).toUTCString()}`,
    `Message-ID: <${id}@kernel.example>`,
    "",
    `text about ${subject}`,
    "",
  ].join("\n");

const inMbox = (text: string): string => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${text}\n`;

/** Long enough to be seen being read. */
const MANY = 60_000;

describe("reading archives", () => {
  let folder: ReturnType<typeof scratchFolder>;
  let large = "";
  before(() => {
    folder = scratchFolder();
    large = join(folder.path, "large.mbox");
    const mails = Array.from({ length: MANY }, (_, n) => inMbox(mail(`large.${n}`, `matter ${n}`, n)));
    writeFileSync(large, mails.join(""));
  });
  after(async () => {
    await setArchives();
    folder.remove();
  });
  beforeEach(() => setArchives());

  /** Puts the large archive into the settings and waits until some of it is held. */
  const beginLarge = async (): Promise<void> => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await settings.update("archives", [{ path: large }], vscode.ConfigurationTarget.Global);
    const begun = /^large\.mbox \| reading, \d+ % · [\d,]+ threads/;
    await until("the reading to be under way", async () => begun.test((await labels())[0] ?? ""));
  };

  it("shows the newest threads while the rest is read, in rows that stay the same rows, and leaves the editor's thread free", async () => {
    const { sync, tree } = await parts();
    const heard: [element: Element | undefined, ms: number][] = [];
    const listener = tree.onDidChangeTreeData?.((changed) => {
      const elements = Array.isArray(changed) ? changed : [changed ?? undefined];
      heard.push(...elements.map((element): [Element | undefined, number] => [element, performance.now()]));
    });
    await beginLarge();
    const archive = await row("large.mbox | reading");
    const before = (await rows(archive)).map(({ id }) => id);
    assert.equal(sync.state(large).phase, "reading");
    assert.equal(before.length, 101);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await sync.settled();
    delay.disable();
    // A block is what comes on top of the time between two looks. Other processes take their turns on this thread's core.
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 1);
    const [usual, longest] = [ms(delay.percentile(99)), ms(delay.max)];
    console.log(`      blocked for ${longest.toFixed(1)} ms at most, 99 % below ${usual.toFixed(1)} ms`);
    assert.ok(usual < 100, `blocked for ${usual} ms`);
    await until("the row without a state", async () =>
      /^large\.mbox \| 60,000 threads/.test(await label(archive)),
    );
    listener?.dispose();
    assert.deepEqual(
      (await rows(archive)).map(({ id }) => id),
      before,
    );
    const ofArchive = heard.filter(([element]) => element === archive);
    const [first = 0, last = 0] = [ofArchive[0]?.[1], ofArchive.at(-1)?.[1]];
    const others = heard.map(([element]) => element).filter((element) => element !== archive);
    // What is searched for in all archives may be found in what was read.
    const unasked = others.filter((element) => element !== undefined && element.kind !== "search");
    assert.deepEqual(unasked, [], "only this row and the searches are refreshed");
    // All rows at once when the archives of before go and this one comes.
    assert.ok(others.filter((element) => element === undefined).length <= 2);
    assert.ok(
      ofArchive.length <= 3 + (2 * (last - first)) / 1000,
      `${ofArchive.length} times in ${last - first} ms`,
    );
  });

  it("pauses, says how far it is, and goes on from there", async () => {
    const { archive, sync } = await parts();
    await beginLarge();
    await run("pauseIndexing");
    assert.deepEqual(await sync.settled(), []);
    // Whoever writes next has waited for the batch at hand.
    await archive.request("forget", { source: "/nothing" });
    assert.match(await label(await row("large.mbox")), /^large\.mbox \| paused, \d+ % · [\d,]+ threads/);
    const [held] = await archive.request("archives", null);
    assert.ok(held !== undefined && held.messages > 0 && held.messages < MANY);
    await run("resumeIndexing");
    await until("the run to go on", () => sync.state(large).phase === "reading");
    const [outcome] = await sync.settled();
    assert.ok(outcome !== undefined && "added" in outcome);
    assert.equal(outcome.added, MANY - held.messages);
    assert.match(await label(await row("large.mbox")), /^large\.mbox \| 60,000 threads/);
  });

  it("stays paused when the archive changes, and ends the pause by a check for new mail", async () => {
    const { sync } = await parts();
    await beginLarge();
    await run("pauseIndexing");
    writeFileSync(large, inMbox(mail("while.paused", "one more")), { flag: "a" });
    assert.equal(sync.state(large).phase, "paused");
    await run("updateArchives");
    assert.match(await label(await row("large.mbox")), /^large\.mbox \| 1 unread · 60,001 threads/);
  });

  it("leaves nothing of an archive that is taken away", async () => {
    const { archive } = await parts();
    await setArchives({ path: samplePath() });
    const messageIds = ["20260914114003.a1@kernel.example"];
    assert.deepEqual(await archive.request("has", { messageIds }), [true]);
    await setArchives();
    assert.deepEqual(await archive.request("has", { messageIds }), [false]);
    assert.deepEqual(await archive.request("threads", { limit: 9 }), { threads: [] });
  });

  describe("that change on disk", () => {
    const sees = async (expected: string) =>
      await until(expected, async () =>
        // What of it is unread is another matter.
        (await labels()).map((text) => text.replace(/\d+ unread · /, "")).includes(expected),
      );

    it("sees what is appended to an mbox", async () => {
      const path = join(folder.path, "grows.mbox");
      copyFileSync(samplePath(), path);
      await setArchives({ path });
      writeFileSync(path, inMbox(mail("appended", "one more")), { flag: "a" });
      await sees("grows.mbox | 6 threads · 44 messages");
    });

    it("sees an mbox that another one takes the place of, again and again", async () => {
      const path = join(folder.path, "replaced.mbox");
      writeFileSync(path, inMbox(mail("first", "first")));
      await setArchives({ path });
      for (const n of [2, 3]) {
        const whole = Array.from({ length: n }, (_, index) => inMbox(mail(`mail.${index}`, `mail ${index}`)));
        writeFileSync(`${path}.new`, whole.join(""));
        await vscode.workspace.fs.rename(vscode.Uri.file(`${path}.new`), vscode.Uri.file(path), {
          overwrite: true,
        });
        await sees(`replaced.mbox | ${n} threads · ${n} messages`);
      }
    });

    it("sees what is committed into a mirror", async () => {
      const path = join(folder.path, "mirror");
      writeMirror(splitMbox(readFileSync(samplePath())), path);
      await setArchives({ path });
      addToMirror([Buffer.from(mail("committed", "one more"))], path);
      await sees("mirror | 6 threads · 44 messages");
      addToMirror([Buffer.from(mail("committed.too", "and one more"))], path);
      await sees("mirror | 7 threads · 45 messages");
    });

    it("sees what is delivered to a Maildir", async () => {
      const path = join(folder.path, "maildir");
      for (const name of ["cur", "new", "tmp"]) mkdirSync(join(path, name), { recursive: true });
      writeFileSync(join(path, "cur", "1790000000.a.host:2,S"), mail("one", "one"));
      await setArchives({ path });
      writeFileSync(join(path, "new", "1790000001.b.host"), mail("two", "two"));
      await sees("maildir | 2 threads · 2 messages");
    });
  });

  describe("without SQLite's full-text search", () => {
    let kept = "";
    /** Starts another worker program: a change of its settings does that. */
    const startWorker = async (path: string) => {
      const { program, sync } = await parts();
      program.path = path;
      const settings = vscode.workspace.getConfiguration("kernelMail");
      const before = settings.get("index.bodies");
      await settings.update(
        "index.bodies",
        before === "all" ? undefined : "all",
        vscode.ConfigurationTarget.Global,
      );
      await sync.settled();
    };
    before(async () => {
      kept = (await parts()).program.path;
    });
    after(() => startWorker(kept));

    /** What a person sees when the ground is changed by `prelude` before the worker's own program runs. */
    const lacks = async (name: string, isFirst: boolean, prelude: string): Promise<void> => {
      await setArchives({ path: samplePath() });
      const path = join(folder.path, `${name}.cjs`);
      writeFileSync(path, `${prelude}\nrequire(${JSON.stringify(kept)});\n`);
      // The same sentence is not told again within seconds: the row has it in any case.
      const said = await told(() => startWorker(path), isFirst ? 1 : 0);
      const sentence =
        /^This program needs SQLite with full-text search, which Node [\d.]+ does not bring\. Use VS Code 1\.104 or newer/;
      if (isFirst) assert.equal(said.length, 1);
      for (const text of said) assert.match(text, sentence);
      const [only, ...others] = await labels();
      assert.match(only ?? "", sentence);
      assert.deepEqual(others, []);
    };

    it("says which version is needed where Node has no SQLite", () =>
      lacks("none", true, "process.getBuiltinModule = () => undefined;"));

    it("says which version is needed where SQLite has no FTS5", () =>
      lacks(
        "noFts",
        false,
        `const sqlite = require("node:sqlite");
         const exec = sqlite.DatabaseSync.prototype.exec;
         sqlite.DatabaseSync.prototype.exec = function (sql) {
           if (/fts5/.test(sql)) throw new Error("no such module: fts5");
           return exec.call(this, sql);
         };`,
      ));
  });
});
