/** Archives of a test: opened in a folder of its own, over sources in memory; closed and removed when it ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, openArchive } from "../../../src/archive/archive.ts";
import type { IndexSummary } from "../../../src/archive/remote.ts";
import type { SourceSpec } from "../../../src/sources/source.ts";
import { root } from "../../fixtures.ts";
import { type Mail, MemorySource, type Step } from "./memorySource.ts";

/** Where Node runs our sources as they are, they are the worker; elsewhere its bundle is. */
export const workerFile = (): string =>
  process.features.typescript ? join(root(), "src", "indexer.ts") : join(root(), "dist", "indexer.cjs");

export const talk: Mail[] = [
  { id: "a", date: 1_600_000_000, subject: "[PATCH v2 0/3] faster maps", list: "maps.kernel.example" },
  { id: "b", date: 1_600_000_100, references: ["a"], from: "Bob <bob@kernel.example>" },
  { id: "c", date: 1_600_000_200, references: ["a", "b"], body: "the folio order is cached" },
];

export const summaryOf = ({ messages, added, removed, skipped }: IndexSummary) => [
  messages,
  added,
  removed,
  skipped,
];

/** Call it in a `describe`: what it gives is made anew for each of its tests. */
export function useArchives() {
  let folder = "";
  let open: Archive[] = [];
  const sources = new Map<string, MemorySource>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "archive-"));
    sources.clear();
    open = [];
  });
  afterEach(() => {
    for (const archive of open) archive.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With `nowMs`, an archive with a state whose clock stands there. */
  const openHere = (nowMs?: () => number): Archive => {
    const archive = openArchive(
      {
        db: join(folder, "index.sqlite"),
        git: "git",
        bodies: "prose",
        ...(nowMs === undefined ? {} : { state: join(folder, "state.sqlite") }),
      },
      {
        openSource: ({ path }) => sources.get(path) as MemorySource,
        lockWaitMs: 200,
        ...(nowMs === undefined ? {} : { now: nowMs }),
      },
    );
    open.push(archive);
    return archive;
  };
  /** Puts steps behind a path and indexes it. */
  const index = (archive: Archive, named: string | SourceSpec, ...steps: Step[]) => {
    const spec = typeof named === "string" ? { path: named } : named;
    const { path } = spec;
    const source = sources.get(path) ?? new MemorySource(spec, []);
    sources.set(path, source);
    source.steps.push(...steps);
    return archive.index({ archive: spec });
  };
  /** The tree that a message is in: its ids, indented by depth, ghosts with a question mark. */
  const shape = async (archive: Archive, id: string) =>
    (await archive.thread({ messageId: id }))?.nodes.map(
      ({ messageId, depth, missing }) => `${" ".repeat(depth)}${messageId}${missing ? "?" : ""}`,
    );
  return { folder: () => folder, sources, openHere, index, shape };
}
