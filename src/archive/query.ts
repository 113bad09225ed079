/** The search language: words, "phrases" and field:word terms, turned into SQL with parameters. */
import { UserError } from "../base/report.ts";
import type { Value } from "./database.ts";

/** One term of a query as typed. `field` is "" for plain words. */
export interface Term {
  field: string;
  text: string;
}

/** Conditions over `message m`, to be joined by AND, and the full-text expression where words are asked for. */
export interface Condition {
  sql: string[];
  values: Value[];
  /** For `words MATCH`; undefined when no term needs the full text. */
  match?: string;
}

const FIELDS = ["from", "subject", "body", "list", "since", "until", "id"];
const HELP = `Use words, "phrases", and ${FIELDS.map((field) => `${field}:`).join(" ")} terms, for example: from:torvalds "merge window" since:2024-01-31`;

/** Longer than any query a person types; the rest of a longer one would only cost time. */
const MAX_TERMS = 64;

/** A query's terms in order. A colon after anything but a field's name is part of the word (`mm:page_alloc`). */
export function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  const lexer = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gy;
  let at = 0;
  while (at < query.length && terms.length < MAX_TERMS) {
    if (/\s/.test(query[at] ?? "")) {
      at += 1;
      continue;
    }
    lexer.lastIndex = at;
    const found = lexer.exec(query);
    if (found === null) break;
    at = lexer.lastIndex;
    const [whole, field = "", phrase, word = ""] = found;
    if (field === "" || FIELDS.includes(field)) terms.push({ field, text: phrase ?? word });
    else terms.push({ field: "", text: phrase === undefined ? whole : `${field} ${phrase}` });
  }
  return terms;
}

/** What FTS5 takes literally: a string in its quotes. Words without letters or digits would match nothing. */
function literal(text: string): string | undefined {
  return /[\p{L}\p{N}_]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : undefined;
}

/** `2024`, `2024-05`, `2024-05-31` or `14d`/`3w`/`6m`/`2y` ago: seconds since 1970 UTC. */
function seconds(term: Term, nowMs: number): number {
  const ago = /^(\d{1,4})([dwmy])$/.exec(term.text);
  if (ago !== null) {
    const days = { d: 1, w: 7, m: 30, y: 365 }[ago[2] ?? "d"] ?? 1;
    return Math.floor(nowMs / 1000) - Number(ago[1]) * days * 86_400;
  }
  const day = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(term.text);
  const [, year, month = "01", date = "01"] = day ?? [];
  const ms = year === undefined ? Number.NaN : Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  if (Number.isNaN(ms)) {
    throw new UserError(
      `“${term.field}:${term.text}” is no date.`,
      `Write ${term.field}:2024-05-31, ${term.field}:2024-05, or ${term.field}:14d for fourteen days ago.`,
    );
  }
  return Math.floor(ms / 1000);
}

/** The last second of what an `until:` term names: the whole day, month or year is meant. */
function untilSeconds(term: Term, nowMs: number): number {
  const start = seconds(term, nowMs);
  const parts = /^\d{4}(-\d{2})?(-\d{2})?$/.exec(term.text);
  if (parts === null) return start;
  const end = new Date(start * 1000);
  if (parts[2] !== undefined) end.setUTCDate(end.getUTCDate() + 1);
  else if (parts[1] !== undefined) end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end.getTime() / 1000 - 1;
}

/**
 * A query as conditions, all of which must hold. `keyOf` gives the key of a Message-ID. Nothing typed gets
 * into the SQL text. Throws a UserError for a date that is none.
 */
export function toCondition(query: string, keyOf: (messageId: string) => number, nowMs: number): Condition {
  const condition: Condition = { sql: [], values: [] };
  const match: string[] = [];
  const where = (sql: string, ...values: Value[]) => {
    condition.sql.push(sql);
    condition.values.push(...values);
  };
  const columns: Record<string, string> = {
    from: "author : ",
    subject: "subject : ",
    body: "prose : ",
    "": "",
  };
  for (const term of parseQuery(query)) {
    const column = columns[term.field];
    if (column !== undefined) {
      const text = literal(term.text);
      if (text !== undefined) match.push(column + text);
      continue;
    }
    switch (term.field) {
      case "id": {
        const mid = term.text.replace(/^<|>$/g, "");
        where("m.key = ? AND m.mid = ?", keyOf(mid), mid);
        break;
      }
      case "list":
        where(
          `EXISTS (SELECT 1 FROM list l WHERE (l.list = ? OR l.list LIKE ? ESCAPE '\\')
             AND (l.id = m.list OR l.id IN (SELECT c.list FROM copy c WHERE c.message = m.id)))`,
          term.text.toLowerCase(),
          `${term.text.toLowerCase().replace(/[\\%_]/g, "\\$&")}.%`,
        );
        break;
      case "since":
        where("coalesce(m.date, m.arrived) >= ?", seconds(term, nowMs));
        break;
      case "until":
        where("coalesce(m.date, m.arrived) <= ?", untilSeconds(term, nowMs));
        break;
    }
  }
  if (match.length > 0) condition.match = match.join(" AND ");
  else if (condition.sql.length === 0 && query.trim() !== "") {
    throw new UserError(`There is nothing to search for in “${query.trim()}”.`, HELP);
  }
  return condition;
}
