/** An mbox file as a source: newest first from its end, afterwards only what was appended. */
import { UserError } from "../base/report.ts";
import { type Found, foundOf, type Place } from "./found.ts";
import { inboxName } from "./inboxName.ts";
import { type FileState, isFresh, MboxFile } from "./mboxFile.ts";
import {
  endsLinesByCr,
  firstSeparator,
  headerBehind,
  lastSeparator,
  lineFeeds,
  lookAhead,
  unescaped,
} from "./mboxLines.ts";
import { type Cut, MboxSplit } from "./mboxSplit.ts";
import { batchMails, turn } from "./pace.ts";
import { Sheaf } from "./sheaf.ts";
import type { Batch, ReadOptions, Source, SourceSpec } from "./source.ts";

/** A window is the first screen, later what a cancel may wait for and memory is kept for. In bytes. */
const largestWindow = 2 << 20;
const smallestWindow = 1 << 16;
const windowMails = batchMails;

/** How far the file has been read: from `below` to `end`. All of it when `below` is 0. */
interface State {
  version: 1;
  file: FileState;
  /** The file's times prove nothing yet: its fingerprint has to be compared as well. */
  fresh?: true;
  /** Of the first `end` bytes. */
  fingerprint: string;
  end: number;
  below: number;
  /** The last mail, which may have been incomplete: it is looked at again when something is appended. */
  last?: { envelope: number; offset: number; length: number };
}

function stateOf(cursor: string | undefined): State | undefined {
  if (cursor === undefined) return undefined;
  const state = JSON.parse(cursor) as Partial<State>;
  // That of a packed file, which lay here before, says nothing of `end`.
  return state.version === 1 && state.end !== undefined ? (state as State) : undefined;
}

/** The state as of now: the file that is open, and whether its times prove anything. */
function stateNow(file: MboxFile, { fresh, ...before }: State): State {
  const state: State = { ...before, file: file.state };
  if (isFresh(file.state, Date.now())) state.fresh = true;
  return state;
}

/** Everything up to the end that the file then had is read. */
const isWhole = ({ below, end, file }: State): boolean => below === 0 && end === file.size;

/** A mail as it was before it was put into an mbox. */
export const asReceived = (stored: Buffer): Buffer => unescaped(lineFeeds(stored));

export class Mbox implements Source {
  readonly spec: SourceSpec;
  readonly format = "mbox";
  readonly #inbox: string;

  constructor(spec: SourceSpec) {
    this.spec = spec;
    this.#inbox = inboxName(spec.path);
  }

  async *read(cursor: string | undefined, options: ReadOptions): AsyncGenerator<Batch> {
    const file = new MboxFile(this.spec.path);
    try {
      const before = stateOf(cursor);
      const since = before === undefined ? "other" : file.since(before, before.end);
      if (before !== undefined && since === "same" && isWhole(before) && !before.fresh) return;
      if (cursor === undefined && file.size === 0) throw emptyFile(this.spec.path);
      const run = new Reading(file, this.#inbox, options);
      if (before === undefined || since === "other") {
        yield* run.older(run.fresh(), cursor !== undefined);
        return;
      }
      const state = stateNow(file, before);
      if (since === "same" && isWhole(state)) {
        if (!state.fresh) yield run.settled(state);
        return;
      }
      if (file.size > before.end) yield* run.newer(state);
      if (state.below > 0) yield* run.older(state, false);
    } finally {
      file.close();
    }
  }

  async bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    const file = new MboxFile(this.spec.path);
    try {
      return places.map(({ offset = 0, length = 0 }) => {
        const stored = file.read(offset, offset + length);
        return stored.length === length && length > 0 ? asReceived(stored) : undefined;
      });
    } finally {
      file.close();
    }
  }

  close(): void {
    // The file is open during a call only, so that it can be replaced at any time.
  }
}

/** An mbox without a byte, as a sentence with a next step. */
export function emptyFile(path: string): UserError {
  return new UserError(
    `“${path}” is empty.`,
    "Choose a file with mail in it, or try again when mail has come.",
  );
}

/** One run over one open file. */
class Reading {
  readonly #file: MboxFile;
  readonly #inbox: string;
  readonly #options: ReadOptions;
  /** One window's bytes at a time: fresh memory for each would be most of the work. */
  readonly #space = Buffer.allocUnsafe(largestWindow + lookAhead + 8);
  #notes: string[] = [];

  constructor(file: MboxFile, inbox: string, options: ReadOptions) {
    this.#file = file;
    this.#inbox = inbox;
    this.#options = options;
  }

  /** Nothing read yet: all up to the present end is to be. */
  fresh(): State {
    const { size, state } = this.#file;
    const fingerprint = this.#file.fingerprint(size);
    return stateNow(this.#file, { version: 1, file: state, fingerprint, end: size, below: size });
  }

  /** Nothing but a better cursor: from now on the file's times prove that nothing changed. */
  settled(state: State): Batch {
    return this.#batch("newer", new Sheaf(), [], state, false);
  }

  /** From `below` towards the beginning, in windows that end where a mail begins. */
  async *older(state: State, restart: boolean): AsyncGenerator<Batch> {
    const first = state.below === state.end;
    let found = new Sheaf();
    let removed: Place[] = [];
    const rows = new Sheaf();
    let begun = !first;
    let size = largestWindow;
    const batch = (): Batch => {
      const made = this.#batch("older", found, removed, state, restart && !begun);
      begun = true;
      found = found.next();
      removed = [];
      return made;
    };
    while (state.below > 0) {
      await turn(this.#options.signal);
      const to = state.below;
      const { from, data } = await this.#window(to, size);
      let last: Omit<Cut, "bytes"> | undefined;
      rows.clear();
      await this.#split(from, to, data, (cut) => {
        const { bytes: _, ...where } = cut;
        last = where;
        rows.push(this.#found(cut));
      });
      if (last !== undefined && last.offset + last.length > to) {
        // Counted by Content-Length, this mail holds what seemed to be mails of their own.
        const inside = await this.#placesIn(to, this.#behind(last.offset + last.length).at);
        found.drop((place) => inside.some(({ offset }) => offset === place.offset));
        removed.push(...inside);
      }
      if (state.last === undefined && last !== undefined) {
        state.last = { envelope: last.envelope, offset: last.offset, length: last.length };
      }
      // A window is split in one go: more mails in it than this would be more than a cancel may wait for.
      const mean = rows.length === 0 ? largestWindow : (to - from) / rows.length;
      size = Math.min(largestWindow, Math.max(smallestWindow, Math.ceil(mean * windowMails)));
      found.append(rows, "last");
      state.below = from;
      if (found.full) yield batch();
    }
    if (state.last === undefined && this.#file.size > 0) {
      throw new UserError(
        `“${this.#file.path}” holds no mail.`,
        "Choose an mbox: a file in which each mail begins with a line “From …”.",
      );
    }
    yield batch();
  }

  /** What has been appended, oldest first. The last mail is read again: it may have been incomplete. */
  async *newer(state: State): AsyncGenerator<Batch> {
    const { last } = state;
    let found = new Sheaf();
    let removed: Place[] = [];
    const size = this.#file.size;
    const start = last?.envelope ?? 0;
    const split = this.#splitter(start, (cut) => {
      const { envelope, offset, length } = cut;
      if (envelope === last?.envelope) {
        if (offset === last.offset && length === last.length) return;
        removed.push({ path: "", offset: last.offset, length: last.length });
      }
      found.push(this.#found(cut));
      state.last = { envelope, offset, length };
      state.end = offset + length;
    });
    for (let at = start; at < size; at += largestWindow) {
      await turn(this.#options.signal);
      split.push(this.#file.read(at, Math.min(size, at + largestWindow)));
      if (!found.full) continue;
      state.fingerprint = this.#file.fingerprint(state.end);
      yield this.#batch("newer", found, removed, state, false);
      found = found.next();
      removed = [];
    }
    split.end();
    state.end = size;
    state.fingerprint = this.#file.fingerprint(size);
    yield this.#batch("newer", found, removed, state, false);
  }

  #splitter(base: number, take: (cut: Cut) => void): MboxSplit {
    return new MboxSplit({ base, take, endsAt: (offset) => this.#endsAt(offset) });
  }

  /** A window of about `size` bytes before `to` that begins where a mail does; its bytes unless it is larger. */
  async #window(to: number, size: number): Promise<{ from: number; data?: Buffer }> {
    if (to <= size) return { from: 0, data: this.#file.read(0, to, this.#space) };
    // Some bytes more on both sides, so that a separator at an edge is seen whole.
    const start = to - size - 4;
    const data = this.#file.read(start, to, this.#space);
    const at = firstSeparator(data, 4);
    if (at >= 0) return { from: start + at, data: data.subarray(at) };
    for (let end = to - size; end > 0; end -= size) {
      await turn(this.#options.signal);
      const before = Math.max(0, end - size - 4);
      const piece = this.#file.read(before, end + lookAhead, this.#space);
      const last = lastSeparator(piece, before === 0 ? 0 : 4);
      if (last >= 0 && before + last < to) return { from: before + last };
    }
    return { from: 0 };
  }

  /** Cuts what lies in a range that begins where a mail does; `data` are its bytes when they are at hand. */
  async #split(from: number, to: number, data: Buffer | undefined, take: (cut: Cut) => void): Promise<void> {
    const split = this.#splitter(from, take);
    if (data !== undefined) split.push(data);
    for (let at = data === undefined ? from : to; at < to; at += largestWindow) {
      if (at > from) await turn(this.#options.signal);
      split.push(this.#file.read(at, Math.min(to, at + largestWindow)));
    }
    split.end();
    if (from === 0 && split.skipped > 0) {
      this.#notes.push(`The first ${split.skipped} bytes belong to no mail and were left out.`);
    }
  }

  async #placesIn(from: number, to: number): Promise<Place[]> {
    const places: Place[] = [];
    await this.#split(from, to, undefined, ({ offset, length }) => places.push({ path: "", offset, length }));
    return places;
  }

  /** Whether the file, or a mail before a separator, ends at this place. */
  #endsAt(offset: number): boolean {
    const { at, data } = this.#behind(offset);
    if (at >= this.#file.size) return at === this.#file.size;
    return data.toString("latin1", 0, 5) === "From " && headerBehind(data, 0) >= 0;
  }

  /** What comes after a place and the line ends there: where that is, and its first bytes. */
  #behind(offset: number): { at: number; data: Buffer } {
    const data = this.#file.read(offset, offset + lookAhead);
    let next = 0;
    while (next < 4 && (data[next] === 10 || data[next] === 13)) next++;
    return { at: offset + next, data: data.subarray(next) };
  }

  #found(cut: Cut): Found {
    const place: Place = { path: "", offset: cut.offset, length: cut.length };
    const known = { size: cut.length, arrivedMs: cut.arrivedMs, inbox: this.#inbox };
    const { bodies } = this.#options;
    // Only in the body is anything escaped: without it there is nothing to undo.
    if (bodies === "none" && !endsLinesByCr(cut.bytes)) {
      const row = foundOf(place, cut.bytes, known, bodies);
      if (row.skeleton.hasMessageId) return row;
    }
    return foundOf(place, asReceived(cut.bytes), known, bodies);
  }

  #batch(
    direction: Batch["direction"],
    found: Sheaf,
    removed: Place[],
    state: State,
    restart: boolean,
  ): Batch {
    const { size } = this.#file;
    const cursor = JSON.stringify(state);
    const batch: Batch = { direction, found, removed, cursor, done: size - state.below, total: size };
    if (restart) batch.restart = true;
    if (this.#notes.length > 0) batch.notes = this.#notes.splice(0);
    return batch;
  }
}
