/** Threads with the person's own mails that the archives do not have yet: pending, until the list shows them. */
import type { RawMessage, ThreadNode, ThreadRow } from "../../archive/remote.ts";
import { withMessageId } from "../../compose/echo.ts";
import { hasLeft, type Outbox, type OutboxMail } from "../../compose/outbox.ts";
import { readSkeleton } from "../../mail/skeleton.ts";
import type { Archive } from "../archives/archiveWorker.ts";

type Thread = { row: ThreadRow; nodes: ThreadNode[] };

/** Mails that are on their way; one that was refused is a draft again. */
const isPending = ({ state, echo }: OutboxMail): boolean => state !== "returned" && echo === undefined;

/** The message that a mail answers, while no archive shows the answer that has gone out. */
export const awaitedParent = (mail: OutboxMail): string[] =>
  hasLeft(mail) && mail.echo === undefined && mail.inReplyTo !== undefined ? [mail.inReplyTo] : [];

/** The nodes of a thread with the pending answers below what they answer, after the answers that are there. */
export function insertPending(
  nodes: readonly ThreadNode[],
  pending: readonly { node: Omit<ThreadNode, "depth">; parent: string }[],
): ThreadNode[] {
  const all = [...nodes];
  const has = new Set(nodes.map(({ messageId }) => messageId));
  for (const { node, parent } of pending) {
    const at = all.findIndex(({ messageId }) => messageId === parent);
    const above = all[at];
    if (above === undefined || has.has(node.messageId)) continue;
    let end = at + 1;
    while ((all[end]?.depth ?? -1) > above.depth) end++;
    all.splice(end, 0, { ...node, parent, depth: above.depth + 1 });
    has.add(node.messageId);
  }
  return all;
}

/** The id that a mail has in the world: the one that the server put in the place of ours, where it did. */
const idOf = ({ serverMessageId, messageId }: OutboxMail): string => serverMessageId ?? messageId;

/** Those that answer a message of a thread, or one another. */
function answersIn(nodes: readonly ThreadNode[], mails: readonly OutboxMail[]): OutboxMail[] {
  const ids = new Set(nodes.map(({ messageId }) => messageId));
  const isThere = (mail: OutboxMail) => ids.has(mail.messageId) || ids.has(idOf(mail));
  const found: OutboxMail[] = [];
  for (const mail of mails) {
    if (!ids.has(mail.inReplyTo ?? "") || isThere(mail)) continue;
    found.push(mail);
    ids.add(mail.messageId).add(idOf(mail));
  }
  return found;
}

/** The same archive, in whose threads the outbox stands too, and which has the outbox's mails. */
export function withPending(archive: Archive, outbox: Outbox): Archive {
  const pendingMails = async (): Promise<OutboxMail[]> => (await outbox.list()).filter(isPending);

  const nodeOf = async (mail: OutboxMail) => {
    const { subject, fromName, fromAddress, dateMs } = readSkeleton(await outbox.bytes(mail.name));
    const node = {
      messageId: idOf(mail),
      missing: false,
      subject,
      fromName,
      fromAddress,
      ...(dateMs === undefined ? {} : { dateMs }),
      unread: false,
      imposters: 0,
      pending: true,
    };
    return { node, parent: mail.inReplyTo ?? "" };
  };

  const thread = async (messageId: string, signal?: AbortSignal): Promise<Thread | null> => {
    const mails = await pendingMails();
    let known = await archive.request("thread", { messageId }, signal);
    // One's own mail, or an answer to that: its thread is that of what it answers.
    for (let id: string | undefined = messageId, steps = mails.length; known === null && steps > 0; steps--) {
      id = mails.find((mail) => mail.messageId === id || idOf(mail) === id)?.inReplyTo;
      if (id === undefined) return null;
      known = await archive.request("thread", { messageId: id }, signal);
    }
    if (known === null) return null;
    const answers = answersIn(known.nodes, mails);
    if (answers.length === 0) return known;
    return { ...known, nodes: insertPending(known.nodes, await Promise.all(answers.map(nodeOf))) };
  };

  const raw = async (messageIds: string[], signal?: AbortSignal): Promise<RawMessage[]> => {
    const found = await archive.request("raw", { messageIds }, signal);
    const lacking = messageIds.filter((id) => !found.some(({ messageId }) => messageId === id));
    if (lacking.length === 0) return found;
    // A draft may have been begun before the server gave its parent another id.
    const mails = (await pendingMails()).flatMap((mail) =>
      [...new Set([idOf(mail), mail.messageId])]
        .filter((id) => lacking.includes(id))
        .map((id) => ({ id, mail })),
    );
    const own = mails.map(async ({ id, mail }) => ({
      messageId: id,
      raw: withMessageId(await outbox.bytes(mail.name), idOf(mail)),
      origin: { source: outbox.folder, format: "eml" as const, place: { path: `${mail.name}.eml` } },
      list: "",
    }));
    return [...found, ...(await Promise.all(own))];
  };

  return {
    request: async (name, params, signal) => {
      // What the name says of params and result is known to the caller alone.
      if (name === "thread")
        return (await thread((params as { messageId: string }).messageId, signal)) as never;
      if (name === "raw")
        return (await raw((params as { messageIds: string[] }).messageIds, signal)) as never;
      return await archive.request(name, params, signal);
    },
  };
}
