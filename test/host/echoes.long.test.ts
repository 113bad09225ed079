/** What comes back from the list, in the real editor: pending mail becomes ordinary, changes are told, lateness too. */
import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { withPending } from "../../src/editor/sending/pendingMail.ts";
import { writeMboxrd } from "../../src/sources/mboxrd.ts";
import { type FaultServer, faultServer, packedMails } from "../faultServer.ts";
import { close, polite, startScript } from "../mailServer.ts";
import { answering } from "./dialogs.ts";
import { parts, run, samplePath, scratchFolder, setArchives, told, until } from "./editor.ts";
import {
  confirm,
  mailOnceThat,
  outbox,
  REVIEW,
  sendingStage,
  set,
  useServer,
  write,
} from "./sendingStage.ts";

describe("the list's copy of a sent mail", () => {
  const stage = sendingStage();
  const scratch = scratchFolder();
  const archive = join(scratch.path, "list.mbox");
  after(() => scratch.remove());
  beforeEach(async () => {
    copyFileSync(samplePath(), archive);
    await setArchives({ path: archive, name: "The list" });
    await (await parts()).sync.update();
  });

  /** Sends a reply with this text; the mail as the server has it. */
  const send = async (text: string, messageId = REVIEW): Promise<string> => {
    const before = stage.server.received.length;
    await write(text, messageId);
    await run("draft.send");
    await confirm();
    await mailOnceThat(
      "it was sent",
      ({ state, name }) => state === "sent" && !known.has(name) && !!known.add(name),
    );
    return stage.server.received[before]?.bytes.toString() ?? "";
  };
  const known = new Set<string>();
  beforeEach(() => known.clear());

  /** The list's archive gets this mail, under a header that lists add. */
  const arrive = async (mail: string): Promise<void> => {
    const copy = `List-Id: <linux-pond.lists.kernel.example>\r\n${mail}`.replaceAll("\r\n", "\n");
    appendFileSync(archive, writeMboxrd(Buffer.from(copy)));
    await (await parts()).sync.update();
  };
  const isForgotten = () =>
    until("the outbox is empty", async () => (await (await outbox()).list()).length === 0);
  /** The answers of the thread that this test has sent, a star for those that are pending. */
  const own = async (): Promise<string[]> => {
    const thread = await withPending((await parts()).archive, await outbox()).request("thread", {
      messageId: REVIEW,
    });
    return (thread?.nodes ?? [])
      .filter(({ fromAddress }) => fromAddress === "reviewer@kernel.example")
      .map(({ messageId, pending }) => `${messageId}${pending ? " *" : ""}`);
  };
  const idIn = (mail: string): string => /^Message-ID: <(.*)>/m.exec(mail)?.[1] ?? "";

  it("makes it ordinary when it is what was sent", async () => {
    const mail = await send("Looks good.");
    assert.deepEqual(await own(), [`${idIn(mail)} *`]);
    await arrive(mail);
    await isForgotten();
    assert.deepEqual(await own(), [idIn(mail)]);
  });

  it("tells what was changed in one line, and shows it side by side", async () => {
    const mail = await send("Looks good, grüße.\n\n\tif (x)\n\t\treturn;");
    const changed = mail
      .replace(/^Cc: .*(\r\n .*)*/m, "Cc: linux-pond@lists.kernel.example")
      .replace("\tif (x)\r\n\t\treturn;", "    if (x)\r\n        return;")
      .concat("--\r\nConfidential\r\n");
    const [head = "", body = ""] = changed.split(/\r\n\r\n(.*)/s);
    const encoded = head.replace("Encoding: 8bit", "Encoding: base64");
    const [said = ""] = await told(() =>
      arrive(`${encoded}\r\n\r\n${Buffer.from(body).toString("base64")}\r\n`),
    );
    assert.match(
      said,
      /^The list's copy of “Re: \[PATCH 2\/3\].*” is not what was sent: recipients are missing: /,
    );
    assert.match(said, /; tabs were lost in 2 lines; 2 lines were added; the encoding 8bit became base64\.$/);
    const mailThen = await mailOnceThat("the echo is noted", ({ echo }) => echo !== undefined);
    await run("outbox.compareEcho", mailThen);
    const { input } = await until("the diff", () => vscode.window.tabGroups.activeTabGroup.activeTab);
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const [sent, received] = [input.original, input.modified].map((uri) =>
      vscode.workspace.openTextDocument(uri),
    );
    assert.match((await sent)?.getText() ?? "", /\n\tif \(x\)\n\t\treturn;\n$/);
    assert.match((await received)?.getText() ?? "", /^List-Id: /);
  });

  it("is missed after the set time, once", async () => {
    await set("send.echoHours", 0.0005);
    const [said = ""] = await told(() => send("Hello?"));
    assert.match(said, /^No archive shows “Re: \[PATCH 2\/3\].*” on the list after 2 s\.$/);
    const mail = await mailOnceThat("it is noted", ({ isLateTold }) => isLateTold === true);
    assert.deepEqual(await told(async () => (await parts()).sync.update(), 0), []);
    await set("send.echoHours", undefined);
    await arrive(stage.server.received[0]?.bytes.toString() ?? "");
    await isForgotten();
    assert.equal(mail.state, "sent");
  });

  it("of a mail that starts a thread is missed too, where an archive reads the list", async () => {
    // The list is known by its mail.
    await arrive(`From: bo@kernel.example\r\nMessage-ID: <known@kernel.example>\r\nSubject: x\r\n\r\nx\r\n`);
    await set("send.echoHours", 0.0005);
    const start = async (list: string): Promise<void> => {
      await run("newMessage");
      const editor = await until("the draft", () => {
        const active = vscode.window.activeTextEditor;
        return active?.document.languageId === "kernel-mail" && active;
      });
      const text = editor.document.getText();
      const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
      const written = `${text.replace(/^To:.*$/m, `To: ${list}`).replace(/^Subject:.*$/m, "Subject: A question")}\nWhy?\n`;
      await editor.edit((edit) => edit.replace(all, written));
      await run("draft.send");
      await confirm();
    };
    await start("other@lists.kernel.example");
    await mailOnceThat("the first was sent", ({ state }) => state === "sent");
    const [said = ""] = await told(() => start("linux-pond@lists.kernel.example"));
    assert.match(said, /^No archive shows “A question” on the list after 2 s\.$/);
    const mail = await mailOnceThat("it is noted", ({ isLateTold }) => isLateTold === true);
    assert.deepEqual(mail.to, ["linux-pond@lists.kernel.example"]);
    await set("send.echoHours", undefined);
  });

  describe("of a server that gives mails an id of its own", () => {
    const REAL = "AM0.77@AM0PR01.eurprd01.prod.outlook.com";
    it("which its answer names: the thread, answers to it and the list's copy go by that one", async () => {
      stage.says.answer = () => `250 2.0.0 OK <${REAL}> [Hostname=AM0PR01]`;
      const mail = await send("First.");
      assert.notEqual(idIn(mail), REAL);
      assert.deepEqual(await own(), [`${REAL} *`]);
      stage.says = {};
      const followUp = await send("I meant second.", REAL);
      assert.match(followUp, new RegExp(`^In-Reply-To: <${REAL}>`, "m"));
      assert.match(followUp, new RegExp(`^References: (<.*>\r\n )+<${REAL}>`, "m"));
      assert.deepEqual(await own(), [`${REAL} *`, `${idIn(followUp)} *`]);
      await arrive(mail.replace(idIn(mail), REAL));
      await arrive(followUp);
      await isForgotten();
      assert.deepEqual(await own(), [REAL, idIn(followUp)]);
    });

    it("which only the list's copy shows; a draft that answers it by the old one takes the new one", async () => {
      await set("send.serverRewritesIds", "yes");
      const mail = await send("First.");
      const { document } = await write("I meant second.", idIn(mail));
      await arrive(mail.replace(idIn(mail), REAL));
      await isForgotten();
      await until("the draft on disk", () => readFileSync(document.uri.fsPath, "utf8").includes(REAL));
      assert.match(
        document.getText(),
        new RegExp(`^In-Reply-To: <${REAL}>\nReferences: (<.*>\n )+<${REAL}>\n`, "m"),
      );
      assert.ok(!document.getText().includes(idIn(mail)));
      assert.deepEqual(await own(), [REAL]);
      await set("send.serverRewritesIds", undefined);
    });
  });

  it("settles a mail of which nobody knew whether it went out", async () => {
    const rude = await startScript(
      "220 x",
      polite((line) => (line === "." ? close : undefined)),
    );
    await useServer(rude.port);
    await write("Perhaps.");
    await run("draft.send");
    await told(() => confirm());
    await rude.close();
    const mail = await mailOnceThat("it is unknown", ({ state }) => state === "unknown");
    await arrive((await (await outbox()).bytes(mail.name)).toString());
    await isForgotten();
  });

  describe("on a server", () => {
    let remote: FaultServer;
    /** A server that has this mail in the thread of that message. */
    const serve = async (mail: string, messageId: string): Promise<void> => {
      remote = await faultServer({
        [`/all/${messageId}/t.mbox.gz`]: packedMails(mail.replaceAll("\r\n", "\n")),
      });
      await set("servers", [remote.base]);
    };
    afterEach(async () => {
      await remote.close();
      await set("servers", []);
      const { opened, sync } = await parts();
      rmSync(opened, { recursive: true, force: true });
      await sync.update();
    });

    it("is asked for when the person looks for it", async () => {
      const mail = await send("Looks good.");
      await serve(mail, idIn(mail));
      const [sent] = await (await outbox()).list();
      await run("outbox.findEcho", sent);
      await isForgotten();
      assert.deepEqual(await own(), [idIn(mail)]);
    });

    it("is asked for with new mail, where answered threads are kept fresh", async () => {
      const mail = await send("Looks good.");
      await serve(mail, REVIEW);
      await run("updateArchives");
      assert.deepEqual(remote.asked, []);
      await set("network.followedThreads", "always");
      await run("updateArchives");
      await isForgotten();
      assert.deepEqual(await own(), [idIn(mail)]);
      await set("network.followedThreads", "never");
    });
  });

  it("of a mail to oneself is told when it is what was sent", async () => {
    assert.deepEqual(await answering(() => run("sendTest"), {}), []);
    await confirm();
    await mailOnceThat("it was sent", ({ state }) => state === "sent");
    const [said = ""] = await told(() => arrive(stage.server.received[0]?.bytes.toString() ?? ""));
    assert.equal(said, "“Kernel Mail test” came back exactly as it was sent.");
    assert.deepEqual(stage.server.received[0]?.to, ["reviewer@kernel.example"]);
  });
});
