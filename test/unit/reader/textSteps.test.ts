/** From one text of a thread to another: messages and lines in, the texts on the way out. */
import assert from "node:assert/strict";
import type { ThreadText } from "../../../src/reader/text.ts";
import { movesBetween, stepsBetween } from "../../../src/reader/textSteps.ts";

/** `0 two;a one;b x,y`: above the messages "0" and "two", then message "a" of a heading and a line, and so on. */
function textOf(written: string): ThreadText {
  const [head = "", ...pieces] = written.split(";");
  const lines = head.split(" ");
  const messages = pieces.map((piece) => {
    const [messageId = "", body = ""] = piece.split(" ");
    const heading = lines.push(messageId) - 1;
    lines.push(...body.split(","));
    return { messageId, heading };
  });
  return { lines, messages } as unknown as ThreadText;
}
const check = (before: string, after: string, ...steps: string[]): void =>
  assert.deepEqual(
    stepsBetween(textOf(before), textOf(after)).map((lines) => lines.join(" ")),
    steps,
  );

describe("reader/textSteps", () => {
  it("the same text takes no step", () => check("1;a x", "1;a x"));
  it("a message that comes is one place, the count above another", () =>
    check("1;a x;c z", "2;a x;b y;c z", "1 a x b y c z", "2 a x b y c z"));
  it("messages side by side are one place", () => check("1;a x", "1;a x;b y;c z", "1 a x b y c z"));
  it("one that goes, and one that is read otherwise", () => check("1;a x;b y;c z", "1;a X;c z", "1 a X c z"));
  it("places apart are changed from below", () =>
    check("1;a x;b y;c z", "1;a X;b y;c Z", "1 a x b y c Z", "1 a X b y c Z"));
  it("messages in another order are written at once", () => check("1;a x;b y", "1;b y;a x", "1 b y a x"));
  it("more places than sixteen take sixteen steps", () => {
    const many = (body: string) =>
      `1;${Array.from({ length: 40 }, (_, at) => `m${at} ${at % 2 === 0 ? body : "x"}`).join(";")}`;
    const steps = stepsBetween(textOf(many("x")), textOf(many("y")));
    assert.equal(steps.length, 16);
    assert.deepEqual(steps.at(-1), textOf(many("y")).lines);
  });
  it("knows where a line stands after a step", () => {
    const moved = movesBetween(["a", "b", "c", "d"], ["a", "x", "y", "z", "d"]);
    assert.deepEqual(
      [0, 1, 2, 3].map((line) => moved(line)),
      [
        { line: 0, inside: false },
        { line: 1, inside: true },
        { line: 2, inside: true },
        { line: 4, inside: false },
      ],
    );
    assert.deepEqual(movesBetween(["a", "b", "c"], ["a"])(2), { line: 1, inside: true });
  });
});
