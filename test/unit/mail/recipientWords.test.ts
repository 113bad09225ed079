/** To whom a mail went: values of address fields in, one word an address out. */
import assert from "node:assert/strict";
import { recipientWord, recipientWords } from "../../../src/mail/recipientWords.ts";

const words = (...values: string[]): string =>
  Buffer.from(recipientWords(...values))
    .toString()
    .trimEnd();
const check = (values: string[], expected: string) => assert.equal(words(...values), expected);

describe("mail/recipientWords", () => {
  it("takes every address of a field", () =>
    check(
      ["Ada Moreno <Ada@kernel.example>, bo.lind@mail.example"],
      "ada_kernel_example bo_lind_mail_example",
    ));
  it("takes the addresses of all fields", () =>
    check(["a@x.example", "", "b@x.example"], "a_x_example b_x_example"));
  it("steps over what is no address", () => check(["undisclosed-recipients:;", "@ a@ @b , x"], ""));
  it("takes addresses that touch one another for several", () => check(["a@b@c"], "a_b"));
  it("makes the word of an address that is asked for in the same way", () =>
    assert.equal(recipientWord("Linux-Dev+x@lists.example"), words("<linux-dev+x@lists.example>")));
  it("is linear on a field of nothing but @", () => check(["@".repeat(1_000_000)], ""));
  it("is linear on a long word without an end", () => check([`${"a".repeat(1_000_000)}@`], ""));
});
