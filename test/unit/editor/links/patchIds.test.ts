/** The change of a commit, made in a small tree, and the diff in the body of a mail. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../../../src/base/process.ts";
import {
  changeOf,
  diffIn,
  filesChanged,
  patchIds,
  type TreeGit,
} from "../../../../src/editor/links/patchIds.ts";

describe("editor/patchIds", () => {
  let folder: string;
  const git: TreeGit = (args, input) =>
    runProgram(
      "git",
      ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@kernel.example", ...args],
      input === undefined ? {} : { input },
    );
  const commit = async (files: Record<string, string>): Promise<string> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await git(["add", "."]);
    await git(["commit", "--quiet", "-m", "x"]);
    return (await git(["rev-parse", "HEAD"])).stdout.toString().trim();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-change-"));
    await git(["init", "--quiet"]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("a mail is the commit whatever stands round its diff, another change is not", async () => {
    await commit({ "a.c": "one\n" });
    const change = await changeOf(git, await commit({ "a.c": "two\n" }));
    const mail = (text: string) =>
      diffIn(`Why.\n\nSigned-off-by: Ada\n---\n a.c | 2 +-\n\n${text}-- \n2.43\n`);
    const [own, same, other, none] = await patchIds(git, [
      change,
      mail(change),
      mail(change.replace("+two", "+three")),
      diffIn("No diff.\n"),
    ]);
    assert.ok(own);
    assert.equal(same, own);
    assert.notEqual(other, own);
    assert.equal(none, undefined);
  });
  it("a commit of very many files has no change to compare", async () => {
    const files = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`${at}.c`, ""]));
    const id = await commit(files);
    assert.equal(await filesChanged(git, id), 501);
    assert.equal(await changeOf(git, id), "");
  });
});
