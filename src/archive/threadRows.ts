/** The rows of the thread lists, kept so that a page of the newest threads is a walk over an index. */
import { type Kin, sentMs, threadTree } from "../threads/thread.ts";
import type { Database, Row } from "./database.ts";
import { unpackKeys } from "./knownIds.ts";

interface Member extends Kin<number> {
  rowId: number;
}

/** Seconds in the tables, milliseconds everywhere else. */
export const toMs = (seconds: unknown): number | undefined =>
  typeof seconds === "number" ? seconds * 1000 : undefined;

/** Keeps `thread`, `threadInList` and the thread counts of the lists true to the messages. */
export class ThreadRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes the row of a thread anew from its messages; a thread without messages has none. */
  refresh(thread: number, nowMs: number): void {
    const rows = this.#database
      .prepare(
        `SELECT m.id, m.key, m.refs, m.date, m.arrived, m.mid, m.flags, m.list, p.address
         FROM message m JOIN person p ON p.id = m.person WHERE m.thread = ? ORDER BY m.id`,
      )
      .all(thread);
    if (rows.length === 0) {
      this.drop(thread);
      this.#database.prepare("DELETE FROM ghost WHERE thread = ?").run(thread);
      return;
    }
    const people = new Set<string>();
    const lists = new Set<number>();
    let [last, unread] = [0, 0];
    const members: Member[] = [];
    for (const row of rows) {
      const member = memberOf(row, nowMs);
      members.push(member);
      last = Math.max(last, (member.ms ?? 0) / 1000);
      lists.add(Number(row[7]));
      people.add(String(row[8]).toLowerCase());
      if (typeof row[6] === "string" && !row[6].includes("S")) unread += 1;
    }
    const copies = this.#database
      .prepare("SELECT list FROM copy WHERE message IN (SELECT id FROM message WHERE thread = ?)")
      .all(thread);
    for (const [list] of copies) lists.add(Number(list));
    const { head, root } = this.#ends(members);
    this.#write(thread, [head, last, rows.length, people.size, unread], [...lists], root);
  }

  /** The message whose subject the thread goes by, and the root's Message-ID when the root is a ghost. */
  #ends(members: Member[]): { head: number; root: string | null } {
    const [only] = members;
    if (members.length === 1 && only !== undefined && only.references.length === 0) {
      return { head: only.rowId, root: null };
    }
    const tree = threadTree<number, Member>(members);
    const [top] = tree;
    const head = tree.find((node) => node.held.length > 0)?.held[0];
    if (top === undefined || head === undefined) throw new Error("a thread with messages has a first one");
    if (top.held.length > 0) return { head: head.rowId, root: null };
    const row = this.#database.prepare("SELECT mid FROM ghost WHERE key = ?").get(top.id);
    return { head: head.rowId, root: row === undefined ? null : String(row[0]) };
  }

  #write(thread: number, numbers: number[], lists: number[], root: string | null): void {
    const prepare = (sql: string) => this.#database.prepare(sql);
    const [, last = 0] = numbers;
    const listText = lists.sort((a, b) => a - b).join(" ");
    const before = prepare("SELECT last, lists FROM thread WHERE id = ?").get(thread);
    // Not one statement that replaces: SQLite can take that back alone, and the full-text index writes itself out for it.
    const row = [...numbers, listText, root, thread];
    if (before === undefined) {
      prepare(
        "INSERT INTO thread (head, last, messages, participants, unread, lists, root, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ).run(...row);
    } else {
      prepare(
        "UPDATE thread SET head = ?, last = ?, messages = ?, participants = ?, unread = ?, lists = ?, root = ? WHERE id = ?",
      ).run(...row);
    }
    if (before !== undefined && before[0] === last && before[1] === listText) return;
    if (before !== undefined) this.#leave(thread, before);
    for (const list of lists) {
      prepare("INSERT INTO threadInList VALUES (?, ?, ?)").run(list, last, thread);
      prepare("UPDATE list SET threads = threads + 1 WHERE id = ?").run(list);
    }
  }

  #leave(thread: number, [last, lists]: Row): void {
    for (const list of String(lists).split(" ")) {
      this.#database
        .prepare("DELETE FROM threadInList WHERE list = ? AND last = ? AND thread = ?")
        .run(Number(list), Number(last), thread);
      this.#database.prepare("UPDATE list SET threads = threads - 1 WHERE id = ?").run(Number(list));
    }
  }

  /** Takes the row of a thread away. */
  drop(thread: number): void {
    const before = this.#database.prepare("SELECT last, lists FROM thread WHERE id = ?").get(thread);
    if (before === undefined) return;
    this.#leave(thread, before);
    this.#database.prepare("DELETE FROM thread WHERE id = ?").run(thread);
  }
}

function memberOf(row: Row, nowMs: number): Member {
  const [rowId, key, refs, date, arrived, mid] = row;
  return {
    rowId: Number(rowId),
    id: Number(key),
    messageId: String(mid),
    references: unpackKeys(refs as Uint8Array | null),
    ms: sentMs(toMs(date), toMs(arrived), nowMs),
  };
}
