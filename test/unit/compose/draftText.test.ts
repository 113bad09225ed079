import assert from "node:assert/strict";
import fc from "fast-check";
import type { Draft } from "../../../src/compose/draft.ts";
import { readDraft, writeDraft } from "../../../src/compose/draftText.ts";
import { anyDraft, draftOf } from "./drafts.ts";

/** Header lines as a person left them in, problems (line and rule) out. */
function problems(header: string, expected: [line: number, rule: string][]) {
  const found = readDraft(`${header}\n\nbody\n`).problems;
  assert.deepEqual(
    found.map(({ line, rule }) => [line, rule]),
    expected,
  );
}

/** Text in, one part of the draft out. */
function reads<K extends keyof Draft>(text: string, name: K, expected: Draft[K] | undefined) {
  assert.deepEqual(readDraft(text).draft[name], expected);
}

const from = "From: Ada <ada@example.org>\n";

describe("a draft as text", () => {
  it("fields in their order, names as people write them", () =>
    assert.equal(
      writeDraft(
        draftOf({
          to: [{ name: "Łukasz K", address: "l@x.example" }],
          cc: [{ name: "Doe, Jane (X)", address: "j@x.example" }],
          bcc: [{ name: "", address: "log@x.example" }],
          inReplyTo: "c@x",
          references: ["a@x", "c@x"],
        }),
      ),
      [
        "From: Ada Reviewer <ada@example.org>",
        "To: Łukasz K <l@x.example>",
        'Cc: "Doe, Jane (X)" <j@x.example>',
        "Bcc: log@x.example",
        "Subject: Re: subject",
        "In-Reply-To: <c@x>",
        "References: <a@x>",
        " <c@x>",
        "Message-ID: <1.r-reply@example.org>",
        "",
        "text\n",
      ].join("\n"),
    ));
  it("empty fields stand there to be filled", () =>
    assert.ok(writeDraft(draftOf({ to: [], cc: [], subject: "" })).includes("\nTo:\nCc:\nSubject:\n")));
  it("recipients fold between them, at most 78 columns", () => {
    const cc = Array.from({ length: 12 }, (_, index) => ({
      name: `Person ${index}`,
      address: `p${index}@x.example`,
    }));
    const text = writeDraft(draftOf({ cc }));
    assert.ok(
      text.split("\n").every((line) => line.length <= 78),
      text,
    );
    assert.deepEqual(readDraft(text).draft.cc, cc);
  });
  it("R405 no line end reaches the header", () => {
    const text = writeDraft(
      draftOf({
        subject: "a\r\nBcc: eve@x.example",
        to: [{ name: "B\nCc: eve@x.example", address: "b@x.example\r\nCc: eve@x.example" }],
        references: ["a@x>\nBcc: <eve@x.example"],
      }),
    );
    assert.ok(!/^(?:Bcc: eve|Cc: eve)/m.test(text), text);
  });
  it("is read back as it was, whatever is in it", () =>
    fc.assert(fc.property(anyDraft, (draft) => assert.deepEqual(readDraft(writeDraft(draft)).draft, draft))));
  it("is never lost, whatever a person makes of the text", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const once = readDraft(from + text).draft;
        assert.deepEqual(readDraft(writeDraft(once)).draft.body, once.body);
      }),
    ));
});

describe("reading a draft", () => {
  it("field names in any case", () => reads("from: Ada <ada@example.org>\nSUBJECT: x\n\n", "subject", "x"));
  it("several To fields are joined", () =>
    reads(`${from}To: a@x.example\nTo: b@x.example\n\n`, "to", [
      { name: "", address: "a@x.example" },
      { name: "", address: "b@x.example" },
    ]));
  it("one recipient on each line, and a comma too many", () =>
    reads(`${from}Cc: a@x.example,\n\tb@x.example,\n\n`, "cc", [
      { name: "", address: "a@x.example" },
      { name: "", address: "b@x.example" },
    ]));
  it("R115 a semicolon separates", () =>
    reads(`${from}Cc: a@x.example; b@x.example\n\n`, "cc", [
      { name: "", address: "a@x.example" },
      { name: "", address: "b@x.example" },
    ]));
  it("CRLF and a byte order mark", () =>
    reads("\ufeffFrom: a@x.example\r\nSubject: x\r\n\r\nb\r\nc\r\n", "body", "b\nc\n"));
  it("the body is taken as it stands", () => reads(`${from}\n\n  a \n\n`, "body", "\n  a \n\n"));
  it("R307 an archive's link for In-Reply-To", () =>
    reads(
      `${from}In-Reply-To: https://lore.example/list/a%2Bb@x.example/\n\n`,
      "inReplyTo",
      "a+b@x.example",
    ));
  it("an id without its brackets", () => reads(`${from}In-Reply-To: a@x\n\n`, "inReplyTo", "a@x"));
  it("where the body begins", () =>
    assert.equal(readDraft(`${from}Cc: a@x.example,\n b@x.example\n\nbody\n`).bodyLine, 5));
  it("a forgotten empty line is told, and no text is lost", () => {
    const {
      draft,
      bodyLine,
      problems: found,
    } = readDraft(`${from}On Mon, Nov 16, 2026 at 09:15, Bob wrote:\n> a\n`);
    assert.equal(draft.body, "On Mon, Nov 16, 2026 at 09:15, Bob wrote:\n> a\n");
    assert.equal(bodyLine, 2);
    assert.deepEqual(
      found.map(({ line, rule }) => [line, rule]),
      [[2, "L-HEADER"]],
    );
  });
  it("a good header has no problem", () => problems(`${from}To: b@x.example\nCc:\nSubject: x`, []));
  it("an unknown field is told with its lines", () =>
    assert.deepEqual(readDraft(`${from}X-Foo: a\n b\n\n`).problems, [
      {
        rule: "L-HEADER",
        severity: "warning",
        line: 2,
        column: 1,
        endLine: 3,
        endColumn: 3,
        message: "X-Foo is not sent: a reply has no such field.",
      },
    ]));
  it("G85 a Date is told as set when sending", () => problems(`${from}Date: today`, [[2, "L-HEADER"]]));
  it("nobody in From", () => problems("To: b@x.example", [[1, "L-FROM"]]));
  it("two in From", () => problems("From: a@x.example, b@x.example", [[1, "L-FROM"]]));
  it("what is no address", () =>
    problems(`${from}Cc: Jane Doe, b@x.example, a@b@c`, [
      [2, "L-BAD-ADDR"],
      [2, "L-BAD-ADDR"],
    ]));
  it("R1008 letters outside ASCII before the @", () =>
    problems(`${from}To: jøran@x.example, j@möwe.example`, [[2, "L-BAD-ADDR"]]));
  it("a single field twice", () => problems(`${from}Subject: a\nSubject: b`, [[3, "L-HEADER"]]));
  it("In-Reply-To without an id", () => problems(`${from}In-Reply-To: yesterday`, [[2, "L-MSGID"]]));
  it("In-Reply-To with two ids", () => problems(`${from}In-Reply-To: <a@x> <b@x>`, [[2, "L-IRT"]]));
});
