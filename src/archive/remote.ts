/** The archive seen through the worker's wall: what can be asked of it and what it tells. */
import type { Format, Place, SourceSpec } from "../sources/source.ts";

/** What the index is opened with. Paths are absolute. */
export interface OpenOptions {
  /** The index file; its folder is made when missing. */
  db: string;
  git: string;
  bodies: "prose" | "all" | "none";
}

/** The outcome of one run over one source: the command line's `index` line. Counts are messages. */
export interface IndexSummary {
  source: string;
  format: Format;
  /** Held after the run: imposters count, exact copies do not. */
  messages: number;
  added: number;
  removed: number;
  /** Exact copies of a message that is held already. */
  skipped: number;
  bytes: number;
  seconds: number;
  /** Peak resident set of the process, in bytes. */
  peakRss?: number;
  cancelled?: boolean;
  /** Sentences about what was wrong with the archive; the rest of it is held. */
  notes: string[];
}

/** `done` of `total` in the source's own units; told a few times a second at most. */
export interface Progress {
  source: string;
  done: number;
  total: number;
  messages: number;
}

/** One configured archive as the tree shows it. */
export interface ArchiveRow {
  source: string;
  name: string;
  format: Format;
  messages: number;
  threads: number;
  /** The lists in it, most mail first. `list` is a List-Id or the inbox's name; "" holds mail of no list. */
  lists: { list: string; name: string; threads: number; messages: number }[];
  /** One sentence with a next step, when the archive could not be read. */
  problem?: string;
}

/** One row of a thread list. Dates are milliseconds since 1970 UTC. */
export interface ThreadRow {
  /** Message-ID of the root, also when the root is a ghost. */
  thread: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  dateMs: number;
  lastMs: number;
  messages: number;
  participants: number;
  unread: number;
  list: string;
  series?: { version: number; patches: number };
}

/** Where a page of threads ended; hand it back to get the next one. */
export interface PageEnd {
  lastMs: number;
  id: number;
}

export interface ThreadPage {
  threads: ThreadRow[];
  next?: PageEnd;
}

/** One message of a thread, in reading order. A ghost has only `messageId`, `parent`, `depth`. */
export interface ThreadNode {
  messageId: string;
  parent?: string;
  depth: number;
  missing: boolean;
  subject: string;
  fromName: string;
  fromAddress: string;
  dateMs?: number;
  unread: boolean;
  /** Further messages with this Message-ID and other content. */
  imposters: number;
}

/** Where the bytes of a message lie: `place` below `source`. */
export interface Origin {
  source: string;
  format: Format;
  place: Place;
}

/** The bytes of one message as received, and where they were found. */
export interface RawMessage {
  messageId: string;
  raw: Uint8Array;
  origin: Origin;
  list: string;
}

export interface ArchiveContract {
  requests: {
    open: { params: OpenOptions; result: { notices: string[] } };
    /** Brings the index up to date with exactly these archives, in order; archives not named are forgotten. */
    setArchives: { params: { archives: SourceSpec[] }; result: IndexSummary[] };
    /** Indexes or updates one archive. Cancelling keeps what is stored; the next run goes on from there. */
    index: { params: { archive: SourceSpec }; result: IndexSummary };
    forget: { params: { source: string }; result: null };
    archives: { params: null; result: ArchiveRow[] };
    /** Newest activity first. `source` and `list` narrow; `query` is words and field:word terms. */
    threads: {
      params: { source?: string; list?: string; query?: string; after?: PageEnd; limit: number };
      result: ThreadPage;
    };
    /** The whole thread a Message-ID belongs to, in reading order; null when no archive knows the id. */
    thread: { params: { messageId: string }; result: { row: ThreadRow; nodes: ThreadNode[] } | null };
    /** Bytes by Message-ID, imposters included, in the order asked. Unknown ids are left out. */
    raw: { params: { messageIds: string[] }; result: RawMessage[] };
    /** Which of these ids an archive has. */
    has: { params: { messageIds: string[] }; result: boolean[] };
    /** Every Message-ID held, in order of arrival, a page at a time (for the command line's --all). */
    ids: { params: { after?: number; limit: number }; result: { ids: string[]; next?: number } };
    /** Versions and sizes for a diagnosis. */
    diagnose: { params: null; result: Record<string, string | number> };
  };
  events: {
    progress: Progress;
    /** Rows have changed; what shows lists should ask again. */
    changed: { source: string };
  };
}
