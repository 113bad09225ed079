/** Settings about sending, as people and other programs write them. */
import assert from "node:assert/strict";
import { readSending } from "../../../src/editor/sendingSettings.ts";

const read = (values: Record<string, unknown> = {}) =>
  readSending(
    (name) => values[name],
    (path) => path.replace(/^~/, "/home/ada"),
  );

describe("settings about sending", () => {
  it("have usual values", () => {
    const { send, undoMs, echoMs, confirmation, onlyReserved, copyTo, oauthClient } = read();
    assert.deepEqual([send.method, send.smtp.host, send.program], ["auto", undefined, []]);
    assert.deepEqual([undoMs, echoMs, confirmation], [10_000, 21_600_000, "preview"]);
    assert.deepEqual([onlyReserved, copyTo, oauthClient], [false, undefined, undefined]);
  });

  it("are taken as they are written", () => {
    const smtp = { host: "mx.example", port: 465, user: "ada" };
    const read1 = read({
      "send.smtp": smtp,
      "send.undoSeconds": 0,
      "send.copyTo": "~/sent",
      "send.method": "smtp",
    });
    assert.deepEqual(
      [read1.send.smtp.host, read1.send.smtp.port, read1.send.smtp.user],
      ["mx.example", 465, "ada"],
    );
    assert.deepEqual([read1.send.method, read1.undoMs, read1.copyTo], ["smtp", 0, "/home/ada/sent"]);
  });

  it("count as not set where they are nonsense", () => {
    const { send, undoMs, tokenCommand, oauthClient } = read({
      "send.method": "pigeon",
      "send.smtp": "mx.example",
      "send.program": "msmtp",
      "send.undoSeconds": -3,
      "send.tokenCommand": [1, "", "token"],
      "send.oauthClient": { id: "x" },
    });
    assert.deepEqual([send.method, send.smtp.host, send.program, undoMs], ["auto", undefined, [], 10_000]);
    assert.deepEqual([tokenCommand, oauthClient], [["token"], undefined]);
  });

  it("wait no longer than two minutes", () =>
    assert.equal(read({ "send.undoSeconds": 1000 }).undoMs, 120_000));

  it("describe a client whole or not at all", () => {
    const client = { id: "x", authority: "https://provider.example", scopes: ["mail"], secret: "" };
    assert.deepEqual(read({ "send.oauthClient": client }).oauthClient, {
      id: "x",
      authority: "https://provider.example",
      scopes: ["mail"],
    });
  });
});
