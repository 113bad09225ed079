/** Joins messages into threads as they come, in any order: every message is in one thread with all its ancestors. */
import type { Database } from "./database.ts";
import type { Joined } from "./joined.ts";
import { type Hash, hashId, KnownIds, keyOf, unpackKeys } from "./knownIds.ts";

/**
 * More ancestors than this are taken from the end, together with the oldest: the longest honest thread on
 * kernel lists is far below, and each one costs a look-up.
 */
const MAX_REFERENCES = 2000;

/** After so many look-ups in SQLite it is cheaper to have all ids in memory. */
const LOOK_UPS_BEFORE_LOADING = 20_000;

/**
 * The joining of threads over the life of one writer. What it knows in memory mirrors the tables as long as
 * nobody else writes; `forget` makes it ask SQLite again.
 */
export class ThreadJoin {
  readonly #database: Database;
  readonly #seed: number;
  #known = new KnownIds();
  /** Everything the tables know is in `#known`. */
  #complete = false;
  #lookUps = 0;
  /** Threads that became part of another one. */
  #into = new Map<number, number>();
  #next = 0;
  /** Numbers from here on have no rows yet. */
  #firstNew = 0;
  #newGhosts = new Map<string, number>();
  #cameTrue: { key: number; mid: string }[] = [];
  #merged: number[] = [];
  readonly #hash: Hash = { high: 0, low: 0 };

  constructor(database: Database) {
    this.#database = database;
    this.#seed = database.number("SELECT value FROM fact WHERE name = 'seed'");
  }

  /** The hash of a Message-ID in this index; valid until the next one is asked for. */
  hash(messageId: string): Hash {
    return hashId(messageId, this.#seed, this.#hash);
  }

  /** The key of a Message-ID in this index. */
  key(messageId: string): number {
    return keyOf(this.hash(messageId));
  }

  /** Drops what is in memory: after a failed transaction, a removal, or when somebody else may have written. */
  forget(): void {
    this.#known = new KnownIds();
    this.#complete = false;
    this.#lookUps = 0;
    this.#into = new Map();
    this.#begin();
  }

  #begin(): void {
    this.#newGhosts = new Map();
    this.#cameTrue = [];
    this.#merged = [];
  }

  /** Starts a batch. Call within its transaction. */
  begin(): void {
    this.#begin();
    // Never a number that was given away before: what is in memory may still lead from it to another, and the rows of
    // threads may be behind those of messages.
    for (const last of ["SELECT max(id) FROM thread", "SELECT max(thread) FROM message"]) {
      this.#next = Math.max(this.#next, this.#database.number(last) + 1);
    }
    this.#firstNew = this.#next;
    this.prepare();
  }

  /** Loads all ids when that is cheaper than looking up each. */
  prepare(): void {
    if (this.#complete) return;
    const empty = this.#database.number("SELECT count(*) FROM (SELECT 1 FROM message LIMIT 1)") === 0;
    if (empty) this.#complete = true;
    else if (this.#lookUps > LOOK_UPS_BEFORE_LOADING) this.#load();
  }

  #load(): void {
    this.#known = new KnownIds();
    this.#into = new Map();
    for (const table of ["ghost", "message"]) {
      for (const [mid, thread] of this.#database.once(`SELECT mid, thread FROM ${table}`).iterate()) {
        hashId(String(mid), this.#seed, this.#hash);
        const slot = this.#known.slot(this.#hash);
        const held = table === "message";
        if (this.#known.number(slot) === 0) this.#known.add(slot, this.#hash, Number(thread), held);
        else this.#known.set(slot, Number(thread), held);
      }
    }
    this.#complete = true;
  }

  /** The slot of an id, after looking it up in the tables where memory does not know all. */
  #slot(messageId: string): number {
    hashId(messageId, this.#seed, this.#hash);
    const slot = this.#known.slot(this.#hash);
    if (this.#complete || this.#known.number(slot) !== 0) return slot;
    this.#lookUps += 1;
    const key = keyOf(this.#hash);
    for (const table of ["message", "ghost"]) {
      const sql = `SELECT thread FROM ${table} WHERE key = ? AND mid = ? LIMIT 1`;
      const row = this.#database.prepare(sql).get(key, messageId);
      if (row === undefined) continue;
      this.#known.add(slot, this.#hash, Number(row[0]), table === "message");
      return this.#known.slot(this.#hash);
    }
    return slot;
  }

  /** Whether a message may be held under this id: true has to be confirmed in the tables, false is certain. */
  mayHold(messageId: string): boolean {
    const slot = this.#slot(messageId);
    return this.#known.number(slot) !== 0 && this.#known.isHeld(slot);
  }

  /** The number a thread has now that others were joined to it. */
  threadNow(thread: number): number {
    let now = thread;
    for (let next = this.#into.get(now); next !== undefined; next = this.#into.get(now)) {
      const after = this.#into.get(next);
      if (after !== undefined) this.#into.set(now, after);
      now = next;
    }
    return now;
  }

  #messages(thread: number): number {
    return this.#database.number("SELECT messages FROM thread WHERE id = ?", thread);
  }

  /** Makes one thread of two: the new one gives way to the stored, the smaller to the larger. */
  #join(a: number, b: number): number {
    if (a === b) return a;
    let [stay, go] = a < b ? [a, b] : [b, a];
    if (go < this.#firstNew && this.#messages(go) > this.#messages(stay)) [stay, go] = [go, stay];
    this.#into.set(go, stay);
    if (go < this.#firstNew) this.#merged.push(go);
    return stay;
  }

  /**
   * Takes a message that will be held, by its Message-ID and those of its ancestors, and finds or makes its thread, which
   * holds until the batch ends: ask `threadNow` when writing it.
   */
  add([messageId = "", ...references]: readonly string[], into: Joined): void {
    let slot = this.#slot(messageId);
    const key = keyOf(this.#hash);
    let thread = this.threadNow(this.#known.number(slot));
    if (thread === 0) {
      thread = this.#next++;
      this.#known.add(slot, this.#hash, thread, true);
    } else if (!this.#known.isHeld(slot)) {
      this.#known.set(slot, thread, true);
      if (!this.#newGhosts.delete(messageId)) this.#cameTrue.push({ key, mid: messageId });
    }
    for (const reference of bounded(references)) {
      if (reference === messageId) continue;
      slot = this.#slot(reference);
      const ancestor = keyOf(this.#hash);
      into.addRef(ancestor);
      const other = this.threadNow(this.#known.number(slot));
      if (other !== 0) {
        thread = this.#join(thread, other);
      } else {
        this.#known.add(slot, this.#hash, thread, false);
        this.#newGhosts.set(reference, ancestor);
      }
    }
    into.add(key, thread);
  }

  /**
   * Writes the ghosts and the joins of this batch. Returns the threads that are no more. OR FAIL: a failure undoes the
   * whole transaction, never one statement. SQLite need not be ready for that, which would make the full-text index write
   * out what it has gathered, at every statement that changes several rows.
   */
  finish(): number[] {
    const prepare = (sql: string) => this.#database.prepare(sql);
    for (const { key, mid } of this.#cameTrue) {
      prepare("DELETE FROM ghost WHERE key = ? AND mid = ?").run(key, mid);
    }
    for (const from of this.#merged) {
      const to = this.threadNow(from);
      prepare("UPDATE OR FAIL message SET thread = ? WHERE thread = ?").run(to, from);
      prepare("UPDATE OR FAIL ghost SET thread = ? WHERE thread = ?").run(to, from);
    }
    for (const [mid, key] of this.#newGhosts) {
      hashId(mid, this.#seed, this.#hash);
      const thread = this.threadNow(this.#known.number(this.#known.slot(this.#hash)));
      prepare("INSERT INTO ghost VALUES (?, ?, ?)").run(key, thread, mid);
    }
    const gone = this.#merged;
    this.#begin();
    return gone;
  }

  /**
   * Finds the threads within one thread anew, after messages were taken out of it. `removed` are the
   * Message-IDs taken out: those still referred to are ghosts from now on. Returns all threads there are now,
   * among them `thread` itself, which may be empty.
   */
  rejoin(thread: number, removed: readonly string[]): number[] {
    const prepare = (sql: string) => this.#database.prepare(sql);
    const names = new Map(removed.map((mid) => [this.key(mid), mid]));
    for (const [key, mid] of prepare("SELECT key, mid FROM ghost WHERE thread = ?").all(thread)) {
      names.set(Number(key), String(mid));
    }
    const rows = prepare("SELECT id, key, refs FROM message WHERE thread = ? ORDER BY id").all(thread);
    const above = new Map<number, number>();
    const top = (key: number): number => {
      let at = key;
      for (let next = above.get(at); next !== undefined && next !== at; next = above.get(at)) {
        above.set(at, above.get(next) ?? next);
        at = next;
      }
      return at;
    };
    const held = new Set<number>();
    for (const [, key, refs] of rows) {
      held.add(Number(key));
      for (const ref of unpackKeys(refs as Uint8Array | null)) {
        const [a, b] = [top(Number(key)), top(ref)];
        if (a !== b) above.set(a, b);
      }
    }
    prepare("DELETE FROM ghost WHERE thread = ?").run(thread);
    const numbers = new Map<number, number>();
    let next = this.#database.number("SELECT max(id) FROM thread") + 1;
    next = Math.max(next, this.#database.number("SELECT max(thread) FROM message") + 1);
    const ghosts = new Set<number>();
    for (const [id, key, refs] of rows) {
      const whole = top(Number(key));
      const number = numbers.get(whole) ?? (numbers.size === 0 ? thread : next++);
      numbers.set(whole, number);
      if (number !== thread) prepare("UPDATE message SET thread = ? WHERE id = ?").run(number, Number(id));
      for (const ref of unpackKeys(refs as Uint8Array | null)) {
        const name = names.get(ref);
        if (held.has(ref) || ghosts.has(ref) || name === undefined) continue;
        ghosts.add(ref);
        prepare("INSERT INTO ghost VALUES (?, ?, ?)").run(ref, number, name);
      }
    }
    return [thread, ...[...numbers.values()].filter((number) => number !== thread)];
  }
}

function bounded(references: readonly string[]): readonly string[] {
  if (references.length <= MAX_REFERENCES) return references;
  return [...references.slice(0, 1), ...references.slice(1 - MAX_REFERENCES)];
}
