/** Keeps the index in step with the configured archives: when they are read, what each run says, pause and stop. */
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { Outcome, Progress } from "../../archive/remote.ts";
import { isAbort } from "../../base/channel.ts";
import { isUserError, sentence } from "../../base/report.ts";
import type { SourceSpec } from "../../sources/source.ts";
import type { Commands } from "../commands.ts";
import type { EditorLog } from "../log.ts";
import type { Settings } from "../settings.ts";
import { openArchiveWatch } from "./archiveWatch.ts";
import type { ArchiveWorker } from "./archiveWorker.ts";
import { showRun } from "./runProgress.ts";

/** What is going on with one configured archive; empty when nothing is. */
export interface ArchiveState {
  /** Under way, or ended before its time: the next run goes on from there. */
  phase?: "reading" | "paused" | "stopped";
  /** The worker's last word about that run. */
  progress?: Progress;
  /** One sentence with a next step: why the last run failed. */
  problem?: string;
}

export interface Sync extends vscode.Disposable {
  /** Something that lists show has changed, in one archive; undefined: the set of archives itself. */
  readonly onDidChange: vscode.Event<string | undefined>;
  state(path: string): ArchiveState;
  /** Every archive that is kept in the index: those of our own that exist, then those of the settings. */
  archives(): SourceSpec[];
  /** One of our own: it is shown only while there is something in it. */
  isOwn(path: string): boolean;
  /**
   * Brings one archive up to date at once: a run under way makes way for it and then goes on where it was. For mail
   * that a person waits for.
   */
  readFirst(spec: SourceSpec): Promise<void>;
  /** Brings every configured archive up to date. A run under way ends first: this one goes on where it was. */
  update(): Promise<Outcome[]>;
  /** Brings one archive up to date, after the run under way. */
  updateOne(spec: SourceSpec): Promise<Outcome | undefined>;
  /** Forgets what is known of these archives and reads them anew. */
  rebuild(specs: readonly SourceSpec[]): Promise<Outcome[]>;
  /** Ends the run under way; nothing is read by itself until `update`. */
  pause(): void;
  /** What the present runs find, or the last one found; empty when it failed or was stopped. */
  settled(): Promise<Outcome[]>;
  /**
   * What was found in one archive by the last run that came to its end, once nothing is read any more: whichever run
   * that was, for a look at changed files may follow at once on the run that someone waits for.
   */
  found(path: string): Promise<Outcome | undefined>;
}

interface SyncParts {
  worker: ArchiveWorker;
  settings: Settings;
  commands: Commands;
  log: EditorLog;
  /** Archives of our own, beside those of the settings. */
  own: readonly SourceSpec[];
}

interface Run {
  controller: AbortController;
  /** Why it was aborted by the person; undefined when another run takes its place. */
  halted?: "paused" | "stopped";
}

/** A run shorter than this shows nothing: looking at unchanged archives takes no time worth a notification. */
const QUIET_MS = 400;
/** Coming back to the window looks for new mail, at most this often, in milliseconds. */
const LOOK_MS = 60_000;

export function openSync({ worker, settings, commands, log, own }: SyncParts): Sync {
  const changed = new vscode.EventEmitter<string | undefined>();
  const states = new Map<string, ArchiveState>();
  const found = new Map<string, Outcome>();
  let run: Run | undefined;
  /** Runs that have not ended, the one under way among them. */
  let runs = 0;
  let isPaused = false;
  const archives = (): SourceSpec[] => [
    ...own.filter(({ path }) => existsSync(path)),
    ...settings.archives(),
  ];
  let running: Promise<Outcome[]> = Promise.resolve([]);

  const setIndexing = (value: boolean) =>
    void vscode.commands.executeCommand("setContext", "kernelMail.indexing", value);
  const setPaused = (value: boolean) => {
    isPaused = value;
    void vscode.commands.executeCommand("setContext", "kernelMail.indexPaused", value);
  };

  const note = (outcome: Outcome) => {
    const { source } = outcome;
    if ("failure" in outcome || !outcome.cancelled) found.set(source, outcome);
    if ("failure" in outcome) {
      log.warn(`${source}: ${outcome.failure}`);
      states.set(source, { problem: outcome.failure });
      return;
    }
    if (!outcome.cancelled) states.set(source, {});
    log.info(
      `${source}: ${outcome.format}, ${outcome.messages} messages, ${outcome.added} added, ` +
        `${outcome.removed} removed, ${outcome.seconds.toFixed(2)} s`,
    );
    for (const text of outcome.notes) log.warn(`${source}: ${text}`);
  };

  /** Says of every archive that a run did not come to the end of what is with it now. */
  const leave = (specs: readonly SourceSpec[], state: Pick<ArchiveState, "phase" | "problem">) => {
    for (const { path } of specs) {
      const { phase, progress } = states.get(path) ?? {};
      if (phase === "reading") states.set(path, progress === undefined ? state : { ...state, progress });
    }
  };

  /** Shows a run once it is worth it, in the tree and, by `stop`, as a notification. */
  const showLater = (specs: readonly SourceSpec[], ended: Promise<void>, stop: (() => void) | undefined) => {
    const done = new Set<string>();
    const unhear = worker.on("ended", (outcome) => {
      // The run that this one takes the place of may still say how far it came.
      if ("failure" in outcome || !outcome.cancelled) done.add(outcome.source);
    });
    const timer = setTimeout(() => {
      for (const { path } of specs) {
        if (!done.has(path) && states.get(path)?.phase !== "reading") states.set(path, { phase: "reading" });
      }
      setIndexing(true);
      changed.fire(undefined);
      const onProgress = (listener: (progress: Progress) => void) => worker.on("progress", listener);
      showRun({ specs, ended, onProgress, ...(stop === undefined ? {} : { stop }) });
    }, QUIET_MS);
    void ended.then(() => {
      unhear();
      clearTimeout(timer);
      setIndexing(false);
    });
  };

  /** One run after the other. `isAsked` is false for a look that the person did not ask for. */
  const runOver = (
    specs: readonly SourceSpec[],
    isAsked: boolean,
    work: (signal: AbortSignal) => Promise<Outcome[]>,
  ): Promise<Outcome[]> => {
    runs += 1;
    const next = running.then(async () => {
      const own: Run = { controller: new AbortController() };
      run = own;
      try {
        const outcomes = work(own.controller.signal);
        const ended = outcomes.then(
          () => undefined,
          () => undefined,
        );
        showLater(specs, ended, isAsked ? () => halt("stopped") : undefined);
        await outcomes;
        if (![...states.values()].some(({ phase }) => phase === "paused")) setPaused(false);
        return await outcomes;
      } catch (error) {
        if (!isAbort(error)) {
          leave(specs, { problem: sentence(error) });
          throw error;
        }
        if (own.halted !== undefined) leave(specs, { phase: own.halted });
        return [];
      } finally {
        run = undefined;
        runs -= 1;
        changed.fire(undefined);
        for (const { path } of specs) void watch.follow(path);
      }
    });
    running = next.catch(() => []);
    return next;
  };

  const halt = (how: "paused" | "stopped") => {
    if (run === undefined) return;
    run.halted = how;
    run.controller.abort();
  };

  /** Reads these archives and leaves all others as they are. */
  const readSome = async (specs: readonly SourceSpec[], signal: AbortSignal): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const archive of specs) {
      try {
        outcomes.push(await worker.request("index", { archive }, signal));
      } catch (error) {
        if (!isUserError(error)) throw error;
        outcomes.push({ source: archive.path, failure: sentence(error) });
      }
    }
    return outcomes;
  };

  /** A run over every configured archive, after some were forgotten. It takes the place of the one under way. */
  const runOverAll = (forgotten: readonly SourceSpec[]): Promise<Outcome[]> => {
    const all = archives();
    const paths = new Set(all.map(({ path }) => path));
    watch.keepOnly(paths);
    for (const path of states.keys()) if (!paths.has(path)) states.delete(path);
    for (const path of found.keys()) if (!paths.has(path)) found.delete(path);
    for (const path of paths) {
      const before = states.get(path);
      if (before === undefined || before.phase !== undefined)
        states.set(path, { ...before, phase: "reading" });
    }
    setPaused(false);
    run?.controller.abort();
    // The set may have shrunk: what is gone goes from the tree before the worker has forgotten it.
    changed.fire(undefined);
    return runOver(all, true, async (signal) => {
      for (const { path } of forgotten) await worker.request("forget", { source: path }, signal);
      return await worker.request("setArchives", { archives: all }, signal);
    });
  };

  /** Looks at archives by itself. What is wrong with them stands in the tree. */
  const look = (specs: readonly SourceSpec[]) => {
    if (isPaused || specs.length === 0) return;
    commands.attempt("look for new mail", () => runOver(specs, false, (signal) => readSome(specs, signal)));
  };

  const watch = openArchiveWatch({
    foldersOf: (source) => worker.request("watched", { source }),
    isBusy: () => runs > 0,
    changed: (sources) => look(archives().filter(({ path }) => sources.includes(path))),
    log,
  });

  let lookedMs = performance.now();
  const update = () => runOverAll([]);
  const reread = () => commands.attempt("read the archives", update);
  const subscriptions = vscode.Disposable.from(
    { dispose: worker.on("ended", note) },
    { dispose: worker.on("changed", ({ source }) => changed.fire(source)) },
    {
      dispose: worker.on("progress", (progress) => {
        const state = states.get(progress.source);
        // A run that was paused tells last how far it came.
        if (state?.phase !== "reading" && state?.phase !== "paused") return;
        states.set(progress.source, { phase: state.phase, progress });
        changed.fire(progress.source);
      }),
    },
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused || runs > 0 || performance.now() - lookedMs < LOOK_MS) return;
      lookedMs = performance.now();
      look(archives());
    }),
    settings.onDidChange(["archives"], reread),
    settings.onDidChange(["gitPath", "index.bodies"], () => {
      run?.controller.abort();
      worker.restart();
      reread();
    }),
  );

  return {
    onDidChange: changed.event,
    state: (path) => states.get(path) ?? {},
    archives,
    isOwn: (path) => own.some((spec) => spec.path === path),
    readFirst: async (spec) => {
      const isInTheWay = runs > 0 && run?.halted === undefined;
      run?.controller.abort();
      await runOver([spec], false, (signal) => readSome([spec], signal));
      if (isInTheWay && !isPaused) commands.attempt("read the archives", update);
    },
    update,
    updateOne: async (spec) =>
      (await runOver([spec], true, (signal) => readSome([spec], signal))).find(
        ({ source }) => source === spec.path,
      ),
    rebuild: runOverAll,
    pause: () => {
      if (runs === 0) return;
      setPaused(true);
      halt("paused");
    },
    settled: () => running,
    found: async (path) => {
      while (runs > 0) await running;
      return found.get(path);
    },
    dispose: () => {
      run?.controller.abort();
      vscode.Disposable.from(subscriptions, watch, changed).dispose();
    },
  };
}
