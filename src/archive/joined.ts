/** Where the messages of a batch belong, in their order and as numbers: objects would have to live as long as the batch. */

const KEY_BYTES = 6;

export class Joined {
  readonly #keys: Float64Array;
  readonly #threads: Int32Array;
  /** Where the keys of a message's ancestors end in `#refs`. */
  readonly #ends: Uint32Array;
  #refs: Buffer;
  #length = 0;
  #end = 0;

  /** Room for so many messages. */
  constructor(messages: number) {
    this.#keys = new Float64Array(messages);
    this.#threads = new Int32Array(messages);
    this.#ends = new Uint32Array(messages);
    this.#refs = Buffer.allocUnsafe(KEY_BYTES * 4 * messages);
  }

  /** An ancestor of the next message. */
  addRef(key: number): void {
    if (this.#end + KEY_BYTES > this.#refs.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#end + KEY_BYTES));
      this.#refs.copy(larger, 0, 0, this.#end);
      this.#refs = larger;
    }
    this.#refs.writeUIntBE(key, this.#end, KEY_BYTES);
    this.#end += KEY_BYTES;
  }

  /** The next message, whose ancestors have been added. Its thread may be joined to another until the batch ends. */
  add(key: number, thread: number): void {
    this.#keys[this.#length] = key;
    this.#threads[this.#length] = thread;
    this.#ends[this.#length] = this.#end;
    this.#length += 1;
  }

  /** The next message belongs nowhere: it gets no row. */
  skip(): void {
    this.add(0, 0);
  }

  key(at: number): number {
    return this.#keys[at] ?? 0;
  }

  /** 0 for a message that was skipped. */
  thread(at: number): number {
    return this.#threads[at] ?? 0;
  }

  /** The keys of a message's ancestors as `packKeys` packs them, null when it has none. */
  refs(at: number): Uint8Array | null {
    const start = at === 0 ? 0 : (this.#ends[at - 1] ?? 0);
    const end = this.#ends[at] ?? 0;
    return start === end ? null : this.#refs.subarray(start, end);
  }
}
