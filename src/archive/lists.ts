/** The rows of the lists within sources: found or made by name, with how many messages and threads they have. */
import type { Database } from "./database.ts";

export class Lists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The row of a list in a source, made when there is none. Within the caller's transaction. */
  id(source: number, list: string): number {
    const row = this.#database.prepare("SELECT id FROM list WHERE source = ? AND list = ?").get(source, list);
    if (row !== undefined) return Number(row[0]);
    this.#database
      .prepare("INSERT INTO list (source, list, threads, messages) VALUES (?, ?, 0, 0)")
      .run(source, list);
    return this.#database.number("SELECT last_insert_rowid()");
  }

  /** So many messages more, or fewer. */
  countMessages(list: number, messages: number): void {
    this.#database.prepare("UPDATE list SET messages = messages + ? WHERE id = ?").run(messages, list);
  }

  /** The source a list is in. */
  sourceOf(list: number): number {
    return this.#database.number("SELECT source FROM list WHERE id = ?", list);
  }
}
