/** What a person made of messages (read, starred, muted ...), each change with what undoes it, in the state's file. */
import type { Database, Value } from "./database.ts";

/**
 * `read` is "1" or "0"; `follow` is "1" or "0" (not, although the person wrote in it); `snooze` is until when, in
 * milliseconds since 1970 UTC, or "version", or "rc:" and the milliseconds of when that was said; `note` is its text; the others are "1". `mute` and `follow` are about the whole thread
 * the message is in, `muteBelow` about the message and what answers it.
 */
export const MARK_KINDS = ["read", "star", "follow", "mute", "muteBelow", "snooze", "note"] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export interface Mark {
  messageId: string;
  kind: MarkKind;
  /** "" says that the mark was taken away at that time: where marks are merged it is a word like any other. */
  value: string;
  /** When it was made, in milliseconds since 1970 UTC; no two changes have the same. */
  setMs: number;
}

/** Mail of a list that arrived at this second or before counts as read, but for what was marked after `setMs`; negative when that was taken back. */
export interface ReadUpTo {
  list: string;
  arrived: number;
  setMs: number;
}

/** One mark to make, or with null to take away. */
export type MarkChange = Omit<Mark, "value" | "setMs"> & { value: string | null };

/** What a change touched: these messages, or with `lists` anything. `words` say what was done. */
export interface Undone {
  words: string;
  messageIds: string[];
  /** Those of them whose star came or went. */
  starred: string[];
  lists: boolean;
}

/** Tables of the marks, for a state of schema 2 on. */
export const MARK_TABLES = `
-- What the person made of a message; see MarkKind. '' is a mark that was taken away.
CREATE TABLE mark (
  messageId TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, setMs INTEGER NOT NULL,
  PRIMARY KEY (messageId, kind)
) WITHOUT ROWID;
CREATE INDEX markKind ON mark (kind, value);
-- Everything of a list that arrived at this second or before is read, but for what was marked later.
CREATE TABLE readUpTo (
  list TEXT NOT NULL, setMs INTEGER NOT NULL, arrived INTEGER NOT NULL, PRIMARY KEY (list, setMs)
) WITHOUT ROWID;
-- What undoes each change, the newest last.
CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL, before TEXT NOT NULL);
-- Who the person is, and who is a robot: globs over addresses and names.
CREATE TABLE role (role TEXT NOT NULL, glob TEXT NOT NULL, PRIMARY KEY (role, glob)) WITHOUT ROWID;
`;

/** The second of a word about a list that was taken back: no mail arrived before it. */
const TAKEN_BACK = -1;

/** So many changes can be undone, one after the other. */
const UNDONE_AT_MOST = 200;

/** A row as it was before a change: of `mark` with the value it had (null: there was none), or of `readUpTo`. */
type Before =
  | ["mark", messageId: string, kind: string, value: string | null, setMs: number]
  | ["upTo", list: string, setMs: number];

export type Role = "me" | "name" | "bot" | "file";

export class Marks {
  readonly #database: Database;
  #lastMs = 0;

  constructor(database: Database) {
    this.#database = database;
    for (const table of ["mark", "readUpTo"]) {
      this.#lastMs = Math.max(this.#lastMs, database.number(`SELECT max(setMs) FROM ${table}`));
    }
  }

  /** A time for a change: later than that of any other. */
  #time(nowMs: number): number {
    this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
    return this.#lastMs;
  }

  /** The value of one mark; undefined when it is not there. */
  value(messageId: string, kind: MarkKind): string | undefined {
    const row = this.#database
      .prepare("SELECT value FROM mark WHERE messageId = ? AND kind = ?")
      .get(messageId, kind);
    return row === undefined || row[0] === "" ? undefined : String(row[0]);
  }

  /** Every mark, also those that were taken away; those of a kind together. */
  all(): Mark[] {
    return this.#database
      .prepare("SELECT messageId, kind, value, setMs FROM mark ORDER BY kind, messageId")
      .all()
      .map(([messageId, kind, value, setMs]) => ({
        messageId: String(messageId),
        kind: kind as MarkKind,
        value: String(value),
        setMs: Number(setMs),
      }));
  }

  /** How far each list is read as a whole, the oldest word first. */
  readUpTo(): ReadUpTo[] {
    return this.#database
      .prepare("SELECT list, arrived, setMs FROM readUpTo ORDER BY list, setMs")
      .all()
      .map(([list, arrived, setMs]) => ({
        list: String(list),
        arrived: Number(arrived),
        setMs: Number(setMs),
      }));
  }

  /** Makes and takes away marks as one change. */
  change(words: string, changes: readonly MarkChange[], nowMs: number): void {
    this.#database.transaction(() => {
      const before = this.#apply(changes, this.#time(nowMs));
      if (before.length > 0) this.#note(words, before);
    });
  }

  #apply(changes: readonly MarkChange[], setMs: number): Before[] {
    const before: Before[] = [];
    const old = this.#database.prepare("SELECT value, setMs FROM mark WHERE messageId = ? AND kind = ?");
    for (const { messageId, kind, value } of changes) {
      const [found = null, wasMs = 0] = old.get(messageId, kind) ?? [];
      const was = found === "" ? null : (found as string | null);
      if (was === null && value === null) continue;
      before.push(["mark", messageId, kind, was, Number(wasMs)]);
      this.#put(messageId, kind, value ?? "", setMs);
    }
    return before;
  }

  /** Makes marks that the person did not: nothing undoes them, and what the person marked stays. */
  presume(messageIds: readonly string[], kind: MarkKind, value: string, nowMs: number): void {
    this.#database.transaction(() => {
      const setMs = this.#time(nowMs);
      const insert = this.#database.prepare("INSERT OR IGNORE INTO mark VALUES (?, ?, ?, ?)");
      for (const messageId of messageIds) insert.run(messageId, kind, value, setMs);
    });
  }

  #put(messageId: string, kind: string, value: string, setMs: number): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)")
      .run(messageId, kind, value, setMs);
  }

  #note(words: string, before: readonly Before[]): void {
    this.#database
      .prepare("INSERT INTO change (words, before) VALUES (?, ?)")
      .run(words, JSON.stringify(before));
    this.#database
      .prepare("DELETE FROM change WHERE id <= (SELECT max(id) FROM change) - ?")
      .run(UNDONE_AT_MOST);
  }

  /**
   * Says of whole lists that what arrived up to a second is read: one row a list, however much mail that is. `marks` go
   * with it as one change.
   */
  readLists(
    words: string,
    lists: readonly { list: string; arrived: number }[],
    marks: readonly MarkChange[],
    nowMs: number,
  ): void {
    this.#database.transaction(() => {
      const setMs = this.#time(nowMs);
      const insert = this.#database.prepare("INSERT INTO readUpTo VALUES (?, ?, ?)");
      for (const { list, arrived } of lists) insert.run(list, setMs, arrived);
      const before = lists.map(({ list }): Before => ["upTo", list, setMs]);
      this.#note(words, [...before, ...this.#apply(marks, setMs)]);
    });
  }

  /** Where a list is met for the first time: what arrived before that second is old news. */
  beginList(list: string, arrived: number): void {
    this.#database
      .prepare(
        "INSERT INTO readUpTo SELECT ?1, 0, ?2 WHERE NOT EXISTS (SELECT 1 FROM readUpTo WHERE list = ?1)",
      )
      .run(list, arrived);
  }

  /** What the last change did, in words; undefined when there is none to undo. */
  lastChange(): string | undefined {
    const row = this.#database.prepare("SELECT words FROM change ORDER BY id DESC LIMIT 1").get();
    return row === undefined ? undefined : String(row[0]);
  }

  /**
   * Undoes the last change; undefined when there is none. That is a word of now: where marks are merged, the undone one
   * must not come back. Only what was not so is marked read or unread, so that the opposite is what was.
   */
  undo(nowMs: number): Undone | undefined {
    return this.#database.transaction(() => {
      const row = this.#database
        .prepare("SELECT id, words, before FROM change ORDER BY id DESC LIMIT 1")
        .get();
      if (row === undefined) return undefined;
      const [id, words, text] = row;
      const before = JSON.parse(String(text)) as Before[];
      const setMs = this.#time(nowMs);
      const takeBack = this.#database.prepare("UPDATE readUpTo SET arrived = ? WHERE list = ? AND setMs = ?");
      for (const one of before) {
        if (one[0] === "upTo") takeBack.run(TAKEN_BACK, one[1], one[2] as Value);
        else {
          const [, messageId, kind, was] = one;
          const opposite = this.value(messageId, "read") === "1" ? "0" : "1";
          this.#put(messageId, kind, kind === "read" ? opposite : (was ?? ""), setMs);
        }
      }
      this.#database.prepare("DELETE FROM change WHERE id = ?").run(Number(id));
      return {
        words: String(words),
        messageIds: before.flatMap((one) => (one[0] === "mark" ? [one[1]] : [])),
        starred: before.flatMap((one) => (one[0] === "mark" && one[2] === "star" ? [one[1]] : [])),
        lists: before.some(([table]) => table === "upTo"),
      };
    });
  }

  /**
   * Takes over marks of another machine: of two words about one thing the later one stands. Returns how many were news,
   * and of which messages the star came or went.
   */
  merge(marks: readonly Mark[], lists: readonly ReadUpTo[]): { news: number; starred: string[] } {
    return this.#database.transaction(() => {
      const changes = () => this.#database.number("SELECT total_changes()");
      const begun = changes();
      const mark = this.#database.prepare(
        `INSERT INTO mark VALUES (?, ?, ?, ?) ON CONFLICT (messageId, kind) DO UPDATE
         SET value = excluded.value, setMs = excluded.setMs WHERE excluded.setMs > mark.setMs`,
      );
      const starred: string[] = [];
      for (const { messageId, kind, value, setMs } of marks) {
        const was = kind === "star" ? this.value(messageId, kind) : undefined;
        mark.run(messageId, kind, value, setMs);
        if (kind === "star" && this.value(messageId, kind) !== was) starred.push(messageId);
      }
      const list = this.#database.prepare(
        `INSERT INTO readUpTo VALUES (?, ?, ?) ON CONFLICT (list, setMs) DO UPDATE
         SET arrived = excluded.arrived WHERE CASE WHEN excluded.arrived < 0 OR readUpTo.arrived < 0
           THEN excluded.arrived < readUpTo.arrived ELSE excluded.arrived > readUpTo.arrived END`,
      );
      for (const { list: name, setMs, arrived } of lists) list.run(name, setMs, arrived);
      for (const { setMs } of [...marks, ...lists]) this.#lastMs = Math.max(this.#lastMs, setMs);
      return { news: changes() - begun, starred };
    });
  }

  /** The globs and names of a role. */
  people(role: Role): string[] {
    return this.#database
      .prepare("SELECT glob FROM role WHERE role = ? ORDER BY glob")
      .all(role)
      .map(([glob]) => String(glob));
  }

  /** Says who the person is and who is a robot; false when that was known. */
  setPeople(people: Readonly<Record<Role, readonly string[]>>): boolean {
    const wanted = Object.entries(people).flatMap(([role, globs]) =>
      [...new Set(globs)].map((glob) => `${role} ${glob}`),
    );
    const known = this.#database.prepare("SELECT role || ' ' || glob FROM role").all().flat();
    if (wanted.length === known.length && wanted.every((one) => known.includes(one))) return false;
    this.#database.transaction(() => {
      this.#database.exec("DELETE FROM role");
      const insert = this.#database.prepare("INSERT OR IGNORE INTO role VALUES (?, ?)");
      for (const [role, globs] of Object.entries(people)) for (const glob of globs) insert.run(role, glob);
    });
    return true;
  }
}
