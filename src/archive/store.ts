/** Puts what sources yield into the index, one batch and its cursor in one transaction, and takes it out again. */
import type { Batch, Format, Found, Place, SourceSpec } from "../sources/source.ts";
import type { Clock } from "./clock.ts";
import { type Database, isCorrupt } from "./database.ts";
import { type Home, type HomeOf, Homes, samePlace } from "./homes.ts";
import { packKeys } from "./knownIds.ts";
import { People } from "./people.ts";
import { ID_SPAN } from "./schema.ts";
import { type SourceRow, SourceRows } from "./sourceRows.ts";
import { type Joined, ThreadJoin } from "./threadJoin.ts";
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
  readonly #clock: Clock;
  #version = -1;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#join = new ThreadJoin(database);
    this.#homes = new Homes(database);
    this.#people = new People(database);
    this.#rows = new ThreadRows(database);
    this.#sources = new SourceRows(database);
    this.#clock = clock;
  }

  /** One transaction; what is kept in memory is dropped when it fails or when another process has written. */
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

  /** The problem shown with an archive; undefined takes it away. */
  setProblem(path: string, problem: string | undefined): void {
    if (this.#sources.problem(path) !== problem) this.#write(() => this.#sources.setProblem(path, problem));
  }

  /** Every place stored for a source whose path is `below` or lies under it; "" is all. */
  placesBelow(source: number, below: string): Iterable<Place> {
    return this.#homes.below(source, below);
  }

  /** Found mails that may be held already: their bodies have to be compared before they are put. */
  doubles(found: readonly Found[]): Double[] {
    this.#catchUp();
    this.#join.prepare();
    const doubles: Double[] = [];
    const earlier = new Map<string, number[]>();
    for (let at = 0; at < found.length; at += 1) {
      const { skeleton } = found[at] as Found;
      const same = earlier.get(skeleton.messageId);
      const candidates: Double["candidates"] = [];
      if (this.#join.mayHold(skeleton.messageId)) candidates.push(...this.#candidates(skeleton));
      for (const other of same ?? []) {
        if (sameFace(skeleton, (found[other] as Found).skeleton)) candidates.push({ at: other });
      }
      if (same === undefined) earlier.set(skeleton.messageId, [at]);
      else same.push(at);
      if (candidates.length > 0) doubles.push({ at, candidates });
    }
    return doubles;
  }

  #candidates(skeleton: Found["skeleton"]): Double["candidates"] {
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
   * Stores a batch with its cursor. `listOf` says which list a mail belongs to, `copies` which mails are exact
   * copies of others; those get a further home instead of a row.
   */
  put(source: SourceRow, batch: Batch, listOf: (found: Found) => string, copies: Copies): PutResult {
    return this.#write(() => {
      const result = { added: 0, removed: 0, skipped: 0 };
      const touched = new Set<number>();
      const leaving = new Map(
        this.#homes.at(source.id, batch.removed).map((home) => [`${home.message} ${home.copy}`, home]),
      );
      this.#join.begin();
      const joined = batch.found.map(({ skeleton }, at) =>
        copies.has(at) ? undefined : this.#join.add(skeleton.messageId, skeleton.references),
      );
      const ids = this.#insert(source, batch, listOf, joined, touched);
      result.added = ids.filter((id) => id !== 0).length;
      for (const [at, original] of copies) {
        const row = "row" in original ? original.row : (ids[original.at] ?? 0);
        const known = this.#addHome(source, row, batch.found[at] as Found, listOf, touched);
        if (known === undefined) result.skipped += 1;
        else leaving.delete(`${row} ${known}`);
      }
      for (const thread of this.#join.finish()) {
        this.#rows.drop(thread);
        touched.delete(thread);
      }
      const { kept, gone } = this.#remove([...leaving.values()], touched);
      result.removed = gone;
      // A copy that replaced a home which is gone was a move (a Maildir flag): nothing new, nothing lost.
      result.skipped = Math.max(0, result.skipped - kept);
      const now = this.#clock.now();
      for (const thread of touched) this.#rows.refresh(this.#join.threadNow(thread), now);
      this.#database
        .prepare("UPDATE source SET cursor = ?, messages = messages + ?, notes = ? WHERE id = ?")
        .run(
          batch.cursor,
          result.added,
          JSON.stringify([...new Set([...source.notes, ...(batch.notes ?? [])])].slice(0, 100)),
          source.id,
        );
      return result;
    });
  }

  /** Inserts the rows in the order of their ids. Returns the id of each found mail, 0 for copies. */
  #insert(
    source: SourceRow,
    batch: Batch,
    listOf: (found: Found) => string,
    joined: readonly (Joined | undefined)[],
    touched: Set<number>,
  ): number[] {
    const { found, direction } = batch;
    const [low = 0, high = 0] =
      this.#database.prepare("SELECT low, high FROM source WHERE id = ?").get(source.id)?.map(Number) ?? [];
    const middle = (source.id - 1) * ID_SPAN + ID_SPAN / 2;
    const ids = new Array<number>(found.length).fill(0);
    const insert = this.#database.prepare(
      "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const words = this.#database.prepare(
      "INSERT INTO words (rowid, subject, author, prose) VALUES (?, ?, ?, ?)",
    );
    const lists = new Map<string, { id: number; count: number }>();
    for (let step = 0; step < found.length; step += 1) {
      const at = direction === "older" ? found.length - 1 - step : step;
      const to = joined[at];
      if (to === undefined) continue;
      const one = found[at] as Found;
      const { skeleton } = one;
      const id = direction === "older" ? middle - low - 1 - at : middle + high + at;
      const name = listOf(one);
      const list = lists.get(name) ?? { id: this.#list(source.id, name), count: 0 };
      if (list.count++ === 0) lists.set(name, list);
      const home = this.#homes.columns(source.id, one.place, list.id, one.flags);
      const thread = this.#join.threadNow(to.thread);
      insert.run(
        id,
        to.key,
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
        packKeys(to.refs),
        home.oid,
        home.flags,
      );
      words.run(id, skeleton.subject, `${skeleton.fromName} ${skeleton.fromAddress}`, one.prose ?? "");
      ids[at] = id;
      touched.add(thread);
    }
    for (const { id, count } of lists.values()) this.#count(id, count);
    const side = direction === "older" ? "low" : "high";
    this.#database
      .prepare(`UPDATE source SET ${side} = ${side} + ? WHERE id = ?`)
      .run(found.length, source.id);
    return ids;
  }

  #list(source: number, list: string): number {
    const row = this.#database.prepare("SELECT id FROM list WHERE source = ? AND list = ?").get(source, list);
    if (row !== undefined) return Number(row[0]);
    this.#database
      .prepare("INSERT INTO list (source, list, threads, messages) VALUES (?, ?, 0, 0)")
      .run(source, list);
    return this.#database.number("SELECT last_insert_rowid()");
  }

  #count(list: number, messages: number): void {
    this.#database.prepare("UPDATE list SET messages = messages + ? WHERE id = ?").run(messages, list);
  }

  /** Gives a held message a further home. When it is known to lie there: the number of that copy. */
  #addHome(
    source: SourceRow,
    message: number,
    found: Found,
    listOf: (found: Found) => string,
    touched: Set<number>,
  ): number | undefined {
    const list = this.#list(source.id, listOf(found));
    const home = this.#homes.columns(source.id, found.place, list, found.flags);
    const homes = this.#homes.of(message);
    const known = homes.find((other) => samePlace(other, home));
    if (known !== undefined) return known.copy;
    this.#homes.addCopy(message, home);
    if (!homes.some((other) => other.list === list)) {
      this.#count(list, 1);
      touched.add(this.#threadOf(message));
    }
    return undefined;
  }

  #threadOf(message: number): number {
    return this.#database.number("SELECT thread FROM message WHERE id = ?", message);
  }

  /** Takes homes away, and messages that have none left: `kept` messages have another home, `gone` had not. */
  #remove(leaving: readonly HomeOf[], touched: Set<number>): { kept: number; gone: number } {
    let [kept, gone] = [0, 0];
    const torn = new Map<number, string[]>();
    // Copies first: taking a message's own home away makes the next copy its own.
    for (const { message, copy } of [...leaving].sort((a, b) => b.copy - a.copy)) {
      const before = this.#homes.of(message);
      const thread = this.#threadOf(message);
      touched.add(thread);
      const [own] = before;
      if (own === undefined) continue;
      if (this.#homes.remove(message, copy)) {
        kept += 1;
        this.#countHomes(before, this.#homes.of(message));
        continue;
      }
      gone += 1;
      const mid = this.#database.prepare("SELECT mid FROM message WHERE id = ?").get(message)?.[0];
      torn.set(thread, [...(torn.get(thread) ?? []), String(mid)]);
      this.#database.prepare("DELETE FROM words WHERE rowid = ?").run(message);
      this.#database.prepare("DELETE FROM message WHERE id = ?").run(message);
      this.#countHomes(before, []);
    }
    for (const [thread, mids] of torn) {
      for (const part of this.#join.rejoin(thread, mids)) touched.add(part);
    }
    if (torn.size > 0) this.#join.forget();
    return { kept, gone };
  }

  /** Brings the counts of lists and sources from what homes a message had to what it has. */
  #countHomes(before: readonly Home[], after: readonly Home[]): void {
    const lists = (homes: readonly Home[]) => new Set(homes.map((home) => home.list));
    const [left, stay] = [lists(before), lists(after)];
    for (const list of left) if (!stay.has(list)) this.#count(list, -1);
    const owner = (homes: readonly Home[]) =>
      homes[0] === undefined
        ? 0
        : this.#database.number("SELECT source FROM list WHERE id = ?", homes[0].list);
    const [was, is] = [owner(before), owner(after)];
    if (was === is) return;
    const count = this.#database.prepare("UPDATE source SET messages = messages + ? WHERE id = ?");
    count.run(-1, was);
    if (is !== 0) count.run(1, is);
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
        this.#empty();
        return false;
      }
      const leaving = this.#some(source.id);
      const touched = new Set<number>();
      this.#remove(leaving, touched);
      const now = this.#clock.now();
      for (const thread of touched) this.#rows.refresh(thread, now);
      if (leaving.length === FORGET_STEP) return true;
      this.#database.prepare("DELETE FROM file WHERE source = ?").run(source.id);
      this.#database.prepare("DELETE FROM list WHERE source = ?").run(source.id);
      // A new number: messages that other sources have too keep ids of the old one's span.
      this.#database
        .prepare(
          `UPDATE source SET id = (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'source'),
           low = 0, high = 0, messages = 0, stale = 0, problem = NULL WHERE id = ?`,
        )
        .run(source.id);
      this.#database.exec("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'source'");
      return false;
    });
  }

  /** Some homes of a source, copies first: a copy goes without tearing a thread. */
  #some(source: number): HomeOf[] {
    const copies = this.#database
      .prepare("SELECT message, id FROM copy WHERE list IN (SELECT id FROM list WHERE source = ?) LIMIT ?")
      .all(source, FORGET_STEP);
    const own = this.#database
      .prepare("SELECT id, 0 FROM message WHERE list IN (SELECT id FROM list WHERE source = ?) LIMIT ?")
      .all(source, FORGET_STEP - copies.length);
    return [...copies, ...own].map(([message, copy]) => ({ message: Number(message), copy: Number(copy) }));
  }

  /** Empties an index that holds one source only: at once, whatever its size. */
  #empty(): void {
    for (const table of ["list", "file", "person", "message", "copy", "ghost", "thread", "threadInList"]) {
      this.#database.exec(`DELETE FROM ${table}`);
    }
    this.#database.exec("INSERT INTO words (words) VALUES ('delete-all')");
    this.#database.exec("UPDATE source SET low = 0, high = 0, messages = 0, stale = 0, problem = NULL");
    this.#forgetMemory();
  }

  /** Takes the row of a source away, after its messages. */
  dropSource(path: string): void {
    this.#write(() => this.#database.prepare("DELETE FROM source WHERE path = ?").run(path));
  }
}

/** Whether two mails with one Message-ID say the same about author, date and subject. */
function sameFace(a: Found["skeleton"], b: Found["skeleton"]): boolean {
  return (
    a.subject === b.subject &&
    toSeconds(a.dateMs) === toSeconds(b.dateMs) &&
    a.fromAddress === b.fromAddress &&
    a.fromName === b.fromName
  );
}
