/** Depth and content of lines: text in, `depth: content` out. */
import assert from "node:assert/strict";
import { readCites } from "../../../src/mail/cite.ts";
import { type WordedLines, Wordings } from "../../../src/mail/wording.ts";

const lines = (text: string): WordedLines => new Wordings().read(text.replaceAll("⏎", "\n"));
const check = (text: string, ...expected: string[]): void =>
  assert.deepEqual(
    readCites(lines(text)).map(({ depth, content }) => `${depth}: ${content}`),
    expected,
  );
const depths = (text: string, ...expected: number[]): void =>
  assert.deepEqual(
    readCites(lines(text)).map(({ depth }) => depth),
    expected,
  );

describe("mail/cite", () => {
  it("Q01 spaced marks", () => check("> > > x", "3: x"));
  it("Q02 tight marks", () => check(">>>x", "3: x"));
  it("Q03 both", () => check("> >> x", "3: x"));
  it("Q04 one blank is the prefix's, more are content", () => check(">   x", "1:   x"));
  it("Q05 marks alone", () => check(">⏎> ⏎> >", "1: ", "1: ", "2: "));
  it("Q06 depths jump", () => depths(">>>>>>>>>> a⏎>>>>>>>>>>>> b", 10, 12));
  it("Q07 Q310 a robot's finding", () =>
    check(">> drivers/clk/a.c:5:2: warning: unused", "0: >> drivers/clk/a.c:5:2: warning: unused"));
  it("Q310 all of them where the mail says so", () =>
    depths("All errors (new ones prefixed by >>):⏎⏎>> make: *** [x] Error 1⏎> cited", 0, 0, 0, 1));
  it("Q310 a cited robot mail", () =>
    check(
      "> All errors (new ones prefixed by >>):⏎> >> ld: undefined⏎>  > 12\tcode",
      "1: All errors (new ones prefixed by >>):",
      "1: >> ld: undefined",
      "1:  > 12\tcode",
    ));
  it("Q310 a cited robot mail, its finding in the parent as well", () =>
    assert.deepEqual(
      readCites(lines("> >> a.c:5:2: warning: unused"), { inParent: () => true }).map(({ depth }) => depth),
      [1],
    ));
  it("Q310 the marked line of a robot's excerpt, its blank lost", () =>
    depths("   1061\tif (x)⏎> 1062\t\ty();⏎  1063\t}", 0, 0, 0));
  it("Q310 such an excerpt that is cited", () => depths("> 1061\tif (x)⏎> 1062\t\ty();⏎> 1063\t}", 1, 1, 1));
  it("Q310 the same words cited twice are depth 2", () =>
    depths("> a⏎>> drivers/clk/a.c:5:2: warning: unused⏎> b", 1, 2, 1));
  it("Q08 Q311 the bad row of a memory dump", () =>
    depths(
      " ffff888107e8a500: fc fc fc fc⏎>ffff888107e8a580: fc fc fc fc⏎ ffff888107e8a600: fc fc fc fc",
      0,
      0,
      0,
    ));
  it("Q311 in a cited dump", () =>
    depths(
      ">  ffff888107e8a500: fc fc fc fc⏎> >ffff888107e8a580: fc fc fc fc⏎>  ffff888107e8a600: fc fc fc fc",
      1,
      1,
      1,
    ));
  it("Q09 Q312 the end of a merge conflict", () =>
    depths("<<<<<<< HEAD⏎a⏎=======⏎b⏎>>>>>>> topic", 0, 0, 0, 0, 0));
  it("Q312 without its head it is cited", () => depths(">>>>>>> topic", 7));
  it("Q313 a Python prompt", () => depths("try this:⏎⏎>>> f(x)⏎3⏎>>> import os", 0, 0, 0, 0, 0));
  it("Q313 cited text that looks like code", () => depths("> a⏎>> b⏎>>> f(x)", 1, 2, 3));
  it("Q313 where a linker wants a symbol", () =>
    depths(
      "ld.lld: error: undefined symbol: f⏎>>> referenced by a.c⏎>>>               a.o:(g) in archive b.a",
      0,
      0,
      0,
    ));
  it("Q313 in a cited report", () =>
    depths("> ld.lld: error: undefined symbol: f⏎> >>> referenced by a.c", 1, 1));
  it("Q10 Q314 an operator after a wrap", () => depths("if (x⏎>= y)", 0, 0));
  it("Q314 a shift", () => depths("mask⏎>>= 1;⏎more", 0, 0, 0));
  it("Q314 tight cited text that begins with =", () => depths("Al wrote:⏎>= 3 is right⏎>yes", 0, 1, 1));
  it("Q11 Q315 the end of a broken link", () =>
    check("see <https://x.example/long⏎>. ok", "0: see <https://x.example/long", "0: >. ok"));
  it("Q315 the end of a broken address", () => depths("On D, Al <al@x.example⏎> wrote:⏎> a", 0, 0, 1));
  it("Q315 a closed bracket above is no reason", () => depths("see <https://x.example/>⏎>. ok", 0, 1));
  it("Q316 an escape that was never undone is not shown", () =>
    check("Hello.⏎>From here on", "0: Hello.", "0: From here on"));
  it("Q316 cited text that begins with From", () => depths("> a⏎>From b⏎> c", 1, 1, 1));
  it("Q12 Q307 a blank before the mark", () => depths(" > not cited", 0));
  it("Q307 three such lines below an attribution", () =>
    check(
      "On 1 May 2024 10:00, Al wrote:⏎ > a⏎ > b⏎ > c",
      "0: On 1 May 2024 10:00, Al wrote:",
      "1: a",
      "1: b",
      "1: c",
    ));
  it("Q307 and the paragraphs below them", () =>
    depths("On 1 May 2024 10:00, Al wrote:⏎ > a⏎ > b⏎ > c⏎⏎ > d⏎⏎no", 0, 1, 1, 1, 0, 1, 0, 0));
  it("Q307 a first line that slipped, the parent has it", () =>
    assert.deepEqual(
      readCites(lines("Al wrote:⏎⏎ > a⏎> b"), { inParent: (line) => line.trim() === "a" }).map(
        ({ depth }) => depth,
      ),
      [0, 0, 1, 1],
    ));
  it("Q307 Supercite's paragraphs of any length", () =>
    check(
      '>>>>> "Al" == Al Pha <al@x.example> writes:⏎⏎ > a⏎ >> b⏎⏎no',
      '0: >>>>> "Al" == Al Pha <al@x.example> writes:',
      "0: ",
      "1: a",
      "2: b",
      "0: ",
      "0: no",
    ));
  it("Q307 three such lines in a robot's excerpt", () =>
    depths("vim +3 a.c⏎ > 1 a⏎ > 2 b⏎ > 3 c", 0, 0, 0, 0));
  it("Q13 Q306 a table", () => depths("| a | b |⏎: x⏎} y⏎# z", 0, 0, 0, 0));
  it("Q14 Q317 scissors", () => depths("-- >8 --⏎>8 ---- 8<", 0, 0));
  it("Q15 Q303 a tight sender's context keeps its blank", () =>
    check(">+a⏎>-b⏎> c", "1: +a", "1: -b", "1:  c"));
  it("Q16 Q303 a spaced sender's too", () => check("> +a⏎> -b⏎>  c", "1: +a", "1: -b", "1:  c"));
  it("Q303 counts each depth for itself", () => check("> a⏎>>b⏎>> c⏎>>d", "1: a", "2: b", "2:  c", "2: d"));
  it("a line that the parent has is cited whatever a guard says", () => {
    const text = lines("if (x⏎>= y)");
    assert.equal(readCites(text, { inParent: (uncited) => uncited === "= y)" })[1]?.depth, 1);
  });
  it("D21 D246 a stuffed > is text", () =>
    assert.deepEqual(readCites(lines("> a⏎> b"), { literalLines: [1] }), [
      { depth: 0, prefix: "", content: "> a" },
      { depth: 1, prefix: "> ", content: "b" },
    ]));
  it("D246 but not where the parent has most of such lines", () => {
    const inParent = (uncited: string) => /a|b/.test(uncited);
    const depths = readCites(lines("> a⏎> b⏎> c"), { literalLines: [1, 2, 3], inParent }).map(
      ({ depth }) => depth,
    );
    assert.deepEqual(depths, [1, 1, 1]);
  });
  it("prefix and content make the line", () => {
    const hostile = lines("> >> x⏎ > y⏎>>> f(x)⏎>From z⏎>>\t\tt⏎>= 1");
    assert.deepEqual(
      readCites(hostile).map(({ prefix, content }) => prefix + content),
      hostile.written,
    );
  });
});
