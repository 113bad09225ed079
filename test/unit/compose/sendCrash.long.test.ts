/** The program is killed while it sends, again and again: no mail is lost, none arrives twice unless it was unknown. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Outbox } from "../../../src/compose/outbox.ts";
import { root } from "../../fixtures.ts";
import { startMailServer } from "../../mailServer.ts";

const MAILS = 60;
const KILLS = 25;

describe("sending: killed at any moment", () => {
  it(`${KILLS} kills over ${MAILS} mails`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-kills-"));
    let onMail: () => void = () => undefined;
    // An answer takes a while, so that kills meet every moment of a mail.
    const server = await startMailServer({
      authOptional: true,
      answer: async () => {
        onMail();
        await delay(20);
        return undefined;
      },
    });
    try {
      const path = join(folder, "outbox");
      const outbox = new Outbox(path);
      for (let n = 0; n < MAILS; n++) {
        await outbox.add(
          {
            name: `m${String(n).padStart(3, "0")}`,
            bytes: Buffer.from(`Subject: ${n}\r\nMessage-ID: <${n}@kernel.example>\r\n\r\ntext\r\n`),
            draftText: "",
            messageId: `${n}@kernel.example`,
            subject: String(n),
            from: "ada@kernel.example",
            to: ["list@lists.kernel.example"],
            eightBit: false,
          },
          0,
        );
      }
      /** Runs the program; kills it so many milliseconds after the server has a first mail of it in hand. */
      const run = (killAfterMs?: number) =>
        new Promise<void>((resolve, reject) => {
          const child = join(root(), "test", "unit", "compose", "sendChild.ts");
          const program = spawn(process.execPath, [child, path, String(server.port)], { stdio: "inherit" });
          let isDoomed = killAfterMs !== undefined;
          onMail = () => {
            if (!isDoomed) return;
            isDoomed = false;
            setTimeout(() => program.kill("SIGKILL"), killAfterMs);
          };
          program.on("error", reject);
          program.on("close", (code, signal) => {
            if (code !== 0 && signal !== "SIGKILL") reject(new Error(`it ended with ${code}`));
            else resolve();
          });
        });
      for (let kill = 0; kill < KILLS; kill++) await run((kill * 7) % 120);
      await run();
      await outbox.recover();

      const mails = await outbox.list();
      const by = (state: string) =>
        mails.filter((mail) => mail.state === state).map(({ messageId }) => messageId);
      const arrived = server.received.map(
        ({ bytes }) => /^Message-ID: <(.+)>\r?$/m.exec(bytes.toString())?.[1] ?? "",
      );
      assert.equal(mails.length, MAILS, "no mail is lost");
      assert.equal(by("sent").length + by("unknown").length, MAILS);
      assert.equal(new Set(arrived).size, arrived.length, "nothing arrived twice");
      assert.deepEqual(
        by("sent").filter((id) => !arrived.includes(id)),
        [],
        "what counts as sent arrived",
      );
      assert.deepEqual(
        arrived.filter((id) => !by("sent").includes(id) && !by("unknown").includes(id)),
        [],
        "what arrived is sent or unknown",
      );
      assert.ok(by("unknown").length > 0, "no kill met a mail on its way");
      console.log(`      ${by("sent").length} sent, ${by("unknown").length} unknown`);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
