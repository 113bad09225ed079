/** Drafts in the real editor: made by a reply, kept on disk, previewed and saved as the very same bytes. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { readDraft } from "../../src/compose/draftText.ts";
import {
  closeEditors,
  parts,
  readerTab,
  run,
  samplePath,
  scratchFolder,
  setArchives,
  told,
  until,
} from "./editor.ts";

const REVIEW = "20261005152048.p2@kernel.example";

const activeText = (): vscode.TextEditor => {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor, "an editor is active");
  return editor;
};

/** Starts a reply and waits for its editor. */
async function reply(): Promise<vscode.TextEditor> {
  await run("replyAll", { messageId: REVIEW });
  return await draftEditor();
}

/** Starts a reply to the author alone, says yes, and waits for its editor. */
async function replyAuthor(): Promise<vscode.TextEditor> {
  await told(() => run("replyAuthor", { messageId: REVIEW }), 1, "Reply to Author Only");
  return await draftEditor();
}

async function draftEditor(): Promise<vscode.TextEditor> {
  return await until("the draft", () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.languageId === "kernel-mail" && editor;
  });
}

describe("a draft", () => {
  let folder = "";
  before(async () => {
    await setArchives({ path: samplePath() });
    const settings = vscode.workspace.getConfiguration("kernelMail");
    const identities = [{ name: "Ada Reviewer", address: "reviewer@kernel.example" }];
    await settings.update("identities", identities, vscode.ConfigurationTarget.Global);
    folder = (await parts()).drafts;
  });
  after(async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await settings.update("identities", undefined, vscode.ConfigurationTarget.Global);
    await setArchives();
  });
  afterEach(async () => {
    await closeEditors();
    rmSync(folder, { recursive: true, force: true });
  });

  it("answers all, with the header and the cited body of the rules", async () => {
    const editor = await reply();
    const { draft, problems } = readDraft(editor.document.getText());
    assert.deepEqual(problems, []);
    assert.deepEqual(draft.from, { name: "Ada Reviewer", address: "reviewer@kernel.example" });
    assert.deepEqual(draft.to, [{ name: "Bo Lind", address: "bo.lind@kernel.example" }]);
    assert.ok(draft.cc.some(({ address }) => address === "linux-pond@lists.kernel.example"));
    assert.equal(draft.subject, "Re: [PATCH 2/3] pond: keep a few pages on each CPU");
    assert.equal(draft.inReplyTo, REVIEW);
    assert.equal(draft.references.at(-1), REVIEW);
    assert.match(draft.body, /^On Mon, Oct 5, 2026 at 15:20:48 \+0200, Bo Lind wrote:\n> /);
  });

  it("is a file of the storage with the same text", async () => {
    const { document } = await reply();
    assert.equal(dirname(document.uri.fsPath), folder);
    assert.equal(readFileSync(document.uri.fsPath, "utf8"), document.getText());
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("keeps what it answers, also when no archive has it any more, until it is discarded", async () => {
    const { document } = await reply();
    const { archive } = await parts();
    const kept = async () => (await archive.request("has", { messageIds: [REVIEW] }))[0];
    try {
      await setArchives();
      await until("no archive", async () => (await archive.request("archives", null)).length === 0);
      assert.equal(await kept(), true);
      const [raw] = await archive.request("raw", { messageIds: [REVIEW] });
      assert.match(Buffer.from(raw?.raw ?? []).toString(), /^From: Bo Lind/m);
      assert.equal(basename(document.uri.fsPath), readdirSync(folder)[0]);
      await told(() => run("draft.discard"));
      await until("nothing kept", async () => !(await kept()));
    } finally {
      await setArchives({ path: samplePath() });
    }
  });

  it("begins with the cursor on the first line that the parent's author wrote", async () => {
    const { document, selection } = await reply();
    assert.ok(selection.isEmpty);
    assert.match(document.lineAt(selection.active.line).text, /^> /);
    assert.equal(
      document.lineAt(selection.active.line).text,
      "> Nice numbers. The idea is right, the details need another round.",
    );
  });

  it("answers the author alone by a command of its own, which asks first", async () => {
    const [asked = ""] = await told(() => run("replyAuthor", { messageId: REVIEW }));
    assert.match(asked, /^Only Bo Lind gets this answer: it leaves the list\.$/);
    assert.equal(existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".eml")), false);
    const { document } = await replyAuthor();
    const { draft } = readDraft(document.getText());
    assert.deepEqual([draft.to.length, draft.cc.length], [1, 0]);
  });

  it("links what it answers, and not itself", async () => {
    const { document } = await reply();
    const fields = await until("the links", async () => {
      const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        "vscode.executeLinkProvider",
        document.uri,
      );
      return (
        links.length > 0 && links.map(({ range }) => document.lineAt(range.start.line).text.split(":")[0])
      );
    });
    assert.deepEqual([fields.includes("In-Reply-To"), fields.includes("Message-ID")], [true, false]);
  });

  it("R501 R603 is introduced and marked as the settings say", async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    const set = async (attribution: string | undefined, citeStyle: string | undefined) => {
      await settings.update("compose.attribution", attribution, vscode.ConfigurationTarget.Global);
      await settings.update("compose.citeStyle", citeStyle, vscode.ConfigurationTarget.Global);
    };
    try {
      await set(`${"$"}{name} <${"$"}{address}> writes:`, "tight");
      const { draft } = readDraft((await reply()).document.getText());
      assert.match(draft.body, /^Bo Lind <bo\.lind@kernel\.example> writes:\n> /);
      assert.match(draft.body, /^>> \S/m);
      assert.doesNotMatch(draft.body, /^> >/m);
    } finally {
      await set(undefined, undefined);
    }
  });

  it("opens beside the reader, and beside a thread's text, where the setting says so", async () => {
    const settings = vscode.workspace.getConfiguration("kernelMail");
    const { reader, texts } = await parts();
    await reader.open(REVIEW);
    const column = await until("the reader", () => readerTab()?.group.viewColumn);
    try {
      await settings.update("compose.beside", true, vscode.ConfigurationTarget.Global);
      assert.equal((await reply()).viewColumn, column + 1);
      assert.ok(readerTab());
      await closeEditors();
      await texts.open(REVIEW);
      assert.equal((await reply()).viewColumn, column + 1);
    } finally {
      await settings.update("compose.beside", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("is opened again, never overwritten, when the message is answered again", async () => {
    const first = await reply();
    await first.edit((edit) =>
      edit.insert(new vscode.Position(first.document.lineCount, 0), "\nMy words.\n"),
    );
    await first.document.save();
    await closeEditors();
    const said = await told(() => reply());
    assert.match(said[0] ?? "", /This is the draft that you have for this message/);
    assert.match(activeText().document.getText(), /My words\./);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith(".eml")).length, 1);
  });

  it("is one, however fast the key is pressed twice", async () => {
    await told(() =>
      Promise.all([run("replyAll", { messageId: REVIEW }), run("replyAll", { messageId: REVIEW })]),
    );
    assert.equal(readdirSync(folder).filter((name) => name.endsWith(".eml")).length, 1);
  });

  it("is not mistaken for a private answer to the same message", async () => {
    await reply();
    await closeEditors();
    const { document } = await replyAuthor();
    assert.equal(readDraft(document.getText()).draft.cc.length, 0);
  });

  it("opens a passage below the line with Alt+Enter's commands", async () => {
    const { document, selection } = await reply();
    const line = selection.active.line;
    await run("draft.answerBelow");
    await vscode.commands.executeCommand("type", { text: "Mine." });
    assert.deepEqual(
      [1, 2, 3].map((offset) => document.lineAt(line + offset).text),
      ["", "Mine.", ""],
    );
    assert.match(document.lineAt(line + 4).text, /^>/);
  });

  it("previews the bytes, which follow the draft, and saves the same ones", async () => {
    const editor = await reply();
    await editor.edit((edit) =>
      edit.insert(editor.document.lineAt(editor.selection.active.line).range.end, "\n\nGrüße, and no.\n"),
    );
    await run("draft.preview");
    const { document: preview } = activeText();
    assert.equal(preview.uri.scheme, "kernel-mail-preview");
    const bytes = async (): Promise<string> =>
      Buffer.from(await vscode.workspace.fs.readFile(preview.uri)).toString("utf8");
    const first = await bytes();
    assert.match(first, /^From: Ada Reviewer <reviewer@kernel\.example>\r\n/);
    assert.match(
      first,
      /\r\nContent-Type: text\/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n/,
    );
    assert.match(first, /\r\n\r\nGrüße, and no\.\r\n$/, "cited text below the last answer is left out");
    assert.equal(preview.getText().replace(/\r\n/g, "\n"), first.replace(/\r\n/g, "\n"));

    await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.One });
    const target = scratchFolder();
    const file = vscode.Uri.file(join(target.path, "answer.eml"));
    await run("draft.saveAs", file);
    assert.equal(readFileSync(file.fsPath, "utf8"), first);

    const place = editor.document.positionAt(editor.document.getText().indexOf("and no."));
    await editor.edit((edit) => edit.insert(place, "really, "));
    await until("the newer preview", async () => (await bytes()).includes("Grüße, really, and no."));
    await until("the newer text", () => preview.getText().includes("Grüße, really, and no."));
    target.remove();
  });

  it("says which line is in the way of a preview", async () => {
    const editor = await reply();
    await editor.edit((edit) => edit.replace(editor.document.lineAt(0).range, "From: nobody"));
    const [said] = await told(() => run("draft.preview"));
    assert.match(said ?? "", /Correct line 1 of the draft/);
    const problems = await until("the diagnostics", () => {
      const found = vscode.languages.getDiagnostics(editor.document.uri);
      return found.length > 0 && found;
    });
    assert.equal(problems[0]?.range.start.line, 0);
  });

  it("is discarded into a folder beside, and its tab closes", async () => {
    const { document } = await reply();
    const path = document.uri.fsPath;
    await told(() => run("draft.discard", { path }));
    assert.ok(!existsSync(path));
    assert.equal(readdirSync(join(folder, "discarded")).length, 1);
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 0);
  });

  it("R901 has the editor's settings for mail", async () => {
    const { document } = await reply();
    const extension = vscode.extensions.getExtension("kernel-mail.kernel-mail");
    const manifest = extension?.packageJSON as {
      contributes: { configurationDefaults: Record<string, Record<string, unknown>> };
    };
    const wanted = manifest.contributes.configurationDefaults["[kernel-mail]"] ?? {};
    assert.ok(Object.keys(wanted).length > 20);
    const effective = vscode.workspace.getConfiguration("", document);
    const refused = Object.entries(wanted).filter(
      ([name, value]) => JSON.stringify(effective.get(name)) !== JSON.stringify(value),
    );
    assert.deepEqual(
      refused.map(([name]) => `${name}: ${JSON.stringify(effective.get(name))}`),
      [],
    );
  });

  it("is indented by tabs of 8 columns, whatever was guessed of its text", async () => {
    const { document } = await reply();
    await closeEditors();
    const guessed = await vscode.workspace.openTextDocument(document.uri);
    await vscode.languages.setTextDocumentLanguage(guessed, "plaintext");
    const editor = await vscode.window.showTextDocument(guessed, { preview: false });
    editor.options = { insertSpaces: true, tabSize: 4 };
    await until("spaces", () => editor.options.tabSize === 4);
    await vscode.languages.setTextDocumentLanguage(guessed, "kernel-mail");
    await until("tabs of 8", () => {
      const { insertSpaces, tabSize, indentSize } = activeText().options;
      return insertSpaces === false && tabSize === 8 && indentSize === 8;
    });
  });

  it("is a draft of our language by its folder, and a message elsewhere is not", async () => {
    const { document } = await reply();
    assert.equal(document.languageId, "kernel-mail");
    const target = scratchFolder();
    const file = vscode.Uri.file(join(target.path, "other.eml"));
    await vscode.workspace.fs.writeFile(file, Buffer.from("From: a@x.example\n\ntext\n"));
    assert.notEqual((await vscode.workspace.openTextDocument(file)).languageId, "kernel-mail");
    target.remove();
  });
});
