/** What the person does to messages, a thread or a list at a time, and what comes next to be read. */
import type { Database } from "./database.ts";
import { newsOf } from "./news.ts";
import type { Overview } from "./overview.ts";
import type {
  ArchiveContract,
  ArchiveRow,
  Marked,
  NewsRow,
  StateCounts,
  ThreadNode,
  ThreadRow,
} from "./remote.ts";
import type { State } from "./state.ts";
import { StateJoin } from "./stateJoin.ts";
import type { MarkChange, MarkKind } from "./stateMarks.ts";
import { readState, writeState } from "./stateText.ts";
import { StateView } from "./stateView.ts";

type Requests = ArchiveContract["requests"];

/** A change that touches more rows than this is told as one of everything. */
const ROWS_TOLD = 200;

/** Of these a thread has one value, wherever in it the mark is. */
const ONE_WORD: readonly MarkKind[] = ["follow", "snooze"];

export class Triage {
  readonly view: StateView;
  readonly join: StateJoin;
  readonly #reading: Database;
  readonly #state: State;
  readonly #overview: Overview;
  readonly #now: () => number;

  /** `reading` is the connection that `overview` asks; it writes nothing into the index. */
  constructor(reading: Database, state: State, overview: Overview, now: () => number) {
    this.#reading = reading;
    this.#state = state;
    this.#overview = overview;
    this.#now = now;
    this.join = new StateJoin(reading, state, now);
    this.view = new StateView(reading, () => ({
      names: state.marks.people("name"),
      files: state.marks.people("file"),
    }));
  }

  /** Call before a source is read: returns what `end` is to be given. */
  begin(path: string): number {
    this.join.sync();
    return this.join.newest(path);
  }

  /**
   * Call when a source was read: `before` is what `begin` gave, undefined where nothing can have come late; `torn` when
   * rows were taken out. Gives what of the mail that came concerns the person.
   */
  end(path: string, before: number | undefined, torn: boolean): NewsRow[] {
    if (torn) this.join.reset();
    if (before === undefined) return [];
    this.join.sync();
    this.join.keepLate(path, before);
    return newsOf(this.#reading, path, before);
  }

  #marked(rows: ThreadRow[] | undefined): Marked {
    return { rows: rows ?? [], all: rows === undefined, counts: this.counts() };
  }

  /** The rows of these threads; undefined when they are too many to tell. */
  #rows(threads: readonly number[]): ThreadRow[] | undefined {
    if (threads.length > ROWS_TOLD) return undefined;
    return threads.flatMap((thread) => this.#overview.row(thread) ?? []);
  }

  /** Adds to the rows of the archives how much in them is unread. */
  countInto(archives: ArchiveRow[]): void {
    this.join.sync();
    this.view.countInto(archives);
  }

  counts(): StateCounts {
    this.join.sync();
    const undo = this.#state.marks.lastChange();
    const counts = this.view.counts();
    return undo === undefined ? counts : { ...counts, undo };
  }

  /** Makes or takes away a mark. Returns what changed, and whose bytes are to be kept or need be no more. */
  mark({ words, kind, value, messageIds = [], threads = [] }: Requests["mark"]["params"]): {
    marked: Marked;
    changed: string[];
  } {
    this.join.sync();
    const ids = new Set(messageIds);
    for (const messageId of threads) {
      const [thread] = this.join.threadsOf([messageId]);
      if (thread === undefined) continue;
      if (kind === "read" && value === "1") for (const id of this.view.unreadOf(thread)) ids.add(id);
      else if (value === null) for (const id of this.view.markedOf(thread, kind)) ids.add(id);
      else {
        ids.add(messageId);
        // The root of a thread changes when an older message turns up: what was said there before is said anew.
        if (ONE_WORD.includes(kind)) for (const id of this.view.markedOf(thread, kind)) ids.add(id);
      }
    }
    // Reading what is read is no change, and nothing to undo.
    const isNews = (id: string) =>
      kind !== "read" || this.view.isUnread(this.join.key(id), id) === (value === "1");
    const changed = [...ids].filter(isNews);
    const changes = changed.map((messageId): MarkChange => ({ messageId, kind, value }));
    this.#state.marks.change(words, changes, this.#now());
    const touched = this.join.threadsOf([...ids, ...threads]);
    this.join.changed([...changed, ...threads], kind !== "read");
    return { marked: this.#marked(this.#rows(touched)), changed };
  }

  readList({ words, source, list, untilMs }: Requests["readList"]["params"]): Marked {
    this.join.sync();
    const arrived = Math.floor(untilMs / 1000);
    const lists = this.join.listNames(source, list);
    // A clock that runs ahead dates mail into the future: read now, since everything is meant.
    const ahead = untilMs < this.#now() ? [] : this.view.unreadAfter(lists, arrived);
    const marks = ahead.map((messageId): MarkChange => ({ messageId, kind: "read", value: "1" }));
    this.#state.marks.readLists(
      words,
      lists.map((name) => ({ list: name, arrived })),
      marks,
      this.#now(),
    );
    return this.#marked(undefined);
  }

  undo(): { words: string; marked: Marked; starred: string[] } | null {
    this.join.sync();
    const undone = this.#state.marks.undo(this.#now());
    if (undone === undefined) return null;
    const { words, messageIds, starred, lists } = undone;
    if (lists) return { words, marked: this.everything(), starred };
    const touched = this.join.threadsOf(messageIds);
    this.join.changed(messageIds, true);
    return { words, marked: this.#marked(this.#rows(touched)), starred };
  }

  /** Whether the person starred a message. */
  isStarred(messageId: string): boolean {
    return this.#state.marks.value(messageId, "star") !== undefined;
  }

  nextUnread({ messageId, direction }: Requests["nextUnread"]["params"]): { messageId: string } | null {
    this.join.sync();
    const step = (nodes: readonly ThreadNode[]) => (direction === 1 ? nodes : nodes.toReversed());
    const isNews = ({ unread, missing, marks }: ThreadNode) => unread && !missing && marks?.bot === undefined;
    const [thread] = messageId === undefined ? [] : this.join.threadsOf([messageId]);
    if (thread !== undefined) {
      const nodes = step(this.#overview.nodes(thread));
      const at = nodes.findIndex((node) => node.messageId === messageId);
      const found = [...nodes.slice(at + 1), ...nodes.slice(0, at)].find(isNews);
      if (found !== undefined) return { messageId: found.messageId };
    }
    const next = this.view.nextThread(thread, direction);
    const found = next === undefined ? undefined : step(this.#overview.nodes(next)).find(isNews);
    return found === undefined ? null : { messageId: found.messageId };
  }

  setPeople(people: Requests["setPeople"]["params"]): boolean {
    return this.#state.marks.setPeople(people);
  }

  everything(): Marked {
    this.join.sync();
    return this.#marked(undefined);
  }

  exportState(): string {
    return writeState(this.#state.marks.all(), this.#state.marks.readUpTo());
  }

  /** `starred` are the messages whose star came or went. */
  importState(text: string): { news: number; starred: string[]; marked: Marked } {
    const { marks, lists } = readState(text);
    return { ...this.#state.marks.merge(marks, lists), marked: this.everything() };
  }
}
