/** The answers of `git cat-file --batch`, cut out of whatever chunks they arrive in. */

/** One answer. `bytes` is a view that is valid only during the call, cut at the limit; absent for a missing object. */
export interface Frame {
  oid: string;
  type: string;
  size: number;
  bytes: Buffer | undefined;
}

/** An answer's first line is an object id and two words; more without a line end is not git speaking. */
const lineLimit = 1024;

/**
 * Feeds on chunks and calls `take` for each whole answer, in order. Of an object larger than `limit` only the
 * first `limit` bytes are kept, so memory is bounded by it.
 */
export class Frames {
  readonly #limit: number;
  readonly #take: (frame: Frame) => void;
  #buffer: Buffer;
  #start = 0;
  #end = 0;
  /** The answer whose content is being awaited. */
  #open: Frame | undefined;
  /** Bytes of an oversized object that are still to be dropped. */
  #drop = 0;

  constructor(limit: number, take: (frame: Frame) => void) {
    this.#limit = limit;
    this.#take = take;
    this.#buffer = Buffer.allocUnsafe(1 << 18);
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#drop > 0) {
        const dropped = Math.min(this.#drop, rest.length);
        this.#drop -= dropped;
        rest = rest.subarray(dropped);
        continue;
      }
      // A piece at a time, so that what follows a large object is not kept before its end is known.
      const piece = rest.subarray(0, this.#limit);
      this.#append(piece);
      rest = rest.subarray(piece.length);
      this.#cut();
    }
  }

  #append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const held = this.#end - this.#start;
      const target =
        held + chunk.length > this.#buffer.length
          ? Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(held + chunk.length + 1)))
          : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #cut(): void {
    while (this.#start < this.#end) {
      const frame = this.#open ?? this.#line();
      if (frame === undefined) return;
      if (frame.type === "missing") {
        this.#take(frame);
        continue;
      }
      const held = this.#end - this.#start;
      const kept = Math.min(frame.size, this.#limit);
      // One line end follows the content.
      if (held < kept || (kept === frame.size && held < kept + 1)) {
        this.#open = frame;
        return;
      }
      this.#open = undefined;
      frame.bytes = this.#buffer.subarray(this.#start, this.#start + kept);
      this.#take(frame);
      const whole = frame.size + 1;
      this.#drop = Math.max(0, whole - held);
      this.#start += Math.min(whole, held);
    }
    this.#start = 0;
    this.#end = 0;
  }

  #line(): Frame | undefined {
    const buffer = this.#buffer;
    let at = this.#start;
    const stop = Math.min(this.#end, at + lineLimit);
    while (at < stop && buffer[at] !== 10) at++;
    if (at === this.#start + lineLimit)
      throw new Error("git cat-file answered with something that is no answer");
    if (at >= this.#end) return undefined;
    const [oid = "", type = "", size = "0"] = buffer.toString("latin1", this.#start, at).split(" ");
    this.#start = at + 1;
    const known = type === "blob" || type === "commit" || type === "tree" || type === "tag";
    return { oid, type: known ? type : "missing", size: known ? Number(size) : 0, bytes: undefined };
  }
}
