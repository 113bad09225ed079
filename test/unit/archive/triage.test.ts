/** What is unread, starred, followed, muted, and what undoes it: over an index that comes and goes. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Archive } from "../../../src/archive/archive.ts";
import type { MarkKind } from "../../../src/archive/stateMarks.ts";
import { useArchives } from "./archives.ts";
import type { Mail } from "./memorySource.ts";

const DAY = 86_400;
const NOW = 1_700_000_000;
const me = "Ada <ada@kernel.example>";
const bob = "Bob <bob@kernel.example>";
const robot = "test robot <lkp@robots.example>";

/** A mail of some days ago. */
const mail = (id: string, daysAgo: number, more: Partial<Mail> = {}): Mail => ({
  id,
  date: NOW - daysAgo * DAY,
  from: bob,
  list: "maps.kernel.example",
  ...more,
});

const thread = [
  mail("root", 3),
  mail("one", 2.5, { references: ["root"] }),
  mail("two", 2, { references: ["root", "one"] }),
];

describe("archive/triage", () => {
  const archives = useArchives();
  let nowMs = 0;
  beforeEach(() => {
    nowMs = NOW * 1000;
  });
  const open = async (...mails: Mail[]): Promise<Archive> => {
    const archive = archives.openHere(() => nowMs);
    await archive.setPeople({
      me: ["ada@kernel.example"],
      name: ["Ada Moreno"],
      bot: ["*@robots.example"],
      file: ["drivers/pond/", "fs/lake*.c", "mm/"],
    });
    if (mails.length > 0) await archives.index(archive, "/list", { mails });
    return archive;
  };
  const come = (archive: Archive, ...mails: Mail[]) => archives.index(archive, "/list", { mails });
  const unread = async (archive: Archive): Promise<string[]> => {
    const found: string[] = [];
    for (const row of (await archive.threads({ limit: 1000 })).threads) {
      const nodes = (await archive.thread({ messageId: row.thread }))?.nodes ?? [];
      const news = nodes.filter((node) => node.unread && node.marks?.bot === undefined);
      assert.equal(row.unread, news.length, `the row of ${row.thread} counts its messages`);
      found.push(...news.map(({ messageId }) => messageId));
    }
    assert.equal((await archive.counts()).all, found.length);
    return found.sort();
  };
  const mark = (archive: Archive, kind: MarkKind, value: string | null, ...messageIds: string[]) =>
    archive.mark({ words: `${kind} ${value}`, kind, value, messageIds });
  const markThread = (archive: Archive, kind: MarkKind, value: string | null, ...threads: string[]) =>
    archive.mark({ words: `${kind} ${value}`, kind, value, threads });
  const closeAll = async (archive: Archive) => {
    archive.close();
    await new Promise((resolve) => setImmediate(resolve));
  };

  it("what came before the last week counts as read where a list is met first, what came since does not", async () => {
    assert.deepEqual(await unread(await open(mail("old", 8), mail("new", 6))), ["new"]);
  });
  it("mail that comes later is unread, also when it was sent before what is known", async () => {
    const archive = await open(mail("a", 6));
    await archive.readList({ words: "all", untilMs: nowMs });
    assert.deepEqual(await unread(archive), []);
    nowMs += DAY * 1000;
    await come(archive, mail("late", 1), mail("today", -0.5));
    assert.deepEqual(await unread(archive), ["late", "today"]);
    await closeAll(archive);
    assert.deepEqual(await unread(await open()), ["late", "today"]);
  });
  it("mail that is appended is unread whatever its date, but no crowd of old mail", async () => {
    const archive = await open(mail("a", 6));
    await come(archive, mail("dated", 90), mail("other", 90, { list: "pool.kernel.example" }));
    assert.deepEqual(await unread(archive), ["a", "dated", "other"]);
    await come(archive, ...Array.from({ length: 300 }, (_, at) => mail(`old${at}`, 90)), mail("late", 20));
    assert.deepEqual(await unread(archive), ["a", "dated", "late", "other"]);
  });
  it("own mail is never unread", async () => {
    assert.deepEqual(await unread(await open(mail("mine", 1, { from: me }), mail("b", 1))), ["b"]);
  });
  it("knows in which lists robots begin threads, also when the first one comes late", async () => {
    const archive = await open(mail("a", 3), mail("b", 3, { list: "pool.kernel.example" }));
    const lists = async () =>
      (await archive.archives()).flatMap((row) =>
        row.lists.filter(({ robots }) => robots).map(({ list }) => list),
      );
    assert.deepEqual(await lists(), []);
    await come(archive, mail("answer", 1, { from: robot, references: ["b"], list: "pool.kernel.example" }));
    assert.deepEqual(await lists(), []);
    await come(archive, mail("bot", 1, { from: robot }));
    assert.deepEqual(await lists(), ["maps.kernel.example"]);
    await closeAll(archive);
    const again = await open();
    assert.deepEqual((await again.archives())[0]?.lists.map(({ robots }) => robots === true).sort(), [
      false,
      true,
    ]);
  });
  it("robots are not counted, and their mail is unread all the same", async () => {
    const archive = await open(mail("bot", 1, { from: robot }), mail("b", 1));
    assert.deepEqual(await unread(archive), ["b"]);
    const nodes = (await archive.thread({ messageId: "bot" }))?.nodes;
    assert.deepEqual(
      nodes?.map((node) => [node.unread, node.marks?.bot]),
      [[true, true]],
    );
  });
  it("what a Maildir calls seen is read, and can be marked unread", async () => {
    const archive = await open(mail("seen", 1, { flags: "S" }), mail("unseen", 1, { flags: "" }));
    assert.deepEqual(await unread(archive), ["unseen"]);
    await mark(archive, "read", "0", "seen");
    assert.deepEqual(await unread(archive), ["seen", "unseen"]);
  });
  it("reads messages and whole threads, and undoes each as one change", async () => {
    const archive = await open(...thread);
    await mark(archive, "read", "1", "one");
    assert.deepEqual(await unread(archive), ["root", "two"]);
    await markThread(archive, "read", "1", "two");
    assert.deepEqual(await unread(archive), []);
    assert.equal((await archive.undo())?.words, "read 1");
    assert.deepEqual(await unread(archive), ["root", "two"]);
    await archive.undo();
    assert.deepEqual(await unread(archive), ["one", "root", "two"]);
    assert.equal(await archive.undo(), null);
    assert.equal((await archive.counts()).undo, undefined);
  });
  it("reading what is read is no change", async () => {
    const archive = await open(...thread);
    await mark(archive, "read", "1", "one");
    await mark(archive, "read", "1", "one");
    await archive.undo();
    assert.equal((await archive.counts()).undo, undefined);
  });
  it("reads a list by age, one row however much it holds, and undoes it", async () => {
    const archive = await open(...thread, mail("new", 0.5));
    await archive.readList({
      words: "list",
      source: "/list",
      list: "maps.kernel.example",
      untilMs: (NOW - DAY) * 1000,
    });
    assert.deepEqual(await unread(archive), ["new"]);
    await archive.undo();
    assert.deepEqual(await unread(archive), ["new", "one", "root", "two"]);
  });
  it("the later word counts: a message marked unread before its list was read, and after", async () => {
    const archive = await open(...thread);
    await mark(archive, "read", "0", "root");
    await mark(archive, "read", "1", "one");
    await mark(archive, "read", "0", "one");
    await archive.readList({ words: "all", untilMs: nowMs });
    await mark(archive, "read", "0", "two");
    assert.deepEqual(await unread(archive), ["two"]);
  });
  it("all means all, also what a clock that runs ahead dated into the future", async () => {
    const archive = await open(mail("ahead", -30), mail("a", 1));
    await archive.readList({ words: "all", untilMs: nowMs });
    assert.deepEqual(await unread(archive), []);
    await archive.undo();
    assert.deepEqual(await unread(archive), ["a", "ahead"]);
  });
  it("a muted thread is silent, its later mail too, until it is no more", async () => {
    const archive = await open(...thread, mail("b", 1));
    await markThread(archive, "mute", "1", "root");
    await come(archive, mail("three", 0.5, { references: ["root"] }));
    assert.deepEqual(await unread(archive), ["b"]);
    const shown = async (quiet: boolean) =>
      (await archive.threads({ limit: 9, quiet })).threads.map((row) => row.thread);
    assert.deepEqual(await shown(true), ["b"]);
    assert.deepEqual(await shown(false), ["root", "b"]);
    await markThread(archive, "mute", null, "three");
    assert.deepEqual(await unread(archive), ["b", "one", "root", "three", "two"]);
  });
  it("a muted subthread is silent, what stands beside it is not", async () => {
    const archive = await open(...thread, mail("beside", 1, { references: ["root"] }));
    await mark(archive, "muteBelow", "1", "one");
    await come(archive, mail("below", 0.2, { references: ["root", "one", "two"] }));
    assert.deepEqual(await unread(archive), ["beside", "root"]);
    await archive.undo();
    assert.deepEqual(await unread(archive), ["below", "beside", "one", "root", "two"]);
  });
  it("a snoozed thread comes back when its time has come", async () => {
    const archive = await open(...thread);
    await markThread(archive, "snooze", String(nowMs + 3_600_000), "root");
    assert.deepEqual(await unread(archive), []);
    nowMs += 3_600_001;
    assert.deepEqual(await unread(archive), ["one", "root", "two"]);
  });
  it("a thread comes back with the next version of its series, or with the next -rc", async () => {
    const patch = (id: string, daysAgo: number, subject: string) => mail(id, daysAgo, { subject });
    const archive = await open(patch("v1", 3, "[PATCH 0/2] maps"), mail("plan", 3));
    await markThread(archive, "snooze", "version", "v1");
    await markThread(archive, "snooze", `rc:${nowMs}`, "plan");
    assert.deepEqual(await unread(archive), []);
    const markOf = async (id: string) =>
      (await archive.threads({ limit: 9 })).threads.find((row) => row.thread === id)?.marks?.snoozedFor;
    assert.deepEqual([await markOf("v1"), await markOf("plan")], ["version", "rc"]);
    await come(
      archive,
      patch("other", 1, "[PATCH v2 0/2] other maps"),
      patch("v2", 1, "[PATCH v2 0/2] maps"),
    );
    assert.deepEqual(await unread(archive), ["other", "v1", "v2"]);
    const linus = (id: string, subject: string, daysAgo: number) =>
      mail(id, daysAgo, { subject, from: "Linus Torvalds <torvalds@kernel.example>" });
    await come(archive, linus("before", "Linux 6.99-rc1", 2), linus("re", "Re: Linux 6.99-rc2", -1));
    assert.ok(!(await unread(archive)).includes("plan"));
    await come(archive, linus("rc2", "Linux 6.99-rc2", -1));
    assert.ok((await unread(archive)).includes("plan"));
    assert.deepEqual([await markOf("v1"), await markOf("plan")], [undefined, undefined]);
  });
  it("a muted thread is snoozed no longer than another, and stays muted", async () => {
    const archive = await open(mail("v1", 3, { subject: "[PATCH] maps" }), mail("timed", 3));
    await markThread(archive, "snooze", "version", "v1");
    await markThread(archive, "snooze", String(nowMs + 1000), "timed");
    await markThread(archive, "mute", "1", "v1", "timed");
    const snoozed = async () =>
      (await archive.threads({ query: "is:snoozed", limit: 9 })).threads.map((row) => row.thread).sort();
    assert.deepEqual(await snoozed(), ["timed", "v1"]);
    nowMs += 1001;
    await come(archive, mail("v2", 1, { subject: "[PATCH v2] maps" }));
    assert.deepEqual(await snoozed(), []);
    const { threads } = await archive.threads({ query: "is:muted", limit: 9 });
    assert.deepEqual(
      threads.map(({ marks }) => marks),
      [{ muted: true }, { muted: true }],
    );
  });
  it("follows by itself the threads the person wrote in, until they say otherwise", async () => {
    const archive = await open(...thread, mail("mine", 1, { references: ["root"], from: me }), mail("b", 1));
    const followed = async () =>
      (await archive.threads({ limit: 9 })).threads.flatMap(({ thread: id, marks }) =>
        marks?.followed ? [id] : [],
      );
    assert.deepEqual(await followed(), ["root"]);
    await markThread(archive, "follow", "0", "root");
    await markThread(archive, "follow", "1", "b");
    assert.deepEqual(await followed(), ["b"]);
    assert.equal((await archive.counts()).followed, 1);
    await markThread(archive, "follow", "1", "mine");
    assert.deepEqual(await followed(), ["b", "root"]);
  });
  it("counts for the person what answers, names or is sent to them where they spoke, not what only has them in a trailer", async () => {
    const archive = await open(
      mail("mine", 3, { from: me }),
      mail("to", 2, { references: ["mine", "answer"], to: "ada@kernel.example" }),
      mail("else", 2, { to: "ada@kernel.example" }),
      mail("answer", 2, { references: ["mine"] }),
      mail("beside", 2, { references: ["mine", "answer"] }),
      mail("names", 1, { body: "What does Ada Moreno think?" }),
      mail("trailer", 1, {
        body: "Cc: Ada Moreno <ada@kernel.example>\nReviewed-by: Ada Moreno <ada@kernel.example>",
      }),
    );
    assert.equal((await archive.counts()).forMe, 3);
    const { found } = await archive.search({ query: "thread:mine to:me", limit: 9 });
    assert.deepEqual(
      found.map(({ messageId }) => messageId),
      ["to"],
    );
    const row = (await archive.threads({ limit: 9 })).threads.find(({ thread: id }) => id === "mine");
    assert.equal(row?.marks?.answersMe, true);
  });
  it("patches wait that are sent to the person or change their files, until they answer or a later version comes", async () => {
    const waiting = async (archive: Archive): Promise<string[]> =>
      (await archive.threads({ query: "waiting:me", limit: 99 })).threads.map(({ thread: id }) => id).sort();
    const patch = (id: string, subject: string, more: Partial<Mail> = {}) =>
      mail(id, 3, { subject: `[PATCH] ${subject}`, ...more });
    const mails = [
      patch("mine", "to", { to: "ada@kernel.example" }),
      patch("folder", "folder", { body: "Words.\ndrivers/pond/depth.c" }),
      patch("name", "name", { body: "fs/lake_sub.c" }),
      patch("top", "mm: zones", { body: "other/path.c" }),
      patch("else", "else", { body: "drivers/ponder/depth.c\nthe mm of words" }),
      mail("talk", 3, { to: "ada@kernel.example", body: "drivers/pond/depth.c" }),
      patch("own", "own", { from: me, body: "drivers/pond/depth.c" }),
      patch("old", "series", { to: "ada@kernel.example" }),
      mail("new", 2, { subject: "[PATCH v2 0/2] series" }),
      mail("part", 2, {
        subject: "[PATCH v2 1/2] part",
        to: "ada@kernel.example",
        references: ["new"],
      }),
    ];
    const archive = await open(...mails);
    assert.deepEqual(await waiting(archive), ["folder", "mine", "name", "new", "top"]);
    await come(archive, mail("said", 1, { from: me, references: ["mine"] }));
    assert.deepEqual(await waiting(archive), ["folder", "name", "new", "top"]);
  });
  it("nothing is to somebody of whom no archive has mail", async () => {
    const archive = await open(mail("a", 1, { to: "bob@kernel.example", from: bob }));
    const found = async (query: string) => (await archive.threads({ query, limit: 9 })).threads.length;
    assert.deepEqual([await found("to:me"), await found("waiting:me")], [0, 0]);
  });
  it("an answer that is read before what it answers counts all the same", async () => {
    const archive = await open(mail("answer", 2, { references: ["mine"] }));
    await archives.index(archive, "/other", { mails: [mail("mine", 3, { from: me })] });
    assert.equal((await archive.counts()).forMe, 1);
  });
  it("stars a message and a thread, and takes the star from wherever it is", async () => {
    const archive = await open(...thread);
    await mark(archive, "star", "1", "two");
    const { rows } = await mark(archive, "note", "ask\nagain", "root");
    assert.deepEqual(
      rows.map(({ marks }) => marks),
      [{ starred: true, note: "ask\nagain" }],
    );
    await markThread(archive, "star", null, "root");
    assert.equal((await archive.threads({ limit: 1 })).threads[0]?.marks?.starred, undefined);
  });
  it("keeps a starred message that its archive loses, until the star is gone", async () => {
    const archive = await open(...thread, mail("b", 1));
    await mark(archive, "star", "1", "b");
    await archives.index(archive, "/list", { removed: ["b"] });
    assert.deepEqual(await archive.has({ messageIds: ["b"] }), [true]);
    const starred = { query: "(is:starred)", limit: 9 };
    assert.deepEqual(
      (await archive.threads(starred)).threads.map((row) => [row.thread, row.marks]),
      [["b", { starred: true }]],
    );
    assert.deepEqual(
      (await archive.search(starred)).found.map(({ messageId }) => messageId),
      ["b"],
    );
    const { found: others } = await archive.search({ query: "NOT is:starred", limit: 9 });
    assert.ok(!others.some(({ messageId }) => messageId === "b"));
    await mark(archive, "star", null, "b");
    assert.deepEqual(await archive.has({ messageIds: ["b"] }), [false]);
    assert.deepEqual((await archive.threads(starred)).threads, []);
  });
  it("survives the index: built anew, it shows what was marked", async () => {
    const archive = await open(...thread, mail("b", 1), mail("old", 20));
    await mark(archive, "read", "1", "one");
    await mark(archive, "read", "0", "old");
    await markThread(archive, "mute", "1", "b");
    const before = await unread(archive);
    assert.deepEqual(before, ["old", "root", "two"]);
    await closeAll(archive);
    rmSync(join(archives.folder(), "index.sqlite"));
    const anew = await open();
    assert.deepEqual(await unread(anew), []);
    await archives.index(anew, "/list");
    assert.deepEqual(await unread(anew), before);
  });
  it("follows threads that are joined, and messages that are removed", async () => {
    const archive = await open(mail("c", 1, { references: ["b"] }), mail("a", 2));
    assert.deepEqual(await unread(archive), ["a", "c"]);
    await come(archive, mail("b", 1.5, { references: ["a"] }));
    assert.deepEqual(await unread(archive), ["a", "b", "c"]);
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 1);
    await archives.index(archive, "/list", { removed: ["b"] });
    assert.deepEqual(await unread(archive), ["a", "c"]);
  });
  it("two windows see each other's marks", async () => {
    const first = await open(...thread);
    const second = await open();
    await mark(first, "read", "1", "one", "root");
    assert.deepEqual(await unread(second), ["two"]);
    await mark(second, "read", "1", "two");
    assert.deepEqual(await unread(first), []);
  });
  it("counts unread mail of each list and archive, in several lists in each", async () => {
    const archive = await open(mail("a", 1), mail("b", 1, { list: "pool.kernel.example" }));
    await archives.index(archive, "/copies", { mails: [mail("a", 1), mail("c", 1)] });
    const counted = (await archive.archives()).map((row) => [
      row.source,
      row.unread,
      row.lists.map((list) => list.unread),
    ]);
    assert.deepEqual(counted, [
      ["/list", 2, [1, 1]],
      ["/copies", 2, [2]],
    ]);
  });

  describe("searches for what was marked", () => {
    const mails = [
      mail("series", 5, { from: me, subject: "[PATCH 0/2] maps" }),
      mail("answer", 4, { references: ["series"] }),
      mail("beside", 3, { references: ["series", "answer"], from: robot }),
      mail("names", 2, {
        body: "Ada Moreno wrote the first one.",
        to: "Maps <maps@kernel.example>, ada@kernel.example",
      }),
      mail("quiet", 1),
    ];
    const finds = (query: string, ...expected: string[]) =>
      it(query, async () => {
        const archive = await open(...mails);
        await mark(archive, "star", "1", "names");
        await markThread(archive, "mute", "1", "quiet");
        const { found } = await archive.search({ query, limit: 9 });
        assert.deepEqual(found.map(({ messageId }) => messageId).sort(), expected);
      });
    finds("is:unread", "answer", "names");
    finds("is:starred", "names");
    finds("is:followed", "answer", "beside", "series");
    finds("is:muted", "quiet");
    finds("is:bot", "beside");
    finds("from:me", "series");
    finds("answers:me", "answer");
    finds("to:me", "names");
    finds("t:maps NOT t:ada@kernel.example");
    finds("mentions:me", "names");
    finds("answers:me OR mentions:me OR (to:me AND thread:mine)", "answer", "names");
    finds("thread:mine NOT from:me NOT is:bot", "answer");
    finds("series:mine is:patch", "series");
    finds("(is:starred OR is:muted) wrote", "names");
    finds("(from:bob NOT subject:names)", "answer", "quiet");
  });

  describe("next unread", () => {
    const next = async (archive: Archive, messageId?: string, direction: 1 | -1 = 1) =>
      (await archive.nextUnread({ ...(messageId === undefined ? {} : { messageId }), direction }))?.messageId;
    const two = [...thread, mail("new", 1), mail("elsewhere", 0.5, { list: "pool.kernel.example" })];

    it("goes on in the thread, then where it began, then to the next thread of the list, then elsewhere", async () => {
      const archive = await open(...two);
      assert.equal(await next(archive, "root"), "one");
      assert.equal(await next(archive, "two"), "root");
      await mark(archive, "read", "1", "root", "one", "two");
      assert.equal(await next(archive, "two"), "new");
      await mark(archive, "read", "1", "new");
      assert.equal(await next(archive, "two"), "elsewhere");
      await mark(archive, "read", "1", "elsewhere");
      assert.equal(await next(archive, "two"), undefined);
    });
    it("goes back, and enters a thread at its end", async () => {
      const archive = await open(...two);
      assert.equal(await next(archive, "two", -1), "one");
      await mark(archive, "read", "1", "new");
      assert.equal(await next(archive, "new", -1), "two");
    });
    it("begins with the newest thread where nothing is shown", async () => {
      assert.equal(await next(await open(...two)), "elsewhere");
    });
    it("skips what is muted and what robots wrote", async () => {
      const archive = await open(...two, mail("bot", 0.9, { from: robot }));
      await markThread(archive, "mute", "1", "new");
      await mark(archive, "read", "1", "elsewhere");
      assert.equal(await next(archive), "root");
    });
  });

  describe("as text", () => {
    it("goes out and comes in, the later word standing, also about what was undone", async () => {
      const archive = await open(...thread, mail("b", 1));
      await mark(archive, "read", "1", "one");
      await mark(archive, "note", "two\nlines", "b");
      const text = await archive.exportState();
      assert.match(text, /^note \S+ <b> "two\\nlines"$/m);
      await archive.undo();
      nowMs += 1000;
      await mark(archive, "read", "1", "root");
      await mark(archive, "read", "0", "root");
      const note = async () => (await archive.threads({ limit: 1 })).threads[0]?.marks?.note;
      assert.equal((await archive.importState({ text })).news, 0);
      assert.equal(await note(), undefined);
      const later = `${text}note ${new Date(nowMs + 1000).toISOString()} <b> "from elsewhere"\n`;
      assert.equal((await archive.importState({ text: later })).news, 1);
      assert.equal(await note(), "from elsewhere");
      assert.deepEqual(await unread(archive), ["b", "root", "two"]);
      assert.equal((await archive.importState({ text: later })).news, 0);
    });
    it("refuses another file, and skips lines it does not know", async () => {
      const archive = await open(...thread);
      await assert.rejects(archive.importState({ text: "Dear diary" }), /holds no state of Kernel Mail/);
      const text = `${(await archive.exportState()).split("\n")[0]}\nread yesterday <a> "1"\nhug 2026-01-01T00:00:00Z <a> "1"\n`;
      assert.equal((await archive.importState({ text })).news, 0);
    });
  });
});
