import assert from "node:assert/strict";
import { filesOf, markLines } from "../../src/reader/client/diff.ts";

const marks = (text: string): string =>
  markLines(text.split("\n"))
    .map(({ mark }) => mark)
    .join(" ");

function files(text: string): string[] {
  const lines = text.split("\n");
  return filesOf(lines, markLines(lines)).map(
    ({ path, change, added, removed }) => `${path} +${added} -${removed}${change && ` ${change}`}`,
  );
}

describe("client/diff", () => {
  it("F20 an empty line in a hunk is context", () =>
    assert.equal(marks("@@ -1,3 +1,4 @@\n  a\n\n+b"), "hunk context context add"));
  it("B652 a hunk without its file is one", () =>
    assert.equal(marks("@@\n+a\n-b\n\\ No newline at end of file"), "hunk add del note"));
  it("a removed line that looks like a file header stays removed", () =>
    assert.equal(marks("@@ -1 +1 @@\n--- a\n+b"), "hunk del add"));
  it("files by git's header", () =>
    assert.deepEqual(
      files(
        "diff --git a/x b/x\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\ndiff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n",
      ),
      ["x +1 -0 new file", "n +0 -0 renamed from o"],
    ));
  it("files by plain headers", () =>
    assert.deepEqual(files("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +0,0 @@\n-a"), [
      "x +1 -1",
      "y +0 -1",
    ]));
});
