/** Keeps the index in step with the configured archives: starts the worker, runs it, shows how far it is. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type {
  ArchiveClient,
  ArchiveContract,
  ClientOptions,
  OpenOptions,
  Outcome,
  Progress,
} from "../archive/remote.ts";
import { isAbort } from "../base/channel.ts";
import { isUserError, sentence } from "../base/report.ts";
import type { SourceSpec } from "../sources/source.ts";
import type { Commands } from "./commands.ts";
import type { EditorLog } from "./log.ts";
import type { Settings } from "./settings.ts";

type Requests = ArchiveContract["requests"];

/** The archive as the rooms of the editor ask it: the worker is started by the first question. */
export interface Archive {
  request<N extends keyof Requests>(
    name: N,
    params: Requests[N]["params"],
    signal?: AbortSignal,
  ): Promise<Requests[N]["result"]>;
}

/** What is going on with one configured archive; absent when nothing is. */
export interface ArchiveState {
  /** Under way, with the worker's last word about it. */
  progress?: Progress | "waiting";
  /** One sentence with a next step: why the last run failed. */
  problem?: string;
  /** The person stopped the last run; the next one goes on from there. */
  stopped?: boolean;
}

export interface Sync extends Archive, vscode.Disposable {
  /** Something that lists show has changed; undefined: the set of archives itself. */
  readonly onDidChange: vscode.Event<string | undefined>;
  state(path: string): ArchiveState;
  /** Brings every configured archive up to date. Runs again when called during a run. */
  update(): Promise<Outcome[]>;
  /** Brings one archive up to date. */
  updateOne(spec: SourceSpec): Promise<Outcome | undefined>;
  /** Forgets what is known of these archives and reads them anew. */
  rebuild(specs: SourceSpec[]): Promise<Outcome[]>;
  /** What the present run finds, or the last one found; empty when it failed or was stopped. */
  settled(): Promise<Outcome[]>;
}

export interface SyncParts {
  start: (options: OpenOptions, more: ClientOptions) => ArchiveClient;
  db: string;
  /** The file for what is never rebuilt. */
  state: string;
  settings: Settings;
  commands: Commands;
  log: EditorLog;
}

/** A run shorter than this shows nothing: looking at unchanged archives takes no time worth a notification. */
const QUIET_MS = 400;
/** Coming back to the window looks for new mail, at most this often, in milliseconds. */
const LOOK_MS = 60_000;

const nameOf = (spec: SourceSpec): string => spec.name ?? basename(spec.path);

export function openSync({ start, db, state, settings, commands, log }: SyncParts): Sync {
  const changed = new vscode.EventEmitter<string | undefined>();
  const states = new Map<string, ArchiveState>();
  const listeners: vscode.Disposable[] = [];
  let client: ArchiveClient | undefined;
  let run: AbortController | undefined;
  /** What the present run is done with. */
  const finished = new Set<string>();
  let running: Promise<Outcome[]> = Promise.resolve([]);

  const worker = (): ArchiveClient => {
    if (client !== undefined) return client;
    client = start(
      { db, state, git: settings.git(), bodies: settings.bodies() },
      {
        died: (error, restarted) => {
          log.bug(error, restarted ? "The indexer stopped and was started again" : "The indexer stopped");
          changed.fire(undefined);
        },
      },
    );
    client.notices().then(
      (notices) => {
        for (const notice of notices) log.info(notice);
      },
      // The failure is the answer to whatever was asked first, and told there.
      (error: unknown) => log.warn(sentence(error)),
    );
    client.on("changed", ({ source }) => changed.fire(source));
    client.on("ended", note);
    client.on("progress", (progress) => {
      if (states.get(progress.source)?.progress === undefined) return;
      states.set(progress.source, { progress });
      changed.fire(progress.source);
    });
    return client;
  };

  const restart = () => {
    run?.abort();
    client?.close();
    client = undefined;
  };

  /** Shows a run as a notification with Cancel once it is worth one, and counts the way of all its archives. */
  const shown = <T>(specs: SourceSpec[], work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    run = controller;
    finished.clear();
    const result = work(controller.signal);
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    const timer = setTimeout(() => {
      for (const { path } of specs) if (!finished.has(path)) states.set(path, { progress: "waiting" });
      changed.fire(undefined);
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Kernel Mail", cancellable: true },
        (report, token) => {
          token.onCancellationRequested(() => controller.abort());
          let behind = 0;
          const stop = worker().on("progress", (progress) => {
            const spec = specs.find((candidate) => candidate.path === progress.source);
            const share = progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 0;
            const percent = progress.total > 0 ? ` (${share} %)` : "";
            const before = behind;
            behind = share;
            report.report({
              // One archive's way is drawn; of several in a row only the words tell.
              ...(specs.length === 1 ? { increment: Math.max(0, share - before) } : {}),
              message: `reading ${spec ? nameOf(spec) : progress.source}: ${progress.messages.toLocaleString("en")} messages${percent}`,
            });
          });
          report.report({ message: "reading archives" });
          return ended.finally(stop);
        },
      );
    }, QUIET_MS);
    return result.finally(() => {
      clearTimeout(timer);
      if (run === controller) run = undefined;
    });
  };

  const note = (outcome: Outcome) => {
    const { source } = outcome;
    finished.add(source);
    if ("failure" in outcome) {
      log.warn(`${source}: ${outcome.failure}`);
      states.set(source, { problem: outcome.failure });
      return;
    }
    states.set(source, outcome.cancelled ? { stopped: true } : {});
    log.info(
      `${source}: ${outcome.format}, ${outcome.messages} messages, ${outcome.added} added, ` +
        `${outcome.removed} removed, ${outcome.seconds.toFixed(2)} s`,
    );
    for (const text of outcome.notes) log.warn(`${source}: ${text}`);
  };

  /** Reads these archives and leaves all others as they are. */
  const readSome = async (specs: SourceSpec[], signal: AbortSignal): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const archive of specs) {
      try {
        outcomes.push(await worker().request("index", { archive }, signal));
      } catch (error) {
        if (!isUserError(error)) throw error;
        outcomes.push({ source: archive.path, failure: sentence(error) });
      }
    }
    return outcomes;
  };

  /** One run after the other: a second question during a run ends the first, which has stored what it read. */
  const runOver = (
    specs: SourceSpec[],
    work: (signal: AbortSignal) => Promise<Outcome[]>,
  ): Promise<Outcome[]> => {
    run?.abort();
    for (const { path } of specs) if (!states.has(path)) states.set(path, { progress: "waiting" });
    // The set may have shrunk: what is gone goes from the tree before the worker has forgotten it.
    changed.fire(undefined);
    const next = running.then(async () => {
      try {
        return await shown(specs, work);
      } catch (error) {
        for (const { path } of specs) {
          if (states.get(path)?.progress === undefined) continue;
          states.set(path, isAbort(error) ? { stopped: true } : { problem: sentence(error) });
        }
        if (!isAbort(error)) throw error;
        return [];
      } finally {
        changed.fire(undefined);
      }
    });
    running = next.catch(() => []);
    return next;
  };

  const update = () => {
    const archives = settings.archives();
    const paths = new Set(archives.map(({ path }) => path));
    for (const path of states.keys()) if (!paths.has(path)) states.delete(path);
    return runOver(archives, (signal) => worker().request("setArchives", { archives }, signal));
  };

  let lookedMs = performance.now();
  const look = () => {
    if (run !== undefined || performance.now() - lookedMs < LOOK_MS || settings.archives().length === 0)
      return;
    lookedMs = performance.now();
    commands.attempt("look for new mail", update);
  };

  listeners.push(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) look();
    }),
    settings.onDidChange(["archives"], () => commands.attempt("read the archives", update)),
    settings.onDidChange(["gitPath", "index.bodies"], () => {
      restart();
      commands.attempt("read the archives", update);
    }),
  );

  return {
    onDidChange: changed.event,
    request: (name, params, signal) => worker().request(name, params, signal),
    state: (path) => states.get(path) ?? {},
    update,
    updateOne: async (spec) => (await runOver([spec], (signal) => readSome([spec], signal)))[0],
    rebuild: (specs) =>
      runOver(specs, async (signal) => {
        for (const { path } of specs) await worker().request("forget", { source: path }, signal);
        return await readSome(specs, signal);
      }),
    settled: () => running,
    dispose: () => {
      run?.abort();
      client?.close();
      changed.dispose();
      for (const listener of listeners) listener.dispose();
    },
  };
}
