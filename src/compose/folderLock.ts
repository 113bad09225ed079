/** A lock on disk for work of milliseconds: one process at a time, freed when its holder is gone. */
import { randomBytes } from "node:crypto";
import { link, open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../base/report.ts";

/** How often a lock that is taken is looked at, in milliseconds. */
const LOOK_MS = 20;
/**
 * A holder that is not known to be gone is given up after so many looks at the same lock: counted in looks, since a
 * machine that sleeps stops the one who looks as well.
 */
const MOST_LOOKS = 1500;

/** How long a lock is kept for work that follows at once, and the longest that one is kept in all, in milliseconds. */
const LINGER_MS = 5;
const LONGEST_HOLD_MS = 50;

const quietly = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  return undefined;
};

/** Whether the holder, as it wrote itself down, is known to be gone. */
function isGone(holder: string): boolean {
  const [pid, host] = holder.split(" ");
  if (host !== hostname() || !/^\d+$/.test(pid ?? "")) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

export class FolderLock {
  readonly #path: string;
  readonly #beforeFree: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #held: { holder: string; untilMs: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `path` is the lock's file; its folder is there. `beforeFree` is done each time before others get the lock. */
  constructor(path: string, beforeFree: () => Promise<void> = async () => undefined) {
    this.#path = path;
    this.#beforeFree = beforeFree;
  }

  /**
   * Does the work while nobody else, in this process or another, does work under the same lock. With `lingers` the lock
   * is kept for a moment, since more work follows at once. The work is told whether it was kept from the last time:
   * then nobody else has done anything since.
   */
  hold<T>(work: (isKept: boolean) => Promise<T>, lingers = false): Promise<T> {
    const mine = this.#last.then(async () => {
      clearTimeout(this.#timer);
      if (this.#held !== undefined && performance.now() > this.#held.untilMs) await this.#yield();
      const isKept = this.#held !== undefined;
      this.#held ??= { holder: await this.#take(), untilMs: performance.now() + LONGEST_HOLD_MS };
      try {
        return await work(isKept);
      } finally {
        if (lingers) {
          this.#timer = setTimeout(() => {
            this.#last = this.#last.then(() => this.#free()).catch(() => undefined);
          }, LINGER_MS);
        } else await this.#free();
      }
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Frees the lock, and leaves others who want it the time to see that. */
  async #yield(): Promise<void> {
    await this.#free();
    const isWanted = await unlink(this.#wanted).then(() => true, quietly);
    if (isWanted) await delay(2 * LOOK_MS);
  }

  get #wanted(): string {
    return `${this.#path}.wanted`;
  }

  async #take(): Promise<string> {
    const holder = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}`;
    let seen = "";
    let looks = 0;
    for (;;) {
      try {
        await this.#write(holder);
        return holder;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") {
          throw new UserError("The folder of the outbox is gone.", "Reload the window and try again.");
        }
        // Windows says EPERM for a file that is just being removed.
        if (code !== "EEXIST" && code !== "EPERM") throw error;
      }
      const other = (await readFile(this.#path, "utf8").catch(quietly)) ?? "";
      if (looks === 0) await writeFile(this.#wanted, "").catch(quietly);
      looks = other === seen ? looks + 1 : 0;
      seen = other;
      if (looks > MOST_LOOKS || isGone(other)) await this.#remove(other);
      else await delay(LOOK_MS);
    }
  }

  /** Makes the lock's file, where there is none. On a full disk no empty one stays behind, which would be a lock of nobody. */
  async #write(holder: string): Promise<void> {
    const handle = await open(this.#path, "wx", 0o600);
    try {
      await handle.writeFile(holder);
    } catch (error) {
      await unlink(this.#path).catch(quietly);
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** Removes the lock of this holder, and of no other one that may have come meanwhile. */
  async #remove(holder: string): Promise<void> {
    const aside = `${this.#path}.${randomBytes(4).toString("hex")}`;
    try {
      await rename(this.#path, aside);
    } catch (error) {
      return quietly(error as NodeJS.ErrnoException);
    }
    if ((await readFile(aside, "utf8")) !== holder) await link(aside, this.#path).catch(quietly);
    await unlink(aside);
  }

  async #free(): Promise<void> {
    clearTimeout(this.#timer);
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    await this.#beforeFree();
    const holder = await readFile(this.#path, "utf8").catch(quietly);
    if (holder === held.holder) await unlink(this.#path).catch(quietly);
  }
}
