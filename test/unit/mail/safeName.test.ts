/** Names of attachments: a stranger's name in, a safe one out. */
import assert from "node:assert/strict";
import { safeName } from "../../../src/mail/safeName.ts";

const check = (name: string, expected: string): void =>
  assert.equal(safeName(name, "attachment-1"), expected);

describe("mail/safeName", () => {
  it("an ordinary name stays", () => check("0001-mm-fix.patch", "0001-mm-fix.patch"));
  it("D207 paths are left behind, of either kind", () => {
    check("../../etc/passwd", "passwd");
    check("C:\\Windows\\x.dll", "x.dll");
  });
  it("nothing is hidden, and nothing turned round", () => {
    check(".bashrc", "bashrc");
    check("cod\u202etxt.exe", "cod_txt.exe");
    check("a\0b\tc.txt", "a_b_c.txt");
  });
  it("no device, no stream, no trailing dot", () => {
    check("con.txt", "_con.txt");
    check("x.txt:evil", "x.txt_evil");
    check("x.exe. .", "x.exe");
  });
  it("too long a name keeps its ending", () => {
    const short = safeName(`${"a".repeat(400)}.patch`, "");
    assert.equal(short.length, 120);
    assert.ok(short.endsWith("a.patch"));
  });
  it("what is nothing has the other name", () => {
    check("", "attachment-1");
    check("../..", "attachment-1");
  });
});
