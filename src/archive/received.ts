/** Mail that a server sends, taken in pieces and kept as one file a message in a folder of our own. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGunzip, type Gunzip } from "node:zlib";
import { isUserError, UserError } from "../base/report.ts";
import { readSkeleton } from "../mail/skeleton.ts";
import { asReceived } from "../sources/mbox.ts";
import { MboxSplit } from "../sources/mboxSplit.ts";
import { mailLimit } from "../sources/pace.ts";
import type { Received, ThreadNode, ThreadPage } from "./remote.ts";

/** A thread of lore is some megabytes. What unpacks to more than this is no mail. */
const LARGEST = 1 << 30;

/** One transfer: pieces of an mbox in, packed by gzip or not. */
class Transfer {
  readonly #folder: string;
  readonly #ids: string[] = [];
  readonly #split: MboxSplit;
  #gunzip: Gunzip | undefined;
  #begun = false;
  #unpacked = 0;
  #failure: Error | undefined;
  /** The gzip stream has come to its own end. */
  #isWhole = false;

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of ["cur", "new", "tmp"]) mkdirSync(join(folder, name), { recursive: true });
    this.#split = new MboxSplit({
      lineEnd: 10,
      base: 0,
      take: ({ bytes }) => this.#store(asReceived(bytes, 10)),
    });
  }

  async take(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    if (!this.#begun) this.#begin(piece);
    if (this.#gunzip === undefined) this.#split.push(Buffer.from(piece));
    else await this.#inflate(this.#gunzip, piece);
    if (this.#unpacked > LARGEST)
      throw new UserError("The server sent too much for one thread.", "Ask for less.");
  }

  /** What was stored. `cut`: the bytes ended before their end; the mail that was cut is not stored. */
  async end(): Promise<Received> {
    const gunzip = this.#gunzip;
    if (gunzip !== undefined) {
      if (!this.#isWhole && this.#failure === undefined) await ended(gunzip);
      gunzip.destroy();
    }
    const cut = gunzip !== undefined && !this.#isWhole;
    if (!cut && this.#begun) this.#split.end();
    return cut ? { messageIds: this.#ids, cut } : { messageIds: this.#ids };
  }

  #begin(piece: Uint8Array): void {
    this.#begun = true;
    if (piece[0] !== 0x1f) {
      const start = Buffer.from(piece.subarray(0, 200)).toString("latin1");
      if (!/^(?:From |[A-Za-z][A-Za-z0-9-]*:[ \t])/.test(start)) {
        throw new UserError(
          "What came is no mail.",
          "Check the address, or open the message in the browser.",
        );
      }
      return;
    }
    this.#gunzip = createGunzip({ chunkSize: 1 << 18 });
    this.#gunzip.on("data", (chunk: Buffer) => {
      this.#unpacked += chunk.length;
      if (this.#unpacked <= LARGEST) this.#split.push(chunk);
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
    if (this.#failure !== undefined || this.#isWhole) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        gunzip.off("error", done);
        resolve();
      };
      gunzip.once("error", done);
      gunzip.write(piece, done);
    });
  }

  /** A file a message, its name made from what it is: the same message is the same file, whenever it comes. */
  #store(raw: Buffer): void {
    const { messageId, dateMs } = readSkeleton(raw.subarray(0, mailLimit));
    const seconds = Math.max(0, Math.floor((dateMs ?? 0) / 1000));
    const name = `${seconds}.${hashOf(messageId)}.kernel-mail`;
    this.#ids.push(messageId);
    const path = join(this.#folder, "new", name);
    if (existsSync(path)) return;
    const draft = join(this.#folder, "tmp", name);
    writeFileSync(draft, raw);
    renameSync(draft, path);
  }
}

const ended = (gunzip: Gunzip): Promise<void> =>
  new Promise((resolve) => {
    gunzip.once("end", resolve);
    gunzip.once("error", () => resolve());
    gunzip.once("close", resolve);
    gunzip.end();
  });

/** What stands for a Message-ID in the name of its file. */
const hashOf = (messageId: string): string =>
  createHash("sha256").update(messageId).digest("hex").slice(0, 32);

/** Every transfer under way, by the name that its sender gave it. */
export class Transfers {
  readonly #open = new Map<string, Transfer>();

  /** Takes a piece, or with `piece` left out ends the transfer. */
  async take(name: string, folder: string, piece: Uint8Array | undefined): Promise<Received | null> {
    const transfer = this.#open.get(name) ?? new Transfer(folder);
    this.#open.set(name, transfer);
    if (piece === undefined) {
      this.#open.delete(name);
      return await transfer.end();
    }
    try {
      await transfer.take(piece);
    } catch (error) {
      this.#open.delete(name);
      if (isUserError(error)) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new UserError(`Fetched mail cannot be stored (${message}).`, "Make room, and try again.");
    }
    return null;
  }
}

/** Takes the files of these messages out of a folder of received mail. */
export function drop(folder: string, messageIds: readonly string[]): void {
  const hashes = new Set(messageIds.map(hashOf));
  for (const part of ["new", "cur"]) {
    const at = join(folder, part);
    for (const name of existsSync(at) ? readdirSync(at) : []) {
      if (hashes.has(name.split(".")[1] ?? "")) rmSync(join(at, name), { force: true });
    }
  }
}

const filesOf = (folder: string): { path: string; hash: string; size: number; mtimeMs: number }[] => {
  const at = join(folder, "new");
  if (!existsSync(at)) return [];
  return readdirSync(at).map((name) => {
    const path = join(at, name);
    const { size, mtimeMs } = statSync(path);
    return { path, hash: name.split(".")[1] ?? "", size, mtimeMs };
  });
};

/** Bytes of the mail in a folder of received mail. */
const sizeOf = (folder: string): number => filesOf(folder).reduce((sum, { size }) => sum + size, 0);

/**
 * Keeps the files of a folder of received mail below a size: those that were stored first go, those of the messages
 * of `spare` stay. Returns how many went.
 */
export function prune(folder: string, limit: number, spare: readonly string[] = []): number {
  const spared = new Set(spare.map(hashOf));
  let total = sizeOf(folder);
  let gone = 0;
  for (const { path, hash, size } of filesOf(folder).sort((one, other) => one.mtimeMs - other.mtimeMs)) {
    if (total <= limit) break;
    if (spared.has(hash)) continue;
    rmSync(path, { force: true });
    total -= size;
    gone += 1;
  }
  return gone;
}

/** What is asked of the index to know which threads stay. */
interface Threads {
  threads(params: { source: string; query: string; passed: true; limit: number }): Promise<ThreadPage>;
  thread(params: { messageId: string }): Promise<{ nodes: ThreadNode[] } | null>;
}

/** Threads of a folder that are spared, the newest first. */
const MOST_SPARED = 10_000;

/** The messages of the threads in a folder that a query finds. */
async function messagesOf(index: Threads, folder: string, query: string): Promise<string[]> {
  const { threads } = await index.threads({ source: folder, query, passed: true, limit: MOST_SPARED });
  const found: string[] = [];
  for (const { thread } of threads) {
    const whole = await index.thread({ messageId: thread });
    found.push(...(whole?.nodes.map(({ messageId }) => messageId) ?? []));
  }
  return found;
}

/** As `prune`; the threads that the person starred or follows stay. Returns how many messages went. */
export async function pruneUnmarked(index: Threads, folder: string, limit: number): Promise<number> {
  if (sizeOf(folder) <= limit) return 0;
  return prune(folder, limit, await messagesOf(index, folder, "is:starred OR is:followed"));
}

/** Takes everything out of a folder of received mail but the threads that the person follows. */
export async function dropUnfollowed(index: Threads, folder: string): Promise<void> {
  const spare = await messagesOf(index, folder, "is:followed");
  if (spare.length > 0) prune(folder, 0, spare);
  else rmSync(folder, { recursive: true, force: true });
}
