/** What a server did to a mail, told from the list's copy. */
import assert from "node:assert/strict";
import { echoChanges, isSameMail } from "../../../src/compose/echo.ts";

const HEAD = [
  "From: Ada <ada@kernel.example>",
  "To: Bo <bo@kernel.example>",
  "Cc: list@lists.kernel.example",
  "Subject: Re: [PATCH] clk: x",
  "Message-ID: <a@kernel.example>",
];
const BODY = ["On Monday, Bo wrote:", "> +\tif (x)", "> +\t\treturn;", "", "Grüße, looks good."];

/** A mail of these header lines and this body, 8bit unless the header says otherwise. */
const mail = (
  head: readonly string[],
  body: readonly string[],
  type = "text/plain; charset=UTF-8",
  encoding = "8bit",
) =>
  Buffer.from(
    [...head, `Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`, "", ...body, ""].join(
      "\r\n",
    ),
  );

const changes = (copy: Buffer): string[] => echoChanges(mail(HEAD, BODY), copy);

describe("what became of a mail", () => {
  it("nothing, whatever headers servers and lists add", () => {
    const trace = ["Received: from mx.example", "List-Id: <list.lists.kernel.example>", ...HEAD];
    assert.deepEqual(changes(mail(trace, BODY)), []);
    assert.deepEqual(changes(Buffer.from(mail(HEAD, BODY).toString().replaceAll("\r\n", "\n"))), []);
  });

  it("another encoding", () => {
    const base64 = Buffer.from(`${BODY.join("\r\n")}\r\n`).toString("base64");
    assert.deepEqual(changes(mail(HEAD, [base64], undefined, "base64")), ["the encoding 8bit became base64"]);
  });

  it("lines added below", () => {
    assert.deepEqual(changes(mail(HEAD, [...BODY, "", "____", "This mail is confidential"])), [
      "2 lines were added",
    ]);
  });

  it("tabs lost", () => {
    const body = BODY.map((line) => line.replaceAll("\t", "        "));
    assert.deepEqual(changes(mail(HEAD, body)), ["tabs were lost in 2 lines"]);
  });

  it("lines rewrapped", () => {
    const body = [...BODY.slice(0, -1), "Grüße, looks", "good."];
    assert.deepEqual(changes(mail(HEAD, body)), ["1 line was lost or rewritten", "2 lines were added"]);
  });

  it("recipients missing", () => {
    const head = HEAD.filter((line) => !line.startsWith("Cc"));
    assert.deepEqual(changes(mail(head, BODY)), ["recipients are missing: list@lists.kernel.example"]);
  });

  it("a subject with a gateway's tag, and a From of the list's own", () => {
    const head = HEAD.map((line) =>
      line.replace("Re: [PATCH]", "Re: [EXT] [PATCH]").replace("<ada@kernel", "<list@lists.kernel"),
    );
    assert.deepEqual(changes(mail(head, BODY)), [
      "the subject was changed",
      "From became list@lists.kernel.example",
    ]);
  });

  it("takes time in proportion to the length", () => {
    const long = Array.from({ length: 20_000 }, (_, n) => `line ${n}`);
    const other = long.map((line) => `${line}!`);
    assert.deepEqual(echoChanges(mail(HEAD, long), mail(HEAD, other)), [
      "20000 lines were lost or rewritten",
      "20000 lines were added",
    ]);
  });
});

describe("a copy under another Message-ID", () => {
  const head = [...HEAD.slice(0, -1), "In-Reply-To: <parent@kernel.example>"];
  const sent = mail([...head, "Message-ID: <a@kernel.example>"], BODY);
  const isSame = (copyHead: readonly string[], body: readonly string[]) =>
    isSameMail(sent, mail([...copyHead, "Message-ID: <x@server.example>"], body));

  it("is the mail when author, parent and own lines are the same", () => {
    assert.ok(isSame(head, [...BODY, "A footer"]));
  });
  it("is another answer to the same message when an own line is not in it", () => {
    assert.ok(!isSame(head, [...BODY.slice(0, -1), "Something else."]));
  });
  it("is another mail when it answers another message or is somebody else's", () => {
    assert.ok(
      !isSame(
        head.map((line) => line.replace("parent", "other")),
        BODY,
      ),
    );
    assert.ok(
      !isSame(
        head.map((line) => line.replace("ada@", "eve@")),
        BODY,
      ),
    );
  });
});
