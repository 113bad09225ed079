/** Mirrors of a real public-inbox server on loopback, made and kept fresh from the editor. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { splitMbox, writeMirror } from "../mirror.ts";
import { needPublicInbox, type PublicInboxServer, servePublicInbox } from "../publicInbox.ts";
import {
  labels,
  parts,
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

/** A period that no other clock of the host has, in minutes. */
const MINUTES = 7;

/** What the clock of the editor would do each time while `work` runs. */
async function byTheClock(work: (tick: () => void) => Promise<void>): Promise<void> {
  const before = globalThis.setInterval;
  let scheduled: (() => void) | undefined;
  globalThis.setInterval = ((tick: () => void, ms: number) => {
    if (ms === MINUTES * 60_000) scheduled = tick;
    return before(tick, ms);
  }) as typeof setInterval;
  try {
    await set("network.mode", "automatic");
    await set("update.minutes", MINUTES);
    const tick = await until("the schedule", () => scheduled);
    await work(tick);
  } finally {
    globalThis.setInterval = before;
    await set("update.minutes", undefined);
    await set("network.mode", undefined);
  }
}

describe("mirrors of a server", function () {
  this.timeout(180_000);
  const mails = splitMbox(readFileSync(samplePath()));
  /** Each part is an epoch of the server. */
  const parted = [mails.slice(0, 10), mails.slice(10, 20), mails.slice(20, 25)];
  let folder: ReturnType<typeof scratchFolder>;
  let remote: PublicInboxServer;
  const served = () => join(folder.path, "pond");
  const mine = () => join(folder.path, "mine", "pond");
  const epochs = () => readdirSync(join(mine(), "git")).sort();
  const holds = (messages: number): Promise<unknown> =>
    until(`${messages} messages of the mirror`, async () =>
      (await labels()).some((text) => new RegExp(`^pond \\| .*\\b${messages} messages`).test(text)),
    );
  before(async function () {
    needPublicInbox(this);
    folder = scratchFolder();
    for (const number of [0, 1]) writeMirror(parted[number] ?? [], served(), { number });
    remote = await servePublicInbox({ name: "pond", address: "pond@lists.example", folder: served() });
    await set("servers", [remote.base]);
    await setArchives();
  });
  after(async () => {
    await set("servers", []);
    await setArchives();
    await remote?.close();
    folder?.remove();
  });

  it("a list is picked from the server with its epochs, and the newest is cloned and read", async () => {
    const offered = await choosing(["pond", "Epoch 1", "Another Folder"], join(folder.path, "mine"), () =>
      run("mirrorList"),
    );
    assert.deepEqual(
      offered[0]?.map(({ label }) => label),
      ["pond"],
    );
    assert.match(offered[0]?.[0]?.detail ?? "", /^2 epochs, newest mail \d{4}-\d\d-\d\d$/);
    assert.deepEqual(
      offered[1]?.map(({ label }) => label),
      ["Epoch 1", "Epochs 0 to 1"],
    );
    assert.match(offered[1]?.[0]?.description ?? "", /MB|not told by the server/);
    const { sync } = await parts();
    await sync.settled();
    await holds(10);
    assert.deepEqual(epochs(), ["1.git"]);
  });
  it("older epochs come on request", async () => {
    const offered = await choosing(["Epoch 0"], folder.path, async () =>
      run("fetchOlderEpochs", await row("pond")),
    );
    assert.deepEqual(
      offered[0]?.map(({ label }) => label),
      ["Epoch 0"],
    );
    await holds(20);
    assert.deepEqual(epochs(), ["0.git", "1.git"]);
  });
  it("older epochs: there are no more, and it says so", async () => {
    const said = await told(async () => run("fetchOlderEpochs", await row("pond")));
    assert.deepEqual(said, ["“pond” has every epoch of the server."]);
  });
  it("new mail on the server comes with a check for new mail", async () => {
    await remote.deliver(mails[30] ?? Buffer.alloc(0));
    await run("updateArchives");
    await holds(21);
  });
  it("an epoch that has begun on the server comes, too", async () => {
    writeMirror(parted[2] ?? [], served(), { number: 2 });
    await remote.index();
    await run("updateArchives");
    await holds(26);
    assert.deepEqual(epochs(), ["0.git", "1.git", "2.git"]);
  });
  it("what the search of a list on its server finds is kept, as whole threads", async () => {
    await run("addArchive", `${remote.base}pond/`);
    const list = (await rows()).find(({ kind }) => kind === "remote");
    assert.ok(list);
    const window = vscode.window as unknown as Record<string, unknown>;
    const before = window["showInputBox"];
    window["showInputBox"] = async () => "s:pond";
    await run("searchServer", list);
    window["showInputBox"] = async () => "";
    const [found] = await rows(list);
    await run("keepFound", found);
    // The mirror has it too: there it is shown.
    const opened = async () => {
      const { archive } = await parts();
      return (await archive.request("archives", null)).find(({ name }) => name === "Opened");
    };
    await until("what was kept", async () => ((await opened())?.passed ?? 0) > 0);
    assert.ok(!(await labels()).some((text) => text.startsWith("Opened")));
    await run("searchServer", list);
    window["showInputBox"] = before;
    assert.match((await labels(list)).at(-1) ?? "", /Older Threads|\|/);
    await told(() => run("removeArchive", list));
  });
  it("by the clock, when the settings say so: also what a list on the server shows", async () => {
    await run("addArchive", `${remote.base}pond/`);
    const list = (await rows()).find(({ kind }) => kind === "remote");
    await run("updateArchive", list);
    const before = await labels(list);
    await byTheClock(async (tick) => {
      await remote.deliver(mails[31] ?? Buffer.alloc(0));
      tick();
      await holds(27);
      await until("the list on the server", async () => (await labels(list)).join() !== before.join());
    });
    await told(() => run("removeArchive", list));
  });
  it("an older epoch that the server has written anew is fetched again", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", join(served(), "git", "0.git"), ...args], { encoding: "utf8" }).trim();
    const [ref = "", tip = ""] = [git("symbolic-ref", "HEAD"), git("rev-parse", "HEAD")];
    git("update-ref", ref, `${tip}~1`);
    await run("updateArchives");
    await holds(26);
    git("update-ref", ref, tip);
    await run("updateArchives");
    await holds(27);
  });
  it("nothing is fetched when the settings say never, nor into what grokmirror keeps", async () => {
    await remote.deliver(mails[32] ?? Buffer.alloc(0));
    await set("network.mode", "never");
    await run("updateArchives");
    await set("network.mode", undefined);
    const manifest = join(folder.path, "mine", "manifest.js.gz");
    writeFileSync(manifest, "");
    await run("updateArchives");
    assert.match((await labels()).join(), /pond \| .*\b27 messages/);
    rmSync(manifest);
    await run("updateArchives");
    await holds(28);
  });
  it("a clone that is cancelled can be gone on with", async () => {
    const window = vscode.window as unknown as Record<string, unknown>;
    const before = window["withProgress"];
    const cancel = new vscode.CancellationTokenSource();
    // The person cancels as soon as the second epoch is begun; the first one is there.
    window["withProgress"] = (
      { title }: { title: string },
      work: (report: unknown, token: vscode.CancellationToken) => unknown,
    ) => {
      if (title.includes("2 of 3")) cancel.cancel();
      return work({ report: () => undefined }, cancel.token);
    };
    const again = join(folder.path, "again");
    const choices = () => ["pond", "Epochs 0 to 2", "Another Folder"];
    try {
      await choosing(choices(), again, () => run("mirrorList"));
    } finally {
      window["withProgress"] = before;
    }
    const there = () => readdirSync(join(again, "pond", "git")).sort();
    assert.deepEqual(there(), ["2.git"]);
    await choosing(choices(), again, () => run("mirrorList"));
    assert.deepEqual(there(), ["0.git", "1.git", "2.git"]);
  });
});
