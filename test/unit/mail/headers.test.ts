/** Header blocks: text in, fields out. `⍽` is U+00A0. */
import assert from "node:assert/strict";
import {
  allFields,
  decodedValue,
  firstField,
  headerStart,
  readHeaders,
  readStructured,
} from "../../../src/mail/headers.ts";

function read(text: string): { fields: string[]; body: string; junk: boolean } {
  const bytes = Buffer.from(text.replaceAll("⍽", "\u00a0"));
  const { fields, bodyStart, junk } = readHeaders(bytes, headerStart(bytes));
  return {
    fields: fields.map((field) => `${field.name}=${decodedValue(field)}`),
    body: bytes.toString("utf8", bodyStart),
    junk,
  };
}
const check = (text: string, fields: string[], body: string): void => {
  const found = read(text);
  assert.deepEqual([found.fields, found.body], [fields, body]);
};
const structured = (value: string): [string, Record<string, string>] => {
  const { value: word, parameters } = readStructured(value);
  return [word, Object.fromEntries(parameters)];
};

describe("mail/headers readHeaders", function () {
  this.timeout(60_000);
  it("fields in order, all instances", () =>
    check("A: 1\nB: 2\nA: 3\n\ntext", ["A=1", "B=2", "A=3"], "text"));
  it("D201 the envelope line is no field", () =>
    check("From mboxrd@z Thu Jan  1 00:00:00 1970\nA: 1\n\ntext", ["A=1"], "text"));
  it("D201 an escaped envelope line and empty lines above", () =>
    check("\n>From a@x.example Thu Jan  1\nA: 1\n\ntext", ["A=1"], "text"));
  it("D203 unfolding on SP and TAB", () => check("A: 1\n 2\n\t3\n\ntext", ["A=1 2\t3"], "text"));
  it("D203 a line that a server cut at 998 octets goes on without the blank that is the server's", () => {
    const start = "Cc: ".padEnd(991, "a@x.example, ");
    check(`${start}linux-i\n mx@x.example\n\n`, [`${start}linux-imx@x.example`.replace("Cc: ", "Cc=")], "");
    check(`${start}linux\n imx@x.example\n\n`, [`${start}linux imx@x.example`.replace("Cc: ", "Cc=")], "");
  });
  it("D16 D203 NBSP at a line start does not fold", () =>
    check("Subject: one\n⍽two\nTo: a@x.example\n\ntext", ["Subject=one", "To=a@x.example"], "text"));
  it("CRLF, and an empty line of the other kind", () => {
    check("A: 1\r\n 2\r\nB: 3\r\n\r\ntext\r\n\r\n", ["A=1 2", "B=3"], "text\r\n\r\n");
    check("A: 1\nB: 2\n\r\ntext\n\n", ["A=1", "B=2"], "text\n\n");
    check("A: 1\r\nB: 2\r\n\ntext\r\n\r\n", ["A=1", "B=2"], "text\r\n\r\n");
  });
  it("a blank before the colon is an old form", () => check("Subject : a\n\n", ["Subject=a"], ""));
  it("a line that is no field is stepped over when known fields follow", () => {
    const text = "From: a@x.example\nthis is no field\nSubject: s\n\ntext";
    check(text, ["From=a@x.example", "Subject=s"], "text");
    assert.ok(read(text).junk);
  });
  it("else the body starts with it", () =>
    check(
      "From: a@x.example\nSubject: s\nDear all,\nnote: this\n\ntext",
      ["From=a@x.example", "Subject=s"],
      "Dear all,\nnote: this\n\ntext",
    ));
  it("no empty line: all header", () => check("A: 1\nB: 2", ["A=1", "B=2"], ""));
  it("no header: all body", () => check("just text\n\nmore", [], "just text\n\nmore"));
  it("nothing at all", () => check("", [], ""));
  it("D204 D206 values are decoded, control characters gone", () =>
    check("A: =?utf-8?q?caf=C3=A9=0Ax?= é\u0007\n\n", ["A=caféx é"], ""));
  it("D203 first instance, and all of them", () => {
    const { fields } = readHeaders(Buffer.from("To: a\nTO: b\n\n"), 0);
    assert.equal(firstField(fields, "to"), "a");
    assert.deepEqual(allFields(fields, "to"), ["a", "b"]);
    assert.equal(firstField(fields, "cc"), "");
  });
  it("a header of 100,000 fields is bounded", () =>
    assert.ok(read("A: b\n".repeat(100_000)).fields.length <= 5_000));
});

describe("mail/headers readStructured", function () {
  this.timeout(60_000);
  it("value and parameters", () =>
    assert.deepEqual(structured('Text/Plain; Charset="utf-8"; format=flowed (a comment); delsp=yes'), [
      "text/plain",
      { charset: "utf-8", format: "flowed", delsp: "yes" },
    ]));
  it("escapes in quotes, doubled semicolons, broken pieces", () =>
    assert.deepEqual(structured('multipart/mixed;; junk; boundary="a\\"b;c" ; x = y'), [
      "multipart/mixed",
      { boundary: 'a"b;c', x: "y" },
    ]));
  it("D205 pieces in numeric order, charset from the first", () =>
    assert.deepEqual(structured("a/b; name*10=z; name*1*=%A9b; name*0*=utf-8'en'caf%C3; name*2=c"), [
      "a/b",
      { name: "cafébcz" },
    ]));
  it("D205 one encoded piece", () =>
    assert.deepEqual(structured("attachment; filename*=iso-8859-1''%E9.patch"), [
      "attachment",
      { filename: "é.patch" },
    ]));
  it("encoded words in parameters, wrong but common", () =>
    assert.deepEqual(structured('attachment; filename="=?utf-8?q?=C3=A9?=.patch"'), [
      "attachment",
      { filename: "é.patch" },
    ]));
  it("hostile values end", () => {
    for (const piece of [";", "a=", "a*0=", '"', "(", " ", "; a"]) structured(`x/y;${piece.repeat(200_000)}`);
  });
});
