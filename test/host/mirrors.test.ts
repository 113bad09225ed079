/** Mirrors of a real public-inbox server on loopback, made and kept fresh from the editor. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { splitMbox, writeMirror } from "../mirror.ts";
import { needPublicInbox, type PublicInboxServer, servePublicInbox } from "../publicInbox.ts";
import { labels, parts, row, run, samplePath, scratchFolder, setArchives, until } from "./editor.ts";

const set = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration("kernelMail").update(name, value, vscode.ConfigurationTarget.Global);

type Pick = { label: string; description?: string; detail?: string };

/** Chooses in the pick lists that come, by the beginning of a label; returns what each offered. */
async function choosing(choices: string[], folder: string, work: () => Thenable<unknown>): Promise<Pick[][]> {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = [window["showQuickPick"], window["showOpenDialog"]];
  const offered: Pick[][] = [];
  window["showQuickPick"] = async (items: Pick[]) => {
    offered.push(items);
    const choice = choices.shift() ?? "";
    return items.find(({ label }) => label.includes(choice));
  };
  window["showOpenDialog"] = async () => [vscode.Uri.file(folder)];
  try {
    await work();
  } finally {
    [window["showQuickPick"], window["showOpenDialog"]] = before;
  }
  return offered;
}

describe("mirrors of a server", function () {
  this.timeout(180_000);
  const mails = splitMbox(readFileSync(samplePath()));
  let folder: ReturnType<typeof scratchFolder>;
  let remote: PublicInboxServer;
  before(async function () {
    needPublicInbox(this);
    folder = scratchFolder();
    writeMirror(mails.slice(0, 30), join(folder.path, "pond"));
    remote = await servePublicInbox({
      name: "pond",
      address: "pond@lists.example",
      folder: join(folder.path, "pond"),
    });
    await set("servers", [remote.base]);
    await setArchives();
  });
  after(async () => {
    await set("servers", []);
    await setArchives();
    await remote?.close();
    folder?.remove();
  });

  it("a list is picked from the server with its epochs, cloned and read", async () => {
    const offered = await choosing(["pond", "Epoch 0", "Another Folder"], join(folder.path, "mine"), () =>
      run("mirrorList"),
    );
    assert.deepEqual(
      offered[0]?.map(({ label }) => label),
      ["pond"],
    );
    assert.match(offered[0]?.[0]?.detail ?? "", /^1 epoch, newest mail \d{4}-\d\d-\d\d$/);
    assert.match(offered[1]?.[0]?.description ?? "", /MB|not told by the server/);
    const { sync } = await parts();
    await sync.settled();
    await until("the mirror in the tree", async () =>
      (await labels()).some((text) => /^pond \| .*30 messages/.test(text)),
    );
  });
  it("new mail on the server comes with a check for new mail", async () => {
    await remote.deliver(mails[30] ?? Buffer.alloc(0));
    await run("updateArchives");
    await until("the new message", async () =>
      (await labels()).some((text) => /^pond \| .*31 messages/.test(text)),
    );
  });
  it("nothing is fetched when the settings say never", async () => {
    await set("network.mode", "never");
    await remote.deliver(mails[31] ?? Buffer.alloc(0));
    await run("updateArchives");
    await set("network.mode", undefined);
    assert.match((await labels()).join(), /pond \| .*31 messages/);
  });
  it("older epochs: there are none, and it says so", async () => {
    const window = vscode.window as unknown as Record<string, unknown>;
    const before = window["showInformationMessage"];
    let said = "";
    window["showInformationMessage"] = async (text: string) => {
      said = text;
    };
    await run("fetchOlderEpochs", await row("pond"));
    window["showInformationMessage"] = before;
    assert.equal(said, "“pond” has every epoch of the server.");
  });
});
