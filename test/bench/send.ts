/**
 * Mails a second through the outbox, beside nodemailer alone over the same server in the same run:
 * `node test/bench/send.ts [COUNT]`. The outbox writes each mail and each of its states to the disk before it goes on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nodemailer from "nodemailer";
import { startDispatch } from "../../src/compose/dispatch.ts";
import { Outbox } from "../../src/compose/outbox.ts";
import { connectSmtp } from "../../src/compose/send.ts";
import { startMailServer } from "../mailServer.ts";
import { median } from "./measure.ts";

const count = Number(process.argv[2] ?? 300);
const PAIRS = 5;
const server = await startMailServer({ authOptional: true });
const from = "ada@kernel.example";
const to = ["list@lists.kernel.example", "bo@kernel.example"];
const bytesOf = (n: number): Buffer =>
  Buffer.from(
    `From: ${from}\r\nSubject: ${n}\r\nMessage-ID: <${n}@kernel.example>\r\n\r\n${"> a cited line\r\n".repeat(60)}\r\nYes.\r\n`,
  );

/** Mails a second of a run that sends all of them. */
async function rate(run: () => Promise<unknown>): Promise<number> {
  const before = server.received.length;
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1000;
  if (server.received.length - before !== count) throw new Error("Not every mail arrived.");
  return count / seconds;
}

async function alone(): Promise<void> {
  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: 1,
    maxMessages: Number.POSITIVE_INFINITY,
    host: "127.0.0.1",
    port: server.port,
    ignoreTLS: true,
  });
  await Promise.all(
    Array.from({ length: count }, (_, n) => transport.sendMail({ raw: bytesOf(n), envelope: { from, to } })),
  );
  transport.close();
}

async function throughOutbox(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-bench-"));
  try {
    const outbox = new Outbox(join(folder, "outbox"));
    for (let n = 0; n < count; n++) {
      await outbox.add(
        {
          name: `m${n}`,
          bytes: bytesOf(n),
          draftText: "",
          messageId: `${n}@kernel.example`,
          subject: String(n),
          from,
          to,
          eightBit: false,
        },
        0,
      );
    }
    const dispatch = startDispatch({
      outbox,
      connect: () =>
        connectSmtp(
          { kind: "smtp", host: "127.0.0.1", port: server.port, encryption: "none" },
          { onlyReserved: true },
        ),
      onChange: () => undefined,
      onFault: (error) => {
        throw error;
      },
    });
    return await rate(async () => {
      dispatch.kick();
      await dispatch.settled();
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const runs: { ours: number; theirs: number }[] = [];
// Warm, and then in turns: whoever goes second finds the machine as the first has left it.
await rate(alone);
await throughOutbox();
for (let pair = 0; pair < PAIRS; pair++) {
  const ours = pair % 2 === 0 ? await throughOutbox() : undefined;
  const theirs = await rate(alone);
  runs.push({ theirs, ours: ours ?? (await throughOutbox()) });
}
const figure = (value: number): string => `${value.toFixed(0)} mails/s`;
const ratios = runs.map(({ ours, theirs }) => ours / theirs);
console.log(
  `${count} mails, ${PAIRS} pairs: ${figure(median(runs.map(({ ours }) => ours)))} through the outbox, ` +
    `${figure(median(runs.map(({ theirs }) => theirs)))} by nodemailer alone, ` +
    `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
);
await server.close();
