/** Links: a body in, where its spans lead out. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { findLinks } from "../../../src/mail/links.ts";
import { anyBody, hostileBodies } from "./anyBody.ts";

const D = "On Mon, 22 Jul 2024 12:42:52 +0200,";

/** Each link as `kind target`. */
const links = (body: string): string[] =>
  findLinks(body.replaceAll("⏎", "\n")).map(({ kind, target }) => `${kind} ${target}`);
const check = (body: string, ...expected: string[]): void => assert.deepEqual(links(body), expected);
const ID = "20240722104252.1234-1-ada@kernel.example";

describe("mail/links", () => {
  it("columns count UTF-16 units from 1", () =>
    assert.deepEqual(findLinks("a\n😀 https://x.example/y, z"), [
      {
        kind: "url",
        text: "https://x.example/y",
        target: "https://x.example/y",
        line: 2,
        column: 4,
        endColumn: 23,
      },
    ]));
  it("punctuation at the end is the sentence's", () =>
    check(
      "(see https://x.example/a_(b)), https://x.example/c.",
      "url https://x.example/a_(b)",
      "url https://x.example/c",
    ));
  it("in angle brackets all of it counts", () => check("<https://x.example/a.>", "url https://x.example/a."));
  it("several in a line", () =>
    check("http://a.example git://b.example/c.git", "url http://a.example", "url git://b.example/c.git"));
  it("P507 a link in brackets cut by a wrap", () =>
    check("> see <https://x.example/long/⏎> path/file.html> there", "url https://x.example/long/"));
  it("P507 joined when the rest is one token that closes the bracket", () =>
    check("> see <https://x.example/long/⏎> path/file.html>", "url https://x.example/long/path/file.html"));
  it("P507 joined when the line was full and ends inside", () =>
    check(
      "this was discussed at length https://x.example/some/where/very-⏎long/name_1.html",
      "url https://x.example/some/where/very-long/name_1.html",
    ));
  it("P507 a whole lore link is not joined with the word below", () =>
    check(`the link to the last discussion https://lore.kernel.org/all/${ID}/⏎Thanks`, `messageId ${ID}`));

  for (const url of [
    `https://lore.kernel.org/all/${ID}/`,
    `https://lore.kernel.org/linux-clk/${ID}`,
    `https://lore.kernel.org/r/${ID}/`,
    `https://lore.kernel.org/all/${ID}/T/#u`,
    `https://lore.kernel.org/lkml/${ID}/raw`,
    `https://lore.kernel.org/all/${ID}/#t`,
    `http://lkml.kernel.org/r/${ID}`,
    `https://patch.msgid.link/${ID}`,
    `https://lore.kernel.org/all/${ID.replace("@", "%40")}/`,
    `https://inbox.vuxu.example/list/${ID}/t.mbox.gz`,
  ]) {
    it(`a message: ${url}`, () => check(`Link: ${url}`, `messageId ${ID}`));
  }
  it("percent signs that are no UTF-8", () =>
    check("https://lore.kernel.org/all/a%ff@x.example/", "messageId a%ff@x.example"));
  for (const url of [
    "https://lore.kernel.org/all/?q=f:ada@x.example",
    "https://medium.example/@ada/story",
    "https://x.example/ada@y.example/z",
  ]) {
    it(`no message: ${url}`, () => check(url, `url ${url}`));
  }

  it("a Message-ID in angle brackets", () => check(`see <${ID}>`, `messageId ${ID}`));
  it("a Message-ID by its label", () => check("Message-ID: <abc@x.example>", "messageId abc@x.example"));
  it("a mailbox is no Message-ID", () =>
    check("Ada <ada@x.example> and From: Bo <123456789012345678@qq.example>⏎<ada@x.example>"));
  it("a bot's mailbox is no Message-ID", () =>
    check(
      "Reported-by: syzbot+0123456789abcdef0123@x.example⏎Reported-by: <syzbot+0123456789abcdef0123@x.example>",
    ));
  it("an attribution holds mailboxes", () => check(`${D} Ada <${ID}> wrote:⏎> a`));

  it("a commit with its subject", () => check('see 0123456789ab ("fs: cache") now', "commit 0123456789ab"));
  it("a commit whose subject is on the next line", () =>
    check('see 0123456789ab⏎("fs: cache")', "commit 0123456789ab"));
  it("a commit by the word before", () =>
    check("commit 0123456789abcdef broke it", "commit 0123456789abcdef"));
  it("a commit by the word on the line above", () =>
    check("> in commit⏎> 0123456789abcdef", "commit 0123456789abcdef"));
  it("Fixes:", () => check('Fixes: 0123456789ab ("fs: cache")', "commit 0123456789ab"));
  it("hex alone is no commit", () =>
    check("RIP 0123456789abcdef and ffff888107e8a580, id 0123456789abcdef0123"));
  it("hex in a diff is no commit", () =>
    check(
      "diff --git a/x b/x⏎index 0123456789ab..0123456789ac 100644⏎--- a/x⏎+++ b/x⏎@@ -1 +1 @@⏎+ commit 0123456789ab x.c:1 http://x.example",
      "url http://x.example",
    ));

  it("a place in a file", () => check("fs/ext4/inode.c:123: warning", "place fs/ext4/inode.c:123"));
  it("a place with a column", () => check("> at drivers/a-b/c.h:12:3.", "place drivers/a-b/c.h:12"));
  it("no place: a time, a host, a C label", () => check("10:20 host.example:80 foo:1 a.b:2"));
  it("a place inside a URL is the URL", () =>
    check("https://x.example/fs/inode.c:12", "url https://x.example/fs/inode.c:12"));
});

const linkish = fc
  .array(
    fc.constantFrom(
      "https://x.example/a_(b)",
      `<${ID}>`,
      "commit 0123456789ab",
      "fs/x.c:12",
      "(",
      ")",
      ".",
      " ",
      "\n",
      "> ",
      "é😀",
    ),
  )
  .map((parts) => parts.join(""));

describe("mail/links, whatever comes", function () {
  this.timeout(60_000);
  it("columns hold the text, links are in order and apart", () =>
    fc.assert(
      fc.property(fc.oneof(anyBody, linkish), (body) => {
        const lines = body.split("\n");
        let last = { line: 0, endColumn: 0 };
        for (const link of findLinks(body)) {
          assert.equal(lines[link.line - 1]?.slice(link.column - 1, link.endColumn - 1), link.text);
          assert.ok(link.line > last.line || link.column >= last.endColumn);
          last = link;
        }
      }),
    ));
  for (const [name, body] of hostileBodies(20_000)) {
    it(name, function () {
      this.timeout(60_000);
      assert.ok(findLinks(body()).length >= 0);
    });
  }
});
