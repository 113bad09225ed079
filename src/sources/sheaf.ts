/**
 * Mails that a source has found, as bytes and numbers: as objects, dozens a mail, they would cost the collector of
 * garbage as much as storing them costs. Bytes also cross to another thread in one piece.
 */

import type { Found, Place } from "./found.ts";
import { batchMails } from "./pace.ts";

/** A sheaf as it crosses a wall. */
export interface PlainSheaf {
  rows: number[];
  numbers: Float64Array;
  bytes: Uint8Array;
  paths: string[];
  inboxes: string[];
  size: number;
}

/** About as many bytes are handed on together, however few mails they are of: bounds memory whatever a stranger sends. */
const fullBytes = 1 << 23;

const firstNumbers = 1 << 9;
const firstBytes = 1 << 14;

/** The numbers of a row. Lengths of texts are in letters, -1 for none; the lengths of ancestors' ids follow the last. */
const START = 0;
const ID_BYTES = 1;
const TEXT_BYTES = 2;
const RECIPIENTS = 3;
const PROSE = 4;
const DATE = 5;
const ARRIVED = 6;
const SIZE = 7;
const OFFSET = 8;
const LENGTH = 9;
const PATH = 10;
const INBOX = 11;
const OWN_ID = 12;
const OID = 13;
const SUBJECT = 14;
const NAME = 15;
const ADDRESS = 16;
const LIST = 17;
const FLAGS = 18;
const ID = 19;
const ANCESTORS = 20;
const FIRST_ANCESTOR = 21;

export class Sheaf {
  /** Where the numbers of each mail begin. */
  #rows: number[] = [];
  #numbers: Float64Array<ArrayBuffer>;
  #numbersEnd = 0;
  /** Of each mail: the ids, the other texts, the recipients, the prose. */
  #bytes: Buffer<ArrayBuffer>;
  #bytesEnd = 0;
  #paths: string[] = [];
  #inboxes: string[] = [];
  #size = 0;

  /** An empty one, with room for so many numbers and bytes. */
  constructor(numbers = firstNumbers, bytes = firstBytes) {
    this.#numbers = new Float64Array(numbers);
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
  }

  /** Of mails in their order. */
  static of(found: Iterable<Found>): Sheaf {
    const sheaf = new Sheaf();
    for (const one of found) sheaf.push(one);
    return sheaf;
  }

  /** What has crossed a wall. */
  static from({ rows, numbers, bytes, paths, inboxes, size }: PlainSheaf): Sheaf {
    const sheaf = new Sheaf(0, 0);
    sheaf.#rows = rows;
    sheaf.#numbers = numbers as Float64Array<ArrayBuffer>;
    sheaf.#numbersEnd = numbers.length;
    sheaf.#bytes = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
    sheaf.#bytesEnd = bytes.length;
    sheaf.#paths = paths;
    sheaf.#inboxes = inboxes;
    sheaf.#size = size;
    return sheaf;
  }

  /** An empty one that will take as much: its room need not grow again. */
  next(): Sheaf {
    return new Sheaf(Math.ceil(1.25 * this.#numbersEnd), Math.ceil(1.25 * this.#bytesEnd));
  }

  /** Takes all mails out and keeps the room. */
  clear(): void {
    this.#rows = [];
    this.#numbersEnd = 0;
    this.#bytesEnd = 0;
    this.#paths = [];
    this.#inboxes = [];
    this.#size = 0;
  }

  /** What crosses a wall; it may be given away, then nothing is left here. */
  plain(): PlainSheaf {
    return {
      rows: this.#rows,
      numbers: this.#numbers.subarray(0, this.#numbersEnd),
      bytes: this.#bytes.subarray(0, this.#bytesEnd),
      paths: this.#paths,
      inboxes: this.#inboxes,
      size: this.#size,
    };
  }

  /** How many mails. */
  get length(): number {
    return this.#rows.length;
  }

  /** How long all mails are together, in bytes of the archive. */
  get size(): number {
    return this.#size;
  }

  /** How much is kept of them, in bytes. */
  get bytes(): number {
    return this.#bytesEnd;
  }

  /** Whether it should be handed on. */
  get full(): boolean {
    return this.length >= batchMails || this.#bytesEnd >= fullBytes;
  }

  push({ place, skeleton, recipients, prose, ...known }: Found): void {
    const { messageId, references, subject, fromName, fromAddress, listId } = skeleton;
    const { oid, path, offset, length } = place;
    const { flags, inbox } = known;
    const ids = references.length === 0 ? messageId : messageId + references.join("");
    const texts = `${oid ?? ""}${subject}${fromName}${fromAddress}${listId}${flags ?? ""}`;
    const row = this.#numbersEnd;
    this.#makeRoom(
      FIRST_ANCESTOR + references.length,
      3 * (ids.length + texts.length) + (recipients?.length ?? 0) + (prose?.length ?? 0),
    );
    const numbers = this.#numbers;
    const start = this.#bytesEnd;
    const idBytes = this.#bytes.write(ids, start);
    const textBytes = this.#bytes.write(texts, start + idBytes);
    this.#bytesEnd += idBytes + textBytes;
    this.#append(recipients);
    this.#append(prose);
    numbers[row + START] = start;
    numbers[row + ID_BYTES] = idBytes;
    numbers[row + TEXT_BYTES] = textBytes;
    numbers[row + RECIPIENTS] = recipients?.length ?? -1;
    numbers[row + PROSE] = prose?.length ?? -1;
    numbers[row + DATE] = skeleton.dateMs ?? Number.NaN;
    numbers[row + ARRIVED] = known.arrivedMs ?? Number.NaN;
    numbers[row + SIZE] = known.size;
    numbers[row + OFFSET] = offset ?? Number.NaN;
    numbers[row + LENGTH] = length ?? Number.NaN;
    numbers[row + PATH] = lastOf(this.#paths, path);
    numbers[row + INBOX] = inbox === undefined ? -1 : lastOf(this.#inboxes, inbox);
    numbers[row + OWN_ID] = skeleton.hasMessageId ? 1 : 0;
    numbers[row + OID] = oid?.length ?? -1;
    numbers[row + SUBJECT] = subject.length;
    numbers[row + NAME] = fromName.length;
    numbers[row + ADDRESS] = fromAddress.length;
    numbers[row + LIST] = listId.length;
    numbers[row + FLAGS] = flags?.length ?? -1;
    numbers[row + ID] = messageId.length;
    numbers[row + ANCESTORS] = references.length;
    for (let at = 0; at < references.length; at++) {
      numbers[row + FIRST_ANCESTOR + at] = references[at]?.length ?? 0;
    }
    this.#numbersEnd = row + FIRST_ANCESTOR + references.length;
    this.#rows.push(row);
    this.#size += known.size;
  }

  #append(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return;
    this.#bytes.set(bytes, this.#bytesEnd);
    this.#bytesEnd += bytes.length;
  }

  #makeRoom(numbers: number, bytes: number): void {
    if (this.#numbersEnd + numbers > this.#numbers.length) {
      const larger = new Float64Array(2 * (this.#numbersEnd + numbers));
      larger.set(this.#numbers.subarray(0, this.#numbersEnd));
      this.#numbers = larger;
    }
    if (this.#bytesEnd + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#bytesEnd + bytes));
      this.#bytes.copy(larger, 0, 0, this.#bytesEnd);
      this.#bytes = larger;
    }
  }

  /** Adds the mails of another sheaf, from its first or from its last on. */
  append(other: Sheaf, from: "first" | "last" = "first"): void {
    this.#makeRoom(other.#numbersEnd, other.#bytesEnd);
    const numbers = this.#numbers;
    numbers.set(other.#numbers.subarray(0, other.#numbersEnd), this.#numbersEnd);
    other.#bytes.copy(this.#bytes, this.#bytesEnd, 0, other.#bytesEnd);
    const rows = other.#rows.length;
    for (let at = 0; at < rows; at++) {
      const row = this.#numbersEnd + (other.#rows[from === "first" ? at : rows - 1 - at] ?? 0);
      numbers[row + START] = this.#of(row, START) + this.#bytesEnd;
      numbers[row + PATH] = this.#of(row, PATH) + this.#paths.length;
      if (this.#of(row, INBOX) >= 0) numbers[row + INBOX] = this.#of(row, INBOX) + this.#inboxes.length;
      this.#rows.push(row);
    }
    this.#numbersEnd += other.#numbersEnd;
    this.#bytesEnd += other.#bytesEnd;
    this.#size += other.#size;
    for (const path of other.#paths) this.#paths.push(path);
    for (const inbox of other.#inboxes) this.#inboxes.push(inbox);
  }

  /** Takes out what lies at such places. */
  drop(isGone: (place: Place) => boolean): void {
    this.#rows = this.#rows.filter((row) => {
      const gone = isGone(this.#place(row));
      if (gone) this.#size -= this.#of(row, SIZE);
      return !gone;
    });
  }

  /** Its places as a folder knows them in which the source lies. */
  movePaths(outer: (path: string) => string): void {
    this.#paths = this.#paths.map(outer);
  }

  /** The Message-ID of a mail, then those of its ancestors. */
  ids(at: number): string[] {
    return this.#ids(this.#row(at));
  }

  place(at: number): Place {
    return this.#place(this.#row(at));
  }

  /** A mail as it was pushed; its bytes are valid for as long as nothing is. */
  at(at: number): Found {
    const row = this.#row(at);
    const texts = this.#texts(row);
    const end = this.#of(row, START) + this.#of(row, ID_BYTES) + this.#of(row, TEXT_BYTES);
    const recipients = this.#of(row, RECIPIENTS);
    const prose = this.#of(row, PROSE);
    const arrived = this.#of(row, ARRIVED);
    const date = this.#of(row, DATE);
    const [messageId = "", ...references] = this.#ids(row);
    let textEnd = Math.max(0, this.#of(row, OID));
    const text = (column: number): string => {
      const from = textEnd;
      textEnd += this.#of(row, column);
      return texts.slice(from, textEnd);
    };
    const found: Found = {
      place: this.#place(row, texts),
      skeleton: {
        messageId,
        hasMessageId: this.#of(row, OWN_ID) === 1,
        references,
        subject: text(SUBJECT),
        fromName: text(NAME),
        fromAddress: text(ADDRESS),
        listId: text(LIST),
        dateMs: Number.isNaN(date) ? undefined : date,
      },
      size: this.#of(row, SIZE),
    };
    if (recipients >= 0) found.recipients = this.#bytes.subarray(end, end + recipients);
    const proseStart = end + Math.max(0, recipients);
    if (prose >= 0) found.prose = this.#bytes.subarray(proseStart, proseStart + prose);
    if (!Number.isNaN(arrived)) found.arrivedMs = arrived;
    if (this.#of(row, FLAGS) >= 0) found.flags = text(FLAGS);
    const inbox = this.#inboxes[this.#of(row, INBOX)];
    if (inbox !== undefined) found.inbox = inbox;
    return found;
  }

  *[Symbol.iterator](): Generator<Found> {
    for (let at = 0; at < this.length; at++) yield this.at(at);
  }

  #row(at: number): number {
    const row = this.#rows[at];
    if (row === undefined) throw new Error(`there is no mail ${at} among ${this.length}`);
    return row;
  }

  #of(row: number, column: number): number {
    return this.#numbers[row + column] as number;
  }

  #ids(row: number): string[] {
    const start = this.#of(row, START);
    const text = this.#bytes.toString("utf8", start, start + this.#of(row, ID_BYTES));
    let from = this.#of(row, ID);
    const ids = [text.slice(0, from)];
    const end = FIRST_ANCESTOR + this.#of(row, ANCESTORS);
    for (let column = FIRST_ANCESTOR; column < end; column++) {
      const length = this.#of(row, column);
      ids.push(text.slice(from, from + length));
      from += length;
    }
    return ids;
  }

  #texts(row: number): string {
    const start = this.#of(row, START) + this.#of(row, ID_BYTES);
    return this.#bytes.toString("utf8", start, start + this.#of(row, TEXT_BYTES));
  }

  #place(row: number, texts = this.#texts(row)): Place {
    const place: Place = { path: this.#paths[this.#of(row, PATH)] ?? "" };
    const offset = this.#of(row, OFFSET);
    const length = this.#of(row, LENGTH);
    const oid = this.#of(row, OID);
    if (!Number.isNaN(offset)) place.offset = offset;
    if (!Number.isNaN(length)) place.length = length;
    if (oid >= 0) place.oid = texts.slice(0, oid);
    return place;
  }
}

/** The number of a name that nearly always is the last one. */
const lastOf = (names: string[], name: string): number =>
  (names.at(-1) === name ? names.length : names.push(name)) - 1;
