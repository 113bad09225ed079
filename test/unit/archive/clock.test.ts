import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "../../../src/archive/archive.ts";
import { Sheaf } from "../../../src/sources/sheaf.ts";
import { type Mail, MemorySource } from "./memorySource.ts";

const at = (year: number): number => Date.UTC(year, 5, 1);

describe("archive/clock", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Mail of which only its date tells when it came; an answer comes a year later. */
  const mails = (...years: number[]): Mail[] =>
    years.map((year, index) => ({
      id: `m${year}`,
      date: at(year) / 1000,
      ...(index % 2 === 1 ? { references: [`m${year - 1}`] } : {}),
    }));
  const source = new MemorySource("/list", []);
  /** Indexes what is new at a time that the clock tells, and lists the threads with their last activity. */
  const runAt = async (year: number, steps: Mail[][]): Promise<[string, number][]> => {
    source.steps.splice(0, Number.POSITIVE_INFINITY, ...steps.map((one) => ({ mails: one })));
    const archive = openArchive(
      { db: join(folder, "index.sqlite"), git: "git", bodies: "none" },
      {
        openSource: () => {
          const opened = new MemorySource("/list", source.steps);
          const read = opened.read.bind(opened);
          opened.read = async function* (cursor) {
            for await (const batch of read(cursor)) {
              const undated = [...batch.found].map(({ arrivedMs: _, ...found }) => found);
              yield { ...batch, found: Sheaf.of(undated) };
            }
          };
          return opened;
        },
        now: () => at(year),
      },
    );
    await archive.index({ archive: { path: "/list" } });
    const { threads } = await archive.threads({ limit: 10 });
    archive.close();
    return threads.map(({ thread, lastMs }) => [thread, new Date(lastMs).getUTCFullYear()]);
  };

  const first = mails(2020, 2021);
  const second = mails(2023, 2024);
  const inPeace: [string, number][] = [
    ["m2023", 2024],
    ["m2020", 2021],
  ];

  it("a date ahead of the clock, and nothing tells when the mail came: it is not believed", async () =>
    assert.deepEqual(await runAt(2022, [first, mails(2085)]), [
      ["m2020", 2021],
      ["m2085", 1970],
    ]));
  it("set back between two runs: nothing that was believed is doubted", async () => {
    await runAt(2026, [first]);
    assert.deepEqual(await runAt(2001, [first, second]), inPeace);
  });
  it("never set at the first run: what was doubted is believed once it is set", async () => {
    await runAt(1990, [first, second]);
    assert.deepEqual(await runAt(2026, [first, second]), inPeace);
  });
});
