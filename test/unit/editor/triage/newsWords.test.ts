/** New mail in words, and quiet hours. */
import assert from "node:assert/strict";
import type { NewsReason, NewsRow } from "../../../../src/archive/remote.ts";
import { isQuiet, newsSentence } from "../../../../src/editor/triage/newsWords.ts";

describe("editor/newsWords", () => {
  const quiet = (hours: string, ...expected: string[]) =>
    it(`“${hours}” is quiet at ${expected.join(", ") || "no time"}`, () => {
      const times = ["00:00", "06:59", "07:00", "12:30", "21:59", "22:00", "23:59"];
      const at = (time: string) => new Date(`2026-03-04T${time}:00`);
      assert.deepEqual(
        times.filter((time) => isQuiet(hours, at(time))),
        expected,
      );
    });
  quiet("22:00-07:00", "00:00", "06:59", "22:00", "23:59");
  quiet("7:00 - 22:00", "07:00", "12:30", "21:59");
  quiet("00:00-24:00", "00:00", "06:59", "07:00", "12:30", "21:59", "22:00", "23:59");
  quiet("12:30-12:30");
  quiet("");
  quiet("at night");

  const row = (reason: NewsReason, fromName: string, subject: string): NewsRow => ({
    messageId: subject,
    thread: subject,
    subject,
    fromName,
    fromAddress: "chen@kernel.example",
    reasons: [reason, "followed"],
  });
  const says = (expected: string, ...rows: [NewsRow, ...NewsRow[]]) =>
    it(expected, () => assert.equal(newsSentence(rows), expected));
  const answer = row("answersToMe", "Chen Wei", "Re: [PATCH v2 1/3] mm: count folios");
  says("Chen Wei answers you: “mm: count folios”.", answer);
  says(
    "chen@kernel.example sent a new version: “maps”.",
    row("newVersionOfReviewed", "", "[PATCH v3 0/2] maps"),
  );
  says("Bo wrote about your series: “(no subject)”.", row("mySeries", "Bo", ""));
  says(
    "2 answers to you, 1 message in a thread that you follow; the first by Chen Wei in “mm: count folios”.",
    answer,
    row("followed", "Bo", "Re: lakes"),
    answer,
  );
});
