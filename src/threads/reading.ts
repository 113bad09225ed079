/** How one message is read: its blocks, each with what folds, who said it and where its cited lines come from. */

import type { Mailbox } from "../mail/address.ts";
import type { Block } from "../mail/block.ts";
import type { CiteLine } from "../mail/cite.ts";
import { foldBlocks } from "../mail/fold.ts";
import type { Message } from "../mail/message.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import type { WordedLines } from "../mail/wording.ts";
import { type Disputed, settleAuthors } from "./citedAuthors.ts";
import { type Edit, findEdits } from "./edits.ts";
import { citedSources, citeStates, joinSources, type LineSource, type SourceRun } from "./provenance.ts";
import { findRejoined, type Rejoined, rejoinBlocks } from "./rejoin.ts";
import { SaidTexts } from "./saidText.ts";

/** A block as it is shown: a run of lines of one kind, depth, author, source and fold. */
export interface ReadBlock extends Block, Disputed {
  folded: boolean;
  source?: SourceRun;
  /** Its lines that a mailer wrapped, in order: those that are shown with the line above, and those that may belong there. */
  wrapped?: Rejoined[];
  /** Its lines that were edited when they were cited. */
  edits?: EditedLine[];
}

/** A line (of the body, from 1) that differs from what was said, and where; columns are those of its content. */
export interface EditedLine {
  line: number;
  said: string;
  edits: Edit[];
}

/** A message as it is read: its blocks, and each line of its body apart from its marks. */
export interface Reading {
  blocks: ReadBlock[];
  lines: CiteLine[];
  worded: WordedLines;
}

/** Whether the message that this one answers is at hand and was shown to the person (F812, V705). */
export type ParentState = "seen" | "unread" | "missing";

/** Nobody cites what was said further up than this; a thread may be a chain of thousands (D105). */
export const MOST_ANCESTORS = 100;

/** The ids of the messages that one says it answers: the parent first. */
export function ancestorIds({ references, inReplyTo }: Message): string[] {
  // A single In-Reply-To is the parent wherever References have it (RFC 5322 section 3.6.4).
  const parent = inReplyTo.length === 1 ? inReplyTo : [];
  return [...new Set([...parent, ...references.toReversed(), ...inReplyTo])];
}

interface Link {
  messageId: string;
  person: Mailbox | undefined;
  author: string | undefined;
  body: string | undefined;
  says: ((line: string) => boolean) | undefined;
}

/** The chain of messages answered; one that is named but not at hand keeps its place, since depth counts places. */
function citedChain(message: Message, all: readonly Message[], said: SaidTexts): Link[] {
  const ancestors = all.slice(0, MOST_ANCESTORS);
  const held = new Map(ancestors.map((ancestor) => [ancestor.messageId, ancestor]));
  const named = ancestorIds(message).slice(0, MOST_ANCESTORS);
  const last = named.findLastIndex((id) => held.has(id));
  const rest = ancestors.map(({ messageId }) => messageId).filter((id) => !named.includes(id));
  return [...named.slice(0, last + 1), ...rest].map((messageId) => {
    const ancestor = held.get(messageId);
    const person = ancestor?.from[0];
    const body = ancestor?.body;
    const says = body === undefined ? undefined : (line: string) => said.of(body).has(line);
    return { messageId, person, author: person?.name || person?.address, body, says };
  });
}

/**
 * Reads a message: its blocks over the lines of its body, in order, every line in exactly one of them. Lines that lost
 * their marks are in the block of the line above them (P502); the body itself stays as it is.
 * @param ancestors the messages it answers as far as they are at hand: its parent first, then the parent's parent
 * @param said the bodies of the thread that are indexed already; give the same for every message of a thread
 */
export function readMessage(
  message: Message,
  ancestors: readonly Message[],
  parentState: ParentState,
  said = new SaidTexts(),
): Reading {
  const { body, footerLine, literalLines } = message;
  const { isPatch, isReply } = readPatchPrefix(message.subject);
  const chain = citedChain(message, ancestors, said);
  const { worded, structure } = said.of(body);
  const { lines, blocks } = structure.read(body, {
    worded,
    footerLine,
    literalLines,
    isPatch: isPatch && !isReply,
    ancestors: chain,
  });
  const found = citedSources(body, blocks, chain, said);
  const wrapped = findRejoined(body, blocks, found, chain, said);
  const rejoined = new Set(wrapped.filter(({ proven }) => proven).map(({ line }) => line));
  const joined = rejoinBlocks(body, blocks, rejoined, said);
  const sources = rejoined.size === 0 ? found : citedSources(body, joined, chain, said);
  const people = new Map(chain.flatMap(({ messageId, person }) => (person ? [[messageId, person]] : [])));
  const answers = message.references.length + message.inReplyTo.length > 0;
  const folded = foldBlocks(body, settleAuthors(joined, sources, people), {
    worded,
    parent: answers ? parentState : "none",
    states: citeStates(sources),
    rejoined,
  });
  // After folding: a fold that splits a block would leave its source on both halves.
  const edited = findEdited(lines, sources, chain, said);
  return { lines, blocks: markEdited(markWrapped(joinSources(folded, sources), wrapped), edited), worded };
}

/** The edited ones among the cited lines, with what was said in their place. */
function findEdited(
  lines: readonly CiteLine[],
  sources: readonly LineSource[],
  chain: readonly Link[],
  said: SaidTexts,
): EditedLine[] {
  const found: EditedLine[] = [];
  for (const { state, line, messageId, sourceLine } of sources) {
    const body = state === "edited" ? chain.find((link) => link.messageId === messageId)?.body : undefined;
    if (body === undefined) continue;
    const was = said.of(body).textAt(sourceLine);
    const edits = findEdits(lines[line - 1]?.content ?? "", was);
    if (edits !== undefined) found.push({ line, said: was, edits });
  }
  return found;
}

function markEdited(blocks: readonly ReadBlock[], edited: readonly EditedLine[]): ReadBlock[] {
  if (edited.length === 0) return [...blocks];
  let next = 0;
  return blocks.map((block) => {
    const first = next;
    while ((edited[next]?.line ?? Number.POSITIVE_INFINITY) <= block.lastLine) next++;
    return first === next ? block : { ...block, edits: edited.slice(first, next) };
  });
}

function markWrapped(blocks: readonly ReadBlock[], wrapped: readonly Rejoined[]): ReadBlock[] {
  if (wrapped.length === 0) return [...blocks];
  return blocks.map((block) => {
    const inside = wrapped.filter(({ line }) => line >= block.firstLine && line <= block.lastLine);
    return inside.length === 0 ? block : { ...block, wrapped: inside };
  });
}
