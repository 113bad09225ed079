/** Sending in the real editor: taken back in time, waiting, unknown, refused by some. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { hasLeft, outstanding } from "../../src/compose/outbox.ts";
import { close, polite, startScript } from "../mailServer.ts";
import { parts, run, scratchFolder, told, until } from "./editor.ts";
import {
  confirm,
  mailOnceThat,
  mailsIn,
  outbox,
  sendingStage,
  set,
  useServer,
  write,
} from "./sendingStage.ts";

describe("sending", () => {
  const stage = sendingStage();
  const states = async (): Promise<string[]> => (await (await outbox()).list()).map(({ state }) => state);

  it("can be taken back in time, and is the same draft again", async () => {
    await set("send.undoSeconds", 60);
    const editor = await write("Too quick.");
    const text = editor.document.getText();
    await run("draft.send");
    await confirm();
    assert.deepEqual(mailsIn(stage.drafts), []);
    assert.deepEqual(await states(), ["waiting"]);
    await run("outbox.undoSend");
    const [name = ""] = mailsIn(stage.drafts);
    assert.equal(readFileSync(join(stage.drafts, name), "utf8"), text);
    assert.deepEqual([await states(), stage.server.received.length], [[], 0]);
  });

  it("leaves by the server of its identity's own section in git's configuration", async () => {
    const gone = await startScript("220 x", polite());
    await gone.close();
    await useServer(gone.port);
    const identity = { name: "Ada Reviewer", address: "reviewer@kernel.example" };
    const home = scratchFolder();
    const section = `[sendemail "work"]\n\tsmtpServer = 127.0.0.1\n\tsmtpServerPort = ${stage.server.port}\n`;
    writeFileSync(join(home.path, ".gitconfig"), section);
    const usual = process.env["HOME"];
    process.env["HOME"] = home.path;
    try {
      await set("identities", [{ ...identity, transport: "work" }]);
      await write("By the other server.");
      await run("draft.send");
      await confirm();
      await until("the mail arrives", () => stage.server.received.length === 1);
    } finally {
      process.env["HOME"] = usual;
      home.remove();
      await set("identities", [identity]);
    }
  });

  it("waits where nothing listens, says so, and goes out when it is told to", async () => {
    const gone = await startScript("220 x", polite());
    await gone.close();
    await useServer(gone.port);
    await write("Later.");
    await run("draft.send");
    await confirm();
    const waiting = await mailOnceThat("it was tried", ({ attempts }) => attempts === 1);
    assert.match(waiting.problem ?? "", /^Nothing listens/);
    await useServer(stage.server.port);
    await run("outbox.retry", waiting);
    await until("the mail arrives", () => stage.server.received.length === 1);
  });

  it("waits for the person where the login fails, who is told once for all mails and can retry them all", async () => {
    await set("send.smtp", {
      host: "127.0.0.1",
      port: stage.server.port,
      encryption: "none",
      user: "nobody",
    });
    const { sender } = await parts();
    const mails = ["a", "b", "c"].map((name) => ({
      name,
      bytes: Buffer.from(`Message-ID: <${name}@kernel.example>\r\n\r\nx\r\n`),
      draftText: "",
      messageId: `${name}@kernel.example`,
      subject: name,
      from: "reviewer@kernel.example",
      to: ["bo@kernel.example"],
      eightBit: false,
    }));
    const said: string[] = [];
    const window = vscode.window as unknown as { showErrorMessage: (text: string) => Promise<string> };
    const { showErrorMessage } = window;
    window.showErrorMessage = async (text) => {
      said.push(text);
      await useServer(stage.server.port);
      return "Retry Now";
    };
    try {
      await sender.queue(mails, async () => undefined);
      await until("the mails arrive", () => stage.server.received.length === 3);
    } finally {
      window.showErrorMessage = showErrorMessage;
    }
    assert.equal(said.length, 1);
    assert.match(
      said[0] ?? "",
      /^There is no password for nobody at 127\.0\.0\.1\..* That goes for 3 messages\.$/,
    );
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
    await useServer(stage.server.port);
    const [asked = ""] = await told(() => run("outbox.retry", mail), 1, "Send Again");
    assert.match(asked, /again\? The server may have it/);
    await until("the mail arrives", () => stage.server.received.length === 1);
    assert.ok(stage.server.received[0]?.bytes.includes(`Message-ID: <${mail?.messageId}>`));
    await rude.close();
  });

  it("goes to those whom the server takes, and says who was refused with the server's words", async () => {
    const refused = "linux-pond@lists.kernel.example";
    stage.says.recipient = (address) => (address === refused ? "550 5.1.1 Not here" : undefined);
    await write("To most.");
    await run("draft.send");
    const [said = ""] = await told(() => confirm());
    assert.match(
      said,
      /was sent, but not to 1 recipient\. linux-pond@lists\.kernel\.example: “550 5\.1\.1 Not here”/,
    );
    const sent = await mailOnceThat("it was sent", ({ state }) => state === "sent");
    assert.ok(sent.to.length > 1 && !stage.server.received[0]?.to.includes(refused));
    stage.says = {};
    await run("outbox.retry", sent);
    await until("the rest arrives", () => stage.server.received.length === 2);
    assert.deepEqual(stage.server.received[1]?.to, [refused]);
    assert.deepEqual(stage.server.received[1]?.bytes, stage.server.received[0]?.bytes);
  });

  it("tries those again who are refused for now, and makes no draft of what the others have", async () => {
    const grey = "linux-pond@lists.kernel.example";
    stage.says.recipient = (address) => (address === grey ? "450 4.2.0 Greylisted" : undefined);
    await write("To most now, to all later.");
    await run("draft.send");
    await confirm();
    const partly = await mailOnceThat("it has left", (mail) => hasLeft(mail) && mail.filed === true);
    assert.deepEqual([partly.state, outstanding(partly), mailsIn(stage.drafts)], ["waiting", [grey], []]);
    const [said = ""] = await told(() => run("outbox.toDraft", partly));
    assert.match(said, /leaving, or has left/);
    stage.says = {};
    await run("outbox.retry", partly);
    await mailOnceThat("everybody has it", ({ state }) => state === "sent");
    assert.deepEqual(stage.server.received[1]?.to, [grey]);
  });
});
