/** What the checker says of a body, and the checker as a whole. */
import assert from "node:assert/strict";
import { applyEdits } from "../../../src/compose/edit.ts";
import { openLint, safeEdits } from "../../../src/compose/lint.ts";
import { rules } from "../../../src/compose/rules/catalogue.ts";
import type { Finding } from "../../../src/compose/rules/rule.ts";
import { answered, cited, finds, fixes, type Given, lintOf, wrote } from "./linting.ts";

describe("rules about the order of parts", () => {
  it("G86 R751 L-TOP-POST", () =>
    finds(`Yes.\n\n${wrote}${cited(12)}`, ["E L-TOP-POST", "W L-TRAILING-QUOTE"]));
  it("G86 L-TOP-POST moves the answer, every word of it", () =>
    fixes(
      "L-TOP-POST",
      `Hi Bob,\n\nYes.\n\nAda\n\n${wrote}${cited(5)}`,
      `${wrote}${cited(5)}\nHi Bob,\n\nYes.\n\nAda\n`,
    ));
  it("G87 R753 a greeting above the attribution", () =>
    finds(`Hi Bob,\n\n${wrote}${cited(12)}\nYes, it does.\n`, []));
  it("G88 three cited lines, own text above and below", () =>
    finds(`It is fine, but:\n\n${wrote}${cited(3)}\nYes, it does.\n`, []));
  it("G89 no cited text at all", () => finds("Yes, it does.\n", []));
  it("G49 L-NO-OWN", () => finds(`${wrote}${cited(12)}`, ["E L-NO-OWN"]));
  it("L-NO-ATTR is inserted", async () => {
    await finds(`${cited(3)}\nYes, it does.\n`, ["I L-NO-ATTR"]);
    await fixes("L-NO-ATTR", "> text\n\nYes.\n", `${wrote}> text\n\nYes.\n`, { parentFields: {} });
  });
  it("L-ATTR-WRAPPED is joined", async () => {
    const body = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B\n<bob@x.example> wrote:\n> a\n\nYes.\n";
    await finds(body, ["I L-ATTR-WRAPPED"]);
    await fixes("L-ATTR-WRAPPED", body, body.replace("B\n<", "B <"));
  });
  it("R752 L-NO-BLANK", async () => {
    await finds(`${wrote}> a\nYes.\n> b\n\nNo.\n`, ["H L-NO-BLANK", "H L-NO-BLANK"]);
    await fixes("L-NO-BLANK", `${wrote}> a\nYes.\n`, `${wrote}> a\n\nYes.\n`);
  });
  it("R1101 L-SIG-LONG", () => finds(`${answered("Yes.")}\n-- \n1\n2\n3\n4\n5\n`, ["I L-SIG-LONG"]));
  it("R1101 L-SIG-DASH", () =>
    fixes("L-SIG-DASH", `${answered("Yes.")}\n--\nAda\n`, `${answered("Yes.")}\n-- \nAda\n`));
});

describe("rules about how much is cited", () => {
  const parent = (count: number) => cited(count).replaceAll("> ", "");
  const quiet = { levels: Object.fromEntries(rules.map(({ id }) => [id, "off" as const])) };
  const only = (id: string): Given["levels"] => {
    const { [id]: _, ...others } = quiet.levels;
    return others;
  };
  it("G47 R704 L-TRAILING-QUOTE", async () => {
    const body = `${wrote}> a\n\nYes.\n\n${cited(30)}\n-- \nAda\n`;
    await finds(body, ["W L-TRAILING-QUOTE"]);
    await fixes("L-TRAILING-QUOTE", body, `${wrote}> a\n\nYes.\n\n-- \nAda\n`);
  });
  it("three lines are no trouble", () => finds(`${wrote}> a\n\nYes.\n\n${cited(3)}`, []));
  it("L-FULL-QUOTE", () =>
    finds(`${wrote}${cited(40)}\nYes.\n`, ["I L-FULL-QUOTE"], {
      parent: parent(40),
      levels: only("L-FULL-QUOTE"),
    }));
  it("L-FULL-QUOTE of a long one", () =>
    finds(`${wrote}${cited(80)}\nYes.\n`, ["W L-FULL-QUOTE"], {
      parent: parent(80),
      levels: only("L-FULL-QUOTE"),
    }));
  it("L-FULL-QUOTE not where a tenth was cut", () =>
    finds(`${wrote}${cited(36)}\nYes.\n`, [], { parent: parent(40), levels: only("L-FULL-QUOTE") }));
  it("L-QUOTE-RATIO", () => finds(`${wrote}${cited(60)}\nYes.\n`, ["I L-QUOTE-RATIO"]));
  it("L-QUOTE-RATIO and L-LONG-BLOCK of a long one", () =>
    finds(`${wrote}${cited(101)}\nYes.\n`, ["W L-QUOTE-RATIO", "W L-LONG-BLOCK"]));
  it("L-LONG-BLOCK trims to replies", () =>
    fixes("L-LONG-BLOCK", `${wrote}${cited(61)}\nYes.\n`, `${wrote}> [...]\n${cited(12, 50)}\nYes.\n`));
  it("R708 L-DEEP-QUOTE", () => finds(`${wrote}> > > > a\n> b\n\nYes.\n`, ["I L-DEEP-QUOTE"]));
  it("R708 L-DEEP-QUOTE of six", () => finds(`${wrote}> > > > > > a\n> b\n\nYes.\n`, ["W L-DEEP-QUOTE"]));
});

describe("rules about cited lines", () => {
  it("G98 L-QUOTE-EDITED", async () => {
    const given = { parent: "int ret;\n\nret = 0;\nreturn ret;\n" };
    await finds(`${wrote}> int ret;\n>\n> ret = 1;\n> return ret;\n\nWhy?\n`, ["W L-QUOTE-EDITED"], given);
    await fixes(
      "L-QUOTE-EDITED",
      `${wrote}> int ret;\n> ret = 1;\n> return ret;\n\nWhy?\n`,
      `${wrote}> int ret;\n> ret = 0;\n> return ret;\n\nWhy?\n`,
      given,
    );
  });
  it("R603 cited in the tight style, and restored so", async () => {
    const given = { parent: "> int ret;\n> ret = 0;\n> return ret;\n" };
    await finds(`${wrote}>> int ret;\n>> ret = 0;\n\nWhy?\n`, [], given);
    await fixes(
      "L-QUOTE-EDITED",
      `${wrote}>> int ret;\n>> ret = 1;\n>> return ret;\n\nWhy?\n`,
      `${wrote}>> int ret;\n>> ret = 0;\n>> return ret;\n\nWhy?\n`,
      given,
    );
  });
  it("R607 a split line was not changed", () =>
    finds(`${wrote}> one two\n\nYes.\n\n> three four\n\nNo.\n`, [], { parent: "one two three four\n" }));
  it("R607 nor was one that a mailer wrapped", () =>
    finds(`${wrote}> one two three\n> four five six\n\nNo.\n`, [], {
      parent: "one two three four\nfive six\n",
    }));
  it("R706 a mark is no changed line", () =>
    finds(`${wrote}> a b c\n> [...]\n> d e f\n\nNo.\n`, [], { parent: "a b c\nx y z\nd e f\n" }));
  it("G99 L-QUOTE-BROKEN", async () => {
    const long = `${"aaaa ".repeat(12)}bbbb bbbb`;
    const given = { parent: `> ${long}\n` };
    await finds(
      `${wrote}> > ${"aaaa ".repeat(12).trim()}\nbbbb bbbb\n`,
      ["H L-NO-BLANK", "W L-QUOTE-BROKEN"],
      given,
    );
    await fixes(
      "L-QUOTE-BROKEN",
      `${wrote}> > ${"aaaa ".repeat(12).trim()}\nbbbb bbbb\n`,
      `${wrote}> > ${long}\n`,
      given,
    );
  });
  it("G100 L-TAB-LOST restores", async () => {
    const hunk = "@@ -1,2 +1,3 @@\n int a;\n+\tint b;\n int c;\n";
    const lost = "> @@ -1,2 +1,3 @@\n>  int a;\n> +        int b;\n>  int c;\n\nWhy?\n";
    await finds(wrote + lost, ["W L-TAB-LOST"], { parent: hunk });
    await fixes("L-TAB-LOST", wrote + lost, wrote + lost.replace("        int b", "\tint b"), {
      parent: hunk,
    });
  });
  it("L-TAB-LOST not of a line that a mailer moved by a blank", () => {
    const code = "@@ -1,3 +1,3 @@\n int a;\n \t}\n }\n";
    return finds(`${wrote}> @@ -1,3 +1,3 @@\n>  int a;\n>   }\n\nWhy?\n`, [], { parent: code });
  });
  it("L-TAB-LOST not of a line that was said so, beside one with a tab", () =>
    finds(`${wrote}> @@ -1,2 +1,2 @@\n>   */\n>  \t*/\n\nWhy?\n`, [], {
      parent: "@@ -1,2 +1,2 @@\n  */\n \t*/\n",
    }));
  it("R701 L-QUOTED-SIG", () =>
    fixes("L-QUOTED-SIG", `${wrote}> a\n> -- \n> Bob\n\nYes.\n`, `${wrote}> a\n\nYes.\n`));
  it("R702 L-BANNER", () => finds(`${wrote}> [EXTERNAL] careful\n>\n> a\n\nYes.\n`, ["I L-BANNER"]));
  it("G53 L-ORPHAN-ATTR", async () => {
    const body = `${wrote}> On Sun, Nov 15, 2026 at 10:00:00 +0100, Carol wrote:\n> y\n\nok\n`;
    await finds(body, ["W L-ORPHAN-ATTR"]);
    await fixes("L-ORPHAN-ATTR", body, `${wrote}> y\n\nok\n`);
  });
  it("G53 not while a line of hers is left", () =>
    finds(`${wrote}> On Sun, Nov 15, 2026 at 10:00:00 +0100, Carol wrote:\n> > x\n> y\n\nok\n`, []));
  it("G95 a cited trailer of the parent", () =>
    finds(`${wrote}> Reviewed-by: Bob <b@x.example>\n\nThanks.\n`, [], {
      parent: "Reviewed-by: Bob <b@x.example>\n",
    }));
  it("L-TRAILER-QUOTED", () =>
    finds(
      `${wrote}> text\n> Reviewed-by: Ada Reviewer <ada@example.org>\n\nThanks.\n`,
      ["I L-TRAILER-QUOTED"],
      { parent: "text\n" },
    ));
});

describe("rules about own text", () => {
  const wide = (columns: number) => `${"word ".repeat(columns / 5).slice(0, columns - 1)}.`;
  it("R801 72 columns", () => finds(answered(wide(75)), []));
  it("R801 L-PROSE-LONG tells above 76", () => finds(answered(wide(80)), ["I L-PROSE-LONG"]));
  it("R801 L-PROSE-LONG warns above 80", () => finds(answered(wide(90)), ["W L-PROSE-LONG"]));
  it("R801 L-PROSE-LONG refills", () =>
    fixes(
      "L-PROSE-LONG",
      answered(wide(90)),
      answered(`${"word ".repeat(14).trim()}\nword word word word.`),
    ));
  it("G62 a footnote's link", () => finds(answered(`[1] https://lore.kernel.org/r/${"x".repeat(70)}/`), []));
  it("G63 a long Fixes:", () =>
    finds(
      answered('Fixes: 0123456789ab ("clk: a very long subject that runs past the usual limit of columns")'),
      [],
    ));
  it("G64 a log", () =>
    finds(
      answered("[   12.345678] clk: something failed with a long message over eighty columns in total"),
      [],
    ));
  it("G65 a stack trace", () =>
    finds(answered(`  ? clk_core_get+0x1a/0x90 ${"x ".repeat(40)}`.trimEnd()), []));
  it("G66 a table", () =>
    finds(
      answered(
        Array(3)
          .fill(`name${" ".repeat(40)}old${" ".repeat(40)}new`)
          .join("\n"),
      ),
      [],
    ));
  it("G67 a wide line of an own patch", () =>
    finds(
      answered(`--- a/x.c\n+++ b/x.c\n@@ -1 +1,2 @@\n int a;\n+\t${"very long ".repeat(12).trim()}`),
      [],
    ));
  it("G68 a wide cited line", () => finds(`${wrote}> ${wide(110)}\n\nYes.\n`, []));
  it("R802 columns are display columns", () => finds(answered("漢".repeat(41)), ["W L-PROSE-LONG"]));
  it("L-PROSE-RAGGED", () =>
    finds(answered(`${wide(70).slice(0, -1)}\nthen a short one\nand this goes on as if nothing had been.`), [
      "H L-PROSE-RAGGED",
    ]));
  it("G75 R902 L-TRAIL-WS", () => fixes("L-TRAIL-WS", answered("text  "), answered("text")));
  it("G75 but not of the signature's mark", () => finds(`${answered("Yes.")}\n-- \nAda\n`, []));
  it("G76 L-NBSP in code", async () => {
    await finds(answered("\u00a0\u00a0\u00a0\u00a0if (x)"), ["W L-NBSP"]);
    await fixes("L-NBSP", answered("\u00a0\u00a0if\u00a0(x)"), answered("  if (x)"));
  });
  it("R906 L-NBSP in prose", () => finds(answered("It is\u00a0so."), ["I L-NBSP"]));
  it("G77 curly quotes in prose", () => finds(answered("I “quoted” that."), []));
  it("G77 R907 L-CURLY in code", () => finds(answered("Like this:\n\n\tprintk(“hello”);"), ["W L-CURLY"]));
  it("R908 L-BIDI", () => fixes("L-BIDI", answered("a\u202eb"), answered("ab")));
  it("R906 L-BIDI of no width", () => finds(answered("a\u200bb"), ["W L-BIDI"]));
  it("R908 not inside an emoji", () => finds(answered("fine 👩\u200d💻"), []));
  it("L-NON-UTF8", () => finds(answered("M\ufffdller says so."), ["E L-NON-UTF8"]));
  it("L-HTML", () => finds(answered("<p>It works.</p>"), ["E L-HTML"]));
  it("L-HTML is converted", () => fixes("L-HTML", answered("<p>It&nbsp;works.</p>"), answered("It works.")));
  it("a tag that is spoken of", () => finds(answered("The tag `<p>` is closed too early."), []));
  it("G96 R1103 L-DISCLAIMER", () =>
    finds(answered("This e-mail is confidential and intended solely for Bob."), ["E L-DISCLAIMER"]));
  it("G96 the same text cited", () =>
    finds(`${wrote}> a\n> This e-mail is confidential and intended solely for Bob.\n\nYes.\n`, [
      "I L-BANNER",
    ]));
  it("R1105 L-SENT-FROM", () => finds(`${answered("Yes.")}\nSent from my telephone\n`, ["I L-SENT-FROM"]));
  it("L-MARKDOWN", () => finds(answered("This is **very** important."), ["H L-MARKDOWN"]));
  it("L-ATTACH-FORGOT", () => finds(answered("Please find attached the log."), ["H L-ATTACH-FORGOT"]));
  it("a device that is attached", () => finds(answered("The device is attached to the bus."), []));
});

describe("rules about own patches", () => {
  it("G97 L-PATCH-MANGLED: the numbers do not fit", () =>
    finds(answered("--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,4 @@\n int a;\n+int b;\n int c;"), [
      "E L-PATCH-MANGLED",
    ]));
  it("a whole one", () =>
    finds(answered("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b;\n int c;"), []));
  it("L-PATCH-MANGLED: a line was wrapped", () =>
    finds(
      answered(
        "--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b; /* a comment\nthat is long */\n int c;",
      ),
      ["E L-PATCH-MANGLED"],
    ));
  it("L-PATCH-MANGLED: it is joined again", () =>
    fixes(
      "L-PATCH-MANGLED",
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b; /* long,\nand on */\n int c;"),
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b; /* long, and on */\n int c;"),
    ));
  it("L-PATCH-MANGLED: the blank in front comes back", () =>
    fixes(
      "L-PATCH-MANGLED",
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b;\nint c;"),
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n int a;\n+int b;\n int c;"),
    ));
  it("L-PATCH-MANGLED: blanks are blanks", () =>
    fixes(
      "L-PATCH-MANGLED",
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,2 @@\n int a;\n+int\u00a0b;"),
      answered("--- a/x.c\n+++ b/x.c\n@@ -1,1 +1,2 @@\n int a;\n+int b;"),
    ));
  it("G97 L-PATCH-MANGLED: the numbers are counted anew", () =>
    fixes(
      "L-PATCH-MANGLED",
      answered("--- a/x.c\n+++ b/x.c\n@@ -7,9 +7,9 @@ f(void)\n int a;\n-int b;\n+int c;\n+int d;\n int e;"),
      answered("--- a/x.c\n+++ b/x.c\n@@ -7,3 +7,4 @@ f(void)\n int a;\n-int b;\n+int c;\n+int d;\n int e;"),
    ));
  it("context lines that lost their blank", () =>
    finds(answered("--- a/x.c\n+++ b/x.c\n@@ -1,4 +1,5 @@\n int a;\n\n\n+int b;\n int c;"), []));
  it("L-PATCH-MANGLED: empty lines are walked once, however many a hunk has", () =>
    finds(
      answered(`--- a/x.c\n+++ b/x.c\n@@ -1,999999 +1,999999 @@\n int a;\n${"\n".repeat(200_000)} int c;`),
      ["I L-SIZE", "E L-PATCH-MANGLED"],
    )).timeout(20_000);
  it("a sketch of one", () =>
    finds(answered("--- a/x.c\n+++ b/x.c\n@@ -1,9 +1,9 @@\n int a;\n...\n+int b;"), []));
  it("R1104 L-PGP-PATCH", () =>
    finds(answered("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- --- a/x.c"), ["W L-PGP-PATCH"]));
});

describe("rules about trailers", () => {
  const me = "Ada Reviewer <ada@example.org>";
  it("a usual one", () => finds(answered(`Reviewed-by: ${me}`), []));
  it("G90 L-TRAILER, then L-TRAILER-IDENT", async () => {
    const body = answered("reviewed-By:  Ada <ada@example.org>");
    await finds(body, ["W L-TRAILER", "W L-TRAILER-IDENT"]);
    await fixes("L-TRAILER", body, answered("Reviewed-by: Ada <ada@example.org>"));
    await fixes("L-TRAILER-IDENT", body, answered(`Reviewed-by: ${me}`));
  });
  it("G91 L-TRAILER-UNKNOWN: two in one", async () => {
    await finds(answered(`Reported-and-tested-by: ${me}`), ["I L-TRAILER-UNKNOWN"]);
    await fixes(
      "L-TRAILER-UNKNOWN",
      answered(`Reported-and-tested-by: ${me}`),
      answered(`Reported-by: ${me}\nTested-by: ${me}`),
    );
  });
  it("R1202 L-TRAILER-UNKNOWN: the nearest name", () =>
    fixes("L-TRAILER-UNKNOWN", answered(`Reviwed-by: ${me}`), answered(`Reviewed-by: ${me}`)));
  it("G92 a note", () => finds(answered("Note: see the manual"), []));
  it("G93 stable", () => finds(answered("stable: this needs a backport"), []));
  it("G94 Assisted-by", () => finds(answered("Assisted-by: tool:model-1"), []));
  it("R1203 L-TRAILER-IDENT", () =>
    finds(answered("Acked-by: Carol <carol@x.example>"), ["W L-TRAILER-IDENT"]));
  it("R1203 Reported-by names somebody else", () =>
    finds(answered("Reported-by: Carol <carol@x.example>"), []));
  it("R1203 a name turned round is the same name", () =>
    finds(answered("Acked-by: Reviewer, Ada <ada@example.org>"), []));
  it("R1204 L-TRAILER-WRAPPED", () =>
    fixes(
      "L-TRAILER-WRAPPED",
      answered('Fixes: 0123456789ab ("clk: a\nsubject")'),
      answered('Fixes: 0123456789ab ("clk: a subject")'),
    ));
  it("R1205 L-TRAILER-PLACE", () =>
    finds(answered(`Reviewed-by: ${me}`), ["I L-TRAILER-PLACE"], {
      fields: { Subject: "Re: Locking" },
      parentFields: { Subject: "Locking" },
    }));
});

describe("rules about customs of lists", () => {
  it("L-BARE-LINK", () =>
    finds(answered("See https://lkml.org/lkml/2026/11/16/123 for that."), ["I L-BARE-LINK"]));
  it("L-BARE-LINK leads to lore where it holds the Message-ID", () =>
    fixes(
      "L-BARE-LINK",
      answered("See https://marc.info/?i=20261116.1@x.example for that."),
      answered("See https://lore.kernel.org/r/20261116.1@x.example for that."),
    ));
  it("L-SHA-SHORT", () => finds(answered("It broke with commit 0123abc there."), ["I L-SHA-SHORT"]));
  it("L-SHA-SHORT is content with a subject", () =>
    finds(answered('It broke with commit 0123456789ab ("clk: add foo") there.'), []));
  it("L-NEW-VERSION", () =>
    finds("A new version.\n", ["I L-NEW-VERSION"], { fields: { Subject: "[PATCH v2] clk: fix foo" } }));
  it("L-BOT-COMMAND explains", () => finds(answered("pw-bot: changes-requested"), ["H L-BOT-COMMAND"]));
  it("L-BOT-COMMAND knows no such word", () =>
    finds(answered("pw-bot: change requested"), ["I L-BOT-COMMAND"]));
  it("L-BOT-COMMAND of syzbot and regzbot", () =>
    finds(answered("#syz fix: clk: fix foo\n#regzbot introduced: v7.1..v7.2"), [
      "H L-BOT-COMMAND",
      "H L-BOT-COMMAND",
    ]));
  it("R1003 R1308 L-LINE-998", () => finds(`${wrote}> ${"x".repeat(1200)}\n\nYes.\n`, ["I L-LINE-998"]));
  it("L-SIZE", () => finds(`${"short line\n".repeat(10_000)}`, ["I L-SIZE"]));
  it("R1007 L-FLOWED", () =>
    finds(answered("Yes."), ["I L-HEADER", "W L-FLOWED"], {
      fields: { "Content-Type": "text/plain; format=flowed" },
    }));
  it("L-ATTACH", () =>
    finds(answered("Yes."), ["W L-HEADER", "W L-ATTACH"], { fields: { Attach: "fix.patch" } }));
});

describe("the checker", () => {
  it("turns a rule up, down and off", async () => {
    const body = answered("text  \nIt is\u00a0so.");
    await finds(body, ["E L-TRAIL-WS"], { levels: { "L-TRAIL-WS": "error", "L-NBSP": "off" } });
  });
  it("counts lines and columns from 1, in the draft", async () => {
    const { findings, bodyLine } = await lintOf(answered("🙂 text  "));
    const { rule: _, severity: __, message: ___, fix: ____, ...place } = findings[0] as Finding;
    assert.deepEqual(place, { line: bodyLine + 3, column: 8, endLine: bodyLine + 3, endColumn: 10 });
  });
  it("fixes what is safe in one go, and nothing else", async () => {
    const { text, findings } = await lintOf(
      `${wrote}> a\n> -- \n> Bob\nIt is\u00a0so.  \n<p>x</p>\n\n--\nAda\n`,
    );
    const fixed = applyEdits(text, safeEdits(findings));
    assert.ok(fixed.endsWith(`${wrote}> a\n\nIt is so.\n<p>x</p>\n\n-- \nAda\n`), fixed);
  });
  it("takes any text for a draft", () => {
    const lint = openLint();
    for (const text of ["", "\n", "x", ">", "From:", "a: b\n", "\u0000", "> > >", "@@ -1,9 +1,9 @@\n"])
      lint(text);
  });
});
