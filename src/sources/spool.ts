/** What another program writes, taken over through a file without a name instead of through a pipe. */
import { randomUUID } from "node:crypto";
import { close, closeSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** So many programs write into one file, one after the other. */
const uses = 8;

/**
 * A pipe holds a fraction of a millisecond's worth of what git writes: both sides wait for each other at every mail,
 * and each wakes the other. A file lets them run at their own pace, and is read in large pieces. It lies in the folder
 * for temporary files, for its owner's eyes alone, and has lost its name before a byte is in it where the system allows
 * that. Each program writes over what the one before wrote: the system need not find and clean new memory (a tenth of
 * git's time), but where the writing ended is known only to who has read it.
 */
export class Spool {
  readonly #path: string;
  readonly #reading: number;
  /** One for each use to come: it writes from the beginning, and none can be opened any more without the name. */
  #writers: number[] = [];
  #writer: number | undefined;
  #read = 0;
  #named = true;
  #open = true;

  /** Throws what the system says when no such file can be made. */
  constructor() {
    this.#path = join(tmpdir(), `kernel-mail-${randomUUID()}`);
    this.#reading = openSync(this.#path, "wx+", 0o600);
    try {
      while (this.#writers.length < uses) this.#writers.push(openSync(this.#path, "r+"));
    } catch (error) {
      this.close();
      throw error;
    }
    this.#unname();
  }

  #unname(): void {
    try {
      rmSync(this.#path, { force: true });
      this.#named = false;
    } catch {
      // Windows keeps the name of some files for as long as they are open.
    }
  }

  /** Whether one more program may write into it. */
  get usable(): boolean {
    return this.#writers.length > 0;
  }

  /** For the next writer, which writes from the beginning; what is read is read from there. */
  begin(): number {
    this.#read = 0;
    this.#writer = this.#writers.pop();
    if (this.#writer === undefined) throw new Error("this file has been used up");
    return this.#writer;
  }

  /** The writer has the file open: our own end of it goes. */
  handedOver(): void {
    if (this.#writer !== undefined) closeSync(this.#writer);
    this.#writer = undefined;
  }

  /** The next bytes into `room`, what an earlier writer left behind them included; how many they were, 0 at the end. */
  read(room: Buffer): number {
    const bytes = readSync(this.#reading, room, 0, room.length, this.#read);
    this.#read += bytes;
    return bytes;
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.handedOver();
    for (const writer of this.#writers) closeSync(writer);
    this.#writers = [];
    // The system takes milliseconds to give up that many pages: not on this thread's time.
    close(this.#reading, () => {
      if (this.#named) this.#unname();
    });
  }
}
