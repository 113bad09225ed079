/** Brings a source into the index: batch by batch, with progress, cancel and resume, one writer at a time. */
import { isAbort } from "../base/channel.ts";
import { UserError } from "../base/report.ts";
import { decodeText } from "../mail/decode.ts";
import type { Found, Place } from "../sources/found.ts";
import { Sheaf } from "../sources/sheaf.ts";
import type { Batch, ReadOptions, Source } from "../sources/source.ts";
import type { WriterLock } from "./database.ts";
import { isOf } from "./rawMail.ts";
import type { FirstReading } from "./reading.ts";
import type { IndexSummary, Progress } from "./remote.ts";
import type { SourceRow } from "./sourceRows.ts";
import type { Copies, Double, PutResult, Steps, Store } from "./store.ts";

/** Two updates of a progress bar are at least so far apart. */
const PROGRESS_MS = 250;

/** Until so many threads can be seen, each batch is made visible at once: a person waits for them. */
const FIRST_SCREEN = 200;

/**
 * What is stored becomes visible to others, and lasts, at most so much later. At the beginning it is sooner: each
 * transaction may last as long as all before it. A larger one writes each page of the index fewer times.
 */
const COMMIT_MS = 1000;

/**
 * Storing lets others have their turn after so long. A git that writes to us waits as soon as its pipe is full, which
 * takes about as long: storing and its inflating would go on in turns, not at the same time.
 */
const SLICE_MS = 1;

/** So many mails are stored together: rows of one batch lie side by side, and pages at its edges stay half empty. */
const TOGETHER = 3000;
/** And so many bytes of them, whatever a stranger has sent. */
const TOGETHER_BYTES = 1 << 24;

/** How often a waiting writer asks whether the other one has finished. */
const LOCK_POLL_MS = 100;

export interface IngestParts {
  store: Store;
  options: Pick<ReadOptions, "git" | "bodies">;
  /** Reads a source from its beginning, where that is not done in this thread. */
  readFirst: FirstReading | undefined;
  /** Other open sources by path, to compare bodies of mails that may be the same. */
  sourceAt(path: string): Promise<Source | undefined>;
  progress(progress: Progress): void;
  changed(source: string): void;
}

/** Lets what else waits in this thread run: queries are answered between two batches. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs steps to their end, and lets others have their turn in between. */
async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < SLICE_MS) continue;
    await breathe();
    since = performance.now();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until this process is the one that writes to the index. The caller releases the lock. */
export async function takeLock(lock: WriterLock, waitMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + waitMs;
  while (!lock.tryTake()) {
    signal.throwIfAborted();
    if (performance.now() > until) {
      throw new UserError(
        "Another window or command is updating this index.",
        "Wait until it has finished, or stop it, and try again.",
      );
    }
    await pause(LOCK_POLL_MS);
  }
}

/** Takes a source out of the index, all of it or as far as the signal lets; true when it is out. */
export async function forgetRows(store: Store, path: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    if (signal.aborted) return false;
    const more = store.forgetStep(path);
    if (!more) return true;
    await breathe();
  }
}

/**
 * Indexes or updates one source. The caller holds the lock. Cancelling ends it after the batch at hand with a
 * summary that says so; what is stored stays, and the next run goes on from there.
 */
export async function ingest(
  parts: IngestParts,
  source: Source,
  name: string,
  signal: AbortSignal,
): Promise<IndexSummary> {
  const started = performance.now();
  const { store, options } = parts;
  const { path } = source.spec;
  const total = { added: 0, removed: 0, skipped: 0, bytes: 0 };
  let cancelled = false;
  let reached = { done: 0, total: 0 };
  let row = store.openSource(source.spec, name, source.format, options.bodies);
  if (row.stale || row.format !== source.format || row.bodies !== options.bodies) {
    const before = row.messages;
    cancelled = !(await forgetRows(store, path, signal));
    if (!cancelled) {
      store.dropSource(path);
      row = store.openSource(source.spec, name, source.format, options.bodies);
      total.removed += before;
    }
  }
  const notes = new Set(row.notes);
  const problems = new Set<string>();
  let told = Number.NEGATIVE_INFINITY;
  let committed = performance.now();
  let filled = store.threadsUpTo(FIRST_SCREEN) === FIRST_SCREEN;
  const visible = () => {
    committed = performance.now();
    parts.changed(path);
  };
  const commit = () => {
    store.commit();
    visible();
  };
  try {
    const { readFirst } = parts;
    const batches =
      row.cursor === undefined && readFirst !== undefined && !isMirror(source)
        ? readFirst(source.spec, { ...options, signal })
        : source.read(row.cursor, {
            ...options,
            signal,
            held: (below) => store.placesBelow(row.id, below),
          });
    for await (const batch of cancelled ? [] : gathered(readAhead(batches, commit), () => filled)) {
      if (signal.aborted) break;
      if (batch.restart) {
        const before = row.messages;
        store.commit();
        if (!(await forgetRows(store, path, signal))) break;
        row = store.source(path) ?? row;
        total.removed += before;
        notes.clear();
      }
      const result = await putBatch(parts, source, row, batch);
      total.added += result.added;
      total.removed += result.removed;
      total.skipped += result.skipped;
      total.bytes += batch.found.size;
      for (const note of batch.notes ?? []) notes.add(note);
      for (const problem of batch.problems ?? []) problems.add(problem);
      row = store.source(path) ?? row;
      reached = { done: batch.done, total: batch.total };
      const now = performance.now();
      if (now - told >= PROGRESS_MS) {
        told = now;
        parts.progress({ source: path, ...reached, messages: row.messages });
      }
      if (!filled || now - committed >= Math.min(COMMIT_MS, committed - started)) {
        if (filled) await inSlices(store.commitSteps());
        else store.commit();
        visible();
        filled ||= store.threadsUpTo(FIRST_SCREEN) === FIRST_SCREEN;
      }
      await breathe();
      if (signal.aborted) break;
    }
    if (!cancelled && !signal.aborted) {
      store.commit();
      store.setWhole(path);
    }
  } catch (error) {
    if (!isAbort(error) || !signal.aborted) throw error;
  } finally {
    // Whole batches stay, whatever ended the run.
    store.commit();
  }
  cancelled ||= signal.aborted;
  if (total.added + total.removed > 0) {
    if (!cancelled) reached = { done: 1, total: 1 };
    parts.progress({ source: path, ...reached, messages: row.messages });
    parts.changed(path);
  }
  return {
    source: path,
    format: source.format,
    messages: row.messages,
    ...total,
    seconds: Math.round(performance.now() - started) / 1000,
    peakRss: process.resourceUsage().maxRSS * 1024,
    ...(cancelled ? { cancelled } : {}),
    notes: [...notes, ...problems],
    ...(problems.size > 0 ? { problem: [...problems].slice(0, 3).join(" ") } : {}),
  };
}

/** The list a mail belongs to: its List-Id, else the name of its inbox, else none. */
const listOf = (found: Found): string => found.skeleton.listId || found.inbox || "";

/**
 * Batches, the next one asked for before the one at hand is stored: a source that another process works for goes on
 * meanwhile. Only of first readings, in which nothing depends on what is stored. Calls `waiting` when the next one is
 * long in coming.
 */
async function* readAhead(batches: AsyncIterable<Batch>, waiting: () => void): AsyncGenerator<Batch> {
  const iterator = batches[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const timer = setTimeout(waiting, COMMIT_MS);
      const { done, value } = await next.finally(() => clearTimeout(timer));
      if (done) return;
      const ahead = goesOn(value);
      if (ahead) {
        next = iterator.next();
        // Its failure is met when its turn comes.
        next.catch(() => undefined);
      }
      yield value;
      if (!ahead) next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

/**
 * git reads a mirror, in a process of its own, and that is half of the work: on two cores a third that works beside it
 * costs a tenth more processor time, for the copies, and gains nothing.
 */
const isMirror = ({ format }: Source): boolean => ["v1", "v2", "inboxes"].includes(format);

/** Whether nothing but the rows of a batch has to be looked at: it goes on where the one before ended. */
const goesOn = (batch: Batch): boolean =>
  batch.direction === "older" && batch.removed.length === 0 && !batch.restart;

/**
 * Small batches of a first reading made into larger ones, as soon as `filled` says that nobody waits for each. What is
 * given is valid until the next is asked for: all lie in one room.
 */
async function* gathered(batches: AsyncIterable<Batch>, filled: () => boolean): AsyncGenerator<Batch> {
  const room = new Sheaf();
  let whole: Batch | undefined;
  for await (const batch of batches) {
    const joins = goesOn(batch) && filled();
    if (joins) {
      room.append(batch.found);
      whole = whole === undefined ? { ...batch, found: room } : joined(whole, batch);
    }
    if (whole !== undefined && (!joins || room.length >= TOGETHER || room.bytes >= TOGETHER_BYTES)) {
      yield whole;
      whole = undefined;
      room.clear();
    }
    if (!joins) yield batch;
  }
  if (whole !== undefined) yield whole;
}

/** A batch whose mails are among those of the one before. */
function joined(first: Batch, second: Batch): Batch {
  const batch: Batch = { ...second, found: first.found };
  if (first.notes !== undefined) batch.notes = [...first.notes, ...(second.notes ?? [])];
  if (first.problems !== undefined) batch.problems = [...first.problems, ...(second.problems ?? [])];
  return batch;
}

async function putBatch(
  parts: IngestParts,
  source: Source,
  row: SourceRow,
  batch: Batch,
): Promise<PutResult> {
  const { store } = parts;
  store.begin();
  try {
    const doubles = await inSlices(store.doubles(batch.found));
    const copies = doubles.length === 0 ? new Map() : await exactCopies(parts, source, batch, doubles);
    return await inSlices(store.put(row, batch, listOf, copies));
  } catch (error) {
    store.rollback();
    throw error;
  }
}

/** How many bodies are in memory at a time while doubles are compared. */
const COMPARED_AT_ONCE = 64;

/** Settles which doubles are exact copies, by their decoded bodies; a body that is gone cannot speak against it. */
async function exactCopies(
  parts: IngestParts,
  source: Source,
  batch: Batch,
  doubles: Double[],
): Promise<Copies> {
  const copies = new Map<number, { row: number } | { at: number }>();
  for (let from = 0; from < doubles.length; from += COMPARED_AT_ONCE) {
    const some = doubles.slice(from, from + COMPARED_AT_ONCE);
    const bodies = await readBodies(parts, source, batch, some);
    for (const { at, candidates } of some) {
      for (const candidate of candidates) {
        // What is itself a copy has no row of its own; the original is a candidate as well.
        if ("at" in candidate && copies.has(candidate.at)) continue;
        const here = bodies.found(at);
        const there = "at" in candidate ? bodies.found(candidate.at) : bodies.row(candidate.row);
        if (here !== undefined && there !== undefined && here !== there) continue;
        copies.set(at, "at" in candidate ? { at: candidate.at } : { row: candidate.row });
        break;
      }
    }
  }
  return copies;
}

type Home = { source: string; place: Place };

interface Bodies {
  found(at: number): string | undefined;
  row(id: number): string | undefined;
}

async function readBodies(
  parts: IngestParts,
  source: Source,
  batch: Batch,
  doubles: Double[],
): Promise<Bodies> {
  const founds = new Map<number, string | undefined>();
  const rows = new Map<number, string | undefined>();
  const ids = new Map<number, string>();
  const bodyOf = (raw: Buffer | undefined) => (raw === undefined ? undefined : decodeText(raw).body);
  for (const { at, candidates } of doubles) {
    founds.set(at, undefined);
    const [messageId = ""] = batch.found.ids(at);
    for (const candidate of candidates) if ("row" in candidate) ids.set(candidate.row, messageId);
    for (const candidate of candidates) if ("at" in candidate) founds.set(candidate.at, undefined);
  }
  const here = [...founds.keys()];
  const bytes = await source.bytes(here.map((at) => batch.found.place(at)));
  for (const [index, at] of here.entries()) founds.set(at, bodyOf(bytes[index]));
  const homes = new Map<number, Home[]>();
  for (const { candidates } of doubles) {
    for (const candidate of candidates) if ("row" in candidate) homes.set(candidate.row, candidate.homes);
  }
  // Homes in turn: nearly all bodies are found in the first, all of a source in one question.
  for (let turn = 0; [...homes.values()].some((places) => places.length > turn); turn += 1) {
    const bySource = new Map<string, { row: number; place: Place }[]>();
    for (const [row, places] of homes) {
      const home = places[turn];
      if (home === undefined || rows.get(row) !== undefined) continue;
      bySource.set(home.source, [...(bySource.get(home.source) ?? []), { row, place: home.place }]);
    }
    for (const [path, asked] of bySource) {
      const owner = path === source.spec.path ? source : await parts.sourceAt(path);
      const raws = (await owner?.bytes(asked.map(({ place }) => place))) ?? [];
      for (const [index, { row }] of asked.entries()) {
        const raw = raws[index];
        // Another mail may lie there by now: the next home is asked.
        if (raw !== undefined && isOf(raw, ids.get(row) ?? "")) rows.set(row, bodyOf(raw));
      }
    }
  }
  return { found: (at) => founds.get(at), row: (id) => rows.get(id) };
}
