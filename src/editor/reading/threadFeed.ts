/** A thread as the reader gets it: the outline at once, the messages decoded in chunks, the wanted one first. */
import { setImmediate } from "node:timers/promises";
import type { ThreadNode } from "../../archive/remote.ts";
import { abortError } from "../../base/channel.ts";
import type { Message } from "../../mail/message.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import type { Trackers } from "../../mail/trackers.ts";
import { linkedIds, markHeld } from "../../reader/bodyLinks.ts";
import type { MessageView, ThreadView } from "../../reader/protocol.ts";
import { viewMessage, viewThread } from "../../reader/view.ts";
import { MOST_ANCESTORS } from "../../threads/reading.ts";
import { SaidTexts } from "../../threads/saidText.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { decodeMessage } from "../decoder.ts";

/** Messages of the first chunks: the one that is read at once, what a screen shows below it. */
const FIRST_CHUNKS = [1, 3];
/** Messages of all others: few enough that the window never waits for decoding. */
const CHUNK = 30;

export interface Chunk {
  messages: MessageView[];
  done: boolean;
}

export interface Thread {
  /** The panel's title. */
  title: string;
  view: ThreadView;
  /** Equal for two loads when the thread has the same messages, read the same way. */
  signature: string;
  /** Whether a message is a patch, or stands below one. */
  isPatch(messageId: string): boolean;
  /** Every message that is there, each once, the wanted one's chunk first. Ends with an AbortError when aborted. */
  chunks(goTo: string | undefined, signal: AbortSignal): AsyncGenerator<Chunk>;
}

/** Reading order, begun at the wanted message: it and what follows, then what stands before it. */
function order(nodes: readonly ThreadNode[], goTo: string | undefined): ThreadNode[] {
  const at = Math.max(
    0,
    nodes.findIndex(({ messageId }) => messageId === goTo),
  );
  return [...nodes.slice(at), ...nodes.slice(0, at)].filter(({ missing }) => !missing);
}

/** Notes which of the messages that these link to an archive has; one question for all of them. */
async function findHeld(archive: Archive, views: readonly MessageView[], signal: AbortSignal): Promise<void> {
  const messageIds = linkedIds(views);
  if (messageIds.length === 0) return;
  const present = await archive.request("has", { messageIds }, signal);
  const held = new Set(messageIds.filter((_, index) => present[index]));
  markHeld(views, (messageId) => held.has(messageId));
}

/** The thread a message belongs to; undefined when no archive knows it. */
export type LoadThread = (messageId: string) => Promise<Thread | undefined>;

/** Threads whose messages stay as they were made, and how many messages of them in all. */
const KEPT_THREADS = 8;
const KEPT_MESSAGES = 2000;

/** A message's place and state, as far as they decide how it is read. */
const stateOf = ({ messageId: id, depth, missing, pending, readAs }: ThreadNode): string =>
  [id, depth, missing ? "-" : pending ? "~" : "+", ...Object.keys(readAs ?? {})].join(" ");

/**
 * Loads threads, and keeps those that were read last: going back to one costs nothing, and in one that grew only what
 * came is read.
 * @param trackersNow the person's bug trackers, asked anew for each thread
 */
export function openThreadFeed(archive: Archive, trackersNow: () => Trackers): LoadThread {
  /** By what makes them equal; the one that was asked for last is the last. */
  const kept = new Map<string, Messages>();
  /** What messages say is read once, whichever thread they are shown in. */
  const said = new SaidTexts();

  return async (messageId) => {
    const answer = await archive.request("thread", { messageId });
    if (answer === null) return undefined;
    const { row, nodes } = answer;
    const view = viewThread(row, nodes);
    const signature = nodes.map(stateOf).join("\n");
    const trackers = trackersNow();
    const name = `${JSON.stringify(trackers)}\n${row.thread}`;
    const key = `${name}\n${signature}`;
    const grown = kept.has(key) ? undefined : [...kept].findLast(([, { name: other }]) => other === name);
    const messages = kept.get(key) ?? openMessages(archive, nodes, trackers, { name, said }, grown?.[1]);
    if (grown !== undefined) kept.delete(grown[0]);
    kept.delete(key);
    kept.set(key, messages);
    let count = 0;
    for (const [at, [old, { size }]] of [...kept].reverse().entries()) {
      count += size;
      if (at > 0 && (at >= KEPT_THREADS || count > KEPT_MESSAGES)) kept.delete(old);
    }
    const isPatch = (id: string): boolean =>
      readPatchPrefix(nodes.find((node) => node.messageId === id)?.subject ?? "").isPatch;
    return { title: view.subject || "Thread", view, signature, isPatch, chunks: messages.chunks };
  };
}

const isSame = (one: readonly Message[], other: readonly Message[]): boolean =>
  one.length === other.length && one.every((message, at) => message === other[at]);

/** A message as it was viewed, and the messages that it was viewed among. */
interface Viewed {
  view: MessageView;
  ancestors: readonly Message[];
}

/** The messages of a thread as they are asked for; each is decoded and viewed once. */
interface Messages extends Pick<Thread, "chunks"> {
  size: number;
  name: string;
  byId: ReadonlyMap<string, ThreadNode>;
  decoded: ReadonlyMap<string, Message>;
  viewed: ReadonlyMap<string, Viewed>;
}

/**
 * @param name the thread, and the person's trackers that its links follow
 * @param before the same thread as it was when it was read last
 */
function openMessages(
  archive: Archive,
  nodes: readonly ThreadNode[],
  trackers: Trackers,
  { name, said }: { name: string; said: SaidTexts },
  before: Messages | undefined,
): Messages {
  const byId = new Map(nodes.map((node) => [node.messageId, node]));
  /** Decoded so far: a message is needed again where others cite it. */
  const decoded = new Map<string, Message>();
  const viewed = new Map<string, Viewed>();
  /** As they were viewed before: true still, where the messages that they answer are the same. */
  const known = new Map<string, Viewed>();
  for (const [id, message] of before?.decoded ?? []) {
    const [now, then, was] = [byId.get(id), before?.byId.get(id), before?.viewed.get(id)];
    if (now === undefined || then === undefined || stateOf(now) !== stateOf(then)) continue;
    decoded.set(id, message);
    if (was !== undefined && then.parent === now.parent) known.set(id, was);
  }

  const decode = async (ids: string[], signal: AbortSignal): Promise<void> => {
    const missing = [...new Set(ids)].filter((id) => !decoded.has(id) && byId.get(id)?.missing === false);
    if (missing.length === 0) return;
    for (const found of await archive.request("raw", { messageIds: missing }, signal)) {
      // Imposters come too; the first with an id is the one the thread shows.
      const { messageId: id } = found;
      if (!decoded.has(id)) decoded.set(id, await decodeMessage(found));
      await setImmediate();
      if (signal.aborted) throw abortError();
    }
  };

  /** The ids that a message answers, nearest first, as far as they are cited. */
  const ancestorIds = (id: string): string[] => {
    const ids: string[] = [];
    let parent = byId.get(id)?.parent;
    while (parent !== undefined && ids.length < MOST_ANCESTORS) {
      ids.push(parent);
      parent = byId.get(parent)?.parent;
    }
    return ids;
  };

  const viewOf = (node: ThreadNode, message: Message): Viewed => {
    const ancestors = ancestorIds(node.messageId).flatMap((id) => decoded.get(id) ?? []);
    const was = known.get(node.messageId);
    if (was !== undefined && isSame(was.ancestors, ancestors)) return was;
    const view = viewMessage(message, { node, ancestors, said, trackers });
    if (node.pending) view.badges.unshift("pending");
    return { view, ancestors };
  };

  async function* chunks(goTo: string | undefined, signal: AbortSignal): AsyncGenerator<Chunk> {
    const waiting = order(nodes, goTo);
    if (waiting.length === 0) yield { messages: [], done: true };
    const sizes = FIRST_CHUNKS.values();
    for (let at = 0, end = 0; at < waiting.length; at = end) {
      end += sizes.next().value ?? CHUNK;
      const chunk = waiting.slice(at, end);
      const fresh = chunk.filter(({ messageId: id }) => !viewed.has(id));
      await decode(
        fresh.flatMap(({ messageId: id }) => [id, ...ancestorIds(id)]),
        signal,
      );
      for (const node of fresh) {
        const message = decoded.get(node.messageId);
        if (message !== undefined) viewed.set(node.messageId, viewOf(node, message));
        await setImmediate();
        if (signal.aborted) throw abortError();
      }
      const messages = chunk.flatMap(({ messageId: id }) => viewed.get(id)?.view ?? []);
      await findHeld(archive, messages, signal);
      yield { messages, done: end >= waiting.length };
    }
  }

  return { size: nodes.length, name, byId, decoded, viewed, chunks };
}
