import assert from "node:assert/strict";
import fc from "fast-check";
import { type Kin, sentMs, threadTree } from "../../../src/threads/thread.ts";

/** A message from `id < references @ seconds`: the tree of several, one line a node, ghosts with `?`. */
const mail = (text: string): Kin<string> => {
  const [, id = "", references = "", ms] = /^(\S+)(?: < ([^@]*?))?(?: @ (\d+))?$/.exec(text) ?? [];
  return {
    id,
    messageId: id,
    references: references.split(" ").filter((ref) => ref !== ""),
    ms: ms === undefined ? undefined : Number(ms),
  };
};
const draw = (messages: readonly Kin<string>[]) =>
  threadTree<string, Kin<string>>(messages).map(
    ({ id, depth, held }) =>
      `${"-".repeat(depth)}${id}${held.length === 0 ? "?" : ""}${held.length > 1 ? `x${held.length}` : ""}`,
  );
const check = (mails: string[], tree: string) => assert.equal(draw(mails.map(mail)).join(" "), tree);

describe("threads/thread", function () {
  this.timeout(60_000);
  it("puts answers below what they answer, by date", () =>
    check(["a @ 1", "c < a @ 3", "b < a @ 2", "d < a b @ 4"], "a -b --d -c"));
  it("puts unknown dates last among siblings", () => check(["a @ 1", "b < a", "c < a @ 9"], "a -c -b"));
  it("settles equal dates by Message-ID", () => check(["a @ 1", "c < a @ 2", "b < a @ 2"], "a -b -c"));
  it("shows what is referred to and not held as ghosts", () => check(["c < a b @ 3"], "a? -b? --c"));
  it("shows of a long run of ghosts the first and the last four", () =>
    check(
      ["h < a b c d e f g k @ 3", "i < a b x @ 4"],
      "a? -b? --c? ---e? ----f? -----g? ------k? -------h --x? ---i",
    ));
  it("orders ghosts by the earliest message below them", () =>
    check(["a @ 1", "z < a g2 @ 5", "y < a g1 @ 4"], "a -g1? --y -g2? --z"));
  it("takes a ghost's parent from the earliest message that mentions it", () =>
    check(["r @ 1", "q < r @ 2", "m < r q g @ 9", "n < r g @ 3"], "r -q -g? --n --m"));
  it("lets a message's own word about its parent stand against others' References", () =>
    check(["a @ 1", "b < a @ 2", "c < x b @ 3"], "a -b --c x?"));
  it("takes others' word for a held message that names no ancestor", () =>
    check(["a @ 1", "b @ 2", "c < a b @ 3"], "a -b --c"));
  it("keeps imposters on one node", () => check(["a @ 1", "b < a @ 2", "b < a @ 5"], "a -bx2"));
  it("lets the earliest of imposters decide about the parent", () =>
    check(["a @ 1", "z @ 1", "b < z @ 5", "b < a @ 2"], "a -bx2 z"));
  it("does not put a message below itself", () => check(["a < a @ 1", "b < a b @ 2"], "a -b"));
  it("cuts a cycle of two above its earliest message", () => check(["b < a @ 2", "a < b @ 1"], "a -b"));
  it("cuts hearsay before a message's own word", () =>
    check(["a @ 5", "b < a @ 2", "x < b a @ 1"], "a -x -b"));
  it("cuts a long cycle once", () =>
    check(["a < c @ 1", "b < a @ 2", "c < b @ 3", "d < c @ 4"], "a -b --c ---d"));

  it("does not recurse: a chain of 100,000", () => {
    const chain = Array.from({ length: 100_000 }, (_, at) =>
      mail(`m${at}${at > 0 ? ` < m${at - 1}` : ""} @ ${at}`),
    );
    assert.equal(threadTree<string, Kin<string>>(chain).at(-1)?.depth, 99_999);
  });

  it("gives each id once, parents first, whatever the order of the messages (property)", () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    const message = fc.record({
      id,
      references: fc.array(id, { maxLength: 5 }),
      ms: fc.integer({ max: 30, min: 0 }),
    });
    const thread = fc.uniqueArray(message, { maxLength: 14, selector: (one) => one.id });
    fc.assert(
      fc.property(
        thread.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const kin = (one: { id: string; references: string[]; ms: number }) => ({
            ...one,
            messageId: one.id,
          });
          const tree = threadTree<string, Kin<string>>(list.map(kin));
          const expected = new Set(list.flatMap((one) => [one.id, ...one.references]));
          assert.deepEqual(new Set(tree.map((node) => node.id)), expected);
          assert.equal(tree.length, expected.size);
          const depths = new Map<string, number>();
          for (const node of tree) {
            assert.equal(
              node.depth,
              node.parent === undefined ? 0 : (depths.get(node.parent) ?? Number.NaN) + 1,
            );
            depths.set(node.id, node.depth);
          }
          assert.deepEqual(draw(shuffled.map(kin)), draw(list.map(kin)));
        },
      ),
    );
  });
});

describe("threads/thread sentMs", function () {
  this.timeout(60_000);
  const now = Date.UTC(2026, 0, 1);
  const day = 86_400_000;
  const arrived = Date.UTC(2025, 5, 1);
  it("believes a date before its arrival", () =>
    assert.equal(sentMs(arrived - 9 * day, arrived, now), arrived - 9 * day));
  it("lets a clock be some hours ahead", () =>
    assert.equal(sentMs(arrived + 9_000, arrived, now), arrived + 9_000));
  it("lets the arrival decide for 2085", () =>
    assert.equal(sentMs(Date.UTC(2085, 0), arrived, now), arrived));
  it("lets the arrival decide for 1970", () => assert.equal(sentMs(0, arrived, now), arrived));
  it("lets the arrival decide when there is no date", () =>
    assert.equal(sentMs(undefined, arrived, now), arrived));
  it("knows nothing of 2085 without an arrival", () =>
    assert.equal(sentMs(Date.UTC(2085, 0), undefined, now), undefined));
  it("believes the past without an arrival", () => assert.equal(sentMs(arrived, undefined, now), arrived));
});
