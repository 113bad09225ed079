/** Whole mails: bytes in, message out; and attachments. */
import assert from "node:assert/strict";
import { attachmentBytes, type Message, parseMessage } from "../../../src/mail/message.ts";

const parse = (text: string): Promise<Message> => parseMessage(Buffer.from(text));
const codes = async (text: string): Promise<string[]> => (await parse(text)).defects.map(({ code }) => code);

const usual = `From: "Doe, Jane (X)" <jane@x.example>
Sender: list@x.example
Reply-To: =?utf-8?q?J=C3=A1ne?= <jane@home.example>
To: list-a@vger.example
Cc: team: a@x.example, b@x.example;
To: Bob <bob@x.example>
Subject: =?utf-8?q?caf=C3?=
 =?utf-8?q?=A9?=  two
Date: Tue, 19 Jan 2026 07:45:01 +0100
Message-ID: <1@x.example>
References: <r@x.example> <0@x.example>
In-Reply-To: <0@x.example>
`;
const mixed = `${usual}Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

caf=C3=A9=20
flows
--b
Content-Type: application/zip; name="=?utf-8?q?=C3=A9?=.zip"
Content-Transfer-Encoding: base64
Content-Disposition: attachment

AAECAwQ=
--b
Content-Type: message/rfc822

From: bob@x.example
Subject: inner

inner text
--b--
`;

describe("mail/message parseMessage", () => {
  it("every field of the message", async () => {
    const { headers, ...message } = await parse(`${usual}\ntext\n`);
    assert.deepEqual(message, {
      messageId: "1@x.example",
      hasMessageId: true,
      from: [{ name: "Doe, Jane (X)", address: "jane@x.example" }],
      sender: [{ name: "", address: "list@x.example" }],
      replyTo: [{ name: "Jáne", address: "jane@home.example" }],
      to: [
        { name: "", address: "list-a@vger.example" },
        { name: "Bob", address: "bob@x.example" },
      ],
      cc: [
        { name: "", address: "a@x.example" },
        { name: "", address: "b@x.example" },
      ],
      date: { ms: Date.UTC(2026, 0, 19, 6, 45, 1), zoneMinutes: 60 },
      subject: "café two",
      references: ["r@x.example", "0@x.example"],
      inReplyTo: ["0@x.example"],
      body: "text",
      flowedLines: [],
      attachments: [],
      badges: [],
      defects: [],
    });
    assert.equal(headers.length, 11);
    assert.deepEqual(headers[6], ["Subject", "café  two"]);
  });
  it("multipart through the library: text, attachments, a message inside (D212)", async () => {
    const message = await parse(mixed);
    assert.equal(message.body, "café\nflows");
    assert.deepEqual(message.flowedLines, [1]);
    assert.deepEqual(message.badges, ["flowed"]);
    assert.deepEqual(message.attachments, [
      { index: 0, name: "é.zip", type: "application/zip", size: 5 },
      { index: 1, name: "", type: "message/rfc822", size: 46 },
    ]);
    assert.deepEqual(message.defects, []);
  });
  it("an attachment's bytes, and the message inside as a message of its own", async () => {
    assert.deepEqual(await attachmentBytes(Buffer.from(mixed), 0), Buffer.from([0, 1, 2, 3, 4]));
    const inner = await parseMessage(await attachmentBytes(Buffer.from(mixed), 1));
    assert.deepEqual([inner.subject, inner.body], ["inner", "inner text"]);
    assert.equal((await attachmentBytes(Buffer.from(mixed), 9)).length, 0);
  });
  it("D212 messages inside come read, three deep and not endlessly", async () => {
    const message = await parse(mixed);
    assert.deepEqual(
      message.inside?.map(({ subject, body }) => [subject, body]),
      [["inner", "inner text"]],
    );
    const deep = "Content-Type: message/rfc822\n\n".repeat(9);
    let depth = 0;
    for (let inner = await parse(`${deep}Subject: x\n\ny`); inner.inside?.[0]; inner = inner.inside[0])
      depth++;
    assert.equal(depth, 3);
  });
  it("two flowed diff lines stay two, blanks and all (D245)", async () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a \n-b \n+c ";
    const type = "Content-Type: text/plain; format=flowed";
    assert.equal((await parse(`From: a@x.example\n${type}\n\n${diff}\n`)).body, diff);
    const inside = `Content-Type: multipart/mixed; boundary=b\n\n--b\n${type}\n\n${diff}\n--b--\n`;
    assert.equal((await parse(`From: a@x.example\n${inside}`)).body, diff);
  });
  it("D26 D211 HTML never survives: rendered when there is nothing else", async () => {
    const html = await parse("From: a@x.example\nContent-Type: text/html\n\n<p>one <b>two</b></p>\n");
    assert.equal(html.body, "one two");
    assert.deepEqual(html.badges, ["html"]);
    const both = "--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>html\n--b--\n";
    const message = await parse(
      `From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n${both}`,
    );
    assert.deepEqual([message.body, message.badges], ["plain", []]);
  });
  it("no Message-ID, no From, no date: told, and an id made up", async () => {
    const message = await parse("Subject: s\n\ntext\n");
    assert.equal(message.hasMessageId, false);
    assert.deepEqual(await codes("Subject: s\n\ntext\n"), [
      "message-id-missing",
      "from-missing",
      "date-missing",
    ]);
    assert.deepEqual(await codes(`${usual.replace("Tue, 19", "soon")}\n`), ["date-unreadable"]);
  });
  it("several From and Message-ID fields: the first counts, told", async () => {
    const text = `${usual}From: eve@x.example\nMessage-ID: <2@x.example>\n\ntext\n`;
    const message = await parse(text);
    assert.deepEqual([message.messageId, message.from.length], ["1@x.example", 1]);
    assert.deepEqual(await codes(text), ["message-id-twice", "from-twice"]);
  });
  it("what the library would choke on is decoded without it", async () => {
    const parts = Array.from({ length: 1_500 }, (_, index) => `--b\n\n${index}\n`).join("");
    const message = await parse(`${usual}Content-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`);
    assert.ok(message.body.startsWith("0\n\n1\n\n2"));
  });
  it("a mail that holds our own boundary", async () => {
    const text = mixed.replace("flows", "--kernel-mail-part\nflows\n--kernel-mail-part--");
    assert.equal((await parse(text)).body, "café\n--kernel-mail-part\nflows\n--kernel-mail-part--");
  });
  it("attachments of no bytes are counted like others", async () => {
    const parts = "--b\nContent-Type: image/png\n\n--b\nContent-Type: image/png\n\nx\n--b--\n";
    const message = await parse(`${usual}Content-Type: multipart/mixed; boundary=b\n\n${parts}`);
    assert.deepEqual(
      message.attachments.map(({ size }) => size),
      [0, 1],
    );
    assert.deepEqual(message.defects, []);
  });
  it("any bytes give a message", async () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % below;
    };
    const source = Buffer.from(mixed);
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(source);
      for (let hit = 0; hit < 8; hit++) bytes[random(bytes.length)] = random(256);
      const from = random(bytes.length);
      const message = await parseMessage(bytes.subarray(from, from + random(bytes.length)));
      assert.equal(typeof message.body, "string");
    }
  });

  const declared = (fields: string, body: string): Buffer =>
    Buffer.concat([Buffer.from(`${fields}\n\n`), Buffer.from(body, "utf8")]);

  it("D234 a mail is read as UTF-8 against its label when that is asked for, and says so", async () => {
    const raw = declared("Content-Type: text/plain; charset=koi8-r", "café");
    assert.notEqual((await parseMessage(raw)).body, "café");
    const { body, defects } = await parseMessage(raw, { utf8: true });
    assert.equal(body, "café");
    assert.deepEqual(
      defects.map(({ code }) => code).filter((code) => code.startsWith("read-as")),
      ["read-as-utf8"],
    );
    const latin1 = Buffer.concat([
      Buffer.from("Content-Type: text/plain; charset=koi8-r\n\n"),
      Buffer.from([0xc1]),
    ]);
    assert.equal((await parseMessage(latin1, { utf8: true })).body, "а");
  });

  it("D225 a mail is read as quoted-printable when that is asked for, and says so", async () => {
    const raw = declared("Content-Type: text/plain; charset=utf-8", "caf=C3=A9 soft=\nened\nx =3D y");
    assert.equal((await parseMessage(raw)).body, "caf=C3=A9 soft=\nened\nx =3D y");
    const { body, defects } = await parseMessage(raw, { quotedPrintable: true });
    assert.equal(body, "café softened\nx = y");
    assert.ok(defects.some(({ code }) => code === "read-as-quoted-printable"));
    const encoded = declared("Content-Transfer-Encoding: quoted-printable", "a =3D3D b");
    assert.equal((await parseMessage(encoded, { quotedPrintable: true })).body, "a =3D b");
  });
});
