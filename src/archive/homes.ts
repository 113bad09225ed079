/** Where messages lie: places to columns and back, and the further homes of a message that is held once. */
import type { Place } from "../sources/found.ts";
import type { Database, Row, Value } from "./database.ts";

/** One home of a message, as the tables have it. `copy` is 0 for the home in the message's own row. */
export interface Home {
  copy: number;
  list: number;
  file: number;
  start: number | null;
  size: number | null;
  oid: Uint8Array | null;
  flags: string | null;
}

/** A home found by its place. */
export interface HomeOf {
  message: number;
  copy: number;
}

const COLUMNS = "list, file, start, size, oid, flags";

function homeOf(row: Row): Home {
  const [copy, list, file, start, size, oid, flags] = row;
  return {
    copy: Number(copy),
    list: Number(list),
    file: Number(file),
    start: start as number | null,
    size: size as number | null,
    oid: oid as Uint8Array | null,
    flags: flags as string | null,
  };
}

/** The place a home stands for, given the path of its file. */
export function placeOf(path: string, home: Pick<Home, "start" | "size" | "oid">): Place {
  return {
    path,
    ...(home.start === null ? {} : { offset: home.start }),
    ...(home.size === null ? {} : { length: home.size }),
    ...(home.oid === null ? {} : { oid: Buffer.from(home.oid).toString("hex") }),
  };
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

/** Whether two homes are one place. A mail that ends elsewhere than before has been cut, or has grown. */
export const samePlace = (a: Omit<Home, "copy">, b: Omit<Home, "copy">): boolean =>
  a.file === b.file && a.start === b.start && a.size === b.size && sameBytes(a.oid, b.oid);

/** The homes of messages. All changes happen within the caller's transaction. */
export class Homes {
  readonly #database: Database;
  readonly #files = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Forgets the ids kept in memory: after a failed transaction or when somebody else may have written. */
  forget(): void {
    this.#files.clear();
  }

  /** The columns for a place in a source. */
  columns(source: number, place: Place, list: number, flags: string | undefined): Omit<Home, "copy"> {
    return {
      list,
      file: this.#file(source, place.path),
      start: place.offset ?? null,
      size: place.length ?? null,
      oid: place.oid === undefined ? null : Buffer.from(place.oid, "hex"),
      flags: flags ?? null,
    };
  }

  #file(source: number, path: string): number {
    const name = `${source} ${path}`;
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    let id = this.#database.number("SELECT id FROM file WHERE source = ? AND path = ?", source, path);
    if (id === 0) {
      this.#database.prepare("INSERT INTO file (source, path) VALUES (?, ?)").run(source, path);
      id = this.#database.number("SELECT last_insert_rowid()");
    }
    // Maildirs have a file for each message: remembering those would only cost memory.
    if (this.#files.size >= 1000) this.#files.clear();
    this.#files.set(name, id);
    return id;
  }

  /** The homes of a message, its own row's first. */
  of(message: number): Home[] {
    return [
      ...this.#database.prepare(`SELECT 0, ${COLUMNS} FROM message WHERE id = ?`).all(message),
      ...this.#database.prepare(`SELECT id, ${COLUMNS} FROM copy WHERE message = ? ORDER BY id`).all(message),
    ].map(homeOf);
  }

  /** The places of a message, with the path of the source each is in, its own row's first. */
  places(message: number): { source: string; place: Place }[] {
    return this.of(message).map((home) => {
      const row = this.#database
        .prepare("SELECT s.path, f.path FROM file f JOIN source s ON s.id = f.source WHERE f.id = ?")
        .get(home.file);
      return { source: String(row?.[0]), place: placeOf(String(row?.[1]), home) };
    });
  }

  /** Every place in a source whose path is `below` or lies under it; "" is all. In no particular order. */
  *below(source: number, below: string): Generator<Place> {
    const sql = (table: string) =>
      `SELECT f.path, h.start, h.size, h.oid FROM ${table} h JOIN file f ON f.id = h.file
       WHERE f.source = ?1 AND (?2 = '' OR f.path = ?2 OR substr(f.path, 1, length(?2) + 1) = ?2 || '/')`;
    for (const table of ["message", "copy"]) {
      for (const [path, start, size, oid] of this.#database.once(sql(table)).iterate(source, below)) {
        const home = {
          start: start as number | null,
          size: size as number | null,
          oid: oid as Uint8Array | null,
        };
        yield placeOf(String(path), home);
      }
    }
  }

  addCopy(message: number, home: Omit<Home, "copy">): void {
    this.#database
      .prepare(`INSERT INTO copy (message, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(message, ...values(home));
  }

  /** Takes one home away; when it was the message's own, the next takes its place. False: there is none left. */
  remove(message: number, copy: number): boolean {
    if (copy !== 0) {
      this.#database.prepare("DELETE FROM copy WHERE id = ?").run(copy);
      return true;
    }
    const next = this.of(message).find((home) => home.copy !== 0);
    if (next === undefined) return false;
    this.#database.prepare("DELETE FROM copy WHERE id = ?").run(next.copy);
    this.#database
      .prepare("UPDATE message SET list = ?, file = ?, start = ?, size = ?, oid = ?, flags = ? WHERE id = ?")
      .run(...values(next), message);
    return true;
  }

  /** The homes at these places of a source. */
  at(source: number, places: readonly Place[]): HomeOf[] {
    const found: HomeOf[] = [];
    if (places.length === 0) return found;
    const database = this.#database;
    database.exec("CREATE TEMP TABLE IF NOT EXISTS gone (file INTEGER, start INTEGER, oid BLOB)");
    database.exec("DELETE FROM gone");
    const insert = database.prepare("INSERT INTO gone VALUES (?, ?, ?)");
    let [blobs, ranges] = [0, 0];
    for (const place of places) {
      const file = database.number("SELECT id FROM file WHERE source = ? AND path = ?", source, place.path);
      if (place.oid !== undefined) {
        blobs += 1;
        insert.run(file, null, Buffer.from(place.oid, "hex"));
      } else if (place.offset !== undefined) {
        ranges += 1;
        insert.run(file, place.offset, null);
      } else {
        for (const row of database
          .prepare("SELECT id, 0 FROM message WHERE file = ? AND oid IS NULL AND start IS NULL")
          .all(file)) {
          found.push({ message: Number(row[0]), copy: 0 });
        }
        for (const row of database
          .prepare("SELECT message, id FROM copy WHERE file = ? AND start IS NULL")
          .all(file)) {
          found.push({ message: Number(row[0]), copy: Number(row[1]) });
        }
      }
    }
    // No index finds blobs or ranges: removals from git and mbox are rare, and one walk over the source's
    // rows is cheaper than an index of every blob.
    const walk = (table: string, columns: string, match: string) => {
      const sql = `SELECT ${columns} FROM ${table} h WHERE h.file IN (SELECT id FROM file WHERE source = ?) AND ${match}`;
      for (const row of database.prepare(sql).all(source)) {
        found.push({ message: Number(row[0]), copy: Number(row[1]) });
      }
    };
    for (const [table, columns] of [
      ["message", "h.id, 0"],
      ["copy", "h.message, h.id"],
    ] as const) {
      if (blobs > 0)
        walk(table, columns, "h.oid IS NOT NULL AND (h.file, h.oid) IN (SELECT file, oid FROM gone)");
      if (ranges > 0) {
        walk(table, columns, "h.start IS NOT NULL AND (h.file, h.start) IN (SELECT file, start FROM gone)");
      }
    }
    return found;
  }
}

function values(home: Omit<Home, "copy">): Value[] {
  return [home.list, home.file, home.start, home.size, home.oid, home.flags];
}
