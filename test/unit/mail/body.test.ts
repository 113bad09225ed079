/** The structure of a body: text in, blocks out. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Block } from "../../../src/mail/block.ts";
import { type BodyHints, readBody, readStructure } from "../../../src/mail/body.ts";
import { anyBody, hostileBodies, mailBody } from "./anyBody.ts";

/** Blocks as `kind depth first-last author` a line; `D` is a date, `⏎` a line end. */
function blocks(text: string, hints?: BodyHints): string[] {
  const body = text.replaceAll("⏎", "\n").replaceAll("On D,", "On Mon, 22 Jul 2024 12:42:52 +0200,");
  return readBody(body, hints).map(({ kind, depth, firstLine, lastLine, author, inferred }) =>
    [
      kind,
      depth,
      `${firstLine}-${lastLine}`,
      ...(author === undefined ? [] : [author]),
      ...(inferred ? ["inferred"] : []),
    ].join(" "),
  );
}

const check = (text: string, ...expected: string[]): void => assert.deepEqual(blocks(text), expected);

describe("mail/body", () => {
  it("an empty body is one text block", () => check("", "text 0 1-1"));
  it("A01 the attribution names depth 1, U+202F or not", () =>
    check(
      "On Mon, Jul 22, 2024 at 1:18\u202fPM Al Pha <al@x.example> wrote:⏎> a",
      "attribution 0 1-1",
      "cited 1 2-2 Al Pha",
    ));
  it("A02 over two lines", () =>
    check(
      "On Mon, Jul 22, 2024 at 1:18 PM Al Pha⏎<al@x.example> wrote:⏎> a",
      "attribution 0 1-2",
      "cited 1 3-3 Al Pha",
    ));
  it("A411 AF12 the date above the name", () =>
    check(
      "В Mon, 15 Jul 2019 21:37:09 -0700⏎Al Pha <al@x.example> пишет:⏎> a",
      "attribution 0 1-2",
      "cited 1 3-3 Al Pha",
    ));
  it("A03 over three lines", () =>
    check("On 22/07/2024 13:18, Al Pha⏎via list⏎wrote:⏎> a", "attribution 0 1-3", "cited 1 4-4 Al Pha"));
  it("A411 the verb of a cited one slipped out", () =>
    check(
      "> On Mon, 22 Jul 2024 12:42 Al Pha <al@x.example>⏎wrote:⏎> > a⏎> b",
      "attribution 1 1-2",
      "cited 2 3-3 Al Pha",
      "cited 1 4-4",
    ));
  it("A406 A407 you are the parent's author", () =>
    assert.deepEqual(blocks("On D, you wrote:⏎> a", { ancestors: [{ author: "Al Pha", body: "a" }] }), [
      "attribution 0 1-1",
      "cited 1 2-2 Al Pha inferred",
    ]));
  it("A04 Quoting", () =>
    check("Quoting Al Pha (2025-09-15 08:19:43)⏎> a", "attribution 0 1-1", "cited 1 2-2 Al Pha"));
  it("A05 German", () =>
    check("Am 29.08.23 um 19:40 schrieb Al Pha:⏎> a", "attribution 0 1-1", "cited 1 2-2 Al Pha"));
  it("A06 French", () =>
    check(
      "Le lun. 22 juil. 2024 à 13:18, Al Pha a écrit\u00a0:⏎> a",
      "attribution 0 1-1",
      "cited 1 2-2 Al Pha",
    ));
  it("A07 Russian, no verb", () =>
    check("вт, 10 сент. 2024 г. в 12:59, Al <al@x.example>:⏎> a", "attribution 0 1-1", "cited 1 2-2 Al"));
  it("A08 Chinese", () =>
    check("在 2025/2/14 17:51, Al Pha 写道:⏎> a", "attribution 0 1-1", "cited 1 2-2 Al Pha"));
  it("A09 a date made by hand", () =>
    check("On 13:01 Wed 07 May     , Al Pha wrote:⏎> a", "attribution 0 1-1", "cited 1 2-2 Al Pha"));
  it("A10 an instruction is text", () => check("On your host you can run:⏎⏎    make", "text 0 1-3"));
  it("A11 nothing cited is text", () => check("He wrote:⏎⏎nothing quoted", "text 0 1-3"));
  it("A12 a mark for left-out lines between", () =>
    check("On D, Al wrote:⏎[...]⏎> a", "attribution 0 1-1", "text 0 2-2", "cited 1 3-3 Al"));
  it("A13 the attribution inside the cited text", () =>
    check(
      "> On 19 Jan 2026, at 07:45, Al wrote:⏎> a⏎mine",
      "attribution 1 1-1",
      "cited 1 2-2 Al",
      "text 0 3-3",
    ));
  it("A14 two attributions, two depths", () =>
    check(
      "On D, Al wrote:⏎> On D, Bo wrote:⏎> > b⏎> a",
      "attribution 0 1-1",
      "attribution 1 2-2 Al",
      "cited 2 3-3 Bo",
      "cited 1 4-4 Al",
    ));
  it("A15 an author stays after own text", () =>
    assert.ok(
      blocks("On D, Al wrote:⏎> On D, Bo wrote:⏎>> On D, Cy wrote:⏎>>> c⏎own⏎>>> d").includes(
        "cited 3 6-6 Cy",
      ),
    ));
  it("A16 a depth without attribution is concluded from the thread", () =>
    assert.deepEqual(blocks("On D, Al wrote:⏎> > c", { ancestors: [{ author: "Al" }, { author: "Bo" }] }), [
      "attribution 0 1-1",
      "cited 2 2-2 Bo inferred",
    ]));
  it("A18 an attribution above nothing", () =>
    check(
      "On D, Al wrote:⏎> On D, Cy wrote:⏎> > On D, Bo wrote:⏎> next topic",
      "attribution 0 1-1",
      "attribution 1 2-2 Al",
      "attribution 2 3-3 Cy",
      "cited 1 4-4 Al",
    ));
  it("A23 the slipped second path of a diff header", () =>
    check(
      "On D, Al wrote:⏎> diff --git a/x/y.c⏎b/x/y.c⏎own",
      "attribution 0 1-1",
      "diff 1 2-3 Al",
      "text 0 4-4",
    ));
  it("A24 a cited header block names its own depth", () =>
    check(
      "> -----Original Message-----⏎> From: Al <al@x.example>⏎> Sent: Monday, 3 June 2024 10:00⏎> Subject: s⏎>⏎> a⏎mine",
      "attribution 1 1-5",
      "cited 1 6-6 Al",
      "text 0 7-7",
    ));
  it("B620 a line that announces a message, and no headers, is not the sender's word", () =>
    check(
      "hi⏎⏎----- Original Message -----⏎> a⏎mine",
      "text 0 1-2",
      "attribution 0 3-3",
      "cited 1 4-4",
      "text 0 5-5",
    ));
  it("A25 an unmarked header block: what follows is one deeper", () =>
    check("-----Original Message-----⏎From: Al⏎Sent: D⏎⏎a", "attribution 0 1-4", "cited 1 5-5 Al"));
  it("A25 B620 an attribution in unmarked forwarded text does not end it", () =>
    check(
      "top⏎⏎-----Original Message-----⏎From: Al⏎Sent: D⏎⏎Hi,⏎On D, Bo wrote:⏎> b⏎a",
      "text 0 1-2",
      "attribution 0 3-6",
      "cited 1 7-7 Al",
      "attribution 1 8-8 Al",
      "cited 2 9-9 Bo",
      "cited 1 10-10 Al",
    ));
  it("A25 one of the sender does", () =>
    assert.deepEqual(
      blocks("-----Original Message-----⏎From: Al⏎Sent: D⏎⏎a⏎On D, Bo wrote:⏎> b⏎own", {
        ancestors: [{ author: "Al", body: "a" }],
      }).slice(-2),
      ["cited 1 7-7 Bo", "text 0 8-8"],
    ));
  it("B622 headers right above marked text are its attribution", () =>
    check(
      "-----Original Message-----⏎From: Al⏎Sent: D⏎⏎> a⏎own",
      "attribution 0 1-4",
      "cited 1 5-5 Al",
      "text 0 6-6",
    ));
  it("B620 what the sender wrote into indented text is the sender's", () => {
    const said = "A sentence of the parent.\nAnother sentence.\nThe last of its sentences.";
    const ancestors = [{ author: "Al", body: said }];
    const [one, two, three] = said.split("\n");
    assert.deepEqual(blocks(`On D, Al wrote:⏎⏎    ${one}⏎    ${two}⏎⏎mine⏎    ${three}⏎Bo`, { ancestors }), [
      "attribution 0 1-2",
      "cited 1 3-5 Al",
      "text 0 6-6",
      "cited 1 7-7 Al",
      "text 0 8-8",
    ]);
    assert.deepEqual(blocks(`On D, Al wrote:⏎⏎    ${one}⏎    ${two}⏎${three}⏎Bo`, { ancestors }).slice(-1), [
      "cited 1 3-6 Al",
    ]);
  });
  it("B620 below an attribution, unmarked text that the parent has is forwarded", () => {
    const body = "own⏎⏎  On D, Al wrote:⏎⏎A sentence of the parent.⏎More.";
    const ancestors = [{ author: "Al", body: "A sentence of the parent.\nMore." }];
    assert.deepEqual(blocks(body, { ancestors }), ["text 0 1-2", "attribution 0 3-4", "cited 1 5-6 Al"]);
    assert.deepEqual(blocks(body, { ancestors: [{ author: "Al", body: "Something else." }] }), [
      "text 0 1-6",
    ]);
  });
  it("A404 a greeting may stand between", () =>
    check("On D, Al wrote:⏎Hi Al,⏎⏎> a", "attribution 0 1-1", "text 0 2-3", "cited 1 4-4 Al"));
  it("A26 in-body From: is no block", () => check("From: Al <al@x.example>⏎⏎text", "text 0 1-3"));
  it("Q06 depths may jump; the deeper one is concluded", () => {
    const ancestors = "abcdefghijkl".split("").map((author) => ({ author }));
    assert.deepEqual(blocks(`${">".repeat(10)} x⏎${">".repeat(12)} y`, { ancestors }), [
      "cited 10 1-1 j inferred",
      "cited 12 2-2 l inferred",
    ]);
  });
  it("F13 two dashes far from the end are no signature", () =>
    check(`a⏎--⏎${"b⏎".repeat(20)}c`, "text 0 1-23"));
  it("F19 list items are no diff", () => check("> - item⏎> - item", "cited 1 1-2"));
  it("F20 an empty line in a hunk is context", () => check("> @@ -1,3 +1,4 @@⏎>  a⏎>⏎> +b", "diff 1 1-4"));
  it("F21 added lines behind tight marks", () => check(">> @@ -1 +1,2 @@⏎>> +b", "diff 2 1-2"));
  it("F22 a banner", () =>
    check(
      "On D, Al wrote:⏎> [EXTERNAL] Do not click⏎>⏎> a",
      "attribution 0 1-1",
      "footer 1 2-3 Al",
      "cited 1 4-4 Al",
    ));
  it("F23 a list footer", () =>
    check(
      `a⏎${"_".repeat(40)}⏎foo mailing list⏎foo@lists.example⏎https://lists.example/foo`,
      "text 0 1-1",
      "footer 0 2-5",
    ));
  it("B601 the own signature", () => check("a⏎⏎-- ⏎Ada", "text 0 1-2", "signature 0 3-4"));
  it("B603 git's version line below a diff", () =>
    check(
      "text⏎---⏎diff --git a/x b/x⏎--- a/x⏎+++ b/x⏎@@ -1 +1 @@⏎-a⏎+b⏎-- ⏎2.47.0",
      "text 0 1-2",
      "diff 0 3-8",
      "signature 0 9-10",
    ));
  it("trailers at any depth", () =>
    check(
      'On D, Al wrote:⏎> Fixes: 0123456789ab ("x: y")⏎> Signed-off-by: Al <al@x.example>⏎⏎Reviewed-by: Bo <bo@x.example>',
      "attribution 0 1-1",
      "trailers 1 2-4 Al",
      "trailers 0 5-5",
    ));
});

/** Blocks cover the lines 1 to n, in order, each exactly once. */
function assertCovers(found: readonly Block[], lines: number): void {
  let next = 1;
  for (const { firstLine, lastLine } of found) {
    assert.equal(firstLine, next);
    assert.ok(lastLine >= firstLine);
    next = lastLine + 1;
  }
  assert.equal(next, lines + 1);
}

describe("mail/body, whatever comes", function () {
  this.timeout(60_000);
  it("blocks cover every line exactly once", () =>
    fc.assert(fc.property(anyBody, (body) => assertCovers(readBody(body), body.split("\n").length))));
  it("prefix and content make the line", () =>
    fc.assert(
      fc.property(mailBody, (body) => {
        const { lines } = readStructure(body);
        assert.equal(lines.map(({ prefix, content }) => prefix + content).join("\n"), body);
      }),
    ));
  it("a line that says something has the depth of its block, but below unmarked forwarded headers", () =>
    fc.assert(
      fc.property(mailBody, (body) => {
        const { lines, blocks: found } = readStructure(body);
        for (const { depth, firstLine, lastLine } of found)
          for (const line of lines.slice(firstLine - 1, lastLine))
            if (line.content.trim() !== "") assert.ok(line.depth <= depth);
      }),
    ));
  it("no two blocks in a row are the same", () =>
    fc.assert(
      fc.property(mailBody, (body) => {
        const found = readBody(body);
        found.slice(1).forEach((block, at) => {
          const above = found[at];
          const same =
            above?.kind === block.kind && above.depth === block.depth && above.author === block.author;
          assert.equal(same, false);
        });
      }),
    ));
  it("ancestors of any kind are taken", () =>
    fc.assert(
      fc.property(anyBody, fc.array(anyBody, { maxLength: 3 }), (body, said) => {
        const ancestors = said.map((text, at) => ({
          author: at === 1 ? undefined : text.slice(0, 9),
          body: text,
        }));
        assertCovers(readBody(body, { ancestors }), body.split("\n").length);
      }),
    ));
  for (const [name, body] of hostileBodies(200_000)) {
    it(name, function () {
      this.timeout(60_000);
      const text = body();
      assertCovers(readBody(text), text.split("\n").length);
    });
  }
});
