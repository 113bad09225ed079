/** A process that is killed while it indexes, for the crash test: `node crashChild.ts DB STEPS`. */
import { openArchive } from "../../../src/archive/archive.ts";
import { type Mail, MemorySource, type Step } from "./memorySource.ts";

/** A small generator (mulberry32): the same numbers for the same seed, everywhere. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const FIRST_STEPS = 60;
export const ALL_STEPS = 100;

/** The life of an archive: read newest first, then news with removals, copies and imposters among them. */
export function life(): Step[] {
  const roll = dice(1);
  const mail = (at: number): Mail => ({
    id: `m${at}`,
    date: 1_600_000_000 + 60 * at,
    from: `P${roll(50)} <p${roll(50)}@kernel.example>`,
    list: roll(3) === 0 ? "maps.kernel.example" : "locks.kernel.example",
    references: at % 7 === 0 ? [] : [`m${at - 1 - roll(6)}`, ...(roll(9) === 0 ? [`ghost${roll(40)}`] : [])],
    body: `common unique${at} w${roll(500)} w${roll(500)}`,
  });
  const size = 25;
  const middle = FIRST_STEPS * size;
  const steps: Step[] = [];
  for (let step = 0; step < ALL_STEPS; step += 1) {
    const older = step < FIRST_STEPS;
    const from = older ? middle - (step + 1) * size : step * size;
    const mails = Array.from({ length: size }, (_, at) => mail(from + at));
    const first = mails[0] as Mail;
    if (roll(3) === 0) mails.push({ ...first }, { ...first, body: "imposter" });
    if (older) mails.reverse();
    const removed = older ? [] : Array.from({ length: 5 }, () => `m${roll(step * size)}`);
    steps.push({ mails, removed, direction: older ? "older" : "newer" });
  }
  return steps;
}

async function main(db: string, steps: number): Promise<void> {
  const archive = openArchive(
    { db, git: "git", bodies: "prose" },
    { openSource: ({ path }) => new MemorySource(path, life().slice(0, steps)) },
  );
  process.stdout.write("ready\n");
  await archive.index({ archive: { path: "/life" } });
  archive.close();
}

const [, script = "", db, steps] = process.argv;
if (script.endsWith("crashChild.ts") && db !== undefined) void main(db, Number(steps));
