/** Single messages as rows: what a search found, what a person wrote. */
import type { Database } from "./database.ts";
import type { FoundRow } from "./remote.ts";
import { toMs } from "./threadRows.ts";

/** The rows of messages by their ids in the index, in the order given. */
export function foundRows(database: Database, ids: readonly number[]): FoundRow[] {
  const one = database.prepare(
    `SELECT m.mid, coalesce(t.root, h.mid), m.subject, p.name, p.address, m.date, m.arrived,
       (SELECT list FROM list WHERE id = m.list)
     FROM message m JOIN person p ON p.id = m.person JOIN thread t ON t.id = m.thread JOIN message h ON h.id = t.head
     WHERE m.id = ?`,
  );
  return ids.map((id) => {
    const [mid, thread, subject, name, address, date, arrived, list] = one.get(id) ?? [];
    return {
      messageId: String(mid ?? ""),
      thread: String(thread ?? ""),
      subject: String(subject ?? ""),
      fromName: String(name ?? ""),
      fromAddress: String(address ?? ""),
      dateMs: toMs(date) ?? toMs(arrived) ?? 0,
      list: String(list ?? ""),
    };
  });
}
