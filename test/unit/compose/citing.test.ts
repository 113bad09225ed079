import assert from "node:assert/strict";
import { citeLine, citeMessage } from "../../../src/compose/citing.ts";
import { messageOf } from "../../mails.ts";

type Ranges = Parameters<typeof citeMessage>[1];

/** Body in, cited lines out. */
async function check(body: string, cited: string[], chosen?: Ranges, fields = {}) {
  assert.deepEqual(citeMessage(await messageOf(fields, body), chosen), cited);
}

describe("cited lines", () => {
  it("G39 R602 an empty line gets a bare mark", () => check("a\n\nb\n", ["> a", ">", "> b"]));
  it("G40 R603 marks inside stay as they are", () => check("> x\n>> y\n>z\n", ["> > x", "> >> y", "> >z"]));
  it("R603 the tight style", async () =>
    assert.deepEqual(citeMessage(await messageOf({}, "> x\n>> y\n\nz\n"), undefined, "tight"), [
      ">> x",
      ">>> y",
      ">",
      "> z",
    ]));
  it("G41 R604 tabs and blanks at the end stay", () => check("\tif (x)  \n", ["> \tif (x)  "]));
  it("G42 R604 a context line of one blank stays one", () => assert.equal(citeLine(" "), ">  "));
  it("G43 R605 flowed text by its physical lines", () =>
    check("one two \nthree\n  indented\n", ["> one two", "> three", ">  indented"], undefined, {
      "Content-Type": "text/plain; format=flowed",
    }));
  it("R609 controls go, tabs and odd letters stay", () =>
    assert.equal(citeLine("a\0b\u0007\tc\u00a0d\u200be"), "> ab\tc\u00a0d\u200be"));
  it("G44 R701 the parent's signature", () => check("text\n-- \nBob\nAcme\n", ["> text"]));
  it("R701 a signature without the blank", () => check("text\n\n--\nBob\n", ["> text"]));
  it("G45 R701 git's version line", () =>
    check("why\n---\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n-- \n2.47.0\n\n", [
      "> why",
      "> ---",
      "> diff --git a/f b/f",
      "> --- a/f",
      "> +++ b/f",
      "> @@ -1 +1 @@",
      "> -a",
      "> +b",
    ]));
  it("G46 R702 a list footer", () =>
    check(`text\n\n${"_".repeat(40)}\nKernel mailing list\nhttps://lists.example/kernel\n`, ["> text"]));
  it("R702 a list footer that the parent cites", () =>
    check(`text\n\n> old\n> ${"_".repeat(40)}\n> Kernel mailing list\n> https://lists.example/kernel\n`, [
      "> text",
      ">",
      "> > old",
    ]));
  it("R701 a signature that the parent cites", () =>
    check("> old\n> -- \n> Al\n\ntext\n", ["> > old", ">", "> text"]));
  it("R701 a message that is all signature is cited", () =>
    check("\n-- \nDid you get my mail?\n", ["> -- ", "> Did you get my mail?"]));
  it("R709 a first line of blanks or marks, and last ones", () =>
    check("  \n> \n>>\ntext\n\n> >\n> \n", ["> text"]));
  it("R604 a last context line of one blank stays", () => check("text\n \n", ["> text", ">  "]));
  it("R702 a banner at the top", () => check("[EXTERNAL EMAIL] Do not click links.\n\ntext\n", ["> text"]));
  it("R702 a disclaimer at the end", () =>
    check("text\n\nThis e-mail is confidential and intended solely for the addressee.\nDelete it.\n", [
      "> text",
    ]));
  it("R702 a sentence about confidential mail is no disclaimer", () =>
    check("This message is about confidential computing.\n", [
      "> This message is about confidential computing.",
    ]));
  it("R703 what tools add below a patch", () =>
    check("+b\n\nbase-commit: 0123456789ab\nprerequisite-patch-id: 01234567\nchange-id: 20261116-foo-1\n", [
      "> +b",
    ]));
  it("R703 the same words in the middle stay", () =>
    check("base-commit: 0123\n\nis wrong\n", ["> base-commit: 0123", ">", "> is wrong"]));
  it("R701 signature above a tool tail", () => check("text\n\nbase-commit: 0123\n-- \n2.47.0\n", ["> text"]));
  it("R608 the chosen lines alone", () =>
    check(
      "a\nb\nc\nd\n",
      ["> a", "> c", "> d"],
      [
        [1, 1],
        [3, 4],
      ],
    ));
  it("R608 a signature that was chosen is cited", () => check("a\n-- \nBob\n", ["> -- ", "> Bob"], [[2, 3]]));
  it("R709 no empty cited line at the ends or twice at a seam", () =>
    check(
      "\na\n\nb\n\nc\n\n",
      ["> a", ">", "> c"],
      [
        [1, 3],
        [5, 7],
      ],
    ));
  it("R604 two empty lines in the middle stay", () => check("a\n\n\nb\n", ["> a", ">", ">", "> b"]));
  it("nothing to cite", () => check("\n\n", []));
});
