/** The author's own words: body in, words for search out. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { prose as proseOf } from "../../../src/mail/prose.ts";
import { anyBody, hostileBodies } from "./anyBody.ts";

const prose = (body: string): string => proseOf(Buffer.from(body)).toString();
const check = (body: string, ...kept: string[]): void => assert.deepEqual(prose(body).split("\n"), kept);
const DIFF =
  "diff --git a/fs/x.c b/fs/x.c\nindex 12ab..34cd 100644\n--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n\n";

describe("mail/prose", () => {
  it("keeps own text and leaves cited text out", () => check("Hello\n\n> cited\nYes.\n", "Hello", "Yes."));
  it("leaves the attribution out", () =>
    check("Hi,\n\nOn Mon, Jul 22, 2024 at 1:18 PM Al Pha\n<al@x.example> wrote:\n> a\nYes.", "Hi,", "Yes."));
  it("leaves the signature out", () => check("Yes.\n-- \nAda\nAcme", "Yes."));
  it("keeps the names of changed files only", () =>
    check(`Subject text\n---\n${DIFF}-- \n2.47.0`, "Subject text", "---", "fs/x.c"));
  it("keeps the name of a deleted file", () =>
    check(
      "diff --git a/fs/x.c b/fs/x.c\ndeleted file mode 100644\n--- a/fs/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-b",
      "fs/x.c",
    ));
  it("goes on after a diff", () => check(`${DIFF}More text`, "fs/x.c", "More text"));
  it("Q310 keeps what a robot found", () =>
    check(">> fs/x.c:1:2: warning: unused", ">> fs/x.c:1:2: warning: unused"));
  it("two dashes far above the end are text", () =>
    check(`a\n--\n${"b".repeat(2000)}`, "a", "b".repeat(2000)));
});

describe("mail/prose, whatever comes", function () {
  this.timeout(60_000);
  it("keeps lines of the body or paths in them, in order", () =>
    fc.assert(
      fc.property(anyBody, (body) => {
        let at = 0;
        for (const line of prose(body).split("\n")) {
          at = body.indexOf(line, at);
          assert.ok(at >= 0, line);
        }
      }),
    ));
  for (const [name, body] of hostileBodies(20_000)) {
    it(name, function () {
      this.timeout(60_000);
      const text = body();
      assert.ok(prose(text).length <= text.length);
    });
  }
});
