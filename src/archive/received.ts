/** Mail that a server sends, taken in pieces and kept as one file a message in a folder of our own. */
import { createGunzip, type Gunzip } from "node:zlib";
import { isUserError, UserError } from "../base/report.ts";
import { readSkeleton } from "../mail/skeleton.ts";
import { asReceived } from "../sources/mbox.ts";
import { MboxSplit } from "../sources/mboxSplit.ts";
import { mailLimit } from "../sources/pace.ts";
import type { ReceivedFolder } from "./receivedFolder.ts";
import type { Received } from "./remote.ts";

/** The most that one transfer may bring. */
export interface TransferLimits {
  /** As it comes, and once more when it is unpacked. */
  bytes: number;
  messages: number;
}

/** A thread of lore is some megabytes, and the largest have a few thousand messages. What is larger is no thread. */
const LIMITS: TransferLimits = { bytes: 256 << 20, messages: 20_000 };

/** So many first bytes show what comes: gzip, an envelope line, or the name of a header field. */
const ENOUGH = 80;

/** Of a larger message this much is kept; no list takes it. */
const LARGEST_MAIL = 32 << 20;

/** One transfer: pieces of an mbox in, packed by gzip or not. */
class Transfer {
  readonly #folder: ReceivedFolder;
  readonly #limits: TransferLimits;
  readonly #ids: string[] = [];
  /** Those that were not there before. */
  readonly #news: string[] = [];
  readonly #split: MboxSplit;
  #gunzip: Gunzip | undefined;
  #begun = false;
  /** The first bytes, until there are enough of them to see what it is. */
  #first: Uint8Array = new Uint8Array();
  #came = 0;
  #unpacked = 0;
  #failure: Error | undefined;
  /** The gzip stream has come to its own end. */
  #isWhole = false;

  constructor(folder: ReceivedFolder, limits: TransferLimits) {
    this.#folder = folder;
    this.#limits = limits;
    folder.make();
    this.#split = new MboxSplit({
      base: 0,
      limit: LARGEST_MAIL,
      take: ({ bytes }) => this.#store(asReceived(bytes)),
    });
  }

  async take(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    this.#came += piece.length;
    if (this.#begun) await this.#read(piece);
    else {
      this.#first = Buffer.concat([this.#first, piece]);
      if (this.#first.length >= ENOUGH) await this.#begin();
    }
    const { bytes, messages } = this.#limits;
    if (Math.max(this.#came, this.#unpacked) > bytes || this.#ids.length > messages) {
      this.#gunzip?.destroy();
      throw new UserError(
        "The server sends more than can be one thread, and was stopped.",
        "Open the message in the browser, or search for less.",
      );
    }
  }

  /** Nothing more of it can be mail: it is damaged, or what comes stands behind the end of what was packed. */
  get isOver(): boolean {
    return this.#failure !== undefined || this.#isWhole;
  }

  /** What was stored. `cut`: the bytes ended before their end; the mail that was cut is not stored. */
  async end(): Promise<Received> {
    if (!this.#begun && this.#first.length > 0) await this.#begin();
    const gunzip = this.#gunzip;
    if (gunzip !== undefined) {
      if (!this.#isWhole && this.#failure === undefined) await ended(gunzip);
      gunzip.destroy();
    }
    const cut = gunzip !== undefined && !this.#isWhole;
    if (!cut && this.#begun) this.#split.end();
    return cut ? { messageIds: this.#ids, cut } : { messageIds: this.#ids };
  }

  /** Nothing of it is wanted: all is as it was before. */
  cancel(): Received {
    this.#gunzip?.destroy();
    this.#folder.drop(this.#news);
    return { messageIds: [] };
  }

  async #read(piece: Uint8Array): Promise<void> {
    if (this.#gunzip === undefined) this.#split.push(Buffer.from(piece));
    else await this.#inflate(this.#gunzip, piece);
  }

  async #begin(): Promise<void> {
    this.#begun = true;
    if (this.#first[0] === 0x1f) this.#unpack();
    else {
      const start = Buffer.from(this.#first.subarray(0, ENOUGH)).toString("latin1");
      if (!/^(?:From |[A-Za-z][A-Za-z0-9-]*:[ \t])/.test(start)) {
        throw new UserError(
          "What came is no mail.",
          "Check the address, or open the message in the browser.",
        );
      }
    }
    await this.#read(this.#first);
  }

  #unpack(): void {
    this.#gunzip = createGunzip({ chunkSize: 1 << 18 });
    this.#gunzip.on("data", (chunk: Buffer) => {
      this.#unpacked += chunk.length;
      if (this.#unpacked <= this.#limits.bytes) this.#split.push(chunk);
    });
    this.#gunzip.on("end", () => {
      this.#isWhole = true;
    });
    this.#gunzip.on("error", (error) => {
      this.#failure = error;
    });
  }

  /** Damage ends the mail that there is; `end` tells of it. */
  async #inflate(gunzip: Gunzip, piece: Uint8Array): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        gunzip.off("error", done);
        resolve();
      };
      gunzip.once("error", done);
      gunzip.write(piece, done);
    });
  }

  #store(raw: Buffer): void {
    const { messageId, dateMs } = readSkeleton(raw.subarray(0, mailLimit));
    this.#ids.push(messageId);
    if (this.#folder.store(messageId, dateMs ?? 0, raw)) this.#news.push(messageId);
  }
}

const ended = (gunzip: Gunzip): Promise<void> =>
  new Promise((resolve) => {
    gunzip.once("end", resolve);
    gunzip.once("error", () => resolve());
    gunzip.once("close", resolve);
    gunzip.end();
  });

/** Every transfer under way, by the name that its sender gave it. */
export class Transfers {
  readonly #open = new Map<string, Transfer>();
  readonly #limits: TransferLimits;

  constructor(limits: TransferLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * Takes a piece, or with `piece` left out ends the transfer; "cancel" also undoes it. Says what came once that is sure,
   * else null.
   */
  async take(
    name: string,
    folder: ReceivedFolder,
    piece: Uint8Array | "cancel" | undefined,
  ): Promise<Received | null> {
    const transfer = this.#open.get(name) ?? new Transfer(folder, this.#limits);
    this.#open.set(name, transfer);
    if (piece === undefined || piece === "cancel") {
      this.#open.delete(name);
      return piece === "cancel" ? transfer.cancel() : await transfer.end();
    }
    try {
      await transfer.take(piece);
      if (!transfer.isOver) return null;
      this.#open.delete(name);
      return await transfer.end();
    } catch (error) {
      this.#open.delete(name);
      if (isUserError(error)) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new UserError(`Fetched mail cannot be stored (${message}).`, "Make room, and try again.");
    }
  }
}
