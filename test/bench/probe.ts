/**
 * The program under test: the product's client and its worker, in a process of their own, doing what the first
 * argument names and printing what came of it as JSON. Bundled first: what is measured is what ships.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type ArchiveClient, startArchive } from "../../src/archive/worker.ts";
import type { Archive } from "../../src/editor/archives/archiveWorker.ts";
import { openThreadFeed } from "../../src/editor/reading/threadFeed.ts";
import type { Message } from "../../src/mail/message.ts";

const [, , task = "", db = "", ...words] = process.argv;
const [source = "", bodiesWord = "prose"] = words;
const bodies = bodiesWord === "none" || bodiesWord === "all" ? bodiesWord : "prose";
const worker = join(import.meta.dirname, "indexer.cjs");
const startedMs = performance.now();
const client = startArchive(worker, { db, git: "git", bodies });

const sinceStart = () => performance.now() - startedMs;
const middle = (numbers: number[]) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Milliseconds of one call, the median of many. */
async function timed(times: number, work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    await work();
    all.push(performance.now() - began);
  }
  return middle(all);
}

const index = (signal?: AbortSignal) => client.request("index", { archive: { path: source } }, signal);
const newest = (limit: number) => client.request("threads", { limit });

/** A first reading, or an update. */
async function indexOnce() {
  await client.notices();
  const openMs = sinceStart();
  const { messages, added, skipped, seconds, notes } = await index();
  const { rss } = process.memoryUsage();
  return { messages, added, skipped, seconds, notes, openMs, wholeMs: sinceStart(), rss, peakRss: peakRss() };
}

/** Milliseconds of updates, one after the other: a branch is moved to each of these commits. */
async function updates() {
  const [, , epoch = "", branch = "", ...commits] = words;
  const all: number[] = [];
  for (const commit of commits) {
    spawnSync("git", ["-C", epoch, "update-ref", branch, commit]);
    all.push(await timed(1, () => index()));
  }
  return all;
}

const peakRss = () => process.resourceUsage().maxRSS * 1024;

/** Until so many threads of an archive that is not indexed can be listed, and the newest of them has been opened. */
async function firstScreen(threads: number) {
  const screens: { threads: number; ms: number }[] = [];
  const stop = new AbortController();
  let asking = false;
  let openedMs: number | undefined;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const page = await newest(threads);
    screens.push({ threads: page.threads.length, ms: sinceStart() });
    if (page.threads.length >= threads) {
      const opened = await client.request("thread", { messageId: page.threads[0]?.thread ?? "" });
      const messageIds =
        opened?.nodes.filter(({ missing }) => !missing).map(({ messageId }) => messageId) ?? [];
      if ((await client.request("raw", { messageIds })).length > 0) openedMs ??= sinceStart();
      stop.abort();
    }
    asking = false;
  };
  client.on("changed", () => void look());
  await index(stop.signal).catch(() => undefined);
  return { screens, ms: screens.find((screen) => screen.threads >= threads)?.ms, openedMs };
}

/** The root of a thread of about so many messages, and its messages' ids. */
async function threadOf(messages: number): Promise<{ id: string; ids: string[] }> {
  let after: { lastMs: number; id: number } | undefined;
  for (let page = 0; page < 200; page += 1) {
    const { threads, next } = await client.request("threads", { limit: 500, ...(after ? { after } : {}) });
    const row = threads.find((thread) => thread.messages >= messages && thread.messages < messages * 1.15);
    if (row !== undefined) {
      const thread = await client.request("thread", { messageId: row.thread });
      return {
        id: row.thread,
        ids: thread?.nodes.filter((node) => !node.missing).map((node) => node.messageId) ?? [],
      };
    }
    if (next === undefined) break;
    after = next;
  }
  throw new Error(`there is no thread of about ${messages} messages`);
}

async function questions(word: string) {
  await client.notices();
  const { id, ids } = await threadOf(Number(words[2] ?? 100));
  const open = async () => {
    await client.request("thread", { messageId: id });
    return await client.request("raw", { messageIds: ids });
  };
  const firstMs = await timed(1, open);
  const threadMs = await timed(15, open);
  const raws = await open();
  const { parseMessage } = await import("../../src/mail/message.ts");
  const parse = async (): Promise<Message[]> => await Promise.all(raws.map(({ raw }) => parseMessage(raw)));
  await parse();
  return {
    thread: id,
    messages: ids.length,
    firstMs,
    threadMs,
    parseMs: await timed(9, parse),
    newestMs: await timed(25, () => newest(200)),
    searchMs: await timed(25, () => client.request("search", { query: word, limit: 100 })),
    found: (await client.request("search", { query: word, limit: 100 })).found.length,
    ...(await followed()),
  };
}

/** Milliseconds from a link to a message of the archive to the message as the page is given it: the median, the slowest. */
async function followed(): Promise<{ linkMs: number; slowestLinkMs: number; links: number }> {
  const { threads } = await newest(500);
  const step = Math.ceil(threads.length / LINKS);
  const never = new AbortController().signal;
  const all: number[] = [];
  for (let at = 0; at < threads.length; at += step) {
    const thread = await client.request("thread", { messageId: threads[at]?.thread ?? "" });
    const target = thread?.nodes.findLast(({ missing }) => !missing)?.messageId;
    if (target === undefined) continue;
    // Nothing that was read before helps: each link leads to another thread.
    const load = openThreadFeed(client as Archive, () => ({}));
    const began = performance.now();
    const [present] = await client.request("has", { messageIds: [target] });
    const loaded = present ? await load(target) : undefined;
    const first = await loaded?.chunks(target, never).next();
    if (first?.value?.messages[0]?.messageId !== target) throw new Error(`${target} did not come first`);
    all.push(performance.now() - began);
  }
  // The first one loads the decoder as well.
  return { linkMs: middle(all), slowestLinkMs: all.at(-1) ?? Number.NaN, links: all.length };
}

/** Links that are followed, each into another thread. */
const LINKS = 100;

/** How long the thread that started the worker was kept from its work while the worker indexed; and a cancel. */
async function calm() {
  await client.notices();
  await newest(200);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let asked = 0;
  let slowest = 0;
  const stopAsking = client.on("changed", () => void ask());
  const ask = async () => {
    const began = performance.now();
    await newest(200);
    asked += 1;
    slowest = Math.max(slowest, performance.now() - began);
  };
  const timer = setInterval(() => void ask(), 50);
  delay.enable();
  const stop = new AbortController();
  const run = index(stop.signal).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, Number(words[2] ?? 5000)));
  delay.disable();
  clearInterval(timer);
  stopAsking();
  const began = performance.now();
  stop.abort();
  // The next thing that writes has its turn when the run has really ended.
  await client.request("forget", { source: "/no such archive" });
  const cancelMs = performance.now() - began;
  await run;
  return {
    blockMs: delay.max / 1e6 - 1,
    p99Ms: delay.percentile(99) / 1e6 - 1,
    asked,
    slowestAnswerMs: slowest,
    cancelMs,
  };
}

async function versions() {
  return await client.request("diagnose", null);
}

const tasks: Record<string, (client: ArchiveClient) => Promise<unknown>> = {
  index: indexOnce,
  updates,
  first: () => firstScreen(Number(words[2] ?? 200)),
  questions: () => questions(words[3] ?? "fix"),
  calm,
  versions,
};
const result = await tasks[task]?.(client);
client.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
