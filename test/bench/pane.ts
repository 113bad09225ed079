/**
 * Measures the reader's page in a browser: `node test/bench/pane.ts`. How soon the first of 500 messages is seen beside
 * an empty page, what 500 messages hold in memory, and how long the frames are while a patch of 5 MB is scrolled.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { corporaFolder } from "../corpora.ts";
import { browserPath, noBrowser, openBrowser } from "../host/browser.ts";
import { type OpenPane, openPane } from "../pane/page.ts";
import { splitMbox, type ViewedMails, viewMails } from "../threadViews.ts";
import { median } from "./measure.ts";
import { lineOf, megabytes, milliseconds, type Row, type Skipped, times } from "./row.ts";

const MESSAGES = 500;
const PAIRS = 5;
/** As the editor sends them. */
const FIRST = 1;
const CHUNK = 30;
const PATCH_BYTES = 5_000_000;
/** Frames that are scrolled, each by less than a page. */
const FRAMES = 300;

const mailOf = (fields: Record<string, string>, body: string): Buffer =>
  Buffer.from(
    `${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}\n\n${body}`,
  );

/** A long thread of the corpora, cut to 500 messages; one of our own where there is none. */
async function longThread(): Promise<ViewedMails & { name: string }> {
  const folder = join(corporaFolder() ?? "", "threads");
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.startsWith("t044")) : undefined;
  const mails =
    name === undefined
      ? Array.from({ length: MESSAGES }, (_, index) =>
          mailOf(
            {
              From: `Person ${index % 9} <p${index % 9}@kernel.example>`,
              Subject: "Re: many",
              "Message-ID": `<n${index}@kernel.example>`,
              ...(index > 0 ? { "In-Reply-To": `<n${Math.floor(index / 3)}@kernel.example>` } : {}),
            },
            Array.from({ length: 60 }, (_, line) => (line < 40 ? `> cited ${line}` : `own ${line}`)).join(
              "\n",
            ),
          ),
        )
      : splitMbox(gunzipSync(readFileSync(join(folder, name))));
  const threads = await viewMails(mails);
  const longest = threads.reduce((best, one) => (one.messages.length > best.messages.length ? one : best));
  const outline = longest.view.outline.slice(0, MESSAGES);
  const ids = new Set(outline.map(({ messageId }) => messageId));
  return {
    name: name === undefined ? "own" : "real",
    view: { ...longest.view, outline },
    messages: longest.messages.filter(({ messageId }) => ids.has(messageId)),
  };
}

/** One mail with a patch of 5 MB: files of C with hunks of forty lines. */
async function largePatch(): Promise<ViewedMails> {
  const lines: string[] = ["A large patch.", "---"];
  let bytes = 0;
  for (let file = 0; bytes < PATCH_BYTES; file += 1) {
    lines.push(`diff --git a/mm/pond${file}.c b/mm/pond${file}.c`, `--- a/mm/pond${file}.c`);
    lines.push(`+++ b/mm/pond${file}.c`);
    for (let hunk = 0; hunk < 12; hunk += 1) {
      lines.push(`@@ -${hunk * 60 + 1},20 +${hunk * 60 + 1},40 @@ static int pond_take_${hunk}(void)`);
      for (let line = 0; line < 40; line += 1) {
        const text = `\tif (pond->count[${line}] > 0) /* page ${line} */\treturn take(pond, "page", ${hunk});`;
        lines.push(`${line % 2 === 0 ? " " : "+"}${text}`);
        bytes += text.length + 2;
      }
    }
  }
  const [thread] = await viewMails([
    mailOf(
      { From: "Ada <ada@kernel.example>", Subject: "[PATCH] pond: all", "Message-ID": "<p@kernel.example>" },
      lines.join("\n"),
    ),
  ]);
  if (thread === undefined) throw new Error("the patch is no thread");
  return thread;
}

/** Milliseconds until an empty page listens and is painted. */
async function emptyMs(browser: Browser): Promise<number> {
  const started = performance.now();
  const pane = await openPane(browser);
  await painted(pane.page);
  const taken = performance.now() - started;
  await pane.close();
  return taken;
}

const painted = (page: Page): Promise<unknown> =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

/** Milliseconds until the first message of a thread is read in a page that was not there before. */
async function firstMs(browser: Browser, thread: ViewedMails): Promise<{ ms: number; pane: OpenPane }> {
  const started = performance.now();
  const pane = await openPane(browser);
  const { channel, page } = pane;
  channel.emit("thread", { view: thread.view });
  const send = (at: number, end: number) =>
    channel.emit("messages", {
      thread: thread.view.thread,
      messages: thread.messages.slice(at, end),
      done: end >= thread.messages.length,
    });
  send(0, FIRST);
  await page.waitForSelector("article.current .body .line");
  await painted(page);
  const ms = performance.now() - started;
  for (let at = FIRST; at < thread.messages.length; at += CHUNK) send(at, at + CHUNK);
  await page.waitForSelector("main.done", { timeout: 120_000 });
  return { ms, pane };
}

/** Megabytes that the page's objects and its document hold after a collection. */
async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = (await session.send("Runtime.getHeapUsage")) as { usedSize: number };
  const { metrics } = await session
    .send("Performance.enable")
    .then(() => session.send("Performance.getMetrics"));
  const nodes = metrics.find(({ name }) => name === "Nodes")?.value ?? 0;
  await session.detach();
  // A node with its layout takes about a third of a kilobyte outside of the heap of scripts.
  return (usedSize + nodes * 350) / 1e6;
}

/** The longest frame and the median one while a thread is scrolled from its top, in milliseconds. */
async function scrollFrames(page: Page): Promise<{ longest: number; usual: number; over: number }> {
  const frames = await page.evaluate<number[]>(`new Promise((done) => {
    const main = document.querySelector("main");
    const frames = [];
    let before = 0;
    const step = (now) => {
      if (before > 0) frames.push(now - before);
      before = now;
      main.scrollTop += main.clientHeight * 0.7;
      if (frames.length < ${FRAMES}) requestAnimationFrame(step);
      else done(frames);
    };
    requestAnimationFrame(step);
  })`);
  return {
    longest: Math.max(...frames),
    usual: median(frames),
    over: frames.filter((ms) => ms > 100).length,
  };
}

function print(row: Row | Skipped): void {
  console.log("reason" in row ? `${row.row} skipped: ${row.reason}` : lineOf(row));
}

/** The rows about the reader's page. */
export async function paneRows(tell: (row: Row | Skipped) => void = print): Promise<void> {
  if (browserPath() === undefined) return tell({ row: "P1", corpus: "500", reason: noBrowser });
  const thread = await longThread();
  const browser = await openBrowser();
  try {
    await emptyMs(browser);
    const empty: number[] = [];
    const first: number[] = [];
    let heap = Number.NaN;
    for (let pair = 0; pair < PAIRS; pair += 1) {
      empty.push(await emptyMs(browser));
      const { ms, pane } = await firstMs(browser, thread);
      first.push(ms);
      heap = await heapMb(pane.page);
      await pane.close();
    }
    const ratio = median(first) / median(empty);
    tell({
      row: "P1",
      corpus: `${thread.messages.length} ${thread.name}`,
      claim: "the first message of a long thread is seen, against an empty page",
      ours: milliseconds(median(first)),
      theirs: milliseconds(median(empty)),
      measured: times(ratio),
      goal: "<= 2 x",
      reached: ratio <= 2,
    });
    tell({
      row: "P2",
      corpus: `${thread.messages.length} ${thread.name}`,
      claim: "objects and nodes of the page when all messages are there",
      ours: megabytes(heap),
      theirs: "none",
      measured: megabytes(heap),
      goal: "<= 120 MB",
      reached: heap <= 120,
    });
    const pane = await openPane(browser);
    await pane.show(await largePatch());
    for (const whole of [false, true]) {
      if (whole) {
        await pane.page.evaluate("document.querySelector('.more').click()");
        await pane.page.waitForSelector(".more", { state: "detached", timeout: 120_000 });
      }
      await pane.page.evaluate("document.querySelector('main').scrollTop = 0");
      await painted(pane.page);
      const { longest, usual, over } = await scrollFrames(pane.page);
      tell({
        row: "P3",
        corpus: whole ? "whole" : "begun",
        claim: `frames while a patch of 5 MB is scrolled; ${over} of ${FRAMES} over 100 ms`,
        ours: `longest ${milliseconds(longest)}`,
        theirs: `usual ${milliseconds(usual)}`,
        measured: milliseconds(longest),
        goal: "<= 100 ms",
        reached: longest <= 100,
      });
    }
    await pane.close();
  } finally {
    await browser.close();
  }
}

if (process.argv[1]?.endsWith("pane.ts")) await paneRows();
