/** What the checker says of a header: who gets it, and the other fields. */
import assert from "node:assert/strict";
import { readAliases } from "../../../src/compose/aliases.ts";
import { applyEdits } from "../../../src/compose/edit.ts";
import { openLint } from "../../../src/compose/lint.ts";
import { answered, finds, fixesField, type Given, head, lintOf, told } from "./linting.ts";

describe("rules about recipients", () => {
  it("R105 a usual reply", () => finds(answered("Yes."), [], { parentFields: {} }));
  it("G06 L-SELF-ONLY", () =>
    finds(answered("Yes."), ["W L-SELF-ONLY"], { fields: { To: head["From"], Cc: undefined } }));
  it("G16 L-NO-RCPT", () =>
    finds(answered("Yes."), ["E L-NO-RCPT"], { fields: { To: undefined, Cc: undefined } }));
  it("G16 L-NO-RCPT takes those of the message answered", () =>
    fixesField("L-NO-RCPT", "To", "Bob B <bob@x.example>", {
      fields: { To: undefined, Cc: undefined },
      parentFields: {},
    }));
  it("G19 L-DROPPED-CC names who is missing", async () => {
    const given = { parentFields: { Cc: "Carol <carol@x.example>" } };
    const { findings } = await lintOf(answered("Yes."), given);
    assert.deepEqual(told(findings), ["W L-DROPPED-CC"]);
    assert.match(findings[0]?.message ?? "", /^Carol was a recipient/);
    await fixesField("L-DROPPED-CC", "Cc", "list-a@vger.example, Carol <carol@x.example>", given);
  });
  it("R114 L-DROPPED-CC says of whom mail came back, and takes them in again", async () => {
    const given: Given = {
      parentFields: { Cc: "Carol <carol@x.example>, dan@x.example" },
      fields: { Cc: "list-a@vger.example, dan@x.example" },
      bounced: ["carol@x.example"],
    };
    const { findings } = await lintOf(answered("Yes."), given);
    assert.deepEqual(told(findings), ["I L-DROPPED-CC"]);
    assert.equal(findings[0]?.message, "Left out, since mail came back: Carol.");
    const all = "list-a@vger.example, dan@x.example, Carol <carol@x.example>";
    await fixesField("L-DROPPED-CC", "Cc", all, given);
  });
  it("R114 L-AUTHOR-MISSING not for an author whom mail does not reach", () =>
    finds(answered("Yes."), [], {
      fields: { To: "list-a@vger.example", Cc: undefined },
      parentFields: { To: "list-a@vger.example" },
      bounced: ["bob@x.example"],
    }));
  it("R1008 L-BAD-ADDR leaves out an address that a mail can not carry", async () => {
    const given = { fields: { Cc: "list-a@vger.example, müller@x.example" } };
    await finds(answered("Yes."), ["E L-BAD-ADDR"], given);
    await fixesField("L-BAD-ADDR", "Cc", "list-a@vger.example", given);
  });
  it("L-AUTHOR-MISSING not for an author without an address", () =>
    finds(answered("Yes."), [], { parentFields: { From: "bob", To: "list-a@vger.example" } }));
  it("L-AUTHOR-MISSING", () =>
    finds(answered("Yes."), ["W L-AUTHOR-MISSING"], { fields: { To: "eve@x.example" }, parentFields: {} }));
  it("G07 L-RELAY-ADDR is replaced by who stands behind it", async () => {
    const given = {
      fields: { To: "devnull+bo.example.net@kernel.org" },
      parentFields: {
        From: "Bo B via B4 Relay <devnull+bo.example.net@kernel.org>",
        "Reply-To": "bo@example.net",
      },
    };
    await finds(answered("Yes."), ["W L-AUTHOR-MISSING", "W L-RELAY-ADDR"], given);
    await fixesField("L-RELAY-ADDR", "To", "Bo B <bo@example.net>", given);
  });
  it("R101 L-NO-LIST: the banner of a reply to the author alone", () =>
    finds(answered("Yes."), ["W L-NO-LIST"], {
      fields: { Cc: undefined },
      parentFields: { "List-Id": "<list-a.vger.example>", Cc: "carol@x.example" },
    }));
  it("L-SECRET-LIST", () =>
    finds(answered("Yes."), ["W L-SECRET-LIST"], {
      fields: { To: "security@kernel.example", Cc: "linux-mm@vger.kernel.example" },
    }));
});

describe("rules about the header", () => {
  const subject = (text: string): Given => ({ fields: { Subject: text } });
  it("L-FROM somebody else", () =>
    finds(answered("Yes."), ["W L-FROM"], { fields: { From: "Eve <eve@x.example>" } }));
  it("L-FROM nobody", () => finds(answered("Yes."), ["E L-FROM"], { fields: { From: undefined } }));
  it("L-BAD-ADDR", () => finds(answered("Yes."), ["E L-BAD-ADDR"], { fields: { Cc: "carol" } }));
  /** A To field in, the one that an address book's names are written into out. */
  const means = (to: string, expected: string) => () => {
    const aliases = readAliases("alias pond Carol <carol@x.example>, bob@x.example\n", "mutt");
    const text = `From: Ada Reviewer <ada@example.org>\nTo: ${to}\nSubject: x\n\nYes.\n`;
    const [finding] = openLint({ aliases })(text);
    assert.equal(finding?.rule, "L-BAD-ADDR");
    assert.equal(/^To: (.*)$/m.exec(applyEdits(text, finding?.fix?.edits ?? []))?.[1], expected);
  };
  it(
    "L-BAD-ADDR writes whom an address book means",
    means("pond, eve@x.example", "Carol <carol@x.example>, bob@x.example, eve@x.example"),
  );
  it(
    "L-BAD-ADDR takes no name of an address book for the half of another name",
    means("pond, Eve <eve@x.example>", "Carol <carol@x.example>, bob@x.example, Eve <eve@x.example>"),
  );
  it("L-HEADER", () => finds(answered("Yes."), ["W L-HEADER"], { fields: { "X-Priority": "1" } }));
  it("G32 L-NO-MSGID", () =>
    finds(answered("Yes."), ["E L-NO-MSGID", "E L-NO-IRT"], {
      fields: { "In-Reply-To": undefined, References: undefined },
      parentFields: { "Message-ID": undefined },
    }));
  it("L-NO-IRT", () =>
    finds(answered("Yes."), ["E L-NO-IRT"], { fields: { "In-Reply-To": undefined, References: undefined } }));
  it("L-NO-IRT with one of the two is no error", () =>
    finds(answered("Yes."), ["W L-NO-IRT"], { fields: { References: undefined } }));
  it("L-IRT-MISMATCH is rebuilt", async () => {
    const given = { fields: { References: "<c@x> <b@x>" } };
    await finds(answered("Yes."), ["W L-IRT-MISMATCH"], given);
    await fixesField("L-IRT-MISMATCH", "References", "<b@x> <c@x>", given);
  });
  it("L-SUBJECT-EMPTY", () => finds(answered("Yes."), ["E L-SUBJECT-EMPTY"], subject("Re:")));
  it("G20 L-SUBJECT-RE", async () => {
    await finds(answered("Yes."), ["W L-SUBJECT-RE"], subject("Re: Aw: [PATCH] clk: fix foo"));
    await fixesField(
      "L-SUBJECT-RE",
      "Subject",
      "Re: [PATCH] clk: fix foo",
      subject("Re: Aw: [PATCH] clk: fix foo"),
    );
  });
  it("L-SUBJECT-RE not for a subject longer than anybody's", () =>
    finds(answered("Yes."), [], subject(`Re: ${"word ".repeat(500)}`)));
  it("L-SUBJECT-RE none in an answer", () =>
    finds(answered("Yes."), ["W L-SUBJECT-RE"], subject("clk: foo")));
  it("RE: is understood everywhere", () => finds(answered("Yes."), [], subject("RE: [PATCH] clk: fix foo")));
  it("R206 L-SUBJECT-CHANGED names the old one", async () => {
    const given = { ...subject("Re: Locking"), parentFields: {} };
    await finds(answered("Yes."), ["I L-SUBJECT-CHANGED"], given);
    await fixesField("L-SUBJECT-CHANGED", "Subject", "Locking (was: [PATCH] clk: fix foo)", given);
  });
  it("R206 a subject that names the old one", () =>
    finds(answered("Yes."), [], { ...subject("Locking (was: [PATCH] clk: fix foo)"), parentFields: {} }));
});
