/**
 * Measures the product beside git and its peers and prints ratios: `npm run bench -- [COUNT...] [--write] [--fresh]
 * [--pairs=N] [--slow=COUNT]`. Without COUNT, 10,000 messages, or a small corpus of our own where no tool makes one.
 * Peers that index for minutes are run for corpora of up to `--slow` messages (10,000) and their figures kept; `--fresh`
 * runs them again. `--write` writes docs/PERFORMANCE.md.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../fixtures.ts";
import { askingRows } from "./asking.ts";
import { type Corpus, ownCorpus, scaleCorpus } from "./corpora.ts";
import { indexingRows } from "./indexing.ts";
import { type Findings, pageOf } from "./page.ts";
import { type PeerName, versionOf } from "./peers.ts";
import { bundle, probe } from "./product.ts";
import { lineOf, type Row, type Skipped } from "./row.ts";
import { freshFolder } from "./scratch.ts";

/** Messages of the corpus of our own. */
const OWN = 3000;
/** Fewer pairs where each takes a minute. */
const MANY = 200_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    pairs: { type: "string", default: "5" },
    slow: { type: "string", default: "10000" },
  },
});

function corporaOf(counts: readonly number[]): Corpus[] {
  const found = counts.flatMap((count) => {
    const corpus = scaleCorpus(count);
    if (typeof corpus !== "string") return [corpus];
    console.log(`${count} messages: ${corpus}`);
    return [];
  });
  return found.length > 0 ? found : [ownCorpus(OWN)];
}

function versions(): Findings["versions"] {
  const { result } = probe<Record<string, string | number>>(
    "versions",
    join(freshFolder("versions"), "index.sqlite"),
  );
  const peers: PeerName[] = ["git", "public-inbox", "notmuch", "mu", "neomutt"];
  return [
    ["Node.js", process.versions.node],
    ["SQLite", String(result["sqlite"])],
    ...peers.map((peer): [string, string] => [peer, versionOf(peer) ?? "not installed"]),
  ];
}

const findings: Findings = { rows: [], skipped: [], sizes: [], versions: [] };

function tell(row: Row | Skipped): void {
  if ("reason" in row) {
    findings.skipped.push(row);
    console.log(`${row.row.padEnd(4)} ${row.corpus.padEnd(6)} skipped: ${row.reason}`);
  } else {
    findings.rows.push(row);
    console.log(lineOf(row));
  }
}

await bundle();
findings.versions = versions();
console.log(findings.versions.map(([name, version]) => `${name} ${version}`).join(", "));
for (const corpus of corporaOf(positionals.length > 0 ? positionals.map(Number) : [10_000])) {
  const many = corpus.messages > MANY;
  const slowPeers = corpus.messages <= Number(values.slow);
  const plan = { slowPeers, fresh: values.fresh, times: 11, pairs: many ? 3 : Number(values.pairs) };
  findings.sizes.push(await indexingRows(corpus, plan, tell));
  await askingRows(corpus, plan, tell);
}
if (values.write) {
  writeFileSync(join(root(), "docs", "PERFORMANCE.md"), pageOf(findings));
  console.log("Wrote docs/PERFORMANCE.md");
}
