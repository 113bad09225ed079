/** Sending in the real editor: taken back in time, waiting, unknown, and one box for small replies. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { close, type MailServer, polite, startMailServer, startScript } from "../mailServer.ts";
import { closeEditors, parts, run, samplePath, setArchives, told, until } from "./editor.ts";

const REVIEW = "20261005152048.p2@kernel.example";

describe("sending", () => {
  let server: MailServer;
  let drafts = "";
  const set = (name: string, value: unknown): Thenable<void> =>
    vscode.workspace.getConfiguration("kernelMail").update(name, value, vscode.ConfigurationTarget.Global);
  const useServer = (port: number) => set("send.smtp", { host: "127.0.0.1", port, encryption: "none" });

  /** A reply with this text of one's own, in its editor. */
  const write = async (text: string): Promise<vscode.TextEditor> => {
    await run("replyAll", { messageId: REVIEW });
    const editor = await until("the draft", () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.languageId === "kernel-mail" && active;
    });
    await editor.edit((edit) =>
      edit.insert(new vscode.Position(editor.document.lineCount, 0), `\n${text}\n`),
    );
    await editor.document.save();
    return editor;
  };
  /** Confirms the preview that is open, once it may be confirmed. */
  const confirm = async (): Promise<void> => {
    const isPreview = () => vscode.window.activeTextEditor?.document.uri.scheme === "kernel-mail-preview";
    await until("the preview", isPreview);
    await delay(600);
    await run("draft.confirmSend");
    await until("the preview is gone", () => !isPreview());
  };
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder).filter((name) => name.endsWith(".eml"));
    } catch {
      return [];
    }
  };
  const outbox = async () => (await parts()).sender.outbox;
  const states = async (): Promise<string[]> => (await (await outbox()).list()).map(({ state }) => state);

  before(async () => {
    await setArchives({ path: samplePath() });
    drafts = (await parts()).drafts;
    server = await startMailServer({ authOptional: true });
    await set("identities", [{ name: "Ada Reviewer", address: "reviewer@kernel.example" }]);
    await set("send.onlyReserved", true);
    await useServer(server.port);
  });
  after(async () => {
    for (const name of [
      "identities",
      "send.onlyReserved",
      "send.smtp",
      "send.undoSeconds",
      "send.confirmation",
    ]) {
      await set(name, undefined);
    }
    await server.close();
    await setArchives();
  });
  beforeEach(async () => {
    server.received.length = 0;
    await useServer(server.port);
    await set("send.undoSeconds", 0);
  });
  afterEach(async () => {
    await closeEditors();
    await (await parts()).sender.settled();
    for (const folder of [drafts, (await outbox()).folder]) rmSync(folder, { recursive: true, force: true });
  });

  it("can be taken back in time, and is the same draft again", async () => {
    await set("send.undoSeconds", 60);
    const editor = await write("Too quick.");
    const text = editor.document.getText();
    await run("draft.send");
    await confirm();
    assert.deepEqual(names(drafts), []);
    assert.deepEqual(await states(), ["waiting"]);
    await run("outbox.undoSend");
    const [name = ""] = names(drafts);
    assert.equal(readFileSync(join(drafts, name), "utf8"), text);
    assert.deepEqual([await states(), server.received.length], [[], 0]);
  });

  it("confirms a small reply in one box, when that is set", async () => {
    await set("send.confirmation", "summary");
    try {
      await write("Fine.");
      const [asked = ""] = await told(() => run("draft.send"), 1, "Send");
      assert.match(asked, /^Re: \[PATCH 2\/3\] pond/);
      await until("the mail arrives", () => server.received.length === 1);
    } finally {
      await set("send.confirmation", undefined);
    }
  });

  it("waits where nothing listens, says so, and goes out when it is told to", async () => {
    const gone = await startScript("220 x", polite());
    await gone.close();
    await useServer(gone.port);
    await write("Later.");
    await run("draft.send");
    await confirm();
    const box = await outbox();
    const waiting = await until("it was tried", async () => {
      const [mail] = await box.list();
      return mail?.attempts === 1 && mail;
    });
    assert.match(waiting.problem ?? "", /^Nothing listens/);
    await useServer(server.port);
    await run("outbox.retry", waiting);
    await until("the mail arrives", () => server.received.length === 1);
  });

  it("is unknown when the server goes away at the end, and is sent again only when one says so", async () => {
    const rude = await startScript(
      "220 x",
      polite((line) => (line === "." ? close : undefined)),
    );
    await useServer(rude.port);
    await write("Perhaps.");
    await run("draft.send");
    const [said = ""] = await told(() => confirm());
    assert.match(said, /went away after it had the whole mail/);
    const [mail] = await (await outbox()).list();
    assert.equal(mail?.state, "unknown");
    await useServer(server.port);
    const [asked = ""] = await told(() => run("outbox.retry", mail), 1, "Send Again");
    assert.match(asked, /again\? The server may have it/);
    await until("the mail arrives", () => server.received.length === 1);
    assert.ok(server.received[0]?.bytes.includes(`Message-ID: <${mail?.messageId}>`));
    await rude.close();
  });
});
