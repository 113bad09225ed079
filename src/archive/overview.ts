/** Questions to the index: archives and lists, pages of threads, one thread, which ids are held and where. */

import { readPatchPrefix } from "../mail/subject.ts";
import type { Format, SourceSpec } from "../sources/source.ts";
import { type Kin, sentMs, threadTree } from "../threads/thread.ts";
import { findPeople, readCorrespondent } from "./correspondents.ts";
import type { Database, Row, Value } from "./database.ts";
import { foundRows } from "./foundRows.ts";
import { type Held, heldUnder } from "./held.ts";
import { hashId, keyOf, unpackKeys } from "./knownIds.ts";
import { countPassing, passingSource, stillPassing } from "./passing.ts";
import { type Condition, type Reading, toCondition } from "./query.ts";
import type {
  ArchiveContract,
  ArchiveRow,
  Correspondent,
  FoundRow,
  MessageMarks,
  PersonRow,
  ThreadNode,
  ThreadPage,
  ThreadRow,
  Unread,
} from "./remote.ts";
import { ID_SPAN } from "./schema.ts";
import type { StateView } from "./stateView.ts";
import { byBeginning, END, HEAD, lastOf, STARTED, startedOf, THREAD } from "./threadOrder.ts";
import { toMs } from "./threadRows.ts";

interface Member extends Kin<number> {
  subject: string;
  fromName: string;
  fromAddress: string;
  unread: boolean;
}

/** Threads of a list that are looked at for those that robots began. */
const WALKED = 20_000;

const text = (value: Value | undefined): string => String(value ?? "");

export class Overview {
  readonly #database: Database;
  readonly #seed: number;
  readonly #now: () => number;
  /** What the person made of messages; without it nothing is known of that. */
  view: StateView | undefined;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#seed = database.number("SELECT value FROM fact WHERE name = 'seed'");
    this.#now = now;
  }

  #key(messageId: string): number {
    return keyOf(hashId(messageId, this.#seed, { high: 0, low: 0 }));
  }

  #reading(): Reading {
    return { keyOf: (id) => this.#key(id), nowMs: this.#now(), person: this.view?.person() };
  }

  archives(): ArchiveRow[] {
    return this.#database
      .prepare("SELECT id, path, name, format, problem, notes FROM source ORDER BY id")
      .all()
      .map(([id, path, name, format, problem, notes]) => {
        const lists = this.#listsOf(Number(id));
        return {
          source: text(path),
          name: text(name),
          format: format as Format,
          messages: lists.reduce((sum, { messages }) => sum + messages, 0),
          threads: this.#threadsOf(Number(id)),
          lists,
          ...(problem === null ? {} : { problem: text(problem) }),
          ...(text(notes) === "[]" ? {} : { notes: JSON.parse(text(notes)) as string[] }),
        };
      });
  }

  /** The lists of a source, most mail first. */
  #listsOf(source: number): ArchiveRow["lists"] {
    return this.#database
      .prepare(
        "SELECT list, threads, messages FROM list WHERE source = ? AND messages > 0 ORDER BY messages DESC, list",
      )
      .all(source)
      .map(([list, threads, messages]) => ({
        list: text(list),
        name: text(list).split(".")[0] ?? "",
        threads: Number(threads),
        messages: Number(messages),
      }));
  }

  /** Leaves out of the rows of archives that threads pass through what has left them. */
  countPassing(rows: ArchiveRow[]): void {
    for (const row of rows) {
      const source = passingSource(this.#database, row.source);
      if (source === undefined) continue;
      const { unread, ...counts } = countPassing(this.#database, source, this.view !== undefined);
      Object.assign(row, counts, row.unread === undefined ? {} : { unread });
    }
  }

  /** A source's threads. Those of one list are counted as they come; several may have threads in common. */
  #threadsOf(source: number): number {
    const [lists, threads] = this.#database
      .prepare("SELECT count(*), sum(threads) FROM list WHERE source = ? AND messages > 0")
      .get(source) ?? [0, 0];
    if (Number(lists) < 2) return Number(threads ?? 0);
    return this.#database.number(
      "SELECT count(DISTINCT thread) FROM threadInList WHERE list IN (SELECT id FROM list WHERE source = ?)",
      source,
    );
  }

  /** The archives that are not read to their end. */
  reach(): Unread[] {
    const oldest = this.#database.prepare(
      "SELECT coalesce(arrived, date) FROM message WHERE id >= ? AND id < ? ORDER BY id LIMIT 1",
    );
    return this.#database
      .prepare("SELECT id, path, name, part FROM source WHERE part IS NOT NULL ORDER BY id")
      .all()
      .map(([id, source, name, part]) => {
        const [seconds] = oldest.get((Number(id) - 1) * ID_SPAN, Number(id) * ID_SPAN) ?? [];
        const backToMs = toMs(seconds);
        return {
          source: text(source),
          name: text(name),
          part: Number(part),
          ...(backToMs === undefined ? {} : { backToMs }),
        };
      });
  }

  /** A page of threads, newest activity first. Without a query it is a walk over an index, whatever the size. */
  threads(params: ArchiveContract["requests"]["threads"]["params"]): ThreadPage {
    const { after = END, limit } = params;
    const from: Value[] = [Math.floor(after.lastMs / 1000), after.id];
    const shown = this.#shown(params);
    const lists = this.#lists(params.source, params.list);
    const query = params.query?.trim() ?? "";
    const byStart = params.order === "started";
    const walk = (end: Value[], count: number) =>
      this.#newest(lists, shown, params.bots === "only", end, count);
    const rows =
      query !== ""
        ? this.#found(byStart ? STARTED : "t.last", query, lists, shown, from, limit)
        : byStart
          ? byBeginning(walk, from, limit)
          : walk(from, limit);
    const threads = rows.map((row) => this.#threadRow(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return { threads };
    const seconds = byStart ? startedOf(last) : lastOf(last);
    return { threads, next: { lastMs: seconds * 1000, id: Number(last[0]) } };
  }

  /** The threads of some lists, or of all, whose newest activity comes before `from`. */
  #newest(
    lists: readonly number[] | undefined,
    shown: string,
    onlySome: boolean,
    from: Value[],
    limit: number,
  ): Row[] {
    if (lists !== undefined) return this.#merged(lists, shown, onlySome, from, limit);
    return this.#database
      .prepare(
        `SELECT ${THREAD} FROM thread t ${HEAD} WHERE (t.last, t.id) < (?, ?) ${shown}
         ORDER BY t.last DESC, t.id DESC LIMIT ?`,
      )
      .all(...from, limit);
  }

  /** SQL that narrows threads `t` with their first message `m` to those that a list shows. */
  #shown(params: ArchiveContract["requests"]["threads"]["params"]): string {
    const { source, passed } = params;
    const passing =
      source === undefined || passed === true ? undefined : passingSource(this.#database, source);
    return [
      this.view === undefined ? "" : shownThreads(params),
      passing === undefined ? "" : stillPassing(passing, this.view !== undefined),
    ]
      .join(" ")
      .trim();
  }

  /** The list rows that a source and a list stand for; undefined when nothing narrows. */
  #lists(source: string | undefined, list: string | undefined): number[] | undefined {
    if (source === undefined && list === undefined) return undefined;
    return this.#database
      .prepare(
        `SELECT l.id FROM list l JOIN source s ON s.id = l.source
         WHERE (?1 IS NULL OR s.path = ?1) AND (?2 IS NULL OR l.list = ?2 OR l.list LIKE ?3 ESCAPE '\\')`,
      )
      .all(source ?? null, list ?? null, list ? `${list.replace(/[\\%_]/g, "\\$&")}.%` : null)
      .map(([id]) => Number(id));
  }

  /** The newest threads of several lists: the newest of each, merged; a thread in two of them comes once. */
  #merged(lists: readonly number[], shown: string, onlySome: boolean, from: Value[], limit: number): Row[] {
    // Where nearly all are left out, the walk ends before the list does.
    const recent = onlySome
      ? `(SELECT list, last, thread FROM threadInList WHERE list = ?1 ORDER BY last DESC, thread DESC LIMIT ${WALKED})`
      : "threadInList";
    const head = shown === "" ? "" : "JOIN thread t ON t.id = i.thread JOIN message m ON m.id = t.head";
    const walk = this.#database.prepare(
      `SELECT i.last, i.thread FROM ${recent} i ${head} WHERE i.list = ?1 AND (i.last, i.thread) < (?2, ?3) ${shown}
       ORDER BY i.last DESC, i.thread DESC LIMIT ?4`,
    );
    const found = new Map<number, number>();
    for (const list of lists) {
      for (const [last, thread] of walk.all(list, ...from, limit)) found.set(Number(thread), Number(last));
    }
    const newest = [...found].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, limit);
    const row = this.#database.prepare(`SELECT ${THREAD} FROM thread t ${HEAD} WHERE t.id = ?`);
    return newest.map(([thread]) => row.get(thread)).filter((found) => found !== undefined);
  }

  /** The threads that a query finds, by a time of theirs. */
  #found(
    order: string,
    query: string,
    lists: readonly number[] | undefined,
    shown: string,
    from: Value[],
    limit: number,
  ): Row[] {
    const { sql, values } = matching(toCondition(query, this.#reading()), "m.thread");
    const inLists =
      lists === undefined
        ? ""
        : `AND t.id IN (SELECT thread FROM threadInList WHERE list IN (${lists.join(",") || "NULL"}))`;
    return this.#database
      .once(
        `SELECT ${THREAD} FROM thread t ${HEAD} WHERE t.id IN (${sql}) ${inLists} ${shown} AND (${order}, t.id) < (?, ?)
         ORDER BY ${order} DESC, t.id DESC LIMIT ?`,
      )
      .all(...values, ...from, limit);
  }

  /** Messages that match, the newest arrivals first. `after` is the `next` of the page before. */
  search(params: { query: string; after?: number; limit: number }): { found: FoundRow[]; next?: number } {
    const condition = toCondition(params.query, this.#reading());
    const { sql, values } = matching(condition, "m.id");
    const order = condition.match === undefined ? "m.id" : "w.rowid";
    const ids = this.#database
      .once(`${sql} AND ${order} < ? ORDER BY ${order} DESC LIMIT ?`)
      .all(...values, params.after ?? Number.MAX_SAFE_INTEGER, params.limit)
      .map(([id]) => Number(id));
    const found = foundRows(this.#database, ids);
    const next = ids.at(-1);
    return next === undefined || ids.length < params.limit ? { found } : { found, next };
  }

  /** The row of a thread by its number; undefined when there is none. */
  row(thread: number): ThreadRow | undefined {
    const row = this.#database.prepare(`SELECT ${THREAD} FROM thread t ${HEAD} WHERE t.id = ?`).get(thread);
    return row === undefined ? undefined : this.#threadRow(row);
  }

  people({ text: words, limit }: { text: string; limit: number }): PersonRow[] {
    return findPeople(this.#database, words, limit, this.#now());
  }

  person({ address, limit }: { address: string; limit: number }): Correspondent | null {
    return readCorrespondent(this.#database, address, limit);
  }

  #threadRow(row: Row): ThreadRow {
    const [id, thread, subject, name, address, date, arrived, last, messages, participants, unread, list] =
      row;
    const series = seriesOf(text(subject));
    return {
      thread: text(thread),
      subject: text(subject),
      fromName: text(name),
      fromAddress: text(address),
      dateMs: sentMs(toMs(date), toMs(arrived), this.#now()) ?? 0,
      lastMs: Number(last) * 1000,
      messages: Number(messages),
      participants: Number(participants),
      unread: Number(unread),
      list: text(list),
      ...(series === undefined ? {} : { series }),
      ...this.view?.threadMarks(Number(id)),
    };
  }

  /** The number of the thread a held or missing message belongs to; 0 when there is none. */
  #threadOf(messageId: string): number {
    const key = this.#key(messageId);
    const find = (table: string) =>
      this.#database
        .prepare(`SELECT thread FROM ${table} WHERE key = ? AND mid = ? LIMIT 1`)
        .get(key, messageId);
    return Number((find("message") ?? find("ghost"))?.[0] ?? 0);
  }

  /** The thread a held or missing message belongs to, in reading order. */
  thread(messageId: string): { row: ThreadRow; nodes: ThreadNode[] } | null {
    const thread = this.#threadOf(messageId);
    const row = this.row(thread);
    return row === undefined ? null : { row, nodes: this.nodes(thread) };
  }

  /** The messages of a thread, by its number, in reading order. */
  nodes(thread: number): ThreadNode[] {
    const marks = this.view?.messageMarks(thread);
    const names = new Map<number, string>();
    for (const [ghost, mid] of this.#database
      .prepare("SELECT key, mid FROM ghost WHERE thread = ?")
      .all(thread)) {
      names.set(Number(ghost), text(mid));
    }
    const members = this.#members(thread);
    for (const { id, messageId: mid } of members) names.set(id, mid);
    return threadTree<number, Member>(members).map(({ id, parent, depth, held }): ThreadNode => {
      const [first] = held;
      const above = parent === undefined ? undefined : names.get(parent);
      return {
        messageId: names.get(id) ?? "",
        ...(above === undefined ? {} : { parent: above }),
        depth,
        missing: first === undefined,
        subject: first?.subject ?? "",
        fromName: first?.fromName ?? "",
        fromAddress: first?.fromAddress ?? "",
        ...(first?.ms === undefined ? {} : { dateMs: first.ms }),
        imposters: Math.max(0, held.length - 1),
        ...(marks === undefined
          ? { unread: first?.unread ?? false }
          : marked(marks.get(names.get(id) ?? ""))),
      };
    });
  }

  #members(thread: number): Member[] {
    const now = this.#now();
    return this.#database
      .prepare(
        `SELECT m.key, m.mid, m.refs, m.date, m.arrived, m.subject, p.name, p.address, m.flags
         FROM message m JOIN person p ON p.id = m.person WHERE m.thread = ? ORDER BY m.id`,
      )
      .all(thread)
      .map(([key, mid, refs, date, arrived, subject, name, address, flags]) => ({
        id: Number(key),
        messageId: text(mid),
        references: unpackKeys(refs as Uint8Array | null),
        ms: sentMs(toMs(date), toMs(arrived), now),
        subject: text(subject),
        fromName: text(name),
        fromAddress: text(address),
        unread: typeof flags === "string" && !flags.includes("S"),
      }));
  }

  /** What is held under these Message-IDs and where it lies. */
  held(messageIds: readonly string[]): Held[] {
    return heldUnder(this.#database, (id) => this.#key(id), messageIds);
  }

  /** How a source was named when it was indexed; undefined when it is not known. */
  spec(path: string): SourceSpec | undefined {
    const row = this.#database.prepare("SELECT spec FROM source WHERE path = ?").get(path);
    return row === undefined ? undefined : (JSON.parse(text(row[0])) as SourceSpec);
  }

  has(messageIds: readonly string[]): boolean[] {
    const one = this.#database.prepare("SELECT 1 FROM message WHERE key = ? AND mid = ? LIMIT 1");
    return messageIds.map((mid) => one.get(this.#key(mid), mid) !== undefined);
  }

  /** A page of the ids held, in order of arrival, each once however many imposters it has. */
  ids(after: number | undefined, limit: number): { ids: string[]; next?: number } {
    const rows = this.#database
      .prepare("SELECT id, key, mid FROM message WHERE id > ? ORDER BY id LIMIT ?")
      .all(after ?? -1, limit);
    const earlier = this.#database.prepare(
      "SELECT 1 FROM message WHERE key = ? AND mid = ? AND id < ? LIMIT 1",
    );
    const ids = rows
      .filter(([id, key, mid]) => earlier.get(Number(key), text(mid), Number(id)) === undefined)
      .map(([, , mid]) => text(mid));
    const last = rows.at(-1);
    return last === undefined || rows.length < limit ? { ids } : { ids, next: Number(last[0]) };
  }

  /** Sizes for a diagnosis. */
  counts(): Record<string, number> {
    const count = (table: string) => this.#database.number(`SELECT count(*) FROM ${table}`);
    return {
      archives: count("source"),
      messages: count("message"),
      threads: count("thread"),
      ghosts: count("ghost"),
      people: count("person"),
      copies: count("copy"),
      indexBytes: this.#database.number("PRAGMA page_count") * this.#database.number("PRAGMA page_size"),
    };
  }
}

/** What a node shows of the person's marks. */
const marked = (marks: MessageMarks | undefined): Pick<ThreadNode, "unread" | "marks"> =>
  marks === undefined ? { unread: false } : { unread: marks.unread === true, marks };

/** SQL that narrows threads `t` with their first message `m` to those that a list shows. */
function shownThreads({ quiet, bots }: { quiet?: boolean; bots?: "only" | "none" }): string {
  const conditions = [];
  if (quiet === true) conditions.push("AND t.id NOT IN (SELECT thread FROM temp.hidden)");
  const isBots = "m.person IN (SELECT person FROM temp.bot)";
  if (bots !== undefined) conditions.push(bots === "only" ? `AND ${isBots}` : `AND NOT ${isBots}`);
  return conditions.join(" ");
}

/** The series a thread's first subject begins; undefined when it is no patch. */
function seriesOf(subject: string): { version: number; patches: number } | undefined {
  const { isPatch, isReply, version, of } = readPatchPrefix(subject);
  return isPatch && !isReply ? { version, patches: of ?? 1 } : undefined;
}

/** A SELECT of `column` over the messages a condition holds for; ends in a WHERE clause to go on from. */
function matching(condition: Condition, column: string): { sql: string; values: Value[] } {
  const { match, sql, values } = condition;
  const where = sql.length === 0 ? "TRUE" : sql.join(" AND ");
  if (match === undefined) return { sql: `SELECT ${column} FROM message m WHERE ${where}`, values };
  return {
    sql: `SELECT ${column} FROM words w JOIN message m ON m.id = w.rowid WHERE words MATCH ? AND ${where}`,
    values: [match, ...values],
  };
}
