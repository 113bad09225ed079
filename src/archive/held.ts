/** What the index holds under Message-IDs, and where each of it lies. */
import type { Place } from "../sources/found.ts";
import type { Format } from "../sources/source.ts";
import type { Database, Row } from "./database.ts";
import { placeOf } from "./homes.ts";

/** Where one held message lies: its homes, in the order they were found, and the list of each. */
export interface Held {
  messageId: string;
  homes: { source: string; format: Format; place: Place; list: string }[];
}

/** What is held under these ids, in their order, imposters in the order of their dates. `key` gives an id's key. */
export function heldUnder(
  database: Database,
  key: (messageId: string) => number,
  messageIds: readonly string[],
): Held[] {
  const named = <T>(sql: string, read: (row: Row) => T): ((id: unknown) => T) => {
    const statement = database.prepare(sql);
    const known = new Map<unknown, T>();
    return (id) => {
      const value = known.get(id) ?? read(statement.get(Number(id)) ?? []);
      known.set(id, value);
      return value;
    };
  };
  // A thread lies in a handful of files and lists: asked for once, not joined to each of its messages.
  const fileOf = named(
    "SELECT s.path, s.format, f.path FROM file f JOIN source s ON s.id = f.source WHERE f.id = ?",
    ([source, format, path]) => ({ source: String(source), format: format as Format, path: String(path) }),
  );
  const listOf = named("SELECT list FROM list WHERE id = ?", ([list]) => String(list));
  const home = ([file, list, start, size, oid]: Row): Held["homes"][number] => {
    const { source, format, path } = fileOf(file);
    const columns = {
      start: start as number | null,
      size: size as number | null,
      oid: oid as Uint8Array | null,
    };
    return { source, format, place: placeOf(path, columns), list: listOf(list) };
  };
  // One question for all of them: asking is most of what a look-up costs.
  const asked = JSON.stringify(messageIds.map((messageId) => [key(messageId), messageId]));
  const rows = database
    .prepare(
      `SELECT m.mid, m.id, m.file, m.list, m.start, m.size, m.oid
       FROM json_each(?) j CROSS JOIN message m ON m.key = j.value ->> 0 AND m.mid = j.value ->> 1
       ORDER BY j.key, coalesce(m.date, m.arrived), m.id`,
    )
    .all(asked);
  const further = new Map<unknown, Held["homes"]>();
  const copies = database
    .prepare(
      `SELECT c.message, c.file, c.list, c.start, c.size, c.oid
       FROM json_each(?) j CROSS JOIN copy c ON c.message = j.value ORDER BY c.id`,
    )
    .all(JSON.stringify(rows.map(([, id]) => id)));
  for (const [message, ...place] of copies)
    further.set(message, [...(further.get(message) ?? []), home(place)]);
  return rows.map(([messageId, id, ...place]) => ({
    messageId: String(messageId),
    homes: [home(place), ...(further.get(id) ?? [])],
  }));
}
