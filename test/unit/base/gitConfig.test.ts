import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGitConfig } from "../../../src/base/gitConfig.ts";
import { runProgram } from "../../../src/base/process.ts";

describe("git's configuration", () => {
  let folder = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-config-"));
    await runProgram("git", ["init", "--quiet", folder]);
    for (const [key, value] of [
      ["user.email", "ada@example.org"],
      ["sendemail.from", "Ada\n<ada@work.example>"],
      ["sendemail.work.From", "ada@work.example"],
      ["core.editor", "vi"],
    ] as const) {
      await runProgram("git", ["-C", folder, "config", key, value]);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("the values of the repository, keys in lower case, line ends kept", async () => {
    const config = await readGitConfig("git", folder);
    const own = config.slice(-3);
    assert.deepEqual(own, [
      ["user.email", "ada@example.org"],
      ["sendemail.from", "Ada\n<ada@work.example>"],
      ["sendemail.work.from", "ada@work.example"],
    ]);
  });
  it("a machine without git has none", async () => {
    assert.deepEqual(await readGitConfig("git-that-is-not-there", folder), []);
  });
});
