/**
 * Measures the product beside git and its peers and prints ratios: `npm run bench -- [CORPUS...] [--write] [--fresh]
 * [--pairs=N] [--slow=COUNT]`. A CORPUS is a number of messages, `linux-sh` (a real list, where the corpora are at hand)
 * or the path of a mirror; without any, 10000, or a small corpus of our own where no tool makes one. What is measured of a
 * corpus is kept until it is measured again. Peers that index for minutes are run for corpora of up to `--slow` messages
 * (10,000) and their figures kept; `--fresh` runs them again. `--write` writes docs/PERFORMANCE.md of all that is kept.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../fixtures.ts";
import { askingRows } from "./asking.ts";
import { type Corpus, corpusOf, ownCorpus } from "./corpora.ts";
import { indexingRows } from "./indexing.ts";
import { type Findings, pageOf } from "./page.ts";
import { paneRows } from "./pane.ts";
import { type PeerName, versionOf } from "./peers.ts";
import { bundle, probe } from "./product.ts";
import { lineOf, type Row, type Skipped } from "./row.ts";
import { freshFolder, home } from "./scratch.ts";

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

async function corporaOf(words: readonly string[]): Promise<Corpus[]> {
  const found: Corpus[] = [];
  for (const word of words) {
    const corpus = await corpusOf(word);
    if (typeof corpus === "string") console.log(`${word}: ${corpus}`);
    else found.push(corpus);
  }
  return found;
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

const kept = join(home(), "found");

/** Everything that is kept, small corpora first. */
const findings = (): Findings[] =>
  readdirSync(kept)
    .map((name) => JSON.parse(readFileSync(join(kept, name), "utf8")) as Findings)
    .sort((a, b) => a.size.messages - b.size.messages);

async function measure(corpus: Corpus): Promise<void> {
  const rows: Row[] = [];
  const skipped: Skipped[] = [];
  const tell = (row: Row | Skipped): void => {
    if ("reason" in row) {
      skipped.push(row);
      console.log(`${row.row.padEnd(4)} ${row.corpus.padEnd(6)} skipped: ${row.reason}`);
    } else {
      rows.push(row);
      console.log(lineOf(row));
    }
  };
  const load = [loadavg()[0] ?? 0];
  const many = corpus.messages > MANY;
  const slowPeers = corpus.messages <= Number(values.slow);
  const plan = {
    slowPeers,
    fresh: values.fresh,
    times: 11,
    pairs: Math.min(many ? 3 : 99, Number(values.pairs)),
  };
  const size = await indexingRows(corpus, plan, tell);
  load.push(loadavg()[0] ?? 0);
  await askingRows(corpus, plan, tell);
  load.push(loadavg()[0] ?? 0);
  const day = new Date().toISOString().slice(0, 10);
  const found: Findings = { rows, skipped, size, versions: versions(), day, load };
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${corpus.name}.json`), JSON.stringify(found));
}

await bundle();
console.log(
  versions()
    .map(([name, version]) => `${name} ${version}`)
    .join(", "),
);
const given = await corporaOf(positionals);
if (positionals.length === 0 && !values.write) given.push(...(await corporaOf(["10000"])));
const nothing = given.length === 0 && !values.write;
for (const corpus of nothing ? [ownCorpus(OWN)] : given) await measure(corpus);
if (positionals.length > 0 || !values.write) await paneRows();
if (values.write) {
  writeFileSync(join(root(), "docs", "PERFORMANCE.md"), pageOf(findings()));
  console.log("Wrote docs/PERFORMANCE.md");
}
