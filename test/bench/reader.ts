/**
 * Prints what making the reader's model of real threads costs: `node test/bench/reader.ts [THREAD.mbox.gz...]`, those of
 * the corpora that have about 100 messages when none is given. Milliseconds per 100 messages, medians over rounds in a
 * warm process: each round takes every thread in turn, and the first rounds, in which the code itself is compiled, do
 * not count. Processor time is that of the one thread that does it, so that the load of others does not count; the time
 * by the clock stands beside it. "parsed before" reads the same messages again with what is kept of each.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { gunzipSync } from "node:zlib";
import { type Message, parseMessage } from "../../src/mail/message.ts";
import { linkedIds, markHeld } from "../../src/reader/bodyLinks.ts";
import { viewMessage } from "../../src/reader/view.ts";
import { SaidTexts } from "../../src/threads/saidText.ts";
import { corporaFolder } from "../corpora.ts";
import { splitMbox } from "../threadViews.ts";

const WARM_UP = 6;
const ROUNDS = 11;
/** A thread of about 100 messages has so many. */
const [FEWEST, MOST] = [60, 160];

const median = (numbers: number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Milliseconds of this thread's processor time, and by the clock. */
interface Lap {
  cpu: number;
  wall: number;
}

async function timed(work: () => unknown): Promise<Lap> {
  const start = performance.now();
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return { cpu: (user + system) / 1000, wall: performance.now() - start };
}

/** The messages that each of these answers, its parent first. */
function ancestorsOf(messages: readonly Message[]): Message[][] {
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  return messages.map((message) => {
    const ancestors = new Set<Message>();
    let parent = byId.get(message.references.at(-1) ?? "");
    while (parent !== undefined && !ancestors.has(parent)) {
      ancestors.add(parent);
      parent = byId.get(parent.references.at(-1) ?? "");
    }
    return [...ancestors];
  });
}

/** Views all messages of a thread, their links marked. */
function viewAll(messages: readonly Message[], ancestors: readonly Message[][], said: SaidTexts): void {
  const views = messages.map((message, at) => {
    const parent = ancestors[at]?.[0]?.messageId;
    const place = { messageId: message.messageId, depth: 0, missing: false, subject: message.subject };
    const node = { ...place, fromName: "", fromAddress: "", ...(parent === undefined ? {} : { parent }) };
    return viewMessage(message, { node, ancestors: ancestors[at] ?? [], said });
  });
  const held = new Set(linkedIds(views));
  markHeld(views, (id) => held.has(id));
}

interface Laps {
  parse: Lap;
  view: Lap;
  again: Lap;
}

/** One pass over a thread: from its bytes to its messages, from these to their views, and once more to their views. */
async function round(raws: readonly Buffer[]): Promise<Laps> {
  const messages: Message[] = [];
  const parse = await timed(async () => {
    for (const raw of raws) messages.push(await parseMessage(raw));
  });
  const ancestors = ancestorsOf(messages);
  const said = new SaidTexts();
  const view = await timed(() => viewAll(messages, ancestors, said));
  const again = await timed(() => viewAll(messages, ancestors, said));
  return { parse, view, again };
}

/** Milliseconds per 100 messages. */
interface Cost {
  parse: number;
  view: number;
  both: number;
  again: number;
}

function costOf(laps: readonly Laps[], messages: number, clock: keyof Lap): Cost {
  const of = (cost: (lap: Laps) => number): number => (median(laps.map(cost)) * 100) / messages;
  return {
    parse: of(({ parse }) => parse[clock]),
    view: of(({ view }) => view[clock]),
    both: of(({ parse, view }) => parse[clock] + view[clock]),
    again: of(({ again }) => again[clock]),
  };
}

const told = ({ parse, view, both, again }: Cost): string =>
  [
    `parse ${parse.toFixed(1).padStart(5)}`,
    `view ${view.toFixed(1).padStart(5)}`,
    `from bytes ${both.toFixed(1).padStart(5)}`,
    `parsed before ${again.toFixed(1).padStart(5)}`,
  ].join("  ");

const folder = corporaFolder();
const real = ["threads", "series", "kgdb-bugreport"].flatMap((name) => {
  const inside = folder === undefined ? "" : join(folder, name);
  return existsSync(inside) ? readdirSync(inside).map((file) => join(inside, file)) : [];
});
const given = process.argv.slice(2);
const paths = given.length > 0 ? given : real.filter((path) => /\.mbox(?:rd)?\.gz$/.test(path));
const threads = paths
  .map((path) => ({
    name: basename(path),
    raws: splitMbox(gunzipSync(readFileSync(path))),
    laps: [] as Laps[],
  }))
  .filter(({ raws }) => given.length > 0 || (raws.length >= FEWEST && raws.length <= MOST));
if (threads.length === 0) console.log("skipped: no threads given and no real mail at hand");

for (let at = 0; at < WARM_UP + ROUNDS; at++) {
  for (const { raws, laps } of threads) {
    const lap = await round(raws);
    if (at >= WARM_UP) laps.push(lap);
  }
}
for (const { name, raws, laps } of threads) {
  const cpu = costOf(laps, raws.length, "cpu");
  const { both, again } = costOf(laps, raws.length, "wall");
  const clock = `by the clock ${both.toFixed(1)} and ${again.toFixed(1)}`;
  console.log(`${name.slice(0, 24).padEnd(24)}  ${raws.length} messages`.padEnd(40), told(cpu), ` ${clock}`);
}
if (threads.length > 1) {
  for (const clock of ["cpu", "wall"] as const) {
    const costs = threads.map(({ raws, laps }) => costOf(laps, raws.length, clock));
    const of = (name: keyof Cost): number => median(costs.map((cost) => cost[name]));
    const all = { parse: of("parse"), view: of("view"), both: of("both"), again: of("again") };
    const what = clock === "cpu" ? "processor" : "by the clock";
    console.log(`median of ${threads.length} threads, ms per 100 messages, ${what.padEnd(12)}  ${told(all)}`);
  }
}
