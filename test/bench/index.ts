/**
 * Prints how indexing compares with git itself: `node test/bench/index.ts [COUNT...]`, 10000 when none is given.
 * Each figure is the median over pairs run in turn, on one machine, with a warm cache: ratios, not seconds.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { type ScaleCorpus, scaleCorpus } from "./mirror.ts";

const PAIRS = 5;
/** Young-generation pages as the worker has them (see `startArchive`). */
const NODE_FLAGS = ["--max-semi-space-size=8"];

interface Run {
  wallSeconds: number;
  rssMb: number;
  indexMb: number;
}

const median = (numbers: number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Wall seconds of reading every blob of the mirror, listed as we list them, to nowhere. */
function gitSeconds(corpus: ScaleCorpus): number {
  const started = performance.now();
  for (const epoch of corpus.epochs) {
    const list = `git -C "$0" log --raw --no-abbrev --no-renames --format= | cut -d' ' -f4 | git -C "$0" cat-file --batch --buffer > /dev/null`;
    const { status } = spawnSync("sh", ["-ec", list, epoch]);
    if (status !== 0) throw new Error(`git failed on ${epoch}`);
  }
  return (performance.now() - started) / 1000;
}

function indexRun(source: string, bodies: string): Run {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const db = join(folder, "index.sqlite");
  const started = performance.now();
  const script = join(root(), "test", "bench", "indexOnce.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [...NODE_FLAGS, script, db, bodies, source]);
  if (status !== 0) throw new Error(String(stderr));
  const wallSeconds = (performance.now() - started) / 1000;
  const { peakRss = 0 } = JSON.parse(String(stdout)) as { peakRss?: number };
  const indexMb = statSync(db).size / 1e6;
  rmSync(folder, { recursive: true });
  return { wallSeconds, rssMb: peakRss / 2 ** 20, indexMb };
}

function compare(corpus: ScaleCorpus): void {
  const sayings: [name: string, source: string, bodies: string][] = [
    ["v2, headers", corpus.v2, "none"],
    ["v2, prose searchable", corpus.v2, "prose"],
    ["mbox, headers", corpus.mbox, "none"],
  ];
  for (const [name, source, bodies] of sayings) {
    const pairs = Array.from({ length: PAIRS }, () => ({
      ours: indexRun(source, bodies),
      git: gitSeconds(corpus),
    }));
    const ratios = pairs.map(({ ours, git }) => ours.wallSeconds / git);
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
    const wall = median(pairs.map(({ ours }) => ours.wallSeconds));
    console.log(
      [
        `${corpus.messages} ${name}`.padEnd(34),
        `${median(ratios).toFixed(2)} x git cat-file (${low.toFixed(2)} to ${high.toFixed(2)})`.padEnd(40),
        `${wall.toFixed(2)} s`.padEnd(9),
        `${Math.round(corpus.messages / wall)} messages/s`.padEnd(20),
        `${Math.round(median(pairs.map(({ ours }) => ours.rssMb)))} MB RSS`.padEnd(12),
        `${median(pairs.map(({ ours }) => ours.indexMb)).toFixed(1)} MB index`,
      ].join(" "),
    );
  }
}

const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [10_000]) {
  const corpus = scaleCorpus(count);
  if (typeof corpus === "string") console.log(`${count} skipped: ${corpus}`);
  else compare(corpus);
}
