/** Which lines of prose go on in the next: lines in, the joined paragraphs out. */
import assert from "node:assert/strict";
import { joint, proseJoins } from "../../src/reader/client/paragraphs.ts";

function joined(...lines: string[]): string[] {
  const joins = proseJoins(lines);
  const paragraphs: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (joins.has(at - 1)) paragraphs.push(`${paragraphs.pop()} ${line}`);
    else paragraphs.push(line);
  }
  return paragraphs;
}
const staysAsItIs = (...lines: string[]): void => assert.deepEqual(joined(...lines), lines);

describe("reader/client/paragraphs", () => {
  it("puts nothing behind a hyphen", () =>
    assert.deepEqual(["null-", "a -", "a"].map(joint), ["", " ", " "]));

  const first = "The pond is drained before the gate is closed, so that the";
  const second = "fish have nowhere to go; what about asking the keeper first?";

  it("joins lines that were broken because they were full", () =>
    assert.deepEqual(joined(first, second, "I would.", "", first, second), [
      `${first} ${second} I would.`,
      "",
      `${first} ${second}`,
    ]));
  it("joins lines that were broken by hand a little too early, but none that ends a sentence there", () => {
    const early = "The pond is drained before the gate is closed, for all of";
    const wide = "the fish have nowhere to go; what about asking the keeper first, or";
    const late = "the neighbour? Nobody knows where the other one has gone to.";
    assert.deepEqual(
      joined(early, wide, late, "I will ask him as soon as he is back, this week or the next."),
      [`${early} ${wide} ${late}`, "I will ask him as soon as he is back, this week or the next."],
    );
  });
  it("keeps a line that its author ended", () =>
    assert.deepEqual(joined(first, second, "It is late.", first, second), [
      `${first} ${second} It is late.`,
      `${first} ${second}`,
    ]));
  it("keeps lists", () => staysAsItIs(`- ${first}`, `- ${second}`, `1. ${first}`, `2. ${second}`));
  it("keeps what is indented", () => staysAsItIs(first, `  ${second}`, `\t${first}`));
  it("keeps tables", () =>
    staysAsItIs("name of the pond          depth in metres", "the one behind the mill    2 and a half    "));
  it("keeps code", () =>
    staysAsItIs(
      "static int pond_drain(struct pond *pond, struct gate *gate) {",
      "pond_close(gate, pond, GATE_NOW | GATE_WAIT | GATE_LAST);",
    ));
  it("keeps logs, whose lines end anywhere", () =>
    staysAsItIs(
      "pond0: the gate of this pond was opened by hand",
      "pond0: level 12, and the level of the next one is unknown to the driver",
      "pond0: draining, please wait for the last fish",
      "pond0: drained after a minute",
    ));
  it("keeps lines that nobody broke at a column", () => staysAsItIs(`${first} ${first} ${first}`, second));
  it("is quick on many lines", () => assert.equal(proseJoins(new Array(200_000).fill(first)).size, 199_999));
});
