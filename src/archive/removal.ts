/** Takes homes and messages out of the index, and whole sources, and keeps the counts true. */
import type { Database } from "./database.ts";
import type { Home, HomeOf, Homes } from "./homes.ts";
import type { Lists } from "./lists.ts";
import type { ThreadJoin } from "./threadJoin.ts";

/** All changes happen within the caller's transaction. */
export class Removal {
  readonly #database: Database;
  readonly #join: ThreadJoin;
  readonly #homes: Homes;
  readonly #lists: Lists;

  constructor(database: Database, join: ThreadJoin, homes: Homes, lists: Lists) {
    this.#database = database;
    this.#join = join;
    this.#homes = homes;
    this.#lists = lists;
  }

  /**
   * Takes homes away, and messages that have none left: `kept` messages have another home, `gone` had not. The threads
   * that have to be made anew are added to `touched`.
   */
  remove(leaving: readonly HomeOf[], touched: Set<number>): { kept: number; gone: number } {
    let [kept, gone] = [0, 0];
    const torn = new Map<number, string[]>();
    // Copies first: taking a message's own home away makes the next copy its own.
    for (const { message, copy } of [...leaving].sort((a, b) => b.copy - a.copy)) {
      const before = this.#homes.of(message);
      const thread = this.#database.number("SELECT thread FROM message WHERE id = ?", message);
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
    for (const list of left) if (!stay.has(list)) this.#lists.countMessages(list, -1);
    const owner = (homes: readonly Home[]) =>
      homes[0] === undefined ? 0 : this.#lists.sourceOf(homes[0].list);
    const [was, is] = [owner(before), owner(after)];
    if (was === is) return;
    const count = this.#database.prepare("UPDATE source SET messages = messages + ? WHERE id = ?");
    count.run(-1, was);
    if (is !== 0) count.run(1, is);
  }

  /** At most `limit` homes of a source, copies first: a copy goes without tearing a thread. */
  someOf(source: number, limit: number): HomeOf[] {
    const copies = this.#database
      .prepare("SELECT message, id FROM copy WHERE list IN (SELECT id FROM list WHERE source = ?) LIMIT ?")
      .all(source, limit);
    const own = this.#database
      .prepare("SELECT id, 0 FROM message WHERE list IN (SELECT id FROM list WHERE source = ?) LIMIT ?")
      .all(source, limit - copies.length);
    return [...copies, ...own].map(([message, copy]) => ({ message: Number(message), copy: Number(copy) }));
  }

  /** What is left of a source without homes: its files and lists go, its row is as good as new. */
  clear(source: number): void {
    this.#database.prepare("DELETE FROM file WHERE source = ?").run(source);
    this.#database.prepare("DELETE FROM list WHERE source = ?").run(source);
    // A new number: messages that other sources have too keep ids of the old one's span.
    this.#database
      .prepare(
        `UPDATE source SET id = (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'source'),
         low = 0, high = 0, messages = 0, stale = 0, problem = NULL WHERE id = ?`,
      )
      .run(source);
    this.#database.exec("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'source'");
  }

  /** Empties an index that holds one source only: at once, whatever its size. */
  empty(): void {
    for (const table of ["list", "file", "person", "message", "copy", "ghost", "thread", "threadInList"]) {
      this.#database.exec(`DELETE FROM ${table}`);
    }
    this.#database.exec("INSERT INTO words (words) VALUES ('delete-all')");
    this.#database.exec("UPDATE source SET low = 0, high = 0, messages = 0, stale = 0, problem = NULL");
  }
}
