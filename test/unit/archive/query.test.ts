import assert from "node:assert/strict";
import { parseQuery, toCondition } from "../../../src/archive/query.ts";
import { isUserError } from "../../../src/base/report.ts";

const now = Date.UTC(2026, 0, 31);
const terms = (query: string, expected: string) =>
  assert.equal(
    parseQuery(query)
      .map(({ field, text }) => `${field}(${text})`)
      .join(" "),
    expected,
  );
const condition = (query: string, names: string[] | undefined = undefined) =>
  toCondition(query, { keyOf: (id) => id.length, nowMs: now, person: names && { names, files: [] } });
/** The full-text questions of a query with what joins them. */
const shape = (query: string, expected: string) => {
  const { sql, values, match } = condition(query, []);
  const left = [...values];
  const whole = [...(match === undefined ? [] : [match]), ...sql].join(" & ");
  assert.equal(
    whole.replace(/m\.id IN \(SELECT rowid FROM words WHERE words MATCH \?\)/g, () => String(left.shift())),
    expected,
  );
};
const matches = (query: string, match: string | undefined) => assert.equal(condition(query).match, match);
const seconds = (query: string, day: string) =>
  assert.deepEqual(condition(query).values, [Date.parse(`${day}T00:00:00Z`) / 1000]);
const refuses = (query: string) => assert.throws(() => condition(query), isUserError);

describe("archive/query", () => {
  it("splits words", () => terms("folio  order\tcache", "(folio) (order) (cache)"));
  it("keeps phrases", () => terms('"merge window" x', "(merge window) (x)"));
  it("lets an unclosed phrase run to the end", () => terms('"merge window', "(merge window)"));
  it("reads fields", () =>
    terms('from:ada subject:"[PATCH] x" id:<a@b>', "from(ada) subject([PATCH] x) id(<a@b>)"));
  it("knows the short names of public-inbox", () =>
    terms(
      "s:a f:b t:c b:d dfn:e l:f m:g d:2024",
      "subject(a) from(b) to(c) body(d) file(e) list(f) id(g) date(2024)",
    ));
  it("takes an unknown field for a word", () =>
    terms("mm:page_alloc http://x", "(mm:page_alloc) (http://x)"));
  it("takes an empty query", () => terms("  ", ""));
  it("bounds the number of terms", () => assert.equal(parseQuery("a ".repeat(10_000)).length, 64));

  it("asks for all words", () => matches("folio order", '"folio" AND "order"'));
  it("asks for words in columns", () =>
    matches("from:ada subject:x body:y", 'author : "ada" AND subject : "x" AND prose : "y"'));
  it("asks for a recipient by address or by how it begins", () =>
    matches("to:Ada@x.example t:linux-mm", 'recipients : "ada_x_example" AND recipients : "linux_mm" *'));
  it("asks for a changed file", () => matches("dfn:fs/x.c", 'prose : "fs/x.c"'));
  it("takes the operators of the full-text engine as words", () =>
    matches("a ^NOT NEAR(b", '"a" AND "^NOT" AND "NEAR(b"'));
  it("joins terms by AND, written or not", () => matches("a AND b c", '"a" AND "b" AND "c"'));
  it("keeps quotes within their string", () => matches('from:a"b', 'author : "a""b"'));
  it("takes a star for any ending", () =>
    matches("from:torv* fol* a * b", 'author : "torv" * AND "fol" * AND "a" AND "b"'));
  it("leaves out what holds no letter", () => matches("-- a", '"a"'));
  it("refuses a query that asks for nothing", () => refuses("-- !"));
  it("needs no full text for dates alone", () => matches("since:2024", undefined));

  it("joins by OR what stands on either side", () => shape("a b OR c", '(("a" AND "b") OR "c")'));
  it("takes brackets and NOT", () => shape("x (a OR NOT from:b)", '"x" & ("a" OR NOT (author : "b"))'));
  it("takes brackets at fields and within brackets", () =>
    shape("((subject:a b) OR c)", '((subject : "a" AND "b") OR "c")'));
  it("leaves brackets of code alone", () => shape("lock() f(x) (a", '"lock()" AND "f(x)" AND "(a"'));
  it("takes an operator in quotes, or with nothing to join, for a word", () =>
    shape('"OR" a NOT', '"OR" AND "a" AND "NOT"'));
  it("asks for what the person marked only where that is known", () => {
    refuses("is:unread");
    assert.match(condition("is:unread", []).sql.join(), /temp\.unread/);
    assert.equal(condition("is:big from:meg", []).match, '"is:big" AND author : "meg"');
  });

  it("reads a day", () => seconds("since:2024-05-31", "2024-05-31"));
  it("reads a month", () => seconds("since:2024-05", "2024-05-01"));
  it("reads a year", () => seconds("since:2024", "2024-01-01"));
  it("reads days ago", () => seconds("since:30d", "2026-01-01"));
  it("reads weeks ago", () => seconds("since:2w", "2026-01-17"));
  it("takes the whole of the day that until names", () =>
    assert.deepEqual(condition("until:2024-05-31").values, [Date.parse("2024-05-31T23:59:59Z") / 1000]));
  it("takes the whole of the month that until names", () =>
    assert.deepEqual(condition("until:2024-02").values, [Date.parse("2024-02-29T23:59:59Z") / 1000]));
  it("takes a span of dates, open at either end, with or without dashes", () => {
    const span = (query: string) =>
      condition(query).values.map((value) => new Date(Number(value) * 1000).toISOString().slice(0, 10));
    assert.deepEqual(span("d:20240131..2024-02"), ["2024-01-31", "2024-02-29"]);
    assert.deepEqual(span("d:2024"), ["2024-01-01", "2024-12-31"]);
    assert.deepEqual(condition("d:..2024").values[0], 0);
    assert.deepEqual(condition("d:2024..").values[1], Number.MAX_SAFE_INTEGER);
  });
  it("refuses a span without an end", () => refuses("d:.."));
  it("refuses what is no date", () => refuses("since:yesterday"));
  it("refuses a month that is none", () => refuses("since:2024-13-01"));

  it("takes brackets off ids", () => assert.deepEqual(condition("id:<a@b>").values, [3, "a@b"]));
  it("puts nothing typed into the SQL", () => {
    const { sql } = condition(`list:x'y%_ id:a'b "c'd"`);
    assert.ok(!/x'y|a'b|c'd/.test(sql.join(" ")));
  });
  it("escapes what LIKE would take for a pattern", () =>
    assert.deepEqual(condition("list:A%_\\").values, ["a%_\\", "a\\%\\_\\\\.%"]));
});
