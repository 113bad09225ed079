/** A first reading in a thread of its own: there the source is parsed, here the batch before is stored. */
import { type MessagePort, Worker } from "node:worker_threads";
import { abortError, Channel, type Contract, isClosed, type Port, type Silent } from "../base/channel.ts";
import { openSource } from "../sources/open.ts";
import { type PlainSheaf, Sheaf } from "../sources/sheaf.ts";
import type { Batch, ReadOptions, SourceSpec } from "../sources/source.ts";
import { portOf } from "./worker.ts";

/** A batch on its way between threads. */
type PlainBatch = Omit<Batch, "found"> & { found: PlainSheaf };

/** What the thread that reads is asked for. */
export interface ReadingContract extends Contract {
  requests: {
    /** Opens the source; once, before all else. */
    begin: { params: { spec: SourceSpec } & Pick<ReadOptions, "bodies" | "git">; result: null };
    /** The next batch, null at the end. Several may be asked for; cancelling one ends the reading. */
    next: { params: null; result: PlainBatch | null };
    /** Ends the reading, with every program it has started. */
    end: { params: null; result: null };
  };
}

/** Reads a source from its beginning. */
export type FirstReading = (spec: SourceSpec, options: ReadOptions) => AsyncIterable<Batch>;

/** The role of a thread that the worker's file is started in to read. */
export const READING = "reading";

/** So many batches are asked for ahead of the one that is being stored: bounds what is in flight. */
const AHEAD = 2;

/** A batch and what is made of it need some 20 MB; V8 would let garbage grow to several times that. */
const LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 };

/** The port of the thread that reads: what batches lie in is given away, where others are copied. */
export const readingPort = (thread: MessagePort): Port => ({
  ...portOf(thread),
  post: (message) => {
    const found = (message as { result?: Partial<PlainBatch> | null }).result?.found;
    const given = found === undefined ? [] : [found.numbers.buffer, found.bytes.buffer];
    thread.postMessage(message, given as ArrayBuffer[]);
  },
});

/** Serves one reading to the other end of a port. */
export function serveReading(port: Port): void {
  const channel = new Channel<Silent, ReadingContract>(port);
  const stop = new AbortController();
  let batches: AsyncGenerator<Batch> | undefined;
  channel.serve({
    begin({ spec, git, bodies }) {
      batches = (async function* () {
        const source = await openSource(spec, git);
        try {
          yield* source.read(undefined, { git, bodies, signal: stop.signal });
        } finally {
          source.close();
        }
      })();
      return null;
    },
    async next(_, signal) {
      signal.addEventListener("abort", () => stop.abort(), { once: true });
      const batch: Batch | undefined = (await batches?.next())?.value;
      return batch === undefined ? null : { ...batch, found: batch.found.plain() };
    },
    async end() {
      stop.abort();
      await batches?.return(undefined);
      return null;
    },
  });
}

/** Starts `worker`, the file that calls `serveReading` in the role READING, for each reading. */
export const readingIn = (worker: string): FirstReading =>
  async function* (spec, { git, bodies, signal }) {
    const thread = new Worker(worker, { workerData: { role: READING }, resourceLimits: LIMITS });
    const channel = new Channel<ReadingContract>(portOf(thread));
    let failure: unknown;
    thread.on("error", (error) => {
      failure = error;
    });
    thread.on("exit", () => channel.close());
    const asked: Promise<PlainBatch | null>[] = [];
    const ask = () => {
      const next = channel.request("next", null, signal);
      // Its failure is met when its turn comes.
      next.catch(() => undefined);
      asked.push(next);
    };
    try {
      await channel.request("begin", { spec, git, bodies }, signal);
      for (let left = AHEAD; left > 0; left -= 1) ask();
      for (let batch = await asked.shift(); batch; batch = await asked.shift()) {
        ask();
        yield { ...batch, found: Sheaf.from(batch.found) };
      }
    } catch (error) {
      if (signal.aborted) throw abortError();
      throw isClosed(error) ? (failure ?? error) : error;
    } finally {
      await channel.request("end", null).catch(() => undefined);
      await thread.terminate();
    }
  };
