/** The archive in this process: the index and the sources behind it, asked by method, telling by listener. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { runProgram } from "../base/process.ts";
import { isUserError, sentence } from "../base/report.ts";
import { openSource } from "../sources/open.ts";
import type { Source, SourceSpec } from "../sources/source.ts";
import { watchedFolders } from "../sources/watched.ts";
import { Clock } from "./clock.ts";
import { Database, groundVersions, isCorrupt, spokenError, WriterLock } from "./database.ts";
import { forgetRows, type IngestParts, ingest, takeLock } from "./ingest.ts";
import { KeptMail } from "./keptMail.ts";
import { OpenSources } from "./openSources.ts";
import { Overview } from "./overview.ts";
import { readAtHomes } from "./rawMail.ts";
import type { FirstReading } from "./reading.ts";
import { Transfers } from "./received.ts";
import { ReceivedFolder } from "./receivedFolder.ts";
import type {
  ArchiveContract,
  IndexSummary,
  Marked,
  OpenOptions,
  Outcome,
  RawMessage,
  StateCounts,
} from "./remote.ts";
import { openIndex, rebuildIndex } from "./schema.ts";
import { openState, type State } from "./state.ts";
import { StateRequests } from "./stateRequests.ts";
import { Store } from "./store.ts";
import { Triage } from "./triage.ts";

type Requests = ArchiveContract["requests"];
type Events = ArchiveContract["events"];

/** Requests without parameters. */
type Plain = "archives" | "reach" | "diagnose" | "reasons" | "undo" | "counts" | "exportState";

/** Every request but `open`, as a method. Parameters and results are those of `ArchiveContract`. */
export type ArchiveMethods = {
  [N in Exclude<keyof Requests, "open" | Plain>]: (
    params: Requests[N]["params"],
    signal?: AbortSignal,
  ) => Promise<Requests[N]["result"]>;
} & {
  [N in Plain]: (params?: null, signal?: AbortSignal) => Promise<Requests[N]["result"]>;
};

export interface Archive extends ArchiveMethods {
  /** What was done to the index when it was opened or found damaged, a sentence each. */
  readonly notices: string[];
  /** Hears one kind of event; returns what stops it. */
  on<N extends keyof Events>(name: N, listener: (body: Events[N]) => void): () => void;
  /** Looks at all of the file, which takes seconds in a large one; what is damaged is built anew (see `notices`). */
  check(): Promise<void>;
  close(): void;
}

/** What a test puts in the place of the disk and the clock. */
export interface ArchiveParts {
  openSource?: (spec: SourceSpec, git: string) => Source | Promise<Source>;
  now?: () => number;
  /** Reads a source that is met for the first time; without it that is done in this thread, as all other reading. */
  readFirst?: FirstReading;
  /** How long to wait for another process that writes, in milliseconds. */
  lockWaitMs?: number;
}

/** Another process's first indexing takes minutes; a second one that waits longer says so. */
const LOCK_WAIT_MS = 30_000;

/** Opens the index, making or rebuilding it where needed (see `notices`). Throws UserErrors a person can act on. */
export function openArchive(options: OpenOptions, parts: ArchiveParts = {}): Archive {
  return new LocalArchive(options, parts);
}

/** Does something to a database, with its failures in plain words. */
function speaking<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw spokenError(error, path);
  }
}

class LocalArchive implements Archive {
  readonly notices: string[] = [];
  readonly #options: OpenOptions;
  readonly #parts: ArchiveParts;
  readonly #listeners = {
    progress: new Set<unknown>(),
    ended: new Set<unknown>(),
    changed: new Set<unknown>(),
    marked: new Set<unknown>(),
    news: new Set<unknown>(),
  };
  readonly #sources: OpenSources;
  #database: Database;
  /** Questions go over a connection of their own: they see what is stored, not what is being stored. */
  #reading: Database;
  #lock: WriterLock;
  #store: Store;
  #overview: Overview;
  readonly #kept: KeptMail;
  readonly #state: State | undefined;
  /** What the person made of messages; undefined without a state. */
  #triage: Triage | undefined;
  readonly #stateRequests: StateRequests;
  readonly #transfers = new Transfers();
  readonly #received = new Map<string, ReceivedFolder>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(options: OpenOptions, parts: ArchiveParts) {
    this.#options = options;
    this.#parts = parts;
    const open = parts.openSource ?? openSource;
    this.#sources = new OpenSources((spec) => open(spec, options.git));
    const opened = this.#speaking(() => openIndex(options.db));
    this.notices.push(...opened.notices);
    this.#database = opened.database;
    this.#lock = new WriterLock(`${opened.database.path}-writer`);
    const clock = new Clock(opened.database, parts.now ?? Date.now);
    this.#store = new Store(opened.database, clock);
    this.#reading = this.#speaking(() => new Database(opened.database.path));
    this.#overview = new Overview(this.#reading, clock.now);
    this.#state = this.#openState(options.state);
    this.#kept = new KeptMail(this.#state, () => this.#overview);
    this.#joinState();
    this.#stateRequests = new StateRequests({
      triage: () => this.#triage,
      ask: (work) => this.#ask(() => this.#keeping(work)),
      tell: (marked) => this.#tell("marked", marked),
      keep: (params) => this.keep(params),
      release: (params) => this.release(params),
    });
  }

  /** Puts the person's state beside the index that is open now. */
  #joinState(): void {
    if (this.#state === undefined) return;
    this.#triage = new Triage(this.#reading, this.#state, this.#overview, this.#parts.now ?? Date.now);
    this.#overview.view = this.#triage.view;
  }

  #openState(path: string | undefined): State | undefined {
    if (path === undefined) return undefined;
    try {
      const { state, notices } = speaking(path, () => openState(path));
      this.notices.push(...notices);
      return state;
    } catch (error) {
      // Mail can be read without it.
      if (!isUserError(error)) throw error;
      this.notices.push(sentence(error));
      return undefined;
    }
  }

  #speaking<T>(work: () => T): T {
    return speaking(this.#options.db, work);
  }

  /** Runs one question. When the file turns out to be damaged, the index is emptied and the question asked again. */
  async #ask<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isCorrupt(error)) throw spokenError(error, this.#options.db);
    }
    this.#rebuild();
    try {
      return await work();
    } catch (error) {
      throw spokenError(error, this.#options.db);
    }
  }

  #rebuild(): void {
    const { path } = this.#database;
    this.#reading.close();
    this.#database.close();
    const opened = this.#speaking(() => rebuildIndex(path));
    this.notices.push(...opened.notices);
    this.#database = opened.database;
    const clock = new Clock(opened.database, this.#parts.now ?? Date.now);
    this.#store = new Store(opened.database, clock);
    this.#reading = new Database(path);
    this.#overview = new Overview(this.#reading, clock.now);
    this.#joinState();
  }

  on<N extends keyof Events>(name: N, listener: (body: Events[N]) => void): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  #tell<N extends keyof Events>(name: N, body: Events[N]): void {
    for (const listener of this.#listeners[name]) (listener as (body: Events[N]) => void)(body);
  }

  // --- writing: one after the other -------------------------------------------------------------------------

  #inTurn<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const both = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const run = async () => {
      await takeLock(this.#lock, this.#parts.lockWaitMs ?? LOCK_WAIT_MS, both);
      try {
        return await work(both);
      } finally {
        this.#lock.release();
      }
    };
    const turn = this.#queue.then(() => this.#ask(run));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async setArchives(
    { archives }: Requests["setArchives"]["params"],
    signal?: AbortSignal,
  ): Promise<Outcome[]> {
    return this.#inTurn(signal, async (both) => {
      const wanted = new Set(archives.map(({ path }) => path));
      for (const { source } of this.#overview.archives()) {
        if (!wanted.has(source)) await this.#forgetNow(source, both);
      }
      const outcomes: Outcome[] = [];
      for (const spec of archives) {
        if (both.aborted) break;
        try {
          outcomes.push(await this.#indexNow(spec, both));
        } catch (error) {
          if (!isUserError(error)) throw error;
          outcomes.push({ source: spec.path, failure: sentence(error) });
        }
      }
      return outcomes;
    });
  }

  async index({ archive }: Requests["index"]["params"], signal?: AbortSignal): Promise<IndexSummary> {
    return this.#inTurn(signal, (both) => this.#indexNow(archive, both));
  }

  async forget({ source }: Requests["forget"]["params"], signal?: AbortSignal): Promise<null> {
    return this.#inTurn(signal, async (both) => {
      await this.#forgetNow(source, both);
      return null;
    });
  }

  async #forgetNow(path: string, signal: AbortSignal): Promise<void> {
    this.#sources.close(path);
    if (await forgetRows(this.#store, path, signal)) this.#store.dropSource(path);
    this.#triage?.join.reset();
    this.#tell("changed", { source: path });
  }

  async #indexNow(spec: SourceSpec, signal: AbortSignal): Promise<IndexSummary> {
    const parts: IngestParts = {
      store: this.#store,
      options: { git: this.#options.git, bodies: this.#options.bodies },
      readFirst: this.#parts.readFirst,
      sourceAt: (path) => this.#sourceAt(path),
      progress: (progress) => this.#tell("progress", progress),
      changed: (source) => this.#tell("changed", { source }),
    };
    try {
      // The archive may have become something else since it was last looked at: recognised anew each time.
      this.#sources.close(spec.path);
      const source = await this.#sources.open(spec);
      const before = this.#store.source(spec.path);
      const known = this.#triage?.begin(spec.path);
      const summary = await ingest(parts, source, spec.name ?? basename(spec.path), signal);
      // After a first reading, or one that began anew, nothing is known to have come late.
      const anew =
        before?.cursor === undefined || (summary.removed > 0 && summary.removed >= before.messages);
      const news = this.#triage?.end(spec.path, anew ? undefined : known, summary.removed > 0) ?? [];
      if (news.length > 0) this.#tell("news", news);
      this.#store.setProblem(spec.path, summary.problem);
      this.#tell("ended", summary);
      return summary;
    } catch (error) {
      if (!isUserError(error)) throw error;
      const failure = sentence(error);
      if (this.#store.source(spec.path) !== undefined) {
        this.#store.setProblem(spec.path, failure);
        this.#tell("changed", { source: spec.path });
      }
      this.#tell("ended", { source: spec.path, failure });
      throw error;
    } finally {
      this.#sources.released(spec.path);
    }
  }

  // --- reading ----------------------------------------------------------------------------------------------

  /** A known source, opened to read bytes; undefined when it is not there any more. */
  async #sourceAt(path: string): Promise<Source | undefined> {
    const spec = this.#overview.spec(path);
    if (spec === undefined) return undefined;
    try {
      return await this.#sources.open(spec);
    } catch (error) {
      this.#sources.close(path);
      if (isUserError(error)) return undefined;
      throw error;
    } finally {
      this.#sources.released(path);
    }
  }

  archives(): Promise<Requests["archives"]["result"]> {
    return this.#ask(() => {
      const rows = this.#overview.archives();
      this.#triage?.countInto(rows);
      this.#overview.countPassing(rows);
      return rows;
    });
  }

  threads(params: Requests["threads"]["params"]): Promise<Requests["threads"]["result"]> {
    return this.#ask(() => {
      this.#triage?.join.sync();
      const page = this.#overview.threads(params);
      return params.source === undefined ? this.#kept.threads(page, params.query) : page;
    });
  }

  people(params: Requests["people"]["params"]): Promise<Requests["people"]["result"]> {
    return this.#ask(() => this.#overview.people(params));
  }

  person(params: Requests["person"]["params"]): Promise<Requests["person"]["result"]> {
    return this.#ask(() => this.#overview.person(params));
  }

  reach(): Promise<Requests["reach"]["result"]> {
    return this.#ask(() => this.#overview.reach());
  }

  search(params: Requests["search"]["params"]): Promise<Requests["search"]["result"]> {
    return this.#ask(() => {
      this.#triage?.join.sync();
      return this.#kept.search(this.#overview.search(params), params.query);
    });
  }

  thread({ messageId }: Requests["thread"]["params"]): Promise<Requests["thread"]["result"]> {
    return this.#ask(() => {
      this.#triage?.join.sync();
      return this.#kept.thread(messageId);
    });
  }

  has({ messageIds }: Requests["has"]["params"]): Promise<boolean[]> {
    return this.#ask(() => this.#kept.has(messageIds));
  }

  async keep({ messageId, why }: Requests["keep"]["params"]): Promise<boolean> {
    const mails = await this.raw({ messageIds: [messageId] });
    return this.#keeping(() => this.#kept.keep(messageId, why, mails, (this.#parts.now ?? Date.now)()));
  }

  async release({ why }: Requests["release"]["params"]): Promise<null> {
    this.#keeping(() => this.#kept.release(why));
    return null;
  }

  async reasons(): Promise<string[]> {
    return this.#keeping(() => this.#kept.reasons());
  }

  #keeping<T>(work: () => T): T {
    return speaking(this.#options.state ?? "", work);
  }

  // --- the person's state ---------------------------------------------------------------------------------------

  mark(params: Requests["mark"]["params"]): Promise<Marked> {
    return this.#stateRequests.mark(params);
  }

  readList(params: Requests["readList"]["params"]): Promise<Marked> {
    return this.#stateRequests.readList(params);
  }

  undo(): Promise<Requests["undo"]["result"]> {
    return this.#stateRequests.undo();
  }

  counts(): Promise<StateCounts> {
    return this.#ask(() => this.#triage?.counts() ?? { forMe: 0, followed: 0, all: 0 });
  }

  nextUnread(params: Requests["nextUnread"]["params"]): Promise<Requests["nextUnread"]["result"]> {
    return this.#ask(() => this.#triage?.nextUnread(params) ?? null);
  }

  setPeople(people: Requests["setPeople"]["params"]): Promise<null> {
    return this.#stateRequests.setPeople(people);
  }

  exportState(): Promise<string> {
    return this.#stateRequests.exportState();
  }

  importState(params: Requests["importState"]["params"]): Promise<Requests["importState"]["result"]> {
    return this.#stateRequests.importState(params);
  }

  ids({ after, limit }: Requests["ids"]["params"]): Promise<Requests["ids"]["result"]> {
    return this.#ask(() => this.#overview.ids(after, limit));
  }

  raw({ messageIds }: Requests["raw"]["params"]): Promise<RawMessage[]> {
    return this.#ask(async () => {
      const found = await readAtHomes(this.#overview.held(messageIds), (path) => this.#sourceAt(path));
      return this.#kept.completed(messageIds, found);
    });
  }

  receive({
    transfer,
    folder,
    piece,
  }: Requests["receive"]["params"]): Promise<Requests["receive"]["result"]> {
    return this.#transfers.take(transfer, this.#receivedAt(folder), piece);
  }

  async drop({ folder, messageIds }: Requests["drop"]["params"]): Promise<null> {
    if (messageIds === undefined) await this.#receivedAt(folder).dropUnfollowed(this);
    else this.#receivedAt(folder).drop(messageIds);
    return null;
  }

  async prune({ folder, bytes }: Requests["prune"]["params"]): Promise<number> {
    return await this.#receivedAt(folder).pruneUnmarked(this, bytes);
  }

  /** The one object for a folder of received mail: it remembers how large that is. */
  #receivedAt(path: string): ReceivedFolder {
    const folder = this.#received.get(path) ?? new ReceivedFolder(path);
    this.#received.set(path, folder);
    return folder;
  }

  watched({ source }: Requests["watched"]["params"]): Promise<Requests["watched"]["result"]> {
    return this.#ask(async () => {
      const [spec, row] = [this.#overview.spec(source), this.#store.source(source)];
      if (spec === undefined || row === undefined) return [];
      return await watchedFolders(spec, row.format, this.#options.git);
    });
  }

  check(): Promise<void> {
    return this.#ask(() => this.#database.check());
  }

  async diagnose(): Promise<Record<string, string | number>> {
    const git = await runProgram(this.#options.git, ["--version"]).then(
      ({ stdout }) => stdout.toString("utf8").trim(),
      (error: unknown) => sentence(error),
    );
    return this.#ask(async () => ({
      ...groundVersions(),
      fts5: "present",
      git,
      index: this.#database.path,
      ...this.#overview.counts(),
      indexFileBytes: (await stat(this.#database.path)).size,
    }));
  }

  close(): void {
    this.#closing.abort();
    this.#sources.closeAll();
    // What runs ends at its next step and must find the database open: it is closed behind it.
    void this.#queue.then(() => {
      this.#reading.close();
      this.#database.close();
      this.#kept.close();
    });
  }
}
