/** Transfer encodings: encoded text in, bytes out. `␠` is a blank, `⏎` a line end. */
import assert from "node:assert/strict";
import {
  decodeBase64,
  decodeQuotedPrintable,
  decodeUuencoded,
  encodingOf,
} from "../../../src/mail/transfer.ts";

const real = (text: string): string => text.replaceAll("␠", " ").replaceAll("⏎", "\n").replaceAll("␍", "\r");
const qp = (encoded: string, expected: string): void =>
  assert.equal(decodeQuotedPrintable(Buffer.from(real(encoded))).toString(), real(expected));
const base64 = (encoded: string, expected: string): void =>
  assert.equal(decodeBase64(Buffer.from(real(encoded))).toString(), real(expected));

describe("mail/transfer quoted-printable", function () {
  this.timeout(60_000);
  it("D01 soft breaks join", () => qp("> > wro=⏎te:⏎", "> > wrote:⏎"));
  it("D02 D221 an encoded blank before a soft break stays", () => qp("> a=20=⏎⏎b", "> a␠⏎b"));
  it("D03 D221 an encoded blank at a line end stays", () => qp("--=20⏎Ada", "--␠⏎Ada"));
  it("D04 D220 a soft break with blanks behind it", () => qp("x=␠␠⏎y", "xy"));
  it("D05 D220 blanks at a line end were put there by transport", () => qp("a␠␠⏎b␠", "a⏎b"));
  it("D06 D220 broken escapes stay, a lone = at the end goes", () => qp("=G1 =c3=a9 =", "=G1 é␠"));
  it("D07 D222 a soft break inside a character", () => qp("=E2=80=⏎=AFPM", "\u202fPM"));
  it("D08 an encoded =", () => qp("https://x.example/?a=3D1", "https://x.example/?a=1"));
  it("CRLF line ends", () => qp("a=␍⏎b␠␍⏎c", "ab␍⏎c"));
  it("raw 8-bit bytes pass", () => qp("é=⏎é", "éé"));
  it("nothing but =", () => qp("=".repeat(9), "=".repeat(8)));
});

describe("mail/transfer base64", function () {
  this.timeout(60_000);
  it("D29 line ends inside are left to the next step", () => base64("YQ0KYg==", "a␍⏎b"));
  it("D223 foreign characters, missing padding", () => base64("Y!W\tJ⏎ j␠␠Z", "abc".concat("")));
  it("D223 a second text behind a padding", () => base64("YQ==⏎YmM=⏎", "abc"));
  it("a footer in plain text behind it is kept", () => {
    base64("YWJj⏎Zg==⏎____________________⏎list at x⏎", "abcf⏎____________________⏎list at x⏎");
    base64("YWJj⏎⏎this is a footer⏎", "abc⏎this is a footer⏎");
  });
  it("many empty lines end in linear time", () => base64("⏎".repeat(1_000_000), ""));
});

describe("mail/transfer encodingOf", function () {
  this.timeout(60_000);
  it("names in any case and dress", () => {
    assert.equal(encodingOf(' "Quoted-Printable" (x)').encoding, "quoted-printable");
    assert.equal(encodingOf("BASE64;").encoding, "base64");
  });
  it("D224 everything else is 8bit, odd names are told", () => {
    for (const name of ["", "7bit", "8BIT", "binary", "8-bit"])
      assert.deepEqual(encodingOf(name), { encoding: "8bit" });
    assert.equal(encodingOf("x-yencode").encoding, "8bit");
    assert.equal(encodingOf("x-yencode").defect?.code, "encoding-unknown");
  });
  it("uuencoded parts, with blanks that transport took away", () => {
    const uu = (text: string): string => decodeUuencoded(Buffer.from(text)).toString();
    assert.equal(uu("begin 644 a.txt\n#0V%T\n`\nend\n"), "Cat");
    assert.equal(uu("words\nbegin 644 a b.txt\n$0V%T\n`\nend\nmore"), "Cat\0");
    assert.equal(uu("no beginning"), "no beginning");
    assert.equal(encodingOf("X-UUencode").encoding, "uuencode");
  });
});
