/** Rows about what a person waits for: the first screen, lists, threads, searches, updates, and a calm editor. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Corpus } from "./corpora.ts";
import { cost, median } from "./measure.ts";
import { isKept, mirrorCopy, notmuchEnv, notmuchIndex, publicInboxIndex, versionOf } from "./peers.ts";
import { type IndexRun, indexFresh, probe } from "./product.ts";
import { milliseconds, type Row, type Skipped, times } from "./row.ts";
import { freshFolder } from "./scratch.ts";

export interface AskingPlan {
  /** How often each question is asked. */
  times: number;
  /** Compare with peers that must index first, for minutes. */
  slowPeers: boolean;
  fresh: boolean;
}

type Tell = (row: Row | Skipped) => void;

/** A word in hundreds of messages, whatever the corpus. */
const WORD = "fix";

interface Answers {
  thread: string;
  messages: number;
  firstMs: number;
  threadMs: number;
  parseMs: number;
  newestMs: number;
  searchMs: number;
  found: number;
  linkMs: number;
  slowestLinkMs: number;
  links: number;
}

/** Without a peer: milliseconds against a limit. */
function limited(
  tell: Tell,
  row: string,
  corpus: string,
  claim: string,
  ms: number | undefined,
  limit: number,
): void {
  const measured = ms === undefined ? "never" : milliseconds(ms);
  const goal = `<= ${milliseconds(limit)}`;
  const reached = ms !== undefined && ms <= limit;
  tell({ row, corpus, claim, ours: measured, theirs: "no peer", measured, goal, reached });
}

export async function askingRows(corpus: Corpus, plan: AskingPlan, tell: Tell): Promise<void> {
  const { name } = corpus;
  firstScreen(corpus, plan, tell);
  const { db } = indexFresh("asked", corpus.v2, "prose");
  const again = probe<IndexRun>("index", db, corpus.v2, "prose").result;
  const idle = again.wholeMs - again.openMs;
  limited(tell, "-", name, "the same archive indexed again: nothing is done", idle, 100);
  const answers = probe<Answers>("questions", db, corpus.v2, "prose", 100, WORD).result;
  const { newestMs, searchMs, firstMs, parseMs, messages } = answers;
  limited(tell, "8", name, "newest 200 threads, asked over the wall", newestMs, 2);
  limited(tell, "9", name, `the newest ${answers.found} messages with a word, over the wall`, searchMs, 2);
  await againstNotmuch(corpus, plan, answers, tell);
  limited(
    tell,
    "7b",
    name,
    `a thread of ${messages}, its bytes at hand for the first time after a start`,
    firstMs,
    60,
  );
  limited(
    tell,
    "7c",
    name,
    `decoding all ${messages} messages of it, as the reader does one by one`,
    parseMs,
    200,
  );
  const { linkMs, slowestLinkMs, links } = answers;
  const link = `a link to a message of the archive: found, its thread laid out, the message decoded (the slowest of ${links}: ${milliseconds(slowestLinkMs)})`;
  limited(tell, "14", name, link, linkMs, 50);
  updates(corpus, plan, tell);
  calm(corpus, tell);
}

function firstScreen(corpus: Corpus, plan: AskingPlan, tell: Tell): void {
  const runs = Array.from({ length: Math.min(plan.times, 5) }, () => {
    const db = join(freshFolder("first"), "index.sqlite");
    return probe<{ ms?: number; screens: { threads: number; ms: number }[] }>(
      "first",
      db,
      corpus.v2,
      "prose",
      200,
    ).result;
  });
  const first = median(runs.map(({ screens }) => screens[0]?.ms ?? Number.NaN));
  const whole = median(runs.map(({ ms }) => ms ?? Number.POSITIVE_INFINITY));
  const claim = `200 threads of an archive that is not indexed, from the start of the worker (first rows after ${milliseconds(first)})`;
  limited(tell, "6", corpus.name, claim, whole, 500);
}

async function againstNotmuch(corpus: Corpus, plan: AskingPlan, answers: Answers, tell: Tell): Promise<void> {
  const absent =
    versionOf("notmuch") === undefined ? "notmuch is not installed" : "notmuch takes too long here";
  const isHere = plan.slowPeers || (isKept(corpus, "notmuch") && !plan.fresh);
  if (!isHere || versionOf("notmuch") === undefined) {
    tell({ row: "7-9", corpus: corpus.name, reason: absent });
    return;
  }
  await notmuchIndex(corpus, plan.fresh);
  const env = notmuchEnv(corpus);
  const asked = (...args: string[]) =>
    median(Array.from({ length: plan.times }, () => cost("notmuch", args, env).wallSeconds * 1000));
  const compare = (row: string, claim: string, ours: number, theirs: number, goal: number) => {
    const ratio = ours / theirs;
    const [a, b] = [milliseconds(ours), milliseconds(theirs)];
    tell({
      row,
      corpus: corpus.name,
      claim,
      ours: a,
      theirs: b,
      measured: times(ratio),
      goal: `<= ${times(goal)}`,
      reached: ratio <= goal,
    });
  };
  const show = asked("show", "--format=json", "--entire-thread=true", `id:${answers.thread}`);
  compare(
    "7",
    `a thread of ${answers.messages}, its bytes at hand, against notmuch show`,
    answers.threadMs,
    show,
    0.3,
  );
  const newest = asked("search", "--limit=200", "*");
  compare("8", "newest 200 threads against notmuch search", answers.newestMs, newest, 0.05);
  const words = asked("search", "--output=messages", "--limit=100", WORD);
  compare("9", "newest 100 messages with a word against notmuch search", answers.searchMs, words, 0.3);
}

/** New messages of an update, and how many updates. */
const NEW = 100;
const UPDATES = 5;

function gitIn(folder: string): (...args: string[]) => string {
  const epoch = join(folder, "git", `${newestEpoch(folder)}.git`);
  return (...args) => spawnSync("git", ["-C", epoch, ...args], { encoding: "utf8" }).stdout.trim();
}

/** Moves the newest epoch so many commits before its end; returns the commit it was at. */
function rewind(folder: string, commits: number, end?: string): string {
  const git = gitIn(folder);
  const head = end ?? git("rev-parse", "HEAD");
  git("update-ref", git("symbolic-ref", "HEAD"), git("rev-parse", `${head}~${commits}`));
  return head;
}

const newestEpoch = (folder: string): number =>
  Math.max(
    ...spawnSync("ls", [join(folder, "git")], { encoding: "utf8" })
      .stdout.split("\n")
      .map((name) => Number.parseInt(name, 10) || 0),
  );

function updates(corpus: Corpus, plan: AskingPlan, tell: Tell): void {
  if (corpus.messages > 150_000) return;
  const folder = mirrorCopy(corpus, freshFolder("updated"));
  const end = rewind(folder, NEW * UPDATES);
  const { db } = indexFresh("update", folder, "prose");
  const ours: number[] = [];
  for (let left = UPDATES - 1; left >= 0; left -= 1) {
    rewind(folder, NEW * left, end);
    const { added, wholeMs, openMs } = probe<IndexRun>("index", db, folder, "prose").result;
    if (added > NEW || added < NEW - 5) throw new Error(`an update of ${NEW} messages added ${added}`);
    ours.push(wholeMs - openMs);
  }
  limited(tell, "10b", corpus.name, ...running(folder, end));
  const claim = `${NEW} new messages on ${corpus.name}, searchable`;
  if (!plan.slowPeers || versionOf("public-inbox") === undefined) {
    limited(tell, "10", corpus.name, claim, median(ours), 60);
    return;
  }
  rewind(folder, NEW * UPDATES, end);
  publicInboxIndex(folder);
  const theirs: number[] = [];
  for (let left = UPDATES - 1; left >= 0; left -= 1) {
    rewind(folder, NEW * left, end);
    theirs.push(publicInboxIndex(folder).wallSeconds * 1000);
  }
  const ratio = median(ours) / median(theirs);
  tell({
    row: "10",
    corpus: corpus.name,
    claim: `${claim}, against public-inbox-index -L basic`,
    ours: milliseconds(median(ours)),
    theirs: milliseconds(median(theirs)),
    measured: times(ratio),
    goal: "<= 0.20 x",
    reached: ratio <= 0.2,
  });
}

/** The same in a worker that has run before, as an editor has one: its code is compiled by then. */
function running(folder: string, end: string): [claim: string, ms: number, limit: number] {
  rewind(folder, NEW * UPDATES * 2, end);
  const { db } = indexFresh("running", folder, "prose");
  const git = gitIn(folder);
  const lefts = Array.from({ length: UPDATES * 2 }, (_, at) => NEW * (UPDATES * 2 - 1 - at));
  const commits = lefts.map((left) => git("rev-parse", `${end}~${left}`));
  const words = [join(folder, "git", `${newestEpoch(folder)}.git`), git("symbolic-ref", "HEAD"), ...commits];
  const { result } = probe<number[]>("updates", db, folder, "prose", ...words);
  return [
    `${NEW} new messages, searchable, in a worker that runs, as an editor has one`,
    median(result.slice(1)),
    60,
  ];
}

function calm(corpus: Corpus, tell: Tell): void {
  const db = join(freshFolder("calm"), "index.sqlite");
  const { result } = probe<{
    blockMs: number;
    p99Ms: number;
    asked: number;
    slowestAnswerMs: number;
    cancelMs: number;
  }>("calm", db, corpus.v2, "prose", corpus.messages > 50_000 ? 5000 : 1000);
  const { blockMs, asked, slowestAnswerMs, cancelMs } = result;
  const claim = `longest block of the thread that started the worker, while it indexes and answers ${asked} questions`;
  limited(tell, "13", corpus.name, claim, blockMs, 16);
  limited(tell, "13b", corpus.name, "slowest page of threads while it indexes", slowestAnswerMs, 50);
  limited(tell, "13c", corpus.name, "from a cancel to the end of the run", cancelMs, 250);
}
