/** A thread as text: what stands in the document, and which message and line of a body each of its lines is. */
import assert from "node:assert/strict";
import { blockAt, bodyLineAt, messageAt, writeThread } from "../../../src/reader/text.ts";
import { smallThread } from "../../threadTexts.ts";
import { viewMails } from "../../threadViews.ts";

describe("reader/text", () => {
  it("writes every message under a heading, what is new against its parent, and its body as it is", async () => {
    const { lines } = await smallThread();
    assert.deepEqual(lines.slice(0, 25), [
      "slack",
      "linux-example, 4 messages, 3 people",
      "",
      "Message: Ada Moreno, 2026-11-16 09:15 +0100",
      "Subject: slack",
      "To: list@kernel.example",
      "",
      "one",
      "two",
      "three see https://kernel.example/doc",
      "",
      "Message: Bo Lind answers Ada Moreno, 2026-11-16 09:15 +0100",
      "Added to Cc: Elif",
      "Left out: list@kernel.example",
      "",
      "On Mon, Nov 16, 2026 at 10:04:11 +0100, Ada Moreno wrote:",
      "> one",
      "> two",
      "",
      "Why two?",
      "",
      "> three see https://kernel.example/doc",
      "",
      "Yes.",
      "-- ",
    ]);
    assert.ok(lines.includes("Message in no archive: <gone@kernel.example>"));
    assert.equal(lines.at(-1), "");
  });
  it("knows the message, the line of its body and the block of each line", async () => {
    const text = await smallThread();
    const line = text.lines.indexOf("> two");
    const message = messageAt(text, line);
    assert.equal(message?.messageId, "b@kernel.example");
    assert.equal(message && bodyLineAt(message, line), 3);
    assert.equal(message && blockAt(message, line)?.author, "Ada Moreno");
    assert.equal(message && bodyLineAt(message, message.heading), undefined);
    assert.equal(messageAt(text, 0)?.number, 1);
  });
  it("tells what is wrong with a mail, its badges and its attachments", async () => {
    const mail =
      'From: Ada <ada@kernel.example>\nMessage-ID: <a@kernel.example>\nContent-Type: multipart/mixed; boundary="b"\n\n' +
      "--b\n\nsee\u202e there\n--b\nContent-Type: image/png; name=a.png\n\n123\n--b--\n";
    const [thread] = await viewMails([Buffer.from(mail)]);
    assert.ok(thread);
    const { lines } = writeThread(
      thread.view,
      new Map(thread.messages.map((view) => [view.messageId, view])),
    );
    assert.ok(lines.includes("Attachment: a.png (image/png, 3 bytes)"), lines.join("\n"));
    assert.ok(lines.some((line) => /^Note: 1 invisible character/.test(line)));
  });
  it("D212 writes messages inside a message below its body, and counts none of their lines to it", async () => {
    const inner =
      "From: Bo <bo@kernel.example>\nSubject: inner\nMessage-ID: <b@kernel.example>\nDate: Mon, 16 Nov 2026 09:00:00 +0000\n\n> cited\nown\n";
    const mail =
      'From: Ada <ada@kernel.example>\nMessage-ID: <a@kernel.example>\nContent-Type: multipart/mixed; boundary="b"\n\n' +
      `--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n${inner}--b--\n`;
    const [thread] = await viewMails([Buffer.from(mail)]);
    assert.ok(thread);
    const text = writeThread(thread.view, new Map(thread.messages.map((view) => [view.messageId, view])));
    const at = text.lines.indexOf("Message inside: Bo, 2026-11-16 09:00 +0000");
    assert.deepEqual(text.lines.slice(at - 2, at + 5), [
      ...[
        "see below",
        "",
        "Message inside: Bo, 2026-11-16 09:00 +0000",
        "Subject: inner",
        "",
        "> cited",
        "own",
      ],
    ]);
    const [message] = text.messages;
    assert.equal(message && bodyLineAt(message, at + 3), undefined);
    assert.equal(message?.last, at + 4);
  });
});
