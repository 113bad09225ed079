import assert from "node:assert/strict";
import { forward, newMessage } from "../../../src/compose/forward.ts";
import { ada, messageOf } from "../../mails.ts";

describe("messages that answer nothing", () => {
  it("a new one is empty and has its Message-ID", () => {
    const draft = newMessage(ada.identity, { signature: "Ada" });
    assert.deepEqual([draft.to, draft.subject, draft.body], [[], "", "\n\n-- \nAda\n"]);
    assert.match(draft.messageId, /-reply@example\.org$/);
  });
  it("a forwarded one holds the text as it stands, below who sent it", async () => {
    const parent = await messageOf({ Cc: "Carol <carol@x.example>" }, "\tint a;\n-- \nBob\n");
    const draft = forward(parent, ada.identity);
    assert.equal(draft.subject, "Fwd: [PATCH] clk: fix foo");
    assert.deepEqual([draft.to, draft.inReplyTo, draft.references], [[], undefined, []]);
    assert.equal(
      draft.body,
      [
        "",
        "",
        "-------- Forwarded Message --------",
        "From: Bob B <bob@x.example>",
        "Date: Mon, 16 Nov 2026 09:15:42 +0100",
        "Subject: [PATCH] clk: fix foo",
        "To: list-a@vger.example",
        "Cc: Carol <carol@x.example>",
        "Message-ID: <c@x>",
        "",
        "\tint a;",
        "-- ",
        "Bob",
        "",
      ].join("\n"),
    );
  });
  it("a forwarded one is not marked twice", async () =>
    assert.equal(forward(await messageOf({ Subject: "Fwd: log" }), ada.identity).subject, "Fwd: log"));
});
