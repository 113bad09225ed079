/** Hostile mail in its whole size: tens of megabytes of it are read in seconds. */
import assert from "node:assert/strict";
import { hostileMails, readHostile } from "../hostileMails.ts";

/** Processor seconds: several times what a machine of today takes, and far below what is not linear. */
const MOST_SECONDS = 30;

describe("hostile mail in its whole size", function () {
  this.timeout(240_000);
  for (const [name, bytes] of hostileMails(1)) {
    it(`D105 ${name}`, async () => {
      const { seconds } = await readHostile(bytes());
      assert.ok(seconds < MOST_SECONDS, `${seconds} s of the processor`);
    });
  }
});
