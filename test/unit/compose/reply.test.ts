import assert from "node:assert/strict";
import { type ReplyOptions, replyTo } from "../../../src/compose/reply.ts";
import { ada, messageOf } from "../../mails.ts";

/** Subject in, subject of the reply out. */
async function subject(given: string | undefined, expected: string) {
  assert.equal(replyTo(await messageOf({ Subject: given }), ada).draft.subject, expected);
}

/** Body and options in, body of the draft out. */
async function body(text: string, expected: string, options: ReplyOptions = {}, fields = {}) {
  assert.equal(replyTo(await messageOf(fields, text), ada, options).draft.body, expected);
}

const wrote = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n";

describe("subject of a reply", () => {
  it("G20 R202", () => subject("RE: re: Aw: [PATCH v3 2/7] clk: fix foo", "Re: [PATCH v3 2/7] clk: fix foo"));
  it("G21", () => subject("[PATCH] clk: Re: encode rate", "Re: [PATCH] clk: Re: encode rate"));
  it("G22", () =>
    subject("=?utf-8?q?Re=5B2=5D=3A_=E7=AD=94=E5=A4=8D=EF=BC=9A=E9=97=AE=E9=A2=98?=", "Re: 问题"));
  it("G23", () => subject("Re: New topic (was: Old topic)", "Re: New topic"));
  it("G24", () => subject("Fwd: log from tester", "Re: Fwd: log from tester"));
  it("G25", () => subject(undefined, "Re: your mail"));
});

describe("a reply", () => {
  it("R504 R752 attribution, cited lines, room for the answer", () => body("a\n", `${wrote}> a\n\n`));
  it("R752 own text below the last cited line after an empty one", () =>
    body("a\n", `${wrote}> a\n\nYes.\n`, { ownText: "\nYes.\n\n" }));
  it("R608 chosen lines with attribution", () => body("a\nb\n", `${wrote}> b\n\n`, { keep: [[2, 2]] }));
  it("R506 nothing cited: no attribution", () => body("\n", "Yes.\n", { ownText: "Yes." }));
  it("R1101 a signature that brings its mark along", () =>
    body("a\n", `${wrote}> a\n\nYes.\n\n-- \nAda\n`, { ownText: "Yes.", signature: "\n-- \nAda\n" }));
  it("R1101 R1102 a signature of four lines at the very end", () =>
    body("a\n", `${wrote}> a\n\nYes.\n\n-- \n1\n2\n3\n4\n`, { ownText: "Yes.", signature: "1\n2\n3\n4\n5" }));
  it("R502 R103 a relay's name is the author's", () =>
    body(
      "a\n",
      `${wrote}> a\n\n`,
      {},
      {
        From: "Bob B via B4 Relay <devnull+bob.x.example@kernel.org>",
        "Reply-To": "bob@x.example",
      },
    ));
  it("R502 Reply-To without a name: the name in From", () =>
    body("a\n", `${wrote}> a\n\n`, {}, { "Reply-To": "bob@home.example" }));
  it("R102 a parent without From: its Sender", async () => {
    const parent = await messageOf({ From: undefined, Sender: "Dan <dan@x.example>" }, "a\n");
    assert.deepEqual(replyTo(parent, ada).draft.to, [{ name: "Dan", address: "dan@x.example" }]);
  });
  it("R308 nothing else of the parent is taken over", async () => {
    const parent = await messageOf(
      { "Thread-Topic": "topic", Keywords: "k", "List-Post": "<mailto:l@x.example>" },
      "a\n",
    );
    assert.doesNotMatch(JSON.stringify(replyTo(parent, ada).draft), /topic|Keywords|l@x\.example/);
  });
  it("R601 what the reader shows is cited, not a picture", async () => {
    const part = (type: string, text: string) => `--b\nContent-Type: ${type}\n\n${text}\n`;
    const mime = { "MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"' };
    const text = `${part("text/plain", "Shown.")}${part("image/png", "hidden")}--b--\n`;
    const { body: cited } = replyTo(await messageOf(mime, text), ada).draft;
    assert.equal(cited, `${wrote}> Shown.\n\n`);
  });
  it("G18 From is the identity that got the parent", async () => {
    const self = { ...ada, identities: [{ name: "Ada W", address: "ada@work.example" }] };
    const { draft } = replyTo(await messageOf({ "Delivered-To": "ada@work.example" }), self);
    assert.deepEqual(draft.from, self.identities[0]);
    assert.ok(draft.messageId.endsWith("@work.example"));
  });
  it("a chosen From goes before every rule", async () => {
    const from = { name: "A", address: "a@other.example" };
    assert.deepEqual(replyTo(await messageOf(), ada, { from }).draft.from, from);
  });
  it("G32 R304 a parent without Message-ID is told", async () => {
    const { draft, notes } = replyTo(await messageOf({ "Message-ID": undefined }), ada);
    assert.equal(draft.inReplyTo, undefined);
    assert.deepEqual(draft.references, []);
    assert.deepEqual(
      notes.map(({ rule, severity }) => [rule, severity]),
      [["L-NO-MSGID", "error"]],
    );
  });
  it("R101 to the author alone: the note says that this leaves the list", async () => {
    const { draft, notes } = replyTo(await messageOf({ Cc: "eve@x.example" }), ada, { toSender: true });
    assert.deepEqual([draft.to.length, draft.cc.length, notes[0]?.rule], [1, 0, "R101"]);
  });
});
