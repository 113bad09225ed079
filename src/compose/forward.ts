/** Messages that answer nothing: a new one, and one that forwards another inline, without attachments. */
import { formatMailbox, type Mailbox } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import type { Draft } from "./draft.ts";
import { dateText } from "./headerFields.ts";
import { signatureLines } from "./signature.ts";
import { makeMessageId } from "./threading.ts";

export interface NewMessageOptions {
  signature?: string;
  date?: Date;
}

/** Text with the signature below it (R1101). */
function withSignature(text: string, signature: string | undefined): string {
  return [text, ...signatureLines(signature).map((line) => `${line}\n`)].join("");
}

/** An empty message from `from`. */
export function newMessage(from: Mailbox, { signature, date }: NewMessageOptions = {}): Draft {
  return {
    from,
    to: [],
    cc: [],
    bcc: [],
    subject: "",
    messageId: makeMessageId(from.address, date),
    references: [],
    body: withSignature("\n", signature),
  };
}

const people = (mailboxes: readonly Mailbox[]): string => mailboxes.map(formatMailbox).join(", ");

/**
 * A message that forwards `parent`: its text as it stands, so that a patch in it still applies, below who sent it when
 * to whom. It begins a thread of its own.
 */
export function forward(parent: Message, from: Mailbox, options: NewMessageOptions = {}): Draft {
  const fields: [string, string][] = [
    ["From", people(parent.from)],
    ["Date", parent.date === undefined ? "" : dateText(parent.date)],
    ["Subject", parent.subject],
    ["To", people(parent.to)],
    ["Cc", people(parent.cc)],
    ["Message-ID", parent.hasMessageId ? `<${parent.messageId}>` : ""],
  ];
  const head = fields.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
  const text = ["", "", "-------- Forwarded Message --------", ...head, "", parent.body.trimEnd()].join("\n");
  return {
    ...newMessage(from, options),
    subject: /^fwd?:/i.test(parent.subject) ? parent.subject : `Fwd: ${parent.subject}`.trim(),
    body: `${text}\n`,
  };
}
