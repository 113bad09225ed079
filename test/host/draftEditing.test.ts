/** Editing in a draft: surgery on cited text, each one undo step (R712); prose that is wrapped when one leaves the line. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { openDraft, textWithCursor } from "./draftFile.ts";
import { closeEditors, parts, samplePath, setArchives, told, until } from "./editor.ts";

const HEAD = "From: Ada <ada@x.example>\nTo: bob@x.example\nSubject: Re: pond\n";
const ATTRIBUTION = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:";

describe("editing a draft", () => {
  after(async () => rmSync((await parts()).drafts, { recursive: true, force: true }));
  afterEach(closeEditors);

  /** Opens a draft with this body. */
  const open = (body: string, head = HEAD): Promise<vscode.TextEditor> => openDraft(`${head}\n${body}`);
  const bodyOf = (editor: vscode.TextEditor): string => textWithCursor(editor).slice(HEAD.length + 1);
  const run = (command: string): Thenable<unknown> =>
    vscode.commands.executeCommand(`kernelMail.draft.${command}`);

  /** What a command makes of a body, and that one undo takes all of it back. */
  const makes = (command: string, body: string, expected: string) => async () => {
    const editor = await open(body);
    const before = editor.document.getText();
    await run(command);
    await until(`${JSON.stringify(bodyOf(editor))} to be the text`, () => {
      const found = bodyOf(editor);
      return (expected.includes("‸") ? found : found.replace("‸", "")) === expected;
    });
    await vscode.commands.executeCommand("undo");
    await until("one undo step", () => editor.document.getText() === before);
  };
  const refuses = (command: string, body: string, message: RegExp) => async () => {
    const editor = await open(body);
    const before = editor.document.getText();
    const [said] = await told(() => run(command));
    assert.match(said ?? "", message);
    assert.equal(editor.document.getText(), before);
  };

  it("G57 splits a cited line at the cursor", makes("splitCited", "> one ‸two\n", "> one\n\n‸\n\n> two\n"));
  it("R607 splits before the blank too", makes("splitCited", "> one‸ two\n", "> one\n\n‸\n\n> two\n"));
  it(
    "R607 splits below two blanks",
    makes("splitCited", "> one.  ‸two three\n", "> one.\n\n‸\n\n> two three\n"),
  );
  it(
    "R607 keeps the marks as they are",
    makes("splitCited", "> >> one ‸(two)\n", "> >> one\n\n‸\n\n> >> (two)\n"),
  );
  it("R607 splits a diff's line", makes("splitCited", "> +\tif (a) ‸b();\n", "> +\tif (a)\n\n‸\n\n> b();\n"));
  it(
    "R607 answers above at the start of a line",
    makes("splitCited", "> a\n‸> one\n", "> a\n\n‸\n\n> one\n"),
  );
  it("R607 answers above at the first word", makes("splitCited", "> a\n> > ‸one\n", "> a\n\n‸\n\n> > one\n"));
  it(
    "R607 answers below at the end of a line",
    makes("splitCited", "> one‸\n> two\n", "> one\n\n‸\n\n> two\n"),
  );
  it(
    "R607 answers below at the end of a block",
    makes("splitCited", "> one‸\n\nMine.\n", "> one\n\n‸\n\n\nMine.\n"),
  );
  it(
    "R607 leaves no half letter",
    makes("splitCited", "> one ‸🙂 e\u0301\n", "> one\n\n‸\n\n> 🙂 e\u0301\n"),
  );
  it("answers below the line", makes("answerBelow", "> o‸ne\n> two\n", "> one\n\n‸\n\n> two\n"));

  const long = Array.from({ length: 30 }, (_, at) => `> The line is the ${at + 1}. of them.`);
  it(
    "R705 trims to what is answered",
    makes(
      "trimToReplies",
      [ATTRIBUTION, ...long, "", "Yes‸.", "", "> rest", ""].join("\n"),
      [ATTRIBUTION, "> [...]", ...long.slice(18), "", "Yes‸.", ""].join("\n"),
    ),
  );
  it(
    "says so when nothing is to be trimmed",
    refuses("trimToReplies", `${ATTRIBUTION}\n> a‸\n`, /nothing to trim/),
  );
  it(
    "R708 trims deep text",
    makes("trimDeep", `${ATTRIBUTION}\n> a\n> > > b\n> > > c\n> d‸\n`, `${ATTRIBUTION}\n> a\n> d‸\n`),
  );
  it(
    "R707 drops a block",
    makes(
      "dropBlock",
      `${ATTRIBUTION}\n> a\n\nYes.\n\n> b‸\n> c\n\nNo.\n`,
      `${ATTRIBUTION}\n> a\n\nYes.\n\nNo.\n`,
    ),
  );
  it("R706 leaves a mark for the selection", makes("elide", "> a\n> ‸b\n> c‸\n> d\n", "> a\n> [...]\n> d\n"));
  it("R706 leaves out no own text", refuses("elide", "> a‸\n\nMine.‸\n", /Only cited text is left out/));
  it("R602 cites lines", makes("cite", "‸a\n\nb\n‸c\n", "> a\n>\n> b\nc\n"));
  it("takes a level away", makes("uncite", "‸> a\n> > b‸\n", "a\n> b\n"));
  const words = (n: number): string => "word ".repeat(n).trimEnd();
  it(
    "R805 fills a paragraph and keeps the cursor at its letter",
    makes("refill", `${words(15)} he‸re\n`, `${words(14)}\nword he‸re\n`),
  );
  it("R606 fills a cited paragraph", makes("refill", `> ${words(15)}‸\n`, `> ${words(14)}\n> word‸\n`));
  it(
    "R606 refuses a diff",
    refuses(
      "refill",
      "> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a‸\n> +b\n",
      /This is a diff: it keeps its lines/,
    ),
  );
  it("refuses the header", async () => {
    const editor = await open("text\n");
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    const [said] = await told(() => run("refill"));
    assert.match(said ?? "", /This is the header/);
  });

  it("goes from place to place", async () => {
    const editor = await open(`${ATTRIBUTION}\n‸> a\n> b\n\nYes.\n\n> c\n> d\n`);
    await run("nextPlace");
    assert.equal(bodyOf(editor), `${ATTRIBUTION}\n> a\n> b\n\nYes.‸\n\n> c\n> d\n`);
    await run("nextPlace");
    assert.equal(bodyOf(editor), `${ATTRIBUTION}\n> a\n> b\n\nYes.\n\n> c\n> d‸\n`);
    await run("previousPlace");
    assert.equal(bodyOf(editor), `${ATTRIBUTION}\n> a\n> b\n\nYes.‸\n\n> c\n> d\n`);
  });

  it("puts back what was cut from the parent", async () => {
    await setArchives({ path: samplePath() });
    try {
      const head = `${HEAD}In-Reply-To: <20261005152048.p2@kernel.example>\n`;
      const editor = await open(
        `${ATTRIBUTION}\n> [...]‸\n> alloc_percpu() can fail, and pond_init() already returns an error for\n`,
        head,
      );
      const window = vscode.window as unknown as { showQuickPick: (items: unknown[]) => Promise<unknown> };
      const { showQuickPick } = window;
      window.showQuickPick = async (items) => items;
      try {
        await run("restoreCut");
      } finally {
        window.showQuickPick = showQuickPick;
      }
      await until("the cut text", () =>
        editor.document
          .getText()
          .includes("> Nice numbers. The idea is right, the details need another round."),
      );
      assert.doesNotMatch(editor.document.getText(), /\[\.\.\.\]/);
    } finally {
      await setArchives();
    }
  });

  describe("wrapping as one types", () => {
    const type = (text: string): Thenable<unknown> => vscode.commands.executeCommand("type", { text });
    const typed = async (editor: vscode.TextEditor, text: string, expected: string): Promise<void> => {
      for (const letter of text) await type(letter);
      await until(`${JSON.stringify(bodyOf(editor))} to be wrapped`, () => bodyOf(editor) === expected);
    };
    it("R801 breaks the line that is finished", async () => {
      const editor = await open(`> a\n\n${words(12)}‸`);
      await typed(editor, " word word word word\nnext", `> a\n\n${words(14)}\n${words(2)}\nnext‸`);
      await vscode.commands.executeCommand("undo");
    });
    it("never breaks the line under the cursor", async () => {
      const editor = await open(`> a\n\n${words(20)}‸`);
      await type("x");
      await type("y");
      const other = await open("‸");
      await typed(other, `${words(16)}\nz`, `${words(14)}\n${words(2)}\nz‸`);
      assert.match(editor.document.getText(), /(?:word ){19}wordxy$/, "longer ago than the other line");
    });
    it("R803 breaks no code, and nothing that is cited", async () => {
      const editor = await open(`\tif (${words(20)})‸\n`);
      await type(";");
      await type("\n");
      await vscode.commands.executeCommand("cursorBottom");
      await typed(
        editor,
        `> ${words(20)}\n${words(15)}\nz`,
        `\tif (${words(20)});\n\n> ${words(20)}\n${words(14)}\nword\nz‸`,
      );
    });
    it("wraps nothing where it is turned off", async () => {
      const settings = vscode.workspace.getConfiguration("kernelMail", { languageId: "kernel-mail" });
      await settings.update("compose.wrapAsYouType", false, vscode.ConfigurationTarget.Global, true);
      try {
        const editor = await open("‸");
        for (const letter of `${words(16)}\n`) await type(letter);
        await settings.update("compose.wrapAsYouType", true, vscode.ConfigurationTarget.Global, true);
        await typed(editor, `${words(15)}\nz`, `${words(16)}\n${words(14)}\nword\nz‸`);
      } finally {
        await settings.update("compose.wrapAsYouType", undefined, vscode.ConfigurationTarget.Global, true);
      }
    });
  });
});
