import assert from "node:assert/strict";
import type { ThreadNode, ThreadRow } from "../../../../src/archive/remote.ts";
import {
  age,
  archiveText,
  listText,
  messageText,
  noThreadsText,
  searchText,
  spokenAge,
  threadText,
} from "../../../../src/editor/tree/threadLabels.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const thread = (over: Partial<ThreadRow> = {}): ThreadRow => ({
  thread: "a@x",
  subject: "[PATCH v3 0/4] mm: cache the folio order",
  fromName: "Ada Moreno",
  fromAddress: "ada@kernel.example",
  dateMs: NOW - 5 * DAY,
  lastMs: NOW - 2 * HOUR,
  messages: 5,
  participants: 3,
  unread: 0,
  list: "linux-mm.example.org",
  series: { version: 3, patches: 4 },
  ...over,
});

const message = (over: Partial<ThreadNode> = {}): ThreadNode => ({
  messageId: "b@x",
  parent: "a@x",
  depth: 1,
  missing: false,
  subject: "Re: [PATCH v3 0/4] mm: cache the folio order",
  fromName: "Chen Wei",
  fromAddress: "chen@kernel.example",
  dateMs: NOW - 2 * HOUR,
  unread: false,
  imposters: 0,
  ...over,
});

describe("age", () => {
  const is = (past: number, text: string, spoken: string) => () => {
    assert.equal(age(NOW - past, NOW), text);
    assert.equal(spokenAge(NOW - past, NOW), spoken);
  };
  it("says now", is(20_000, "now", "now"));
  it("counts minutes", is(5 * 60_000, "5 min", "5 minutes ago"));
  it("counts hours", is(2 * HOUR, "2 h", "2 hours ago"));
  it("counts days", is(DAY, "1 d", "1 day ago"));
  it("names the day of this year", is(30 * DAY, "21 Oct", "on 21 Oct"));
  it("names the year of an earlier one", is(400 * DAY, "16 Oct 2025", "on 16 Oct 2025"));
  it("names a day to come", is(-5 * DAY, "25 Nov", "on 25 Nov"));
  it("survives a date that is none", () => assert.equal(age(Number.MAX_VALUE, NOW), ""));
});

describe("threadText", () => {
  it("labels with the bare subject", () =>
    assert.equal(threadText(thread(), NOW).label, "mm: cache the folio order"));
  it("describes version, people, count, age", () =>
    assert.equal(threadText(thread(), NOW).description, "v3 · Ada Moreno +2 · 5 · 2 h"));
  it("leaves out the first version and nobody else", () =>
    assert.equal(
      threadText(thread({ participants: 1, series: { version: 1, patches: 4 } }), NOW).description,
      "Ada Moreno · 5 · 2 h",
    ));
  it("speaks one sentence", () =>
    assert.equal(
      threadText(thread(), NOW).spoken,
      "mm: cache the folio order, version 3, 4 patches, Ada Moreno, 5 messages, last 2 hours ago.",
    ));
  it("says first that it is unread, and what the person made of it last", () => {
    const { spoken, description } = threadText(
      thread({ unread: 2, marks: { answersMe: true, starred: true, note: "ask again" } }),
      NOW,
    );
    assert.match(spoken, /^Unread\. mm: cache .* last 2 hours ago, answers you, starred, with a note\.$/);
    assert.match(description, /^2 new · /);
  });
  it("holds the note and what is unread in the tooltip", () =>
    assert.match(
      threadText(thread({ unread: 5, marks: { muted: true, note: "ask again" } }), NOW).tooltip,
      /5 unread, muted, with a note\nNote: ask again$/,
    ));
  it("says until when it is snoozed, while it is", () => {
    const at = (snoozedMs: number) => threadText(thread({ marks: { snoozedMs } }), NOW).spoken;
    assert.match(at(NOW + DAY), /snoozed until 2026-11-21 12:00 UTC/);
    assert.doesNotMatch(at(NOW - DAY), /snoozed/);
    const awaited = threadText(thread({ marks: { snoozedFor: "rc" } }), NOW).spoken;
    assert.match(awaited, /snoozed until the next -rc/);
  });
  it("holds list and both dates in the tooltip", () => {
    const { tooltip } = threadText(thread(), NOW);
    assert.match(tooltip, /linux-mm\.example\.org/);
    assert.match(tooltip, /first 2026-11-15 12:00 UTC, last 2026-11-20 10:00 UTC/);
  });
  it("names a thread without a subject and without a name", () => {
    const text = threadText(thread({ subject: "", fromName: "", fromAddress: "" }), NOW);
    assert.equal(text.label, "(no subject)");
    assert.match(text.description, /someone unnamed/);
  });
});

describe("messageText", () => {
  const subject = "[PATCH v3 0/4] mm: cache the folio order";
  it("labels an answer with its author", () => {
    const { label, description } = messageText(message(), subject, NOW);
    assert.deepEqual([label, description], ["Chen Wei", "2 h"]);
  });
  it("labels a patch with its place and subject", () => {
    const text = messageText(message({ subject: "[PATCH v3 2/4] mm: drop the lock" }), subject, NOW);
    assert.deepEqual([text.label, text.description], ["2/4 mm: drop the lock", "Chen Wei · 2 h"]);
  });
  it("labels the first message with its subject", () =>
    assert.equal(messageText(message({ subject }), undefined, NOW).label, "0/4 mm: cache the folio order"));
  it("shows a changed subject", () =>
    assert.equal(messageText(message({ subject: "locking rules" }), subject, NOW).label, "locking rules"));
  it("shows a message that no archive has as missing", () => {
    const text = messageText(message({ missing: true }), subject, NOW);
    assert.equal(text.label, "Message not in the archive");
    assert.equal(text.description, "b@x");
  });
  it("says that it is unread, and whose it is", () => {
    assert.match(messageText(message({ unread: true }), subject, NOW).spoken, /^Unread\. Chen Wei/);
    assert.match(messageText(message({ marks: { own: true } }), subject, NOW).spoken, /, yours\.$/);
  });
  it("tells of others with the same Message-ID", () =>
    assert.match(
      messageText(message({ imposters: 1 }), subject, NOW).tooltip,
      /1 other message with the same/,
    ));
});

describe("archiveText and listText", () => {
  const row = {
    source: "/mail/dev",
    name: "dev",
    format: "mbox" as const,
    messages: 1200,
    threads: 1,
    lists: [],
  };
  it("counts", () => assert.equal(archiveText(row, "").description, "1 thread · 1,200 messages"));
  it("puts what goes on first", () =>
    assert.equal(archiveText(row, "reading, 40 %").description, "reading, 40 % · 1 thread · 1,200 messages"));
  it("is silent about an empty archive", () =>
    assert.equal(archiveText({ ...row, messages: 0, threads: 0 }, "").description, ""));
  it("counts what is unread first", () => {
    assert.equal(archiveText({ ...row, unread: 7 }, "").description, "7 unread · 1 thread · 1,200 messages");
    const list = listText({ list: "a.example", name: "a", threads: 2, messages: 3, unread: 1 });
    assert.deepEqual(
      [list.description, list.spoken],
      ["1 unread · 2", "List a, 1 unread, 2 threads, 3 messages"],
    );
  });
  it("says how far a search reaches while mail is read", () => {
    const reach = [
      { source: "/a", name: "a", part: 0.408, backToMs: Date.UTC(2019, 2, 5) },
      { source: "/b", name: "b", part: 0.9 },
    ];
    const { spoken, tooltip } = searchText("For Me", "answers:me", 3, reach, Date.UTC(2026, 0, 1));
    assert.equal(spoken, "Search For Me, 3 unread, 40 % read");
    assert.deepEqual(tooltip.split("\n"), [
      "answers:me",
      "a is read to 40 %, back to 5 Mar 2019; what is older is not found yet.",
      "b is read to 90 %; what is older is not found yet.",
    ]);
  });
  it("says of a search without a result how far it looked", () => {
    const reach = [{ source: "/mm", name: "linux-mm", part: 0.409, backToMs: Date.UTC(2019, 2, 5) }];
    const now = Date.UTC(2026, 0, 1);
    const said = "Nothing found yet: linux-mm is read to 40 %, back to 5 Mar 2019.";
    assert.equal(noThreadsText("folio", reach, now), said);
    assert.equal(noThreadsText("folio", [], now), "Nothing found.");
    assert.equal(noThreadsText("", reach, now), "No threads to show.");
  });
  it("says nothing about reach when all is read", () =>
    assert.deepEqual(searchText("For Me", "answers:me", undefined, [], 0), {
      label: "For Me",
      description: "",
      tooltip: "answers:me",
      spoken: "Search For Me",
    }));
  it("names mail of no list", () =>
    assert.equal(listText({ list: "", name: "", threads: 2, messages: 3 }).label, "Mail of no list"));
});
