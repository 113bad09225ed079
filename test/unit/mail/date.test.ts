/** Dates: a Date value in, an instant and the sender's offset out. */
import assert from "node:assert/strict";
import { parseDate } from "../../../src/mail/date.ts";

/** The instant in ISO 8601 and the offset in minutes. */
function read(value: string): string {
  const date = parseDate(value);
  return date === undefined
    ? "unreadable"
    : `${new Date(date.ms).toISOString().slice(0, 19)} ${date.zoneMinutes}`;
}
const check = (value: string, expected: string): void => assert.equal(read(value), expected, value);

describe("mail/date", function () {
  this.timeout(60_000);
  it("RFC 5322", () => {
    check("Tue, 19 Jan 2026 07:45:01 +0100", "2026-01-19T06:45:01 60");
    check("19 Jan 2026 07:45 -0330 (Newfoundland)", "2026-01-19T11:15:00 -210");
    check("Thu,  1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00 0");
    check("Thu, 13 Feb 1969 23:32:54 -0330", "1969-02-14T03:02:54 -210");
  });
  it("folding, comments and blanks anywhere", () =>
    check("Thu, 13 (a (b) c)\t Feb  2020\t 23:32 +0000", "2020-02-13T23:32:00 0"));
  it("obsolete zones", () => {
    check("19 Jan 2026 07:45:01 EST", "2026-01-19T12:45:01 -300");
    check("19 Jan 2026 07:45:01 GMT", "2026-01-19T07:45:01 0");
    check("19 Jan 2026 07:45:01 Z", "2026-01-19T07:45:01 0");
    check("20 Sep 1995 00:19:00 (EDT) -0400", "1995-09-20T04:19:00 -240");
    check("19 Jan 2026 07:45:01 GMT+0200", "2026-01-19T05:45:01 120");
  });
  it("zones written short, with a colon, or impossible", () => {
    check("19 Jan 2026 07:45:01 +5", "2026-01-19T02:45:01 300");
    check("19 Jan 2026 07:45:01 +05:30", "2026-01-19T02:15:01 330");
    check("19 Jan 2026 07:45:01 +9900", "2026-01-19T07:45:01 0");
    check("19 Jan 2026 07:45:01", "2026-01-19T07:45:01 0");
  });
  it("years of two and three digits, and of 2000's bug", () => {
    check("19 Jan 26 07:45 +0000", "2026-01-19T07:45:00 0");
    check("19 Jan 99 07:45 +0000", "1999-01-19T07:45:00 0");
    check("19 Jan 102 07:45 +0000", "2002-01-19T07:45:00 0");
    check("19 Jan 0102 07:45 +0000", "2002-01-19T07:45:00 0");
  });
  it("asctime, dashes, full names, AM and PM, ISO 8601, fractions", () => {
    check("Tue Jan 19 07:45:01 2026", "2026-01-19T07:45:01 0");
    check("Tue Jan 19 07:45:01 PST 2026", "2026-01-19T15:45:01 -480");
    check("Monday, 19-January-2026 07:45:01 +0000", "2026-01-19T07:45:01 0");
    check("29 Jul 01 11:30:41 PM", "2001-07-29T23:30:41 0");
    check("29 Jul 01 12:30:41 AM", "2001-07-29T00:30:41 0");
    check("2026-01-19T07:45:01Z", "2026-01-19T07:45:01 0");
    check("2026-01-19 07:45:01 +0100", "2026-01-19T06:45:01 60");
    check("Tue, 17 Jul 2012 22:23:35.882 +0000", "2012-07-17T22:23:35 0");
  });
  it("a leap second is the next one", () => check("31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00 0"));
  it("unreadable: words, parts missing, fields out of range", () => {
    for (const value of ["", "soon", "19 Jan 2026", "07:45:01", "32 Jan 2026 07:45", "19 Foo 2026 07:45"]) {
      check(value, "unreadable");
    }
    for (const time of ["25:00", "12:60", "12:00:99"]) check(`19 Jan 2026 ${time} +0000`, "unreadable");
    check("0".repeat(1_000_000), "unreadable");
  });
});
