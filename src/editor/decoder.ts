/** The decoder of whole mails, loaded with the first one: its libraries take a tenth of a second of a start. */
import type { Message } from "../mail/message.ts";

/** The message that these bytes are. */
export async function decodeMessage(raw: Uint8Array): Promise<Message> {
  const { parseMessage } = await import("../mail/message.ts");
  return await parseMessage(raw);
}

/** The decoded bytes of an attachment, by its index in the message. */
export async function decodeAttachment(raw: Uint8Array, index: number): Promise<Buffer> {
  const { attachmentBytes } = await import("../mail/message.ts");
  return await attachmentBytes(raw, index);
}
