import assert from "node:assert/strict";
import { openReadOnLeave } from "../../../../src/editor/triage/readOnLeave.ts";

type When = "onLeave" | "onOpen" | "onDwell" | "never";

/** What is read when these messages come into view one after the other; "-" is none, "!" keeps the one in view unread. */
function readWhile(when: When, ...shown: string[]): string[] {
  const read: string[] = [];
  const reading = openReadOnLeave({
    triage: {
      mark: async ({ messageIds = [] }) => {
        read.push(...messageIds);
        return { rows: [], all: false, counts: { forMe: 0, followed: 0, all: 0 } };
      },
    },
    settings: { markRead: () => when },
    commands: { attempt: (_, run) => void run() },
  });
  let inView = "";
  for (const one of shown) {
    if (one === "!") reading.keepUnread(inView);
    else {
      inView = one;
      reading.shown(one === "-" ? undefined : one);
    }
  }
  reading.dispose();
  return read;
}

describe("editor/readOnLeave", () => {
  const reads = (when: When, shown: string, expected: string) => () =>
    assert.equal(readWhile(when, ...shown.split(" ")).join(" "), expected);
  it("reads what one moves on from", reads("onLeave", "a b c", "a b"));
  it("reads the last one when the reader closes", reads("onLeave", "a b -", "a b"));
  it("does not read what stays in view", reads("onLeave", "a a", ""));
  it("leaves unread what the person wants so, this time", reads("onLeave", "a b ! a b", "a a"));
  it("reads what opens", reads("onOpen", "a b", "a b"));
  it("reads nothing by itself", reads("never", "a b -", ""));
  it("reads nothing that was looked at for a moment only", reads("onDwell", "a b -", ""));
});
