import assert from "node:assert/strict";
import { isListAddress } from "../../../src/mail/listAddress.ts";

describe("mail/listAddress", () => {
  for (const address of [
    "linux-mm@kvack.org",
    "linux-clk@vger.kernel.org",
    "iommu@lists.linux.dev",
    "u@list.example",
  ]) {
    it(`${address} is a list`, () => assert.equal(isListAddress(address), true));
  }
  for (const address of ["ada@kernel.example", "lists@kernel.example", "no address"]) {
    it(`${address} is none`, () => assert.equal(isListAddress(address), false));
  }
});
