/** Threads with the person's own mails that the archives do not have yet: pending, until the list shows them. */
import type { ThreadNode, ThreadRow } from "../archive/remote.ts";
import type { Outbox, OutboxMail } from "../compose/outbox.ts";
import { readSkeleton } from "../mail/skeleton.ts";
import type { Archive } from "./archiveWorker.ts";

/** Mails that are on their way; one that was refused is a draft again. */
const isPending = ({ state, echo }: OutboxMail): boolean => state !== "returned" && echo === undefined;

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

/** The same archive, in whose threads the outbox stands too. */
export function withPending(archive: Archive, outbox: Outbox): Archive {
  const pendingMails = async (): Promise<OutboxMail[]> => (await outbox.list()).filter(isPending);

  const nodeOf = async (mail: OutboxMail) => {
    const { subject, fromName, fromAddress, dateMs } = readSkeleton(await outbox.bytes(mail.name));
    const node = {
      messageId: mail.messageId,
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

  const ask: Archive["request"] = async (name, params, signal) => {
    const answer = await archive.request(name, params, signal);
    if (name === "thread" && answer !== null) {
      const thread = answer as { row: ThreadRow; nodes: ThreadNode[] };
      const ids = new Set(thread.nodes.map(({ messageId }) => messageId));
      const mails = (await pendingMails()).filter(
        ({ messageId, serverMessageId, inReplyTo }) =>
          ids.has(inReplyTo ?? "") && !ids.has(messageId) && !ids.has(serverMessageId ?? ""),
      );
      if (mails.length === 0) return answer;
      const nodes = insertPending(thread.nodes, await Promise.all(mails.map(nodeOf)));
      return { ...thread, nodes } as typeof answer;
    }
    if (name === "raw") {
      const found = answer as { messageId: string }[];
      const { messageIds } = params as { messageIds: string[] };
      const lacking = messageIds.filter((id) => !found.some(({ messageId }) => messageId === id));
      if (lacking.length === 0) return answer;
      const mails = (await pendingMails()).filter(({ messageId }) => lacking.includes(messageId));
      const own = await Promise.all(
        mails.map(async ({ messageId, name: file }) => ({
          messageId,
          raw: await outbox.bytes(file),
          origin: { source: outbox.folder, format: "eml" as const, place: { path: `${file}.eml` } },
          list: "",
        })),
      );
      return [...found, ...own] as typeof answer;
    }
    return answer;
  };
  return { request: ask };
}
