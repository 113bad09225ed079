/** What tests of SMTP stand on: mails, connections and servers that end with the test, and failures by kind and words. */
import assert from "node:assert/strict";
import { type Connection, connectSmtp, type Outgoing, type SmtpOptions } from "../../../src/compose/send.ts";
import { type FailureKind, SendFailure } from "../../../src/compose/sendFailure.ts";
import type { SmtpServer } from "../../../src/compose/transport.ts";
import {
  type MailServer,
  PASSWORD,
  startMailServer,
  startScript,
  startSpoiler,
  USER,
} from "../../mailServer.ts";

export const TEXT = "Subject: x\r\n\r\n.\r\n..two\r\nFrom here\r\n\ttab  \r\nGrüße\r\n";

export const mail = (more: Partial<Outgoing> = {}): Outgoing => ({
  bytes: Buffer.from(TEXT),
  from: "ada@kernel.example",
  to: ["bo@kernel.example", "list@lists.kernel.example"],
  eightBit: true,
  ...more,
});

const open: (Connection | { close: () => unknown })[] = [];

export const connect = async (server: Partial<SmtpServer>, options: Partial<SmtpOptions> = {}) => {
  const connection = await connectSmtp(
    { kind: "smtp", host: "127.0.0.1", port: 0, encryption: "none", ...server },
    { onlyReserved: true, timeouts: { connect: 2000, silence: 2000 }, ...options },
  );
  open.push(connection);
  return connection;
};

export const server = async (options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> => {
  const started = await startMailServer(options);
  open.push(started);
  return started;
};

export const script = async (...args: Parameters<typeof startScript>) => {
  const started = await startScript(...args);
  open.push(started);
  return started;
};

export const spoiler = async (...args: Parameters<typeof startSpoiler>) => {
  const started = await startSpoiler(...args);
  open.push(started);
  return started;
};

/** The failure of something that fails, of this kind and with these words. */
export async function fails(work: Promise<unknown>, kind: FailureKind, words: RegExp): Promise<SendFailure> {
  const error = await work.then(
    () => assert.fail("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SendFailure, String(error));
  assert.match(`${error.message} ${error.nextStep}`, words);
  assert.equal(error.kind, kind, error.message);
  return error;
}

export const login = { user: USER };
export const secret = async () => PASSWORD;

/** Ends what a test has opened, last things first. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0).reverse()) await one.close();
}
