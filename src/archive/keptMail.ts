/** Messages that no archive has any more, shown as long as something of the person's refers to them. */
import { parseQuery } from "./query.ts";
import type { FoundRow, RawMessage, ThreadNode, ThreadRow } from "./remote.ts";
import type { KeptMessage, State } from "./state.ts";

type Thread = { row: ThreadRow; nodes: ThreadNode[] };

/** The word of the reason for which a starred message is kept; its Message-ID follows. */
export const STARRED = "star";

/** Whether a query asks for what is starred and for nothing else. */
export function asksForStarred(query = ""): boolean {
  const [term, ...more] = parseQuery(query).filter(({ operator, text }) => !operator || !/^[()]$/.test(text));
  return term?.field === "is" && term.text === "starred" && more.length === 0;
}

/** Answers with what is kept where the archives have nothing. Without a state nothing is kept. */
export class KeptMail {
  readonly #state: State | undefined;

  constructor(state: State | undefined) {
    this.#state = state;
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

  has(messageId: string): boolean {
    return this.#state?.has(messageId) ?? false;
  }

  /** What the archives gave for these ids, in the order asked, with what is kept in the place of what they lack. */
  completed(messageIds: readonly string[], found: readonly RawMessage[]): RawMessage[] {
    if (this.#state === undefined) return [...found];
    const byId = new Map<string, RawMessage[]>();
    for (const mail of found) byId.set(mail.messageId, [...(byId.get(mail.messageId) ?? []), mail]);
    return messageIds.flatMap((id) => byId.get(id) ?? this.#state?.raw(id) ?? []);
  }

  /** A thread with its kept messages in their places; one of a kept message alone when no archive knows the id. */
  thread(messageId: string, known: Thread | null): Thread | null {
    if (this.#state === undefined) return known;
    if (known !== null) {
      return { row: known.row, nodes: known.nodes.map((node) => (node.missing ? this.#filled(node) : node)) };
    }
    const kept = this.#state.message(messageId);
    return kept === undefined ? null : aloneThread(messageId, kept, this.#marks(messageId));
  }

  /**
   * Starred messages that the archives have lost, with their threads.
   * @param known a thread as the archives have it, with such a message as one that is missing; null when they do not
   * @param holds which messages the archives have
   */
  starred(
    known: (messageId: string) => Thread | null,
    holds: (messageIds: readonly string[]) => boolean[],
  ): { messageId: string; thread: Thread }[] {
    const ids = this.#state?.keptFor(STARRED) ?? [];
    const held = holds(ids);
    return ids.flatMap((messageId, at) => {
      const thread = held[at] === true ? null : this.thread(messageId, known(messageId));
      return thread === null ? [] : [{ messageId, thread }];
    });
  }

  #filled(node: ThreadNode): ThreadNode {
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
export function foundIn({ row, nodes }: Thread, messageId: string): FoundRow[] {
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
