/** When the editor is told that rows have changed: never while it waits for rows. */
import assert from "node:assert/strict";
import { rowChanges } from "../../../../src/editor/tree/rowChanges.ts";

/** What happened, in its order; `told` waits for the next change that the editor is told. */
function stage(patienceMs = 60_000) {
  const events: string[] = [];
  let heard: () => void = () => undefined;
  const told = () => new Promise<void>((resolve) => (heard = resolve));
  const changes = rowChanges<string>(
    (rows) => {
      events.push(rows === undefined ? "all changed" : `${rows.join(", ")} changed`);
      heard();
    },
    { restMs: 1, patienceMs },
  );
  const ask = (name: string) => {
    let come: () => void = () => undefined;
    const rows = new Promise<void>((resolve) => (come = resolve)).then(() => events.push(`rows of ${name}`));
    return { come: () => come(), asked: changes.asked(() => rows) };
  };
  return { events, told, changes, ask };
}

describe("changes of rows", () => {
  it("are told at once where no rows are asked for, each row once", async () => {
    const { events, told, changes } = stage();
    changes.tell("one", "two");
    changes.tell("one");
    await told();
    assert.deepEqual(events, ["one, two changed"]);
  });

  it("wait until the rows that were asked for have come, and those that are asked for next", async () => {
    const { events, told, changes, ask } = stage();
    const archive = ask("archive");
    changes.tell("archive");
    archive.come();
    await archive.asked;
    const lane = ask("lane");
    const end = told();
    lane.come();
    await end;
    assert.deepEqual(events, ["rows of archive", "rows of lane", "archive changed"]);
  });

  it("are told as one when all has changed", async () => {
    const { events, told, changes } = stage();
    changes.tell("one");
    changes.tell(undefined);
    await told();
    assert.deepEqual(events, ["all changed"]);
  });

  it("wait for rows that failed, and then no longer", async () => {
    const { events, told, changes } = stage();
    changes.tell("one");
    const end = told();
    await assert.rejects(changes.asked(() => Promise.reject(new Error("gone"))));
    await end;
    assert.deepEqual(events, ["one changed"]);
  });

  it("can be waited for, and need no waiting where there are none", async () => {
    const { events, changes, ask } = stage();
    await changes.told();
    const archive = ask("archive");
    changes.tell("one");
    archive.come();
    await changes.told();
    assert.deepEqual(events, ["rows of archive", "one changed"]);
  });

  it("are told after a while whatever is asked for", async () => {
    const { events, told, changes, ask } = stage(5);
    const slow = ask("slow archive");
    changes.tell("one");
    await told();
    slow.come();
    await slow.asked;
    assert.deepEqual(events, ["one changed", "rows of slow archive"]);
  });
});
