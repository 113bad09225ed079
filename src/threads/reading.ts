/** How one message is read: its blocks, each with what folds and where its cited lines come from. */
import { type Block, type CitedAncestor, readBody } from "../mail/body.ts";
import { foldBlocks } from "../mail/fold.ts";
import type { Message } from "../mail/message.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import { type CitedMessage, citedSources, citeStates, joinSources, type SourceRun } from "./provenance.ts";

/** A block as it is shown: a run of lines of one kind, depth, author, source and fold. */
export interface ReadBlock extends Block {
  folded: boolean;
  source?: SourceRun;
}

/** Whether the message that this one answers is at hand and was shown to the person (F812, V705). */
export type ParentState = "seen" | "unread" | "missing";

/** The ids of the messages that one says it answers: the parent first. */
export function ancestorIds({ references, inReplyTo }: Message): string[] {
  // A single In-Reply-To is the parent wherever References have it (RFC 5322 section 3.6.4).
  const parent = inReplyTo.length === 1 ? inReplyTo : [];
  return [...new Set([...parent, ...references.toReversed(), ...inReplyTo])];
}

/** The chain of messages answered; one that is named but not at hand keeps its place, since depth counts places. */
function citedChain(message: Message, ancestors: readonly Message[]): (CitedMessage & CitedAncestor)[] {
  const held = new Map(ancestors.map((ancestor) => [ancestor.messageId, ancestor]));
  const named = ancestorIds(message);
  const last = named.findLastIndex((id) => held.has(id));
  const rest = ancestors.map(({ messageId }) => messageId).filter((id) => !named.includes(id));
  return [...named.slice(0, last + 1), ...rest].map((messageId) => {
    const ancestor = held.get(messageId);
    const author = ancestor?.from[0];
    return { messageId, author: author && (author.name || author.address), body: ancestor?.body };
  });
}

/**
 * The blocks of a message over the lines of its body, in order, every line in exactly one of them.
 * `ancestors` are the messages it answers as far as they are at hand: its parent first, then the parent's parent.
 */
export function readMessage(
  message: Message,
  ancestors: readonly Message[],
  parentState: ParentState,
): ReadBlock[] {
  const { body, footerLine } = message;
  const { isPatch, isReply } = readPatchPrefix(message.subject);
  const chain = citedChain(message, ancestors);
  const blocks = readBody(body, { footerLine, isPatch: isPatch && !isReply, ancestors: chain });
  const sources = citedSources(body, blocks, chain);
  const answers = message.references.length + message.inReplyTo.length > 0;
  const folded = foldBlocks(body, blocks, {
    parent: answers ? parentState : "none",
    states: citeStates(sources),
  });
  // After folding: a fold that splits a block would leave its source on both halves.
  return joinSources(folded, sources);
}
