/** Bodies: a mail in, text out; the golden cases of decoding. `␠` is a blank, `⏎` a line end, `⇥` a tab. */
import assert from "node:assert/strict";
import { type DecodedBody, decodeText, tidyText } from "../../../src/mail/decode.ts";
import { joinFlowed } from "../../../src/mail/flowed.ts";
import { unescaped } from "../../../src/sources/mboxLines.ts";

const real = (text: string): string => text.replaceAll("␠", " ").replaceAll("⏎", "\n").replaceAll("⇥", "\t");

/** A one-part mail with these fields; `body` as text, or as hex with "hex:". */
function decode(fields: string, body: string): DecodedBody {
  const bytes = body.startsWith("hex:") ? Buffer.from(body.slice(4), "hex") : Buffer.from(real(body));
  return decodeText(Buffer.concat([Buffer.from(`From: al@x.example\n${fields}\n\n`), bytes]));
}
const check = (fields: string, body: string, expected: string): void =>
  assert.equal(decode(fields, body).body, real(expected));
const codes = (fields: string, body: string): string[] =>
  decode(fields, body).defects.map(({ code }) => code);
const paragraphs = (fields: string, body: string, ...expected: string[]): void => {
  const { body: text, flowedLines, delSp } = decode(fields, body);
  assert.deepEqual(joinFlowed(text.split("\n"), flowedLines, delSp), expected.map(real));
};

const qp = "Content-Transfer-Encoding: quoted-printable";
const type = (rest: string): string => `Content-Type: text/plain; ${rest}`;
const flowed = type("format=flowed");

describe("mail/decode golden cases", () => {
  it("D01 D102 soft breaks vanish before anything looks at >", () =>
    check(qp, "> > On D, Al wro=⏎te:⏎> > > x", "> > On D, Al wrote:⏎> > > x"));
  it("D02", () => check(qp, "> a=20=⏎⏎b", "> a␠⏎b"));
  it("D03 an encoded signature line", () => check(qp, "--=20⏎Ada", "--␠⏎Ada"));
  it("D04", () => check(qp, "x=␠␠⏎y", "xy"));
  it("D05", () => check(qp, "a␠␠⏎b", "a⏎b"));
  it("D06", () => check(`${qp}\n${type("charset=utf-8")}`, "=G1 =c3=a9 =", "=G1 é␠"));
  it("D07 D236 U+202F stays", () =>
    check(`${qp}\n${type("charset=utf-8")}`, "1:18=E2=80=⏎=AFPM", "1:18\u202fPM"));
  it("D08", () => check(qp, "https://x.example/?a=3D1", "https://x.example/?a=1"));
  it("D09 D225 nothing is decoded that is not labelled", () => {
    const code = "a =⏎b =⏎c =⏎d =⏎e =⏎f=3D";
    check("To: b@x.example", code, code);
  });
  it("D10", () => {
    check(type("charset=us-ascii"), "hex:c3a9", "é");
    assert.deepEqual(codes(type("charset=us-ascii"), "hex:c3a9"), ["charset-guessed"]);
  });
  it("D11", () => {
    check(type("charset=y"), "hex:c3a9", "é");
    assert.deepEqual(codes(type("charset=y"), "hex:c3a9"), ["charset-guessed"]);
  });
  it("D12", () => {
    check("To: b@x.example", "hex:e9", "é");
    assert.deepEqual(codes("To: b@x.example", "hex:e9"), ["charset-guessed"]);
  });
  it("D13", () => check(type("charset=iso-8859-1"), "hex:93", "“"));
  it("D14", () => check(type('charset="ks_c_5601-1987"'), "hex:c7d18c63", "한똠"));
  it("D17 D202 the mbox source undoes mboxrd's escapes", () => {
    const escaped = Buffer.from("From: al@x.example\n\n>From here\n>>From there\n");
    assert.equal(decodeText(unescaped(escaped)).body, "From here\n>From there");
  });
  it("D18 D202 nothing is undone in mail of other sources", () =>
    check("To: b@x.example", ">From here⏎>>From there", ">From here⏎>>From there"));
  it("D19", () => paragraphs(flowed, "> one two␠⏎> three⏎own␠⏎text", "> one two three", "own text"));
  it("D20", () => paragraphs(flowed, ">> deep␠⏎> shallow", ">> deep", "> shallow"));
  it("D21", () => {
    check(flowed, "␠␠indented⏎␠>literal⏎␠From x", "␠indented⏎>literal⏎From x");
    assert.deepEqual(decode(flowed, "␠␠indented⏎␠>literal⏎␠From x").literalLines, [2]);
  });
  it("D22", () => paragraphs(flowed, "text␠⏎--␠⏎Ada", "text", "--␠", "Ada"));
  it("D23", () => paragraphs(type("format=flowed; delsp=yes; charset=utf-8"), "漢字␠⏎漢字", "漢字漢字"));
  it("D24", () =>
    paragraphs(flowed, "> @@ -1 +1 @@⏎> +⇥a = b;␠⏎> +⇥c = d;", "> @@ -1 +1 @@", "> +⇥a = b;␠", "> +⇥c = d;"));
  it("D25", () => check(flowed, "> > x", "> > x"));
  it("D29 D237 base64 with CRLF", () => check("Content-Transfer-Encoding: base64", "YQ0KYg0K", "a⏎b"));
});

describe("mail/decode", () => {
  it("D224 an odd transfer encoding is 8bit, and told", () => {
    check("Content-Transfer-Encoding: x-odd", "a=3D", "a=3D");
    assert.deepEqual(codes("Content-Transfer-Encoding: x-odd", "a"), ["encoding-unknown"]);
  });
  it("D240 flowed after quoted-printable", () => paragraphs(`${qp}\n${flowed}`, "one=20⏎two", "one two"));
  it("D240 only text/plain flows", () =>
    check("Content-Type: text/x-patch; format=flowed", "␠a␠⏎b", "␠a␠⏎b"));
  it("D248 trailing blanks alone mean nothing", () => {
    check(type("charset=utf-8"), "a␠⏎b", "a␠⏎b");
    assert.deepEqual(decode(type("charset=utf-8"), "a␠⏎b").flowedLines, []);
  });
  it("D235 BOM and NULs go, controls become visible", () =>
    assert.equal(tidyText("\ufeffa\0b\x1b[1m\x0c\x7f\x85\tc"), "ab␛[1m␌␡␦\tc"));
  it("D237 all line ends", () => assert.equal(tidyText("a\r\nb\r\r\nc\rd\n"), "a\nb\nc\nd\n"));
  it("D237 a mail of carriage returns ends", () =>
    assert.equal(tidyText("\r".repeat(1_000_000)).length, 1_000_000));
  it("no line end after the last line, the first lines stay", () =>
    check("To: b@x.example", "⏎⏎a⏎⏎⏎", "⏎⏎a"));
  it("an empty mail, and one without a body", () => {
    assert.equal(decodeText(Buffer.alloc(0)).body, "");
    assert.equal(decodeText(Buffer.from("From: a@x.example\n")).body, "");
  });
  it("D105 a body of 10 MB is decoded whole", () => {
    const line = `${"x".repeat(99)}\n`;
    assert.equal(decodeText(Buffer.from(`A: b\n\n${line.repeat(100_000)}`)).body.length, 9_999_999);
  });
});
