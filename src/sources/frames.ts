/** The answers of `git cat-file --batch`, cut out of whatever pieces they arrive in. */

/** One answer. `bytes` is a view that is valid until more is read; cut at the limit, absent for a missing object. */
export interface Frame {
  oid: string;
  type: string;
  size: number;
  bytes: Buffer | undefined;
}

/** An answer's first line is an object id and two words; more without a line end is not git speaking. */
const lineLimit = 1024;

/** Room for dozens of mails: each piece that is read costs a system call. */
const firstRoom = 1 << 19;

/**
 * Bytes go in by `push`, or into `room` and are told with `filled`; `next` takes whole answers out, in order. Of an
 * object larger than `limit` only the first `limit` bytes are kept: memory is bounded by it and by what is put in
 * before `next` is asked.
 */
export class Frames {
  readonly #limit: number;
  #buffer = Buffer.allocUnsafe(firstRoom);
  #start = 0;
  #end = 0;
  /** The answer whose content is being awaited. */
  #open: Frame | undefined;
  /** Bytes that are still to be dropped: the rest of an oversized object, and the line end behind each. */
  #drop = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(this.room(), 0, at);
      this.filled(copied);
      at += copied;
    }
  }

  /** Where the next bytes go; never empty. Makes the bytes of earlier answers invalid. */
  room(): Buffer {
    const held = this.#end - this.#start;
    if (held === 0 || this.#end === this.#buffer.length) {
      const full = 2 * held > this.#buffer.length;
      const target = full ? Buffer.allocUnsafe(2 * this.#buffer.length) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    return this.#buffer.subarray(this.#end);
  }

  /** So many bytes were put into the room. */
  filled(bytes: number): void {
    this.#end += bytes;
  }

  /** The next whole answer, or undefined until more bytes have come. */
  next(): Frame | undefined {
    const dropped = Math.min(this.#drop, this.#end - this.#start);
    this.#drop -= dropped;
    this.#start += dropped;
    const frame = this.#open ?? this.#line();
    if (frame === undefined || frame.type === "missing") return frame;
    const kept = Math.min(frame.size, this.#limit);
    if (this.#end - this.#start < kept) {
      this.#open = frame;
      return undefined;
    }
    this.#open = undefined;
    frame.bytes = this.#buffer.subarray(this.#start, this.#start + kept);
    this.#start += kept;
    this.#drop = frame.size - kept + 1;
    return frame;
  }

  #line(): Frame | undefined {
    const buffer = this.#buffer;
    const length = buffer.subarray(this.#start, Math.min(this.#end, this.#start + lineLimit)).indexOf(10);
    if (length < 0) {
      if (this.#end - this.#start < lineLimit) return undefined;
      throw new Error("git cat-file answered with something that is no answer");
    }
    const line = buffer.toString("latin1", this.#start, this.#start + length);
    this.#start += length + 1;
    const [oid = "", type = "", size = "0"] = line.split(" ");
    const known = type === "blob" || type === "commit" || type === "tree" || type === "tag";
    return { oid, type: known ? type : "missing", size: known ? Number(size) : 0, bytes: undefined };
  }
}
