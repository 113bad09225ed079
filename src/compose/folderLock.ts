/** A lock on disk for work of milliseconds: one process at a time, freed when its holder is gone. */
import { randomBytes } from "node:crypto";
import { link, open, readFile, rename, unlink } from "node:fs/promises";
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
  #last: Promise<unknown> = Promise.resolve();

  /** `path` is the lock's file; its folder is there. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Does the work while nobody else, in this process or another, does work under the same lock. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      const holder = await this.#take();
      try {
        return await work();
      } finally {
        await this.#free(holder);
      }
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #take(): Promise<string> {
    const holder = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}`;
    let seen = "";
    let looks = 0;
    for (;;) {
      try {
        const handle = await open(this.#path, "wx", 0o600);
        await handle.writeFile(holder);
        await handle.close();
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
      looks = other === seen ? looks + 1 : 0;
      seen = other;
      if (looks > MOST_LOOKS || isGone(other)) await this.#remove(other);
      else await delay(LOOK_MS);
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

  async #free(holder: string): Promise<void> {
    const held = await readFile(this.#path, "utf8").catch(quietly);
    if (held === holder) await unlink(this.#path).catch(quietly);
  }
}
