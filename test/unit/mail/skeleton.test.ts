/** Skeletons: the bytes of a mail in, its overview out. */
import assert from "node:assert/strict";
import { readSkeleton, type Skeleton } from "../../../src/mail/skeleton.ts";

const read = (header: string, body = "text\n"): Skeleton => readSkeleton(Buffer.from(`${header}\n\n${body}`));
const check = (header: string, expected: Partial<Skeleton>): void => {
  const skeleton: Partial<Record<keyof Skeleton, unknown>> = read(header);
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(skeleton[name as keyof Skeleton], value, name);
  }
};

const usual = `Received: from a.example by b.example;
\tMon, 1 Jan 2024 00:00:00 +0000
From: Al Pha <al@x.example>
To: list-a@vger.example
Subject: [PATCH v2 1/2] clk: fix
 foo
Date: Tue, 19 Jan 2026 07:45:01 +0100
Message-ID: <1@x.example>
In-Reply-To: <0@x.example>
References: <r@x.example>
\t<0@x.example>
List-Id: Some list <List-A.vger.example>`;

const whole: Skeleton = {
  messageId: "1@x.example",
  hasMessageId: true,
  references: ["r@x.example", "0@x.example"],
  fromName: "Al Pha",
  fromAddress: "al@x.example",
  subject: "[PATCH v2 1/2] clk: fix foo",
  dateMs: Date.UTC(2026, 0, 19, 6, 45, 1),
  listId: "list-a.vger.example",
};

describe("mail/skeleton", function () {
  this.timeout(60_000);
  it("the whole overview", () => assert.deepEqual(read(usual), whole));
  it("D201 behind an envelope line", () =>
    assert.deepEqual(read(`From mboxrd@z Thu Jan  1 00:00:00 1970\n${usual}`), whole));
  it("CRLF, any case, a blank before the colon", () => {
    assert.deepEqual(readSkeleton(Buffer.from(`${usual}\n\ntext`.replaceAll("\n", "\r\n"))), whole);
    assert.deepEqual(read(usual.replace(/^[\w-]+:/gm, (name) => name.toUpperCase())), whole);
    assert.deepEqual(read(usual.replace(/^([\w-]+):/gm, "$1 :")), whole);
  });
  it("bytes from the middle of a larger buffer", () => {
    const buffer = Buffer.from(`junk${usual}\n\ntext`);
    assert.deepEqual(
      readSkeleton(new Uint8Array(buffer.buffer, buffer.byteOffset + 4, buffer.length - 4)),
      whole,
    );
  });
  it("fields in the body do not count", () =>
    check("From: al@x.example", { subject: "", messageId: read("From: al@x.example").messageId }));
  it("D203 first instance wins", () => check("Subject: one\nSubject: two", { subject: "one" }));
  it("D203 an id that a server cut at 998 octets is one id, as in the header", () => {
    for (const end of ["\n", "\r\n"]) {
      const ids = Array.from({ length: 76 }, (_, at) =>
        `<${String(at).padStart(2)}@x.example>`.replace(" ", "0"),
      );
      const line = `References: ${ids.join("")}`.slice(0, 998);
      const rest = `References: ${ids.join("")}`.slice(998);
      assert.match(rest, /^[^<]/, "an id is cut in two");
      const raw = Buffer.from(`${line}${end} ${rest}${end}Subject: s${end}${end}text`);
      assert.equal(readSkeleton(raw).references.length, ids.length);
      assert.deepEqual(readSkeleton(raw).references.at(-2), ids.at(-2)?.slice(1, -1));
    }
  });
  it("D16 D203 NBSP does not fold", () => check("Subject: one\n\u00a0two\nDate: x", { subject: "one" }));
  it("a name cut from its colon is no field", () =>
    check("From\n : <evil@x.example>\nFrom: <al@x.example>", { fromAddress: "al@x.example" }));
  it("D15 D204 D206 encoded words and raw letters", () => {
    check("Subject: =?utf-8?q?caf=C3?=\n =?utf-8?q?=A9?=", { subject: "café" });
    check("Subject: café", { subject: "café" });
    assert.equal(readSkeleton(Buffer.from("Subject: caf\xe9\n\n", "latin1")).subject, "café");
  });
  it("D207 the subject is fit for display", () => check("Subject:  a \t b\u202e", { subject: "a b⟦RLO⟧" }));
  it("names: quoted, encoded, raw, with commas and comments", () => {
    check('From: "Doe, Jane (X)" <j@x.example>', { fromName: "Doe, Jane (X)", fromAddress: "j@x.example" });
    check("From: =?utf-8?q?Doe=2C_J=28X=29?= <j@x.example>", { fromName: "Doe, J(X)" });
    check("From: j@x.example (Jane)", { fromName: "Jane", fromAddress: "j@x.example" });
    check("From: José <j@x.example>", { fromName: "José" });
    check("From: a@x.example, b@x.example", { fromName: "", fromAddress: "a@x.example" });
    check("From: Al  Pha <a@x.example>", { fromName: "Al Pha" });
  });
  it("R303 an address is no ancestor", () =>
    check(
      "From: Al <al@x.example>\nTo: b@x.example\nIn-Reply-To: <b@x.example>\nReferences: <al@x.example> <c@x>",
      {
        references: ["c@x"],
      },
    ));
  it("R302 In-Reply-To alone", () =>
    check("In-Reply-To: text <a@x> by <b@x>", { references: ["a@x", "b@x"] }));
  it("dates: unreadable and missing", () => {
    check("Date: yesterday", { dateMs: undefined });
    check("Subject: s", { dateMs: undefined });
  });
  it("List-Id with and without brackets", () => {
    check("List-Id: <a.x.example>", { listId: "a.x.example" });
    check("List-Id: A.x.example", { listId: "a.x.example" });
    check("Subject: s", { listId: "" });
  });
  it("no Message-ID: one from the bytes, the same in every archive", () => {
    const lf = read("From: al@x.example");
    assert.equal(lf.hasMessageId, false);
    assert.match(lf.messageId, /^[0-9a-f]{64}@synthetic\.kernel-mail\.invalid$/);
    const mbox = "From mboxrd@z Thu Jan  1 00:00:00 1970\r\nFrom: al@x.example\r\n\r\ntext\r\n\r\n";
    assert.equal(readSkeleton(Buffer.from(mbox)).messageId, lf.messageId);
    assert.notEqual(read("From: al@x.example", "other\n").messageId, lf.messageId);
  });
  it("1,000 References", () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `${index}@x`);
    check(`References: ${ids.map((id) => `<${id}>`).join("\n ")}`, { references: ids });
  });
  it("a field behind 100 kB of trace headers", () =>
    check(`${"Received: from a.example\n\tby b.example\n".repeat(3_000)}Subject: late`, { subject: "late" }));
  it("hostile bytes end", () => {
    for (const piece of ["\n ", "From:", "a", "\r", "Subject: =?", "References: <\n <", "\0", "From "]) {
      readSkeleton(Buffer.from(piece.repeat(200_000)));
    }
  });
});
