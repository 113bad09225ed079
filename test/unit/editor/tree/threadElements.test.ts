import assert from "node:assert/strict";
import type { ThreadNode } from "../../../../src/archive/remote.ts";
import {
  isElement,
  type MessageElement,
  nest,
  type ThreadElement,
} from "../../../../src/editor/tree/threadElements.ts";

const thread = { kind: "thread", id: "t", row: { subject: "first" } } as unknown as ThreadElement;

const node = (messageId: string, parent?: string, missing = false): ThreadNode => ({
  messageId,
  ...(parent === undefined ? {} : { parent }),
  depth: 0,
  missing,
  subject: `subject of ${messageId}`,
  fromName: "",
  fromAddress: "",
  unread: false,
  imposters: 0,
});

const outline = (elements: MessageElement[]): unknown =>
  elements.map(({ node: { messageId }, answers }) =>
    answers.length === 0 ? messageId : [messageId, outline(answers)],
  );

const nests = (nodes: ThreadNode[], expected: unknown): void =>
  assert.deepEqual(outline(nest(nodes, thread)), expected);

describe("nest", () => {
  it("puts each message below the one it answers", () =>
    nests([node("a"), node("b", "a"), node("c", "b"), node("d", "a")], [["a", [["b", ["c"]], "d"]]]));
  it("keeps several roots", () => nests([node("a"), node("b")], ["a", "b"]));
  it("puts a message whose parent is not in the thread at the top", () =>
    nests([node("a"), node("b", "gone")], ["a", "b"]));
  it("goes as deep as the mail goes", () => {
    const nodes = Array.from({ length: 5000 }, (_, n) => node(`m${n}`, n === 0 ? undefined : `m${n - 1}`));
    let [at] = nest(nodes, thread);
    let depth = 0;
    for (; at !== undefined; at = at.answers[0]) depth++;
    assert.equal(depth, 5000);
  });
  it("opens a thread whole, and of a very large one the top alone", () => {
    const many = Array.from({ length: 400 }, (_, n) => node(`m${n}`, n === 0 ? undefined : `m${n - 1}`));
    const [large] = nest(many, thread);
    assert.deepEqual([large?.open, large?.answers[0]?.open], [true, false]);
    const [small] = nest(many.slice(0, 10), thread);
    assert.deepEqual([small?.open, small?.answers[0]?.open], [true, true]);
  });
  it("knows the subject that an answer answers, also below a ghost", () => {
    const [ghost] = nest([node("g", undefined, true), node("a", "g"), node("b", "a")], thread);
    assert.equal(ghost?.answers[0]?.parentSubject, "first");
    assert.equal(ghost?.answers[0]?.answers[0]?.parentSubject, "subject of a");
  });
  it("gives ids that stay and differ", () => {
    const ids = nest([node("a"), node("b", "a")], thread).flatMap((one) => [one.id, one.answers[0]?.id]);
    assert.deepEqual(ids, ["t\nmessage\na", "t\nmessage\nb"]);
  });
});

describe("isElement", () => {
  it("takes an element", () => assert.ok(isElement(thread)));
  it("refuses anything else", () => {
    for (const other of [undefined, null, "tree", {}, { kind: "thread" }, { kind: "x", id: "y" }]) {
      assert.ok(!isElement(other));
    }
  });
});
