/** The clock that asks servers: only as the settings say, and never twice at once. */
import assert from "node:assert/strict";
import { openSchedule } from "../../../../src/editor/archives/schedule.ts";

/** A schedule under these settings, with the clock in the test's hand. */
function scheduled(mode: "never" | "onRequest" | "automatic", minutes: number) {
  const before = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };
  const clocks: { ms: number; tick: () => void }[] = [];
  globalThis.setInterval = ((tick: () => void, ms: number) => {
    clocks.push({ ms, tick });
    return tick;
  }) as unknown as typeof setInterval;
  globalThis.clearInterval = ((tick: () => void) => {
    clocks.splice(0, clocks.length, ...clocks.filter((one) => one.tick !== tick));
  }) as unknown as typeof clearInterval;
  const settings = { mode, minutes };
  const checks: { periodMs: number; end: () => void }[] = [];
  let changed: () => void = () => undefined;
  const schedule = openSchedule({
    settings: {
      network: () => settings.mode,
      updateMinutes: () => settings.minutes,
      onDidChange: (_, listener) => {
        changed = listener;
        return { dispose: () => undefined };
      },
    },
    commands: { attempt: (_, run) => void run() },
    check: (periodMs) => new Promise<void>((end) => checks.push({ periodMs, end })),
  });
  const run = <T>(work: () => T): T => {
    try {
      return work();
    } finally {
      Object.assign(globalThis, before);
    }
  };
  return { settings, clocks, checks, schedule, changed: () => changed(), run };
}

const periods = (mode: "never" | "onRequest" | "automatic", minutes: number): number[] => {
  const { clocks, run } = scheduled(mode, minutes);
  return run(() => clocks.map(({ ms }) => ms));
};

describe("editor/schedule", () => {
  it("there is one under automatic alone, and none for 0 minutes", () => {
    assert.deepEqual(periods("automatic", 30), [1_800_000]);
    assert.deepEqual([...periods("automatic", 0), ...periods("onRequest", 30), ...periods("never", 30)], []);
  });
  it("follows the settings, and ends with the window", () => {
    const { settings, clocks, schedule, changed, run } = scheduled("onRequest", 5);
    run(() => {
      settings.mode = "automatic";
      changed();
      assert.deepEqual(
        clocks.map(({ ms }) => ms),
        [300_000],
      );
      schedule.dispose();
      assert.deepEqual(clocks, []);
    });
  });
  it("a check that is under way is not begun again, and the next one is", async () => {
    const { clocks, checks, run } = scheduled("automatic", 1);
    const tick = run(() => clocks[0]?.tick ?? assert.fail("no clock"));
    tick();
    tick();
    assert.equal(checks.length, 1);
    assert.equal(checks[0]?.periodMs, 60_000);
    checks[0]?.end();
    await new Promise(setImmediate);
    tick();
    assert.equal(checks.length, 2);
  });
});
