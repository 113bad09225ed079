import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import type { Outcome, PageEnd } from "../../../src/archive/remote.ts";
import { UserError } from "../../../src/base/report.ts";
import { summaryOf, talk, useArchives } from "./archives.ts";
import { type Mail, MemorySource, type Step } from "./memorySource.ts";

describe("archive/archive", () => {
  const { folder, sources, openHere, index, shape } = useArchives();

  it("indexes, lists, threads, and gives the bytes", async () => {
    const archive = openHere();
    const summary = await index(archive, "/one", { mails: talk });
    assert.deepEqual(
      [summary.messages, summary.added, summary.removed, summary.skipped, summary.format],
      [3, 3, 0, 0, "mbox"],
    );
    const { threads } = await archive.threads({ limit: 10 });
    assert.deepEqual(threads, [
      {
        thread: "a",
        subject: "[PATCH v2 0/3] faster maps",
        fromName: "Ada",
        fromAddress: "ada@kernel.example",
        dateMs: 1_600_000_000_000,
        lastMs: 1_600_000_200_000,
        messages: 3,
        participants: 2,
        unread: 0,
        list: "maps.kernel.example",
        series: { version: 2, patches: 3 },
      },
    ]);
    assert.deepEqual(await shape(archive, "c"), ["a", " b", "  c"]);
    const [raw] = await archive.raw({ messageIds: ["c", "nobody"] });
    assert.match(Buffer.from(raw?.raw ?? []).toString(), /folio order/);
    assert.deepEqual(await archive.has({ messageIds: ["a", "x"] }), [true, false]);
    assert.deepEqual(await archive.ids({ limit: 10 }), { ids: ["a", "b", "c"] });
    assert.equal((await archive.threads({ query: "folio", limit: 10 })).threads.length, 1);
    assert.equal((await archive.search({ query: "from:bob", limit: 10 })).found[0]?.messageId, "b");
  });

  const listsOf = async (archive: Archive) =>
    (await archive.archives()).map(({ source, messages, threads, lists }) => [
      source,
      messages,
      threads,
      lists.map(({ list, threads, messages }) => `${list} ${threads} ${messages}`).join(", "),
    ]);

  it("goes on from its cursor, and does nothing when nothing changed", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: talk.slice(0, 2) });
    assert.deepEqual(summaryOf(await index(archive, "/one")), [2, 0, 0, 0]);
    assert.deepEqual(summaryOf(await index(archive, "/one", { mails: talk.slice(2) })), [3, 1, 0, 0]);
    assert.deepEqual(await shape(archive, "a"), ["a", " b", "  c"]);
  });

  it("keeps its rows over a restart of the program", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: talk });
    archive.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await shape(openHere(), "b"), ["a", " b", "  c"]);
  });

  it("joins what a late parent holds together", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: [{ id: "b", references: ["a"], date: 20 }] });
    await index(archive, "/one", { mails: [{ id: "d", references: ["c"], date: 40 }] });
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 2);
    await index(archive, "/one", { mails: [{ id: "c", references: ["a"], date: 30 }] });
    assert.deepEqual(await shape(archive, "d"), ["a?", " b", " c", "  d"]);
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 1);
    await index(archive, "/one", { mails: [{ id: "a", date: 10 }] });
    assert.deepEqual(await shape(archive, "d"), ["a", " b", " c", "  d"]);
  });

  it("finds a thread by its ghost", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: [{ id: "b", references: ["a"], date: 20 }] });
    assert.deepEqual(await shape(archive, "a"), ["a?", " b"]);
    assert.equal((await archive.threads({ limit: 9 })).threads[0]?.thread, "a");
    assert.equal(await archive.thread({ messageId: "nobody" }), null);
  });

  it("gives ids in order of arrival also when the newest came first", async () => {
    const archive = openHere();
    await index(
      archive,
      "/one",
      { direction: "older", mails: [{ id: "d" }, { id: "c" }] },
      { direction: "older", mails: [{ id: "b" }, { id: "a" }] },
      { direction: "newer", mails: [{ id: "e" }, { id: "f" }] },
    );
    const first = await archive.ids({ limit: 4 });
    assert.deepEqual(first.ids, ["a", "b", "c", "d"]);
    assert.deepEqual((await archive.ids({ limit: 4, after: first.next ?? 0 })).ids, ["e", "f"]);
  });

  it("pages threads by newest activity, each once", async () => {
    const archive = openHere();
    const mails = Array.from({ length: 25 }, (_, at) => ({ id: `m${at}`, date: 1_600_000_000 + (at % 5) }));
    await index(archive, "/one", { mails });
    for (const narrow of [{}, { source: "/one" }, { query: "about" }]) {
      const seen: string[] = [];
      const times: number[] = [];
      let after: PageEnd | undefined;
      do {
        const page = await archive.threads({ ...narrow, limit: 10, ...(after ? { after } : {}) });
        seen.push(...page.threads.map(({ thread }) => thread));
        times.push(...page.threads.map(({ lastMs }) => lastMs));
        after = page.next;
      } while (after);
      assert.equal(new Set(seen).size, 25);
      assert.equal(seen.length, 25);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => b - a),
      );
    }
  });

  it("pages threads by their beginning, each once", async () => {
    const archive = openHere();
    const begin = (at: number) => 1_600_000_000 + ((at * 7) % 25);
    const mails = Array.from({ length: 25 }, (_, at) => ({ id: `m${at}`, date: begin(at) }));
    const answers = mails.map(({ id }, at) => ({ id: `${id}a`, references: [id], date: 1_700_000_000 - at }));
    const absurd = { id: "absurd", date: 3_645_000_000, arrived: null };
    await index(archive, "/one", { mails: [...mails, absurd, ...answers] });
    for (const narrow of [{}, { source: "/one" }, { query: "about" }]) {
      const times: number[] = [];
      let after: PageEnd | undefined;
      do {
        const page = await archive.threads({
          ...narrow,
          order: "started",
          limit: 10,
          ...(after ? { after } : {}),
        });
        times.push(...page.threads.map(({ dateMs }) => dateMs));
        after = page.next;
      } while (after);
      const expected = mails.map(({ date }) => date * 1000).sort((a, b) => b - a);
      // What says no believable time comes last.
      assert.deepEqual(times, [...expected, 0]);
    }
  });

  it("lets arrival decide where a date is absurd, for order and for the last activity", async () => {
    const archive = openHere();
    await index(archive, "/one", {
      mails: [
        { id: "old", date: 3_645_000_000, arrived: 1_500_000_000 },
        { id: "new", date: 1_600_000_000 },
      ],
    });
    const { threads } = await archive.threads({ limit: 9 });
    assert.deepEqual(
      threads.map(({ thread, lastMs }) => [thread, lastMs]),
      [
        ["new", 1_600_000_000_000],
        ["old", 1_500_000_000_000],
      ],
    );
  });

  it("keeps imposters, and gives all of them", async () => {
    const archive = openHere();
    const summary = await index(archive, "/one", {
      mails: [...talk, { id: "b", date: 1_600_000_100, references: ["a"], from: "Eve <eve@kernel.example>" }],
    });
    assert.deepEqual(summaryOf(summary), [4, 4, 0, 0]);
    const thread = await archive.thread({ messageId: "b" });
    assert.deepEqual(
      thread?.nodes.map(({ messageId, imposters }) => `${messageId}${imposters}`),
      ["a0", "b1", "c0"],
    );
    assert.equal((await archive.raw({ messageIds: ["b"] })).length, 2);
    assert.deepEqual((await archive.ids({ limit: 9 })).ids, ["a", "b", "c"]);
  });

  it("tells an imposter by its body alone", async () => {
    const archive = openHere();
    const one = { id: "a", date: 1_600_000_000, subject: "s", body: "one" };
    assert.deepEqual(
      summaryOf(await index(archive, "/one", { mails: [one, { ...one, body: "two" }] })),
      [2, 2, 0, 0],
    );
    assert.deepEqual(
      summaryOf(await index(archive, "/two", { mails: [{ ...one, body: "three" }] })),
      [1, 1, 0, 0],
    );
    assert.deepEqual(
      summaryOf(await index(archive, "/two", { mails: [{ ...one, body: "two" }] })),
      [1, 0, 0, 1],
    );
  });

  it("shows a cross-posted message once in each list", async () => {
    const archive = openHere();
    const mail = (list: string) => ({ id: "x", date: 1_600_000_000, list });
    await index(archive, "/one", { mails: [mail("maps"), { id: "y", list: "maps" }] });
    assert.deepEqual(
      summaryOf(await index(archive, "/two", { mails: [mail("locks"), mail("locks")] })),
      [0, 0, 0, 2],
    );
    assert.deepEqual(await listsOf(archive), [
      ["/one", 2, 2, "maps 2 2"],
      ["/two", 1, 1, "locks 1 1"],
    ]);
    assert.equal((await archive.threads({ list: "locks", limit: 9 })).threads.length, 1);
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 2);
    assert.equal((await archive.threads({ query: "list:locks", limit: 9 })).threads.length, 1);
  });

  it("keeps a cross-posted message when the archive it came from first is forgotten", async () => {
    const archive = openHere();
    const mail = (list: string) => ({ id: "x", date: 1_600_000_000, list });
    await index(archive, "/one", { mails: [mail("maps"), { id: "y", list: "maps" }] });
    await index(archive, "/two", { mails: [mail("locks")] });
    await archive.forget({ source: "/one" });
    assert.deepEqual(await listsOf(archive), [["/two", 1, 1, "locks 1 1"]]);
    assert.equal((await archive.raw({ messageIds: ["x"] }))[0]?.origin.source, "/two");
    assert.deepEqual(await archive.has({ messageIds: ["x", "y"] }), [true, false]);
    sources.delete("/one");
    await index(archive, "/one", { mails: [mail("maps"), { id: "y", list: "maps" }] });
    assert.deepEqual(await listsOf(archive), [
      ["/two", 1, 1, "locks 1 1"],
      ["/one", 2, 2, "maps 2 2"],
    ]);
  });

  it("takes removed mail out, makes it a ghost, and splits what it held together", async () => {
    const archive = openHere();
    await index(archive, "/one", {
      mails: [
        { id: "a", date: 1 },
        { id: "b", date: 2, references: ["a"], body: "needle" },
        { id: "x", date: 3 },
        { id: "y", date: 4, references: ["x"] },
        { id: "bridge", date: 5, references: ["a", "x"] },
      ],
    });
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 1);
    assert.deepEqual(
      summaryOf(await index(archive, "/one", { removed: ["bridge", "nothing"] })),
      [4, 0, 1, 0],
    );
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 2);
    assert.deepEqual(summaryOf(await index(archive, "/one", { removed: ["a"] })), [3, 0, 1, 0]);
    assert.deepEqual(await shape(archive, "b"), ["a?", " b"]);
    await index(archive, "/one", { removed: ["b"] });
    assert.equal(await archive.thread({ messageId: "a" }), null);
    assert.deepEqual((await archive.search({ query: "needle", limit: 9 })).found, []);
    assert.deepEqual(await listsOf(archive), [["/one", 2, 1, " 1 2"]]);
  });

  it("begins anew when a source was replaced", async () => {
    const archive = openHere();
    await index(archive, "/other", { mails: [{ id: "o" }] });
    await index(archive, "/one", { mails: talk });
    assert.deepEqual(
      summaryOf(await index(archive, "/one", { mails: talk.slice(0, 1), restart: true })),
      [1, 1, 3, 0],
    );
    assert.deepEqual((await archive.ids({ limit: 9 })).ids, ["o", "a"]);
  });

  it("forgets archives that are not set any more", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: talk });
    await index(archive, "/two", { mails: [{ id: "o" }] });
    await archive.setArchives({ archives: [{ path: "/two" }] });
    assert.deepEqual(await listsOf(archive), [["/two", 1, 1, " 1 1"]]);
    await archive.setArchives({ archives: [] });
    assert.deepEqual(await archive.threads({ limit: 9 }), { threads: [] });
  });

  it("keeps the others when one archive cannot be read, and says so in its row", async () => {
    const archive = openHere();
    await index(archive, "/bad", { mails: talk });
    sources.set("/good", new MemorySource("/good", [{ mails: [{ id: "g" }] }]));
    const bad = new MemorySource("/bad", [{}, {}]);
    bad.before = () => {
      throw new UserError("The disk is away.", "Mount it.");
    };
    sources.set("/bad", bad);
    const told: Outcome[] = [];
    archive.on("ended", (outcome) => told.push(outcome));
    const outcomes = await archive.setArchives({ archives: [{ path: "/bad" }, { path: "/good" }] });
    const failure = "The disk is away. Mount it.";
    assert.deepEqual(outcomes[0], { source: "/bad", failure });
    assert.equal(outcomes[1] !== undefined && "added" in outcomes[1] && outcomes[1].added, 1);
    assert.deepEqual(told, outcomes);
    assert.equal((await archive.archives())[0]?.problem, failure);
    bad.before = () => undefined;
    await archive.index({ archive: { path: "/bad" } });
    assert.equal((await archive.archives())[0]?.problem, undefined);
  });

  it("counts unread mail of a Maildir and follows its flags without taking the message out", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: [{ id: "a", date: 1_600_000_000, flags: "" }] });
    assert.equal((await archive.threads({ limit: 1 })).threads[0]?.unread, 1);
    const moved = await index(archive, "/one", {
      mails: [{ id: "a", date: 1_600_000_000, flags: "S" }],
      removed: ["a"],
    });
    assert.deepEqual(summaryOf(moved), [1, 0, 0, 0]);
    assert.equal((await archive.threads({ limit: 1 })).threads[0]?.unread, 0);
  });

  it("takes a thousand references, and hostile ones beyond", async () => {
    const archive = openHere();
    const references = Array.from({ length: 5000 }, (_, at) => `r${at}`);
    await index(archive, "/one", { mails: [{ id: "m", references }, { id: "r0" }, { id: "r4999" }] });
    assert.equal((await archive.threads({ limit: 9 })).threads.length, 1);
    // What is not held is shown as far as a person needs it.
    assert.equal((await shape(archive, "m"))?.length, 8);
  });

  it("closes its sources when it is closed", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: talk });
    archive.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(sources.get("/one")?.closed, 1);
  });

  it("says how large things are", async () => {
    const archive = openHere();
    await index(archive, "/one", { mails: talk });
    const facts = await archive.diagnose();
    assert.equal(facts["messages"], 3);
    assert.match(String(facts["git"]), /^git version/);
    assert.match(String(facts["sqlite"]), /^3\./);
  });

  describe("whatever the order and the batches (property)", () => {
    /** Everything that can be seen of an index, in an order of its own. */
    const portrait = async (archive: Archive) => {
      const { threads } = await archive.threads({ limit: 1000 });
      const whole = await Promise.all(
        threads.map(async (row) => ({
          row,
          nodes: (await archive.thread({ messageId: row.thread }))?.nodes,
        })),
      );
      const lists = (await archive.archives()).map(({ messages, threads, lists }) => ({
        messages,
        threads,
        lists,
      }));
      return { whole: whole.sort((a, b) => (a.row.thread < b.row.thread ? -1 : 1)), lists };
    };
    const id = fc.integer({ min: 0, max: 15 }).map((n) => `m${n}`);
    const mail = fc.record({
      id,
      references: fc.uniqueArray(id, { maxLength: 4 }),
      date: fc.integer({ min: 1_600_000_000, max: 1_600_000_050 }),
      list: fc.constantFrom("maps", "locks"),
    });
    const mails = fc.uniqueArray(mail, { maxLength: 16, selector: (one) => one.id });
    const shuffled = mails.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      ),
    );
    const steps = (list: Mail[], sizes: Iterator<number>): Step[] => {
      const made: Step[] = [];
      for (let at = 0; at < list.length; ) {
        const size = Number(sizes.next().value);
        made.push({ mails: list.slice(at, at + size), direction: made.length % 2 ? "newer" : "older" });
        at += size;
      }
      return made;
    };
    const fresh = () => {
      rmSync(join(folder(), "index.sqlite"), { force: true });
      sources.clear();
      return openArchive(
        { db: join(mkdtempSync(join(folder(), "p-")), "i.sqlite"), git: "git", bodies: "none" },
        { openSource: ({ path }) => sources.get(path) as MemorySource },
      );
    };

    it("shuffled batches make the same threads as one batch in order", () =>
      fc.assert(
        fc.asyncProperty(shuffled, async ([list, other, sizes]) => {
          const [one, two] = [fresh(), fresh()];
          await index(one, "/one", { mails: list });
          sources.clear();
          await index(two, "/one", ...steps(other, sizes));
          assert.deepEqual(await portrait(two), await portrait(one));
          one.close();
          two.close();
        }),
        { numRuns: 40 },
      )).timeout(60_000);

    it("mail put and taken out again leaves nothing behind", () =>
      fc.assert(
        fc.asyncProperty(shuffled, fc.nat(), async ([list, other, sizes], keep) => {
          const [one, two] = [fresh(), fresh()];
          const kept = new Set(list.slice(0, keep % (list.length + 1)).map((mail) => mail.id));
          await index(one, "/one", { mails: list.filter((mail) => kept.has(mail.id)) });
          sources.clear();
          await index(two, "/one", ...steps(other, sizes), {
            removed: other.map(({ id }) => id).filter((id) => !kept.has(id)),
          });
          assert.deepEqual(await portrait(two), await portrait(one));
          one.close();
          two.close();
        }),
        { numRuns: 40 },
      )).timeout(60_000);
  });
});
