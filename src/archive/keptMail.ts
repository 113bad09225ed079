/** Messages that no archive has any more, shown as long as something of the person's refers to them. */
import type { RawMessage, ThreadNode, ThreadRow } from "./remote.ts";
import type { KeptMessage, State } from "./state.ts";

type Thread = { row: ThreadRow; nodes: ThreadNode[] };

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
    return kept === undefined ? null : aloneThread(messageId, kept);
  }

  #filled(node: ThreadNode): ThreadNode {
    const kept = this.#state?.message(node.messageId);
    return kept === undefined ? node : { ...node, ...shown(kept) };
  }

  close(): void {
    this.#state?.close();
  }
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

function aloneThread(messageId: string, kept: KeptMessage): Thread {
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
    },
    nodes: [{ messageId, depth: 0, ...shown(kept) }],
  };
}
