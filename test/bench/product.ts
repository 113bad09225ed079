/** Runs the product as it ships, in a process of its own, on one task of `probe.ts`. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../fixtures.ts";
import { type Cost, cost } from "./measure.ts";
import { freshFolder, scratch } from "./scratch.ts";

/** Bundles the worker as a release does, and the probe that starts it. */
export async function bundle(): Promise<void> {
  const shared = {
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    logLevel: "error",
  } as const;
  const outdir = join(scratch(), "product");
  const indexer = { indexer: join(root(), "src", "indexer.ts") };
  await build({ ...shared, entryPoints: indexer, outdir, format: "cjs", outExtension: { ".js": ".cjs" } });
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const probe = { probe: join(root(), "test", "bench", "probe.ts") };
  await build({
    ...shared,
    entryPoints: probe,
    outdir,
    format: "esm",
    outExtension: { ".js": ".mjs" },
    banner: { js: banner },
  });
}

export interface Probed<T> extends Cost {
  result: T;
}

/** Runs one task of the probe; its words are those of `probe.ts`. */
export function probe<T>(task: string, db: string, ...words: (string | number)[]): Probed<T> {
  const program = join(scratch(), "product", "probe.mjs");
  const run = cost(process.execPath, [program, task, db, ...words.map(String)]);
  return { ...run, result: JSON.parse(run.output) as T };
}

export interface IndexRun {
  messages: number;
  added: number;
  seconds: number;
  openMs: number;
  wholeMs: number;
  peakRss: number;
}

/** A first reading into a fresh index; its file stays until the next one of this name. */
export function indexFresh(
  name: string,
  source: string,
  bodies: string,
): Probed<IndexRun> & { db: string; mb: number } {
  const db = join(freshFolder(name), "index.sqlite");
  const run = probe<IndexRun>("index", db, source, bodies);
  return { ...run, db, mb: sizeMb(db) };
}

/** The size of an index file and its log, in millions of bytes. */
export const sizeMb = (db: string): number =>
  [db, `${db}-wal`].reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0) / 1e6;
