/** The time an index goes by: the system's, but never earlier than the index itself has seen. */
import type { Database } from "./database.ts";

/** A step this far has set the clock right, rather than let time pass, in milliseconds. */
const LEAP_MS = 30 * 86_400_000;

/**
 * Where nothing tells when a mail arrived, its date is believed unless it lies in the future. A clock that was set back
 * would make absurd what was believed before, so the latest time is kept in the index.
 */
export class Clock {
  readonly #database: Database;
  readonly #system: () => number;
  #latest: number;

  constructor(database: Database, system: () => number) {
    this.#database = database;
    this.#system = system;
    this.#latest = database.number("SELECT value FROM fact WHERE name = 'clock'");
  }

  /** Milliseconds since 1970 UTC. */
  readonly now = (): number => Math.max(this.#system(), this.#latest);

  /**
   * Keeps the time, within the caller's transaction. When the clock has leapt ahead since: the threads with mail that
   * was not believed before, and may be now.
   */
  keep(): number[] {
    const now = this.now();
    const before = this.#database.number("SELECT value FROM fact WHERE name = 'clock'");
    this.#latest = Math.max(now, before);
    if (this.#latest > before) {
      this.#database.prepare("INSERT OR REPLACE INTO fact VALUES ('clock', ?)").run(Math.floor(this.#latest));
    }
    if (before === 0 || now - before < LEAP_MS) return [];
    return this.#database
      .prepare("SELECT DISTINCT thread FROM message WHERE arrived IS NULL AND date > ?")
      .all(Math.floor(before / 1000))
      .map(([thread]) => Number(thread));
  }
}
