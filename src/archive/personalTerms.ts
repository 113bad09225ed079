/** Terms of a search that ask for what the person made of messages: is:unread, answers:me and their like. */
import { UserError } from "../base/report.ts";
import { LATER_VERSION } from "./awaited.ts";
import type { Value } from "./database.ts";
import { ANSWERS, changesMatch, mentionMatch, type Person, TO_ME } from "./stateView.ts";

const flagged = (kind: string): string => `m.thread IN (SELECT thread FROM temp.flag WHERE kind = '${kind}')`;

/** Each term as SQL over `message m`, beside the tables of `StateJoin`. */
const TERMS: Readonly<Record<string, string>> = {
  "is:unread": "m.id IN (SELECT message FROM temp.unread WHERE bot = 0)",
  "is:starred": "m.id IN (SELECT message FROM temp.flag WHERE kind = 'star')",
  "is:noted": "m.id IN (SELECT message FROM temp.flag WHERE kind = 'note')",
  "is:followed": "m.thread IN (SELECT thread FROM temp.followed)",
  "is:muted": flagged("mute"),
  "is:snoozed": flagged("snooze"),
  "is:bot": "m.person IN (SELECT person FROM temp.bot)",
  "is:patch": "m.subject LIKE '[%PATCH%]%'",
  "from:me": "m.id IN (SELECT message FROM temp.own)",
  "to:me": `m.id IN (SELECT rowid FROM words WHERE words MATCH (${TO_ME}))`,
  "answers:me": `m.id IN (${ANSWERS})`,
  "thread:mine": "m.thread IN (SELECT thread FROM temp.own)",
  // Threads that a patch of the person begins.
  "series:mine": `m.thread IN (SELECT t.id FROM temp.own o CROSS JOIN thread t ON t.id = o.thread AND t.head = o.message
    CROSS JOIN message h ON h.id = t.head WHERE h.subject LIKE '[%PATCH%]%')`,
};

/** Mail of threads that a patch begins, where the person has said nothing, and whose author has sent no later version. */
const UNANSWERED = `m.subject LIKE '[%PATCH%]%' AND m.thread NOT IN (SELECT thread FROM temp.own)
  AND EXISTS (SELECT 1 FROM thread t CROSS JOIN message h ON h.id = t.head
    WHERE t.id = m.thread AND h.subject LIKE '[%PATCH%]%' AND NOT EXISTS (${LATER_VERSION}))`;

/** Terms whose question to the full text is made of what is known of the person. */
const ASKED: Readonly<Record<string, (person: Person, values: Value[]) => string>> = {
  "mentions:me": ({ names }, values) => {
    const match = mentionMatch(names);
    if (match === undefined) return "FALSE";
    values.push(match);
    return `m.id IN (SELECT rowid FROM words WHERE words MATCH ?)
      AND m.person NOT IN (SELECT person FROM temp.me)`;
  },
  // Patches that are sent to the person, or that change what the person looks after.
  "waiting:me": ({ files }, values) => {
    const match = changesMatch(files);
    if (match === undefined) return `${TERMS["to:me"]} AND ${UNANSWERED}`;
    values.push(match);
    return `(${TERMS["to:me"]} OR m.id IN (SELECT rowid FROM words WHERE words MATCH ?)) AND ${UNANSWERED}`;
  },
};

/** Whether a term is one of these; `from:melissa` is not. */
export const isPersonal = (field: string, text: string): boolean =>
  Object.hasOwn(ASKED, `${field}:${text}`) || Object.hasOwn(TERMS, `${field}:${text}`);

/** The SQL of a term. Throws a UserError when there is no state: `person` is undefined then. */
export function personalSql(term: string, person: Person | undefined, values: Value[]): string {
  if (person === undefined) {
    throw new UserError(
      `“${term}” asks for what you marked, and no state is open.`,
      "Search in the editor, or name its state with --state.",
    );
  }
  return TERMS[term] ?? ASKED[term]?.(person, values) ?? "FALSE";
}
