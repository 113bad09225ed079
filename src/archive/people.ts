/** The people who write: one row for each address and name, as written. */
import type { Database } from "./database.ts";

/** How many people are kept in memory; a list of half a million messages has some ten thousand. */
const REMEMBERED = 20_000;

export class People {
  readonly #database: Database;
  readonly #ids = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Forgets what is kept in memory: after a failed transaction or when somebody else may have written. */
  forget(): void {
    this.#ids.clear();
  }

  /** The row of a person, made when there is none. Within the caller's transaction. */
  id(address: string, name: string): number {
    const person = `${address}\n${name}`;
    const known = this.#ids.get(person);
    if (known !== undefined) return known;
    let id = this.#database.number("SELECT id FROM person WHERE address = ? AND name = ?", address, name);
    if (id === 0) {
      this.#database.prepare("INSERT INTO person (address, name) VALUES (?, ?)").run(address, name);
      id = this.#database.number("SELECT last_insert_rowid()");
    }
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(person, id);
    return id;
  }
}
