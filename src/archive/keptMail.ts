/** Messages that no archive has any more, shown as long as something of the person's refers to them. */
import { parseQuery } from "./query.ts";
import type { ArchiveContract, FoundRow, RawMessage, ThreadNode, ThreadPage, ThreadRow } from "./remote.ts";
import type { KeptMessage, State } from "./state.ts";

type Thread = { row: ThreadRow; nodes: ThreadNode[] };
type SearchPage = ArchiveContract["requests"]["search"]["result"];

/** The word of the reason for which a starred message is kept; its Message-ID follows. */
export const STARRED = "star";

/** Whether a query asks for what is starred and for nothing else. */
function asksForStarred(query = ""): boolean {
  const [term, ...more] = parseQuery(query).filter(({ operator, text }) => !operator || !/^[()]$/.test(text));
  return term?.field === "is" && term.text === "starred" && more.length === 0;
}

/** What the archives have: a thread, in which a message that they lack is a missing one, and which messages they hold. */
interface Archives {
  thread(messageId: string): Thread | null;
  has(messageIds: readonly string[]): boolean[];
}

/** Answers with what is kept where the archives have nothing. Without a state nothing is kept. */
export class KeptMail {
  readonly #state: State | undefined;
  readonly #archives: () => Archives;

  /** @param archives those that are open now */
  constructor(state: State | undefined, archives: () => Archives) {
    this.#state = state;
    this.#archives = archives;
  }

  /** Keeps a message; false when there is nothing to keep it in, or nothing to keep. */
  keep(messageId: string, why: string, mails: readonly RawMessage[], nowMs: number): boolean {
    if (this.#state === undefined || mails.length === 0) return false;
    this.#state.keep(messageId, why, mails, nowMs);
    return true;
  }

  release(why: string): void {
    this.#state?.release(why);
  }

  reasons(): string[] {
    return this.#state?.reasons() ?? [];
  }

  /** What the archives gave for these ids, in the order asked, with what is kept in the place of what they lack. */
  completed(messageIds: readonly string[], found: readonly RawMessage[]): RawMessage[] {
    if (this.#state === undefined) return [...found];
    const byId = new Map<string, RawMessage[]>();
    for (const mail of found) byId.set(mail.messageId, [...(byId.get(mail.messageId) ?? []), mail]);
    return messageIds.flatMap((id) => byId.get(id) ?? this.#state?.raw(id) ?? []);
  }

  /** Which of these messages an archive has, or are kept. */
  has(messageIds: readonly string[]): boolean[] {
    const held = this.#archives().has(messageIds);
    return messageIds.map((id, at) => held[at] === true || this.#state?.has(id) === true);
  }

  /**
   * A thread with its kept messages in their places; one of a kept message alone where the archives do not know its id, or
   * show no place for it (of a long run of missing messages they show the ends).
   */
  thread(messageId: string): Thread | null {
    const known = this.#archives().thread(messageId);
    if (this.#state === undefined) return known;
    const kept = this.#state.message(messageId);
    if (kept !== undefined && !known?.nodes.some((node) => node.messageId === messageId))
      return aloneThread(messageId, kept, this.#marks(messageId));
    return known && { row: known.row, nodes: known.nodes.map((node) => this.#filled(node)) };
  }

  /** A page of threads, behind its last row those of starred messages that the archives have lost, where it asks for them. */
  threads(page: ThreadPage, query: string | undefined): ThreadPage {
    if (page.next !== undefined || !asksForStarred(query)) return page;
    const rows = new Map(page.threads.map((row) => [row.thread, row]));
    for (const { thread } of this.#lost()) {
      if (!rows.has(thread.row.thread)) rows.set(thread.row.thread, thread.row);
    }
    return { threads: [...rows.values()] };
  }

  /** The same for a page of messages. */
  search(page: SearchPage, query: string): SearchPage {
    if (page.next !== undefined || !asksForStarred(query)) return page;
    const lost = this.#lost().flatMap(({ thread, messageId }) => foundIn(thread, messageId));
    return { found: [...page.found, ...lost] };
  }

  /** Starred messages that the archives have lost, with their threads. */
  #lost(): { messageId: string; thread: Thread }[] {
    const ids = this.#state?.keptFor(STARRED) ?? [];
    const held = this.#archives().has(ids);
    return ids.flatMap((messageId, at) => {
      const thread = held[at] === true ? null : this.thread(messageId);
      return thread === null ? [] : [{ messageId, thread }];
    });
  }

  #filled(node: ThreadNode): ThreadNode {
    if (!node.missing) return node;
    const kept = this.#state?.message(node.messageId);
    return kept === undefined ? node : { ...node, ...shown(kept), ...this.#marks(node.messageId) };
  }

  #marks(messageId: string): { marks?: { starred: true } } {
    return this.#state?.marks.value(messageId, "star") === undefined ? {} : { marks: { starred: true } };
  }

  close(): void {
    this.#state?.close();
  }
}

/** A message of a thread, as a search tells it. */
function foundIn({ row, nodes }: Thread, messageId: string): FoundRow[] {
  return nodes
    .filter((node) => node.messageId === messageId)
    .map(({ subject, fromName, fromAddress, dateMs = 0 }) => {
      return { messageId, thread: row.thread, subject, fromName, fromAddress, dateMs, list: row.list };
    });
}

/** What a node shows of a kept message. */
function shown({ skeleton, imposters }: KeptMessage) {
  const { subject, fromName, fromAddress, dateMs } = skeleton;
  return {
    subject,
    fromName,
    fromAddress,
    ...(dateMs === undefined ? {} : { dateMs }),
    missing: false,
    kept: true,
    unread: false,
    imposters,
  };
}

function aloneThread(messageId: string, kept: KeptMessage, marks: Pick<ThreadNode, "marks">): Thread {
  const { subject, fromName, fromAddress, dateMs = 0 } = kept.skeleton;
  return {
    row: {
      thread: messageId,
      subject,
      fromName,
      fromAddress,
      dateMs,
      lastMs: dateMs,
      messages: 1,
      participants: 1,
      unread: 0,
      list: kept.list,
      ...marks,
    },
    nodes: [{ messageId, depth: 0, ...shown(kept), ...marks }],
  };
}
