/** The marks of two machines that are merged by turns: they come to say the same, whatever was done where. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openState, type State } from "../../../src/archive/state.ts";
import { readState, writeState } from "../../../src/archive/stateText.ts";

describe("archive/stateMarks", () => {
  let folder = "";
  let here: State;
  let there: State;
  let nowMs = 0;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "marks-"));
    const open = (name: string): State => openState(join(folder, name)).state as State;
    [here, there] = [open("here.sqlite"), open("there.sqlite")];
    nowMs = 1_700_000_000_000;
  });
  afterEach(() => {
    here.close();
    there.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const later = (): number => {
    nowMs += 1000;
    return nowMs;
  };
  const star = (state: State, value: string | null) =>
    state.marks.change("star", [{ messageId: "a", kind: "star", value }], later());
  const textOf = ({ marks }: State): string => writeState(marks.all(), marks.readUpTo());
  /** Each takes over what the other one says, the second what the first says then. */
  const exchange = (): void => {
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      const { marks, lists } = readState(textOf(from));
      to.marks.merge(marks, lists);
    }
    assert.equal(textOf(here), textOf(there));
  };
  const starred = (): (string | undefined)[] => [here, there].map(({ marks }) => marks.value("a", "star"));

  it("what is marked on one machine is marked on the other", () => {
    star(here, "1");
    exchange();
    assert.deepEqual(starred(), ["1", "1"]);
  });
  it("a mark that is taken away does not come back from the other machine", () => {
    star(here, "1");
    exchange();
    star(there, null);
    exchange();
    assert.deepEqual(starred(), [undefined, undefined]);
    star(here, "1");
    exchange();
    assert.deepEqual(starred(), ["1", "1"]);
  });
  it("nor does one that is undone, of a message or of a whole list", () => {
    star(here, "1");
    here.marks.readLists("all read", [{ list: "maps", arrived: 1_600_000_000 }], [], later());
    exchange();
    for (let times = 0; times < 2; times += 1) here.marks.undo(later());
    exchange();
    assert.deepEqual(starred(), [undefined, undefined]);
    assert.deepEqual(
      there.marks.readUpTo().map(({ arrived }) => arrived),
      [-1],
    );
    assert.equal(here.marks.undo(nowMs), undefined);
  });
});
