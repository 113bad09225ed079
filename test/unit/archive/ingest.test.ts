import assert from "node:assert/strict";
import { summaryOf, talk, useArchives } from "./archives.ts";
import { type Mail, MemorySource, type Step } from "./memorySource.ts";

describe("archive/ingest", () => {
  const { sources, openHere, index, shape } = useArchives();

  it("answers during indexing: the first batch is there at once, all are while the source is waited for", async () => {
    const archive = openHere();
    const source = new MemorySource(
      "/one",
      talk.map((mail) => ({ mails: [mail] })),
    );
    sources.set("/one", source);
    const count = async () => (await archive.ids({ limit: 9 })).ids.length;
    const changed = () =>
      new Promise<void>((resolve) => {
        const stop = archive.on("changed", () => {
          stop();
          resolve();
        });
      });
    const seen: number[] = [];
    source.before = async (step) => {
      while (step === 2 && (await count()) < 2) await changed();
      seen.push(await count());
    };
    await archive.index({ archive: { path: "/one" } });
    assert.deepEqual(seen, [0, 1, 2]);
    assert.equal(await count(), 3);
  });

  it("keeps the batches before one that cannot be stored", async () => {
    const archive = openHere();
    const steps: Step[] = talk.map((mail) => ({ mails: [mail] }));
    sources.set("/one", new MemorySource("/one", steps));
    const last = steps[2]?.mails?.[0] as Mail;
    Object.defineProperty(last, "subject", { get: () => Symbol("no text"), configurable: true });
    await assert.rejects(archive.index({ archive: { path: "/one" } }));
    const held = (await archive.ids({ limit: 9 })).ids.length;
    assert.ok(held <= 2);
    Object.defineProperty(last, "subject", { value: "text" });
    assert.deepEqual(summaryOf(await index(archive, "/one")), [3, 3 - held, 0, 0]);
    assert.deepEqual(await shape(archive, "c"), ["a", " b", "  c"]);
  });

  it("reads ahead without storing twice or losing any", async () => {
    const archive = openHere();
    const mails = Array.from({ length: 60 }, (_, at) => ({
      id: `m${at}`,
      references: at % 3 ? [`m${at - 1}`] : [],
    }));
    const steps = mails.map((mail): Step => ({ mails: [mail], direction: "older" }));
    assert.deepEqual(summaryOf(await index(archive, "/one", ...steps)), [60, 60, 0, 0]);
    assert.equal((await archive.threads({ limit: 100 })).threads.length, 20);
    assert.equal((await archive.archives())[0]?.threads, 20);
  });

  it("stops after the batch at hand when cancelled, says how far it is, and goes on from there", async () => {
    const archive = openHere();
    const source = new MemorySource(
      "/one",
      talk.map((mail) => ({ mails: [mail] })),
    );
    sources.set("/one", source);
    const controller = new AbortController();
    source.before = (step) => {
      if (step === 1) controller.abort();
    };
    let told: unknown;
    archive.on("progress", (progress) => {
      told = progress;
    });
    const summary = await archive.index({ archive: { path: "/one" } }, controller.signal);
    assert.deepEqual(told, { source: "/one", done: 1, total: 3, messages: 1 });
    assert.equal(summary.cancelled, true);
    assert.equal(summary.messages, 1);
    const backToMs = (talk[0]?.date ?? 0) * 1000;
    assert.deepEqual(await archive.reach(), [{ source: "/one", name: "one", part: 1 / 3, backToMs }]);
    assert.deepEqual(summaryOf(await archive.index({ archive: { path: "/one" } })), [3, 2, 0, 0]);
    assert.deepEqual(await archive.reach(), []);
  });
});
