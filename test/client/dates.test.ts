import assert from "node:assert/strict";
import {
  fullDate,
  headingDate,
  outlineDate,
  relativeDate,
  spanWords,
} from "../../src/reader/client/dates.ts";
import { NOW } from "./views.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime();

describe("client/dates", () => {
  it("headings: today, this year, another year", () => {
    assert.equal(headingDate(NOW - HOUR, NOW), "today 11:00");
    assert.equal(headingDate(at(2026, 10, 16, 10, 4), NOW), "Mon 16 Nov, 10:04");
    assert.equal(headingDate(at(2024, 1, 29, 8, 30), NOW), "Thu 29 Feb 2024, 08:30");
  });
  it("how long ago", () => {
    const ages = [5 * 60_000, 2 * HOUR, DAY, 6 * DAY, 100 * DAY, 900 * DAY, -HOUR];
    assert.deepEqual(
      ages.map((age) => relativeDate(NOW - age, NOW)),
      ["5 min ago", "2 h ago", "1 day ago", "6 days ago", "3 months ago", "2 years ago", ""],
    );
  });
  it("a word for the outline", () => {
    assert.equal(outlineDate(NOW - 2 * HOUR, NOW), "2 h");
    assert.equal(outlineDate(NOW - 3 * DAY, NOW), "Fri");
    assert.equal(outlineDate(at(2026, 9, 5, 8, 0), NOW), "5 Oct");
    assert.equal(outlineDate(at(2024, 9, 5, 8, 0), NOW), "5 Oct 2024");
  });
  it("from when to when a thread goes", () => {
    const span = (...dates: number[]) => spanWords(dates, NOW);
    assert.equal(span(at(2026, 9, 7, 8, 0), at(2026, 9, 5, 8, 0)), "5 Oct – 7 Oct");
    assert.equal(span(at(2024, 9, 5, 8, 0), at(2024, 10, 7, 8, 0)), "5 Oct – 7 Nov 2024");
    assert.equal(span(at(2023, 9, 5, 8, 0), at(2024, 10, 7, 8, 0)), "5 Oct 2023 – 7 Nov 2024");
    assert.equal(span(at(2026, 9, 5, 8, 0)), "5 Oct");
    assert.equal(span(), "");
  });
  it("in full, by the sender's clock", () =>
    assert.equal(fullDate(Date.UTC(2026, 0, 1, 2, 0, 0), -330), "Wed, 31 Dec 2025 20:30:00 -0530"));
});
