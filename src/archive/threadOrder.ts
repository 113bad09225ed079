/** In which order threads are listed: by their last activity, which an index has, or by their beginning. */
import type { Row, Value } from "./database.ts";
import type { PageEnd } from "./remote.ts";

/** What is selected of each thread `t`, its head `m` and that one's author `p`; `HEAD` joins both. */
export const THREAD = `t.id, coalesce(t.root, m.mid), m.subject, p.name, p.address, m.date, m.arrived, t.last,
  t.messages, t.participants, t.unread, (SELECT list FROM list WHERE id = m.list)`;
export const HEAD = "JOIN message m ON m.id = t.head JOIN person p ON p.id = m.person";

/**
 * When a thread began, in seconds since 1970 UTC: by its first message that is held; the arrival of that counts where it
 * says a later time, and no thread began after its last activity.
 */
export const STARTED = "coalesce(min(coalesce(m.date, m.arrived), coalesce(m.arrived, m.date), t.last), 0)";
/** The same of a row of `THREAD`. */
export const startedOf = ([, , , , , date, arrived, last]: Row): number =>
  Math.min(...[date ?? arrived ?? 0, arrived ?? date ?? 0, last].map(Number));
/** The last activity of a row of `THREAD`, in seconds since 1970 UTC. */
export const lastOf = (row: Row): number => Number(row[7]);

/** No second is after this one; where a first page starts. */
export const END: PageEnd = { lastMs: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/**
 * Threads by their beginning, newest first. No index has them so: they are taken from those with the newest activity,
 * which `walk` gives by pages, until no thread further down can have begun later, for none is active before it begins.
 */
export function byBeginning(
  walk: (from: Value[], limit: number) => Row[],
  [seconds = null, id = null]: Value[],
  limit: number,
): Row[] {
  let found: Row[] = [];
  let from: Value[] = [END.lastMs, END.id];
  for (;;) {
    const page = walk(from, limit);
    const older = page.filter((row) => {
      const started = startedOf(row);
      return started < Number(seconds) || (started === Number(seconds) && Number(row[0]) < Number(id));
    });
    found = [...found, ...older]
      .sort((a, b) => startedOf(b) - startedOf(a) || Number(b[0]) - Number(a[0]))
      .slice(0, limit);
    const end = page.at(-1);
    const oldest = found.at(-1);
    if (end === undefined || page.length < limit) return found;
    if (oldest !== undefined && found.length === limit && lastOf(end) < startedOf(oldest)) return found;
    from = [lastOf(end), end[0] ?? null];
  }
}
