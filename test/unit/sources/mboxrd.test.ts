import assert from "node:assert/strict";
import { writeMboxrd } from "../../../src/sources/mboxrd.ts";

const separator = "From mboxrd@z Thu Jan  1 00:00:00 1970\n";
const writes = (mail: string, written: string): void =>
  assert.equal(writeMboxrd(Buffer.from(mail, "latin1")).toString("latin1"), separator + written);

describe("writeMboxrd", () => {
  it("sets a separator before and an empty line behind", () => writes("A: b\n\ntext\n", "A: b\n\ntext\n\n"));
  it("quotes a line that looks like a separator", () =>
    writes("A: b\n\nFrom here\n", "A: b\n\n>From here\n\n"));
  it("quotes what is quoted once more", () => writes("A: b\n\n>>From x\n", "A: b\n\n>>>From x\n\n"));
  it("leaves the fields and words that only begin alike", () =>
    writes("From: a@x\n\nFromage\n> From x\n", "From: a@x\n\nFromage\n> From x\n\n"));
  it("ends a last line that has no end", () => writes("A: b\n\ntext", "A: b\n\ntext\n\n"));
  it("keeps line ends and bytes", () => writes("A: b\r\n\r\n\xff\x00\r\n", "A: b\r\n\r\n\xff\x00\r\n\n"));
  it("writes an empty message", () => writes("", "\n"));
});
