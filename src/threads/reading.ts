/** How one message is read: its blocks, each with what folds and where its cited lines come from. */
import type { Block } from "../mail/body.ts";
import type { Message } from "../mail/message.ts";

/** Where cited lines were said first. Lines count from 1 in that message's body, both ends included. */
export interface CiteSource {
  messageId: string;
  firstLine: number;
  lastLine: number;
  state: "verbatim" | "rewrapped" | "edited" | "foreign" | "unknown";
}

/** A block as it is shown: a run of lines of one kind, depth, author, source and fold. */
export interface ReadBlock extends Block {
  folded: boolean;
  source?: CiteSource;
}

/** Whether the message that this one answers is at hand and was shown to the person (F812, V705). */
export type ParentState = "seen" | "unread" | "missing";

/**
 * The blocks of a message over the lines of its body, in order, every line in exactly one of them.
 * `ancestors` are the messages it answers as far as they are at hand: its parent first, then the parent's parent.
 */
export function readMessage(
  message: Message,
  ancestors: readonly Message[],
  parentState: ParentState,
): ReadBlock[] {
  void ancestors;
  void parentState;
  const lines = message.body.split("\n").length;
  return [{ kind: "text", depth: 0, firstLine: 1, lastLine: lines, folded: false }];
}
