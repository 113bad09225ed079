/** Rows about indexing: how long, how large, how much memory, beside git and the peers. */
import { join } from "node:path";
import { type Corpus, nameOf } from "./corpora.ts";
import { type Cost, median, pairs, ratioOf } from "./measure.ts";
import {
  gitReads,
  isKept,
  muIndex,
  neomuttOpens,
  notmuchIndex,
  type PeerIndex,
  type PeerName,
  publicInboxOf,
  versionOf,
} from "./peers.ts";
import { type IndexRun, indexFresh, type Probed, probe } from "./product.ts";
import { megabytes, type Row, type Skipped, seconds, times } from "./row.ts";
import { freshFolder } from "./scratch.ts";

type Run = Probed<IndexRun> & { db: string; mb: number };
type Timed = Pick<Cost, "wallSeconds" | "cpuSeconds">;

/** What indexing a corpus cost, for the table of sizes. */
export interface Size {
  corpus: string;
  messages: number;
  /** By the tool that makes corpora of any size: only those lie on one line. */
  made: boolean;
  runs: { name: string; wallSeconds: number; cpuSeconds: number; rssMb: number; indexMb: number }[];
}

export interface IndexingPlan {
  /** Pairs for what takes seconds. */
  pairs: number;
  /** Peers that take minutes: run once, unless their figures are kept from an earlier run. */
  slowPeers: boolean;
  fresh: boolean;
}

/** Threads that a person sees first. */
const FIRST = 200;

/** How long a person waits for the first threads of an archive that is not indexed, and to have one open. */
function firstThreads(source: string): Pick<Cost, "wallSeconds"> {
  const db = join(freshFolder("browsed"), "index.sqlite");
  const { openedMs } = probe<{ openedMs?: number }>("first", db, source, "prose", FIRST).result;
  return { wallSeconds: (openedMs ?? Number.POSITIVE_INFINITY) / 1000 };
}

const wall = (run: Timed): number => run.wallSeconds;
const cpu = (run: Timed): number => run.cpuSeconds;
const middle = (runs: { a: Run }[]): Run => {
  const sorted = runs.map(({ a }) => a).sort((a, b) => a.wallSeconds - b.wallSeconds);
  return sorted[Math.floor(sorted.length / 2)] as Run;
};

/** A peer that is not installed, or that would take too long here and did not run before. */
function absent(peer: PeerName, corpus: Corpus, plan: IndexingPlan): string | undefined {
  if (versionOf(peer) === undefined) return `${peer} is not installed`;
  const isHere = plan.slowPeers || (isKept(corpus, peer) && !plan.fresh);
  return isHere || peer === "neomutt" || peer === "git" ? undefined : `${peer} takes too long here`;
}

export async function indexingRows(
  corpus: Corpus,
  plan: IndexingPlan,
  tell: (row: Row | Skipped) => void,
): Promise<Size> {
  const { name } = corpus;
  const size: Size = {
    corpus: name,
    messages: corpus.messages,
    made: name === nameOf(corpus.messages),
    runs: [],
  };
  const note = (label: string, run: Run) => {
    const { wallSeconds, cpuSeconds, mb } = run;
    size.runs.push({ name: label, wallSeconds, cpuSeconds, rssMb: run.result.peakRss / 1e6, indexMb: mb });
    return run;
  };

  const beside = (row: string, bodies: string, claim: string, limit: number) => {
    const runs = pairs(
      plan.pairs,
      () => indexFresh("v2", corpus.v2, bodies),
      () => gitReads(corpus),
    );
    const run = note(`v2, ${bodies === "none" ? "headers" : "prose"}`, middle(runs));
    const { ratio, low, high } = ratioOf<Timed>(runs, wall);
    const reads = ratioOf<Timed>(runs, cpu);
    tell({
      row,
      corpus: name,
      claim: `${claim} (by CPU seconds ${times(reads.ratio)})`,
      ours: seconds(run.wallSeconds),
      theirs: seconds(run.wallSeconds / ratio),
      measured: `${times(ratio)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
      goal: `<= ${times(limit)}`,
      reached: ratio <= limit,
    });
    return run;
  };
  const headers = beside("1", "none", "v2, headers: wall against git cat-file of the same blobs", 1.5);
  const prose = beside(
    "1b",
    "prose",
    "v2, prose searchable: wall against git cat-file of the same blobs",
    1.8,
  );

  /** Ours against a peer that was run once: how many times faster. */
  const faster = (
    row: string,
    run: Run,
    peer: PeerIndex,
    what: "cpuSeconds" | "wallSeconds",
    claim: string,
    goal: number,
  ) => {
    // They use one core; where the machine let them wait, their CPU seconds are what they would have taken.
    const theirs = Math.min(peer[what], peer.cpuSeconds);
    const factor = theirs / run[what];
    const reached = factor >= goal;
    const kept = `${seconds(theirs)} (${peer.day})`;
    tell({
      row,
      corpus: name,
      claim,
      ours: seconds(run[what]),
      theirs: kept,
      measured: times(factor),
      goal: `>= ${goal} x`,
      reached,
    });
  };
  const smaller = (row: string, run: Run, peer: PeerIndex, claim: string, goal: number) => {
    const ratio = run.mb / peer.indexMb;
    const [ours, theirs] = [megabytes(run.mb), megabytes(peer.indexMb)];
    tell({
      row,
      corpus: name,
      claim,
      ours,
      theirs,
      measured: times(ratio),
      goal: `<= ${times(goal)}`,
      reached: ratio <= goal,
    });
  };

  const noInbox = absent("public-inbox", corpus, plan);
  if (noInbox !== undefined) tell({ row: "2, 11", corpus: name, reason: noInbox });
  else {
    const peer = publicInboxOf(corpus, plan.fresh);
    faster(
      "2",
      headers,
      peer,
      "cpuSeconds",
      "headers against public-inbox-index -L basic, CPU seconds with git's",
      15,
    );
    faster("2b", headers, peer, "wallSeconds", "the same by wall", 20);
    smaller("11", headers, peer, "index of headers against public-inbox basic's", 0.3);
  }
  const noNotmuch = absent("notmuch", corpus, plan);
  const noMu = absent("mu", corpus, plan);
  if (noNotmuch === undefined || noMu === undefined) {
    const whole = note("v2, whole bodies", indexFresh("whole", corpus.v2, "all"));
    if (noNotmuch === undefined) {
      const peer = await notmuchIndex(corpus, plan.fresh);
      faster(
        "3",
        whole,
        peer,
        "cpuSeconds",
        "whole bodies against notmuch new (bodies too), CPU seconds with git's",
        25,
      );
      faster("4", prose, peer, "wallSeconds", "prose against notmuch new, wall", 50);
      smaller("11b", prose, peer, "index with prose against notmuch's", 0.15);
    }
    if (noMu === undefined) {
      const peer = await muIndex(corpus, plan.fresh);
      faster(
        "4b",
        whole,
        peer,
        "cpuSeconds",
        "whole bodies against mu index (bodies too), CPU seconds with git's",
        18,
      );
    }
  }
  if (noNotmuch !== undefined) tell({ row: "3, 4", corpus: name, reason: noNotmuch });
  if (noMu !== undefined) tell({ row: "4b", corpus: name, reason: noMu });

  const mbox = () => indexFresh("mbox", corpus.mbox, "none");
  const noMutt = absent("neomutt", corpus, plan);
  if (noMutt !== undefined) {
    note("mbox, headers", mbox());
    tell({ row: "5", corpus: name, reason: noMutt });
  } else {
    const runs = pairs(plan.pairs, mbox, () => neomuttOpens(corpus.mbox));
    const run = note("mbox, headers", middle(runs));
    const { ratio, low, high } = ratioOf<Timed>(runs, wall);
    tell({
      row: "5",
      corpus: name,
      claim: "mbox ready to browse against neomutt opening it, wall",
      ours: seconds(run.wallSeconds),
      theirs: seconds(run.wallSeconds / ratio),
      measured: `${times(ratio)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
      goal: "<= 0.20 x",
      reached: ratio <= 0.2,
    });
    const first = pairs(
      plan.pairs,
      () => firstThreads(corpus.mbox),
      () => neomuttOpens(corpus.mbox),
    );
    const browsed = ratioOf<Pick<Cost, "wallSeconds">>(first, ({ wallSeconds }) => wallSeconds);
    tell({
      row: "5b",
      corpus: name,
      claim: `the same until the newest ${FIRST} threads are listed and one is opened; the rest arrives behind`,
      ours: seconds(median(first.map(({ a }) => a.wallSeconds))),
      theirs: seconds(median(first.map(({ b }) => b.wallSeconds))),
      measured: `${times(browsed.ratio)} (${browsed.low.toFixed(2)} to ${browsed.high.toFixed(2)})`,
      goal: "<= 0.20 x",
      reached: browsed.ratio <= 0.2,
    });
  }
  note("mbox, prose", indexFresh("mbox-prose", corpus.mbox, "prose"));

  const largest = Math.max(...size.runs.map(({ rssMb }) => rssMb));
  tell({
    row: "12",
    corpus: name,
    claim: "largest resident set of the indexing process, git not counted",
    ours: megabytes(largest),
    theirs: "no peer",
    measured: megabytes(largest),
    goal: "<= 225 MB",
    reached: largest <= 225,
  });
  return size;
}
