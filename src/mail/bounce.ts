/** Delivery reports: to whom a mail could not be delivered (RFC 3464, and the field that Exim writes). */
import { fieldValues } from "./headers.ts";
import type { Message } from "./message.ts";

/** What stands further down is the mail that came back, in bytes. */
const LARGEST = 64_000;

const ADDRESS = /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/;

/**
 * The addresses, in lower case, that a report says can not be reached; empty when the message is no report, or one of
 * a delay. Only failures that last count (RFC 3463: 5.X.X).
 * @param message as `parseMessage` reads it
 * @param raw its bytes
 */
export function failedRecipients(message: Pick<Message, "headers">, raw: Uint8Array): string[] {
  const named = fieldValues(message.headers, "x-failed-recipients").flatMap((value) => value.split(","));
  const isReport = fieldValues(message.headers, "content-type").some((value) =>
    /^\s*multipart\/report\b/i.test(value),
  );
  const text = isReport ? Buffer.from(raw.subarray(0, LARGEST)).toString("latin1") : "";
  for (const block of text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n/)) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.{1,300})$`, "im").exec(block)?.[1];
    if (!/^failed\b/i.test(field("Action") ?? "") || !/^5\./.test(field("Status") ?? "5.")) continue;
    const recipient = field("Original-Recipient") ?? field("Final-Recipient") ?? "";
    named.push(/^rfc822[ \t]*;(.*)$/i.exec(recipient)?.[1] ?? "");
  }
  const found = named.map((one) => one.trim().replace(/^<|>$/g, "").toLowerCase());
  return [...new Set(found)].filter((one) => ADDRESS.test(one));
}
