/** Delivery reports: who can not be reached. */
import assert from "node:assert/strict";
import { failedRecipients } from "../../../src/mail/bounce.ts";
import { parseMessage } from "../../../src/mail/message.ts";

const failed = async (text: string): Promise<string[]> => {
  const raw = Buffer.from(text.replaceAll("\n", "\r\n"));
  return failedRecipients(await parseMessage(raw), raw);
};
const report = (...blocks: string[]): string =>
  [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: ada@x.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "--b\nContent-Type: text/plain",
    "It could not be delivered.",
    "--b\nContent-Type: message/delivery-status",
    "Reporting-MTA: dns; mx.example",
    ...blocks,
    "--b--\n",
  ].join("\n\n");
const about = (address: string, action = "failed", status = "5.1.1"): string =>
  `Final-Recipient: rfc822; ${address}\nAction: ${action}\nStatus: ${status}\nDiagnostic-Code: smtp; 550 no such user`;

describe("R114 reports of mail that came back", () => {
  it("names who can not be reached", async () =>
    assert.deepEqual(await failed(report(about("Bob@x.example"))), ["bob@x.example"]));
  it("names all of several, each once", async () =>
    assert.deepEqual(
      await failed(report(about("b@x.example"), about("<c@x.example>"), about("b@x.example"))),
      ["b@x.example", "c@x.example"],
    ));
  it("names the address that was written to where the server sent the mail on", async () =>
    assert.deepEqual(
      await failed(report(`Original-Recipient: rfc822;list@x.example\n${about("b@inner.example")}`)),
      ["list@x.example"],
    ));
  it("does not count a delay, a delivery, or a failure that passes", async () => {
    assert.deepEqual(await failed(report(about("b@x.example", "delayed", "4.4.1"))), []);
    assert.deepEqual(await failed(report(about("b@x.example", "delivered", "2.0.0"))), []);
    assert.deepEqual(await failed(report(about("b@x.example", "failed", "4.4.7"))), []);
  });
  it("reads the field that Exim writes", async () =>
    assert.deepEqual(
      await failed(
        "From: MAILER-DAEMON@mx.example\nTo: ada@x.example\nX-Failed-Recipients: b@x.example, c@x.example\n\nNo.\n",
      ),
      ["b@x.example", "c@x.example"],
    ));
  it("takes no message for a report that only cites one", async () =>
    assert.deepEqual(await failed(`From: b@x.example\nTo: ada@x.example\n\n${about("c@x.example")}\n`), []));
});
