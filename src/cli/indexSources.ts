/** `index`: brings the index up to date with archives, one after the other, and says what each run did. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { type ArchiveClient, startArchive } from "../archive/worker.ts";
import { isUserError, sentence, UserError } from "../base/report.ts";
import type { Call } from "./call.ts";
import { UsageError } from "./usage.ts";

/** A bar on stderr while `source` is read, where stderr is a terminal. Returns what ends it. */
function showProgress(archive: ArchiveClient, source: string): () => void {
  if (!process.stderr.isTTY) return () => undefined;
  const bar = new SingleBar(
    {
      format: "{bar} {percentage} %  {messages} messages  {source}",
      stream: process.stderr,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, { messages: 0, source });
  const stop = archive.on("progress", ({ done, total, messages }) => {
    bar.setTotal(Math.max(total, 1));
    bar.update(done, { messages, source });
  });
  return () => {
    stop();
    bar.stop();
  };
}

/** The worker's program: beside this one where it is bundled, one room up where it is not. */
const workerPath = (): string =>
  [join(import.meta.dirname, "indexer.cjs"), join(import.meta.dirname, "..", "indexer.ts")].find(
    existsSync,
  ) ?? "";

/** Where a SOURCE lies. Throws a UserError for an address: only the editor asks servers. */
function pathOf(given: string): string {
  if (/^https?:\/\//i.test(given)) {
    throw new UserError(
      `“${given}” is an address, not a path.`,
      "Mirror it with git, or add it to the archives of the editor.",
    );
  }
  return resolve(given);
}

export async function index(call: Call): Promise<number> {
  if (call.args.length === 0 || call.args.includes(""))
    throw new UsageError("index takes one SOURCE or more.");
  // As the editor does it: the worker keeps within bounds of memory that a process has to be started with.
  const archive = startArchive(workerPath(), { db: call.db, git: "git", bodies: "prose" });
  let failed = false;
  try {
    for (const notice of await archive.notices()) call.say(notice);
    for (const given of call.args) {
      const endProgress = showProgress(archive, given);
      try {
        const path = pathOf(given);
        const summary = await archive.request("index", { archive: { path } }, call.signal);
        endProgress();
        await call.out.print({ ...summary, source: path });
        if (summary.cancelled) return 130;
      } catch (error) {
        // One archive that cannot be read keeps none of the others from being read.
        if (!isUserError(error)) throw error;
        endProgress();
        call.say(sentence(error));
        failed = true;
      } finally {
        endProgress();
      }
    }
  } finally {
    archive.close();
  }
  return failed ? 1 : 0;
}
