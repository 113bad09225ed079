/** What the editor knows of a draft: completion, hovers, folds, outline, own lines, lenses, and the header by commands. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { openDraft, textWithCursor } from "./draftFile.ts";
import { closeEditors, parts, samplePath, setArchives, told, until } from "./editor.ts";

const PARENT = "20261005152048.p2@kernel.example";
const HEAD = `From: Ada Reviewer <reviewer@kernel.example>
To: Bo Lind <bo.lind@kernel.example>
Cc: linux-pond@lists.kernel.example
Subject: Re: [PATCH 2/3] pond: keep a few pages on each CPU
In-Reply-To: <${PARENT}>
References: <${PARENT}>
`;
const run = (command: string): Thenable<unknown> =>
  vscode.commands.executeCommand(`kernelMail.draft.${command}`);

describe("the language of drafts", () => {
  before(async () => {
    await setArchives({ path: samplePath() });
    const settings = vscode.workspace.getConfiguration("kernelMail");
    const identities = [{ name: "Ada Reviewer", address: "reviewer@kernel.example" }];
    await settings.update("identities", identities, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await settings.update("identities", undefined, vscode.ConfigurationTarget.Global);
    await setArchives();
    rmSync((await parts()).drafts, { recursive: true, force: true });
  });
  afterEach(closeEditors);

  const at = ({ document, selection }: vscode.TextEditor) => [document.uri, selection.active] as const;
  const labels = async (text: string): Promise<string[]> => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      ...at(await openDraft(text)),
    );
    return list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
  };
  const hover = async (text: string): Promise<string> => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      ...at(await openDraft(text)),
    );
    return (
      hovers
        .flatMap(({ contents }) => contents.map((part) => (typeof part === "string" ? part : part.value)))
        .join("\n")
        // As Markdown is read: a backslash before an ASCII mark is not seen, before anything else it is.
        .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    );
  };

  it("completes addresses of the thread and of the archives", async () => {
    const found = await labels(HEAD.replace("Cc: ", "Cc: mor‸, "));
    assert.ok(
      found.some((label) => /ada@moreno\.example/.test(label)),
      found.join("\n"),
    );
    const [first = ""] = await labels(HEAD.replace("Cc: ", "Cc: ‸, "));
    assert.match(first, /Bo Lind <bo\.lind@kernel\.example>/);
  });
  it("completes one's own identities in From", async () => {
    assert.deepEqual(
      (await labels(HEAD.replace("From: Ada Reviewer <reviewer@kernel.example>", "From: ‸")))[0],
      "Ada Reviewer <reviewer@kernel.example>",
    );
  });
  it("completes trailers with one's own name", async () => {
    const editor = await openDraft(`${HEAD}\nRevi‸\n`);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      ...at(editor),
    );
    const texts = list.items.map(({ insertText }) => insertText);
    assert.ok(texts.includes("Reviewed-by: Ada Reviewer <reviewer@kernel.example>"));
    assert.ok(texts.includes("Fixes: "));
  });
  it("completes links to messages of the thread", async () => {
    const editor = await openDraft(`${HEAD}\nLink: ‸\n`);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      ...at(editor),
    );
    assert.ok(
      list.items.some(
        ({ insertText }) =>
          insertText === `https://lore.kernel.org/r/${PARENT}/` || String(insertText).includes(PARENT),
      ),
    );
  });
  it("offers nothing in prose that one did not ask for", async () => {
    const editor = await openDraft(`${HEAD}\nSome words and‸\n`);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      ...at(editor),
      " ",
    );
    assert.deepEqual(
      list.items.filter(({ detail }) => detail !== undefined),
      [],
    );
  });

  it("says who an address is", async () => {
    const text = await hover(HEAD.replace("bo.lind", "bo.l‸ind"));
    assert.match(text, /Bo Lind/);
    assert.match(text, /\d+ messages on linux-tide, linux-pond\. The last ones:/);
    assert.match(text, /\n- .*pond.*[^\\]· on /);
    assert.match(
      await hover(HEAD.replace("To: Bo", "To: x‸yz@nobody.example, Bo")),
      /has written nothing in your archives/,
    );
  });
  it("does not take a Message-ID for a person", async () => {
    const text = await hover(HEAD.replace(`To: <${PARENT}`, `To: <2026‸${PARENT.slice(4)}`));
    assert.match(text, /Nice numbers/, "the message is shown");
    assert.doesNotMatch(text, /messages on|has written nothing/);
  });

  it("folds long fields and cited text, and outlines the draft", async () => {
    const { document } = await openDraft(
      `${HEAD.replace("Cc: ", "Cc: a@x.example,\n    ")}\nOn Mon, Nov 16, 2026 at 09:15:42 +0100, Bo Lind wrote:\n> a\n> b\n\nYes.\n`,
    );
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      "vscode.executeFoldingRangeProvider",
      document.uri,
    );
    assert.deepEqual(
      folds.map(({ start, end }) => `${start}-${end}`),
      ["2-3", "9-10"],
    );
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${name} | ${detail}`),
      [
        "Re: [PATCH 2/3] pond: keep a few pages on each CPU | 3 recipients",
        "Bo Lind | 2 cited lines",
        "Yes. | ",
      ],
    );
  });
  it("marks own prose alone, for spell checkers", async () => {
    const { document } = await openDraft(
      `${HEAD}\nOn Mon, Bo wrote:\n> mispeled\n\nMine.\n\nReviewed-by: Ada <a@x.example>\n`,
    );
    const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>(
      "vscode.provideDocumentSemanticTokens",
      document.uri,
    );
    assert.deepEqual([...tokens.data], [10, 0, 5, 0, 0]);
  });
  it("tells the lines of diffs from items of lists, cited or not", async () => {
    const diff = "> > @@ -1,2 +1,2 @@\n> >  a\n> > - b\n> > + c\n";
    const { document } = await openDraft(`${HEAD}\n> - an item\n${diff}\n- mine\n`);
    const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>(
      "vscode.provideDocumentSemanticTokens",
      document.uri,
    );
    // Line, column, length, type, modifiers, each counted from the one before.
    assert.deepEqual([...tokens.data], [9, 4, 2, 3, 0, 1, 4, 3, 2, 0, 1, 4, 3, 1, 0, 2, 0, 6, 0, 0]);
  });
  it("offers what works in the line above the text, with how the recipients differ", async () => {
    const { document } = await openDraft(
      `${HEAD.replace("Cc: linux-pond@lists.kernel.example", "Cc: x@y.example")}\nYes.\n`,
    );
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
      9,
    );
    const above = lenses.filter(({ range }) => range.start.line > 0);
    const titles = above.map(({ command }) => (command?.title ?? "").replace(/ \(\d+\)$/, ""));
    assert.deepEqual(titles.slice(0, -1), ["Check", "Preview", "Send", "Trim"]);
    assert.match(titles.at(-1) ?? "", /^2 recipients, 1 added, \d+ left out$/);
    const commands = await vscode.commands.getCommands(true);
    for (const { command } of lenses) assert.ok(commands.includes(command?.command ?? ""), command?.title);
  });

  it("turns a draft into a thread of its own, and back by undo", async () => {
    const editor = await openDraft(`${HEAD}\nYes.‸\n`);
    const before = editor.document.getText();
    await run("newThread");
    assert.equal(
      textWithCursor(editor),
      `${HEAD.replace(/^(?:In-Reply-To|References):.*\n/gm, "")}\nYes.‸\n`,
    );
    await vscode.commands.executeCommand("undo");
    await until("undone", () => editor.document.getText() === before);
    const alone = await openDraft("From: a@x.example\nTo: b@x.example\nSubject: s\n\nx‸\n");
    assert.match((await told(() => run("newThread")))[0] ?? "", /answers no message/);
    assert.match(alone.document.getText(), /^From/);
  });
  it("shows the parent beside, and scrolls it along", async () => {
    const [raw] = await (await parts()).archive.request("raw", { messageIds: [PARENT] });
    const cited = Buffer.from(raw?.raw ?? [])
      .toString("utf8")
      .split("\n\n")
      .slice(1)
      .join("\n\n")
      .split("\n");
    const editor = await openDraft(`${HEAD}\n${cited.map((line) => `> ${line}`.trimEnd()).join("\n")}\n‸`);
    await run("showParent");
    const beside = await until("the parent", () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === "kernel-mail"),
    );
    assert.match(beside.document.getText(), /^From: Bo Lind/m);
    assert.equal(vscode.window.activeTextEditor, editor, "the draft keeps the focus");
    const last = editor.document.lineCount - 3;
    editor.revealRange(new vscode.Range(last, 0, last, 0), vscode.TextEditorRevealType.AtTop);
    await until("the parent to follow", () => (beside.visibleRanges[0]?.start.line ?? 0) > 5);
  });

  it("completes and inserts Fixes: from the history of the open tree", async function () {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    if (folder === undefined) return this.skip();
    const root = folder.uri.fsPath;
    // At a set time, so that the commit has the same name every day: eight digits without a letter are a number.
    const date = "2026-10-05T12:00:00Z";
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", env });
    git("init", "-q");
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder.uri, "MAINTAINERS"), Buffer.from("x\n"));
    git("add", "MAINTAINERS");
    git("-c", "user.name=Ada", "-c", "user.email=a@x.example", "commit", "-qm", "pond: drain it");
    const id = git("rev-parse", "--short=12", "HEAD").trim();
    const found = await labels(`${HEAD}\nFixes: drain‸\n`);
    assert.ok(found.includes(`${id} ("pond: drain it")`), found.join("\n"));
    assert.match(await hover(`${HEAD}\nSee commit ${id.slice(0, 5)}‸${id.slice(5)}.\n`), /pond: drain it/);

    const editor = await openDraft(`${HEAD}\nSince commit ${id.slice(0, 8)}‸ it is dry.\n`);
    const fix = await until("the fix", async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        editor.document.uri,
        editor.selection,
      );
      return actions.find(({ title }) => title.startsWith("Name commit"));
    });
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(
      editor.document.getText(),
      new RegExp(`\nSince commit ${id} \\("pond: drain it"\\) it is dry\\.\n$`),
    );

    await vscode.commands.executeCommand("cursorBottom");
    const inserting = run("insertFixes");
    await until("the trailer", async () => {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return editor.document.getText().endsWith(`\nFixes: ${id} ("pond: drain it")`);
    });
    await inserting;
    rmSync(`${root}/.git`, { recursive: true, force: true });
    rmSync(`${root}/MAINTAINERS`);
    return undefined;
  });
});
