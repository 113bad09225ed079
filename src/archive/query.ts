/** The search language: words, "phrases" and field:word terms, turned into SQL with parameters. */
import { UserError } from "../base/report.ts";
import { recipientWord } from "../mail/recipientWords.ts";
import type { Value } from "./database.ts";
import { isPersonal, personalSql } from "./personalTerms.ts";
import { type Expression, readExpression, type Term } from "./queryTree.ts";
import type { Person } from "./stateView.ts";

/** Conditions over `message m`, to be joined by AND, and the full-text expression where words are asked for. */
export interface Condition {
  sql: string[];
  values: Value[];
  /** For `words MATCH`; undefined when no term needs the full text. */
  match?: string;
}

const FIELDS = ["from", "to", "subject", "body", "file", "list", "since", "until", "date", "id"];
/** The short names that public-inbox has for fields. */
const SHORT: Readonly<Record<string, string>> = {
  f: "from",
  t: "to",
  c: "to",
  tc: "to",
  s: "subject",
  b: "body",
  dfn: "file",
  l: "list",
  d: "date",
  m: "id",
};
const HELP = `Use words, "phrases", and ${FIELDS.map((field) => `${field}:`).join(" ")} terms, joined by AND, OR and NOT and grouped by ( ), for example: from:torvalds "merge window" since:2024-01-31`;

/** Longer than any query a person types; the rest of a longer one would only cost time. */
const MAX_TERMS = 64;

/**
 * A query's terms in order. A colon after anything but a field's name is part of the word (`mm:page_alloc`), and so are
 * brackets that stand in it (`lock()`), and all of them where they do not close one another.
 */
export function parseQuery(query: string): Term[] {
  const terms = lex(query, true);
  let depth = 0;
  for (const { operator, text } of terms) {
    if (operator && text === "(") depth += 1;
    if (operator && text === ")") depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? terms : lex(query, false);
}

function lex(query: string, withBrackets: boolean): Term[] {
  const terms: Term[] = [];
  const lexer = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gy;
  const bracket = (text: string) => terms.push({ field: "", text, operator: true });
  let at = 0;
  while (at < query.length && terms.length < MAX_TERMS) {
    if (/\s/.test(query[at] ?? "")) {
      at += 1;
      continue;
    }
    if (withBrackets && (query[at] === ")" || (query[at] === "(" && query[at + 1] !== ")"))) {
      bracket(query[at] ?? "");
      at += 1;
      continue;
    }
    lexer.lastIndex = at;
    const found = lexer.exec(query);
    if (found === null) break;
    let [whole, field = "", phrase, word = ""] = found;
    if (withBrackets && phrase === undefined && !word.includes("(")) {
      const rest = whole.length - whole.replace(/\)+$/, "").length;
      whole = whole.slice(0, whole.length - rest);
      word = word.slice(0, word.length - rest);
    }
    at += whole.length;
    if (phrase === undefined && (whole === "OR" || whole === "NOT")) {
      terms.push({ field: "", text: whole, operator: true });
      continue;
    }
    // Terms that stand beside one another are joined by it anyway.
    if (phrase === undefined && whole === "AND") continue;
    const name = SHORT[field] ?? field;
    if (name === "" || FIELDS.includes(name) || isPersonal(name, word)) {
      terms.push({ field: name, text: phrase ?? word });
    } else terms.push({ field: "", text: phrase === undefined ? whole : `${field} ${phrase}` });
  }
  return terms;
}

/**
 * What FTS5 takes literally: a string in its quotes; with a star behind it, the beginning of a word. Words without letters
 * or digits would match nothing.
 */
function literal(text: string): string | undefined {
  if (!/[\p{L}\p{N}_]/u.test(text)) return undefined;
  const quoted = (part: string) => `"${part.replaceAll('"', '""')}"`;
  return /[\p{L}\p{N}_]\*$/u.test(text) ? `${quoted(text.slice(0, -1))} *` : quoted(text);
}

/** Year, month and day, as far as they are given; public-inbox writes them without dashes. */
const DATE = /^(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?$/;

/** `2024`, `2024-05`, `2024-05-31` or `14d`/`3w`/`6m`/`2y` ago: seconds since 1970 UTC. */
function seconds(term: Term, nowMs: number): number {
  const ago = /^(\d{1,4})([dwmy])$/.exec(term.text);
  if (ago !== null) {
    const days = { d: 1, w: 7, m: 30, y: 365 }[ago[2] ?? "d"] ?? 1;
    return Math.floor(nowMs / 1000) - Number(ago[1]) * days * 86_400;
  }
  const day = DATE.exec(term.text);
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
  const parts = DATE.exec(term.text);
  if (parts === null) return start;
  const end = new Date(start * 1000);
  if (parts[3] !== undefined) end.setUTCDate(end.getUTCDate() + 1);
  else if (parts[2] !== undefined) end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end.getTime() / 1000 - 1;
}

/** `2024-05`, or from one date `..` to another, either of which may be left out: its first and last second. */
function span(term: Term, nowMs: number): { since: number; until: number } {
  const [first = "", last = first] = term.text.split("..");
  if (first === "" && last === "") seconds(term, nowMs);
  const dated = (text: string): Term => ({ field: term.field, text });
  return {
    since: first === "" ? 0 : seconds(dated(first), nowMs),
    until: last === "" ? Number.MAX_SAFE_INTEGER : untilSeconds(dated(last), nowMs),
  };
}

const COLUMNS: Readonly<Record<string, string>> = {
  from: "author : ",
  subject: "subject : ",
  body: "prose : ",
  // The names of changed files stand with the author's own words.
  file: "prose : ",
  "": "",
};

/** What a query is read with. */
export interface Reading {
  /** The key of a Message-ID. */
  keyOf: (messageId: string) => number;
  nowMs: number;
  /** Whose state is joined with the index; undefined when none is. */
  person: Person | undefined;
}

/** A whole address, or the beginning of one: `to:ada@kernel.example`, `to:linux-mm`. */
function recipientMatch(text: string): string | undefined {
  const word = recipientWord(text.replace(/[<>*]/g, ""));
  if (!/[\p{L}\p{N}]/u.test(word)) return undefined;
  return `recipients : "${word}"${/@[^@*]+$/.test(text) ? "" : " *"}`;
}

/** The expression for the full text that a term stands for; undefined when it is of another kind, or matches nothing. */
function matchOf(term: Term): string | undefined {
  if (term.field === "to" && !isPersonal("to", term.text)) return recipientMatch(term.text);
  const column = isPersonal(term.field, term.text) ? undefined : COLUMNS[term.field];
  const text = column === undefined ? undefined : literal(term.text);
  return text === undefined ? undefined : `${column}${text}`;
}

/** A term as SQL over `message m`; undefined when it asks for nothing. */
function termSql(term: Term, reading: Reading, values: Value[]): string | undefined {
  const { keyOf, nowMs, person } = reading;
  if (isPersonal(term.field, term.text)) return personalSql(`${term.field}:${term.text}`, person, values);
  switch (term.field) {
    case "id": {
      const mid = term.text.replace(/^<|>$/g, "");
      values.push(keyOf(mid), mid);
      return "m.key = ? AND m.mid = ?";
    }
    case "list":
      values.push(term.text.toLowerCase(), `${term.text.toLowerCase().replace(/[\\%_]/g, "\\$&")}.%`);
      return `EXISTS (SELECT 1 FROM list l WHERE (l.list = ? OR l.list LIKE ? ESCAPE '\\')
             AND (l.id = m.list OR l.id IN (SELECT c.list FROM copy c WHERE c.message = m.id)))`;
    case "since":
      values.push(seconds(term, nowMs));
      return "coalesce(m.date, m.arrived) >= ?";
    case "until":
      values.push(untilSeconds(term, nowMs));
      return "coalesce(m.date, m.arrived) <= ?";
    case "date": {
      const { since, until } = span(term, nowMs);
      values.push(since, until);
      return "coalesce(m.date, m.arrived) BETWEEN ? AND ?";
    }
    default: {
      const match = matchOf(term);
      if (match === undefined) return undefined;
      values.push(match);
      return "m.id IN (SELECT rowid FROM words WHERE words MATCH ?)";
    }
  }
}

/** An expression as SQL; undefined when it asks for nothing. */
function expressionSql(expression: Expression, reading: Reading, values: Value[]): string | undefined {
  switch (expression.kind) {
    case "term":
      return termSql(expression.term, reading, values);
    case "not": {
      const inner = expressionSql(expression.of, reading, values);
      return inner === undefined ? undefined : `NOT (${inner})`;
    }
    default: {
      const parts = expression.of.flatMap((part) => expressionSql(part, reading, values) ?? []);
      const join = expression.kind === "and" ? " AND " : " OR ";
      return parts.length === 0 ? undefined : `(${parts.join(join)})`;
    }
  }
}

/**
 * A query as conditions, all of which must hold. Nothing typed gets into the SQL text. Throws a UserError for a date that
 * is none, and for what only a state knows where there is none.
 */
export function toCondition(query: string, reading: Reading): Condition {
  const condition: Condition = { sql: [], values: [] };
  const match: string[] = [];
  for (const part of readExpression(parseQuery(query))) {
    // Words that must all be there are one question to the full text.
    const word = part.kind === "term" ? matchOf(part.term) : undefined;
    if (word !== undefined) {
      match.push(word);
      continue;
    }
    const sql = expressionSql(part, reading, condition.values);
    if (sql !== undefined) condition.sql.push(sql);
  }
  if (match.length > 0) condition.match = match.join(" AND ");
  else if (condition.sql.length === 0 && query.trim() !== "") {
    throw new UserError(`There is nothing to search for in “${query.trim()}”.`, HELP);
  }
  return condition;
}
