/** A folder of our own for mail that servers sent: a Maildir with a file a message, kept below a size. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ThreadNode, ThreadPage } from "./remote.ts";

/** What stands for a Message-ID in the name of its file. */
const hashOf = (messageId: string): string =>
  createHash("sha256").update(messageId).digest("hex").slice(0, 32);

/** What is asked of the index to know which threads stay. */
interface Threads {
  threads(params: { source: string; query: string; passed: true; limit: number }): Promise<ThreadPage>;
  thread(params: { messageId: string }): Promise<{ nodes: ThreadNode[] } | null>;
}

/** Threads that are spared, the newest first. */
const MOST_SPARED = 10_000;

export class ReceivedFolder {
  readonly #path: string;
  /** Bytes of all mail in it and the time of its folder then; counting them anew means looking at every file. */
  #size: { bytes: number; mtimeMs: number } | undefined;

  /** `path` is absolute; it need not be there. */
  constructor(path: string) {
    this.#path = path;
  }

  get #mails(): string {
    return join(this.#path, "new");
  }

  make(): void {
    for (const name of ["cur", "new", "tmp"]) mkdirSync(join(this.#path, name), { recursive: true });
  }

  /**
   * A file a message, its name made from what it is: the same message is the same file, whenever it comes. False when it
   * is there already.
   */
  store(messageId: string, dateMs: number, raw: Buffer): boolean {
    const name = `${Math.max(0, Math.floor(dateMs / 1000))}.${hashOf(messageId)}.kernel-mail`;
    const path = join(this.#mails, name);
    if (existsSync(path)) return false;
    const known = this.#known();
    const draft = join(this.#path, "tmp", name);
    writeFileSync(draft, raw);
    renameSync(draft, path);
    if (known !== undefined) this.#keep(known + raw.length);
    return true;
  }

  /** Takes out the files of these messages. */
  drop(messageIds: readonly string[]): void {
    const hashes = new Set(messageIds.map(hashOf));
    for (const part of ["new", "cur"]) {
      const at = join(this.#path, part);
      for (const name of existsSync(at) ? readdirSync(at) : []) {
        if (hashes.has(name.split(".")[1] ?? "")) rmSync(join(at, name), { force: true });
      }
    }
  }

  /** Takes everything out but the threads that the person follows. */
  async dropUnfollowed(index: Threads): Promise<void> {
    const spare = await this.#messagesOf(index, "is:followed");
    if (spare.length > 0) this.prune(0, spare);
    else rmSync(this.#path, { recursive: true, force: true });
  }

  /** As `prune`; the threads that the person starred or follows stay. */
  async pruneUnmarked(index: Threads, limit: number): Promise<number> {
    const bytes = this.#known() ?? this.#count();
    if (bytes <= limit) return 0;
    return this.prune(limit, await this.#messagesOf(index, "is:starred OR is:followed"));
  }

  /**
   * Keeps the files below a size in bytes: those that were stored first go, those of the messages of `spare` stay.
   * Returns how many went.
   */
  prune(limit: number, spare: readonly string[] = []): number {
    const spared = new Set(spare.map(hashOf));
    const files = this.#files();
    let total = files.reduce((sum, { size }) => sum + size, 0);
    let gone = 0;
    for (const { path, hash, size } of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (total <= limit) break;
      if (spared.has(hash)) continue;
      rmSync(path, { force: true });
      total -= size;
      gone += 1;
    }
    this.#keep(total);
    return gone;
  }

  /** The size as it was kept, while nobody else has changed the folder since. */
  #known(): number | undefined {
    return this.#size !== undefined && this.#size.mtimeMs === this.#mtimeMs() ? this.#size.bytes : undefined;
  }

  #count(): number {
    const bytes = this.#files().reduce((sum, { size }) => sum + size, 0);
    this.#keep(bytes);
    return bytes;
  }

  #keep(bytes: number): void {
    this.#size = { bytes, mtimeMs: this.#mtimeMs() };
  }

  #mtimeMs(): number {
    return statSync(this.#mails, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  #files(): { path: string; hash: string; size: number; mtimeMs: number }[] {
    const at = this.#mails;
    if (!existsSync(at)) return [];
    return readdirSync(at).map((name) => {
      const path = join(at, name);
      const { size, mtimeMs } = statSync(path);
      return { path, hash: name.split(".")[1] ?? "", size, mtimeMs };
    });
  }

  /** The messages of the threads in it that a query finds. */
  async #messagesOf(index: Threads, query: string): Promise<string[]> {
    const { threads } = await index.threads({ source: this.#path, query, passed: true, limit: MOST_SPARED });
    const found: string[] = [];
    for (const { thread } of threads) {
      const whole = await index.thread({ messageId: thread });
      found.push(...(whole?.nodes.map(({ messageId }) => messageId) ?? []));
    }
    return found;
  }
}
