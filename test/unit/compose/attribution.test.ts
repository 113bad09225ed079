import assert from "node:assert/strict";
import { attributionOf, zoneText } from "../../../src/compose/attribution.ts";
import { messageOf } from "../../mails.ts";

async function check(
  name: string,
  expected: string,
  date: string | undefined = "Mon, 16 Nov 2026 09:15:42 +0100",
  form?: string,
) {
  const bob = { name, address: "bob@x.example" };
  const own = form?.replaceAll("{", "\u0024{");
  assert.equal(attributionOf(await messageOf({ Date: date }), bob, own), expected);
}

const usual = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:";
const own = (form: string, expected: string, date?: string) => check("Bob B", expected, date, form);

describe("attribution", () => {
  it("G36 date, time, zone, name", () =>
    check("Bob B", "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:"));
  it("R501 the parent's own zone, across midnight", () =>
    check("Bob B", "On Sun, Mar 1, 2026 at 00:05:09 -0930, Bob B wrote:", "Sun, 1 Mar 2026 00:05:09 -0930"));
  it("G37 R505 a date that cannot be read", () => check("Bob B", "Bob B wrote:", "sometime"));
  it("G38 R503 seconds go first", () =>
    check("B".repeat(32), `On Mon, Nov 16, 2026 at 09:15 +0100, ${"B".repeat(32)} wrote:`));
  it("G38 R503 then the zone, and one line always", () =>
    check(`${"B".repeat(70)}`, `On Mon, Nov 16, 2026 at 09:15, ${"B".repeat(70)} wrote:`));
  it("G13 R502 a name with one comma is turned round", () =>
    check("Doe, Jane (X)", "On Mon, Nov 16, 2026 at 09:15:42 +0100, Jane (X) Doe wrote:"));
  it("R502 a name with two commas stays", () =>
    check("Doe, Jane, PhD", "On Mon, Nov 16, 2026 at 09:15:42 +0100, Doe, Jane, PhD wrote:"));
  it("R502 no name: the address", () =>
    check("", "On Mon, Nov 16, 2026 at 09:15:42 +0100, bob@x.example wrote:"));
  it("R405 a name cannot bring a second line", () =>
    check("Bob\r\nB", "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:"));
  it("R501 the person's own form", () =>
    own("* {name} <{address}> [{date}]:", "* Bob B <bob@x.example> [Mon, Nov 16, 2026 at 09:15:42 +0100]:"));
  it("R501 another language", () =>
    own("Am {date} schrieb {name}:", "Am Mon, Nov 16, 2026 at 09:15:42 +0100 schrieb Bob B:"));
  it("R503 the own form is one line too", () => own("\n{name}\n  writes:\n", "Bob B writes:"));
  it("R503 the date of a long own form gets shorter", () =>
    own(
      "On {date}, {name} <{address}> so very kindly wrote:",
      "On Mon, Nov 16, 2026 at 09:15, Bob B <bob@x.example> so very kindly wrote:",
    ));
  it("R505 an own form with a date, where none can be read", () =>
    own("On {date}, {name} writes:", "Bob B wrote:", "sometime"));
  it("R505 an own form without a date", () => own("{name} writes:", "Bob B writes:", "sometime"));
  it("an own form that nobody takes for an attribution", () => own("{name}, {date}", usual));
  it("an empty own form", () => own("", usual));
  it("what is filled in is not filled in again", () =>
    check(
      "\u0024{address}",
      "On Mon, Nov 16, 2026 at 09:15:42 +0100, \u0024{address} wrote:",
      undefined,
      "On {date}, {name} wrote:",
    ));
  it("zones east, west and with half hours", () =>
    assert.deepEqual([0, 60, -300, 330, -570].map(zoneText), ["+0000", "+0100", "-0500", "+0530", "-0930"]));
});
