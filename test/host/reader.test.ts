/** The reader panel in the real editor: it opens, follows, comes from links, and gives bytes and links away. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { splitMbox } from "../mirror.ts";
import {
  closeEditors,
  parts,
  readerTab,
  row,
  rows,
  run,
  samplePath,
  scratchFolder,
  set,
  setArchives,
  told,
  until,
} from "./editor.ts";

const REVIEW = "20261005152048.p2@kernel.example";

const rawOf = (messageId: string): Buffer => {
  const mail = splitMbox(readFileSync(samplePath())).find((one) =>
    one.includes(`Message-ID: <${messageId}>`),
  );
  assert.ok(mail);
  return mail;
};

describe("the reader", () => {
  before(() => setArchives({ path: samplePath(), name: "Sample archive" }));
  after(() => setArchives());
  afterEach(closeEditors);

  it("opens a thread from its row, in one panel for all", async () => {
    const list = await row("linux-tide", await row("Sample archive"));
    const [first, second] = await rows(list);
    await run("openThread", first);
    await until("the reader", () => readerTab()?.label.includes("fixes for v6.99"));
    await run("openThread", second);
    await until("the other thread", () => readerTab()?.label.includes("trees rebased"));
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
  });

  it("opens each thread in a tab of its own where the setting says so", async () => {
    const { reader } = await parts();
    const [first, second] = await rows(await row("linux-tide", await row("Sample archive")));
    const open = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label: name }) => name));
    const isIn = async (title: string, thread: string | undefined) => {
      await until(`the tab of ${title}`, () => open().some((one) => one.includes(title)));
      await until(
        `${title} to be the one that is meant`,
        async () => (await reader.inFocus()) !== undefined && reader.thread() === thread,
      );
    };
    const idOf = (element: typeof first) => (element?.kind === "thread" ? element.row.thread : undefined);
    await set("reader.tabs", "perThread");
    try {
      await run("openThread", first);
      await isIn("fixes for v6.99", idOf(first));
      await run("openThread", second);
      await isIn("trees rebased", idOf(second));
      await run("openThread", first);
      await isIn("fixes for v6.99", idOf(first));
      assert.equal(open().length, 2, open().join());
      // What is done from now on is done in the tab that comes to the front.
      await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
      await isIn("trees rebased", idOf(second));
    } finally {
      await set("reader.tabs", undefined);
    }
    await run("openThread", first);
    await isIn("fixes for v6.99", idOf(first));
    assert.equal(open().length, 1, open().join());
  });

  it("goes to the thread beside the one that is shown, as the tree lists them", async () => {
    const list = await row("linux-tide", await row("Sample archive"));
    const [first] = await rows(list);
    await run("openThread", first);
    await until("the reader", () => readerTab()?.label.includes("fixes for v6.99"));
    await run("nextThread");
    await until("the next thread", () => readerTab()?.label.includes("trees rebased"));
    await run("previousThread");
    await until("the thread before", () => readerTab()?.label.includes("fixes for v6.99"));
  });

  it("opens a thread to the side of a text", async () => {
    const text = await vscode.workspace.openTextDocument({ content: "text" });
    await vscode.window.showTextDocument(text);
    const [first] = await rows(await row("linux-tide", await row("Sample archive")));
    await run("openThreadToSide", first);
    await until("the reader", () => readerTab() !== undefined);
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });

  it("shows the message that a link names", async () => {
    const { reader } = await parts();
    await run("openMessage", `see https://lore.kernel.org/linux-pond/${REVIEW}/T/#u.`);
    const shown = await until("the message in view", async () => {
      const focus = await reader.inFocus();
      return focus?.messageId === REVIEW && focus;
    });
    assert.deepEqual(shown, { messageId: REVIEW });
  });

  it("shows the message that another program names", async () => {
    const { reader } = await parts();
    await run("openMessage", { id: REVIEW });
    await until("the message in view", async () => (await reader.inFocus())?.messageId === REVIEW);
  });

  it("offers the browser for a message that no archive has, with the address that was given", async () => {
    const env = vscode.env as { openExternal: (uri: vscode.Uri) => Thenable<boolean> };
    const before = env.openExternal;
    const opened: string[] = [];
    env.openExternal = async (uri) => {
      opened.push(uri.toString(true));
      return true;
    };
    try {
      const url = "https://lore.kernel.org/linux-pond/nobody.has@this.example/T/";
      const said = await told(() => run("openMessage", url), 1, "Open in Browser");
      assert.match(
        said[0] ?? "",
        /^No archive has the message <nobody\.has@this\.example>, and the settings say that no server is asked/,
      );
      await told(() => run("openMessage", "nobody.has@this.example"), 1, "Open in Browser");
      await told(() => run("openMessage", "nobody.has@this.example"));
      assert.deepEqual(opened, [url, "https://lore.kernel.org/r/nobody.has@this.example"]);
    } finally {
      env.openExternal = before;
    }
  });

  it("takes the message of its menu, and the lines that are selected in it", async () => {
    const { reader } = await parts();
    await run("openMessage", REVIEW);
    await until("the message in view", async () => (await reader.inFocus())?.messageId === REVIEW);
    const other = "20261005170233.p3@moreno.example";
    for (const messageId of [REVIEW, other]) {
      await run("copyMessageId", { webview: "kernelMail.reader", webviewSection: "message", messageId });
      assert.equal(await vscode.env.clipboard.readText(), messageId);
    }
  });

  it("lets commands act in its page", async () => {
    const { reader } = await parts();
    await run("openMessage", REVIEW);
    await until("the message in view", async () => (await reader.inFocus())?.messageId === REVIEW);
    await run("nextMessage");
    await until(
      "the next message",
      async () => (await reader.inFocus())?.messageId === "20261005170233.p3@moreno.example",
    );
    await run("parentMessage");
    await until("its parent", async () => (await reader.inFocus())?.messageId === REVIEW);
  });

  it("shows the bytes as received", async () => {
    await run("showRaw", { messageId: REVIEW });
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.deepEqual(Buffer.from(await vscode.workspace.fs.readFile(document.uri)), rawOf(REVIEW));
    assert.equal(document.uri.scheme, "kernel-mail");
  });

  it("saves a message as the same bytes", async () => {
    const folder = scratchFolder();
    const file = vscode.Uri.file(join(folder.path, "review.eml"));
    await run("saveMessage", { messageId: REVIEW }, file);
    assert.deepEqual(readFileSync(file.fsPath), rawOf(REVIEW));
    folder.remove();
  });

  it("exports a thread as an mboxrd that can be split again", async () => {
    const folder = scratchFolder();
    const file = vscode.Uri.file(join(folder.path, "thread.mbox"));
    await run("exportThread", { messageId: REVIEW }, file);
    const mails = splitMbox(readFileSync(file.fsPath));
    assert.equal(mails.length, 12);
    assert.ok(mails.some((mail) => mail.equals(rawOf(REVIEW))));
    folder.remove();
  });

  it("copies the Message-ID, the link and the trailer", async () => {
    const copied = async (command: string): Promise<string> => {
      await run(command, { messageId: REVIEW });
      return await vscode.env.clipboard.readText();
    };
    assert.equal(await copied("copyMessageId"), REVIEW);
    assert.equal(await copied("copyLoreLink"), `https://lore.kernel.org/r/${REVIEW}`);
    assert.equal(await copied("copyLinkTrailer"), `Link: https://lore.kernel.org/r/${REVIEW}`);
  });

  it("copies a message as a reply would cite it", async () => {
    await run("copyCited", { messageId: REVIEW });
    const lines = (await vscode.env.clipboard.readText()).split("\n");
    assert.match(lines[0] ?? "", /^On .* wrote:$/);
    assert.ok(lines.slice(1, -1).every((line) => line.startsWith(">")));
  });

  it("tells what is installed", async () => {
    await run("doctor");
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    assert.match(text, new RegExp(`^VS Code +${vscode.version.replaceAll(".", "\\.")} `, "m"));
    assert.match(text, /sqlite/i);
    assert.match(text, /sample\.mbox\n {2}mbox, 43 messages, 5 threads/);
  });
});
