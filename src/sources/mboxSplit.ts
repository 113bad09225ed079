/** An mbox cut into its mails, from whatever chunks it arrives in and with bounded memory. */
import {
  beginsLine,
  bodyStart,
  contentLength,
  envelopeMs,
  fieldFollows,
  headerBehind,
  lookAhead,
  mark,
  separatorStart,
} from "./mboxLines.ts";
import { mailLimit } from "./pace.ts";

/** One mail of an mbox. Offsets count from the start of the file (unpacked, when it is packed). */
export interface Cut {
  /** Where its envelope line begins; the mail's own first byte when there is none. */
  envelope: number;
  offset: number;
  length: number;
  /** The envelope's date, where it says something. */
  arrivedMs: number | undefined;
  /** The mail as stored, cut at the limit. A view that is valid only during the call. */
  bytes: Buffer;
}

/**
 * A body counted by Content-Length is awaited whole before the count is believed: larger ones are not, so that a
 * count that lies costs no more memory than this.
 */
export const countLimit = 32 << 20;

export interface SplitOptions {
  /** Where in the file the first pushed byte stands: 0, or the beginning of an envelope line. */
  base: number;
  take: (cut: Cut) => void;
  /** How much of a mail is handed on, in bytes; `mailLimit` when it is left out. */
  limit?: number;
  /**
   * Asked when a Content-Length leads beyond the last pushed byte: whether a mail or the file ends at this place.
   * Without it such a count is not believed.
   */
  endsAt?: (offset: number) => boolean;
}

/** A longer header is read for its mail, but not for a Content-Length. */
const headerLimit = 256 << 10;

/** Feeds on chunks and calls `take` for each mail, in order. */
export class MboxSplit {
  readonly #take: (cut: Cut) => void;
  readonly #limit: number;
  readonly #endsAt: (offset: number) => boolean;
  /** What is not cut yet; `#base` is where in the file it begins. */
  #data: Buffer = Buffer.alloc(0);
  #base: number;
  /** The mail being read: where it begins, and its first bytes when they were let go from `#data`. */
  #open: { envelope: number; offset: number; arrivedMs: number | undefined } | undefined;
  #head: Buffer | undefined;
  /** No separator begins before this place in the file. */
  #searched: number;
  /** Where the body ends by its Content-Length, to be believed when a separator or the end of the file is there. */
  #counted: number | undefined;
  /** The header of the open mail has not been looked at for a Content-Length. */
  #heading = false;
  #started = false;
  /** Bytes before the first mail that belong to none. */
  #skipped = 0;

  constructor(options: SplitOptions) {
    this.#take = options.take;
    this.#limit = options.limit ?? mailLimit;
    this.#endsAt = options.endsAt ?? (() => false);
    this.#base = options.base;
    this.#searched = options.base;
  }

  /** How many bytes belong to no mail. */
  get skipped(): number {
    return this.#skipped;
  }

  push(chunk: Buffer): void {
    this.#data = this.#data.length === 0 ? chunk : Buffer.concat([this.#data, chunk]);
    this.#cut(false);
  }

  /** Nothing follows: the last mail ends here. */
  end(): void {
    this.#cut(true);
    if (this.#open === undefined) this.#skipped += this.#data.length;
    else this.#close(this.#base + this.#data.length);
    this.#data = Buffer.alloc(0);
  }

  #cut(last: boolean): void {
    if (!this.#started && !this.#begin(last)) return;
    for (;;) {
      const next = this.#nextMail(last);
      if (this.#heading && !this.#readHeading(next?.at, last)) break;
      if (this.#counted !== undefined) {
        if (this.#count(last)) continue;
        break;
      }
      if (next === undefined) break;
      if (this.#open === undefined) this.#skipped += next.at;
      else this.#close(this.#base + next.at);
      this.#openAt(next.at, next.header);
    }
    this.#letGo();
  }

  /** The next separator, and where the header behind it begins; undefined when more must be read to find one. */
  #nextMail(last: boolean): { at: number; header: number } | undefined {
    const data = this.#data;
    for (;;) {
      const at = data.indexOf(separatorStart, this.#searched - this.#base);
      this.#searched = at < 0 ? Math.max(this.#searched, this.#base + data.length - 4) : this.#base + at;
      if (at < 0 || (!last && data.length - at < lookAhead)) return undefined;
      const header = at > 0 && beginsLine(data, at) ? headerBehind(data, at) : -1;
      if (header >= 0) return { at, header };
      this.#searched++;
    }
  }

  /** The start of the pushed bytes: an envelope line, a mail without one, or bytes that are no mail. */
  #begin(last: boolean): boolean {
    if (!last && this.#data.length < lookAhead) return false;
    this.#started = true;
    let from = this.#base === 0 && this.#data.subarray(0, 3).equals(mark) ? 3 : 0;
    while (this.#base === 0 && (this.#data[from] === 10 || this.#data[from] === 13)) from++;
    if (this.#data.toString("latin1", from, from + 5) === "From ") {
      const header = headerBehind(this.#data.subarray(from), 0);
      if (header >= 0) this.#openAt(from, from + header);
    } else if (this.#base === 0 && fieldFollows(this.#data, from)) this.#openAt(from, from);
    return true;
  }

  #openAt(at: number, header: number): void {
    const line = this.#data.toString("latin1", at, header);
    this.#open = {
      envelope: this.#base + at,
      offset: this.#base + header,
      arrivedMs: at === header ? undefined : envelopeMs(line),
    };
    this.#head = undefined;
    this.#searched = this.#base + header;
    this.#heading = true;
  }

  /**
   * Looks for a Content-Length in the header of the open mail, which ends before the `next` one begins: no byte is looked
   * at for two mails, however few of them have a body. False when more of it must be read.
   */
  #readHeading(next: number | undefined, last: boolean): boolean {
    const from = (this.#open?.offset ?? 0) - this.#base;
    const mail = this.#data.subarray(from, next);
    const body = bodyStart(mail);
    if (body < 0 && next === undefined && !last && mail.length < headerLimit) return false;
    this.#heading = false;
    const counted = body < 0 ? undefined : contentLength(mail.subarray(0, body));
    this.#counted =
      counted !== undefined && counted <= countLimit ? this.#base + from + body + counted : undefined;
    return true;
  }

  /** Believes a Content-Length that leads to a separator or to the end. False when more must be read to tell. */
  #count(last: boolean): boolean {
    const end = (this.#counted ?? 0) - this.#base;
    if (!last && this.#data.length < end + lookAhead) return false;
    this.#counted = undefined;
    const size = this.#data.length;
    if (end > size) {
      if (!this.#endsAt(this.#base + end)) return true;
      this.#finish(size, end);
      return true;
    }
    // One empty line, or the line end that the count leaves out, may stand between.
    let next = end;
    while (next < end + 4 && (this.#data[next] === 10 || this.#data[next] === 13)) next++;
    if (next === size) {
      if (last) this.#finish(size, end);
      return true;
    }
    if (this.#data.toString("latin1", next, next + 5) !== "From ") return true;
    const header = headerBehind(this.#data, next);
    if (header < 0) return true;
    this.#close(this.#base + next, this.#base + end);
    this.#openAt(next, header);
    return true;
  }

  /** The last mail, whose end is known by count. */
  #finish(size: number, end: number): void {
    this.#close(this.#base + size, this.#base + end);
    this.#open = undefined;
    this.#searched = this.#base + size;
    this.#drop(size);
  }

  /** Hands on the open mail. `next` is where something else begins; by count the mail ends at `end` already. */
  #close(next: number, end = this.#trimmed(next)): void {
    const open = this.#open;
    if (open === undefined) return;
    const length = Math.max(0, end - open.offset);
    const from = open.offset - this.#base;
    const kept = Math.min(length, this.#limit);
    const bytes = this.#head?.subarray(0, kept) ?? this.#data.subarray(from, from + kept);
    this.#take({ envelope: open.envelope, offset: open.offset, length, arrivedMs: open.arrivedMs, bytes });
  }

  /** Without the empty line that stands before every separator. */
  #trimmed(next: number): number {
    const data = this.#data;
    const at = next - this.#base;
    if (data[at - 1] === 13) return data[at - 2] === 13 ? next - 1 : next;
    if (data[at - 1] !== 10) return next;
    if (data[at - 2] === 10) return next - 1;
    return data[at - 2] === 13 && data[at - 3] === 10 ? next - 2 : next;
  }

  /** Forgets what will not be looked at again: all before the open mail, and of a large one all but its start. */
  #letGo(): void {
    if (this.#open === undefined) {
      const rest = Math.max(0, this.#searched - this.#base - 3);
      this.#skipped += rest;
      this.#drop(rest);
      return;
    }
    this.#drop(Math.max(0, this.#open.envelope - this.#base));
    if (this.#heading || this.#counted !== undefined || this.#data.length < this.#limit + 3 * mailLimit)
      return;
    const from = this.#open.offset - this.#base;
    this.#head ??= Buffer.from(this.#data.subarray(from, from + this.#limit));
    this.#drop(Math.max(0, this.#searched - this.#base - 3));
  }

  #drop(bytes: number): void {
    this.#data = this.#data.subarray(bytes);
    this.#base += bytes;
  }
}
