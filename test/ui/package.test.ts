/** What is published: the files in the package, and what it says of others' work. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { packagedFiles } from "./vsix.ts";

describe("the package", () => {
  it("holds exactly the files of test/ui/package-files.txt", async () => {
    const expected = readFileSync(join(root(), "test", "ui", "package-files.txt"), "utf8")
      .trimEnd()
      .split("\n");
    assert.deepEqual(await packagedFiles(), expected);
  });

  it("carries the licence of every package whose code is in a bundle", () => {
    const text = readFileSync(join(root(), "dist", "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["mailparser", "html-to-text", "iconv-lite"]) {
      assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, licence: \\S`, "m"));
    }
    assert.doesNotMatch(text, /licence: undefined|holds no licence text/);
  });
});
