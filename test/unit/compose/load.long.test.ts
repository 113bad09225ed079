/** Three hundred mails while the server dies three times: each arrives once, or is marked unknown. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startDispatch } from "../../../src/compose/dispatch.ts";
import { Outbox } from "../../../src/compose/outbox.ts";
import { connectSmtp } from "../../../src/compose/send.ts";
import { type MailServer, startMailServer } from "../../mailServer.ts";

const MAILS = 300;
/** After so many mails the server dies: before it answers, after it answered, in between. */
const DEATHS = [40, 120, 200];

describe("load", () => {
  it(`${MAILS} mails, the server killed ${DEATHS.length} times: exactly once, or unknown`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "kernel-mail-load-"));
    const outbox = new Outbox(join(folder, "outbox"));
    /** Message-IDs that a server has taken for good, in every life of it. */
    const taken: string[] = [];
    let seen = 0;
    let deaths = 0;
    let connections = 0;
    let server: MailServer;
    let port = 0;
    let dying: Promise<unknown> = Promise.resolve();

    const live = async (): Promise<void> => {
      server = await startMailServer({
        authOptional: true,
        port,
        answer: ({ bytes }) => {
          seen += 1;
          const id = /^Message-ID: <(.+)>$/m.exec(bytes.toString("latin1").replaceAll("\r", ""))?.[1] ?? "";
          const dies = seen >= (DEATHS[deaths] ?? Number.POSITIVE_INFINITY);
          // Once it has the mail and says nothing any more, once it never had it, once it took it and then dies.
          if (!dies || deaths !== 1) taken.push(id);
          if (dies) {
            deaths += 1;
            const { cut } = server;
            if (deaths < 3) cut();
            else setImmediate(cut);
            dying = server
              .close()
              .then(() => delay(150))
              .then(live);
          }
          return undefined;
        },
      });
      port = server.port;
    };

    try {
      await live();
      for (let n = 0; n < MAILS; n++) {
        await outbox.add(
          {
            name: `m${String(n).padStart(3, "0")}`,
            bytes: Buffer.from(
              `Subject: ${n}\r\nMessage-ID: <${n}@kernel.example>\r\n\r\n${"text\r\n".repeat(40)}`,
            ),
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
      const bugs: unknown[] = [];
      const dispatch = startDispatch({
        outbox,
        connect: async () => {
          const connection = await connectSmtp(
            { kind: "smtp", host: "127.0.0.1", port, encryption: "none" },
            { onlyReserved: true, timeouts: { connect: 2000, silence: 2000 } },
          );
          connections += 1;
          return connection;
        },
        onChange: () => undefined,
        onFault: (error) => bugs.push(error),
        backOff: () => 20,
      });
      const deadline = Date.now() + 10 * 60_000;
      const waits = async () =>
        (await outbox.list()).some(({ state }) => state === "waiting" || state === "sending");
      while (await waits()) {
        assert.ok(Date.now() < deadline, "mails still wait");
        dispatch.kick();
        await dispatch.settled();
        await delay(25);
      }
      await dispatch.close();
      await dying;

      const mails = await outbox.list();
      const unknown = mails.filter(({ state }) => state === "unknown").map(({ messageId }) => messageId);
      const sent = mails.filter(({ state }) => state === "sent").map(({ messageId }) => messageId);
      assert.deepEqual(bugs, []);
      assert.equal(sent.length + unknown.length, MAILS);
      assert.equal(new Set(taken).size, taken.length, "nothing arrived twice");
      assert.deepEqual(
        sent.filter((id) => !taken.includes(id)),
        [],
        "everything that counts as sent arrived",
      );
      assert.ok(unknown.length <= DEATHS.length, `unknown: ${unknown.join(", ")}`);
      // A dying server may still take the next connection.
      assert.ok(connections <= 2 * DEATHS.length + 1, `${connections} connections`);
    } finally {
      await server!.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
