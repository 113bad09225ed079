/** cp949: bytes in, Hangul out. */
import assert from "node:assert/strict";
import { decodeCp949 } from "../../../src/mail/cp949.ts";

const check = (hex: string, expected: string): void =>
  assert.equal(decodeCp949(Buffer.from(hex.replaceAll(" ", ""), "hex")), expected);

describe("mail/cp949", () => {
  it("D14 what EUC-KR has", () => check("41 c7d1 b1db 42", "A한글B"));
  it("D14 what only cp949 has: first, last, and between others", () => {
    check("8141", "갂");
    check("c652", "힣");
    check("c7d1 8c63 41 b1db", "한똠A글");
  });
  it("bytes that are none do not stop it", () => {
    assert.match(decodeCp949(Buffer.from([0x41, 0xff, 0x42])), /^A/);
    assert.match(decodeCp949(Buffer.from([0x41, 0x81])), /^A/);
  });
});
