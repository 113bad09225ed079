/** The address books of git's configuration in the editor: read once, and again when one of them changes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { openAddressBooks } from "../../src/editor/drafts/addressBooks.ts";
import { parts, scratchFolder } from "./editor.ts";

describe("address books", () => {
  it("stay the same object until a book changes, and then have what it says", async function () {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    if (folder === undefined) return this.skip();
    const root = folder.uri.fsPath;
    const scratch = scratchFolder();
    const path = join(scratch.path, "aliases");
    /** Writes the book; its time is set, for two writings may fall into one tick of the clock. */
    const write = (text: string, seconds: number) => {
      writeFileSync(path, text);
      utimesSync(path, seconds, seconds);
    };
    const told: string[] = [];
    const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args]);
    try {
      git("init", "-q");
      git("config", "sendemail.aliasFileType", "mutt");
      git("config", "sendemail.aliasesFile", path);
      write("alias bo Bo Lind <bo@kernel.example>\n", 1000);
      const books = openAddressBooks((await parts()).settings, ({ message }) => told.push(message));
      const first = await books.aliases();
      assert.equal(first.get("bo")?.value, "Bo Lind <bo@kernel.example>");
      assert.equal(await books.aliases(), first);
      write("alias bo Bo Lind <bo.lind@kernel.example>\n", 2000);
      assert.equal((await books.aliases()).get("bo")?.value, "Bo Lind <bo.lind@kernel.example>");
      assert.deepEqual(told, []);
      rmSync(path);
      assert.equal((await books.aliases()).size, 0);
      await books.aliases();
      assert.deepEqual(told, [`Names of ${path} are not known in drafts: there is no such file.`]);
    } finally {
      rmSync(join(root, ".git"), { recursive: true, force: true });
      scratch.remove();
    }
    return undefined;
  });
});
