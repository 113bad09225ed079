import assert from "node:assert/strict";
import { replyRecipients } from "../../../src/compose/recipients.ts";
import { formatMailbox } from "../../../src/mail/address.ts";
import { ada, messageOf } from "../../mails.ts";

type Fields = Parameters<typeof messageOf>[0];
const L1 = "list-a@vger.example";
const bob = "Bob B <bob@x.example>";
const carol = "Carol <carol@x.example>";
const self = "Ada Reviewer <ada@example.org>";

async function answer(
  fields: Fields,
  options: { toSender?: boolean; exclude?: string[]; own?: string[]; bounced?: string[] } = {},
) {
  const { own = [], bounced = [], ...rest } = options;
  const parent = await messageOf(fields);
  const { to, cc, notes } = replyRecipients(
    parent,
    { ...ada, addresses: own },
    { from: ada.identity, bounced: new Set(bounced), ...rest },
  );
  return {
    to: to.map(formatMailbox),
    cc: cc.map(formatMailbox),
    notes: notes.map((note) => note.rule),
    all: notes,
  };
}

/** Fields of the parent in, To and Cc of the reply out. */
async function check(fields: Fields, to: string[], cc: string[], options?: Parameters<typeof answer>[1]) {
  const { notes: _, all: __, ...got } = await answer(fields, options);
  assert.deepEqual(got, { to, cc });
}

describe("recipients of a reply", () => {
  it("G01 everybody but oneself", () => check({ Cc: `${carol}, ${self}` }, [bob], [L1, carol]));
  it("G02 the author once", () => check({ To: self, Cc: `${L1}, ${bob}` }, [bob], [L1]));
  it("G03 the author is added to an old To", () =>
    check({ To: `Dan <dan@x.example>, ${self}` }, [bob], ["Dan <dan@x.example>"]));
  it("G04 R106 own mail", () => check({ From: self, To: bob, Cc: L1 }, [bob], [L1]));
  it("G05 own mail to oneself", () => check({ From: self, To: self, Cc: `${L1}, ${bob}` }, [L1, bob], []));
  it("G06 R107 nobody but oneself", async () => {
    const { to, cc, notes } = await answer({ From: self, To: self });
    assert.deepEqual({ to, cc, notes }, { to: [self], cc: [], notes: ["L-SELF-ONLY"] });
  });
  it("G07 a relay with Reply-To", () =>
    check(
      {
        From: "Bo B via B4 Relay <devnull+bo.example.net@kernel.org>",
        "Reply-To": "bo@example.net",
        To: undefined,
        Cc: `${L1}, bo@example.net`,
      },
      ["Bo B <bo@example.net>"],
      [L1],
    ));
  it("G08 a relay with X-Original-From", () =>
    check(
      {
        From: "Bo B via B4 Relay <devnull+bo.example.net@kernel.org>",
        "X-Original-From": '"Bo B" <bo@example.net>',
        Cc: "bo@example.net",
      },
      ["Bo B <bo@example.net>"],
      [L1],
    ));
  it("R118 the single quotes of a mailer are no part of a name", () =>
    check({ From: "\"'Bob B'\" <bob@x.example>", Cc: "'Carol' <carol@x.example>" }, [bob], [L1, carol]));
  it("R103 a list that rewrites From and answers to itself", () =>
    check(
      {
        From: `Bo B via A list <${L1}>`,
        "Reply-To": L1,
        Cc: "Bo B <bo@x.example>, carol@x.example",
        "List-Post": `<mailto:${L1}>`,
      },
      ["Bo B <bo@x.example>"],
      [L1, "carol@x.example"],
    ));
  it("R103 such a list with nobody behind it is not called by the author's name", () =>
    check({ From: `Bo B via A list <${L1}>`, "Reply-To": L1, "List-Post": `<mailto:${L1}>` }, [L1], []));
  it("G09 a list in Reply-To", () => check({ "Reply-To": L1, "List-Post": `<mailto:${L1}>` }, [bob], [L1]));
  it("R103 a list in Reply-To alone stays in Cc", () =>
    check({ "Reply-To": L1, To: carol, "List-Id": "A list <list-a.vger.example>" }, [bob], [carol, L1]));
  it("G10 another address of the author", () =>
    check({ "Reply-To": "bob@home.example" }, ["bob@home.example"], [L1]));
  it("G11 Reply-To that repeats From keeps the name", () =>
    check({ "Reply-To": "bob@x.example" }, [bob], [L1]));
  it("G12 each address once, whatever its case", () =>
    check(
      { To: "L1@VGER.example", Cc: "l1@vger.example, Carol <c@x.example>, c@x.example" },
      [bob],
      ["L1@VGER.example", "Carol <c@x.example>"],
    ));
  it("R110 a name that comes later is kept", () =>
    check({ To: "c@x.example", Cc: "Carol <c@x.example>" }, [bob], ["Carol <c@x.example>"]));
  it("G13 a quoted name stays quoted", () =>
    check({ From: '"Doe, Jane (X)" <j@x.example>' }, ['"Doe, Jane (X)" <j@x.example>'], [L1]));
  it("G14 groups are flattened", () =>
    check(
      { To: "undisclosed-recipients:;", Cc: "team: p@x.example, q@x.example;" },
      [bob],
      ["p@x.example", "q@x.example"],
    ));
  it("G15 Mail-Followup-To is a suggestion", async () => {
    const { to, cc, notes, all } = await answer({ Cc: carol, "Mail-Followup-To": L1 });
    assert.deepEqual({ to, cc, notes }, { to: [bob], cc: [L1, carol], notes: ["R112"] });
    assert.deepEqual(
      all[0]?.drop?.map((one) => one.address),
      ["bob@x.example", "carol@x.example"],
    );
  });
  it("G16 nobody to answer", async () => {
    const { to, cc, notes } = await answer({ From: "MAILER-DAEMON@x.example", To: self });
    assert.deepEqual({ to, cc, notes }, { to: [], cc: [], notes: ["L-NO-RCPT"] });
  });
  it("G17 several Cc fields", () =>
    check({ To: undefined, Cc: ["a@x.example", "b@x.example"] }, [bob], ["a@x.example", "b@x.example"]));
  it("R101 the author alone, with a banner", async () => {
    const { to, cc, all } = await answer(
      { Cc: carol, "List-Id": "<list-a.vger.example>" },
      { toSender: true },
    );
    assert.deepEqual({ to, cc }, { to: [bob], cc: [] });
    assert.deepEqual(
      all.map((note) => note.text),
      ["This leaves the list: only the author gets the reply."],
    );
  });
  it("R104 a Reply-To that stands in Cc is still used", () =>
    check({ "Reply-To": "bob@home.example", Cc: "bob@home.example" }, ["bob@home.example"], [L1]));
  it("R108 own addresses by glob, and their relay form", () =>
    check(
      { Cc: "ada@work.example, devnull+ada.example.org@kernel.org, Eve <eve@x.example>" },
      [bob],
      [L1, "Eve <eve@x.example>"],
      { own: ["*@work.example"] },
    ));
  it("R111 a list that the reply would miss is offered", async () => {
    const { notes, all } = await answer({ To: carol, "List-Id": "<list-a.vger.example>" });
    assert.deepEqual(notes, ["L-NO-LIST"]);
    assert.deepEqual(all[0]?.add, [{ name: "", address: L1 }]);
  });
  it("R113 machines get nothing, people and robots with a mailbox do", () =>
    check(
      {
        Cc: "no-reply@x.example, list-bounces@x.example, lkp@robot.example, NoReply@y.example, x-owner@y.example",
      },
      [bob],
      [L1, "lkp@robot.example"],
    ));
  it("R114 whom mail does not reach is left out, and told", async () => {
    const { to, cc, all } = await answer({ Cc: carol }, { bounced: ["carol@x.example"] });
    assert.deepEqual({ to, cc }, { to: [bob], cc: [L1] });
    assert.deepEqual(
      all.map(({ rule, severity, text }) => [rule, severity, text]),
      [["R114", "info", "Left out, since mail came back: Carol."]],
    );
  });
  it("R114 an author whom mail does not reach is answered on the list", () =>
    check({ Cc: carol }, [L1, carol], [], { bounced: ["bob@x.example"] }));
  it("R114 nobody is left out where nobody would be left", () =>
    check({ To: self }, [bob], [], { bounced: ["bob@x.example"] }));
  it("R1008 whose address a mail can not carry is left out, and told", async () => {
    const { cc, all } = await answer({ Cc: `müller@x.example, ${carol}` });
    assert.deepEqual(cc, [L1, carol]);
    assert.match(all[0]?.text ?? "", /^Left out, since a mail can not carry .*: müller@x\.example\.$/);
  });
  it("R113 the person's own exclusions", () => check({ Cc: carol }, [bob], [L1], { exclude: ["CAROL@*"] }));
  it("R116 R117 neither Bcc nor a trailer in the text is a recipient", async () => {
    const parent = await messageOf(
      { Bcc: carol },
      "Cc: stable@vger.example\nReviewed-by: Eve <eve@x.example>\n",
    );
    const { to, cc } = replyRecipients(parent, ada, { from: ada.identity });
    assert.deepEqual(
      [...to, ...cc].map((one) => one.address),
      ["bob@x.example", L1],
    );
  });
  it("R119 very many recipients are told", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `p${index}@x.example`).join(", ");
    assert.deepEqual((await answer({ Cc: many })).notes, ["R119"]);
  });
  it("an entry without an address is nobody", () =>
    check({ Cc: ["Jane Doe, @x.example", "undisclosed-recipients:@x.example;"] }, [bob], [L1]));
  it("R118 a name that is the address again, in quotes or with blanks in it, is none", async () => {
    const { cc } = await answer({
      From: bob,
      To: `"'${L1}'" <${L1}>`,
      Cc: '"eve @ x . example" <eve@x.example>',
    });
    assert.deepEqual(cc, [L1, "eve@x.example"]);
  });
});
