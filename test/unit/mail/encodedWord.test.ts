/** Encoded words: header text in, text for a person out. */
import assert from "node:assert/strict";
import { decodeWords, displayLine, headerText } from "../../../src/mail/encodedWord.ts";

const check = (text: string, expected: string): void => assert.equal(decodeWords(text), expected);

describe("mail/encodedWord", function () {
  this.timeout(60_000);
  it("D15 a character cut between two words", () => check("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"));
  it("D204 the same in base64, label in another case", () =>
    check("=?UTF-8?B?Y2Fmww==?=\t =?utf-8?b?qQ==?=", "café"));
  it("D204 blanks between words go, blanks beside text stay", () =>
    check("a =?utf-8?q?b?= =?iso-8859-1?q?=E9?= c", "a bé c"));
  it("D204 words touching other text, and `?` in a word", () => {
    check("a=?utf-8?q?b?=c", "abc");
    check("=?utf-8?q?what??=", "what?");
    check("=?utf-8?q?=3D=C3=A9?=", "=é");
  });
  it("D204 a language suffix is dropped", () => check("=?utf-8*en?q?=C3=A9?=", "é"));
  it("D204 blanks inside a word", () => check("=?utf-8?q?a b_c?=", "a b c"));
  it("D204 undecodable words stay, and the blanks before them", () => {
    check("x =?nope?q?a=E9?= =?utf-8?q?b?=", "x =?nope?q?a=E9?= b");
    check("=?utf-8?x?a?=", "=?utf-8?x?a?=");
    check("=?utf-7?q?+APY-?=", "=?utf-7?q?+APY-?=");
  });
  it("D232 a junk label on UTF-8", () => check("=?y?q?=C3=A9?=", "é"));
  it("ISO-2022-JP words joined: the idle escapes between them are no error", () =>
    check("=?iso-2022-jp?b?GyRCJCIbKEI=?= =?iso-2022-jp?b?GyRCJCQbKEI=?=", "あい"));
  it("D206 raw letters: UTF-8, else windows-1252", () => {
    assert.equal(headerText(Buffer.from("é").toString("latin1")), "é");
    assert.equal(headerText("\x93\xe9\x94"), "“é”");
  });
  it("D207 controls removed, blanks collapsed, bidi controls shown", () =>
    assert.equal(displayLine(" a\t b\x00\x1b c\u202e "), "a b c⟦RLO⟧"));
  it("decoded line ends cannot make a new line", () =>
    assert.equal(displayLine(headerText("=?utf-8?q?a=0D=0AFrom=3A_b?=")), "a From: b"));
  it("hostile text ends", () => {
    for (const piece of ["=?", "=?a?q?", "=?a?q?=", "?=", "=?utf-8?q?a?="]) decodeWords(piece.repeat(50_000));
  });
});
