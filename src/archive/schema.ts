/** The tables of the index, and what happens to an index file of another program version or to a damaged one. */
import { existsSync, statSync } from "node:fs";
import { UserError } from "../base/report.ts";
import { applicationId, Database, isCorrupt, removeDatabase, setAside } from "./database.ts";

/**
 * The number of the tables below, kept in the file as `user_version`. An older file is rebuilt: everything in
 * it comes from the archives. A newer file is left to the newer program; we make one of our own beside it.
 */
export const SCHEMA = 3;

/** Marks the file as ours ("KMai"), so that nobody else's database is ever thrown away. */
const APPLICATION_ID = 0x4b4d6169;

/**
 * Each source has this many ids for its messages, in order of arrival: a first reading goes down from the
 * middle, what comes later goes up from it, and paging by id is paging by arrival. Eight sources fit in the
 * four bytes SQLite takes for small integers.
 */
export const ID_SPAN = 2 ** 28;

const TABLES = `
-- One configured archive. Messages get ids from base + low down and from base + high up. part says how much of it is
-- read while a run is under way or was stopped; NULL when nothing is left to read.
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL, format TEXT NOT NULL,
  spec TEXT NOT NULL, cursor TEXT, low INTEGER NOT NULL, high INTEGER NOT NULL, messages INTEGER NOT NULL,
  notes TEXT NOT NULL, problem TEXT, bodies TEXT NOT NULL, stale INTEGER NOT NULL, part REAL
);
-- A list within a source: what the tree shows below an archive. Exact copies count in each list they are in.
CREATE TABLE list (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, list TEXT NOT NULL,
  threads INTEGER NOT NULL, messages INTEGER NOT NULL, UNIQUE (source, list)
);
-- A file or git directory within a source, by the path its places have.
CREATE TABLE file (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, path TEXT NOT NULL, UNIQUE (source, path));
CREATE TABLE person (id INTEGER PRIMARY KEY, address TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (address, name));
-- key is a hash of the Message-ID, refs the same hash of each ancestor, 6 bytes each. Dates are seconds.
-- A message lies in file at oid, or from start on for size bytes; its further homes are in copy.
CREATE TABLE message (
  id INTEGER PRIMARY KEY, key INTEGER NOT NULL, thread INTEGER NOT NULL, date INTEGER, arrived INTEGER,
  person INTEGER NOT NULL, list INTEGER NOT NULL, file INTEGER NOT NULL, start INTEGER, size INTEGER,
  mid TEXT NOT NULL, subject TEXT NOT NULL, refs BLOB, oid BLOB, flags TEXT
);
CREATE INDEX messageKey ON message (key);
CREATE INDEX messageThread ON message (thread);
CREATE INDEX messagePerson ON message (person);
CREATE INDEX messageFile ON message (file) WHERE oid IS NULL AND start IS NULL;
CREATE TABLE copy (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, list INTEGER NOT NULL, file INTEGER NOT NULL,
  start INTEGER, size INTEGER, oid BLOB, flags TEXT
);
CREATE INDEX copyMessage ON copy (message);
-- A Message-ID that messages refer to and that is not held.
CREATE TABLE ghost (key INTEGER NOT NULL, thread INTEGER NOT NULL, mid TEXT NOT NULL);
CREATE INDEX ghostKey ON ghost (key);
CREATE INDEX ghostThread ON ghost (thread);
-- What a thread's row shows: head is its first held message, root the Message-ID of a root that is a ghost,
-- lists the ids of the lists it is in. Everything here follows from the messages of the thread.
CREATE TABLE thread (
  id INTEGER PRIMARY KEY, head INTEGER NOT NULL, last INTEGER NOT NULL, messages INTEGER NOT NULL,
  participants INTEGER NOT NULL, unread INTEGER NOT NULL, lists TEXT NOT NULL, root TEXT
);
CREATE INDEX threadLast ON thread (last, id);
CREATE TABLE threadInList (
  list INTEGER NOT NULL, last INTEGER NOT NULL, thread INTEGER NOT NULL, PRIMARY KEY (list, last, thread)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
  subject, author, recipients, prose, content='', contentless_delete=1, detail=full,
  tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
);
-- Words gathered in memory until 4 MB, which takes half as long to write as 8 MB and is no slower in all; merged when 8
-- pieces of a size are there: each is written fewer times.
INSERT INTO words (words, rank) VALUES ('hashsize', 4194304);
INSERT INTO words (words, rank) VALUES ('automerge', 8);
-- Numbers of the index itself: the seed of the hashes.
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`;

/** An index file that is ours and of this schema, and what was done to get there, one sentence each. */
export interface OpenedIndex {
  database: Database;
  notices: string[];
}

/**
 * Opens the index at `path`, making it when it is missing. A damaged index or one of an older schema is replaced
 * by an empty one; beside one of a newer schema, a file of our own is opened. What cannot be recognised as an
 * index of ours is set aside, never removed; somebody else's database is a UserError.
 */
export function openIndex(path: string, schema: number = SCHEMA): OpenedIndex {
  if (existsSync(path) && statSync(path).size > 0) {
    const id = applicationId(path);
    if (id === undefined) {
      const notice = `The index ${path} was damaged; it is set aside as ${setAside(path)} and built anew from the archives.`;
      return { database: makeIndex(path, schema), notices: [notice] };
    }
    if (id !== APPLICATION_ID && id !== 0) throw foreign(path);
  }
  let database: Database | undefined;
  try {
    database = new Database(path);
    const version = database.number("PRAGMA user_version");
    if (version === schema) {
      checkTables(database);
      return { database, notices: [] };
    }
    if (version === 0) {
      if (database.number("SELECT count(*) FROM sqlite_master") > 0) throw foreign(path);
      makeTables(database, schema);
      return { database, notices: [] };
    }
    database.close();
    if (version > schema) return openBeside(path, schema);
    removeDatabase(path);
    const notice = `The index ${path} was made by an older version of Kernel Mail and is built anew from the archives.`;
    return { database: makeIndex(path, schema), notices: [notice] };
  } catch (error) {
    database?.close();
    if (!isCorrupt(error)) throw error;
    return rebuildIndex(path, schema);
  }
}

function foreign(path: string): UserError {
  return new UserError(
    `The file ${path} is a database of another program, not an index of Kernel Mail.`,
    "Name another file for the index.",
  );
}

function openBeside(path: string, schema: number): OpenedIndex {
  const beside = path.replace(/(\.[^./\\]*)?$/, `.schema${schema}$1`);
  const { database, notices } = openIndex(beside, schema);
  const notice = `The index ${path} was made by a newer version of Kernel Mail and is left as it is; ${beside} is used instead.`;
  return { database, notices: [notice, ...notices] };
}

/** Replaces an index that was found damaged, and is closed now, by an empty one. */
export function rebuildIndex(path: string, schema: number = SCHEMA): OpenedIndex {
  removeDatabase(path);
  const notice = `The index ${path} was damaged and is built anew from the archives.`;
  return { database: makeIndex(path, schema), notices: [notice] };
}

function makeIndex(path: string, schema: number): Database {
  const database = new Database(path);
  makeTables(database, schema);
  return database;
}

/** Reads one row of each table, so that most damage is found when the file is opened. */
function checkTables(database: Database): void {
  for (const [table] of database.once("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
    database.once(`SELECT * FROM ${table} LIMIT 1`).get();
  }
}

function makeTables(database: Database, schema: number): void {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  database.transaction(() => {
    // Another process may have made them while we waited for the lock.
    if (database.number("PRAGMA user_version") === schema) return;
    database.exec(TABLES);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schema}`);
    database.prepare("INSERT INTO fact VALUES ('seed', ?)").run(seed);
  });
}
