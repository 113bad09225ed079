/** What keeps a draft from being sent, and how its recipients differ from its parent's. */
import assert from "node:assert/strict";
import { readDraft } from "../../../src/compose/draftText.ts";
import { ownLines, readiness } from "../../../src/compose/readiness.ts";
import { envelopeOf, recipientChange } from "../../../src/compose/recipientChange.ts";

const HEAD = {
  From: "Ada <ada@kernel.example>",
  To: "Bo <bo@kernel.example>",
  Cc: "list@lists.kernel.example",
  Subject: "Re: [PATCH] clk: x",
  "Message-ID": "<a@kernel.example>",
};

/** A draft with these fields in the place of the usual ones; "" leaves one out. */
const draft = (fields: Partial<Record<keyof typeof HEAD, string>> = {}, body = "> cited\n\nYes.\n") =>
  readDraft(
    `${Object.entries({ ...HEAD, ...fields })
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}\n\n${body}`,
  );

const rules = (...args: Parameters<typeof draft>): string[] =>
  readiness(draft(...args)).map(({ rule }) => rule);

describe("a draft ready to be sent", () => {
  it("has nothing to tell", () => assert.deepEqual(rules(), []));
  it("names somebody", () => assert.deepEqual(rules({ To: "", Cc: "" }), ["L-NO-RCPT"]));
  it("has a subject", () => assert.deepEqual(rules({ Subject: "Re:" }), ["L-SUBJECT-EMPTY"]));
  it("has a Message-ID", () => assert.deepEqual(rules({ "Message-ID": "" }), ["L-MSGID"]));
  it("has something of one's own", () => {
    assert.deepEqual(rules({}, "On Monday, Bo wrote:\n> cited\n"), ["L-NO-OWN"]);
    assert.deepEqual(rules({}, "> cited\n\n-- \nAda\n"), ["L-NO-OWN"]);
  });
  it("has addresses that are some", () => assert.deepEqual(rules({ Cc: "nonsense" }), ["L-BAD-ADDR"]));
  it("cannot smuggle a field in (R405)", () => {
    const { draft: read } = draft({ Subject: "x\r\nBcc: eve@kernel.example" });
    assert.deepEqual(envelopeOf(read), [
      "bo@kernel.example",
      "list@lists.kernel.example",
      "eve@kernel.example",
    ]);
  });
});

describe("own lines", () => {
  it("are neither cited nor attribution nor signature", () => {
    assert.deepEqual(ownLines("Hi,\n\nOn Mon, Nov 16, 2026, Bo wrote:\n> x\n\nYes.\nNo.\n\n-- \nAda\n"), [
      "Hi,",
      "Yes.",
      "No.",
    ]);
  });
});

describe("recipients against the parent's", () => {
  const expected = draft().draft;
  it("differ by address alone", () => {
    const change = recipientChange(
      draft({ To: "LIST@lists.kernel.example", Cc: "Someone <BO@kernel.example>" }).draft,
      expected,
    );
    assert.deepEqual(change, { added: [], leftOut: [] });
  });
  it("are named when they came or went", () => {
    const change = recipientChange(draft({ Cc: "dan@kernel.example" }).draft, expected);
    assert.deepEqual(
      [change.added, change.leftOut].map((all) => all.map(({ address }) => address)),
      [["dan@kernel.example"], ["list@lists.kernel.example"]],
    );
  });
  it("get the mail once each, Bcc included", () => {
    const { draft: read } = draft({ Cc: "bo@KERNEL.example, dan@kernel.example" });
    assert.deepEqual(envelopeOf({ ...read, bcc: [{ name: "", address: "eve@kernel.example" }] }), [
      "bo@KERNEL.example",
      "dan@kernel.example",
      "eve@kernel.example",
    ]);
  });
});
