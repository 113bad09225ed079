/** Sending in the real editor: taken back in time, waiting, unknown, refused by some. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { close, polite, startScript } from "../mailServer.ts";
import { run, told, until } from "./editor.ts";
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
});
