/** The pane's contract: what it is shown, what it asks, what it is told. */

/** One line's worth of text with what stands in it; `text` is shown as text, never as markup. */
export interface Span {
  /** Columns count UTF-16 units from 0 within the line, end excluded. */
  start: number;
  end: number;
  /** What the link is: decides how it is drawn and where it leads. */
  kind: "url" | "messageId" | "commit" | "place" | "symbol" | "bug";
  target: string;
  /** Of a message: the address that was written, which leads to it where no archive has it. */
  url?: string;
  /** Of a message: an archive has it. */
  inArchive?: boolean;
}

/** Where a cited block was said first. Lines count from 1 in that message's body. */
export interface CiteSource {
  messageId: string;
  firstLine: number;
  lastLine: number;
  state: "verbatim" | "rewrapped" | "edited" | "foreign" | "unknown";
}

export interface BlockView {
  kind: "text" | "cited" | "attribution" | "signature" | "diff" | "trailers" | "footer";
  depth: number;
  /** Lines of the message's body, from 1, both ends included. */
  firstLine: number;
  lastLine: number;
  folded: boolean;
  author?: string;
  inferred?: boolean;
  /** An attribution of text that is not there (A412). */
  orphan?: boolean;
  /** Whom the attribution names, when the source shows that `author` said it (A408). */
  named?: string;
  source?: CiteSource;
  /**
   * Lines (indexes from 0) that a mailer wrapped: proven ones lost their marks and belong to the line above (P502),
   * the others may belong there (P504).
   */
  wrapped?: { line: number; proven: boolean }[];
  /**
   * Lines (indexes from 0) that were edited when they were cited: what was said there, and the stretches of `lines`
   * that differ (V706).
   */
  edits?: { line: number; said: string; spans: { start: number; end: number }[] }[];
  /** The lines with their prefix taken off. */
  lines: string[];
  /** The prefix of each line ("> > ", "" for own text): `marks[i] + lines[i]` is the line as the body has it. */
  marks: string[];
  /** Links by line index (from 0) in `lines`; columns are those of `lines`. */
  links?: { line: number; spans: Span[] }[];
  /** For flowed text: indexes (from 0) of lines that go on in the next. */
  joins?: number[];
  /** Joined lines have no blank between them (DelSp). */
  joinsTight?: boolean;
}

export interface PersonView {
  name: string;
  address: string;
}

export interface AttachmentView {
  index: number;
  name: string;
  type: string;
  size: number;
}

/** A sentence about how a text was decoded, and the action that has it decoded otherwise. */
export interface DoubtView {
  text: string;
  action: ReadAsAction;
  label: string;
}

/** One message as shown. A ghost (missing) has neither text nor people. */
export interface MessageView {
  messageId: string;
  depth: number;
  missing: boolean;
  parent?: string;
  from?: PersonView;
  /** Whom it answers, by name. */
  answers?: string;
  to: PersonView[];
  cc: PersonView[];
  subject: string;
  /** Milliseconds since 1970 UTC, and the sender's zone in minutes. */
  dateMs?: number;
  zoneMinutes?: number;
  /** A word for the outline: "v2 cover letter", "2/4 cache the folio order", "Reviewed-by", first own words. */
  gist: string;
  /** `v3 2/4`; absent when it is no patch. */
  patch?: string;
  /** Share of cited lines, 0 to 100; absent below 1. */
  citedPercent?: number;
  /** Cited lines that no own text follows; absent where they are few (F808). */
  unanswered?: number;
  headers: [name: string, value: string][];
  blocks: BlockView[];
  attachments: AttachmentView[];
  /** Messages that came inside this one (D212), not deeper than the editor looks. */
  inside?: MessageView[];
  badges: string[];
  /** Sentences about what is wrong with the mail. */
  defects: string[];
  /** What is doubtful in how its text was decoded, and what the person can do about it. */
  doubts?: DoubtView[];
  /** Where the message stands on lore, for copying; absent when it has no Message-ID. */
  link?: string;
  /** Whether the message it answers is in the archive and was shown (F807, F812). */
  parentState?: "seen" | "unread" | "missing";
  /** The message says nothing but trailers ("Reviewed-by: …") or that it was applied: it is shown as one line. */
  condensed?: boolean;
  /** Recipients against the message it answers; absent when that one is not at hand. `lists` are those dropped. */
  changed?: { added: PersonView[]; dropped: PersonView[]; lists?: PersonView[] };
}

/** A thread as shown: the outline at once, the messages in chunks. */
export interface ThreadView {
  thread: string;
  subject: string;
  list: string;
  people: number;
  outline: OutlineEntry[];
}

export interface OutlineEntry {
  messageId: string;
  depth: number;
  missing: boolean;
  from: string;
  /** With `from`, what gives a person one colour in the whole thread. */
  address?: string;
  parent?: string;
  gist: string;
  dateMs?: number;
  marks?: EntryMarks;
}

/** What the person made of a message; what is not so is left out. */
export interface EntryMarks {
  unread?: true;
  starred?: true;
  muted?: true;
  /** The person's own words about it. */
  note?: string;
  /** A robot wrote it: its being unread does not count. */
  bot?: true;
}

export type AtEnd = "nextUnread" | "nextMessage" | "stop";

/** What survives a reload of the window. */
export interface PaneState {
  thread: string;
  messageId?: string;
  /** Pixels from the top of the message to the top of what is seen. */
  offset?: number;
  level?: FoldLevel;
  /** How messages are shown that the person changed by hand, by Message-ID. */
  shown?: Record<string, KeptMessage>;
}

/** What the person changed in how a message is shown; lines count from 1 in its body. */
export interface KeptMessage {
  /** First lines of folds that were opened, of blocks that were folded, of files that were shut. */
  open?: number[];
  closed?: number[];
  shut?: number[];
  collapsed?: boolean;
  headers?: boolean;
}

/** F809: 0 all, 1 what is answered in context, 2 one line of context, 3 own text alone. */
export type FoldLevel = 0 | 1 | 2 | 3;

/** What a page key or a command can ask of the page. */
export type PageAction =
  | "nextMessage"
  | "previousMessage"
  | "pageDown"
  | "pageUp"
  | "parentMessage"
  | "nextNewText"
  | "previousNewText"
  | "cycleFold"
  | "foldAll"
  | "foldReplies"
  | "foldBrief"
  | "foldOwn"
  | "toggleFold"
  | "unfoldAll"
  | "collapse"
  | "collapseAll"
  | "nextHunk"
  | "previousHunk"
  | "goToOrigin"
  | "goToAnswers"
  | "goBack"
  | "goForward"
  | "replyAll"
  | "replyAuthor"
  | "copyLoreLink"
  | "copyMessageId"
  | "toggleHeaders"
  | "showRaw"
  | "toggleCiteMarks"
  | "focusOutline"
  | "markPatch"
  | "sayWhere"
  | "showKeys"
  | EditorAction;

/**
 * What a page key asks of the editor, about the message in view: it opens or copies something or changes what is read;
 * it never sends and never runs a program.
 */
export type EditorAction =
  | "nextThread"
  | "previousThread"
  | "find"
  | "focusThreads"
  | "commentLine"
  | "giveTrailer"
  | "replyTemplate"
  | TriageAction;

/** By a button beside what is doubtful, not by a key: has a message read against what it says of itself, or as it says again. */
export type ReadAsAction = "readAsUtf8" | "readAsQuotedPrintable";

/** What the editor makes of a message or its thread, each a command of the same name. */
export const TRIAGE_ACTIONS = [
  "nextUnread",
  "previousUnread",
  "done",
  "threadDone",
  "markUnread",
  "toggleStar",
  "toggleFollow",
  "muteThread",
  "muteSubthread",
  "snooze",
  "undoTriage",
] as const;
export type TriageAction = (typeof TRIAGE_ACTIONS)[number];

/** What the editor offers to the pane. */
export interface HostContract {
  requests: {
    /** Sent once the page listens; the host answers with what to show first. */
    ready: { params: PaneState | null; result: null };
    /** Opens a draft that answers the message; with `lines`, only those lines of the body are cited. */
    reply: { params: { messageId: string; lines?: [number, number][]; toSender?: boolean }; result: null };
    /** Has the editor do something about the message, or about the selected lines of it. */
    act: {
      /** `marked` are messages that were marked for a trailer. */
      params: {
        action: EditorAction | ReadAsAction;
        messageId: string;
        lines?: [number, number][];
        marked?: string[];
      };
      result: null;
    };
    /** Keeps how cited text is drawn, for all threads to come. */
    keepCites: { params: { cites: "bars" | "marks" }; result: null };
    /** Follows a link: to a message, a commit, a place in the source, else through the editor's opener. */
    follow: { params: Pick<Span, "kind" | "target" | "url">; result: null };
    /** What a link leads to, in a few lines of plain text; "" when there is nothing to say. */
    preview: { params: Pick<Span, "kind" | "target" | "url">; result: string };
    copy: { params: { text: string }; result: null };
    raw: { params: { messageId: string }; result: null };
    attachment: { params: { messageId: string; index: number; save: boolean }; result: null };
  };
  events: {
    /** A thread follows; `goTo` is the message to show first. */
    thread: { view: ThreadView; goTo?: string };
    messages: { thread: string; messages: MessageView[]; done: boolean };
    goTo: { messageId: string; line?: number };
    failed: { sentence: string };
    /** What every message of the thread is marked as now; those that are left out have no marks. */
    marks: { thread: string; marks: Record<string, EntryMarks> };
    /** A sentence to be shown and spoken: what came of something that was asked for. */
    said: { sentence: string };
    /**
     * Page keys: from the key as `KeyboardEvent.key` has it (" " is "Space"; Shift is named only where the
     * character does not show it: "Shift+Space") to a PageAction. Unknown actions are left alone.
     */
    keys: { keys: Record<string, string> };
    /** Columns of a body (0 is none) and how cited text is drawn; what is left out stays as it is. */
    settings: {
      width: number;
      cites: "bars" | "marks";
      level?: FoldLevel;
      font?: "editor" | "ui";
      dates?: "both" | "relative" | "absolute";
      /** Code in diffs is coloured by its language. */
      colours?: boolean;
      /** Messages that say nothing but a trailer or "applied" begin as one line. */
      condense?: boolean;
      /** What Space does at the end of a message. */
      atEnd?: AtEnd;
      /** How much a heading and a cited block say aloud. */
      spoken?: "brief" | "normal" | "full";
    };
    /** Something the person asked for by command, to be done in the page: a PageAction. */
    act: { action: string };
  };
}

/** What the pane offers to the editor. */
export interface PaneContract {
  requests: {
    /** The message in view and, when there is a selection inside one body, its lines (from 1). */
    selection: { params: null; result: { messageId: string; lines?: [number, number][] } | null };
  };
  events: {
    /** The message in view has changed. */
    shown: { messageId: string };
  };
}
