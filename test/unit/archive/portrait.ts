/** Everything an index holds, to compare two of them row by row. */
import { openArchive } from "../../../src/archive/archive.ts";
import { openIndex } from "../../../src/archive/schema.ts";

/** A cursor without what depends on when it was made: whether a file was looked at right after it had changed. */
const settled = (row: string): string => row.replaceAll(',\\"fresh\\":true', "");

/** The rows of an index, but for numbers that are drawn (hashes, threads). `words` are searched for. */
export async function portrait(db: string, words: string): Promise<Record<string, unknown>> {
  const { database } = openIndex(db);
  const rows = (sql: string, ...values: string[]) =>
    database
      .once(sql)
      .all(...values)
      .map((row) => JSON.stringify(row));
  const tables = {
    messages: rows(
      `SELECT m.id, m.mid, m.subject, m.date, m.arrived, p.address, p.name, l.list, f.path, m.start, m.size,
       hex(m.oid), m.flags
       FROM message m JOIN person p ON p.id = m.person JOIN list l ON l.id = m.list JOIN file f ON f.id = m.file ORDER BY m.id`,
    ),
    copies: rows("SELECT message, start, size, hex(oid) AS blob FROM copy ORDER BY message, start, blob"),
    ghosts: rows("SELECT mid FROM ghost ORDER BY mid"),
    lists: rows("SELECT list, threads, messages FROM list ORDER BY list"),
    source: rows("SELECT path, cursor, low, high, messages, notes, problem FROM source ORDER BY path").map(
      settled,
    ),
    words: rows("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", words),
    check: rows("PRAGMA integrity_check"),
    fts: rows("SELECT count(*) FROM words"),
  };
  database.close();
  const archive = openArchive({ db, git: "git", bodies: "prose" });
  const { threads } = await archive.threads({ limit: 10_000 });
  const trees = [];
  for (const row of threads) {
    trees.push(JSON.stringify([row, (await archive.thread({ messageId: row.thread }))?.nodes]));
  }
  archive.close();
  return { ...tables, trees: trees.sort() };
}

/** Where two portraits differ: for each table how many rows only one of them has, and the first ones. */
export function differences(one: Record<string, unknown>, other: Record<string, unknown>): string[] {
  const lines: string[] = [];
  for (const table of Object.keys(one)) {
    const [mine, theirs] = [one[table], other[table]] as [string[], string[]];
    const [here, there] = [new Set(mine), new Set(theirs)];
    const left = mine.filter((row) => !there.has(row));
    const right = theirs.filter((row) => !here.has(row));
    if (left.length + right.length + Math.abs(mine.length - theirs.length) === 0) continue;
    const some = (rows: string[]) => rows.slice(0, 2).map((row) => row.slice(0, 300));
    lines.push(`${table}: ${left.length} and ${right.length}; ${some(left)} | ${some(right)}`);
  }
  return lines;
}
