import assert from "node:assert/strict";
import { Backlog, type Change } from "../../../src/sources/backlog.ts";

const oid = (at: number): string => at.toString(16).padStart(40, "0");
const changeOf = (at: number): Change => ({ commit: oid(at), ms: 1e12 + at, added: oid(1000 + at) });

describe("sources/backlog", () => {
  it("gives changes in the order they came, whatever was taken in between", () => {
    const backlog = new Backlog();
    const taken: Change[] = [];
    for (let at = 0; at < 300; at++) {
      backlog.push(changeOf(at), true);
      if (at % 3 > 0) taken.push(backlog.shift());
    }
    while (backlog.length > 0) taken.push(backlog.shift());
    assert.deepEqual(
      taken,
      Array.from({ length: 300 }, (_, at) => changeOf(at)),
    );
    assert.throws(() => backlog.shift());
  });

  it("keeps what comes and what goes, by SHA-1 and by SHA-256", () => {
    const changes: Change[] = [
      { commit: oid(1), ms: 0, removed: oid(2) },
      { commit: "f".repeat(64), ms: -1, added: "a".repeat(64), removed: "b".repeat(64) },
    ];
    const backlog = new Backlog();
    for (const change of changes) backlog.push(change, false);
    assert.deepEqual([backlog.shift(), backlog.shift()], changes);
  });

  it("knows which blobs are asked for, and whether the head's is", () => {
    const backlog = new Backlog();
    for (let at = 0; at < 4; at++) backlog.push(changeOf(at), at % 2 === 1);
    assert.deepEqual(backlog.asked(3), [oid(1001), oid(1003)]);
    assert.equal(backlog.isAsked, false);
    backlog.shift();
    assert.equal(backlog.isAsked, true);
  });
});
