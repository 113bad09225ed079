/** Which Message-IDs are known, and a number for each: hashes in typed arrays, no strings, no objects. */

/** Two independent 32-bit halves of a hash. */
export interface Hash {
  high: number;
  low: number;
}

/**
 * A 64-bit hash of a Message-ID, put into `into`. The seed is the index's own, drawn when it is made: a
 * stranger cannot make up ids that fall on one another.
 */
export function hashId(messageId: string, seed: number, into: Hash): Hash {
  let high = seed ^ 0xdeadbeef;
  let low = Math.imul(seed, 0x9e3779b1) ^ 0x41c6ce57;
  for (let at = 0; at < messageId.length; at += 1) {
    const unit = messageId.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    high ^= high >>> 15;
    low ^= low >>> 13;
  }
  const mixed = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  into.low = (Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)) >>> 0;
  into.high = (mixed ^ Math.imul(mixed >>> 11, 0x27d4eb2f)) >>> 0;
  return into;
}

/** The part of a hash that goes into the database: 47 bits, which SQLite keeps in 6 bytes. */
export const keyOf = (hash: Hash): number => (hash.high & 0x7fff) * 0x1_0000_0000 + hash.low;

/** Keys as a blob of 6 bytes each, null when there are none. */
export function packKeys(keys: readonly number[]): Uint8Array | null {
  if (keys.length === 0) return null;
  const packed = Buffer.allocUnsafe(6 * keys.length);
  for (let at = 0; at < keys.length; at += 1) packed.writeUIntBE(keys[at] ?? 0, 6 * at, 6);
  return packed;
}

/** The opposite of `packKeys`. */
export function unpackKeys(packed: Uint8Array | null): number[] {
  if (packed === null) return [];
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const keys: number[] = [];
  for (let at = 0; at + 6 <= buffer.length; at += 6) keys.push(buffer.readUIntBE(at, 6));
  return keys;
}

/**
 * Hash to a number, its thread's as a rule, and whether a message is held under it or only referred to. Open addressing: 12
 * bytes a slot, at most three quarters of them taken. A slot stays valid until the next `add`.
 */
export class KnownIds {
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  /** 0: free. Positive: held, negative: a ghost; the number is the absolute value. */
  #number = new Int32Array(1 << 12);
  #count = 0;

  /** The slot of a hash: taken when the hash is known, else the free one where it would go. */
  slot({ high, low }: Hash): number {
    const mask = this.#number.length - 1;
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while (this.#number[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  /** The number in a slot; 0 when it is free. */
  number(slot: number): number {
    return Math.abs(this.#number[slot] ?? 0);
  }

  isHeld(slot: number): boolean {
    return (this.#number[slot] ?? 0) > 0;
  }

  /** Changes what a taken slot says. */
  set(slot: number, number: number, held: boolean): void {
    this.#number[slot] = held ? number : -number;
  }

  /** Takes the free slot that `slot` found for this hash. */
  add(slot: number, { high, low }: Hash, number: number, held: boolean): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#number[slot] = held ? number : -number;
    this.#count += 1;
    if (4 * this.#count > 3 * this.#number.length) this.#grow();
  }

  #grow(): void {
    const [high, low, number] = [this.#high, this.#low, this.#number];
    const size = 2 * number.length;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#number = new Int32Array(size);
    const hash = { high: 0, low: 0 };
    for (let at = 0; at < number.length; at += 1) {
      if (number[at] === 0) continue;
      hash.high = high[at] ?? 0;
      hash.low = low[at] ?? 0;
      const slot = this.slot(hash);
      this.#high[slot] = hash.high;
      this.#low[slot] = hash.low;
      this.#number[slot] = number[at] ?? 0;
    }
  }
}
