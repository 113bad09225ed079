/** What the Threads tree is made of, and how a thread in reading order becomes nested elements. */
import type { ArchiveRow, ThreadNode, ThreadRow, Unread } from "../../archive/remote.ts";
import type { SourceSpec } from "../../sources/source.ts";
import type { ArchiveState } from "../archives/sync.ts";
import type { RemoteSpec } from "../settings.ts";
import type { SearchRoot } from "./searchRoots.ts";

export interface ArchiveElement {
  kind: "archive";
  id: string;
  spec: SourceSpec;
  row: ArchiveRow;
  state: ArchiveState;
  /** It holds the threads that were opened by link. */
  isOpened: boolean;
}

export interface ListElement {
  kind: "list";
  id: string;
  parent: ArchiveElement;
  list: ArchiveRow["lists"][number];
}

/** A search, saved or just made, that shows what it finds. */
export interface SearchElement {
  kind: "search";
  id: string;
  search: SearchRoot;
  /** Unread mail in it, where that is counted. */
  unread?: number;
  /** The archives that are not read to their end: it reaches no further than those. */
  reach: readonly Unread[];
}

/** The threads that robots began, out of the way of the others. */
export interface LaneElement {
  kind: "lane";
  id: string;
  parent: ArchiveElement | ListElement;
}

/** What holds pages of threads: an archive with one list, one of several lists, a search, a lane. */
export type Container = ArchiveElement | ListElement | SearchElement | LaneElement;

export interface ThreadElement {
  kind: "thread";
  id: string;
  parent: Container;
  row: ThreadRow;
}

export interface MessageElement {
  kind: "message";
  id: string;
  parent: ThreadElement | MessageElement;
  node: ThreadNode;
  answers: MessageElement[];
  /** The subject of what it answers; undefined at the top of a thread. */
  parentSubject?: string;
  /** Open from the start, so that a thread shows as a whole at once. */
  open: boolean;
}

/** The item behind the last loaded thread. */
export interface OlderElement {
  kind: "older";
  id: string;
  parent: Container;
}

/** A row that only says something: loading, empty, failing. */
export interface NoticeElement {
  kind: "notice";
  id: string;
  /** Undefined at the top: nothing can be shown at all. */
  parent: Container | ThreadElement | undefined;
  icon: "loading~spin" | "warning" | "info" | "debug-pause";
  text: string;
}

/** An archive that stays on its server. */
export interface RemoteElement {
  kind: "remote";
  id: string;
  spec: RemoteSpec;
}

/** A thread as a server's feed tells of it; it is fetched when it is opened. */
export interface RemoteThreadElement {
  kind: "remoteThread";
  id: string;
  parent: RemoteElement;
  row: ThreadRow;
  /** A message of it that the server has. */
  via: string;
}

/** A row of a remote archive that says something, and what of the server it can ask for: the next page, or all that was found. */
export interface RemoteRow {
  kind: "remoteRow";
  id: string;
  parent: RemoteElement;
  icon: "warning" | "info" | "search" | "loading~spin" | "chevron-down" | "cloud-download";
  text: string;
  asks?: "older" | "found";
}

export type Element =
  | SearchElement
  | LaneElement
  | ArchiveElement
  | ListElement
  | ThreadElement
  | MessageElement
  | OlderElement
  | NoticeElement
  | RemoteElement
  | RemoteThreadElement
  | RemoteRow;

/** Messages of a thread beyond which only the top level is open when the thread is expanded. */
const OPEN_AT_MOST = 300;

/**
 * Nests a thread's messages, each below the one it answers; a node whose parent is not among those before it
 * stands at the top. Walks the list once, whatever its depth.
 */
export function nest(nodes: readonly ThreadNode[], thread: ThreadElement): MessageElement[] {
  const top: MessageElement[] = [];
  const byId = new Map<string, MessageElement>();
  for (const node of nodes) {
    const above = node.parent === undefined ? undefined : byId.get(node.parent);
    const element: MessageElement = {
      kind: "message",
      id: `${thread.id}\nmessage\n${node.messageId}`,
      parent: above ?? thread,
      node,
      answers: [],
      open: above === undefined || nodes.length <= OPEN_AT_MOST,
    };
    if (above !== undefined)
      element.parentSubject = above.node.missing ? thread.row.subject : above.node.subject;
    (above?.answers ?? top).push(element);
    byId.set(node.messageId, element);
  }
  return top;
}

/** Whether a command's argument is an element of the tree (commands can be called by anyone with anything). */
export function isElement(value: unknown): value is Element {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("id" in value)) return false;
  const kinds: unknown[] = [
    "search",
    "lane",
    "remote",
    "remoteThread",
    "remoteRow",
    "archive",
    "list",
    "thread",
    "message",
    "older",
    "notice",
  ];
  return kinds.includes(value.kind) && typeof value.id === "string";
}

/** The archive and the list that a container narrows to; nothing narrows a search. */
export function narrowed(container: Container): { source?: string; list?: string } {
  switch (container.kind) {
    case "search":
      return {};
    case "lane":
      return narrowed(container.parent);
    case "archive":
      return { source: container.row.source };
    case "list":
      return { source: container.parent.row.source, list: container.list.list };
  }
}
