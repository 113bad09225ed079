/** Whose words cited blocks are, where the attribution and the source disagree (A408). */

import type { Mailbox } from "../mail/address.ts";
import { samePerson } from "../mail/attribution.ts";
import type { Block } from "../mail/block.ts";
import type { LineSource } from "./provenance.ts";

/** What an attribution says that the source disproves: `author` is who said it, `named` who was named. */
export interface Disputed {
  named?: string;
}

/** Fewer lines of an author may be a coincidence. */
const LEAST_LINES = 2;

const isNamed = (person: Mailbox | undefined, label: string): boolean =>
  person !== undefined && (samePerson(person.name, label) || samePerson(person.address, label.toLowerCase()));

/**
 * The blocks with the author that their source proves: provenance wins over an attribution, and the block says who was
 * named. Somebody is taken for another person only when the attribution means an author of the chain, since names are
 * written in many ways.
 * @param sources of the lines of these blocks, in order
 * @param authors the authors of the cited messages, by Message-ID
 */
export function settleAuthors<B extends Block>(
  blocks: readonly B[],
  sources: readonly LineSource[],
  authors: ReadonlyMap<string, Mailbox>,
): (B & Disputed)[] {
  /** Whom a label means, by author and label: few of either, and many blocks. */
  const asked = new Map<string, boolean>();
  const means = (messageId: string, label: string): boolean => {
    const key = `${messageId}\n${label}`;
    const known = asked.get(key) ?? isNamed(authors.get(messageId), label);
    asked.set(key, known);
    return known;
  };
  /** The depth of an attribution above: it may name whom the source does, when it is inside its text (A410). */
  let inside = 0;
  let next = 0;
  return blocks.map((block): B & Disputed => {
    const first = next;
    while ((sources[next]?.line ?? Number.POSITIVE_INFINITY) <= block.lastLine) next++;
    if (block.depth < inside) inside = 0;
    if (block.kind === "attribution") inside = block.depth;

    const messageId = block.depth > 0 && isWords(block) ? onlySource(sources, first, next) : undefined;
    const author = messageId === undefined ? undefined : authors.get(messageId);
    const label = author === undefined ? "" : author.name || author.address;
    if (messageId === undefined || label === "") return block;
    if (block.author !== undefined && means(messageId, block.author)) return block;
    if (block.author === undefined || block.inferred === true)
      return { ...block, author: label, inferred: true };
    const named = block.author;
    const another = [...authors.keys()].some((id) => means(id, named));
    if (!another) return block;
    return block.depth === inside ? { ...block, author: label } : { ...block, author: label, named };
  });
}

/** Attributions and what stands below a text are the same in many messages. */
const isWords = ({ kind }: Block): boolean =>
  kind !== "attribution" && kind !== "signature" && kind !== "footer";

/** The message whose author said every one of these lines that was found; undefined when there are several. */
function onlySource(sources: readonly LineSource[], first: number, end: number): string | undefined {
  let messageId: string | undefined;
  let lines = 0;
  for (let at = first; at < end; at++) {
    const source = sources[at];
    if (source === undefined || source.state === "foreign" || source.state === "unknown") continue;
    if (source.sourceDepth > 0 || (messageId !== undefined && messageId !== source.messageId))
      return undefined;
    messageId = source.messageId;
    lines++;
  }
  return lines >= LEAST_LINES ? messageId : undefined;
}
