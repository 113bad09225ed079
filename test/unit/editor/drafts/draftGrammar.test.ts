/** The colours of a draft, by the editor's own reader of grammars: the scopes of what is on each line. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { root } from "../../../fixtures.ts";

interface Grammar {
  tokenizeLine(line: string, state: unknown): { tokens: Token[]; ruleStack: unknown };
}
interface Token {
  startIndex: number;
  endIndex: number;
  scopes: string[];
}
interface TextMate {
  INITIAL: unknown;
  Registry: new (options: object) => { loadGrammar(scope: string): Promise<Grammar> };
  parseRawGrammar(text: string, path: string): unknown;
}
interface Oniguruma {
  loadWASM(bytes: ArrayBuffer): Promise<void>;
  OnigScanner: new (patterns: string[]) => object;
  OnigString: new (text: string) => object;
}

const HEAD = "From: Ada <ada@x.example>\nSubject: Re: pond\n\n";

describe("the grammar of drafts", () => {
  let textmate: TextMate;
  let grammar: Grammar;
  before(async function () {
    // The Node that runs the tests lies beside the embedded VS Code, whose reader this is.
    const packages = resolve(dirname(process.execPath), "..", "..");
    const vscode = join(packages, "code-server", "lib", "vscode", "node_modules");
    if (!existsSync(vscode)) {
      console.log("      skipped: no embedded VS Code beside this Node");
      this.skip();
    }
    const load = createRequire(join(vscode, "x.js"));
    textmate = load("vscode-textmate") as TextMate;
    const { loadWASM, OnigScanner, OnigString } = load("vscode-oniguruma") as Oniguruma;
    const wasm = readFileSync(load.resolve("vscode-oniguruma").replace(/main\.js$/, "onig.wasm"));
    await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
    const file = join(root(), "media", "kernel-mail.tmLanguage.json");
    grammar = await new textmate.Registry({
      onigLib: Promise.resolve({
        createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
        createOnigString: (text: string) => new OnigString(text),
      }),
      loadGrammar: async () => textmate.parseRawGrammar(readFileSync(file, "utf8"), file),
    }).loadGrammar("text.kernel-mail");
  });

  /** The scopes of the token that holds `part` in a draft with this body. */
  const scopes = (part: string, body: string): string => {
    let state = textmate.INITIAL;
    for (const line of (HEAD + body).split("\n")) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      const found = tokens.find(({ startIndex, endIndex }) =>
        line.slice(startIndex, endIndex).includes(part),
      );
      if (found !== undefined) return found.scopes.join(" ");
    }
    throw new assert.AssertionError({ message: `no token holds ${part}` });
  };
  const has = (part: string, body: string, scope: RegExp) => () => assert.match(scopes(part, body), scope);

  it("knows header fields and addresses", () => {
    assert.match(scopes("From", ""), /keyword\.other\.field/);
    assert.match(scopes("<ada@", ""), /constant\.other\.address/);
    assert.match(scopes("pond", ""), /markup\.heading\.subject/);
  });
  it("knows the header of each mail of several that are previewed at once", () => {
    const next = "Yes.\n\n==== 2 of 3: Re: x ====\nCc: Bo <bo@x.example>\nSubject: Re: brook\n\n> cited\n";
    assert.match(scopes("2 of 3", next), /markup\.heading\.mail/);
    assert.match(scopes("Cc", next), /keyword\.other\.field/);
    assert.match(scopes("brook", next), /markup\.heading\.subject/);
    assert.match(scopes("cited", next), /markup\.quote\.cite1/);
  });
  it("knows the attribution", has("wrote:", "On Mon, Bo Lind wrote:\n", /comment\.line\.attribution/));
  for (let depth = 1; depth <= 5; depth++) {
    it(
      `tells cited text of depth ${depth}`,
      has(
        "words",
        `${"> ".repeat(depth)}words\n`,
        new RegExp(`markup\\.quote\\.cite${depth}.*\\.cite${depth}\\.kernel-mail`),
      ),
    );
    it(
      `tells a diff at depth ${depth}`,
      has(
        "added",
        `${"> ".repeat(depth)}+added\n`,
        new RegExp(`markup\\.quote\\.cite${depth}.*markup\\.inserted\\.diff`),
      ),
    );
  }
  it("takes tight marks for the same", has("words", ">>> words\n", /markup\.quote\.cite3/));
  it("takes more than five for five", has("words", "> > > > > > words\n", /markup\.quote\.cite5/));
  it("knows a removed line, the head of a hunk and of a file", () => {
    const body = "> diff --git a/x b/x\n> @@ -1 +1 @@ int f(void)\n> -gone\n";
    assert.match(scopes("gone", body), /markup\.deleted\.diff/);
    assert.match(scopes("@@ -1 +1 @@", body), /meta\.diff\.range/);
    assert.match(scopes("int f(void)", body), /entity\.name\.section\.hunk/);
    assert.match(scopes("diff --git", body), /keyword\.other\.diff\.header/);
    // The dark high contrast theme draws it in a blue that nobody can read on black.
    assert.doesNotMatch(scopes("diff --git", body), /meta\.diff\.header/);
  });
  it("takes a cited list for no diff", () => {
    assert.doesNotMatch(scopes("- item", "> Two things:\n> - item\n> + other\n"), /deleted/);
    assert.doesNotMatch(scopes("+ other", "> Two things:\n> - item\n> + other\n"), /inserted/);
  });
  it("takes a cited signature mark for no removed line", () =>
    assert.doesNotMatch(scopes("--", "> text\n> --\n"), /deleted/));
  it("knows an own diff, and that a list is none", () => {
    assert.match(scopes("fresh", "@@ -1 +1 @@\n-old\n+fresh\n"), /markup\.inserted\.diff/);
    assert.doesNotMatch(scopes("item", "Two things:\n- item\n+ other\n"), /markup\.(?:inserted|deleted)/);
  });
  it("knows trailers, links, commits, the mark for what is left out, and the signature", () => {
    assert.match(scopes("Reviewed-by", "Reviewed-by: Ada <ada@x.example>\n"), /keyword\.other\.trailer/);
    assert.match(scopes("https", "See https://x.example/a.\n"), /markup\.underline\.link/);
    assert.match(scopes("0123456789ab", "Since 0123456789ab it is.\n"), /constant\.numeric\.commit/);
    assert.match(scopes("[...]", "> [...]\n"), /punctuation\.definition\.gap/);
    assert.match(scopes("Eve", "Yes.\n\n-- \nEve\n"), /comment\.block\.signature/);
  });
});
