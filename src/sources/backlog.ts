/**
 * Changes of a history that wait for their blobs, as bytes: the collector would look through tens of thousands of objects
 * again and again.
 */

/** What one commit does to one mail. */
export interface Change {
  commit: string;
  /** When it was committed: the archive got the mail then. */
  ms: number;
  /** Blob that came. */
  added?: string;
  /** Blob that went: v2 names it by its content in `d`, v1 by the file that is gone or replaced. */
  removed?: string;
}

/** Room for the longest name of an object, a SHA-256. */
const NAME_BYTES = 32;
const NAMES = 3;
const COMMIT = 0;
const ADDED = 1;
const REMOVED = 2;

/** A queue: changes go in at its end and come out at its head. */
export class Backlog {
  #names = Buffer.allocUnsafeSlow(NAMES * NAME_BYTES);
  #lengths = new Uint8Array(NAMES);
  #times = new Float64Array(1);
  #asked = new Uint8Array(1);
  #head = 0;
  #end = 0;

  /** How many wait. */
  get length(): number {
    return this.#end - this.#head;
  }

  /** Adds one. `asked`: its blob is awaited. */
  push(change: Change, asked: boolean): void {
    if (this.#end === this.#times.length) this.#makeRoom();
    const at = this.#end++;
    this.#write(at, COMMIT, change.commit);
    this.#write(at, ADDED, change.added ?? "");
    this.#write(at, REMOVED, change.removed ?? "");
    this.#times[at] = change.ms;
    this.#asked[at] = asked ? 1 : 0;
  }

  /** Whether there is a head whose blob is awaited. */
  get isAsked(): boolean {
    return this.length > 0 && this.#asked[this.#head] === 1;
  }

  /** The blobs that the last so many ask for, in their order. */
  asked(last: number): string[] {
    const oids: string[] = [];
    for (let at = this.#end - last; at < this.#end; at++) {
      if (this.#asked[at] === 1) oids.push(this.#name(at, ADDED));
    }
    return oids;
  }

  /** Takes the head out; there has to be one. */
  shift(): Change {
    if (this.length === 0) throw new Error("no change waits");
    const at = this.#head++;
    const change: Change = { commit: this.#name(at, COMMIT), ms: this.#times[at] ?? 0 };
    const added = this.#name(at, ADDED);
    const removed = this.#name(at, REMOVED);
    if (added !== "") change.added = added;
    if (removed !== "") change.removed = removed;
    return change;
  }

  #write(at: number, which: number, name: string): void {
    const field = NAMES * at + which;
    this.#lengths[field] = this.#names.write(name, NAME_BYTES * field, "hex");
  }

  #name(at: number, which: number): string {
    const field = NAMES * at + which;
    const start = NAME_BYTES * field;
    return this.#names.toString("hex", start, start + (this.#lengths[field] ?? 0));
  }

  /** Moves what waits to the front, into twice the room where that is more than half full. */
  #makeRoom(): void {
    const [head, end] = [this.#head, this.#end];
    const size = 2 * this.length > this.#times.length ? 2 * this.#times.length : this.#times.length;
    const names = Buffer.allocUnsafeSlow(NAMES * NAME_BYTES * size);
    this.#names.copy(names, 0, NAMES * NAME_BYTES * head, NAMES * NAME_BYTES * end);
    const lengths = new Uint8Array(NAMES * size);
    lengths.set(this.#lengths.subarray(NAMES * head, NAMES * end));
    const times = new Float64Array(size);
    times.set(this.#times.subarray(head, end));
    const asked = new Uint8Array(size);
    asked.set(this.#asked.subarray(head, end));
    [this.#names, this.#lengths, this.#times, this.#asked] = [names, lengths, times, asked];
    this.#end -= head;
    this.#head = 0;
  }
}
