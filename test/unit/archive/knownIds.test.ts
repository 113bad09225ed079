import assert from "node:assert/strict";
import { type Hash, hashId, KnownIds, keyOf, packKeys, unpackKeys } from "../../../src/archive/knownIds.ts";

const hash = (text: string, seed = 7): Hash => hashId(text, seed, { high: 0, low: 0 });

describe("archive/knownIds", () => {
  it("gives one id one hash, and another with another seed", () => {
    assert.deepEqual(hash("a@b"), hash("a@b"));
    assert.notDeepEqual(hash("a@b"), hash("a@b", 8));
  });

  it("keeps 200,000 ids that differ by little apart, also by their keys", () => {
    const keys = new Set<number>();
    for (let at = 0; at < 200_000; at += 1) keys.add(keyOf(hash(`2024010112345.${at}-1-ada@kernel.example`)));
    assert.equal(keys.size, 200_000);
  });

  it("packs keys of 47 bits into 6 bytes each and back", () => {
    const keys = [0, 1, 2 ** 47 - 1, keyOf(hash("x"))];
    assert.equal(packKeys(keys)?.length, 24);
    assert.deepEqual(unpackKeys(packKeys(keys)), keys);
    assert.equal(packKeys([]), null);
    assert.deepEqual(unpackKeys(null), []);
  });

  it("remembers thread and state of each id, through its own growth", () => {
    const known = new KnownIds();
    const id = (at: number) => hash(`${at}@kernel.example`);
    for (let at = 1; at <= 20_000; at += 1) {
      const slot = known.slot(id(at));
      assert.equal(known.number(slot), 0);
      known.add(slot, id(at), at, at % 3 === 0);
    }
    known.set(known.slot(id(3)), 9, false);
    for (let at = 4; at <= 20_000; at += 1) {
      const slot = known.slot(id(at));
      assert.deepEqual([known.number(slot), known.isHeld(slot)], [at, at % 3 === 0]);
    }
    const slot = known.slot(id(3));
    assert.deepEqual([known.number(slot), known.isHeld(slot)], [9, false]);
  });
});
