/** How one message is read: its blocks, each with what folds and where its cited lines come from. */
import { type Block, type BodyHints, readBody } from "../mail/body.ts";
import { type CiteState, type FoldContext, foldBlocks } from "../mail/fold.ts";
import type { Message } from "../mail/message.ts";
import { readPatchPrefix } from "../mail/subject.ts";

/** Where cited lines were said first. Lines count from 1 in that message's body, both ends included. */
export interface CiteSource {
  messageId: string;
  firstLine: number;
  lastLine: number;
  state: CiteState;
}

/** A block as it is shown: a run of lines of one kind, depth, author, source and fold. */
export interface ReadBlock extends Block {
  folded: boolean;
  source?: CiteSource;
}

/** Whether the message that this one answers is at hand and was shown to the person (F812, V705). */
export type ParentState = "seen" | "unread" | "missing";

/** What is known of a message beside its body, for taking the body apart. */
function bodyHints(message: Message, ancestors: readonly Message[]): BodyHints {
  const { isPatch, isReply } = readPatchPrefix(message.subject);
  return {
    footerLine: message.footerLine,
    isPatch: isPatch && !isReply,
    ancestors: ancestors.map(({ from: [author], body }) => ({
      author: author && (author.name || author.address),
      body,
    })),
  };
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
  const blocks: Block[] = readBody(message.body, bodyHints(message, ancestors));
  const answers = message.references.length + message.inReplyTo.length > 0;
  const context: FoldContext = { parent: answers ? parentState : "none" };
  return foldBlocks(message.body, blocks, context);
}
