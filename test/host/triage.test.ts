/** Marks in the real editor: what commands do to rows, menus, counts and settings. */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Element } from "../../src/editor/tree/threadElements.ts";
import {
  closeEditors,
  label,
  parts,
  row,
  rows,
  run,
  scratchFolder,
  set,
  setArchives,
  told,
  until,
} from "./editor.ts";

const letter = (id: string, daysAgo: number, from: string, subject: string, answers = ""): string =>
  [
    "From mboxrd@z Thu Jan  1 00:00:00 1970",
    `From: ${from}`,
    `Date: ${new Date(Date.now() - daysAgo * 86_400_000).toUTCString().replace("GMT", "+0000")}`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@marks.example>`,
    ...(answers === "" ? [] : [`In-Reply-To: <${answers}@marks.example>`]),
    "List-Id: <marks.lists.example>",
    "",
    `text of ${id}`,
    "",
    "",
  ].join("\n");

describe("marks", () => {
  let folder: ReturnType<typeof scratchFolder>;
  const chen = "Chen Wei <chen@kernel.example>";
  before(async () => {
    folder = scratchFolder();
    const path = join(folder.path, "marks.mbox");
    writeFileSync(
      path,
      letter("one", 3, chen, "maps: one") +
        letter("answer", 2, "Ada Moreno <ada@kernel.example>", "Re: maps: one", "one") +
        letter("two", 1, chen, "maps: two") +
        letter("robot", 1, "kernel test robot <lkp@intel.com>", "maps: build failed"),
    );
    await setArchives({ path, name: "marks" });
    await until("unread mail", async () => (await label(await row("marks"))).includes("3 unread"));
  });
  after(async () => {
    await closeEditors();
    await setArchives();
    folder.remove();
  });

  const thread = async (begin: string): Promise<Element> => await row(begin, await row("marks"));
  const item = async (begin: string) =>
    (await parts()).tree.getTreeItem(await thread(begin)) as vscode.TreeItem;
  const becomes = (what: string, begin: string, holds: (found: vscode.TreeItem) => boolean) =>
    until(what, async () => holds(await item(begin)));

  it("unread rows stand out, read ones step back, and menus can tell them apart", async () => {
    const unread = await item("maps: one");
    assert.match(unread.contextValue ?? "", /^thread unread\b/);
    assert.equal(unread.resourceUri?.query, "unread");
    assert.match(unread.accessibilityInformation?.label ?? "", /^Unread\. maps: one, Chen Wei, 2 messages/);
    await run("threadDone", await thread("maps: one"));
    await becomes("a read row", "maps: one", ({ contextValue }) => /^thread read\b/.test(contextValue ?? ""));
    assert.equal((await item("maps: one")).resourceUri?.query, "");
    await run("undoTriage");
    await becomes("an unread row", "maps: one", ({ contextValue }) =>
      /^thread unread\b/.test(contextValue ?? ""),
    );
  });
  it("marks every selected thread at once, and undoes them at once", async () => {
    const both = [await thread("maps: one"), await thread("maps: two")];
    await run("threadDone", both[0], both);
    const { tree } = await parts();
    await until("nothing unread", async () => !(await label(await row("marks"))).includes("unread"));
    await until("the word that all is read", () => tree.view.message === "All read.");
    await run("undoTriage");
    await until("all unread again", async () => (await label(await row("marks"))).includes("3 unread"));
    await until("no such word", () => tree.view.message === "");
  });
  it("stars, follows and notes a thread", async () => {
    await run("toggleStar", await thread("maps: two"));
    await run("toggleFollow", await thread("maps: two"));
    await becomes("a starred and followed row", "maps: two", ({ contextValue }) =>
      /starred.*followed/.test(contextValue ?? ""),
    );
    assert.match((await item("maps: two")).tooltip as string, /starred, followed/);
    for (let times = 0; times < 2; times += 1) await run("undoTriage");
    await becomes("a plain row", "maps: two", ({ contextValue }) => contextValue === "thread unread");
  });
  it("hides a muted thread, and shows it dimmed where the setting says so", async () => {
    await run("muteThread", await thread("maps: two"));
    const settings = vscode.workspace.getConfiguration("kernelMail");
    await until("it to be gone", async () => (await rows(await row("marks"))).length === 2);
    await settings.update("threads.showMuted", true, vscode.ConfigurationTarget.Global);
    await becomes("a muted row", "maps: two", ({ iconPath }) => (iconPath as vscode.ThemeIcon).id === "mute");
    await settings.update("threads.showMuted", undefined, vscode.ConfigurationTarget.Global);
    await run("undoTriage");
    await until("it to be back", async () => (await rows(await row("marks"))).length === 3);
  });
  it("keeps robots apart, among the others or away, as the setting says", async () => {
    const kinds = async () => (await rows(await row("marks"))).map(({ kind }) => kind);
    assert.deepEqual(await kinds(), ["thread", "thread", "lane"]);
    assert.match(
      await label((await rows((await rows(await row("marks")))[2]))[0] as Element),
      /^maps: build failed/,
    );
    await run("toggleBots");
    assert.deepEqual(await kinds(), ["thread", "thread"]);
    await run("toggleBots");
    assert.deepEqual(await kinds(), ["thread", "thread", "lane"]);
  });
  it("filters every list of the tree, and shows all again", async () => {
    const { searches } = await parts();
    searches.setFilter("subject:two");
    assert.equal((await rows(await row("marks"))).length, 1);
    await run("clearFilter");
    assert.equal((await rows(await row("marks"))).length, 3);
  });
  it("keeps a text file in step, takes over what another machine writes into it, and leaves other files alone", async () => {
    const file = join(folder.path, "state.txt");
    const holds = (what: string, pattern: RegExp) =>
      until(what, () => existsSync(file) && pattern.test(readFileSync(file, "utf8")));
    await set("state.file", file);
    await run("toggleStar", await thread("maps: two"));
    await holds("the star in the file", /^star \S+ <two@marks\.example> "1"$/m);
    appendFileSync(file, `note ${new Date().toISOString()} <one@marks.example> "from elsewhere"\n`);
    await becomes("the note of another machine", "maps: one", ({ tooltip }) =>
      String(tooltip).includes("from elsewhere"),
    );
    await run("undoTriage");
    await holds("the star to be taken back", /^star \S+ <two@marks\.example> ""$/m);
    const diary = join(folder.path, "diary.txt");
    writeFileSync(diary, "Dear diary");
    const [said] = await told(() => set("state.file", diary));
    assert.match(said ?? "", /holds no state of Kernel Mail/);
    assert.equal(readFileSync(diary, "utf8"), "Dear diary");
    await set("state.file", undefined);
  });
  it("a message of a thread as text is read when the cursor moves on from it, and can be kept unread", async () => {
    const { texts } = await parts();
    const holds = (count: number) => async () =>
      (await label(await row("marks"))).includes(`${count} unread`);
    await texts.open("one@marks.example");
    const editor = await until("the text", () => {
      const { activeTextEditor } = vscode.window;
      return activeTextEditor?.document.languageId === "kernel-mail-thread" && activeTextEditor;
    });
    // From the title to the first message, and from that to the second.
    for (let last = 0, times = 0; times < 2; times += 1) {
      await run("nextMessage");
      last = await until("the next message", () => {
        const { line } = editor.selection.active;
        return line > last && line;
      });
    }
    await until("the first to be read", holds(2));
    await run("markUnread");
    await closeEditors();
    await run("undoTriage");
    await run("undoTriage");
    await until("both unread again", holds(3));
  });
  it("tells of new mail in one sentence, by the settings, and opens the first of it", async () => {
    const { reader } = await parts();
    const path = join(folder.path, "marks.mbox");
    await set("identities", [{ name: "Ada Moreno", address: "ada@kernel.example" }]);
    await until("one's own mail to be read", async () =>
      (await label(await row("marks"))).includes("2 unread"),
    );
    const opened = () => until("the answer in the reader", () => reader.inView() === "reply1@marks.example");
    const said = await told(
      async () => {
        appendFileSync(
          path,
          letter("reply1", 0, chen, "Re: maps: one", "answer") +
            letter("reply2", 0, chen, "Re: maps: one", "answer") +
            letter("aside", 0, chen, "Re: maps: two", "two"),
        );
        await run("updateArchives");
      },
      1,
      "Open",
    );
    assert.deepEqual(said, ["2 answers to you; the first by Chen Wei in “maps: one”."]);
    await opened();
    await set("identities", undefined);
  });
  it("keeps a search as a root, and says what is wrong with one", async () => {
    const { tree } = await parts();
    await run("search", { query: "from:chen NOT subject:two" });
    const [search] = (await tree.getChildren()) ?? [];
    assert.ok(search?.kind === "search");
    assert.deepEqual(
      (await rows(search)).map((element) => (element.kind === "thread" ? element.row.subject : element.kind)),
      ["maps: one"],
    );
    const said = await told(async () => {
      await run("search", { query: "since:yesterday" });
      const [wrong] = (await tree.getChildren()) ?? [];
      await tree.getChildren(wrong);
    });
    assert.match(said[0] ?? "", /“since:yesterday” is no date/);
    (await parts()).searches.show(undefined);
  });
});
