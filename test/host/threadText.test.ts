/** The thread as a text document in the real editor: its language, outline, folds, links, moves, and what opens it. */
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  closeEditors,
  parts,
  readerTab,
  row,
  rows,
  run,
  samplePath,
  scratchFolder,
  setArchives,
  told,
  until,
} from "./editor.ts";

const ask = <T>(command: string, uri: vscode.Uri, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(`vscode.${command}`, uri, ...args);

const REVIEW = "20261005152048.p2@kernel.example";

/** Opens the thread of the review as text; the editor that shows it. */
async function openReview(): Promise<vscode.TextEditor> {
  const { texts } = await parts();
  await texts.open(REVIEW);
  return await until("the text", () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.languageId === "kernel-mail-thread" && editor;
  });
}

const lineOf = ({ document }: vscode.TextEditor, pattern: RegExp): number => {
  const line = document
    .getText()
    .split("\n")
    .findIndex((text) => pattern.test(text));
  assert.notEqual(line, -1, `${pattern} in the text`);
  return line;
};

const putCursor = (editor: vscode.TextEditor, line: number): void => {
  editor.selection = new vscode.Selection(line, 0, line, 0);
};

/**
 * The line to which a command moves the cursor from this one. The editor tells where its cursor is with a delay, so that
 * an older place may come in between: then once more.
 */
const moved = (editor: vscode.TextEditor, command: string, from: number): Promise<number> =>
  until(command, async () => {
    putCursor(editor, from);
    await run(command);
    const { line } = editor.selection.active;
    return line !== from && line;
  });

describe("a thread as text", () => {
  before(() => setArchives({ path: samplePath(), name: "Sample archive" }));
  after(() => setArchives());
  afterEach(closeEditors);

  it("opens at the message, in its language, read-only", async () => {
    const editor = await openReview();
    assert.match(editor.document.lineAt(editor.selection.active.line).text, /^Message: /);
    assert.ok(editor.selection.active.line > 0);
    assert.equal(editor.document.uri.scheme, "kernel-mail");
    await assert.rejects(async () => vscode.workspace.fs.writeFile(editor.document.uri, Buffer.from("x")));
  });

  it("has an outline of replies, folds, and links", async () => {
    const { document } = await openReview();
    const roots = await ask<vscode.DocumentSymbol[]>("executeDocumentSymbolProvider", document.uri);
    assert.equal(roots.length, 1);
    assert.ok(roots[0]?.children.some(({ children }) => children.length > 0));
    const folds = await ask<vscode.FoldingRange[]>("executeFoldingRangeProvider", document.uri);
    assert.ok(folds.some(({ kind }) => kind === vscode.FoldingRangeKind.Comment));
    const tokens = await ask<vscode.SemanticTokens>("provideDocumentSemanticTokens", document.uri);
    assert.ok(tokens.data.length > 0);
  });

  it("goes to the next new text, to where a cited line was said, and says where one is", async () => {
    const editor = await openReview();
    const first = await moved(editor, "nextNewText", 0);
    assert.ok(first > 0);
    const second = await moved(editor, "nextNewText", first);
    assert.ok(second > first);
    assert.equal(await moved(editor, "previousNewText", second), first);
    const cited = lineOf(editor, /^> \S/);
    const origin = await ask<vscode.Location[]>(
      "executeDefinitionProvider",
      editor.document.uri,
      new vscode.Position(cited, 0),
    );
    const text = (line: number): string => editor.document.lineAt(line).text;
    assert.equal(text(origin[0]?.range.start.line ?? 0), text(cited).slice(2));
    const answered = lineOf(editor, /^something far less likely\.$/);
    assert.equal(text(await moved(editor, "goToAnswers", answered)), "Will do.");
    putCursor(editor, cited);
    assert.match((await told(() => run("sayWhere")))[0] ?? "", /^Message \d+ of \d+, .*cited text of/);
  });

  it("answers the message at the cursor, citing the lines that are selected in one place or several", async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    const identities = [{ name: "Ada Reviewer", address: "reviewer@kernel.example" }];
    await settings.update("identities", identities, vscode.ConfigurationTarget.Global);
    const { texts } = await parts();
    const editor = await openReview();
    const cited = lineOf(editor, /^> \S/);
    // The second one is the whole line: its end is the start of the next.
    editor.selections = [
      new vscode.Selection(cited + 3, 0, cited + 3, 1),
      new vscode.Selection(cited, 0, cited + 1, 0),
    ];
    const [[first, last] = [], later] = texts.inFocus()?.lines ?? [];
    assert.ok(first !== undefined && first === last);
    assert.deepEqual(later, [first + 3, first + 3]);
    await run("replyAll");
    const draft = await until("the draft", () => {
      const active = vscode.window.activeTextEditor?.document;
      return active?.languageId === "kernel-mail" && active;
    });
    const quoted = draft.getText().split("\n");
    for (const line of [cited, cited + 3])
      assert.ok(quoted.includes(`> ${editor.document.lineAt(line).text}`));
    assert.ok(!quoted.includes(`> ${editor.document.lineAt(cited + 1).text}`), draft.getText());
    await settings.update("identities", undefined, vscode.ConfigurationTarget.Global);
  });

  it("knows the line of the cursor, for a remark on a patch, and nothing of it above a body", async () => {
    const { texts } = await parts();
    const editor = await openReview();
    putCursor(editor, lineOf(editor, /^@@ /) + 1);
    assert.equal(texts.inFocus()?.lines, undefined);
    const [[first, last] = []] = texts.lineInFocus()?.lines ?? [];
    assert.ok(first !== undefined && first === last);
    putCursor(editor, lineOf(editor, /^Message: /));
    assert.equal(texts.lineInFocus()?.lines, undefined);
  });

  it("is what threads open as when the person says so, and leads back to the reader", async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await settings.update("reader.openAs", "text", vscode.ConfigurationTarget.Global);
    try {
      const [first] = await rows(await row("linux-tide", await row("Sample archive")));
      await run("openThread", first);
      await until(
        "the text",
        () => vscode.window.activeTextEditor?.document.languageId === "kernel-mail-thread",
      );
      assert.equal(readerTab(), undefined);
      await run("openReader");
      await until("the reader", readerTab);
      await run("openThreadAsText");
      await until(
        "the text again",
        () => vscode.window.activeTextEditor?.document.languageId === "kernel-mail-thread",
      );
    } finally {
      await settings.update("reader.openAs", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("is written anew when mail arrives and when a message is read otherwise, and replies cite it so (D103)", async () => {
    const { archive, sync } = await parts();
    const scratch = scratchFolder();
    const file = join(scratch.path, "list.mbox");
    const mail = (id: string, more: string, body: string): string =>
      `From x Thu Jan  1 00:00:00 1970\nFrom: Ada <ada@kernel.example>\nTo: list@kernel.example\n` +
      `Subject: caf\nMessage-ID: <${id}@kernel.example>\n${more}\n\n${body}\n\n`;
    const wrong = "Content-Type: text/plain; charset=iso-8859-15";
    writeFileSync(file, mail("first", wrong, "un caf\u00e9"));
    try {
      await setArchives({ path: samplePath(), name: "Sample archive" }, { path: file, name: "scratch" });
      const messageId = "first@kernel.example";
      const { texts } = await parts();
      await texts.open(messageId);
      const text = () => vscode.window.activeTextEditor?.document.getText() ?? "";
      await until("the text as declared", () => text().includes("un caf\u00c3\u00a9"));
      await run("readAsUtf8");
      await until("the text as UTF-8", () => text().includes("un caf\u00e9"));
      const [found] = await archive.request("raw", { messageIds: [messageId] });
      assert.deepEqual(found?.readAs, { utf8: true });
      await run("copyCited", { messageId });
      assert.match(await vscode.env.clipboard.readText(), /^> un caf\u00e9$/m);
      const refused = await told(() => run("readAsQuotedPrintable"));
      assert.match(refused[0] ?? "", /no other text when it is read as quoted-printable/);
      appendFileSync(file, mail("second", `In-Reply-To: <${messageId}>`, "an answer\nin two lines"));
      await sync.update();
      await until("the answer in the open text", () => text().includes("an answer"));
      // The cursor stays in its line, what is folded stays folded: only what came is written.
      const { activeTextEditor: editor } = vscode.window;
      assert.ok(editor);
      const second = /^an answer$/;
      putCursor(editor, lineOf(editor, second));
      const between = mail(
        "between",
        `In-Reply-To: <${messageId}>\nDate: Thu, 1 Jan 1970 00:00:00 +0000`,
        "earlier",
      );
      appendFileSync(file, between + mail("last", "In-Reply-To: <second@kernel.example>", "no more"));
      await sync.update();
      // From below: what stands highest comes last.
      await until("the earlier answer", () => text().includes("earlier"));
      assert.ok(lineOf(editor, /^earlier$/) < lineOf(editor, second));
      await until("the cursor in its line", () => editor.selection.active.line === lineOf(editor, second));
      await run("readAsUtf8", { messageId });
      await until("the text as declared again", () => text().includes("un caf\u00c3\u00a9"));
    } finally {
      await closeEditors();
      await setArchives({ path: samplePath(), name: "Sample archive" });
      scratch.remove();
    }
  });
});
