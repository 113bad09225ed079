/** Diffs in mail: lines in, files and hunks out. */
import assert from "node:assert/strict";
import { isGapMark, outsideDiff, readDiff, readDiffLine, readHunkHeader } from "../../../src/mail/diff.ts";

const place = (text: string): { content: string; line: number }[] =>
  text.split("⏎").map((content, at) => ({ content, line: at + 1 }));

/** Each line's kind, `-` where there is no diff. */
function kinds(text: string): string[] {
  const state = outsideDiff();
  const lines = text.split("⏎");
  return lines.map((line, at) => readDiffLine(state, line, lines[at + 1]) ?? "-");
}
const check = (text: string, ...expected: string[]): void => assert.deepEqual(kinds(text), expected);

describe("mail/diff", () => {
  it("B650 a whole file", () =>
    check(
      "text⏎diff --git a/x b/x⏎index 12ab34..56cd78 100644⏎--- a/x⏎+++ b/x⏎@@ -1,2 +1,2 @@ f()⏎ a⏎-b⏎+c⏎\\ No newline at end of file⏎text",
      "-",
      "file",
      "file",
      "file",
      "file",
      "hunk",
      "context",
      "removed",
      "added",
      "note",
      "-",
    ));
  it("B650 an empty line in a hunk is context", () =>
    check("@@ -1,3 +1,3 @@⏎ a⏎⏎+b", "hunk", "context", "context", "added"));
  it("D236 blanks that do not break are blanks", () =>
    check("@@\u00a0-1,2 +1,2\u00a0@@⏎\u00a0\u00a0a⏎-b", "hunk", "context", "removed"));
  it("B652 orphans", () => {
    check("@@ -1 +1 @@⏎-a", "hunk", "removed");
    check("--- a/fs/x.c⏎+++ b/fs/x.c", "file", "file");
    check("+++ b/fs/x.c⏎@@ -1 +1 @@", "file", "hunk");
  });
  it("three dashes and a changelog are no diff", () =>
    check("---⏎v2: changes⏎--- what I did --- today", "-", "-", "-"));
  it("P505 paths and ids that slipped to the next line", () => {
    check(
      "diff --git a/fs/x.c⏎b/fs/x.c index⏎0123abc..4567def 100644⏎--- a/fs/x.c",
      "file",
      "file",
      "file",
      "file",
    );
    check("diff --git a/x b/x index 0123abc..4567def⏎100644⏎text", "file", "file", "-");
  });
  it("B652 left-out lines", () => check("@@ -1,9 +1,9 @@⏎ a⏎[...]⏎+b", "hunk", "context", "gap", "added"));
  it("the rest of a line that a mailer wrapped", () =>
    check(
      `@@ -1,9 +1,9 @@ static int a_function_with_a_name_that_is_long_enough(⏎struct bar *b)⏎+c`,
      "hunk",
      "wrapped",
      "added",
    ));
  it("a shorter one, where the next word had no room", () =>
    check(
      `@@ -1,9 +1,9 @@ static int a_function(int a, struct⏎a_structure_with_a_long_name *b)⏎+c`,
      "hunk",
      "wrapped",
      "added",
    ));
  it("one of a header, above an empty line", () =>
    check(
      `@@ -1,9 +1,9 @@ static int a_function(int a, struct⏎a_structure_with_a_long_name *b)⏎⏎+c`,
      "hunk",
      "wrapped",
      "context",
      "added",
    ));
  it("words below a short line are no rest of it", () =>
    check("@@ -1,9 +1,9 @@⏎+int a;⏎Why that?⏎+b", "hunk", "added", "-", "-"));
  it("B603 git's version line is no removed line", () =>
    check("@@ -1 +1 @@⏎-a⏎+b⏎-- ⏎2.47.0", "hunk", "removed", "added", "-", "-"));
  it("a removed line of dashes while the hunk has more", () =>
    check("@@ -1,3 +1 @@⏎-- comment⏎---⏎-x", "hunk", "removed", "removed", "removed"));
  it("F19 list items below a finished hunk", () =>
    check("@@ -1 +1 @@⏎-a⏎+b⏎- item", "hunk", "removed", "added", "-"));
  it("a new, empty file", () =>
    check("diff --git a/x b/x⏎new file mode 100644⏎index 000000..e69de2⏎text", "file", "file", "file", "-"));
  it("a binary patch", () =>
    check(
      "diff --git a/x b/x⏎GIT binary patch⏎literal 3⏎zcmV-abc⏎⏎text text",
      "file",
      "file",
      "note",
      "note",
      "note",
      "-",
    ));

  it("counts, paths, numbers", () => {
    const [file, ...rest] = readDiff(
      place("diff --git a/fs/x.c b/fs/x.c⏎--- a/fs/x.c⏎+++ b/fs/x.c⏎@@ -10,3 +20,3 @@ f()⏎ a⏎-b⏎+c⏎ d"),
    );
    assert.equal(rest.length, 0);
    assert.deepEqual(
      [file?.oldPath, file?.newPath, file?.added, file?.removed, file?.firstLine, file?.lastLine],
      ["fs/x.c", "fs/x.c", 1, 1, 1, 8],
    );
    assert.deepEqual(file?.hunks[0]?.section, "f()");
    assert.deepEqual(file?.hunks[0]?.lines, [
      { kind: "context", text: "a", oldLine: 10, newLine: 20, bodyLine: 5 },
      { kind: "removed", text: "b", oldLine: 11, bodyLine: 6 },
      { kind: "added", text: "c", newLine: 21, bodyLine: 7 },
      { kind: "context", text: "d", oldLine: 12, newLine: 22, bodyLine: 8 },
    ]);
  });
  it("numbers are not known below a gap", () => {
    const lines = readDiff(place("@@ -1,9 +1,9 @@⏎ a⏎...⏎ b"))[0]?.hunks[0]?.lines;
    assert.deepEqual(lines?.at(-1), { kind: "context", text: "b", bodyLine: 4 });
  });
  it("B653 goes on across replies: lines passed over keep the numbers", () => {
    const lines = [...place("@@ -1,2 +1,2 @@⏎ a"), { content: " b", line: 9 }];
    assert.equal(readDiff(lines)[0]?.hunks[0]?.lines[1]?.newLine, 2);
  });
  it("new, deleted and renamed files", () => {
    const files = readDiff(
      place(
        "diff --git a/n b/n⏎new file mode 100644⏎--- /dev/null⏎+++ b/n⏎@@ -0,0 +1 @@⏎+a⏎diff --git a/d b/d⏎deleted file mode 100644⏎--- a/d⏎+++ /dev/null⏎@@ -1 +0,0 @@⏎-a⏎diff --git a/o b/p⏎similarity index 100%⏎rename from o⏎rename to p",
      ),
    );
    assert.deepEqual(
      files.map(({ oldPath, newPath }) => [oldPath, newPath]),
      [
        [undefined, "n"],
        ["d", undefined],
        ["o", "p"],
      ],
    );
  });
  it("files without a diff line", () =>
    assert.equal(
      readDiff(place("--- a/x⏎+++ b/x⏎@@ -1 +1 @@⏎-a⏎+b⏎--- a/y⏎+++ b/y⏎@@ -1 +1 @@⏎-a⏎+b")).length,
      2,
    ));
  it("a hunk without a file", () => {
    const [file] = readDiff(place("@@ -1 +1 @@⏎-a⏎+b"));
    assert.deepEqual([file?.oldPath, file?.hunks.length], [undefined, 1]);
  });
  it("hunk headers", () => {
    assert.deepEqual(readHunkHeader("@@ -1 +2,0 @@ x"), {
      oldStart: 1,
      oldCount: 1,
      newStart: 2,
      newCount: 0,
      section: "x",
    });
    assert.equal(readHunkHeader("@@ -1,2 +1,2 @@@")?.oldStart, 1);
    assert.equal(readHunkHeader("@@@ -1,2 -1,2 +1,3 @@@")?.oldStart, 0);
    assert.equal(readHunkHeader("@@"), undefined);
  });
  for (const mark of [
    "[...]",
    "[ ... ]",
    "<snip>",
    "[snip]",
    "...",
    "…",
    "[... more of that ...]",
    "<snip a lot>",
  ]) {
    it(`a mark for left-out lines: ${mark}`, () => assert.equal(isGapMark(mark), true));
  }
  for (const text of ["... and so on it goes", "cut the crap", "[1] link", "x...", ""]) {
    it(`no such mark: ${text}`, () => assert.equal(isGapMark(text), false));
  }
});
