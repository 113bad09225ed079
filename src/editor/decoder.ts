/** The decoder of whole mails, loaded with the first one: its libraries take a tenth of a second of a start. */
import type { RawMessage } from "../archive/remote.ts";
import type { Message } from "../mail/message.ts";

/** The message that these bytes are, read as the person has it read. */
export async function decodeMessage({ raw, readAs }: Pick<RawMessage, "raw" | "readAs">): Promise<Message> {
  const { parseMessage } = await import("../mail/message.ts");
  return await parseMessage(raw, readAs);
}

/** The decoded bytes of an attachment, by its index in the message. */
export async function decodeAttachment(raw: Uint8Array, index: number): Promise<Buffer> {
  const { attachmentBytes } = await import("../mail/message.ts");
  return await attachmentBytes(raw, index);
}
