/** The archive in a worker: started, asked through its channel, and started again when it dies. */
import { type MessagePort, Worker } from "node:worker_threads";
import { Channel, type Port } from "../base/channel.ts";
import type { ArchiveContract, OpenOptions } from "./remote.ts";

type Requests = ArchiveContract["requests"];
type Events = ArchiveContract["events"];

/** The archive from the other side of the wall. */
export interface ArchiveClient {
  /** Asks the archive, which is opened before the first answer. Rejects as `Channel.request` does. */
  request<N extends keyof Requests>(
    name: N,
    params: Requests[N]["params"],
    signal?: AbortSignal,
  ): Promise<Requests[N]["result"]>;
  /** Hears one kind of event, also after a restart of the worker; returns what stops it. */
  on<N extends keyof Events>(name: N, listener: (body: Events[N]) => void): () => void;
  /** What was done to the index when it was opened, a sentence each. Rejects when it cannot be opened. */
  notices(): Promise<string[]>;
  /** Stops the worker. What waits is rejected; what is half written is undone by SQLite. */
  close(): void;
}

/** What the client may be told to do otherwise. */
export interface ClientOptions {
  /** Called when the worker died by itself. `restarted`: a new one has taken over. */
  died?(error: Error, restarted: boolean): void;
}

/**
 * A run needs some 50 MB of objects. V8 lets garbage grow to several times that unless it is told that there is less room;
 * nobody has been seen to need this much.
 */
const LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 768 };

/** A worker that dies again within this time has a reason to, and is not started a third time. */
const RESTART_AGAIN_MS = 60_000;

/** A thread seen from the one that started it, or the other way round, as a channel speaks to it. */
export const portOf = (thread: Worker | MessagePort): Port => ({
  post: (message) => thread.postMessage(message),
  listen: (receive) => {
    thread.on("message", receive);
    return () => thread.off("message", receive);
  },
});

/**
 * Starts the worker at `workerPath` (the bundle of `indexer.ts`) and opens the index in it. When it dies, what
 * waits is rejected and a new one takes its place, but not twice within a minute.
 */
export function startArchive(
  workerPath: string,
  options: OpenOptions,
  { died }: ClientOptions = {},
): ArchiveClient {
  const listeners: { [N in keyof Events]: Set<(body: Events[N]) => void> } = {
    progress: new Set(),
    ended: new Set(),
    changed: new Set(),
    marked: new Set(),
    news: new Set(),
  };
  let closed = false;
  let startedMs = 0;

  const start = () => {
    startedMs = performance.now();
    const worker = new Worker(workerPath, { resourceLimits: LIMITS, workerData: { file: workerPath } });
    // The host may end without asking; the index survives that at any time.
    worker.unref();
    const channel = new Channel<ArchiveContract>(portOf(worker));
    channel.on("progress", (body) => {
      for (const listener of listeners.progress) listener(body);
    });
    channel.on("ended", (body) => {
      for (const listener of listeners.ended) listener(body);
    });
    channel.on("changed", (body) => {
      for (const listener of listeners.changed) listener(body);
    });
    channel.on("marked", (body) => {
      for (const listener of listeners.marked) listener(body);
    });
    channel.on("news", (body) => {
      for (const listener of listeners.news) listener(body);
    });
    const opened = channel.request("open", options);
    opened.catch(() => undefined);
    let failure: Error | undefined;
    worker.on("error", (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    worker.on("exit", (code) => {
      channel.close();
      if (closed || current.worker !== worker) return;
      const again = performance.now() - startedMs > RESTART_AGAIN_MS || restarts === 0;
      restarts += 1;
      if (again) current = start();
      died?.(failure ?? new Error(`The indexer ended with code ${code}.`), again);
    });
    return { worker, channel, opened };
  };

  let restarts = 0;
  let current = start();

  return {
    async request(name, params, signal) {
      const { channel, opened } = current;
      await opened;
      return channel.request(name, params as never, signal) as Promise<never>;
    },
    on(name, listener) {
      listeners[name].add(listener);
      return () => listeners[name].delete(listener);
    },
    async notices() {
      return (await current.opened).notices;
    },
    close() {
      closed = true;
      current.channel.close();
      void current.worker.terminate();
    },
  };
}
