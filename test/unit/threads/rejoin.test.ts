/** Repair of broken cites: a body and its ancestors in, the lines to rejoin out. */
import assert from "node:assert/strict";
import { readBody } from "../../../src/mail/body.ts";
import { citedSources } from "../../../src/threads/provenance.ts";
import { findRejoined } from "../../../src/threads/rejoin.ts";

/** Each line as `line depth`, with `?` when it is not proven. */
function rejoined(text: string, ...bodies: string[]): string[] {
  const body = text.replaceAll("⏎", "\n");
  const ancestors = bodies.map((said, at) => ({ messageId: `p${at}`, body: said.replaceAll("⏎", "\n") }));
  const blocks = readBody(body);
  return findRejoined(body, blocks, citedSources(body, blocks, ancestors), ancestors).map(
    ({ line, depth, proven }) => `${line} ${depth}${proven ? "" : "?"}`,
  );
}

const FULL = "> this line was filled up to the very last column that a mailer allows it to";

describe("threads/rejoin", () => {
  it("A19 a rest without marks", () =>
    assert.deepEqual(
      rejoined("> > aaa bbb ccc ddd eee⏎fff ggg⏎> > hh", "> aaa bbb ccc ddd eee fff ggg⏎> hh"),
      ["2 2"],
    ));
  it("A20 no proof, no repair", () =>
    assert.deepEqual(rejoined("> > aaa bbb ccc ddd eee⏎fff ggg⏎> > hh", "> aaa bbb ccc ddd eee⏎> hh"), []));
  it("A21 an answer of one line", () =>
    assert.deepEqual(
      rejoined(
        "> long cited sentence ending here.⏎Yes. I agree.⏎> next",
        "long cited sentence ending here.⏎next",
      ),
      [],
    ));
  it("A22 P506 a rest that lost some marks", () =>
    assert.deepEqual(
      rejoined("> > > a longer text that was cut⏎> here", "> > a longer text that was cut here"),
      ["2 3"],
    ));
  it("P503 a line wrapped twice", () =>
    assert.deepEqual(
      rejoined("> a longer text that was cut⏎here and⏎there", "a longer text that was cut here and there"),
      ["2 1", "3 1"],
    ));
  it("P502 cut inside a word", () =>
    assert.deepEqual(
      rejoined("> a longer text that was sepa⏎rated here", "a longer text that was separated here"),
      ["2 1"],
    ));
  it("P504 possibly wrapped when the parent is missing", () =>
    assert.deepEqual(rejoined(`${FULL}⏎have here⏎> and more`), ["2 1?"]));
  it("P504 not when it begins like a sentence", () =>
    assert.deepEqual(rejoined(`${FULL}⏎Yes.⏎> and more`), []));
  it("P504 not when the parent is at hand", () =>
    assert.deepEqual(rejoined(`${FULL}⏎have here⏎> and more`, "x"), []));
});
