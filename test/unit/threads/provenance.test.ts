/** Provenance: a cited line in, where it was said first out. */
import assert from "node:assert/strict";
import { readBody } from "../../../src/mail/body.ts";
import { type CitedMessage, citedSources, citeStates, joinSources } from "../../../src/threads/provenance.ts";

const text = (body: string): string => body.replaceAll("⏎", "\n");

/** The ancestors `p1` (the parent), `p2` …; each line as `line:messageId/sourceLine state`. */
function sources(body: string, ...bodies: string[]): string[] {
  const ancestors: CitedMessage[] = bodies.map((said, at) => ({ messageId: `p${at + 1}`, body: text(said) }));
  return citedSources(text(body), readBody(text(body)), ancestors).map(
    ({ line, messageId, sourceLine, state }) => `${line}:${messageId}/${sourceLine} ${state}`,
  );
}

describe("threads/provenance", () => {
  it("V701 a line of the parent, blanks collapsed", () =>
    assert.deepEqual(sources("> one  two⏎> three", "zero⏎one\ttwo⏎three"), [
      "1:p1/2 verbatim",
      "2:p1/3 verbatim",
    ]));
  it("V701 inner marks may be tight or spaced", () =>
    assert.deepEqual(sources("> >> deep text", "> > deep text"), ["1:p1/1 verbatim"]));
  it("V701 a line that was wrapped anew", () =>
    assert.deepEqual(sources("> one two three⏎> four five six", "one two⏎three four five⏎six"), [
      "1:p1/1 rewrapped",
      "2:p1/2 rewrapped",
    ]));
  it("V703 an edited line", () =>
    assert.deepEqual(
      sources("> the folio cache is not locked here", "x⏎the folio cache is now locked here"),
      ["1:p1/2 edited"],
    ));
  it("V703 a blank that a mailer took away edits nothing", () =>
    assert.deepEqual(sources("> Acked-by: Al Pha<al@x.example>", "x⏎Acked-by: Al Pha <al@x.example>"), [
      "1:p1/2 verbatim",
    ]));
  it("V703 a foreign line", () =>
    assert.deepEqual(sources("> something else entirely", "the folio cache"), ["1:p1/0 foreign"]));
  it("V703 a missing parent", () => assert.deepEqual(sources("> a"), ["1:/0 unknown"]));
  it("V703 the parent missing, but not its parent", () => {
    const body = "> > first\n> second";
    const ancestors: CitedMessage[] = [{ messageId: "p1" }, { messageId: "p2", body: "first" }];
    const found = citedSources(body, readBody(body), ancestors);
    assert.deepEqual(
      found.map(({ messageId, state }) => `${messageId} ${state}`),
      ["p2 verbatim", "p1 unknown"],
    );
  });
  it("V704 depth 2 comes from the parent's parent", () =>
    assert.deepEqual(sources("> > first⏎> second", "> first⏎second", "first"), [
      "1:p2/1 verbatim",
      "2:p1/2 verbatim",
    ]));
  it("V704 when that one is not at hand, from the parent", () =>
    assert.deepEqual(sources("> > first", "> first"), ["1:p1/1 verbatim"]));
  it("text of an ancestor at another depth is verbatim", () =>
    assert.deepEqual(sources("> lost one mark here", "> lost one mark here"), ["1:p1/1 verbatim"]));
  it("repeated lines follow their source downwards", () =>
    assert.deepEqual(sources("> }⏎> a⏎> }", "}⏎a⏎}"), [
      "1:p1/1 verbatim",
      "2:p1/2 verbatim",
      "3:p1/3 verbatim",
    ]));
  it("R706 a mark for left-out lines is the citer's own", () =>
    assert.deepEqual(sources("> [...]⏎> a", "a"), ["2:p1/1 verbatim"]));
  it("D236 blanks of every kind are one space", () =>
    assert.deepEqual(sources("> at 1:18\u202fPM", "at 1:18 PM"), ["1:p1/1 verbatim"]));

  it("blocks split where the source or its state changes", () => {
    const body = text("> a b⏎> c d⏎>⏎> g h⏎> not said by anyone at all⏎own");
    const said = text("a b⏎c d⏎⏎e f⏎g h");
    const blocks = readBody(body);
    const found = citedSources(body, blocks, [{ messageId: "p", body: said }]);
    const runs = joinSources(blocks, found).map(({ firstLine, lastLine, source }) => [
      firstLine,
      lastLine,
      source,
    ]);
    assert.deepEqual(runs, [
      [1, 3, { messageId: "p", firstLine: 1, lastLine: 2, state: "verbatim" }],
      [4, 4, { messageId: "p", firstLine: 5, lastLine: 5, state: "verbatim" }],
      [5, 5, { messageId: "p", firstLine: 0, lastLine: 0, state: "foreign" }],
      [6, 6, undefined],
    ]);
    assert.equal(citeStates(found).get(5), "foreign");
  });
});
