/**
 * Prints what making the reader's model of real threads costs: `node test/bench/reader.ts [THREAD.mbox.gz...]`, those of
 * the corpora that have about 100 messages when none is given. Processor milliseconds per 100 messages, medians over rounds on one machine, each
 * with its ratio to reading the same bodies line by line and doing nothing else: the ratios compare across machines.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Message, parseMessage } from "../../src/mail/message.ts";
import { linkedIds, markHeld } from "../../src/reader/bodyLinks.ts";
import { viewMessage } from "../../src/reader/view.ts";
import { readMessage } from "../../src/threads/reading.ts";
import { SaidTexts } from "../../src/threads/saidText.ts";
import { corporaFolder } from "../corpora.ts";
import { splitMbox } from "../threadViews.ts";

const ROUNDS = 9;
/** A thread of about 100 messages has so many. */
const [FEWEST, MOST] = [60, 160];

const median = (numbers: number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

interface Laps {
  baseline: number;
  parse: number;
  read: number;
  view: number;
}

/** Processor milliseconds that `work` takes; the load of other processes does not count. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
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

/** One pass over a thread from its bytes to its views. */
async function round(raws: readonly Buffer[]): Promise<Laps> {
  const messages: Message[] = [];
  const parse = await cpuMs(async () => {
    for (const raw of raws) messages.push(await parseMessage(raw));
  });
  const ancestors = ancestorsOf(messages);
  let words = 0;
  const baseline = await cpuMs(() => {
    for (const { body } of messages)
      for (const line of body.split("\n")) words += line.trim() === "" ? 0 : line.charCodeAt(0);
  });
  const told = new SaidTexts();
  const read = await cpuMs(() => {
    for (const [at, message] of messages.entries()) readMessage(message, ancestors[at] ?? [], "seen", told);
  });
  const said = new SaidTexts();
  const view = await cpuMs(() => {
    const views = messages.map((message, at) => {
      const parent = ancestors[at]?.[0]?.messageId;
      const place = { messageId: message.messageId, depth: 0, missing: false, subject: message.subject };
      const node = { ...place, fromName: "", fromAddress: "", ...(parent === undefined ? {} : { parent }) };
      return viewMessage(message, { node, ancestors: ancestors[at] ?? [], said });
    });
    const held = new Set(linkedIds(views));
    markHeld(views, (id) => held.has(id));
  });
  return { baseline: words > 0 ? baseline : Number.NaN, parse, read, view };
}

/** Prints one thread, unless it was not named and has far from 100 messages; gives its milliseconds per 100 messages, from bytes to views and from messages to views. */
async function measure(path: string, given: boolean): Promise<{ raw: number; view: number } | undefined> {
  const raws = splitMbox(gunzipSync(readFileSync(path)));
  if (!given && (raws.length < FEWEST || raws.length > MOST)) return undefined;
  const laps: Laps[] = [];
  for (let at = 0; at < ROUNDS; at++) laps.push(await round(raws));
  const [first, ...later] = laps;
  if (first === undefined) return undefined;
  const of = (name: keyof Laps): number => (median(later.map((each) => each[name])) * 100) / raws.length;
  const show = (name: keyof Laps, value = of(name)): string =>
    `${name} ${value.toFixed(1).padStart(6)} ms (${(value / of("baseline")).toFixed(0)} x)`;
  const firstOf = ((first.parse + first.view) * 100) / raws.length;
  console.log(
    [
      basename(path).slice(0, 24).padEnd(24),
      `${raws.length} messages`.padEnd(13),
      show("parse"),
      show("read"),
      show("view"),
      `both ${(of("parse") + of("view")).toFixed(1).padStart(6)} ms, at first ${firstOf.toFixed(0)} ms`,
    ].join("  "),
  );
  return { raw: of("parse") + of("view"), view: of("view") };
}

const folder = corporaFolder();
const threads = ["threads", "series", "kgdb-bugreport"].flatMap((name) => {
  const inside = folder === undefined ? "" : join(folder, name);
  return existsSync(inside) ? readdirSync(inside).map((file) => join(inside, file)) : [];
});
const given = process.argv.slice(2);
const paths =
  given.length > 0
    ? given
    : threads.filter((path) => path.endsWith(".mbox.gz") || path.endsWith(".mboxrd.gz"));
if (paths.length === 0) console.log("skipped: no threads given and no real mail at hand");
const found: { raw: number; view: number }[] = [];
for (const path of paths) {
  const laps = await measure(path, given.length > 0);
  if (laps !== undefined) found.push(laps);
}
if (found.length > 1) {
  const [raw, view] = [median(found.map((each) => each.raw)), median(found.map((each) => each.view))];
  console.log(
    `median of ${found.length} threads, per 100 messages: ${raw.toFixed(1)} ms from bytes, ${view.toFixed(1)} ms from messages`,
  );
}
