/** Who of those who write is the person and who a robot, and which messages are the person's own: temporary tables. */
import type { Database, Value } from "./database.ts";
import { packKeys } from "./knownIds.ts";
import type { State } from "./state.ts";

/** With more addresses than this of one person, looking at every message is cheaper than searching for each. */
const ADDRESSES_SEARCHED = 40;

/** Numbers of rows, the end excluded. */
type Range = readonly [from: number, to: number];

const TABLES = `
CREATE TEMP TABLE me (person INTEGER PRIMARY KEY);
CREATE TEMP TABLE bot (person INTEGER PRIMARY KEY);
CREATE TEMP TABLE own (message INTEGER PRIMARY KEY, thread INTEGER, key BLOB NOT NULL);
CREATE INDEX temp.ownKey ON own (key);
CREATE INDEX temp.ownThread ON own (thread);
-- Lists with a thread that a robot began.
CREATE TEMP TABLE robotList (list INTEGER PRIMARY KEY);
`;

export class StatePeople {
  readonly #database: Database;
  readonly #state: State;
  #lastPerson = 0;
  /** Who the person and the robots were at the last look. */
  #people = "";

  constructor(database: Database, state: State) {
    this.#database = database;
    this.#state = state;
    database.exec(TABLES);
  }

  /** Makes everything anew at the next look. */
  reset(): void {
    this.#people = "";
  }

  /** Brings the tables up to date: `newRows` have come; with `marked` the person may have said who is who. */
  sync(marked: boolean, newRows: readonly Range[]): void {
    const others = marked && this.#othersNow();
    if (others) this.#lastPerson = 0;
    this.#findPeople();
    this.#findOwn(others, newRows);
    this.#findRobotLists(others, newRows);
  }

  /** Whether the person or the robots are others than at the last look. */
  #othersNow(): boolean {
    const { marks } = this.#state;
    const now = JSON.stringify([marks.people("me"), marks.people("bot")]);
    const are = now !== this.#people;
    this.#people = now;
    return are;
  }

  /** Who of those who write is the person, and who a robot. */
  #findPeople(): void {
    const last = this.#database.number("SELECT max(id) FROM person");
    if (last < this.#lastPerson) this.#lastPerson = 0;
    if (this.#lastPerson === 0) this.#database.exec("DELETE FROM temp.me; DELETE FROM temp.bot");
    const find = (table: "me" | "bot", columns: string[], globs: readonly string[]) => {
      for (const glob of globs) {
        const pattern = glob.toLowerCase().replaceAll("[", "[[]");
        const matches = columns.map((column) => `lower(${column}) GLOB ?1`).join(" OR ");
        this.#database
          .prepare(`INSERT OR IGNORE INTO temp.${table} SELECT id FROM person WHERE id > ?2 AND (${matches})`)
          .run(pattern, this.#lastPerson);
      }
    };
    find("me", ["address"], this.#state.marks.people("me"));
    find("bot", ["address", "name"], this.#state.marks.people("bot"));
    this.#database.exec("DELETE FROM temp.bot WHERE person IN (SELECT person FROM temp.me)");
    this.#lastPerson = last;
  }

  /** Where robots begin threads: anywhere, or by the rows that have come. */
  #findRobotLists(all: boolean, newRows: readonly Range[]): void {
    const begun = (messages: string) =>
      this.#database.prepare(`INSERT OR IGNORE INTO temp.robotList SELECT DISTINCT j.value FROM ${messages}
        CROSS JOIN thread t ON t.id = m.thread AND t.head = m.id
        CROSS JOIN json_each('[' || replace(t.lists, ' ', ',') || ']') j`);
    if (all) {
      this.#database.exec("DELETE FROM temp.robotList");
      begun("temp.bot b CROSS JOIN message m ON m.person = b.person").run();
    } else {
      const find = begun(
        "(SELECT * FROM message WHERE id >= ? AND id < ? AND person IN (SELECT person FROM temp.bot)) m",
      );
      for (const [from, to] of newRows) find.run(from, to);
    }
  }

  /** The person's own messages: all of them, or those among the rows that have come. */
  #findOwn(all: boolean, newRows: readonly Range[]): void {
    const insert = (id: Value, thread: Value, key: Value) =>
      this.#database
        .prepare("INSERT OR IGNORE INTO temp.own VALUES (?, ?, ?)")
        .run(id, thread, packKeys([Number(key)]));
    const columns = "SELECT m.id, m.thread, m.key FROM message m";
    const mine = "m.person IN (SELECT person FROM temp.me)";
    if (!all) {
      this.#database.exec(`
        DELETE FROM temp.own WHERE message NOT IN (SELECT id FROM message);
        UPDATE temp.own SET thread = (SELECT thread FROM message WHERE id = own.message)`);
      let met = 0;
      for (const [from, to] of newRows) {
        const rows = this.#database
          .prepare(`${columns} WHERE m.id >= ? AND m.id < ? AND ${mine}`)
          .all(from, to);
        for (const [id = null, thread = null, key = null] of rows) insert(id, thread, key);
        met += rows.length;
      }
      // A first reading meets the answers before what they answer.
      if (met > 0) {
        this.#database.exec(`UPDATE temp.unread SET answers = 1 WHERE answers = 0 AND EXISTS (SELECT 1 FROM message m
          WHERE m.id = unread.message AND substr(m.refs, -6) IN (SELECT key FROM temp.own))`);
      }
      return;
    }
    this.#database.exec("DELETE FROM temp.own");
    const addresses = this.#database
      .prepare("SELECT DISTINCT lower(address) FROM person WHERE id IN (SELECT person FROM temp.me)")
      .all()
      .map(([address]) => String(address));
    const searched = addresses.length <= ADDRESSES_SEARCHED;
    const found = searched
      ? addresses.flatMap((address) =>
          this.#database
            .prepare(`${columns} JOIN words w ON w.rowid = m.id WHERE words MATCH ? AND ${mine}`)
            .all(`author : "${address.replaceAll('"', " ")}"`),
        )
      : this.#database.prepare(`${columns} WHERE ${mine}`).all();
    for (const [id = null, thread = null, key = null] of found) insert(id, thread, key);
  }
}
