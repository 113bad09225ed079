import assert from "node:assert/strict";
import { citeMessage } from "../../../src/compose/citing.ts";
import { cutNear, restore } from "../../../src/compose/cutText.ts";
import { applyEdits } from "../../../src/compose/edit.ts";
import { trimToReplies } from "../../../src/compose/trim.ts";
import { messageOf } from "../../mails.ts";

const ATTRIBUTION = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:";
const sentences = (count: number, word: string): string[] =>
  Array.from({ length: count }, (_, at) => `The ${word} stands here for the ${at + 1}. time.`);
const BODY = [
  ...sentences(12, "pond"),
  "",
  ...sentences(2, "lake"),
  "",
  ...sentences(3, "sea"),
  "-- ",
  "Bob",
].join("\n");

const restored = async (
  reply: string[],
  line: number,
  choose = (count: number) => [...Array(count).keys()],
) => {
  const parent = await messageOf({}, BODY);
  const text = reply.join("\n");
  const cut = cutNear(text, parent, line);
  if (cut === undefined) return undefined;
  const chosen = choose(cut.passages.length).map((at) => cut.passages[at]);
  return applyEdits(text, [
    restore(
      text,
      cut,
      chosen.flatMap((passage) => passage ?? []),
    ),
  ]).split("\n");
};
const cite = (lines: string[]): string[] => lines.map((line) => `> ${line}`);

describe("cut text", () => {
  it("comes back where a mark stands for it", async () => {
    const kept = cite(sentences(3, "sea"));
    assert.deepEqual(await restored([ATTRIBUTION, "> [...]", ...kept, "", "Yes.", ""], 2), [
      ATTRIBUTION,
      ...cite(sentences(12, "pond")),
      ">",
      ...cite(sentences(2, "lake")),
      ...kept,
      "",
      "Yes.",
      "",
    ]);
  });
  it("comes back in part, the mark staying for the rest", async () => {
    const kept = cite(sentences(3, "sea"));
    assert.deepEqual(await restored([ATTRIBUTION, "> [...]", ...kept, "", "Yes.", ""], 2, () => [1]), [
      ATTRIBUTION,
      "> [...]",
      ...cite(sentences(2, "lake")),
      ...kept,
      "",
      "Yes.",
      "",
    ]);
  });
  it("comes back below the answer when it followed the answered lines", async () => {
    const above = cite(sentences(12, "pond"));
    const lines = await restored([ATTRIBUTION, ...above, "", "Yes.", ""], 15);
    assert.deepEqual(lines?.slice(14), [
      "Yes.",
      "",
      ...cite(sentences(2, "lake")),
      ">",
      ...cite(sentences(3, "sea")),
      "",
    ]);
  });
  it("is what one trimmed: everything comes back", async () => {
    const parent = await messageOf({}, BODY);
    const whole = [ATTRIBUTION, ...citeMessage(parent), "", "Yes.", ""].join("\n");
    const trimmed = applyEdits(whole, trimToReplies(whole));
    assert.notEqual(trimmed, whole);
    const lines = (await restored(trimmed.split("\n"), 2)) ?? [];
    assert.deepEqual(
      lines.filter((line) => line !== ">"),
      whole.split("\n").filter((line) => line !== ">"),
    );
  });
  it("is never the signature, and nothing when nothing is cut", async () => {
    const parent = await messageOf({}, BODY);
    const whole = [ATTRIBUTION, ...citeMessage(parent), "", "Yes.", ""];
    assert.equal(await restored(whole, 3), undefined);
  });
});
