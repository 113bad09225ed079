/** The messages of a feed as threads: what a server shows of its newest mail, without the mail itself. */
import type { ThreadRow } from "../../archive/remote.ts";
import { readPatchPrefix, stripReply } from "../../mail/subject.ts";
import type { AtomEntry } from "../../sources/atom.ts";

/** A thread as far as a feed tells of it. `via` is a message of it that the server has. */
export interface FeedThread {
  row: ThreadRow;
  via: string;
}

/**
 * The threads that these messages belong to, newest activity first. A thread is known by the first message that is
 * named: one that is answered but not in the feed counts, too.
 */
export function threadsOfFeed(entries: readonly AtomEntry[]): FeedThread[] {
  const byId = new Map(entries.map((entry) => [entry.messageId, entry]));
  const roots = new Map<string, string>();
  /** The first message known of a thread. Walks up once; a circle ends at where it began. */
  const rootOf = (id: string): string => {
    const way: string[] = [];
    let at = id;
    while (!roots.has(at) && !way.includes(at)) {
      way.push(at);
      const parent = byId.get(at)?.parent;
      if (parent === undefined) break;
      at = parent;
    }
    const root = roots.get(at) ?? at;
    for (const step of way) roots.set(step, root);
    return root;
  };
  const threads = new Map<string, AtomEntry[]>();
  for (const entry of byId.values()) {
    const root = rootOf(entry.messageId);
    const known = threads.get(root);
    if (known) known.push(entry);
    else threads.set(root, [entry]);
  }
  return [...threads]
    .map(([root, messages]) => threadOf(root, messages))
    .sort((one, other) => other.row.lastMs - one.row.lastMs);
}

function threadOf(root: string, messages: AtomEntry[]): FeedThread {
  const inOrder = messages.toSorted((one, other) => one.dateMs - other.dateMs);
  const first = inOrder.find(({ messageId }) => messageId === root) ?? inOrder[0];
  const last = inOrder.at(-1);
  const subject = first?.messageId === root ? first.subject : stripReply(first?.subject ?? "").bare;
  const { isPatch, isReply, version, of } = readPatchPrefix(subject);
  const row: ThreadRow = {
    thread: root,
    subject,
    fromName: first?.name ?? "",
    fromAddress: first?.address ?? "",
    dateMs: first?.dateMs ?? 0,
    lastMs: last?.dateMs ?? 0,
    messages: messages.length,
    participants: new Set(messages.map(({ address }) => address.toLowerCase())).size,
    unread: 0,
    list: "",
  };
  if (isPatch && !isReply) row.series = { version, patches: of ?? 1 };
  return { row, via: first?.messageId ?? root };
}
