import assert from "node:assert/strict";
import fc from "fast-check";
import { createTransport } from "nodemailer";
import { runProgram } from "../../../src/base/process.ts";
import { isUserError } from "../../../src/base/report.ts";
import type { Draft } from "../../../src/compose/draft.ts";
import { leaveOutUnanswered } from "../../../src/compose/leaveOut.ts";
import { toWire, type WireOptions } from "../../../src/compose/wire.ts";
import { parseMessage } from "../../../src/mail/message.ts";
import { anyDraft, draftOf } from "./drafts.ts";

const date = { ms: Date.UTC(2026, 10, 16, 8, 15, 42), zoneMinutes: 60 };
const wire = (parts: Partial<Draft>, options: Partial<WireOptions> = {}) =>
  toWire(draftOf(parts), { date, ...options });
const textOf = (parts: Partial<Draft>, options?: Partial<WireOptions>) =>
  Buffer.from(wire(parts, options).bytes).toString("utf8");
const headerOf = (parts: Partial<Draft>) => textOf(parts).split("\r\n\r\n")[0] ?? "";
const bodyOf = (body: string, options?: Partial<WireOptions>) => {
  const text = textOf({ body }, options);
  return text.slice(text.indexOf("\r\n\r\n") + 4);
};
const field = (parts: Partial<Draft>, name: string) => {
  const unfolded = headerOf(parts).replace(/\r\n /g, "\n ");
  return unfolded.split("\r\n").find((one) => one.startsWith(`${name}: `));
};
/** Body in, body as it is sent and the number of lines left out. */
function sends(body: string, expected: string, leftOut: number) {
  assert.equal(bodyOf(body), expected.replaceAll("\n", "\r\n"));
  assert.equal(wire({ body }).leftOut, leftOut);
}

const wrote = "On Mon, Nov 16, 2026 at 09:15, Bob wrote:\n";

describe("header on the wire", () => {
  it("R404 these fields and no other", () =>
    assert.equal(
      textOf(
        { bcc: [{ name: "", address: "log@x.example" }], inReplyTo: "c@x", references: ["a@x", "c@x"] },
        { userAgent: "Kernel Mail/1" },
      ),
      [
        "From: Ada Reviewer <ada@example.org>",
        "To: Bob B <bob@x.example>",
        "Subject: Re: subject",
        "Date: Mon, 16 Nov 2026 09:15:42 +0100",
        "Message-ID: <1.r-reply@example.org>",
        "In-Reply-To: <c@x>",
        "References: <a@x>",
        " <c@x>",
        "User-Agent: Kernel Mail/1",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        "",
        "text",
        "",
      ].join("\r\n"),
    ));
  it("G35 a name outside ASCII", () =>
    assert.equal(
      field({ cc: [{ name: "Łukasz K", address: "l@x.example" }] }, "Cc"),
      "Cc: =?UTF-8?Q?=C5=81ukasz_K?= <l@x.example>",
    ));
  it("G22 a subject outside ASCII", () =>
    assert.equal(field({ subject: "Re: 问题" }, "Subject"), "Subject: Re: =?UTF-8?Q?=E9=97=AE=E9=A2=98?="));
  it("R208 text that looks encoded is encoded", () =>
    assert.equal(field({ subject: "a =?b?= c" }, "Subject"), "Subject: a =?UTF-8?Q?=3D=3Fb=3F=3D?= c"));
  it("R208 an ASCII subject folds at 78 and is never shortened", () => {
    const subject = `Re: [PATCH v3 2/7] ${"clk: word ".repeat(30)}end`;
    const lines = field({ subject }, "Subject")?.split("\n") ?? [];
    assert.ok(lines.length > 3 && lines.every((line) => line.length <= 78));
    assert.equal(lines.join("").slice("Subject: ".length), subject);
  });
  it("R1009 addresses fold between addresses alone", () => {
    const cc = Array.from({ length: 30 }, (_, index) => ({
      name: `Some Person ${index}`,
      address: `p${index}@x.example`,
    }));
    const lines = field({ cc }, "Cc")?.split("\n") ?? [];
    assert.ok(lines.slice(0, -1).every((line) => line.endsWith(",") && line.length <= 78));
  });
  it("R305 fifty long ids: each on its line, none above 998", () => {
    const references = Array.from({ length: 50 }, (_, index) => `${"a".repeat(500)}${index}@x`);
    const lines = field({ references }, "References")?.split("\n") ?? [];
    assert.equal(lines.length, 50);
    assert.ok(lines.every((line) => line.length <= 998));
  });
  it("R1008 a domain outside ASCII goes out in its ASCII form", () =>
    assert.equal(
      field({ to: [{ name: "", address: "a@münchen.example" }] }, "To"),
      "To: a@xn--mnchen-3ya.example",
    ));
  it("R1008 a local part outside ASCII is refused in a sentence", () =>
    assert.throws(() => wire({ to: [{ name: "", address: "ü@x.example" }] }), isUserError));
  it("an id that no header can carry is refused, one among References left out", () => {
    assert.throws(() => wire({ inReplyTo: "a b@x" }), isUserError);
    assert.equal(field({ references: ["ü@x", "c@x"] }, "References"), "References: <c@x>");
  });
  it("R405 no line end reaches a header", () => {
    const header = headerOf({
      subject: "a\r\nBcc: eve@x.example",
      to: [{ name: "B\r\nBcc: eve@x.example", address: "b@x.example" }],
    });
    assert.ok(!/^Bcc:/m.test(header), header);
    assert.throws(
      () => wire({ to: [{ name: "", address: "b@x.example\r\nBcc: eve@x.example" }] }),
      isUserError,
    );
    assert.throws(() => wire({ messageId: "a@x>\r\nBcc: <eve@x.example" }), isUserError);
  });
  it("R403 English names and the numeric zone", () =>
    assert.ok(
      textOf({}, { date: { ms: 0, zoneMinutes: -570 } }).includes(
        "Date: Wed, 31 Dec 1969 14:30:00 -0930\r\n",
      ),
    ));
});

describe("encoding", () => {
  it("G78 R1001 ASCII: us-ascii, 7bit", () => assert.equal(wire({}).encoding, "7bit"));
  it("G79 R1001 UTF-8: 8bit", () => {
    const text = textOf({ body: "Müller\n" });
    assert.ok(text.includes("charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMüller\r\n"));
  });
  it("G80 a line of 1,200 octets: quoted-printable that decodes to the same", () => {
    const body = bodyOf(`${"log line ".repeat(134)}\n`);
    assert.equal(wire({ body: "x".repeat(1200) }).encoding, "quoted-printable");
    assert.ok(body.split("\r\n").every((line) => line.length <= 76));
    assert.equal(body.replaceAll("=\r\n", ""), `${"log line ".repeat(134).trimEnd()}\r\n`);
  });
  it("R1002 998 octets are still 8bit, 999 are not", () => {
    assert.equal(wire({ body: "ü".repeat(499) }).encoding, "8bit");
    assert.equal(wire({ body: `${"ü".repeat(499)}x` }).encoding, "quoted-printable");
  });
  it("R1003 a server without 8BITMIME", () => {
    assert.equal(wire({ body: "ü" }, { sevenBitOnly: true }).encoding, "quoted-printable");
    assert.equal(wire({ body: "u" }, { sevenBitOnly: true }).encoding, "7bit");
  });
  it("G81 a line that begins with From", () =>
    assert.equal(bodyOf("From here on ü\n", { sevenBitOnly: true }), "=46rom here on =C3=BC\r\n"));
  it("G82 a cited line that ends in a blank", () =>
    assert.equal(bodyOf("> ü \n> x\t\nok\n", { sevenBitOnly: true }), "> =C3=BC=20\r\n> x=09\r\nok\r\n"));
  it("R1004 a lone dot", () => assert.equal(bodyOf("ü\n.\n", { sevenBitOnly: true }), "=C3=BC\r\n=2E\r\n"));
  it("R1005 R1006 R1007 one part of plain text, neither base64 nor flowed", () => {
    const text = textOf({ body: `${"ü".repeat(3000)}\n漢字 \nFrom here\n` });
    assert.equal(/^Content-Type: (.*)\r$/m.exec(text)?.[1], "text/plain; charset=UTF-8");
    assert.equal(/^Content-Transfer-Encoding: (.*)\r$/m.exec(text)?.[1], "quoted-printable");
  });
  it("R808 R904 nothing is wrapped or stuffed on the way", () => {
    const body = `${"word ".repeat(40)}end\n indented\n`;
    assert.equal(bodyOf(body), body.replaceAll("\n", "\r\n"));
  });
  it("R903 no mark before From where it is not encoded", () =>
    assert.equal(bodyOf("From here on\n"), "From here on\r\n"));
  it("R905 CRLF, one at the end, no bare CR", () =>
    assert.equal(bodyOf("a\r\nb\rc\n\n\n"), "a\r\nb\r\nc\r\n"));
  it("no text at all", () => assert.equal(bodyOf(""), ""));
});

describe("what is left out", () => {
  it("G47 cited lines below the last answer, above the signature", () =>
    sends(
      `${wrote}> a\n\nYes.\n\n${"> more\n".repeat(30)}-- \nAda\n`,
      `${wrote}> a\n\nYes.\n\n-- \nAda\n`,
      30,
    ));
  it("G48 nothing between two answers", () => {
    const body = `${wrote}> a\n\nYes.\n\n> b\n> c\n\nNo.\n`;
    sends(body, body, 0);
  });
  it("G49 a draft of cited lines only stays whole", () => {
    const body = `${wrote}> a\n> b\n`;
    sends(body, body, 0);
  });
  it("R704 a greeting is no answer", () => {
    const body = `Hi Bob,\n\n${wrote}> a\n> b\n`;
    sends(body, body, 0);
  });
  it("R506 an attribution whose cited text goes, goes too", () =>
    sends(`Thanks, applied.\n\n${wrote}> a\n> b\n`, "Thanks, applied.\n", 2));
  it("R704 nested attributions in the run go with it", () =>
    sends(`${wrote}> a\n\nYes.\n\n> On Tue, Eve wrote:\n> > b\n>\n> c\n`, `${wrote}> a\n\nYes.\n`, 4));
  it("R704 can be turned off", () =>
    assert.equal(bodyOf("Yes.\n\n> a\n", { trim: false }), "Yes.\r\n\r\n> a\r\n"));
  it("G75 R902 blanks at the end of own lines go, those of the signature mark and of cited lines stay", () => {
    assert.equal(
      bodyOf("> a  \n\ntext  \n\t\nmore\t\n-- \nAda\n"),
      "> a  \r\n\r\ntext\r\n\r\nmore\r\n-- \r\nAda\r\n",
    );
    assert.equal(wire({ body: "> a  \n\ntext  \nmore\t\n" }).stripped, 2);
  });
  it("R902 an own patch keeps the blanks that belong to it", () => {
    const patch = "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n \n-a\n+b \n c\n";
    assert.equal(bodyOf(`Like this:  \n\n${patch}`), `Like this:\n\n${patch}`.replaceAll("\n", "\r\n"));
  });
});

/** Reads mails with python3's email package: the fields that must survive, and the text. */
const python = `
import sys, json, email, email.policy
out = []
for size in json.loads(sys.argv[1]):
    m = email.message_from_bytes(sys.stdin.buffer.read(size), policy=email.policy.SMTP)
    people = lambda n: [[a.display_name, a.addr_spec] for f in m.get_all(n, []) for a in f.addresses]
    out.append({"from": people("From"), "to": people("To"), "cc": people("Cc"), "subject": str(m["Subject"]),
      "id": m.get_all("Message-ID"), "irt": m.get_all("In-Reply-To", []), "refs": (m["References"] or "").split(),
      "body": m.get_content().replace("\\r\\n", "\\n"), "defects": [str(d) for d in m.defects]})
print(json.dumps(out))
`;

/** The body as the wire is to carry it. */
const sent = (body: string) =>
  leaveOutUnanswered(body, true)
    .lines.map((line) => `${line}\n`)
    .join("");

describe("what others read", () => {
  it("our own reader gets the same draft back", () =>
    fc.assert(
      fc.asyncProperty(anyDraft, async (draft) => {
        const message = await parseMessage(toWire(draft, { date }).bytes);
        assert.deepEqual(
          [message.from, message.to, message.cc, message.subject, message.messageId],
          [[draft.from], draft.to, draft.cc, draft.subject, draft.messageId],
        );
        const mine = (id: string) => id !== draft.messageId;
        assert.deepEqual(message.references, draft.references.filter(mine));
        assert.deepEqual(
          message.inReplyTo,
          draft.inReplyTo === undefined ? [] : [draft.inReplyTo].filter(mine),
        );
        assert.equal(message.body, sent(draft.body).replace(/\n$/, ""));
        assert.deepEqual(message.date, date);
      }),
      { numRuns: 200 },
    ));
  it("python3 gets the same draft back", async () => {
    const drafts = fc.sample(anyDraft, { numRuns: 150, seed: 7 });
    const wires = drafts.map((draft) => toWire(draft, { date }).bytes);
    const sizes = JSON.stringify(wires.map((bytes) => bytes.byteLength));
    const { stdout, stderr, code } = await runProgram("python3", ["-c", python, sizes], {
      input: Buffer.concat(wires),
    });
    assert.equal(code, 0, stderr);
    const read = JSON.parse(stdout.toString("utf8"));
    drafts.forEach((draft, index) => {
      // python3 puts a blank where a long name goes on in a second encoded word (RFC 2047 6.2 says none).
      const bare = (name: string) => name.replaceAll(" ", "");
      const people = (mailboxes: Draft["to"]) => mailboxes.map((one) => [bare(one.name), one.address]);
      const got = read[index];
      for (const field of ["from", "to", "cc"]) for (const one of got[field]) one[0] = bare(one[0]);
      assert.deepEqual(got, {
        from: people([draft.from]),
        to: people(draft.to),
        cc: people(draft.cc),
        subject: draft.subject,
        id: [`<${draft.messageId}>`],
        irt: draft.inReplyTo === undefined ? [] : [`<${draft.inReplyTo}>`],
        refs: draft.references.map((one) => `<${one}>`),
        body: sent(draft.body),
        defects: [],
      });
    });
  });
  it("R1001 R1005 R1006 R1007 R1008 R1009 one plain text, short lines, a header in ASCII, no CR or LF alone", () =>
    fc.assert(
      fc.property(anyDraft, (draft) => {
        const bytes = Buffer.from(toWire(draft, { date }).bytes);
        const text = bytes.toString("latin1");
        assert.ok(!/\r(?!\n)|(?<!\r)\n/.test(text));
        assert.ok(text.split("\r\n").every((line) => line.length <= 998));
        const header = text.slice(0, text.indexOf("\r\n\r\n"));
        assert.ok(/^[\x20-\x7e\r\n]*$/.test(header));
        assert.match(
          header,
          /\r\nContent-Type: text\/plain; charset=(?:us-ascii\r\nContent-Transfer-Encoding: (?:7bit|quoted-printable)|UTF-8\r\nContent-Transfer-Encoding: (?:8bit|quoted-printable))$/,
        );
        assert.ok(
          header.split("\r\n").every((line) => !line.includes("=?UTF-8?Q?") || line.length <= 76),
          header,
        );
        for (const [word] of header.matchAll(/=\?UTF-8\?Q\?[^?]*\?=/g)) assert.ok(word.length <= 75, word);
      }),
    ));
  it("nodemailer carries the bytes unchanged", async () => {
    const { bytes } = wire({
      body: "Müller\n.\nFrom here on\n",
      cc: [{ name: "Łukasz", address: "l@x.example" }],
    });
    const transport = createTransport({ streamTransport: true, buffer: true });
    const { message } = await transport.sendMail({
      raw: Buffer.from(bytes),
      envelope: { from: "ada@example.org", to: ["bob@x.example"] },
    });
    assert.deepEqual(message, Buffer.from(bytes));
  });
});
