/** What a person's work needs and no archive may give back again: kept in a file of its own that is never rebuilt. */
import { existsSync, statSync } from "node:fs";
import { UserError } from "../base/report.ts";
import { readSkeleton, type Skeleton } from "../mail/skeleton.ts";
import { applicationId, Database, isCorrupt, setAside } from "./database.ts";
import type { Origin, RawMessage } from "./remote.ts";
import { MARK_TABLES, Marks } from "./stateMarks.ts";

/** The number of the tables below, kept in the file as `user_version`. The first one had no marks. */
const SCHEMA = 2;

/** Marks the file as ours ("KMst"). */
const APPLICATION_ID = 0x4b4d7374;

const TABLES = `
-- Why a message is kept: something of the person's (a draft, a star) refers to it.
CREATE TABLE kept (
  why TEXT NOT NULL, messageId TEXT NOT NULL, keptMs INTEGER NOT NULL, PRIMARY KEY (why, messageId)
) WITHOUT ROWID;
CREATE INDEX keptMessage ON kept (messageId);
-- Its bytes as received, imposters in their order, and where they were when they were kept.
CREATE TABLE keptMail (
  messageId TEXT NOT NULL, number INTEGER NOT NULL, raw BLOB NOT NULL, origin TEXT NOT NULL, list TEXT NOT NULL,
  PRIMARY KEY (messageId, number)
);
`;

/** A message that is kept: what a thread shows of it. */
export interface KeptMessage {
  skeleton: Skeleton;
  list: string;
  imposters: number;
}

/** The state of a person, in an open file. */
export class State {
  readonly marks: Marks;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.marks = new Marks(database);
  }

  /** Its file, for a connection that joins it with the index. */
  get path(): string {
    return this.#database.path;
  }

  /** Keeps these bytes of a message for a reason. Bytes kept before stay: the archive may have changed since. */
  keep(messageId: string, why: string, mails: readonly RawMessage[], nowMs: number): void {
    this.#database.transaction(() => {
      this.#database.prepare("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)").run(why, messageId, nowMs);
      if (this.has(messageId)) return;
      const insert = this.#database.prepare("INSERT INTO keptMail VALUES (?, ?, ?, ?, ?)");
      for (const [number, { raw, origin, list }] of mails.entries()) {
        insert.run(messageId, number, raw, JSON.stringify(origin), list);
      }
    });
  }

  /** Takes a reason away, and the mails that were kept for it alone. */
  release(why: string): void {
    this.#database.transaction(() => {
      this.#database.prepare("DELETE FROM kept WHERE why = ?").run(why);
      this.#database.exec("DELETE FROM keptMail WHERE messageId NOT IN (SELECT messageId FROM kept)");
    });
  }

  /** Every reason there is, sorted. */
  reasons(): string[] {
    return this.#database
      .prepare("SELECT DISTINCT why FROM kept ORDER BY why")
      .all()
      .map(([why]) => String(why));
  }

  has(messageId: string): boolean {
    return (
      this.#database.prepare("SELECT 1 FROM keptMail WHERE messageId = ? LIMIT 1").get(messageId) !==
      undefined
    );
  }

  /** The Message-IDs kept for reasons of one kind, which begin with this word; the last kept first. */
  keptFor(word: string): string[] {
    return this.#database
      .prepare("SELECT messageId FROM kept WHERE why = ? || ' ' || messageId ORDER BY keptMs DESC, messageId")
      .all(word)
      .map(([messageId]) => String(messageId));
  }

  /** The bytes kept under a Message-ID, imposters in their order. */
  raw(messageId: string): RawMessage[] {
    return this.#database
      .prepare("SELECT raw, origin, list FROM keptMail WHERE messageId = ? ORDER BY number")
      .all(messageId)
      .map(([raw, origin, list]) => ({
        messageId,
        raw: raw as Uint8Array,
        origin: JSON.parse(String(origin)) as Origin,
        list: String(list),
        kept: true,
      }));
  }

  /** What is shown of a kept message; undefined when it is not kept. */
  message(messageId: string): KeptMessage | undefined {
    const mails = this.raw(messageId);
    const [first] = mails;
    if (first === undefined) return undefined;
    return { skeleton: readSkeleton(first.raw), list: first.list, imposters: mails.length - 1 };
  }

  close(): void {
    this.#database.close();
  }
}

/** An open state and what was done to get there, one sentence each. */
export interface OpenedState {
  /** Undefined: the file belongs to a newer program. */
  state: State | undefined;
  notices: string[];
}

/**
 * Opens the state at `path`, making it when it is missing. What is damaged is set aside, never removed; what a newer
 * program has made is left to it. Somebody else's database is a UserError.
 */
export function openState(path: string): OpenedState {
  if (existsSync(path) && statSync(path).size > 0 && applicationId(path) === undefined)
    return begunAnew(path);
  let database: Database | undefined;
  try {
    database = new Database(path);
    // Asked of the database: another window may have made the file just now, and its head is not in the file yet.
    const id = database.number("PRAGMA application_id");
    const version = database.number("PRAGMA user_version");
    if (version > SCHEMA && id === APPLICATION_ID) {
      database.close();
      const notice = `The state ${path} was made by a newer version of Kernel Mail: it is left as it is and not used.`;
      return { state: undefined, notices: [notice] };
    }
    if (version === 0 && database.number("SELECT count(*) FROM sqlite_master") === 0) makeTables(database, 0);
    else if (id !== APPLICATION_ID) throw foreign(path);
    else if (version < SCHEMA) makeTables(database, version);
    // Nothing brings these rows back: each is on the disk before it counts as kept.
    database.exec("PRAGMA synchronous = FULL");
    // A few milliseconds for each ten megabytes: damage met later would be taken for damage of the index.
    database.check();
    return { state: new State(database), notices: [] };
  } catch (error) {
    database?.close();
    if (!isCorrupt(error)) throw error;
    return begunAnew(path);
  }
}

function foreign(path: string): UserError {
  return new UserError(
    `The file ${path} is a database of another program, not the state of Kernel Mail.`,
    "Put it elsewhere, and start again.",
  );
}

function begunAnew(path: string): OpenedState {
  const aside = setAside(path);
  const database = new Database(path);
  makeTables(database, 0);
  const saved = salvage(aside, database);
  database.close();
  const { state, notices } = openState(path);
  const how = saved > 0 ? "begun anew with what could be read of it" : "begun anew";
  return {
    state,
    notices: [`The state ${path} was damaged; it is set aside as ${aside} and ${how}.`, ...notices],
  };
}

/** The tables that a person would miss, each by the order its rows lie in. */
const SALVAGED = {
  kept: "why, messageId",
  keptMail: "rowid",
  mark: "messageId, kind",
  readUpTo: "list, setMs",
  role: "role, glob",
};

/** Puts what can still be read of a damaged file into a new one: from both ends of each table up to the damage. Says how many rows. */
function salvage(damaged: string, into: Database): number {
  if (applicationId(damaged) !== APPLICATION_ID) return 0;
  const before = into.number("SELECT total_changes()");
  let from: Database | undefined;
  try {
    from = new Database(damaged);
    for (const [table, order] of Object.entries(SALVAGED)) {
      for (const way of [order, `${order.replaceAll(",", " DESC,")} DESC`]) copyRows(from, into, table, way);
    }
  } catch (error) {
    // Not even its tables are known.
    if (!isCorrupt(error)) throw error;
  } finally {
    from?.close();
  }
  return into.number("SELECT total_changes()") - before;
}

function copyRows(from: Database, into: Database, table: string, order: string): void {
  into.transaction(() => {
    try {
      for (const row of from.once(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) {
        into.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${row.map(() => "?").join()})`).run(...row);
      }
    } catch (error) {
      // What came before the damage is there.
      if (!isCorrupt(error)) throw error;
    }
  });
}

/** Makes the tables that a file of an earlier schema (0: none) has not. Nothing in it is lost. */
function makeTables(database: Database, version: number): void {
  database.transaction(() => {
    // Another process may have made them while we waited for the lock.
    if (database.number("PRAGMA user_version") !== version) return;
    if (version < 1) database.exec(TABLES);
    database.exec(MARK_TABLES);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA}`);
  });
}
