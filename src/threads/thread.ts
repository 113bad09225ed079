/** Skeletons to tree: how the messages of one thread hang together, in reading order, ghosts included. */

/** One held message, as far as its place in the thread goes. `Id` names messages: a Message-ID or a key for it. */
export interface Kin<Id> {
  id: Id;
  messageId: string;
  /** Candidate ancestors, oldest first, the direct parent last. */
  references: readonly Id[];
  /** When it was sent, milliseconds since 1970 UTC (`sentMs`); undefined when nothing tells. */
  ms: number | undefined;
}

/** One node of the tree. A ghost is a message that others refer to and that is not held. */
export interface Node<Id, Message extends Kin<Id>> {
  id: Id;
  /** The node above; undefined for a root. */
  parent: Id | undefined;
  depth: number;
  /** What is held under this id, the earliest first; empty for a ghost, more than one for imposters. */
  held: Message[];
}

/** Mail did not carry dates before RFC 822; what says so has a clock that was never set. */
const FIRST_MS = Date.UTC(1982, 0, 1);
const DAY_MS = 86_400_000;

/**
 * Of ghosts that hang on one another, each the only answer to the one above, the first is shown and so many of the last:
 * one mail with a thousand References would push its thread out of sight.
 */
const LAST_GHOSTS = 4;

/**
 * When a message was sent, as far as one can believe it: its own date, but for one that is missing, before
 * RFC 822 or more than a day after its arrival (or after `nowMs` where the arrival is unknown): then the
 * arrival decides. All in milliseconds since 1970 UTC.
 */
export function sentMs(
  dateMs: number | undefined,
  arrivedMs: number | undefined,
  nowMs: number,
): number | undefined {
  const absurd = dateMs === undefined || dateMs < FIRST_MS || dateMs > (arrivedMs ?? nowMs) + DAY_MS;
  return absurd ? arrivedMs : dateMs;
}

interface Draft<Id, Message extends Kin<Id>> {
  id: Id;
  held: Message[];
  parent: Draft<Id, Message> | undefined;
  /** The link to the parent is another message's word (its References), not this one's own. */
  hearsay: boolean;
  children: Draft<Id, Message>[];
  /** Earliest message at or, for a ghost, below this node: what siblings are ordered by. */
  ms: number;
  tie: string;
  depth: number;
  /** Round of the search for cycles that came by here; 0 = none yet. */
  round: number;
}

const time = (message: { ms: number | undefined }): number => message.ms ?? Number.POSITIVE_INFINITY;

function earlier(aMs: number, aTie: string, bMs: number, bTie: string): number {
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  if (aTie === bTie) return 0;
  return aTie < bTie ? -1 : 1;
}

/**
 * The tree over the messages of one thread, as a list in reading order: a node before its answers, answers by
 * date, unknown dates last. The result does not depend on the order of `messages`, but for imposters sent in
 * the same second. A message's own word about its parent stands; for ghosts, and for held messages that name
 * no ancestor, the References of the earliest message that mentions them stand in. Cycles are cut.
 * Takes time and memory proportional to the messages and their references; does not recurse.
 */
export function threadTree<Id, Message extends Kin<Id>>(messages: readonly Message[]): Node<Id, Message>[] {
  const nodes = new Map<Id, Draft<Id, Message>>();
  const nodeOf = (id: Id): Draft<Id, Message> => {
    let node = nodes.get(id);
    if (node === undefined) {
      node = {
        id,
        held: [],
        parent: undefined,
        hearsay: false,
        children: [],
        ms: Number.POSITIVE_INFINITY,
        tie: "",
        depth: 0,
        round: 0,
      };
      nodes.set(id, node);
    }
    return node;
  };

  const ranked = [...messages].sort((a, b) => earlier(time(a), a.messageId, time(b), b.messageId));
  for (const message of ranked) nodeOf(message.id).held.push(message);
  link(ranked, nodes, nodeOf);
  cutCycles(nodes);
  const roots = order(nodes);
  return flatten(roots);
}

/** Gives every node its parent. `ranked` is earliest first, so the first to mention a node decides for it. */
function link<Id, Message extends Kin<Id>>(
  ranked: readonly Message[],
  nodes: ReadonlyMap<Id, Draft<Id, Message>>,
  nodeOf: (id: Id) => Draft<Id, Message>,
): void {
  for (const node of [...nodes.values()]) {
    const own = node.held[0]?.references ?? [];
    for (let at = own.length - 1; at >= 0 && node.parent === undefined; at -= 1) {
      const id = own[at] as Id;
      if (id !== node.id) node.parent = nodeOf(id);
    }
  }
  for (const message of ranked) {
    for (let at = message.references.length - 1; at > 0; at -= 1) {
      const child = nodeOf(message.references[at] as Id);
      const parent = nodeOf(message.references[at - 1] as Id);
      if (child.parent !== undefined || parent === child) continue;
      child.parent = parent;
      child.hearsay = true;
    }
    if (message.references.length > 0) nodeOf(message.references[0] as Id);
  }
}

/** Each cycle loses one link: hearsay before a message's own word, then the one above its earliest message. */
function cutCycles<Id, Message extends Kin<Id>>(nodes: ReadonlyMap<Id, Draft<Id, Message>>): void {
  let round = 0;
  for (const start of nodes.values()) {
    if (start.round !== 0) continue;
    round += 1;
    let node: Draft<Id, Message> | undefined = start;
    while (node !== undefined && node.round === 0) {
      node.round = round;
      node = node.parent;
    }
    if (node === undefined || node.round !== round) continue;
    let cut = node;
    for (let at = node.parent; at !== undefined && at !== node; at = at.parent) {
      if (cutsBefore(at, cut)) cut = at;
    }
    cut.parent = undefined;
  }
}

function cutsBefore<Id, Message extends Kin<Id>>(a: Draft<Id, Message>, b: Draft<Id, Message>): boolean {
  if (a.hearsay !== b.hearsay) return a.hearsay;
  const [first, second] = [a.held[0], b.held[0]];
  if (first === undefined || second === undefined) return first !== undefined;
  return earlier(time(first), first.messageId, time(second), second.messageId) < 0;
}

/** Fills in children and depths, gives ghosts the time of what is below them, sorts; returns the roots. */
function order<Id, Message extends Kin<Id>>(
  nodes: ReadonlyMap<Id, Draft<Id, Message>>,
): Draft<Id, Message>[] {
  const roots: Draft<Id, Message>[] = [];
  for (const node of nodes.values()) {
    const first = node.held[0];
    if (first !== undefined) {
      node.ms = time(first);
      node.tie = first.messageId;
    }
    if (node.parent === undefined) roots.push(node);
    else node.parent.children.push(node);
  }
  shortenRuns(nodes);
  const downwards = [...roots];
  for (let at = 0; at < downwards.length; at += 1) {
    const node = downwards[at] as Draft<Id, Message>;
    for (const child of node.children) {
      child.depth = node.depth + 1;
      downwards.push(child);
    }
  }
  const siblings = (a: Draft<Id, Message>, b: Draft<Id, Message>) => earlier(a.ms, a.tie, b.ms, b.tie);
  for (let at = downwards.length - 1; at >= 0; at -= 1) {
    const node = downwards[at] as Draft<Id, Message>;
    if (node.children.length > 1) node.children.sort(siblings);
    const first = node.children[0];
    if (node.held.length === 0 && first !== undefined) {
      node.ms = first.ms;
      node.tie = first.tie;
    }
  }
  return roots.sort(siblings);
}

/** Takes the middle out of long runs of ghosts. */
function shortenRuns<Id, Message extends Kin<Id>>(nodes: ReadonlyMap<Id, Draft<Id, Message>>): void {
  const goesOn = (node: Draft<Id, Message> | undefined): boolean =>
    node !== undefined && node.held.length === 0 && node.children.length === 1;
  for (const last of nodes.values()) {
    // From the last of a run upwards.
    if (!goesOn(last) || goesOn(last.children[0])) continue;
    let kept = last;
    let first = last;
    for (let above = 1; goesOn(first.parent); above += 1) {
      first = first.parent as Draft<Id, Message>;
      if (above < LAST_GHOSTS) kept = first;
    }
    if (first === kept) continue;
    first.children = [kept];
    kept.parent = first;
  }
}

function flatten<Id, Message extends Kin<Id>>(roots: readonly Draft<Id, Message>[]): Node<Id, Message>[] {
  const reading: Node<Id, Message>[] = [];
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { id, parent, depth, held, children } = node;
    reading.push({ id, parent: parent?.id, depth, held });
    for (let at = children.length - 1; at >= 0; at -= 1) {
      waiting.push(children[at] as Draft<Id, Message>);
    }
  }
  return reading;
}
