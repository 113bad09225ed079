import assert from "node:assert/strict";
import { languageOf } from "../../src/reader/client/language.ts";
import { type Highlight, paintDiff } from "../../src/reader/client/syntax.ts";
import "../../src/reader/client/highlight.ts";
import { blocksOf, draw } from "./views.ts";

const { kernelMailHighlight: highlight } = globalThis as unknown as { kernelMailHighlight: Highlight };

/** The tokens of code as "kind:text". */
function tokens(path: string, code: string): string {
  const lines = code.split("\n");
  return (highlight(path, lines) ?? [])
    .flatMap((found, index) =>
      found.map(({ start, end, kind }) => `${kind}:${lines[index]?.slice(start, end).trim()}`),
    )
    .join(" ");
}

/** A diff drawn and coloured: what is coloured, with its kind. */
function painted(text: string, more = {}): string[] {
  const body = draw(blocksOf({ kind: "diff", text, ...more }), {}, { pathOf: () => "mm/x.c" });
  const box = body.querySelector(".code, .said.diff");
  assert.ok(box);
  const before = box.textContent;
  paintDiff(box, box.getAttribute("data-path") ?? "", highlight);
  assert.equal(box.textContent, before);
  return [...box.querySelectorAll("[class^='code-']")].map(
    (span) => `${span.getAttribute("class")?.slice(5)}:${span.textContent}`,
  );
}

describe("client/syntax", () => {
  const languages: [path: string, language: string | undefined][] = [
    ["mm/pond.c", "c"],
    ["arch/arm64/kernel/entry.S", "gas"],
    ["arch/arm/boot/dts/pond.dtsi", "dts"],
    ["drivers/pond/Kconfig.debug", "kconfig"],
    ["drivers/pond/Makefile", "makefile"],
    ["tools/testing/pond.sh", "bash"],
    ["rust/kernel/pond.rs", "rust"],
    ["Documentation/mm/pond.rst", "rst"],
    ["Documentation/devicetree/bindings/pond.yaml", "yaml"],
    ["scripts/pond.py", "python"],
    ["MAINTAINERS", undefined],
    ["README.constructor", undefined],
  ];
  for (const [path, language] of languages) {
    it(`${path} is ${language ?? "plain text"}`, () => assert.equal(languageOf(path), language));
  }
  it("C with the kernel's types", () =>
    assert.equal(
      tokens("x.c", "static u32 n = 7; /* why */"),
      "type:static type:u32 number:7 comment:/* why */",
    ));
  it("a hunk that begins inside a comment is read so", () =>
    assert.equal(
      tokens("x.c", " * of the pond\n */\nreturn 0;"),
      "comment:* of the pond comment:*/ keyword:return number:0",
    ));
  it("Kconfig: keywords at the start of lines, help as prose", () =>
    assert.equal(
      tokens("Kconfig", 'config POND\n\tbool "ponds"\n\thelp\n\t  bool by day.\n'),
      'keyword:config keyword:bool string:"ponds" keyword:help',
    ));
  it("assembler: directives, labels, registers", () =>
    assert.equal(
      tokens("x.S", "\t.text\npond:\n\tmov x0, #1"),
      "keyword:.text function:pond: name:x0 number:#1",
    ));
  it("reStructuredText: directives and literals", () =>
    assert.equal(
      tokens("x.rst", ".. code-block:: c\n\nsee ``pond``"),
      "keyword:.. code-block:: string:``pond``",
    ));
  it("a language that is not known has no tokens", () =>
    assert.equal(highlight("MAINTAINERS", ["M:\tAda"]), undefined));
  it("each side of a hunk is read as its own file, and the text stays the same", () =>
    assert.deepEqual(
      painted("--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,3 +1,3 @@\n /*\n- old */ return 1;\n+ new */ return 2;"),
      [
        "comment:/*",
        "comment: old */",
        "keyword:return",
        "number:1",
        "comment: new */",
        "keyword:return",
        "number:2",
      ],
    ));
  it("a cited diff is coloured at any depth, by the file that its origin is about", () =>
    assert.deepEqual(painted("> > > @@ -1 +1 @@\n> > > +\treturn 0;", { depth: 3 }), [
      "keyword:return",
      "number:0",
    ]));
  it("links and hidden characters inside tokens stay what they are", () => {
    const spans = [{ start: 4, end: 7, kind: "url" as const, target: "t" }];
    const text = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n+/* URL \u200b */";
    const body = draw(blocksOf({ kind: "diff", text, links: [{ line: 3, spans }] }));
    const code = body.querySelector(".code");
    assert.ok(code);
    paintDiff(code, "mm/x.c", highlight);
    assert.equal(code.querySelector(".link .code-comment")?.textContent, "URL");
    assert.equal(code.querySelector(".control .code-comment")?.textContent, "\u200b");
  });
});
