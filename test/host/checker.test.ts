/** The checker in the editor: the Problems panel, quick fixes, one step for all that is safe, pages, levels. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { openDraft } from "./draftFile.ts";
import { closeEditors, parts, until } from "./editor.ts";

const HEAD = "From: Test Runner <runner@kernel.example>\nTo: bob@x.example\nSubject: pond\n\n";

describe("the checker", () => {
  after(async () => {
    rmSync((await parts()).drafts, { recursive: true, force: true });
    await vscode.workspace.getConfiguration("kernelMail").update("check.rules", undefined, true);
  });
  afterEach(closeEditors);

  const rulesOf = ({ document }: vscode.TextEditor): string[] =>
    vscode.languages
      .getDiagnostics(document.uri)
      .map(({ code }) => String((code as { value: string }).value));
  const shows = (editor: vscode.TextEditor, ...rules: string[]): Promise<unknown> =>
    until(
      `${rules.join(", ")} instead of ${rulesOf(editor).join(", ")}`,
      () => `${rulesOf(editor)}` === `${rules}`,
    );

  it("fills the Problems panel, each with its rule", async () => {
    const editor = await openDraft(`${HEAD}It is so.  \n<p>It works.</p>\n`);
    await shows(editor, "L-TRAIL-WS", "L-HTML");
    const [blanks, html] = vscode.languages.getDiagnostics(editor.document.uri);
    assert.equal(html?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(html?.source, "Kernel Mail");
    assert.deepEqual(
      [blanks?.range.start.line, blanks?.range.start.character, blanks?.range.end.character],
      [4, 9, 11],
    );
  });

  it("follows what is typed", async () => {
    const editor = await openDraft(`${HEAD}It is so.\n‸`);
    await shows(editor);
    await editor.edit((edit) => edit.insert(editor.selection.active, "M\ufffdller\n"));
    await shows(editor, "L-NON-UTF8");
    await vscode.commands.executeCommand("undo");
    await shows(editor);
  });

  it("does not nag about a draft that was only just opened, until asked", async () => {
    const editor = await openDraft(`${HEAD}On Mon, Nov 16, 2026 at 09:15, Bob wrote:\n> a\n\n`);
    await shows(editor);
    await vscode.commands.executeCommand("kernelMail.draft.check");
    await shows(editor, "L-NO-OWN");
  });

  it("fixes by a quick fix, and explains by another", async () => {
    const editor = await openDraft(`${HEAD}It is so.  \n`);
    await shows(editor, "L-TRAIL-WS");
    const [diagnostic] = vscode.languages.getDiagnostics(editor.document.uri);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      editor.document.uri,
      diagnostic?.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const titles = actions.map(({ title }) => title);
    assert.ok(titles.includes("Take them off") && titles.includes("Explain L-TRAIL-WS"), titles.join());
    const fix = actions.find(({ title }) => title === "Take them off");
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.equal(editor.document.getText(), `${HEAD}It is so.\n`);
    await shows(editor);
  });

  it("puts all that is safe right in one step that one undo takes back", async () => {
    const before = `${HEAD}It is\u00a0so.  \n<p>It works.</p>\n\n--\nAda\n`;
    const editor = await openDraft(before);
    await vscode.commands.executeCommand("kernelMail.draft.fixAll");
    assert.equal(editor.document.getText(), `${HEAD}It is so.\n<p>It works.</p>\n\n-- \nAda\n`);
    await vscode.commands.executeCommand("undo");
    await until("one undo step", () => editor.document.getText() === before);
  });

  it("has a page for each rule behind its id", async () => {
    const editor = await openDraft(`${HEAD}<p>It works.</p>\n`);
    await shows(editor, "L-HTML");
    const [diagnostic] = vscode.languages.getDiagnostics(editor.document.uri);
    const code = diagnostic?.code as { target: vscode.Uri } | undefined;
    assert.ok(code);
    const page = await vscode.workspace.openTextDocument(code.target);
    assert.match(page.getText(), /^# L-HTML: .*[\s\S]*Before:\n\n {4}<p>/);
    assert.equal(page.languageId, "markdown");
  });

  it("turns rules up, down and off by a setting", async () => {
    const editor = await openDraft(`${HEAD}It is so.  \n<p>It works.</p>\n`);
    await shows(editor, "L-TRAIL-WS", "L-HTML");
    const levels = { "L-TRAIL-WS": "warning", "L-HTML": "off" };
    await vscode.workspace.getConfiguration("kernelMail").update("check.rules", levels, true);
    await shows(editor, "L-TRAIL-WS");
    const [diagnostic] = vscode.languages.getDiagnostics(editor.document.uri);
    assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Warning);
  });
});
