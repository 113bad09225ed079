/** Parts of the body: a multipart mail in, its text and its attachments out. */
import assert from "node:assert/strict";
import { decodeText } from "../../../src/mail/decode.ts";

/** A part: its Content-Type and further fields, an empty line, its text. */
const part = (type: string, text: string): string => `Content-Type: ${type}\n\n${text}`;
const multipart = (subtype: string, ...parts: string[]): string => {
  const boundary = `b${subtype.slice(0, 3)}${parts.length}`;
  const inner = parts.map((one) => `--${boundary}\n${one}\n`).join("");
  return `Content-Type: multipart/${subtype}; boundary=${boundary}\n\n${inner}--${boundary}--`;
};
function check(mail: string, body: string, attachments: string[] = [], badges: string[] = []): void {
  const decoded = decodeText(Buffer.from(`From: al@x.example\n${mail}\n`));
  assert.equal(decoded.body, body);
  assert.deepEqual(
    decoded.attachments.map(({ type, name }) => `${type} ${name}`.trim()),
    attachments,
  );
  assert.deepEqual(decoded.badges, badges);
}

const footer = `${"_".repeat(47)}\nlist-a mailing list\nhttps://lists.example/list-a`;
const diff = "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b";

describe("mail/inlineParts", () => {
  it("D26 D211 plain text of an alternative", () =>
    check(multipart("alternative", part("text/plain", "plain"), part("text/html", "<p>html")), "plain"));
  it("D211 HTML when the plain text is empty", () =>
    check(
      multipart("alternative", part("text/plain", " \n"), part("text/html", "<p>html")),
      "",
      [],
      ["html"],
    ));
  it("D211 pictures of an alternative that is not shown can be saved", () =>
    check(
      multipart(
        "alternative",
        part("text/plain", "plain"),
        multipart("related", part("text/html", "<p>"), part("image/png; name=a.png", "x")),
      ),
      "plain",
      ["image/png a.png"],
    ));
  it("D27 D214 a footer that came as a part", () => {
    const mail = multipart("mixed", part("text/plain", "text"), part("text/plain", footer));
    check(mail, `text\n\n${footer}`);
    assert.equal(decodeText(Buffer.from(mail)).footerLine, 3);
  });
  it("D214 two texts are no text and footer", () => {
    const mail = multipart("mixed", part("text/plain", "one"), part("text/plain", "two"));
    check(mail, "one\n\ntwo");
    assert.equal(decodeText(Buffer.from(mail)).footerLine, undefined);
  });
  it("D28 D213 text under application/octet-stream", () => {
    check(multipart("mixed", part("text/plain", "a"), part("application/octet-stream", "b é")), "a\n\nb é");
    check(part("application/octet-stream", "alone"), "alone");
    check(multipart("mixed", part("application/octet-stream", "a\0b")), "", ["application/octet-stream"]);
  });
  it("D213 a part without a type is text", () => check(multipart("mixed", "\none", "\ntwo"), "one\n\ntwo"));
  it("D213 multipart without boundaries", () => check("Content-Type: multipart/mixed\n\ntext", "text"));
  it("D210 text parts in order, where each begins", () => {
    const mail = multipart(
      "mixed",
      part("text/plain", "one\ntwo"),
      part('text/x-patch; name="a.patch"', diff),
      part("text/x-log", "log"),
    );
    check(mail, `one\ntwo\n\n${diff}\n\nlog`, ["text/x-patch a.patch"]);
    assert.deepEqual(decodeText(Buffer.from(mail)).textParts, [
      { firstLine: 1, name: "", type: "text/plain" },
      { firstLine: 4, name: "a.patch", type: "text/x-patch" },
      { firstLine: 11, name: "", type: "text/x-log" },
    ]);
  });
  it("D210 an attached diff is shown all the same", () =>
    check(
      multipart(
        "mixed",
        part("text/plain", "see"),
        part('application/octet-stream\nContent-Disposition: attachment; filename="a.diff"', diff),
      ),
      `see\n\n${diff}`,
      ["application/octet-stream a.diff"],
    ));
  it("other attached text is not", () =>
    check(
      multipart(
        "mixed",
        part("text/plain", "see"),
        part("text/plain\nContent-Disposition: attachment", "log"),
      ),
      "see",
      ["text/plain"],
    ));
  it("a mail that is one attached text is shown", () =>
    check(part("text/plain\nContent-Disposition: attachment", "text"), "text"));
  it("D212 signed: the content, the signature as a badge", () =>
    check(
      multipart("signed", part("text/plain", "text"), part("application/pgp-signature", "x")),
      "text",
      [],
      ["signed"],
    ));
  it("D212 a forwarded message is attached", () =>
    check(
      multipart("mixed", part("text/plain", "see"), part("message/rfc822", "Subject: a\n\ninner")),
      "see",
      ["message/rfc822"],
    ));
  it("encrypted: all parts attached", () => {
    const mail = multipart(
      "encrypted",
      part("application/pgp-encrypted", "x"),
      part("application/octet-stream", "y"),
    );
    check(mail, "", ["application/pgp-encrypted", "application/octet-stream"], ["encrypted"]);
  });
  it("inline PGP has its badge", () =>
    check(
      "\n-----BEGIN PGP SIGNED MESSAGE-----\ntext",
      "-----BEGIN PGP SIGNED MESSAGE-----\ntext",
      [],
      ["signed"],
    ));
  it("flowed lines are counted over the whole body", () => {
    const flowed = part("text/plain; format=flowed", "a \nb");
    assert.deepEqual(decodeText(Buffer.from(multipart("mixed", flowed, flowed))).flowedLines, [1, 4]);
  });
});
