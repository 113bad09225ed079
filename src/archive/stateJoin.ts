/**
 * The person's marks joined with the index: which of the messages that are held are unread, mine, starred, muted. Kept in
 * temporary tables of the connection that questions go over, so that a page of threads asks small tables alone.
 *
 * Unread is, in this order: never what the person wrote, nor what is muted or snoozed; what was marked so, by message or
 * by list, the later word counts; never what its Maildir calls seen; everything that arrived after the list was begun.
 */
import { STILL_SNOOZED } from "./awaited.ts";
import type { Database, Value } from "./database.ts";
import { hashId, keyOf, packKeys } from "./knownIds.ts";
import { passingSource } from "./passing.ts";
import { ID_SPAN } from "./schema.ts";
import type { State } from "./state.ts";
import { StatePeople } from "./statePeople.ts";

/** Of a list that is met for the first time, what arrived earlier than this counts as read, in seconds. */
const NEWS = 7 * 86_400;

/** Mail arrives at most so much later than it says it was sent, in seconds; what is slower is found when it arrives. */
const SLOW = 3 * 86_400;

/** More mail than this that turns up late at once is no news where it is older than `LATE`, in seconds. */
const CROWD = 200;
const LATE = 30 * 86_400;

/** What `unread` counts, and what searches for `is:unread`: people's mail, since robots have a lane of their own. */
const TABLES = `
CREATE TEMP TABLE upTo (list INTEGER NOT NULL, arrived INTEGER NOT NULL, setMs INTEGER NOT NULL);
CREATE INDEX temp.upToList ON upTo (list, arrived);
CREATE TEMP TABLE flag (message INTEGER, thread INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, mid TEXT NOT NULL);
CREATE INDEX temp.flagThread ON flag (thread);
CREATE INDEX temp.flagKind ON flag (kind, thread);
CREATE TEMP TABLE hidden (thread INTEGER PRIMARY KEY);
CREATE TEMP TABLE quiet (message INTEGER PRIMARY KEY);
CREATE TEMP TABLE followed (thread INTEGER PRIMARY KEY);
CREATE TEMP TABLE unread (
  message INTEGER PRIMARY KEY, thread INTEGER, list INTEGER NOT NULL, bot INTEGER NOT NULL, answers INTEGER NOT NULL
);
CREATE INDEX temp.unreadThread ON unread (thread);
CREATE INDEX temp.unreadList ON unread (bot, answers, list);
`;

/** Puts those of the messages that `which` holds for, and that are unread, into the table. */
const findUnread = (which: string): string => `
INSERT OR REPLACE INTO temp.unread SELECT id, thread, list, bot, answers FROM (
  SELECT m.id, m.thread, m.list, m.flags, m.person IN (SELECT person FROM temp.bot) AS bot,
    coalesce(substr(m.refs, -6) IN (SELECT key FROM temp.own), 0) AS answers,
    k.value AS word, coalesce(k.setMs, -1) AS wordMs,
    coalesce((SELECT max(u.setMs) FROM temp.upTo u WHERE u.arrived >= coalesce(m.arrived, m.date, 0)
      AND (u.list = m.list OR u.list IN (SELECT c.list FROM copy c WHERE c.message = m.id))), -1) AS listMs
  FROM message m LEFT JOIN state.mark k ON k.messageId = m.mid AND k.kind = 'read'
  WHERE ${which} AND m.person NOT IN (SELECT person FROM temp.me)
    AND m.thread NOT IN (SELECT thread FROM temp.hidden) AND m.id NOT IN (SELECT message FROM temp.quiet)
) WHERE CASE WHEN wordMs > listMs THEN word = '0' WHEN listMs >= 0 THEN 0 ELSE flags IS NULL OR instr(flags, 'S') = 0 END`;

/** Up to where the messages of a source were looked at. */
interface Known {
  low: number;
  high: number;
}

export class StateJoin {
  readonly #database: Database;
  readonly #state: State;
  readonly #now: () => number;
  readonly #seed: number;
  readonly #people: StatePeople;
  readonly #known = new Map<number, Known>();
  /** How far sources were read whose mails have flags, by their numbers. */
  readonly #cursors = new Map<number, string>();
  #indexVersion = -1;
  #stateVersion = -1;
  /** When the next snoozed thread comes back, in milliseconds since 1970 UTC. */
  #wakesMs = Number.POSITIVE_INFINITY;

  /** `database` is a connection to the index that writes nothing into it; it is given the state's file beside it. */
  constructor(database: Database, state: State, now: () => number) {
    this.#database = database;
    this.#state = state;
    this.#now = now;
    this.#seed = database.number("SELECT value FROM fact WHERE name = 'seed'");
    database.once("ATTACH ? AS state").run(state.path);
    database.exec(TABLES);
    this.#people = new StatePeople(database, state);
  }

  #version(schema: "main" | "state"): number {
    return this.#database.number(`PRAGMA ${schema}.data_version`);
  }

  /** The key of a Message-ID in this index. */
  key(messageId: string): number {
    return keyOf(hashId(messageId, this.#seed, { high: 0, low: 0 }));
  }

  /** Makes everything anew at the next question: rows were taken out, or numbers were given away again. */
  reset(): void {
    this.#known.clear();
    this.#people.reset();
    this.#indexVersion = -1;
    this.#stateVersion = -1;
  }

  /** Brings the tables up to what index and state hold now. Cheap when nothing has changed. */
  sync(): void {
    const [index, state] = [this.#version("main"), this.#version("state")];
    const woken = this.#now() >= this.#wakesMs;
    if (index === this.#indexVersion && state === this.#stateVersion && !woken) return;
    const marked = state !== this.#stateVersion || woken;
    let begun = false;
    this.#database.exec("BEGIN");
    try {
      begun = this.#findLists(marked);
      this.#people.sync(marked, this.#newRows());
      const isBack = this.#findFlags();
      const isMoved = this.#maildirsMoved();
      if (marked || isBack || isMoved) this.#findAllUnread();
      else this.#findNewUnread();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#indexVersion = index;
    // What was written into the state just now is ours.
    this.#stateVersion = begun ? this.#version("state") : state;
  }

  /** How far each list is read, by its number; lists that are new are begun, and then the answer is true. */
  #findLists(all: boolean): boolean {
    const lists = this.#database
      .prepare(
        "SELECT l.id, CASE l.list WHEN '' THEN s.path ELSE l.list END FROM list l JOIN source s ON s.id = l.source",
      )
      .all();
    const known = this.#database.prepare("SELECT DISTINCT list FROM temp.upTo").all().flat();
    if (!all && lists.every(([id]) => known.includes(id ?? null))) return false;
    const words = new Map<string, { arrived: number; setMs: number }[]>();
    const read = () => {
      words.clear();
      for (const word of this.#state.marks.readUpTo())
        words.set(word.list, [...(words.get(word.list) ?? []), word]);
    };
    read();
    const begun = lists.filter(([, name]) => !words.has(String(name)));
    const since = Math.floor(this.#now() / 1000) - NEWS;
    for (const [, name] of begun) this.#state.marks.beginList(String(name), since);
    if (begun.length > 0) read();
    this.#database.exec("DELETE FROM temp.upTo");
    const insert = this.#database.prepare("INSERT INTO temp.upTo VALUES (?, ?, ?)");
    for (const [id, name] of lists) {
      for (const { arrived, setMs } of words.get(String(name)) ?? []) insert.run(Number(id), arrived, setMs);
    }
    return begun.length > 0;
  }

  /**
   * What was marked otherwise than read, where it is in the index, and what follows from it for whole threads; of snoozes
   * those that go on. True when a thread is out of sight no longer.
   */
  #findFlags(): boolean {
    const before = this.#database.prepare("SELECT thread FROM temp.hidden").all();
    this.#database.exec(
      "DELETE FROM temp.flag; DELETE FROM temp.hidden; DELETE FROM temp.quiet; DELETE FROM temp.followed",
    );
    const held = this.#database.prepare(
      "SELECT id, thread FROM message WHERE key = ? AND mid = ? ORDER BY id LIMIT 1",
    );
    const ghost = this.#database.prepare("SELECT NULL, thread FROM ghost WHERE key = ? AND mid = ? LIMIT 1");
    const insert = this.#database.prepare("INSERT INTO temp.flag VALUES (?, ?, ?, ?, ?)");
    const marks = this.#database.prepare(
      "SELECT messageId, kind, value FROM state.mark WHERE kind <> 'read' AND value <> ''",
    );
    this.#wakesMs = Number.POSITIVE_INFINITY;
    for (const [mid, kind, value] of marks.all()) {
      const key = this.key(String(mid));
      const [message = null, thread] = held.get(key, String(mid)) ?? ghost.get(key, String(mid)) ?? [];
      if (thread === undefined) continue;
      insert.run(message, thread, kind as Value, value as Value, mid as Value);
      if (kind === "muteBelow") this.#quiet(Number(thread), key);
      if (kind === "snooze" && Number(value) > this.#now())
        this.#wakesMs = Math.min(this.#wakesMs, Number(value));
    }
    this.#database
      .prepare(`DELETE FROM temp.flag AS f WHERE f.kind = 'snooze' AND NOT ${STILL_SNOOZED}`)
      .run(this.#now());
    this.#database.exec(`
      INSERT OR IGNORE INTO temp.hidden SELECT thread FROM temp.flag WHERE kind IN ('mute', 'snooze');
      INSERT OR IGNORE INTO temp.followed SELECT thread FROM temp.own;
      INSERT OR IGNORE INTO temp.followed SELECT thread FROM temp.flag WHERE kind = 'follow' AND value = '1';
      DELETE FROM temp.followed WHERE thread IN (SELECT thread FROM temp.flag WHERE kind = 'follow' AND value = '0')`);
    const hidden = new Set(this.#database.prepare("SELECT thread FROM temp.hidden").all().flat());
    return before.some(([thread = null]) => !hidden.has(thread));
  }

  /** A message and everything of its thread that has it among its ancestors is silenced. */
  #quiet(thread: number, key: number): void {
    const needle = Buffer.from(packKeys([key]) ?? []);
    const insert = this.#database.prepare("INSERT OR IGNORE INTO temp.quiet VALUES (?)");
    const rows = this.#database.prepare("SELECT id, key, refs FROM message WHERE thread = ?").all(thread);
    for (const [id = null, own, refs] of rows) {
      const above = Buffer.from((refs as Uint8Array | null) ?? []);
      let isBelow = own === key;
      for (let at = 0; !isBelow && at < above.length; at += 6)
        isBelow = above.subarray(at, at + 6).equals(needle);
      if (isBelow) insert.run(id);
    }
  }

  /** The numbers of messages that came since the last look, as half-open ranges; remembers nothing. */
  #newRows(): [from: number, to: number][] {
    return this.#sources().flatMap(({ id, low, high }) => {
      const middle = (id - 1) * ID_SPAN + ID_SPAN / 2;
      const known = this.#known.get(id) ?? { low: 0, high: 0 };
      const ranges: [number, number][] = [
        [middle - low, middle - known.low],
        [middle + known.high, middle + high],
      ];
      return ranges.filter(([from, to]) => from < to);
    });
  }

  #sources(): { id: number; low: number; high: number }[] {
    return this.#database
      .prepare("SELECT id, low, high FROM source")
      .all()
      .map(([id, low, high]) => ({ id: Number(id), low: Number(low), high: Number(high) }));
  }

  #remember(): void {
    for (const { id, low, high } of this.#sources()) this.#known.set(id, { low, high });
  }

  /** Whether a Maildir has changed since the last look: another program may have said there that mail was read. */
  #maildirsMoved(): boolean {
    let moved = false;
    const rows = this.#database.prepare(
      "SELECT id, cursor FROM source WHERE format IN ('maildir', 'folder') AND cursor IS NOT NULL",
    );
    for (const [id, cursor] of rows.all()) {
      const before = this.#cursors.get(Number(id));
      moved ||= before !== undefined && before !== cursor;
      this.#cursors.set(Number(id), String(cursor));
    }
    return moved;
  }

  #findAllUnread(): void {
    this.#database.exec("DELETE FROM temp.unread");
    // Only threads with something that was sent after the list was read as a whole, and what was marked one by one.
    const recent = findUnread(
      `m.thread IN (SELECT i.thread FROM (SELECT list, max(arrived) - ${SLOW} AS since FROM temp.upTo GROUP BY list) s
       CROSS JOIN threadInList i ON i.list = s.list AND i.last > s.since)`,
    );
    this.#database.exec(recent);
    this.#judgeMarked();
    this.#remember();
  }

  /** What was marked unread one by one may be of any age. */
  #judgeMarked(): void {
    const marked = "SELECT messageId FROM state.mark WHERE kind = 'read' AND value = '0'";
    this.#judge(
      this.#database
        .prepare(marked)
        .all()
        .map(([mid]) => String(mid)),
    );
  }

  #findNewUnread(): void {
    this.#database.exec(`
      DELETE FROM temp.unread WHERE message NOT IN (SELECT id FROM message);
      UPDATE temp.unread SET thread = (SELECT thread FROM message WHERE id = unread.message)`);
    const oldest = this.#database.number(
      "SELECT min(arrived) FROM (SELECT max(arrived) AS arrived FROM temp.upTo GROUP BY list)",
    );
    const find = this.#database.prepare(
      findUnread("m.id >= ? AND m.id < ? AND coalesce(m.arrived, m.date, 0) > ?"),
    );
    for (const [from, to] of this.#newRows()) find.run(from, to, oldest);
    this.#judgeMarked();
    this.#remember();
  }

  /** Looks at these messages anew. */
  #judge(messageIds: readonly string[]): void {
    const ids = this.#database.prepare("SELECT id FROM message WHERE key = ? AND mid = ?");
    const forget = this.#database.prepare("DELETE FROM temp.unread WHERE message = ?");
    const find = this.#database.prepare(findUnread("m.id = ?"));
    for (const messageId of messageIds) {
      for (const [id = null] of ids.all(this.key(messageId), messageId)) {
        forget.run(id);
        find.run(id);
      }
    }
  }

  /**
   * Looks anew at what one change of the state was about: these messages, and with `flags` the threads they are in. The
   * tables were up to date before the change.
   */
  changed(messageIds: readonly string[], flags: boolean): void {
    this.#database.exec("BEGIN");
    try {
      if (flags) {
        this.#findFlags();
        for (const thread of this.threadsOf(messageIds)) {
          this.#database.prepare("DELETE FROM temp.unread WHERE thread = ?").run(thread);
          this.#database.prepare(findUnread("m.thread = ?")).run(thread);
        }
      } else this.#judge(messageIds);
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#stateVersion = this.#version("state");
  }

  /** The numbers of the threads that messages are in, each once; ghosts too. */
  threadsOf(messageIds: readonly string[]): number[] {
    const threads = new Set<number>();
    for (const messageId of messageIds) {
      const key = this.key(messageId);
      for (const table of ["message", "ghost"]) {
        const row = this.#database
          .prepare(`SELECT thread FROM ${table} WHERE key = ? AND mid = ? LIMIT 1`)
          .get(key, messageId);
        if (row !== undefined) threads.add(Number(row[0]));
      }
    }
    return [...threads];
  }

  /** The names of the lists that a source and a list of it stand for, as the state knows them. */
  listNames(source: string | undefined, list: string | undefined): string[] {
    return this.#database
      .prepare(
        `SELECT DISTINCT CASE l.list WHEN '' THEN s.path ELSE l.list END FROM list l JOIN source s ON s.id = l.source
         WHERE (?1 IS NULL OR s.path = ?1) AND (?2 IS NULL OR l.list = ?2)`,
      )
      .all(source ?? null, list ?? null)
      .map(([name]) => String(name));
  }

  /** How many rows a source has that came after its first reading; `keepLate` is given it after the next one. */
  newest(path: string): number {
    return this.#database.number("SELECT high FROM source WHERE path = ?", path);
  }

  /**
   * Looks at the mail that came into a source, `high` rows being there before, for what would be overlooked later and marks it unread: what
   * says that it arrived or was sent before its list was begun or read as a whole, but was not there then. A crowd of old
   * mail is an archive that was added, no news; nor is an old thread that was fetched because a link led there, until
   * something comes into it.
   */
  keepLate(path: string, high: number): void {
    const source = this.#database.number("SELECT id FROM source WHERE path = ?", path);
    const middle = (source - 1) * ID_SPAN + ID_SPAN / 2;
    const [first, end] = [middle + high, middle + ID_SPAN / 2];
    const known =
      passingSource(this.#database, path) === undefined
        ? ""
        : `AND EXISTS (SELECT 1 FROM message o WHERE o.thread = m.thread AND NOT (o.id >= ${first} AND o.id < ${end}))`;
    const late = this.#database
      .prepare(
        `SELECT m.mid, coalesce(m.arrived, m.date, 0) - u.arrived
         FROM message m JOIN (SELECT list, max(arrived) AS arrived FROM temp.upTo GROUP BY list) u ON u.list = m.list
         WHERE m.id >= ? AND m.id < ? AND m.person NOT IN (SELECT person FROM temp.me) AND (m.flags IS NULL OR instr(m.flags, 'S') = 0)
           AND min(coalesce(m.arrived, m.date, 0), coalesce(m.date, m.arrived, 0) + ${SLOW}) <= u.arrived ${known}`,
      )
      .all(first, end);
    const news = late.length <= CROWD ? late : late.filter(([, age]) => Number(age) > -LATE);
    if (news.length === 0) return;
    const messageIds = news.map(([mid]) => String(mid));
    this.#state.marks.presume(messageIds, "read", "0", this.#now());
    this.changed(messageIds, false);
  }
}
