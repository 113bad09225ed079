/** What a box that confirms mail says. */
import assert from "node:assert/strict";
import type { Draft } from "../../../../src/compose/draft.ts";
import { askToSend, askToSendAll } from "../../../../src/editor/sending/confirmationWords.ts";

const draft = (subject: string, to: string, cc: readonly string[], body = "Yes.\n"): Draft => ({
  from: { name: "", address: "ada@kernel.example" },
  to: [{ name: "Bo", address: to }],
  cc: cc.map((address) => ({ name: "", address })),
  bcc: [],
  subject,
  messageId: "1@kernel.example",
  references: [],
  body,
});
const list = (n: number): string => `list${n}@lists.kernel.example`;
const titleOf = (...cc: string[]): string => askToSendAll([draft("s", "bo@kernel.example", cc)]).title;

describe("the words of a confirmation", () => {
  it("a small reply shows its own lines and everybody who gets it", () => {
    const body = "On Mon, Bo wrote:\n> Why?\n\nBecause.\n\n-- \nAda\n";
    assert.deepEqual(askToSend(draft("Re: pond", "bo@kernel.example", [list(1)], body)), {
      title: "Re: pond",
      detail: `Because.\n\n→ Bo <bo@kernel.example>\n→ ${list(1)}`,
    });
  });
  it("several name their number, the lists, and how many people", () =>
    assert.equal(titleOf(list(1), "cy@kernel.example"), `Send 1 message to ${list(1)} and 2 people?`));
  it("many lists are counted", () =>
    assert.equal(
      titleOf(list(1), list(2), list(3), list(4)),
      `Send 1 message to ${list(1)}, ${list(2)}, ${list(3)}, 1 more list and 1 person?`,
    ));
  it("that no list is there is said", () =>
    assert.equal(titleOf(), "Send 1 message to 1 person, and to no list?"));
  it("an address in several of them is named once, whatever its case", () => {
    const { title, detail } = askToSendAll([
      draft("1", "bo@kernel.example", [list(1)]),
      draft("2", "BO@kernel.example", [list(1)]),
    ]);
    assert.equal(title, `Send 2 messages to ${list(1)} and 1 person?`);
    assert.equal(detail, `1\n2\n\n→ BO@kernel.example\n→ ${list(1)}`);
  });
});
