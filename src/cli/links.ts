/** `links`: what messages refer to, and whether the index has it. */
import type { Block } from "../mail/block.ts";
import { findLinks } from "../mail/links.ts";
import type { Message } from "../mail/message.ts";
import { readMessage } from "../threads/reading.ts";
import { SaidTexts } from "../threads/saidText.ts";
import { askedFor, type Call } from "./call.ts";
import { readMessages } from "./readMessages.ts";

/** The links of a message; `inArchive` is false for what is no message. Lines and columns count from 1. */
export async function linksOf(
  message: Message,
  blocks: readonly Block[],
  has: (messageIds: string[]) => Promise<boolean[]>,
) {
  const links = findLinks(message.body, blocks);
  const ids = [...new Set(links.filter(({ kind }) => kind === "messageId").map(({ target }) => target))];
  const held = ids.length > 0 ? await has(ids) : [];
  const inArchive = new Set(ids.filter((_, index) => held[index]));
  return links.map(({ kind, text, target, line, column }) => ({
    kind,
    text,
    target,
    line,
    column,
    inArchive: kind === "messageId" && inArchive.has(target),
  }));
}

export async function links(call: Call): Promise<number> {
  const ids = askedFor(call);
  const archive = await call.open();
  const said = new SaidTexts();
  try {
    for await (const { message, ancestors, parentState } of readMessages(archive, ids, call.signal)) {
      const { blocks } = readMessage(message, ancestors, parentState, said);
      for (const link of await linksOf(message, blocks, (messageIds) => archive.has({ messageIds }))) {
        await call.out.print({ messageId: message.messageId, ...link });
      }
    }
  } finally {
    archive.close();
  }
  return 0;
}
