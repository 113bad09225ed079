/** A gzip-packed mbox as a source: read from its front, since packed bytes can only be had in order. */
import { UserError } from "../base/report.ts";
import { foundOf, type Place } from "./found.ts";
import { unpacked } from "./gunzip.ts";
import { inboxName } from "./inboxName.ts";
import { asReceived } from "./mbox.ts";
import { type FileState, isFresh, MboxFile, sameState } from "./mboxFile.ts";
import { type Cut, MboxSplit } from "./mboxSplit.ts";
import { turn } from "./pace.ts";
import { Sheaf } from "./sheaf.ts";
import type { Batch, ReadOptions, Source, SourceSpec } from "./source.ts";

/** Unpacked bytes that are kept after a question, so that the next mail of a thread is at hand. */
const keptLimit = 64 << 20;
const keptMs = 30_000;

interface State {
  version: 1;
  file: FileState;
  /** The file's times prove nothing yet: its fingerprint has to be compared as well. */
  fresh?: true;
  /** Of the packed bytes. */
  fingerprint: string;
  whole: boolean;
  /** The last mail taken, in unpacked bytes. */
  last?: { envelope: number; offset: number; length: number };
}

export class GzipMbox implements Source {
  readonly spec: SourceSpec;
  readonly format = "mbox";
  readonly #inbox: string;
  #kept: { bytes: Buffer; file: FileState } | undefined;
  #forget: NodeJS.Timeout | undefined;

  constructor(spec: SourceSpec) {
    this.spec = spec;
    this.#inbox = inboxName(spec.path);
  }

  async *read(cursor: string | undefined, options: ReadOptions): AsyncGenerator<Batch> {
    const file = new MboxFile(this.spec.path);
    let state: State;
    let restart = false;
    try {
      const before = cursor === undefined ? undefined : (JSON.parse(cursor) as State);
      const known = before?.version === 1 ? before : undefined;
      const since = known === undefined ? "other" : file.since(known, known.file.size);
      const fresh = isFresh(file.state, Date.now());
      if (known?.whole && since === "same") {
        const { fresh: before, ...settled } = known;
        // Nothing but a better cursor: from now on the file's times prove that nothing changed.
        if (before && !fresh) {
          const cursor = JSON.stringify(settled);
          yield { direction: "newer", found: new Sheaf(), removed: [], cursor, done: 0, total: 0 };
        }
        return;
      }
      restart = cursor !== undefined && since === "other";
      state = { version: 1, file: file.state, fingerprint: file.fingerprint(file.size), whole: false };
      if (fresh) state.fresh = true;
      if (since !== "other" && known?.last !== undefined) state.last = known.last;
    } finally {
      file.close();
    }
    yield* this.#readFrom(state, restart, options);
  }

  /** Takes what comes at and after the last mail known. */
  async *#readFrom(state: State, restart: boolean, options: ReadOptions): AsyncGenerator<Batch> {
    const { last } = state;
    const notes: string[] = [];
    let found = new Sheaf();
    let removed: Place[] = [];
    let again = restart;
    let at = 0;
    const batch = (): Batch => {
      const made: Batch = {
        direction: "newer",
        found,
        removed,
        cursor: JSON.stringify(state),
        done: at,
        total: Math.max(at, state.file.size * packedRatio),
      };
      if (again) made.restart = true;
      if (notes.length > 0) made.notes = notes.splice(0);
      again = false;
      found = found.next();
      removed = [];
      return made;
    };
    let split: MboxSplit | undefined;
    const take = (cut: Cut) => {
      const { envelope, offset, length } = cut;
      if (envelope === last?.envelope) {
        if (offset === last.offset && length === last.length) return;
        removed.push({ path: "", offset: last.offset, length: last.length });
      }
      state.last = { envelope, offset, length };
      const known = { size: length, arrivedMs: cut.arrivedMs, inbox: this.#inbox };
      found.push(foundOf({ path: "", offset, length }, asReceived(cut.bytes), known, options.bodies));
    };
    const start = last?.envelope ?? 0;
    for await (const chunk of unpacked(this.spec.path, (note) => notes.push(note))) {
      await turn(options.signal);
      const from = at;
      at += chunk.length;
      if (at <= start) continue;
      split ??= new MboxSplit({ base: start, take });
      split.push(chunk.subarray(Math.max(0, start - from)));
      if (found.full) yield batch();
    }
    split?.end();
    if (start === 0 && split !== undefined && split.skipped > 0) {
      notes.push(`The first ${split.skipped} bytes belong to no mail and were left out.`);
    }
    if (state.last === undefined) {
      const why = notes[0] === undefined ? "" : ` ${notes[0]}`;
      throw new UserError(`“${this.spec.path}” holds no mail.${why}`, "Choose an mbox packed by gzip.");
    }
    state.whole = true;
    yield batch();
  }

  /** All wanted mails in one pass over the packed file; a small one stays unpacked for a while. */
  async bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    const kept = this.#stillKept();
    if (kept !== undefined) {
      return places.map(({ offset = 0, length = 0 }) => {
        const stored = kept.subarray(offset, offset + length);
        return stored.length === length && length > 0 ? asReceived(stored) : undefined;
      });
    }
    const pieces = places.map((): Buffer[] => []);
    const end = Math.max(0, ...places.map(({ offset = 0, length = 0 }) => offset + length));
    let all: Buffer[] | undefined = [];
    let at = 0;
    for await (const chunk of unpacked(this.spec.path, () => undefined)) {
      for (const [index, { offset = 0, length = 0 }] of places.entries()) {
        const from = Math.max(0, offset - at);
        const to = Math.min(chunk.length, offset + length - at);
        if (from < to) pieces[index]?.push(chunk.subarray(from, to));
      }
      at += chunk.length;
      if (at > keptLimit) all = undefined;
      all?.push(chunk);
      if (at >= end && all === undefined) break;
    }
    if (all !== undefined) this.#keep(Buffer.concat(all));
    return places.map(({ length = 0 }, index) => {
      const stored = Buffer.concat(pieces[index] ?? []);
      return stored.length === length && length > 0 ? asReceived(stored) : undefined;
    });
  }

  close(): void {
    clearTimeout(this.#forget);
    this.#kept = undefined;
  }

  #keep(bytes: Buffer): void {
    this.#kept = { bytes, file: this.#fileState() };
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => this.close(), keptMs);
    this.#forget.unref();
  }

  #stillKept(): Buffer | undefined {
    if (this.#kept === undefined || !sameState(this.#kept.file, this.#fileState())) return undefined;
    return this.#kept.bytes;
  }

  #fileState(): FileState {
    const file = new MboxFile(this.spec.path);
    file.close();
    return file.state;
  }
}

/** Mail packs to about a fourth. For progress only. */
const packedRatio = 4;
