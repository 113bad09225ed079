/** The rows of the configured archives: how each was named, how far it is read, what is wrong with it. */
import type { Format, SourceSpec } from "../sources/source.ts";
import type { Database } from "./database.ts";

/** What is stored about a source. `cursor` is undefined before the first batch. */
export interface SourceRow {
  id: number;
  path: string;
  name: string;
  format: Format;
  cursor: string | undefined;
  messages: number;
  notes: string[];
  /** What its bodies were indexed with. */
  bodies: string;
  /** Rows are being taken out; nothing of it can be relied on until they are. */
  stale: boolean;
}

export class SourceRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(path: string): SourceRow | undefined {
    const row = this.#database
      .prepare(
        "SELECT id, path, name, format, cursor, messages, notes, bodies, stale FROM source WHERE path = ?",
      )
      .get(path);
    if (row === undefined) return undefined;
    const [id, , name, format, cursor, messages, notes, bodies, stale] = row;
    return {
      id: Number(id),
      path,
      name: String(name),
      format: format as Format,
      cursor: typeof cursor === "string" ? cursor : undefined,
      messages: Number(messages),
      notes: JSON.parse(String(notes)) as string[],
      bodies: String(bodies),
      stale: stale !== 0,
    };
  }

  /** The row of a source, made when it is new; its name follows the spec. Within the caller's transaction. */
  open(spec: SourceSpec, name: string, format: Format, bodies: string): SourceRow {
    const named = [name, JSON.stringify(spec)];
    // Not one statement for both: an upsert would use up a number, and with it a span of ids, at every run.
    if (this.get(spec.path) === undefined) {
      this.#database
        .prepare(
          `INSERT INTO source (path, name, spec, format, low, high, messages, notes, bodies, stale, part)
           VALUES (?, ?, ?, ?, 0, 0, 0, '[]', ?, 0, 0)`,
        )
        .run(spec.path, ...named, format, bodies);
    } else {
      this.#database.prepare("UPDATE source SET name = ?, spec = ? WHERE path = ?").run(...named, spec.path);
    }
    const row = this.get(spec.path);
    if (row === undefined) throw new Error("the source that was just stored is not there");
    return row;
  }

  /** The problem shown with an archive; undefined when there is none. */
  problem(path: string): string | undefined {
    const row = this.#database.prepare("SELECT problem FROM source WHERE path = ?").get(path);
    return typeof row?.[0] === "string" ? row[0] : undefined;
  }

  /** Whether something of it was left to read when that was last known. */
  isPartial(path: string): boolean {
    return this.#database.number("SELECT count(*) FROM source WHERE path = ? AND part IS NOT NULL", path) > 0;
  }

  /** Nothing is left to read. */
  setWhole(path: string): void {
    this.#database.prepare("UPDATE source SET part = NULL WHERE path = ?").run(path);
  }

  setProblem(path: string, problem: string | undefined): void {
    this.#database.prepare("UPDATE source SET problem = ? WHERE path = ?").run(problem ?? null, path);
  }
}
