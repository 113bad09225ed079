/** Whom a draft goes to, whatever was typed into its header. */
import assert from "node:assert/strict";
import { readDraft } from "../../../src/compose/draftText.ts";
import { envelopeOf } from "../../../src/compose/envelope.ts";

const envelope = (...header: string[]): string[] =>
  envelopeOf(readDraft(`${header.join("\n")}\n\ntext\n`).draft);

describe("envelope", () => {
  it("has each address once, To first, Bcc included", () => {
    assert.deepEqual(
      envelope(
        "To: Bo <bo@kernel.example>",
        "Cc: BO@kernel.example, dan@kernel.example",
        "Bcc: eve@kernel.example",
      ),
      ["bo@kernel.example", "dan@kernel.example", "eve@kernel.example"],
    );
  });
  it("has nobody where nobody is named", () => assert.deepEqual(envelope("Subject: x"), []));
});
