import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../fixtures.ts";
import { ALL_STEPS, dice, FIRST_STEPS } from "./crashChild.ts";
import { portrait } from "./portrait.ts";

const KILLS = 50;
const words = "common OR imposter";
const child = () => join(root(), "test", "unit", "archive", "crashChild.ts");

/** Runs the child; kills it so many milliseconds after it has begun to index. Resolves with whether it came through. */
function run(db: string, steps: number, killAfterMs?: number): Promise<{ whole: boolean; ms: number }> {
  return new Promise((resolve, reject) => {
    const program = spawn(process.execPath, [child(), db, String(steps)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let began = 0;
    let errors = "";
    program.stderr.on("data", (chunk) => {
      errors += String(chunk);
    });
    program.stdout.once("data", () => {
      began = performance.now();
      if (killAfterMs !== undefined) setTimeout(() => program.kill("SIGKILL"), killAfterMs);
    });
    program.on("error", reject);
    program.on("close", (code, signal) => {
      if (code !== 0 && signal !== "SIGKILL") reject(new Error(errors));
      else resolve({ whole: code === 0, ms: performance.now() - began });
    });
  });
}

describe("archive: killed at any moment", function () {
  this.timeout(20 * 60_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "crash-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Kills runs from what `before` has made until enough died; each one that comes through is compared. */
  const holds = async (name: string, begin: number, steps: number) => {
    const place = (what: string) => {
      const made = join(folder, `${name}-${what}`);
      rmSync(made, { recursive: true, force: true });
      mkdirSync(made);
      return join(made, "index.sqlite");
    };
    const peaceful = place("peace");
    if (begin > 0) await run(peaceful, begin);
    const { ms } = await run(peaceful, steps);
    const expected = await portrait(peaceful, words);
    assert.deepEqual(expected["check"], ['["ok"]']);
    const roll = dice(2026);
    let [kills, whole] = [0, 0];
    while (kills < KILLS) {
      const db = place("war");
      if (begin > 0) await run(db, begin);
      // A run goes on where the last one died: ever later moments of it are met.
      while (kills < KILLS) {
        const result = await run(db, steps, roll(Math.max(2, Math.floor(0.6 * ms))));
        if (result.whole) break;
        kills += 1;
      }
      await run(db, steps);
      whole += 1;
      assert.deepEqual(await portrait(db, words), expected);
    }
    console.log(`      ${kills} killed, ${whole} indexes compared`);
  };

  it("50 times while an archive is first read", () => holds("first", 0, FIRST_STEPS));
  it("50 times while an archive is brought up to date", () => holds("update", FIRST_STEPS, ALL_STEPS));
});
