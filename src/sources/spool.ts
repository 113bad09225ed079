/** What another program writes, taken over through a file without a name instead of through a pipe. */
import { randomUUID } from "node:crypto";
import { close, closeSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A pipe holds a fraction of a millisecond's worth of what git writes: both sides wait for each other at every mail,
 * and each wakes the other. A file lets them run at their own pace, is read in large pieces, and never reaches the
 * disk when it is gone after seconds. It lies in the folder for temporary files, for its owner's eyes alone, and has
 * lost its name before a byte is in it where the system allows that.
 */
export class Spool {
  /** For the writer. */
  readonly fd: number;
  readonly #path: string;
  readonly #reading: number;
  #named = true;
  #open = true;

  /** Throws what the system says when no such file can be made. */
  constructor() {
    this.#path = join(tmpdir(), `kernel-mail-${randomUUID()}`);
    this.fd = openSync(this.#path, "wx", 0o600);
    try {
      this.#reading = openSync(this.#path, "r");
    } catch (error) {
      closeSync(this.fd);
      rmSync(this.#path, { force: true });
      throw error;
    }
    this.#unname();
  }

  #unname(): void {
    try {
      rmSync(this.#path);
      this.#named = false;
    } catch {
      // Windows keeps the name of some files for as long as they are open.
    }
  }

  /** The next bytes into `room`; how many they were. 0 when the writer has not come further. */
  read(room: Buffer): number {
    return readSync(this.#reading, room, 0, room.length, null);
  }

  /** The writer has the file open: our own end of it goes. */
  handedOver(): void {
    closeSync(this.fd);
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // The system takes milliseconds to give up that many pages: not on this thread's time.
    close(this.#reading, () => {
      if (this.#named) this.#unname();
    });
  }
}
