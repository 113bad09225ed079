/** A whole list, 2019 to 2026: we read what Python's email package reads, but for the differences with a reason. */
import assert from "node:assert/strict";
import { runProgram } from "../../../src/base/process.ts";
import { isUserError } from "../../../src/base/report.ts";
import { corpus } from "../../corpora.ts";
import { splitMbox } from "../../mirror.ts";
import { compareWithPython, knownDifferences } from "./emailByPython.ts";

const set = "scale/linux-sh";

/** The mbox, or undefined when there is no xz to unpack it. */
async function unpack(path: string): Promise<Buffer | undefined> {
  try {
    return (await runProgram("xz", ["-dc", path])).stdout;
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

describe("mail on real input: linux-sh whole", function () {
  this.timeout(20 * 60_000);
  it("13,882 mails read as Python reads them", async function () {
    const mbox = await unpack(corpus(this, "scale", "linux-sh.mboxrd.xz"));
    if (mbox === undefined) {
      console.log("      skipped: there is no xz to unpack the list with");
      return this.skip();
    }
    const mails = splitMbox(mbox).map((raw, index) => ({ name: `${set}#${index}`, raw }));
    assert.equal(mails.length, 13_882);
    const found = await compareWithPython(mails);
    if (found === undefined) {
      console.log("      skipped: there is no python3 to compare with");
      return this.skip();
    }
    const known = [...knownDifferences().keys()].filter((name) => name.includes(` ${set}`));
    assert.deepEqual(found.toSorted(), known.toSorted());
  });
});
