/** Archives that threads only pass through: a thread leaves one when the person follows it, or another archive has it. */
import type { Database } from "./database.ts";

/** The number of the source at a path when threads pass through it; undefined for any other source. */
export function passingSource(database: Database, path: string): number | undefined {
  const row = database
    .prepare("SELECT id FROM source WHERE path = ? AND json_extract(spec, '$.passing')")
    .get(path);
  return row === undefined ? undefined : Number(row[0]);
}

/**
 * SQL that narrows threads `t` of a passing source to those that have not left it.
 * @param hasState whether the tables of `StateJoin` are there
 */
export function stillPassing(source: number, hasState: boolean): string {
  const elsewhere = `AND NOT EXISTS (SELECT 1 FROM json_each('[' || replace(t.lists, ' ', ',') || ']') j
    JOIN list o ON o.id = j.value WHERE o.source <> ${source})`;
  return hasState ? `AND t.id NOT IN (SELECT thread FROM temp.followed) ${elsewhere}` : elsewhere;
}

/** What the row of a passing source counts; `passed` are the threads that have left it. */
export interface Passing {
  threads: number;
  messages: number;
  unread: number;
  passed: number;
}

export function countPassing(database: Database, source: number, hasState: boolean): Passing {
  const inSource = `SELECT DISTINCT thread FROM threadInList WHERE list IN (SELECT id FROM list WHERE source = ${source})`;
  const unread = hasState
    ? "(SELECT count(*) FROM temp.unread u INDEXED BY unreadThread WHERE u.thread = t.id AND u.bot = 0)"
    : "0";
  const [threads, messages, news] = database
    .prepare(
      `SELECT count(*), sum(t.messages), sum(${unread}) FROM thread t
       WHERE t.id IN (${inSource}) ${stillPassing(source, hasState)}`,
    )
    .get() ?? [0, 0, 0];
  const all = database.number(`SELECT count(*) FROM (${inSource})`);
  return {
    threads: Number(threads),
    messages: Number(messages ?? 0),
    unread: Number(news ?? 0),
    passed: all - Number(threads),
  };
}
