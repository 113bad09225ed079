/** The colours of a draft, as the editor's own reader of grammars sees them: the scopes of what is on each line. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { openDraft } from "./draftFile.ts";
import { closeEditors, parts } from "./editor.ts";

const HEAD = "From: Ada <ada@x.example>\nSubject: Re: pond\n\n";

describe("the grammar of drafts", () => {
  after(async () => rmSync((await parts()).drafts, { recursive: true, force: true }));
  afterEach(closeEditors);

  /** The scopes of the token that holds `part`, the root's left out, in a draft with this body. */
  const scopes = async (part: string, body: string): Promise<string> => {
    const { document } = await openDraft(HEAD + body);
    const tokens = await vscode.commands.executeCommand<{ c: string; t: string }[]>(
      "_workbench.captureSyntaxTokens",
      document.uri,
    );
    const found = tokens.find(({ c }) => c.includes(part));
    assert.ok(found, `a token with ${part}`);
    return found.t;
  };
  const has =
    (part: string, body: string, ...expected: string[]) =>
    async () => {
      const found = await scopes(part, body);
      for (const scope of expected) assert.ok(found.includes(scope), `${scope} in: ${found}`);
    };

  it("knows header fields and addresses", async () => {
    assert.match(await scopes("From", ""), /keyword\.other\.field/);
    assert.match(await scopes("<ada@", ""), /constant\.other\.address/);
    assert.match(await scopes("pond", ""), /markup\.heading\.subject/);
  });
  it("knows the attribution", has("wrote:", "On Mon, Bo Lind wrote:\n", "comment.line.attribution"));
  for (let depth = 1; depth <= 5; depth++) {
    it(
      `tells cited text of depth ${depth}`,
      has("words", `${"> ".repeat(depth)}words\n`, `markup.quote.cite${depth}`, `.cite${depth}.kernel-mail`),
    );
    it(
      `tells a diff at depth ${depth}`,
      has("added", `${"> ".repeat(depth)}+added\n`, `markup.quote.cite${depth}`, "markup.inserted.diff"),
    );
  }
  it("takes tight marks for the same", has("words", ">>> words\n", "markup.quote.cite3"));
  it("takes more than five for five", has("words", "> > > > > > words\n", "markup.quote.cite5"));
  it("knows a removed line, the head of a hunk and of a file", async () => {
    const body = "> diff --git a/x b/x\n> @@ -1 +1 @@ int f(void)\n> -gone\n";
    assert.match(await scopes("gone", body), /markup\.deleted\.diff/);
    assert.match(await scopes("@@ -1 +1 @@", body), /meta\.diff\.range/);
    assert.match(await scopes("int f(void)", body), /entity\.name\.section\.hunk/);
    assert.match(await scopes("diff --git", body), /meta\.diff\.header/);
  });
  it("takes a cited list for no diff", async () => {
    assert.doesNotMatch(await scopes("- item", "> Two things:\n> - item\n> + other\n"), /deleted/);
    assert.doesNotMatch(await scopes("+ other", "> Two things:\n> - item\n> + other\n"), /inserted/);
  });
  it("takes a cited signature mark for no removed line", async () =>
    assert.doesNotMatch(await scopes("--", "> text\n> --\n"), /deleted/));
  it("knows an own diff, and that a list is none", async () => {
    assert.match(await scopes("fresh", "@@ -1 +1 @@\n-old\n+fresh\n"), /markup\.inserted\.diff/);
    assert.doesNotMatch(
      await scopes("item", "Two things:\n- item\n+ other\n"),
      /markup\.(?:inserted|deleted)/,
    );
  });
  it("knows trailers, links, commits, the mark for what is left out, and the signature", async () => {
    assert.match(
      await scopes("Reviewed-by", "Reviewed-by: Ada <ada@x.example>\n"),
      /keyword\.other\.trailer/,
    );
    assert.match(await scopes("https", "See https://x.example/a.\n"), /markup\.underline\.link/);
    assert.match(await scopes("0123456789ab", "Since 0123456789ab it is.\n"), /constant\.numeric\.commit/);
    assert.match(await scopes("[...]", "> [...]\n"), /punctuation\.definition\.gap/);
    assert.match(await scopes("Ada", "Yes.\n\n-- \nAda\n"), /constant|comment\.block\.signature/);
  });
});
