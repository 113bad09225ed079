/** What was typed is there again, whatever the disk does: a full one, a folder that was moved away or made read-only. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { openDraft } from "./draftFile.ts";
import { closeEditors, parts, told, until } from "./editor.ts";

const DRAFT = "From: Ada <ada@x.example>\nTo: bob@x.example\nSubject: Re: pond\n\n> One.\n\n";

/** Writes zeros until nothing more goes in. */
function fill(file: string): void {
  try {
    for (let size = 4096; ; size += 4096) writeFileSync(file, Buffer.alloc(size));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

describe("a draft is never lost", () => {
  let folder = "";
  before(async () => {
    folder = (await parts()).drafts;
  });
  afterEach(closeEditors);
  after(() => rmSync(folder, { recursive: true, force: true }));

  const type = async (editor: vscode.TextEditor, text: string): Promise<void> => {
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    assert.ok(await editor.edit((edit) => edit.insert(end, text)));
  };
  const saved = (uri: vscode.Uri): string => readFileSync(uri.fsPath, "utf8");
  const saves = ({ document }: vscode.TextEditor): Promise<boolean> =>
    until("a save", async () => {
      await document.save();
      return !document.isDirty;
    });

  /** Acts with the drafts on a file system of 64 kB; skips the test where nobody may mount one. */
  const onSmallDisk = (act: () => Promise<void>) =>
    async function (this: Mocha.Context): Promise<void> {
      mkdirSync(folder, { recursive: true });
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
      } catch {
        console.log("      skipped: nobody may mount a file system here");
        this.skip();
      }
      try {
        await act();
        await closeEditors();
      } finally {
        execFileSync("umount", ["-l", folder]);
      }
    };
  const MORE = "A line of my own that needs more room than there is.\n".repeat(160);

  it(
    "stays in the editor while the disk is full, which is said, and is saved when there is room",
    onSmallDisk(async () => {
      const editor = await openDraft(DRAFT);
      const { document } = editor;
      const filler = join(folder, "filler");
      fill(filler);
      const [said = ""] = await told(async () => {
        await type(editor, MORE);
        await document.save();
      });
      assert.match(said, /^The disk is full, so the draft is not saved\. Its text is in the editor\./);
      // The editor takes a part for the whole at first, and again with each save by itself.
      await until("a draft that is not saved", () => document.isDirty);
      assert.equal(document.getText(), DRAFT + MORE);
      rmSync(filler);
      await saves(editor);
      assert.equal(saved(document.uri), DRAFT + MORE);
    }),
  );

  it(
    "comes into an editor of its own when its tab is closed on a full disk",
    onSmallDisk(async () => {
      const editor = await openDraft(DRAFT);
      fill(join(folder, "filler"));
      const closing = vscode.workspace.onDidSaveTextDocument(() => {
        closing.dispose();
        void vscode.commands.executeCommand("workbench.action.closeActiveEditor");
      });
      await type(editor, MORE);
      await editor.document.save();
      await until("the text", () => vscode.window.activeTextEditor?.document.getText() === DRAFT + MORE);
    }),
  );

  it("is saved again where the folder of the state was moved away under it", async function () {
    // There no folder with open files can be moved.
    if (process.platform === "win32") this.skip();
    const editor = await openDraft(DRAFT);
    const state = dirname(folder);
    const away = `${state}-away`;
    renameSync(state, away);
    try {
      await type(editor, "Nothing of this is lost.");
      await saves(editor);
      assert.equal(saved(editor.document.uri), `${DRAFT}Nothing of this is lost.`);
      await closeEditors();
    } finally {
      if (existsSync(away)) {
        rmSync(state, { recursive: true, force: true });
        renameSync(away, state);
      }
    }
  });
});
