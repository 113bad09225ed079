/** What lists and threads show of the person's marks: asked of the tables of StateJoin, which are small. */
import type { Database } from "./database.ts";
import type { ArchiveRow, MessageMarks, StateCounts, ThreadMarks } from "./remote.ts";

/** Says that own text names a person, trailers aside: "Cc: Ada" and "Reviewed-by: Ada" speak of her, not to her. */
export function mentionMatch(names: readonly string[]): string | undefined {
  const phrases = names
    .map((name) => name.replaceAll('"', " ").trim())
    .filter((name) => /[\p{L}\p{N}]/u.test(name));
  if (phrases.length === 0) return undefined;
  const any = (prefix: string) => phrases.map((name) => `"${prefix}${name}"`).join(" OR ");
  return `prose : ((${any("")}) NOT (${any("by ")} OR ${any("cc ")} OR ${any("from ")}))`;
}

/**
 * Says that a patch changes one of these files, patterns as MAINTAINERS has them: the names of changed files stand with
 * the author's own words. A folder at the top is one word, which prose has too: there the subject names it.
 */
export function changesMatch(files: readonly string[]): string | undefined {
  const phrases = files.flatMap((pattern) => {
    const [path = ""] = pattern.replaceAll('"', " ").split(/[*?[]/);
    if (!/[\p{L}\p{N}_]/u.test(path)) return [];
    const column = /^[^/]+\/$/.test(path) ? "subject" : "prose";
    return [`${column} : "${path}"${/[\p{L}\p{N}_]$/u.test(path) && path !== pattern ? " *" : ""}`];
  });
  return phrases.length === 0 ? undefined : phrases.map((phrase) => `(${phrase})`).join(" OR ");
}

/** Messages that answer one of the person's: SQL for a set of ids. */
export const ANSWERS = `SELECT a.id FROM message a WHERE a.thread IN (SELECT thread FROM temp.own)
  AND substr(a.refs, -6) IN (SELECT key FROM temp.own) AND a.person NOT IN (SELECT person FROM temp.me)`;

/** The question to the full text for mail to the person: each address as `recipientWord` writes it; `""` is in nothing. */
export const TO_ME = `SELECT 'recipients : (' || coalesce(group_concat('"' || ${[..."@.-+="].reduce(
  (sql, sign) => `replace(${sql}, '${sign}', '_')`,
  "lower(p.address)",
)} || '"', ' OR '), '""') || ')' FROM person p WHERE p.id IN (SELECT person FROM temp.me)`;

/** What is known of the person beside addresses: names, and the files that they look after. */
export interface Person {
  names: string[];
  files: string[];
}

/**
 * Unread mail of people that concerns the person: answers, own text that names them (`?` is what finds it), and mail to
 * them in threads where they have spoken. The last is asked thread by thread: a maintainer is in To of most of a list.
 */
const FOR_ME = `SELECT message FROM temp.unread WHERE bot = 0 AND answers = 1
  UNION SELECT u.message FROM words w CROSS JOIN temp.unread u ON u.message = w.rowid WHERE words MATCH ? AND +u.bot = 0
  UNION SELECT u.message FROM (SELECT DISTINCT thread FROM temp.own) o
    CROSS JOIN temp.unread u INDEXED BY unreadThread ON u.thread = o.thread
    WHERE u.bot = 0 AND EXISTS (SELECT 1 FROM words WHERE rowid = u.message AND words MATCH (${TO_ME}))`;

export class StateView {
  readonly person: () => Person;
  readonly #database: Database;

  /** A connection with the tables of `StateJoin`, which the caller keeps up to date. */
  constructor(database: Database, person: () => Person) {
    this.#database = database;
    this.person = person;
  }

  /** What a thread's row shows, by the thread's number. Robots' mail is not counted. */
  threadMarks(thread: number): { unread: number; marks?: ThreadMarks } {
    const [unread, answers] = this.#database
      .prepare(
        "SELECT count(*), max(answers) FROM temp.unread INDEXED BY unreadThread WHERE thread = ? AND bot = 0",
      )
      .get(thread) ?? [0, 0];
    const flags = this.#database.prepare("SELECT kind, value FROM temp.flag WHERE thread = ?").all(thread);
    const isFollowed =
      this.#database.prepare("SELECT 1 FROM temp.followed WHERE thread = ?").get(thread) !== undefined;
    const head = this.#database
      .prepare(
        "SELECT 1 FROM thread t JOIN message h ON h.id = t.head JOIN temp.bot b ON b.person = h.person WHERE t.id = ?",
      )
      .get(thread);
    const marks: ThreadMarks = {};
    if (answers === 1) marks.answersMe = true;
    if (isFollowed) marks.followed = true;
    if (head !== undefined) marks.bot = true;
    for (const [kind, value] of flags) {
      if (kind === "star") marks.starred = true;
      else if (kind === "mute") marks.muted = true;
      else if (kind === "snooze" && value === "version") marks.snoozedFor = "version";
      else if (kind === "snooze" && String(value).startsWith("rc:")) marks.snoozedFor = "rc";
      else if (kind === "snooze") marks.snoozedMs = Number(value);
      else if (kind === "note") marks.note = String(value);
    }
    return Object.keys(marks).length > 0 ? { unread: Number(unread), marks } : { unread: Number(unread) };
  }

  /** What the messages of a thread show, by Message-ID; those with nothing to show are left out. */
  messageMarks(thread: number): Map<string, MessageMarks> {
    const all = new Map<string, MessageMarks>();
    const of = (mid: unknown): MessageMarks => {
      const marks = all.get(String(mid)) ?? {};
      all.set(String(mid), marks);
      return marks;
    };
    const ask = (sql: string) => this.#database.prepare(sql).all(thread);
    const unread = `SELECT m.mid, u.answers FROM temp.unread u JOIN message m ON m.id = u.message WHERE u.thread = ?`;
    for (const [mid, answers] of ask(unread)) {
      of(mid).unread = true;
      if (answers === 1) of(mid).answersMe = true;
    }
    for (const [mid] of ask(
      "SELECT m.mid FROM temp.own o JOIN message m ON m.id = o.message WHERE o.thread = ?",
    )) {
      of(mid).own = true;
    }
    const bots =
      "SELECT m.mid FROM message m WHERE m.thread = ? AND m.person IN (SELECT person FROM temp.bot)";
    for (const [mid] of ask(bots)) of(mid).bot = true;
    const quiet =
      "SELECT m.mid FROM message m WHERE m.thread = ? AND m.id IN (SELECT message FROM temp.quiet)";
    for (const [mid] of ask(quiet)) of(mid).muted = true;
    for (const [mid, kind, value] of ask("SELECT mid, kind, value FROM temp.flag WHERE thread = ?")) {
      if (kind === "star") of(mid).starred = true;
      else if (kind === "note") of(mid).note = String(value);
    }
    return all;
  }

  /** Adds to the rows of the archives how much in them is unread; mail in several lists counts in each. */
  countInto(archives: ArchiveRow[]): void {
    const counts = new Map<string, number>();
    const sums = new Map<string, number>();
    // Two questions, each answered from an index: those of the lists that mail came by first, and by copies.
    const rows = this.#database
      .prepare(
        `SELECT s.path, l.list, f.count FROM (
           SELECT list, count(*) AS count FROM temp.unread WHERE bot = 0 GROUP BY list
           UNION ALL SELECT c.list, count(DISTINCT u.message) FROM copy c CROSS JOIN temp.unread u ON u.message = c.message
             WHERE +u.bot = 0 AND c.list <> u.list GROUP BY c.list
         ) f JOIN list l ON l.id = f.list JOIN source s ON s.id = l.source`,
      )
      .all();
    for (const [path, list, count] of rows) {
      const of = `${path}\n${list}`;
      counts.set(of, (counts.get(of) ?? 0) + Number(count));
      sums.set(String(path), (sums.get(String(path)) ?? 0) + Number(count));
    }
    const robots = new Set(
      this.#database
        .prepare(
          "SELECT s.path, l.list FROM temp.robotList r JOIN list l ON l.id = r.list JOIN source s ON s.id = l.source",
        )
        .all()
        .map(([path, list]) => `${path}\n${list}`),
    );
    for (const archive of archives) {
      archive.unread = sums.get(archive.source) ?? 0;
      for (const list of archive.lists) {
        const of = `${archive.source}\n${list.list}`;
        list.unread = counts.get(of) ?? 0;
        if (robots.has(of)) list.robots = true;
      }
    }
  }

  /** What the badge and the status bar count: people's unread mail. Asked of indexes, and never of all that is unread. */
  counts(): Pick<StateCounts, "forMe" | "followed" | "all"> {
    const count = (sql: string, ...values: string[]) =>
      Number(this.#database.prepare(`SELECT count(*) FROM ${sql}`).get(...values)?.[0] ?? 0);
    const match = mentionMatch(this.person().names) ?? '""';
    return {
      forMe: count(`(${FOR_ME})`, match),
      followed: count(
        "temp.followed f CROSS JOIN temp.unread u INDEXED BY unreadThread ON u.thread = f.thread WHERE u.bot = 0",
      ),
      all: count("temp.unread WHERE bot = 0"),
    };
  }

  /** The Message-IDs of a thread that are unread now, robots' too. */
  unreadOf(thread: number): string[] {
    return this.#database
      .prepare("SELECT m.mid FROM temp.unread u JOIN message m ON m.id = u.message WHERE u.thread = ?")
      .all(thread)
      .map(([mid]) => String(mid));
  }

  /** Whether a message is unread now. */
  isUnread(key: number, messageId: string): boolean {
    return (
      this.#database
        .prepare(
          "SELECT 1 FROM message m JOIN temp.unread u ON u.message = m.id WHERE m.key = ? AND m.mid = ? LIMIT 1",
        )
        .get(key, messageId) !== undefined
    );
  }

  /** The Message-IDs of a thread that carry a mark of this kind. */
  markedOf(thread: number, kind: string): string[] {
    return this.#database
      .prepare("SELECT mid FROM temp.flag WHERE thread = ? AND kind = ?")
      .all(thread, kind)
      .map(([mid]) => String(mid));
  }

  /** Unread mail of these lists (names as the state knows them) beyond a second, which no word about a list covers. */
  unreadAfter(lists: readonly string[], arrived: number): string[] {
    return this.#database
      .prepare(
        `SELECT m.mid FROM temp.unread u JOIN message m ON m.id = u.message JOIN list l ON l.id = u.list
         JOIN source s ON s.id = l.source
         WHERE coalesce(m.arrived, m.date, 0) > ? AND CASE l.list WHEN '' THEN s.path ELSE l.list END IN (SELECT value FROM json_each(?))`,
      )
      .all(arrived, JSON.stringify(lists))
      .map(([mid]) => String(mid));
  }

  /**
   * The thread whose people's mail is unread and that comes next after one in the order of the lists, newest activity
   * first (`direction` 1) or last (-1): of the lists of that thread if there is one, else of all. Begins anew at the end.
   */
  nextThread(thread: number | undefined, direction: 1 | -1): number | undefined {
    const from = "FROM temp.unread u JOIN thread t ON t.id = u.thread WHERE u.bot = 0";
    const [last = 0, lists = ""] =
      (thread === undefined
        ? undefined
        : this.#database.prepare("SELECT last, lists FROM thread WHERE id = ?").get(thread)) ?? [];
    const [beyond, order] = direction === 1 ? ["<", "DESC"] : [">", "ASC"];
    const first = (narrow: string, ...values: (string | number)[]): number | undefined => {
      const row = this.#database
        .prepare(
          `SELECT t.id ${from} AND t.id <> ?1 ${narrow} ORDER BY t.last ${order}, t.id ${order} LIMIT 1`,
        )
        .get(thread ?? 0, ...values);
      return row === undefined ? undefined : Number(row[0]);
    };
    if (thread !== undefined) {
      const inLists =
        "AND t.id IN (SELECT i.thread FROM threadInList i JOIN json_each(?2) j ON i.list = j.value AND i.last = t.last)";
      const listIds = JSON.stringify(String(lists).split(" ").map(Number));
      const found =
        first(`${inLists} AND (t.last, t.id) ${beyond} (?3, ?1)`, listIds, Number(last)) ??
        first(inLists, listIds);
      if (found !== undefined) return found;
    }
    return first("");
  }
}
