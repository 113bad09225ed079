import assert from "node:assert/strict";
import { SIGN, signsOf } from "../../../src/mail/signs.ts";

const names = (line: string): string =>
  Object.entries(SIGN)
    .filter(([, sign]) => (signsOf(line) & sign) !== 0)
    .map(([name]) => name)
    .join(" ");

describe("the signs of a line", () => {
  const lines: [line: string, signs: string][] = [
    ["", ""],
    ["Plain words: nothing else. Or (1) + 0x2?", ""],
    ["see https://x.example", "scheme"],
    ["a@x.example", "at"],
    ["lore.kernel.org/r/x, not org", "server"],
    ["LORE.KERNEL.ORG/r/x", "server"],
    ["commit 0123abc", "hex"],
    ["0123ABC and 012345 are none", ""],
    ["main.c:12", "colonDigit"],
    ["f+0x12/0x34", "offset"],
    ["CVE-2024-1, Bugzilla, bko, syzbot", "bug"],
    ["bkd", ""],
    ["two  blanks", "blanks"],
    ["\tindented", "blanks"],
    [" ", "blanks"],
    ["behind ", "blanks"],
    ["a\u00a0b", "blanks"],
    ["ein Wort für sich", "blanks"],
  ];
  for (const [line, signs] of lines) it(`"${line}": ${signs}`, () => assert.equal(names(line), signs));
});
