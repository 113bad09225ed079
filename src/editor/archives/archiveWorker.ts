/** The worker as the editor asks it: started by the first question, and again when it dies or is to be another. */
import type * as vscode from "vscode";
import type { ArchiveContract } from "../../archive/remote.ts";
import type { ArchiveClient, ClientOptions } from "../../archive/worker.ts";
import { abortError, isClosed } from "../../base/channel.ts";
import { sentence, UserError } from "../../base/report.ts";
import type { EditorLog } from "../log.ts";

type Requests = ArchiveContract["requests"];
type Events = ArchiveContract["events"];

/** The archive as the rooms of the editor ask it. */
export interface Archive {
  request<N extends keyof Requests>(
    name: N,
    params: Requests[N]["params"],
    signal?: AbortSignal,
  ): Promise<Requests[N]["result"]>;
}

export interface ArchiveWorker extends Archive, vscode.Disposable {
  /** Hears one kind of event of this worker and of every one after it; returns what stops it. */
  on<N extends keyof Events>(name: N, listener: (body: Events[N]) => void): () => void;
  /** Ends the worker; the next question starts one that is opened with the settings of that time. */
  restart(): void;
}

interface WorkerParts {
  start: (more: ClientOptions) => ArchiveClient;
  log: EditorLog;
}

export function openArchiveWorker({ start, log }: WorkerParts): ArchiveWorker {
  const listeners: { [N in keyof Events]: Set<(body: Events[N]) => void> } = {
    progress: new Set(),
    ended: new Set(),
    changed: new Set(),
    marked: new Set(),
    news: new Set(),
  };
  let client: ArchiveClient | undefined;
  let isDisposed = false;

  const startNow = (): ArchiveClient => {
    const started = start({
      died: (error, restarted) =>
        log.bug(error, restarted ? "The indexer stopped and was started again" : "The indexer stopped"),
    });
    started.notices().then(
      (notices) => {
        for (const notice of notices) log.info(notice);
      },
      // The failure is the answer to whatever was asked first, and told there.
      (error: unknown) => log.warn(sentence(error)),
    );
    started.on("progress", (body) => {
      for (const listener of listeners.progress) listener(body);
    });
    started.on("ended", (body) => {
      for (const listener of listeners.ended) listener(body);
    });
    started.on("changed", (body) => {
      for (const listener of listeners.changed) listener(body);
    });
    started.on("marked", (body) => {
      for (const listener of listeners.marked) listener(body);
    });
    started.on("news", (body) => {
      for (const listener of listeners.news) listener(body);
    });
    return started;
  };

  const worker = (): ArchiveClient => {
    if (isDisposed) throw abortError();
    client ??= startNow();
    return client;
  };

  return {
    request: async (name, params, signal) => {
      try {
        return await worker().request(name, params, signal);
      } catch (error) {
        if (!isClosed(error)) throw error;
      }
      // The worker went away under the question. None does harm when it is asked twice.
      try {
        return await worker().request(name, params, signal);
      } catch (error) {
        if (!isClosed(error)) throw error;
        throw new UserError(
          "The program that reads the archives has stopped twice.",
          "Reload the window to start it again; the log says why it stopped.",
        );
      }
    },
    on: (name, listener) => {
      listeners[name].add(listener);
      return () => listeners[name].delete(listener);
    },
    restart: () => {
      client?.close();
      client = undefined;
    },
    dispose: () => {
      isDisposed = true;
      client?.close();
    },
  };
}
