/** The checker on replies as we make them ourselves: it may speak of how much is cited, and of nothing that we did. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { writeDraft } from "../../../src/compose/draftText.ts";
import { openLint } from "../../../src/compose/lint.ts";
import { replyTo } from "../../../src/compose/reply.ts";
import { parseMessage } from "../../../src/mail/message.ts";
import { corpus } from "../../corpora.ts";
import { ada } from "../../mails.ts";
import { splitMbox } from "../../mirror.ts";

/** What a whole message may hold that is left to the person to cut. */
const UNCUT = /^L-(?:FULL-QUOTE|QUOTE-RATIO|LONG-BLOCK|DEEP-QUOTE|QUOTED-SIG|BANNER|SIZE)$/;

describe("the checker on our own replies", function () {
  this.timeout(10 * 60_000);
  it("finds nothing wrong in them, whatever message of the real threads they answer", async function () {
    const folder = corpus(this, "threads");
    const wrong: string[] = [];
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".mboxrd.gz"))) {
      for (const raw of splitMbox(gunzipSync(readFileSync(join(folder, name))))) {
        const parent = await parseMessage(raw);
        const text = writeDraft(replyTo(parent, ada, { ownText: "Yes, that is so." }).draft);
        for (const { rule, line, message } of openLint({ parent, self: ada })(text)) {
          if (!UNCUT.test(rule)) wrong.push(`${parent.messageId} ${line}: ${rule} ${message}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
});
