/** Messages out of the index, decoded, each with those it answers: a few at a time, whatever the number asked for. */

import type { Archive } from "../archive/archive.ts";
import type { RawMessage } from "../archive/remote.ts";
import { readMarks } from "../mail/marks.ts";
import { type Message, parseMessage } from "../mail/message.ts";
import { ancestorIds, type ParentState } from "../threads/reading.ts";
import { unknownMessage } from "./threads.ts";

/** A message of the index and what is needed to read it. */
export interface IndexedMessage {
  raw: RawMessage;
  message: Message;
  /** Those of the messages it answers that the index has: the nearest first. */
  ancestors: Message[];
  parentState: ParentState;
}

/** Messages fetched in one go: few enough that large ones fit, enough that git is asked rarely. */
const batchSize = 32;
/** Mail whose decoded messages are kept for the next batches, in bytes: threads arrive close together. */
const cacheSize = 6_000_000;
/** Deeper citing than this is real (1,023 was seen), but every level costs a message to be read. */
const deepest = 40;

/** Decoded messages by id, the oldest dropped when there is too much of them. */
class Decoded {
  readonly #held = new Map<string, { message: Message; size: number }>();
  #size = 0;

  get(messageId: string): Message | undefined {
    return this.#held.get(messageId)?.message;
  }

  /** `size` is that of the mail in bytes. The first message of an id stays: the others are imposters. */
  add(message: Message, size: number): void {
    if (this.#held.has(message.messageId)) return;
    this.#held.set(message.messageId, { message, size });
    this.#size += size;
  }

  trim(): void {
    for (const [id, { size }] of this.#held) {
      if (this.#size <= cacheSize) return;
      this.#held.delete(id);
      this.#size -= size;
    }
  }
}

/** Ids of the messages needed to read one: those it answers, as many as its cited text goes deep. */
function neededIds(message: Message): string[] {
  let depth = 0;
  for (const line of message.body.split("\n")) {
    if (line.startsWith(">")) depth = Math.max(depth, readMarks(line.slice(0, 400)).depth);
  }
  return ancestorIds(message).slice(0, depth === 0 ? 0 : Math.min(depth + 1, deepest));
}

async function* pages(archive: Archive, ids: readonly string[] | undefined): AsyncGenerator<string[]> {
  if (ids) {
    for (let at = 0; at < ids.length; at += batchSize) yield ids.slice(at, at + batchSize);
    return;
  }
  let after: number | undefined;
  do {
    const page = await archive.ids({ ...(after === undefined ? {} : { after }), limit: batchSize });
    yield page.ids;
    after = page.next;
  } while (after !== undefined);
}

/**
 * The messages with these ids, or all of the index, imposters included. Throws a UserError for an id that the index
 * does not have, after what stands before it was given.
 */
export async function* readMessages(
  archive: Archive,
  ids: readonly string[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<IndexedMessage> {
  const decoded = new Decoded();
  for await (const page of pages(archive, ids)) {
    const batch: { raw: RawMessage; message: Message }[] = [];
    for (const raw of await archive.raw({ messageIds: page }, signal)) {
      const message = await parseMessage(raw.raw);
      decoded.add(message, raw.raw.byteLength);
      batch.push({ raw, message });
      signal.throwIfAborted();
    }
    const wanted = new Set(
      batch.flatMap(({ message }) => neededIds(message)).filter((id) => !decoded.get(id)),
    );
    for (const { raw } of wanted.size > 0 ? await archive.raw({ messageIds: [...wanted] }, signal) : []) {
      decoded.add(await parseMessage(raw), raw.byteLength);
      signal.throwIfAborted();
    }
    const parents = batch.map(({ message }) => ancestorIds(message)[0] ?? "");
    const held = await archive.has({ messageIds: parents }, signal);
    const missing = ids && page.find((id) => !batch.some(({ raw }) => raw.messageId === id));
    for (const [at, { raw, message }] of batch.entries()) {
      const ancestors = neededIds(message).flatMap((id) => decoded.get(id) ?? []);
      // Every indexed message counts as read here: nothing says what a person has seen.
      yield { raw, message, ancestors, parentState: held[at] ? "seen" : "missing" };
    }
    if (missing !== undefined) throw unknownMessage(missing);
    decoded.trim();
  }
}
