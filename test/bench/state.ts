/**
 * Measures what marks cost over a large index made for it: `node test/bench/state.ts [MESSAGES]`, on a Node with SQLite.
 * Prints one line for each question: the median of several, in milliseconds.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Archive, openArchive } from "../../src/archive/archive.ts";
import { Database } from "../../src/archive/database.ts";
import { hashId, keyOf, packKeys } from "../../src/archive/knownIds.ts";
import { ID_SPAN, openIndex } from "../../src/archive/schema.ts";
import { recipientWord } from "../../src/mail/recipientWords.ts";
import { root } from "../fixtures.ts";
import { median } from "./measure.ts";
import { freshFolder } from "./scratch.ts";

const MESSAGES = Number(process.argv[2] ?? 500_000);
/** Messages of a thread, and of a person. */
const THREAD = 8;
const PEOPLE = 5000;
/** Seconds between two messages: half a million in eight years. */
const APART = 500;
const NOW = Math.floor(Date.now() / 1000);

const folder = freshFolder("state");
const db = join(folder, "index.sqlite");

/** An index as a first reading leaves it, the newest message first. */
function fill(): void {
  const { database } = openIndex(db);
  const seed = database.number("SELECT value FROM fact WHERE name = 'seed'");
  const key = (id: string) => keyOf(hashId(id, seed, { high: 0, low: 0 }));
  const insert = (table: string, columns: number) =>
    database.prepare(`INSERT INTO ${table} VALUES (${Array(columns).fill("?").join(", ")})`);
  database.begin();
  database.exec(
    `INSERT INTO source (id, path, name, format, spec, cursor, low, high, messages, notes, problem, bodies, stale)
       VALUES (1, '/list', 'list', 'v2', '{"path":"/list"}', 'x', ${MESSAGES}, 0, ${MESSAGES}, '[]', NULL, 'none', 0);
     INSERT INTO list VALUES (1, 1, 'list.example', ${Math.ceil(MESSAGES / THREAD)}, ${MESSAGES});
     INSERT INTO file VALUES (1, 1, 'git/0.git')`,
  );
  const person = insert("person", 3);
  for (let id = 1; id <= PEOPLE; id += 1) person.run(id, `p${id}@kernel.example`, `Person ${id}`);
  const message = insert("message", 15);
  const words = database.prepare(
    "INSERT INTO words (rowid, subject, author, recipients, prose) VALUES (?, ?, ?, ?, ?)",
  );
  const thread = insert("thread", 8);
  const inList = insert("threadInList", 3);
  for (let at = 0; at < MESSAGES; at += 1) {
    const number = Math.floor(at / THREAD) + 1;
    const root = `m${(number - 1) * THREAD}@kernel.example`;
    const mid = `m${at}@kernel.example`;
    const date = NOW - (MESSAGES - at) * APART;
    const id = ID_SPAN / 2 - (MESSAGES - at);
    const who = 1 + ((at * 7919) % PEOPLE);
    const refs = at % THREAD === 0 ? [] : [key(root)];
    message.run(
      id,
      key(mid),
      number,
      date,
      date,
      who,
      1,
      1,
      null,
      null,
      mid,
      `subject ${number}`,
      packKeys(refs),
      null,
      null,
    );
    // As a maintainer is: half of the mail goes to the person too.
    const to = recipientWord(`p${at % 2 === 0 ? 1 : who + 1}@kernel.example`);
    words.run(id, `subject ${number}`, `Person ${who} p${who}@kernel.example`, to, "");
    if (at % THREAD === THREAD - 1 || at === MESSAGES - 1) {
      thread.run(
        number,
        ID_SPAN / 2 - (MESSAGES - (number - 1) * THREAD),
        date,
        (at % THREAD) + 1,
        THREAD,
        0,
        "1",
        null,
      );
      inList.run(1, date, number);
    }
  }
  database.commit();
  database.close();
}

/** What the roots of the Threads tree ask for, as shipped. */
function searchesOfManifest(): string[] {
  const { contributes } = JSON.parse(readFileSync(join(root(), "package.json"), "utf8")) as {
    contributes: { configuration: { properties: Record<string, { default?: unknown }> }[] };
  };
  const settings = contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
  const shipped = settings.find(([name]) => name === "kernelMail.searches")?.[1].default ?? [];
  return (shipped as { query: string }[]).map(({ query }) => query);
}

async function timed(what: string, times: number, run: (at: number) => unknown): Promise<void> {
  const spent: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begun = performance.now();
    await run(at);
    spent.push(performance.now() - begun);
  }
  console.log(`${median(spent).toFixed(1).padStart(9)} ms  ${what}`);
}

/** How many seconds ago the list was begun or read as a whole; what came since is unread. */
async function measure(since: number): Promise<void> {
  let archive: Archive | undefined;
  const state = join(folder, `state-${since}.sqlite`);
  const open = () => openArchive({ db, state, git: "git", bodies: "none" });
  const first = open();
  await first.setPeople({
    me: ["p1@kernel.example"],
    name: ["Person 1"],
    bot: ["p2@kernel.example"],
    file: [],
  });
  await first.counts();
  first.close();
  await new Promise((resolve) => setImmediate(resolve));
  const marks = new Database(state);
  marks.prepare("UPDATE readUpTo SET arrived = ?").run(NOW - since);
  marks.close();
  await timed(`open, and know what is unread`, 3, async () => {
    archive?.close();
    archive = open();
    const { all } = await archive.counts();
    if (all === 0) throw new Error("nothing is unread");
  });
  if (archive === undefined) return;
  const asked = archive;
  console.log(`             ${(await asked.counts()).all} of ${MESSAGES} messages unread`);
  const page = { source: "/list", limit: 200, quiet: true, bots: "none" as const };
  await timed("a page of 200 threads", 21, () => asked.threads(page));
  await timed("a page of 200 threads of everything", 21, () => asked.threads({ limit: 200 }));
  await timed("the archives with their counts", 21, () => asked.archives());
  await timed("the counts", 21, () => asked.counts());
  const { threads } = await asked.threads(page);
  const ids = threads.map((row) => row.thread);
  await timed("mark one message read", 21, (at) =>
    asked.mark({ words: "x", kind: "read", value: "1", messageIds: [ids[at] ?? ""] }),
  );
  await timed("mark a thread read", 21, (at) =>
    asked.mark({ words: "x", kind: "read", value: "1", threads: [ids[30 + at] ?? ""] }),
  );
  await timed("mark 100 threads read", 1, () =>
    asked.mark({ words: "x", kind: "read", value: "1", threads: ids.slice(100) }),
  );
  await timed("undo that", 1, () => asked.undo());
  await timed("mute a thread", 21, (at) =>
    asked.mark({ words: "x", kind: "mute", value: "1", threads: [ids[60 + at] ?? ""] }),
  );
  await timed("next unread", 21, (at) => asked.nextUnread({ messageId: ids[at] ?? "", direction: 1 }));
  for (const query of [...searchesOfManifest(), "is:unread"]) {
    await timed(`a page of ${query}`, 11, () =>
      asked.threads({ query: `(${query})`, limit: 200, quiet: true }),
    );
  }
  await timed("mark the list read", 1, () => asked.readList({ words: "x", untilMs: Date.now() }));
  await timed("undo that", 1, () => asked.undo());
  asked.close();
  await new Promise((resolve) => setImmediate(resolve));
}

console.log(`${MESSAGES} messages, ${MESSAGES / THREAD} threads`);
fill();
for (const days of [7, 90]) {
  console.log(`what came in ${days} days is unread:`);
  await measure(days * 86_400);
}
