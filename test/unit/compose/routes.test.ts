/** Mail of several senders leaves by several connections. */
import assert from "node:assert/strict";
import { routeBySender } from "../../../src/compose/routes.ts";
import type { Connection } from "../../../src/compose/send.ts";

type Outgoing = Parameters<Connection["deliver"]>[0];
const mail = (from: string): Outgoing => ({
  bytes: Buffer.alloc(0),
  from,
  to: ["bo@kernel.example"],
  eightBit: false,
});

/** Senders of mails in; what was done with connections out, each called as its first sender. */
async function routes(senders: string[], close?: string): Promise<string[]> {
  const did: string[] = [];
  const connection = routeBySender(
    (name) => {
      did.push(`open ${name}`);
      let isOpen = true;
      return Promise.resolve({
        get isOpen() {
          return isOpen;
        },
        deliver: ({ from }) => {
          did.push(`${from} by ${name}`);
          isOpen = from !== close;
          return Promise.resolve({ refused: [], reply: "250" });
        },
        close: () => did.push(`close ${name}`),
      });
    },
    (from) => (from.endsWith("work") ? "work" : ""),
  );
  for (const from of senders) await connection.deliver(mail(from));
  connection.close();
  return did;
}

describe("connections by sender", () => {
  it("one for each way, opened with its first mail", async () =>
    assert.deepEqual(await routes(["a", "b", "c@work", "a"]), [
      "open a",
      "a by a",
      "b by a",
      "open c@work",
      "c@work by c@work",
      "a by a",
      "close a",
      "close c@work",
    ]));
  it("anew where the last one was closed", async () =>
    assert.deepEqual(await routes(["a", "b"], "a"), [
      "open a",
      "a by a",
      "close a",
      "open b",
      "b by b",
      "close b",
    ]));
});
