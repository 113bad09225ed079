/** Threads out of a feed's messages. */
import assert from "node:assert/strict";
import { threadsOfFeed } from "../../../../src/editor/archives/feedThreads.ts";
import type { AtomEntry } from "../../../../src/sources/atom.ts";

const entry = (messageId: string, dateMs: number, parent?: string, subject = "pond: why"): AtomEntry => ({
  messageId,
  subject: parent === undefined ? subject : `Re: ${subject}`,
  name: messageId,
  address: `${messageId}.example`,
  dateMs,
  ...(parent === undefined ? {} : { parent }),
});
/** Each thread as `root via messages`. */
const threads = (...entries: AtomEntry[]): string[] =>
  threadsOfFeed(entries).map(({ row, via }) => `${row.thread} ${via} ${row.messages}`);

describe("editor/feedThreads", () => {
  it("messages stand with the one they answer, newest activity first", () =>
    assert.deepEqual(threads(entry("c", 3, "a"), entry("b", 2), entry("a", 1)), ["a a 2", "b b 1"]));
  it("a message that is not in the feed keeps those together that answer it", () =>
    assert.deepEqual(threads(entry("c", 3, "x"), entry("b", 2, "x")), ["x b 2"]));
  it("a circle is one thread", () => assert.equal(threads(entry("a", 1, "b"), entry("b", 2, "a")).length, 1));
  it("says what the thread is about", () => {
    const [thread] = threadsOfFeed([entry("b", 2, "a", "[PATCH v3 0/4] pond: give")]);
    assert.equal(thread?.row.subject, "[PATCH v3 0/4] pond: give");
    assert.deepEqual(thread?.row.series, { version: 3, patches: 4 });
  });
});
