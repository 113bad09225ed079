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
  it("brackets of Markdown are not the URL's, nor what is behind them", () =>
    check(
      "[![a](https://x.example/a_(1).svg)](https://x.example/b)](COPYING)",
      "url https://x.example/a_(1).svg",
      "url https://x.example/b",
    ));
  it("a word that a mailer glued to a URL", () =>
    check(
      "> athttps://x.example/a inhttp://x.example/b x9https://x.example/c foo.barhttps://x.example/d",
      "url https://x.example/a",
      "url http://x.example/b",
    ));
  it("a message behind a gateway's address", () =>
    check(
      `https://nam11.safelinks.protection.outlook.com/?url=https%3A%2F%2Flore.kernel.org%2Flkml%2F${ID.replace("@", "%40")}%2FT%2F&amp;data=05%7C01⏎https://urldefense.com/v3/__https://lore.kernel.org/all/${ID}/__;!!abc$`,
      `messageId ${ID}`,
      `messageId ${ID}`,
    ));
  it("P507 a gateway's address that was cut twice is whole behind the one in it", () =>
    check(
      `> [1]https://urldefense.com/v3/__https://lore.kernel.org/linux-⏎> clk/${ID}/__;!!abc!⏎> d$`,
      `messageId ${ID}`,
    ));
  it("any other page behind a gateway's address stays as it is written", () => {
    const url = "https://urldefense.com/v3/__https://x.example/a__;!!abc";
    check(url, `url ${url}`);
  });
  it("in angle brackets all of it counts", () => check("<https://x.example/a.>", "url https://x.example/a."));
  it("an address that a robot cut in the name of its server leads nowhere", () =>
    check("Merge tag 'a' of git://git.kerne.. and git://git.kernel.org/.."));
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
    check(
      "Ada <ada@x.example> and From: Bo <123456789012345678@qq.example>⏎<ada@x.example> <mailto:813878896@x.example>",
    ));
  it("a bot's mailbox is no Message-ID", () =>
    check(
      "Reported-by: Bot <bot+0123456789abcdef0123@x.example>⏎Reported-by: <bot+0123456789abcdef0123@x.example>",
    ));
  it("an attribution holds mailboxes", () => check(`${D} Ada <${ID}> wrote:⏎> a`));

  it("Message-IDs by a label or a tool, without brackets", () =>
    check(
      `Message-ID: ${ID}⏎mid:${ID}.⏎b4 am -l -P 3-8,10 -s ${ID}`,
      ...[ID, ID, ID].map((id) => `messageId ${id}`),
    ));

  it("Message-IDs alone, where no mailbox has their shape", () => {
    const lkp = "202603110038.P6d14oxa-lkp@intel.example";
    check(`fixes ${lkp}? and \`${ID}\``, `messageId ${lkp}`, `messageId ${ID}`);
    check("20yrs.of.mail@x.example 2026@x.example CARLOS@x.example");
  });

  it("kernel servers without a scheme", () =>
    check(
      `see lore.kernel.org/r/${ID}, www.lore.kernel.org/all/${ID}/T/#u⏎x.lore.kernel.org/r/a lore.kernel.org`,
      `messageId ${ID}`,
      `messageId ${ID}`,
    ));
  it("marc and mail-archive by their id", () =>
    check(
      `https://marc.info/?i=${ID} https://www.mail-archive.com/search?l=mid&q=${ID}`,
      ...[ID, ID].map((id) => `messageId ${id}`),
    ));

  for (const line of [
    'see 0123456789ab ("fs: cache") now',
    'see 0123456789ab⏎("fs: cache")',
    "commit 0123456789ab broke it",
    "> in commit⏎> 0123456789ab",
    'Fixes: 0123456789ab ("fs: cache")',
    "[ Upstream commit 0123456789ab ]",
    "(cherry picked from commit 0123456789ab)",
    "base-commit: 0123456789ab",
    "# first bad commit: [0123456789ab] fs: cache",
    "0123456789ab is the first bad commit",
    "git bisect good 0123456789ab",
    "0123456789ab fs/cache: forget old pages",
    "| * 0123456789ab fs: forget",
    ":::::: 0123456789ab fs: forget",
    "0123456789ab fs/cache.c Ada Moreno 2023-11-20  1031  return ret;",
    "broken by 0123456789ab, it seems",
    "the later one (0123456789ab).",
    "  *   0123456789ab Merge branches 'fs' and 'mm' into next",
    '0123456789ab Revert "fs: forget"',
    "made with --base 0123456789ab",
    "Cc: stable@kernel.example # 0123456789ab: fs: forget",
    "Cc: <stable@kernel.example> # 5.4: 0123456789ab: fs: forget",
    "      [0123456789ab] fs: forget",
    "[0123456789ab] Forget some pages",
    "^0123456789ab fs/cache.c Ada Moreno 2023-11-20  1031  return ret;",
    "> 0123456789ab Linux 6.1 (good)",
    "as you say, 0123456789ab fixed it",
    'it should be 0123456789ab "fs: cache',
    "how 0123456789ab's lock helps",
    "git log v6.1..0123456789ab",
    "`git branch --all --contains 0123456789ab` shows",
    "we can say that⏎> 0123456789ab causes it",
    "what was changed in⏎0123456789ab, without it",
    "0123456789ab (fs: forget) is it",
    "the revert of patch 7f0123456789 works",
    "https://git.kernel.org/torvalds/c/0123456789ab",
    "https://git.kernel.org/pub/scm/linux/kernel/git/a/b.git/commit/?h=x&id=0123456789ab",
  ]) {
    it(`a commit: ${line}`, () => check(line, `commit ${/7f\d+/.exec(line)?.[0] ?? "0123456789ab"}`));
  }
  it("seven digits need a word or a subject", () =>
    check(
      'commit 0123abc ("fs: cache") and Fixes: 0123abd⏎0123abe in 0123abf',
      "commit 0123abc",
      "commit 0123abd",
    ));
  it("a robot's short ids, with a subject or in its commands", () =>
    check(
      "HEAD commit:    0123abc Linux 5.5⏎#regzbot ^introduced: 0123abd⏎  [0123abe] fs: forget⏎[0123abf] *pgd=0",
      "commit 0123abc",
      "commit 0123abd",
      "commit 0123abe",
    ));
  it("both parents of a merge, as git log has them", () =>
    check("Merge: 0123abc 0123abd", "commit 0123abc", "commit 0123abd"));
  it("whole ids below each other, as a bisection prints them; one alone may be anything", () => {
    const id = "0123456789abcdef0123456789abcdef01234567";
    check(`> ${id}⏎> ${id}`, `commit ${id}`, `commit ${id}`);
    check(`> a⏎> ${id}⏎> b`);
  });
  it("both ends of a range", () =>
    check("commits 0123456789ab..0123456789ac", "commit 0123456789ab", "commit 0123456789ac"));
  for (const line of [
    "RIP 0123456789abcdef and ffff888107e8a580, id 0123456789abcdef0123",
    "head: ffff888003f4b800 0000000000050002",
    "prerequisite-patch-id: 0123456789abcdef0123456789abcdef01234567",
    "sha256: 0123456789abcdef0123456789abcdef01234567",
    "end trace 0123456789abcdef",
    "call 13121162044 now",
    "segfault at 7f16be13e8c7 ip 55d0aa12bc34 in a",
    "the page 0123456789ab was freed",
    "it can be⏎> 0123456789ab..0123456789ac 100644",
    "> 0123456789ab..0123456789ac 100644",
    " 7:  0123456789ab =  7:  0123456789ab fs: forget",
    "6.14.0-next-00008-g0123456789ab",
  ]) {
    it(`no commit: ${line}`, () => check(line));
  }
  it("the tree and the commit that a robot builds on", () => {
    const id = "0123456789abcdef0123456789abcdef01234567";
    check(`base:   ${id}`, `commit ${id}`);
    check(`[test failed on linux-next/master ${id}]`, `commit ${id}`);
    check(`> base: https://git.example/a.git ${id}`, "url https://git.example/a.git", `commit ${id}`);
    check(`compiler: clang (https://x.example/llvm ${id})`, "url https://x.example/llvm");
  });
  it("hex in a diff is no commit", () =>
    check(
      "diff --git a/x b/x⏎index 0123456789ab..0123456789ac 100644⏎--- a/x⏎+++ b/x⏎@@ -1 +1 @@⏎+ commit 0123456789ab x.c:1 http://x.example",
      "url http://x.example",
    ));

  it("a place in a file", () =>
    check("fs/ext4/inode.c:123: warning /tmp/ccA.s:5", "place fs/ext4/inode.c:123"));
  it("a place with a column", () => check("> at drivers/a-b/c.h:12:3.", "place drivers/a-b/c.h:12"));
  it("no place: a time, a host, a C label", () => check("10:20 host.example:80 foo:1 a.b:2"));
  it("a place below the root of a tree, however it is written", () =>
    check("./fs/a.c:1 ../fs/b.c:2 .../fs/c.c:3", "place fs/a.c:1", "place fs/b.c:2", "place fs/c.c:3"));
  it("a function of a stack trace", () =>
    check(
      "[<c0afc920>] pond_take.isra.0+0x1c/0x24 [pond]⏎ ? pond_give+0x1/0x2⏎x+0x5b",
      "symbol pond_take",
      "symbol pond_give",
    ));
  it("bugs of the usual trackers", () =>
    check(
      "CVE-2024-12345, bugzilla.kernel.org #12345⏎Reported-by: syzbot+0123456789abcdef0123@syzkaller.example",
      "bug https://www.cve.org/CVERecord?id=CVE-2024-12345",
      "bug https://bugzilla.kernel.org/show_bug.cgi?id=12345",
      "bug https://syzkaller.appspot.com/bug?extid=0123456789abcdef0123",
    ));
  it("bugs of a tracker that the person named", () =>
    assert.deepEqual(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the setting.
      findLinks("POND-12 and XPOND-13", undefined, { "POND-": "https://bugs.example/${id}?x" }).map(
        ({ target }) => target,
      ),
      ["https://bugs.example/12?x"],
    ));
  it("regzbot's commands and pages", () =>
    check(
      `#regzbot introduced: 0123456789ab⏎#regzbot dup-of: https://lore.kernel.org/r/${ID}⏎https://linux-regtracking.leemhuis.info/regzbot/regression/lore/ab1@x.example/`,
      "commit 0123456789ab",
      `messageId ${ID}`,
      "messageId ab1@x.example",
    ));
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
