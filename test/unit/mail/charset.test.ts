/** Character sets: bytes and a label in, text and what is to be said about it out. */
import assert from "node:assert/strict";
import { decodeCharset } from "../../../src/mail/charset.ts";

/** `text`, and the defect's code behind a bar when there is one. */
function read(hex: string, label?: string): string {
  const { text, defect } = decodeCharset(Buffer.from(hex.replaceAll(" ", ""), "hex"), label);
  return defect === undefined ? text : `${text}|${defect.code}`;
}
const check = (hex: string, label: string | undefined, expected: string): void =>
  assert.equal(read(hex, label), expected);

describe("mail/charset", () => {
  it("D10 us-ascii on UTF-8", () => check("c3a9", "us-ascii", "é|charset-guessed"));
  it("D11 D232 junk labels", () => {
    for (const label of ["y", "yes", "default", "8bit", "x-unknown", "unknown-8bit"]) {
      check("c3a9", label, "é|charset-guessed");
    }
  });
  it("D12 no label and no UTF-8", () => check("e9", undefined, "é|charset-guessed"));
  it("D13 D231 iso-8859-1 is windows-1252", () => {
    check("93e9", "iso-8859-1", "“é");
    check("80", "ISO-8859-1", "€");
  });
  it("D231 the ASCII names the platform takes for windows-1252", () => {
    for (const label of ["ANSI_X3.4-1968", "ascii", "us", "iso646-us"])
      check("c3a9", label, "é|charset-guessed");
  });
  it("D14 ks_c_5601-1987 is cp949", () => {
    check("c7d1b1db", "ks_c_5601-1987", "한글");
    check("8c63", "ks_c_5601-1987", "똠");
    check("8c63", "cp949", "똠");
  });
  it("D233 aliases and trailing junk", () => {
    check("82a0", "cp932", "あ");
    check("d6d0", "gb2312", "中");
    check("81 30 81 30", "cp936", "\u0080");
    check("c3a9", '"utf-8"; x', "é");
    check("1b2442 2422 1b2842", "_iso-2022-jp", "あ");
  });
  it("ASCII needs no label and no defect", () => check("6162", undefined, "ab"));
  it("D232 UTF-7 is shown as it came", () => check("2b4150592d", "utf-7", "+APY-|utf-7"));
  it("D234 a declared charset is believed; valid UTF-8 under it is told", () => {
    check("c3a9", "iso-8859-15", "Ã©|charset-may-be-utf8");
    check("a4", "iso-8859-15", "€");
    check("c1", "koi8-r", "а");
  });
  it("D235 bad sequences become U+FFFD and are told", () =>
    check("61ff62", "utf-8", "a\ufffdb|charset-bad-bytes"));
  it("a U+FFFD that was sent is no defect", () => check("efbfbd", "utf-8", "\ufffd"));
  it("every label of the platform's that mail uses is known", () => {
    const labels =
      "utf-8 utf8 iso-8859-2 iso-8859-7 iso-8859-9 iso-8859-13 windows-1250 windows-1251 windows-1256";
    const wide =
      "windows-874 koi8-u gbk gb18030 big5 shift_jis euc-jp euc-kr utf-16le cp1252 cp1256 iso-8859-8";
    for (const label of `${labels} ${wide}`.split(" "))
      check("6100", label, label === "utf-16le" ? "a" : "a\0");
  });
});
