/** Replies to real mail, sent to a server on loopback: what arrives is what the preview shows, byte for byte. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isUserError } from "../../../src/base/report.ts";
import { envelopeOf } from "../../../src/compose/envelope.ts";
import { leaveOutUnanswered } from "../../../src/compose/leaveOut.ts";
import { replyTo } from "../../../src/compose/reply.ts";
import { connectSmtp } from "../../../src/compose/send.ts";
import { toWire } from "../../../src/compose/wire.ts";
import { parseMessage } from "../../../src/mail/message.ts";
import { corpus } from "../../corpora.ts";
import { startMailServer } from "../../mailServer.ts";
import { ada } from "../../mails.ts";

/** A reply is written to every so-many-th message. */
const EVERY = 3;

/** Messages of a file of mboxrd, also compressed. */
function messagesIn(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
  return text
    .split(/^From mboxrd@z .*\n/m)
    .filter(Boolean)
    .map((mail) => Buffer.from(mail.replace(/^>(>*From )/gm, "$1"), "latin1"));
}

describe("replies to real mail", () => {
  it("arrive byte for byte, in lines that no server breaks, and read as they were written", async function () {
    const folder = corpus(this, "threads");
    const mails = readdirSync(folder)
      .filter((name) => /\.mbox(?:rd)?(?:\.gz)?$/.test(name))
      .sort()
      .flatMap((name) => messagesIn(join(folder, name)))
      .filter((_, index) => index % EVERY === 0);
    const server = await startMailServer({ authOptional: true });
    const connection = await connectSmtp(
      { kind: "smtp", host: "127.0.0.1", port: server.port, encryption: "none" },
      { onlyReserved: true },
    );
    const encodings = new Map<string, number>();
    const refused: string[] = [];
    const date = { ms: Date.UTC(2026, 10, 16), zoneMinutes: 60 };
    for (const [index, raw] of mails.entries()) {
      const thanks = index % 2 === 0 ? "Agreed, dziękuję." : "Agreed.";
      const ownText = `${thanks}\n\n\tcode();\n.\nFrom here`;
      const { draft } = replyTo(await parseMessage(raw), ada, { ownText });
      let wire: ReturnType<typeof toWire>;
      try {
        wire = toWire(draft, { date });
      } catch (error) {
        if (!isUserError(error)) throw error;
        refused.push(error.message);
        continue;
      }
      encodings.set(wire.encoding, (encodings.get(wire.encoding) ?? 0) + 1);
      assert.ok(envelopeOf(draft).length > 0 || draft.to.length === 0);
      // Whom the server is told is made up: the guard lets no test write to anybody real.
      await connection.deliver({
        bytes: wire.bytes,
        eightBit: wire.encoding === "8bit",
        from: ada.identity.address,
        to: ["list@lists.kernel.example"],
      });
      const arrived = server.received.pop()?.bytes ?? Buffer.alloc(0);
      assert.ok(arrived.equals(Buffer.from(wire.bytes)), draft.inReplyTo ?? "");
      const lines = arrived.toString("latin1").split("\r\n");
      const header = lines.slice(0, lines.indexOf(""));
      assert.ok(
        lines.every((line) => line.length <= 998),
        `a long line: ${draft.inReplyTo}`,
      );
      assert.ok(
        header.every((line) => /^[\x20-\x7e\t]*$/.test(line)),
        `8-bit header: ${draft.inReplyTo}`,
      );
      const read = await parseMessage(arrived);
      assert.equal(read.messageId, draft.messageId);
      assert.deepEqual(read.references.at(-1), draft.inReplyTo);
      const written = leaveOutUnanswered(draft.body, true).lines.join("\n");
      // What shows control characters as symbols does so for both.
      const bare = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2400-\u2426]/g, "").trimEnd();
      assert.equal(bare(read.body), bare(written), draft.inReplyTo ?? "");
    }
    connection.close();
    await server.close();
    console.log(
      `      ${mails.length} replies: ${[...encodings].map(([name, n]) => `${n} ${name}`).join(", ")}, ${refused.length} refused`,
    );
    for (const sentence of new Set(refused)) console.log(`        ${sentence}`);
    assert.ok(refused.length <= mails.length / 200);
  });
});
