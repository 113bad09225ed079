/** Puts what sources yield into the index, one batch and its cursor in one transaction, and takes it out again. */
import type { Skeleton } from "../mail/skeleton.ts";
import type { Found, Place } from "../sources/found.ts";
import type { Sheaf } from "../sources/sheaf.ts";
import type { Batch, Format, SourceSpec } from "../sources/source.ts";
import type { Clock } from "./clock.ts";
import { type Database, isCorrupt } from "./database.ts";
import { Homes, samePlace } from "./homes.ts";
import { Joined } from "./joined.ts";
import { KnownIds } from "./knownIds.ts";
import { Lists } from "./lists.ts";
import { People } from "./people.ts";
import { Removal } from "./removal.ts";
import { ID_SPAN } from "./schema.ts";
import { type SourceRow, SourceRows } from "./sourceRows.ts";
import { ThreadJoin } from "./threadJoin.ts";
import { ThreadRows } from "./threadRows.ts";

/** A found mail whose Message-ID, author, date and subject are those of another one. */
export interface Double {
  /** Index in `found`. */
  at: number;
  /** Messages it may be a copy of: rows by their id, or earlier mails of the batch by their index. */
  candidates: ({ row: number; homes: { source: string; place: Place }[] } | { at: number })[];
}

/** Which found mails are exact copies, by their index in `found`: of a row, or of an earlier one in the batch. */
export type Copies = ReadonlyMap<number, { row: number } | { at: number }>;

export interface PutResult {
  added: number;
  removed: number;
  skipped: number;
}

/** Work in small steps, each a call of `next`; the result comes with the last. */
export type Steps<T> = Generator<undefined, T>;

/** Taking out goes in steps of so many messages, so that queries are answered between them. */
const FORGET_STEP = 2000;

/** Seconds for the tables; undefined is null. */
const toSeconds = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.floor(ms / 1000);

export class Store {
  readonly #database: Database;
  readonly #join: ThreadJoin;
  readonly #homes: Homes;
  readonly #people: People;
  readonly #rows: ThreadRows;
  readonly #sources: SourceRows;
  readonly #lists: Lists;
  readonly #removal: Removal;
  readonly #clock: Clock;
  #version = -1;
  /** Threads whose messages have changed in the open transaction and whose rows have not. */
  #touched = new Set<number>();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#join = new ThreadJoin(database);
    this.#homes = new Homes(database);
    this.#people = new People(database);
    this.#rows = new ThreadRows(database);
    this.#sources = new SourceRows(database);
    this.#lists = new Lists(database);
    this.#removal = new Removal(database, this.#join, this.#homes, this.#lists);
    this.#clock = clock;
  }

  /**
   * One transaction, or a part of the one that is open; what is kept in memory is dropped when it fails or when another
   * process has written.
   */
  #write<T>(work: () => T): T {
    try {
      return this.#database.transaction(() => {
        this.#catchUp();
        return work();
      });
    } catch (error) {
      if (!isCorrupt(error)) this.#forgetMemory();
      throw error;
    }
  }

  /** Opens a transaction for several batches, unless one is open. */
  begin(): void {
    this.#database.begin();
  }

  /**
   * Brings the rows of threads up to what was put since `begin`, in steps, as `put`: once for many batches, since a
   * thread grows in several of them.
   */
  *#settle(): Steps<void> {
    const now = this.#clock.now();
    for (const thread of this.#touched) {
      this.#rows.refresh(thread, now);
      this.#touched.delete(thread);
      yield;
    }
  }

  /** Makes what was put since `begin` last; settles what is not settled. When that fails, all of it is undone. */
  commit(): void {
    try {
      for (const _ of this.#settle());
      this.#database.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /**
   * The same in steps, as `put`. SQLite would do the longest three in one: the words gathered in memory become a part of
   * their index, changed pages go into the log, and from there into the file.
   */
  *commitSteps(): Steps<void> {
    try {
      yield* this.#settle();
      if (this.#database.inTransaction) {
        this.#database.prepare("INSERT INTO words (words) VALUES ('flush')").run();
        yield;
      }
      yield* this.#database.commitSteps();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Undoes what was put since `begin`. */
  rollback(): void {
    this.#forgetMemory();
    this.#database.rollback();
  }

  /** Drops what is kept in memory when another connection has written since. */
  #catchUp(): void {
    const version = this.#database.number("PRAGMA data_version");
    if (version !== this.#version) this.#forgetMemory();
    this.#version = version;
  }

  #forgetMemory(): void {
    this.#join.forget();
    this.#homes.forget();
    this.#people.forget();
    this.#touched.clear();
  }

  /** How many threads there are, counted up to a limit. */
  threadsUpTo(limit: number): number {
    return this.#database.number("SELECT count(*) FROM (SELECT 1 FROM thread LIMIT ?)", limit);
  }

  source(path: string): SourceRow | undefined {
    return this.#sources.get(path);
  }

  /** The row of a source, made when it is new; its name follows the spec. */
  openSource(spec: SourceSpec, name: string, format: Format, bodies: string): SourceRow {
    return this.#write(() => {
      for (const thread of this.#clock.keep()) this.#rows.refresh(thread, this.#clock.now());
      return this.#sources.open(spec, name, format, bodies);
    });
  }

  /** A run has come to its end: nothing of the source is left to read. */
  setWhole(path: string): void {
    if (this.#sources.isPartial(path)) this.#write(() => this.#sources.setWhole(path));
  }

  /** The problem shown with an archive; undefined takes it away. */
  setProblem(path: string, problem: string | undefined): void {
    if (this.#sources.problem(path) !== problem) this.#write(() => this.#sources.setProblem(path, problem));
  }

  /** Every place stored for a source whose path is `below` or lies under it; "" is all. */
  placesBelow(source: number, below: string): Iterable<Place> {
    return this.#homes.below(source, below);
  }

  /** Found mails that may be held already: their bodies have to be compared before they are put. In steps, as `put`. */
  *doubles(found: Sheaf): Steps<Double[]> {
    this.#catchUp();
    this.#join.prepare();
    const doubles: Double[] = [];
    // Each id with its first mail, and what is known of the mails whose ids come again: few, as a rule.
    const first = new KnownIds();
    const again = new Map<string, { at: number; skeleton: Skeleton }[]>();
    for (let at = 0; at < found.length; at += 1) {
      yield;
      const [messageId = ""] = found.ids(at);
      const hash = this.#join.hash(messageId);
      const slot = first.slot(hash);
      const before = first.number(slot) - 1;
      if (before < 0) first.add(slot, hash, at + 1, true);
      const mayHold = this.#join.mayHold(messageId);
      if (before < 0 && !mayHold) continue;
      const { skeleton } = found.at(at);
      const candidates: Double["candidates"] = mayHold ? this.#candidates(skeleton) : [];
      if (before >= 0) {
        const same = again.get(messageId) ?? [{ at: before, skeleton: found.at(before).skeleton }];
        for (const other of same) if (sameFace(skeleton, other.skeleton)) candidates.push({ at: other.at });
        same.push({ at, skeleton });
        again.set(messageId, same);
      }
      if (candidates.length > 0) doubles.push({ at, candidates });
    }
    return doubles;
  }

  #candidates(skeleton: Skeleton): Double["candidates"] {
    const rows = this.#database
      .prepare(
        `SELECT m.id FROM message m JOIN person p ON p.id = m.person
         WHERE m.key = ? AND m.mid = ? AND m.subject = ? AND m.date IS ? AND p.address = ? AND p.name = ? ORDER BY m.id`,
      )
      .all(
        this.#join.key(skeleton.messageId),
        skeleton.messageId,
        skeleton.subject,
        toSeconds(skeleton.dateMs),
        skeleton.fromAddress,
        skeleton.fromName,
      );
    return rows.map(([id]) => ({ row: Number(id), homes: this.#homes.places(Number(id)) }));
  }

  /**
   * Stores a batch with its cursor, between `begin` and `settle`. `listOf` says which list a mail belongs to, `copies`
   * which mails are exact copies of others; those get a further home instead of a row. In steps of some microseconds:
   * who runs them can let others have their turn in between. When a step fails, `rollback` is the only way on.
   */
  *put(source: SourceRow, batch: Batch, listOf: (found: Found) => string, copies: Copies): Steps<PutResult> {
    this.#catchUp();
    const result = { added: 0, removed: 0, skipped: 0 };
    const leaving = new Map(
      this.#homes.at(source.id, batch.removed).map((home) => [`${home.message} ${home.copy}`, home]),
    );
    this.#join.begin();
    const joined = new Joined(batch.found.length);
    for (let at = 0; at < batch.found.length; at += 1) {
      if (copies.has(at)) joined.skip();
      else this.#join.add(batch.found.ids(at), joined);
      yield;
    }
    const ids = yield* this.#insert(source, batch, listOf, joined);
    result.added = ids.filter((id) => id !== 0).length;
    for (const [at, original] of copies) {
      const row = "row" in original ? original.row : (ids[original.at] ?? 0);
      const known = this.#addHome(source, row, batch.found.at(at), listOf);
      if (known === undefined) result.skipped += 1;
      else leaving.delete(`${row} ${known}`);
    }
    for (const thread of this.#join.finish()) {
      this.#rows.drop(thread);
      this.#touched.delete(thread);
    }
    const { kept, gone } = this.#removal.remove([...leaving.values()], this.#touched);
    result.removed = gone;
    // A copy that replaced a home which is gone was a move (a Maildir flag): nothing new, nothing lost.
    result.skipped = Math.max(0, result.skipped - kept);
    this.#database
      .prepare("UPDATE source SET cursor = ?, part = ?, messages = messages + ?, notes = ? WHERE id = ?")
      .run(
        batch.cursor,
        Math.min(1, batch.done / Math.max(1, batch.total)),
        result.added,
        JSON.stringify([...new Set([...source.notes, ...(batch.notes ?? [])])].slice(0, 100)),
        source.id,
      );
    return result;
  }

  /** Inserts the rows in the order of their ids. Returns the id of each found mail, 0 for copies. */
  *#insert(
    source: SourceRow,
    batch: Batch,
    listOf: (found: Found) => string,
    joined: Joined,
  ): Steps<number[]> {
    const { found, direction } = batch;
    const [low = 0, high = 0] =
      this.#database.prepare("SELECT low, high FROM source WHERE id = ?").get(source.id)?.map(Number) ?? [];
    const middle = (source.id - 1) * ID_SPAN + ID_SPAN / 2;
    const ids = new Array<number>(found.length).fill(0);
    const insert = this.#database.prepare(
      "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const words = this.#database.prepare(
      "INSERT INTO words (rowid, subject, author, recipients, prose) VALUES (?, ?, ?, ?, ?)",
    );
    const lists = new Map<string, { id: number; count: number }>();
    for (let step = 0; step < found.length; step += 1) {
      const at = direction === "older" ? found.length - 1 - step : step;
      if (joined.thread(at) === 0) continue;
      const one = found.at(at);
      const { skeleton } = one;
      const id = direction === "older" ? middle - low - 1 - at : middle + high + at;
      const name = listOf(one);
      const list = lists.get(name) ?? { id: this.#lists.id(source.id, name), count: 0 };
      if (list.count++ === 0) lists.set(name, list);
      const home = this.#homes.columns(source.id, one.place, list.id, one.flags);
      const thread = this.#join.threadNow(joined.thread(at));
      insert.run(
        id,
        joined.key(at),
        thread,
        toSeconds(skeleton.dateMs),
        toSeconds(one.arrivedMs),
        this.#people.id(skeleton.fromAddress, skeleton.fromName),
        list.id,
        home.file,
        home.start,
        home.size,
        skeleton.messageId,
        skeleton.subject,
        joined.refs(at),
        home.oid,
        home.flags,
      );
      const author = `${skeleton.fromName} ${skeleton.fromAddress}`;
      words.run(id, skeleton.subject, author, one.recipients ?? "", one.prose ?? "");
      ids[at] = id;
      this.#touched.add(thread);
      yield;
    }
    for (const { id, count } of lists.values()) this.#lists.countMessages(id, count);
    const side = direction === "older" ? "low" : "high";
    this.#database
      .prepare(`UPDATE source SET ${side} = ${side} + ? WHERE id = ?`)
      .run(found.length, source.id);
    return ids;
  }

  /** Gives a held message a further home. When it is known to lie there: the number of that copy. */
  #addHome(
    source: SourceRow,
    message: number,
    found: Found,
    listOf: (found: Found) => string,
  ): number | undefined {
    const list = this.#lists.id(source.id, listOf(found));
    const home = this.#homes.columns(source.id, found.place, list, found.flags);
    const homes = this.#homes.of(message);
    const known = homes.find((other) => samePlace(other, home));
    if (known !== undefined) return known.copy;
    this.#homes.addCopy(message, home);
    if (!homes.some((other) => other.list === list)) {
      this.#lists.countMessages(list, 1);
      this.#touched.add(this.#database.number("SELECT thread FROM message WHERE id = ?", message));
    }
    return undefined;
  }

  /**
   * Takes every row of a source out, in steps, each its own transaction; returns true while there is more.
   * The source is marked first, so that a run that dies half way is gone on with by the next.
   */
  forgetStep(path: string): boolean {
    const source = this.source(path);
    if (source === undefined) return false;
    return this.#write(() => {
      this.#database
        .prepare("UPDATE source SET stale = 1, cursor = NULL, notes = '[]' WHERE id = ?")
        .run(source.id);
      if (this.#database.number("SELECT count(*) FROM source") === 1) {
        this.#removal.empty();
        this.#forgetMemory();
        return false;
      }
      const leaving = this.#removal.someOf(source.id, FORGET_STEP);
      this.#removal.remove(leaving, this.#touched);
      for (const _ of this.#settle());
      if (leaving.length === FORGET_STEP) return true;
      this.#removal.clear(source.id);
      return false;
    });
  }

  /** Takes the row of a source away, after its messages. */
  dropSource(path: string): void {
    this.#write(() => this.#database.prepare("DELETE FROM source WHERE path = ?").run(path));
  }
}

/** Whether two mails with one Message-ID say the same about author, date and subject. */
function sameFace(a: Skeleton, b: Skeleton): boolean {
  return (
    a.messageId === b.messageId &&
    a.subject === b.subject &&
    toSeconds(a.dateMs) === toSeconds(b.dateMs) &&
    a.fromAddress === b.fromAddress &&
    a.fromName === b.fromName
  );
}
