/** Who writes on the lists, and what: for completing an address and for saying whose it is. */
import type { Database, Row } from "./database.ts";
import { foundRows } from "./foundRows.ts";
import type { Correspondent, PersonRow } from "./remote.ts";

/** People that are weighed for one question; a name that fits more of them is typed further. */
const WEIGHED = 400;
/** Messages of one person that are counted: who wrote more comes first anyway. */
const COUNTED = 2000;
const YEAR_MS = 365 * 86_400_000;

const like = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** Much mail counts, and last year's mail half as much as this year's. */
const weight = (messages: number, lastMs: number, nowMs: number): number =>
  Math.log2(messages + 1) / 2 ** (Math.max(0, nowMs - lastMs) / YEAR_MS);

/**
 * People whose name or address has a word that begins with each word of `text`, who writes much and lately first.
 * One row for each address, under the name that it had last.
 */
export function findPeople(database: Database, text: string, limit: number, nowMs: number): PersonRow[] {
  const words = text.split(/[\s,<>"]+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  const fits = words.map(
    () =>
      "(' ' || replace(replace(name, '.', ' '), '-', ' ') LIKE ? ESCAPE '\\' OR address LIKE ? ESCAPE '\\' OR address LIKE ? ESCAPE '\\')",
  );
  const people = database
    .once(`SELECT id, name, address FROM person WHERE ${fits.join(" AND ")} LIMIT ?`)
    .all(...words.flatMap((word) => [`% ${like(word)}%`, `${like(word)}%`, `%@${like(word)}%`]), WEIGHED);
  const counted = database.prepare(
    "SELECT count(*), max(id) FROM (SELECT id FROM message WHERE person = ? ORDER BY id DESC LIMIT ?)",
  );
  const dated = database.prepare("SELECT coalesce(date, arrived) FROM message WHERE id = ?");
  const byAddress = new Map<string, PersonRow & { newest: number }>();
  for (const [id, name, address] of people) {
    const [messages, newest] = counted.get(Number(id), COUNTED) ?? [];
    if (Number(messages) === 0) continue;
    const lastMs = Number(dated.get(Number(newest))?.[0] ?? 0) * 1000;
    const key = String(address).toLowerCase();
    const known = byAddress.get(key);
    const row = {
      name: String(name),
      address: String(address),
      messages: Number(messages),
      lastMs,
      newest: Number(newest),
    };
    if (known === undefined) byAddress.set(key, row);
    else {
      const [later, earlier] = known.newest > row.newest ? [known, row] : [row, known];
      byAddress.set(key, {
        ...later,
        name: later.name || earlier.name,
        messages: known.messages + row.messages,
      });
    }
  }
  return [...byAddress.values()]
    .sort((a, b) => weight(b.messages, b.lastMs, nowMs) - weight(a.messages, a.lastMs, nowMs))
    .slice(0, limit)
    .map(({ newest: _, ...row }) => row);
}

/** What one address has written: how much, where, and its last messages; null when nothing. */
export function readCorrespondent(database: Database, address: string, limit: number): Correspondent | null {
  const people = database
    .prepare("SELECT id, name FROM person WHERE address = ? OR address = ?")
    .all(address, address.toLowerCase());
  if (people.length === 0) return null;
  const ids = people.map(([id]) => Number(id)).join(",");
  const theirs = `SELECT id, list FROM message WHERE person IN (${ids}) ORDER BY id DESC LIMIT ${COUNTED}`;
  const numbers = (rows: Row[]): number[] => rows.map(([id]) => Number(id));
  const recent = foundRows(database, numbers(database.once(`${theirs}`).all()).slice(0, limit));
  const lists = database
    .once(
      `SELECT l.list, count(*) FROM (${theirs}) m JOIN list l ON l.id = m.list
       GROUP BY l.list ORDER BY count(*) DESC, l.list`,
    )
    .all()
    .map(([list, messages]) => ({ list: String(list), messages: Number(messages) }));
  const messages = lists.reduce((sum, one) => sum + one.messages, 0);
  if (messages === 0) return null;
  return { messages, isMore: messages === COUNTED, lists, recent };
}
