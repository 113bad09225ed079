/** The list's copy of a sent mail, as an archive has it: by its id, by the one that a server gave it, or by what it is. */
import { isSameMail } from "../../compose/echo.ts";
import type { Outbox, OutboxMail } from "../../compose/outbox.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Settings } from "../settings.ts";

/** A copy that has not come within this time may have come under another Message-ID, in milliseconds. */
export const OVERDUE_MS = 10 * 60_000;

/** So many of the person's latest messages are looked through for one that a server has renamed. */
const LATEST = 50;

export interface ListCopies {
  /** The bytes of the list's copy; undefined when no archive has one. */
  find(mail: OutboxMail): Promise<Uint8Array | undefined>;
}

export function listCopies(parts: { archive: Archive; outbox: Outbox; settings: Settings }): ListCopies {
  const { archive, outbox, settings } = parts;

  /** Messages that may be this mail under another id: the person's own answers to the same message, or their latest mail. */
  const likelyCopies = async ({ from, inReplyTo, subject }: OutboxMail): Promise<string[]> => {
    if (inReplyTo === undefined) {
      const { found } = await archive.request("search", { query: `f:${from}`, limit: LATEST });
      return found.filter((one) => one.subject === subject).map(({ messageId }) => messageId);
    }
    const thread = await archive.request("thread", { messageId: inReplyTo });
    return (thread?.nodes ?? [])
      .filter(
        ({ missing, parent, fromAddress }) =>
          !missing && parent === inReplyTo && fromAddress.toLowerCase() === from.toLowerCase(),
      )
      .map(({ messageId }) => messageId);
  };

  /**
   * A copy that came under an id of the server's own. Unless the person says that their server does that, it is looked
   * for only when the copy should have been there by now.
   */
  const findRewritten = async (mail: OutboxMail): Promise<Uint8Array | undefined> => {
    const { serverRewritesIds } = settings.sending();
    const isOverdue = Date.now() - (mail.sentMs ?? 0) > OVERDUE_MS;
    const isLookedFor = serverRewritesIds === "yes" || (serverRewritesIds === "detect" && isOverdue);
    if (!isLookedFor) return undefined;
    const others = new Set((await outbox.list()).map(({ messageId }) => messageId));
    const messageIds = (await likelyCopies(mail)).filter((messageId) => !others.has(messageId));
    if (messageIds.length === 0) return undefined;
    const sent = await outbox.bytes(mail.name);
    const copies = await archive.request("raw", { messageIds });
    return copies.find(({ raw }) => isSameMail(sent, raw))?.raw;
  };

  return {
    find: async (mail) => {
      const ids = [mail.serverMessageId, mail.messageId].filter((id) => id !== undefined);
      const [known] = await archive.request("raw", { messageIds: ids });
      return known === undefined ? await findRewritten(mail) : known.raw;
    },
  };
}
