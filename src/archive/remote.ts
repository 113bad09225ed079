/** The archive seen through the worker's wall: what can be asked of it and what it tells. */
import type { ReadAs } from "../mail/decode.ts";
import type { Place } from "../sources/found.ts";
import type { Format, SourceSpec } from "../sources/source.ts";
import type { WatchedFolder } from "../sources/watched.ts";
import type { MarkKind } from "./stateMarks.ts";

/** What the index is opened with. Paths are absolute. */
export interface OpenOptions {
  /** The index file; its folder is made when missing. */
  db: string;
  git: string;
  bodies: "prose" | "all" | "none";
  /** The file for what is never rebuilt; without it nothing can be kept. */
  state?: string;
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
  /** What of it cannot be read at present, in words; shown with the archive until a run finds it mended. */
  problem?: string;
}

/** An archive that could not be read at all, and why: one sentence with a next step. */
export interface Unreadable {
  source: string;
  failure: string;
}

/** What came of one archive in a run. */
export type Outcome = IndexSummary | Unreadable;

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
  /** Those that another archive has as well included. */
  messages: number;
  threads: number;
  /** Unread mail of people; absent without a state. */
  unread?: number;
  /** Of an archive that threads pass through: how many have left it. The other counts leave them out. */
  passed?: number;
  /**
   * The lists in it, most mail first. `list` is a List-Id or the inbox's name; "" holds mail of no list. `robots`: one
   * began a thread there.
   */
  lists: {
    list: string;
    name: string;
    threads: number;
    messages: number;
    unread?: number;
    robots?: true;
  }[];
  /** One sentence with a next step, when the archive or a part of it could not be read. */
  problem?: string;
  /** Defects met while it was read, one sentence each; absent when there were none. */
  notes?: string[];
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
  /** Unread mail of people, by the person's state; without one, what its Maildir does not call seen. */
  unread: number;
  list: string;
  series?: { version: number; patches: number };
  marks?: ThreadMarks;
}

/** What the person made of a thread; what is not so is left out. */
export interface ThreadMarks {
  starred?: true;
  /** Followed, or the person wrote in it and did not say otherwise. */
  followed?: true;
  muted?: true;
  /** Out of sight until then, in milliseconds since 1970 UTC; may be over. */
  snoozedMs?: number;
  /** Out of sight until its series has a later version, or the next -rc is announced. */
  snoozedFor?: "version" | "rc";
  note?: string;
  /** An unread message in it answers one of the person's. */
  answersMe?: true;
  /** A robot began it. */
  bot?: true;
}

/** What the person made of a message; what is not so is left out. */
export interface MessageMarks {
  unread?: true;
  starred?: true;
  /** It or what it answers is muted, or its whole thread. */
  muted?: true;
  note?: string;
  own?: true;
  bot?: true;
  answersMe?: true;
}

/** Unread mail of people, and the last change that can be undone, in words. */
export interface StateCounts {
  /** Answers to the person's messages, and own text that names them; never for being in To or Cc alone. */
  forMe: number;
  followed: number;
  all: number;
  undo?: string;
}

/** What a change of the state left: the rows it touched, or with `all` any row may be another one. */
export interface Marked {
  rows: ThreadRow[];
  all: boolean;
  counts: StateCounts;
}

/** Why new mail concerns the person: it answers them, or is in a thread of theirs, or a series that they answered has a version more. */
export type NewsReason = "answersToMe" | "newVersionOfReviewed" | "mySeries" | "followed";

/** A message that just came; `thread` is the Message-ID of the root. */
export interface NewsRow {
  messageId: string;
  thread: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  /** At least one. */
  reasons: NewsReason[];
}

/** Where a page of threads ended; hand it back to get the next one. */
export interface PageEnd {
  lastMs: number;
  id: number;
}

/** One message found by a search. */
export interface FoundRow {
  messageId: string;
  /** Message-ID of the thread's root, also when the root is a ghost. */
  thread: string;
  subject: string;
  fromName: string;
  fromAddress: string;
  dateMs: number;
  list: string;
}

/** Somebody who has written, as last named. */
export interface PersonRow {
  name: string;
  address: string;
  messages: number;
  lastMs: number;
}

/** What is known of an address: newest messages first, lists with most mail first. */
export interface Correspondent {
  messages: number;
  /** The person has written more than was counted. */
  isMore: boolean;
  lists: { list: string; messages: number }[];
  recent: FoundRow[];
}

/** An archive that is not read to its end: a search reaches no further than that. */
export interface Unread {
  source: string;
  name: string;
  /** How much of it is read, from 0 to 1. */
  part: number;
  /** When the oldest message arrived that is held of it; absent when none is. Archives are read newest first. */
  backToMs?: number;
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
  marks?: MessageMarks;
  /** No archive has it any more; it is kept because something of the person's refers to it. */
  kept?: boolean;
  /** The person's own, on its way: no archive has it yet. Never said by the worker. */
  pending?: boolean;
  /** How the person has it read. Never said by the worker. */
  readAs?: ReadAs;
  /** Further messages with this Message-ID and other content. */
  imposters: number;
}

/** What came of mail that a server sent. */
export interface Received {
  /** In the order sent, also those that were there before. */
  messageIds: string[];
  /** The bytes ended before their end: what came until then is kept. */
  cut?: true;
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
  /** Of a kept message: where it was when it was kept. */
  origin: Origin;
  list: string;
  /** No archive has it any more. */
  kept?: boolean;
  /** How the person has it read. Never said by the worker. */
  readAs?: ReadAs;
}

export interface ArchiveContract {
  requests: {
    open: { params: OpenOptions; result: { notices: string[] } };
    /**
     * Brings the index up to date with exactly these archives, in order; archives not named are forgotten. One that
     * cannot be read keeps none of the others from being read. Those not reached before a cancel are left out.
     */
    setArchives: { params: { archives: SourceSpec[] }; result: Outcome[] };
    /** Indexes or updates one archive. Cancelling keeps what is stored; the next run goes on from there. */
    index: { params: { archive: SourceSpec }; result: IndexSummary };
    forget: { params: { source: string }; result: null };
    archives: { params: null; result: ArchiveRow[] };
    /**
     * Newest activity first, or those first that began last. `source` and `list` narrow; `query` is words and field:word terms. With `quiet` muted and
     * snoozed threads are left out, `bots` says whether threads that robots began are, or all others. A `source` that
     * threads pass through gives those that have not left it, with `passed` all.
     */
    threads: {
      params: {
        source?: string;
        list?: string;
        query?: string;
        quiet?: boolean;
        passed?: boolean;
        bots?: "only" | "none";
        order?: "lastActivity" | "started";
        after?: PageEnd;
        limit: number;
      };
      result: ThreadPage;
    };
    /** Messages that match a query, newest arrivals first. */
    search: {
      params: { query: string; after?: number; limit: number };
      result: { found: FoundRow[]; next?: number };
    };
    /** How far a search reaches: the archives that are not read to their end, in the order they were added. */
    reach: { params: null; result: Unread[] };
    /** People whose name or address has words that begin so, who writes much and lately first. */
    people: { params: { text: string; limit: number }; result: PersonRow[] };
    /** What this address has written; null when nothing. `limit` is for the last messages. */
    person: { params: { address: string; limit: number }; result: Correspondent | null };
    /** The whole thread a Message-ID belongs to, in reading order; null when no archive knows the id. */
    thread: { params: { messageId: string }; result: { row: ThreadRow; nodes: ThreadNode[] } | null };
    /** Bytes by Message-ID, imposters included, in the order asked. Unknown ids are left out. */
    raw: { params: { messageIds: string[] }; result: RawMessage[] };
    /**
     * Keeps a message findable (`raw`, `has`, `thread`) for a reason, such as the name of a draft, when its archive
     * loses it; no list shows it then, but `is:starred` what is starred. False when no archive has it or there is no state to keep it in.
     */
    keep: { params: { messageId: string; why: string }; result: boolean };
    /** Takes the reason away, and what was kept for it alone. */
    release: { params: { why: string }; result: null };
    /** Every reason for which something is kept, sorted. */
    reasons: { params: null; result: string[] };
    /**
     * Makes a mark, or with null takes it away, as one change: of messages, or of the threads that messages are in. Of a
     * thread everything unread is read, and a mark is taken from wherever it is; else it is put on the message named.
     */
    mark: {
      params: {
        words: string;
        kind: MarkKind;
        value: string | null;
        messageIds?: string[];
        threads?: string[];
      };
      result: Marked;
    };
    /** Says that what arrived up to `untilMs` in an archive, a list of it or everywhere is read. */
    readList: { params: { words: string; source?: string; list?: string; untilMs: number }; result: Marked };
    /** Undoes the last change; null when there is none. */
    undo: { params: null; result: { words: string; marked: Marked } | null };
    counts: { params: null; result: StateCounts };
    /** What is to be read after (1) or before (-1) a message, in its thread, then in others; null when all is read. */
    nextUnread: {
      params: { messageId?: string; direction: 1 | -1 };
      result: { messageId: string } | null;
    };
    /**
     * Who the person is and who a robot: globs over addresses (`*`, `?`), the person's names, and the patterns of files
     * that MAINTAINERS gives to the person.
     */
    setPeople: { params: { me: string[]; name: string[]; bot: string[]; file: string[] }; result: null };
    /** Everything the person marked, as lines of text. */
    exportState: { params: null; result: string };
    /** Takes over what `exportState` gave on another machine; the later word stands. */
    importState: { params: { text: string }; result: { news: number; marked: Marked } };
    /** Which of these ids an archive has, or are kept. */
    has: { params: { messageIds: string[] }; result: boolean[] };
    /** Every Message-ID held, in order of arrival, a page at a time (for the command line's --all). */
    ids: { params: { after?: number; limit: number }; result: { ids: string[]; next?: number } };
    /**
     * Takes a piece of an mbox (packed or not) that a server sends, into a folder of our own, a file a message. A
     * request without `piece` ends the transfer and says what came; so does a piece behind which nothing can come.
     * "cancel" takes out again what the transfer brought. Requests of one transfer go one after the other.
     */
    receive: {
      params: { transfer: string; folder: string; piece?: Uint8Array | "cancel" };
      result: Received | null;
    };
    /** Takes these messages out of a folder of received mail, or all but those of threads that the person follows. */
    drop: { params: { folder: string; messageIds?: string[] }; result: null };
    /** Keeps a folder of received mail below so many bytes; returns how many messages went. The oldest go
     * first; starred and followed threads stay. */
    prune: { params: { folder: string; bytes: number }; result: number };
    /** The folders in which it shows that this archive has changed on disk; none for one that is not held. */
    watched: { params: { source: string }; result: WatchedFolder[] };
    /** Versions and sizes for a diagnosis. */
    diagnose: { params: null; result: Record<string, string | number> };
  };
  events: {
    progress: Progress;
    /** A run is done with this archive; told before its answer. */
    ended: Outcome;
    /** Rows have changed; what shows lists should ask again. */
    changed: { source: string };
    /** The person's state has changed. */
    marked: Marked;
    /** A run brought unread mail that concerns the person into an archive that was read before; first arrivals first. */
    news: NewsRow[];
  };
}
