/** The door to SQLite: opens a database file, runs statements and transactions, says failures in plain words. */

import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { UserError } from "../base/report.ts";

export type Value = null | number | string | Uint8Array;
export type Row = Value[];

/** Result codes of SQLite that a person can do something about (sqlite.org/rescode.html). */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** How long a statement waits for another process's transaction; those last a fraction of a second. */
const BUSY_MS = 5000;

/** The log goes into the file when it has so many pages. */
const LOG_PAGES = 2000;

/** What the system says when a file or its folder cannot be made or written. */
const UNWRITABLE = ["EACCES", "EEXIST", "EISDIR", "ENOTDIR", "EPERM", "EROFS"];

function code(error: unknown): number {
  const errcode = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  return typeof errcode === "number" ? errcode & 0xff : 0;
}

/** Whether an error says that the file is damaged or no database at all. */
export const isCorrupt = (error: unknown): boolean => [CORRUPT, NOTADB].includes(code(error));

/** Whether an error says that another connection holds the lock. */
export const isBusy = (error: unknown): boolean => code(error) === BUSY;

/** A failure of SQLite as a sentence with a next step where the person can act; else the error itself. */
export function spokenError(error: unknown, path: string): unknown {
  const unwritable = new UserError(
    `The index ${path} cannot be opened for writing.`,
    "Make the folder writable, or name another place for the index.",
  );
  if (error instanceof Error && UNWRITABLE.includes(String((error as NodeJS.ErrnoException).code))) {
    return unwritable;
  }
  switch (code(error)) {
    case BUSY:
      return new UserError(
        `Another program keeps the index ${path} locked.`,
        "Close what has it open, or wait until it has finished, and try again.",
      );
    case FULL:
      return new UserError(
        `The disk with the index ${path} is full.`,
        "Free some space and try again: what is stored so far is kept, and indexing goes on from there.",
      );
    case READONLY:
    case CANTOPEN:
      return unwritable;
    case IOERR:
      return new UserError(
        `The disk with the index ${path} could not be read or written.`,
        "Check the disk and its free space, and try again.",
      );
    default:
      return error;
  }
}

/** Node calls its SQLite experimental when it is loaded. That is known here; a person can do nothing about it. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function sqlite(): typeof import("node:sqlite") {
  const missing = new UserError(
    `This program needs SQLite with full-text search, which Node ${process.versions.node} does not bring.`,
    "Use VS Code 1.104 or newer, or Node 22.16 or newer.",
  );
  // Asked for at run time: an import would end the whole program on an older Node, without a sentence.
  const found: unknown = quietly(() => process.getBuiltinModule?.("node:sqlite"));
  if (found === undefined) throw missing;
  const module = found as typeof import("node:sqlite");
  if (!("setReturnArrays" in module.StatementSync.prototype)) throw missing;
  const probe = new module.DatabaseSync(":memory:");
  try {
    probe.exec("CREATE VIRTUAL TABLE probe USING fts5(word, content='', contentless_delete=1)");
  } catch {
    throw missing;
  } finally {
    probe.close();
  }
  return module;
}

/** Versions of the ground the index stands on, for a diagnosis. */
export function groundVersions(): { node: string; sqlite: string } {
  const { DatabaseSync } = sqlite();
  const probe = new DatabaseSync(":memory:");
  const row = probe.prepare("SELECT sqlite_version() AS version").get();
  probe.close();
  return { node: process.versions.node, sqlite: String(row?.["version"]) };
}

/** A prepared statement whose rows are arrays, in the order of the columns asked for. */
export class Statement {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    statement.setReturnArrays(true);
    this.#statement = statement;
  }

  run(...values: Value[]): void {
    this.#statement.run(...(values as SQLInputValue[]));
  }

  get(...values: Value[]): Row | undefined {
    return this.#statement.get(...(values as SQLInputValue[])) as unknown as Row | undefined;
  }

  all(...values: Value[]): Row[] {
    return this.#statement.all(...(values as SQLInputValue[])) as unknown as Row[];
  }

  iterate(...values: Value[]): IterableIterator<Row> {
    return this.#statement.iterate(...(values as SQLInputValue[])) as unknown as IterableIterator<Row>;
  }
}

/** An open database. One connection: statements and transactions of one thread, one after the other. */
export class Database {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, Statement>();
  #open = true;
  /** A transaction is open. */
  #inside = false;

  /** Opens or makes the file. `busyMs`: how long a statement waits for another connection's transaction. */
  constructor(path: string, busyMs: number = BUSY_MS) {
    this.path = path;
    const { DatabaseSync } = sqlite();
    mkdirSync(dirname(path), { recursive: true });
    this.#db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      this.#db.exec(
        `PRAGMA busy_timeout = ${busyMs}; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA journal_size_limit = 16777216;`,
      );
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Runs statements that return nothing. For SQL of our own only, never for values from outside. */
  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** A statement, prepared once for each text. The text is ours; values go in as parameters. */
  prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = new Statement(this.#db.prepare(sql));
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** A statement that is used once. */
  once(sql: string): Statement {
    return new Statement(this.#db.prepare(sql));
  }

  /** One number from a query that yields one row with one column. */
  number(sql: string, ...values: Value[]): number {
    return Number(this.prepare(sql).get(...values)?.[0] ?? 0);
  }

  /**
   * Everything `work` writes, or nothing. Takes the write lock at once, so that reading and writing agree. Within a
   * transaction that is open already it is a part of that one.
   */
  transaction<T>(work: () => T): T {
    if (this.#inside) return work();
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Opens a transaction that lasts over several calls, unless one is open; `commit` or `rollback` ends it. */
  begin(): void {
    if (this.#inside) return;
    this.#db.exec("BEGIN IMMEDIATE");
    this.#inside = true;
  }

  /** Makes what the open transaction wrote last; nothing to do when none is open. */
  commit(): void {
    if (!this.#inside) return;
    this.#db.exec("COMMIT");
    this.#inside = false;
  }

  /**
   * `commit` in two steps, between which others may have their turn: the second brings the log into the file, when it has
   * grown large. NOOP only tells how large it is, since SQLite 3.51; before, it is brought into the file at once.
   */
  *commitSteps(): Generator<undefined, void> {
    if (!this.#inside) return;
    this.#db.exec("PRAGMA wal_autocheckpoint = 0");
    try {
      this.commit();
    } finally {
      this.#db.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    }
    yield;
    const [, pages, done] = this.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? [];
    if (Number(pages) - Number(done) >= LOG_PAGES) this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Whether a transaction is open. */
  get inTransaction(): boolean {
    return this.#inside;
  }

  /** Undoes the open transaction, if any. */
  rollback(): void {
    if (!this.#inside) return;
    this.#inside = false;
    // SQLite has rolled back by itself after some errors (disk full); a second one is refused, harmlessly.
    const still = (this.#db as { isTransaction?: boolean }).isTransaction;
    if (still === false) return;
    try {
      this.#db.exec("ROLLBACK");
    } catch (error) {
      if (still === true) throw error;
    }
  }

  /** Reads every page, seconds in a large file; throws the error of a damaged file when one is not as it should be. */
  check(): void {
    const found = this.once("PRAGMA quick_check(1)").get()?.[0];
    if (found !== "ok") throw Object.assign(new Error(String(found)), { errcode: CORRUPT });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#db.close();
  }
}

/** The application id in the head of a database file (sqlite.org/fileformat2.html 1.3); undefined when it is none. */
export function applicationId(path: string): number | undefined {
  const head = Buffer.alloc(100);
  const file = openSync(path, "r");
  try {
    if (readSync(file, head, 0, 100, 0) < 100) return undefined;
  } finally {
    closeSync(file);
  }
  return head.toString("latin1", 0, 16) === "SQLite format 3\0" ? head.readUInt32BE(68) : undefined;
}

/** Puts a database out of the way, where nothing is. Returns where. */
export function setAside(path: string): string {
  let aside = `${path}.damaged`;
  for (let number = 2; existsSync(aside); number++) aside = `${path}.damaged-${number}`;
  renameSync(path, aside);
  removeDatabase(path);
  return aside;
}

/** Removes a database with what SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) rmSync(path + suffix);
  }
}

/**
 * A lock that one process holds while it writes for longer than one transaction: a transaction left open on a
 * small database beside the index. The system ends it with the process, however that dies.
 */
export class WriterLock {
  readonly #path: string;
  #held: DatabaseSync | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** True when the lock is ours now; false when another process (or connection) has it. Does not wait. */
  tryTake(): boolean {
    if (this.#held) return true;
    try {
      return this.#take();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
    }
    // Nothing in it is worth keeping.
    removeDatabase(this.#path);
    return this.#take();
  }

  #take(): boolean {
    const { DatabaseSync } = sqlite();
    const db = new DatabaseSync(this.#path);
    try {
      db.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    } catch (error) {
      db.close();
      if (isBusy(error)) return false;
      throw error;
    }
    this.#held = db;
    return true;
  }

  release(): void {
    this.#held?.close();
    this.#held = undefined;
  }
}
