/** One mbox file on disk: its bytes by place, and whether it is still the file that was read. */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { unreadable } from "./git.ts";

/** What of a file's state says "nothing has changed". Nanoseconds as text: a number would round them. */
export interface FileState {
  size: number;
  mtime: string;
  ctime: string;
  ino: string;
}

export const sameState = (a: FileState, b: FileState): boolean =>
  a.size === b.size && a.mtime === b.mtime && a.ctime === b.ctime && a.ino === b.ino;

/** How a file stands to what was read of it: as it was, longer by what was appended, or another one. */
export type Since = "same" | "grown" | "other";

/** Some file systems keep times in steps of two seconds: within one, a change may leave no trace in them. */
const timeStepNs = 2_000_000_000n;

/** Whether the file had changed so shortly before it was looked at that its times prove nothing yet. */
export const isFresh = ({ mtime, ctime }: FileState, nowMs: number): boolean => {
  const now = BigInt(Math.floor(nowMs)) * 1_000_000n;
  return [BigInt(mtime), BigInt(ctime)].some((time) => now - time < timeStepNs);
};

/** Samples of the middle: each catches a change of its 4 KiB; a change of length is caught by the end. */
const samples = 32;
const sampleSize = 4096;
const edgeSize = 64 << 10;

export class MboxFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly state: FileState;

  /** Opens for reading only. Throws a UserError when that is not permitted. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw unreadable(path, error);
    }
    const stat = fstatSync(this.#descriptor, { bigint: true });
    if (stat.isDirectory()) {
      closeSync(this.#descriptor);
      throw unreadable(path, Object.assign(new Error("a folder"), { code: "EISDIR" }));
    }
    const { size, mtimeNs, ctimeNs, ino } = stat;
    this.state = { size: Number(size), mtime: `${mtimeNs}`, ctime: `${ctimeNs}`, ino: `${ino}` };
  }

  get size(): number {
    return this.state.size;
  }

  /** Bytes [from, to), fewer when the file has become shorter; in `space` when it is given and large enough. */
  read(from: number, to: number, space?: Buffer): Buffer {
    const wanted = Math.max(0, to - from);
    const buffer = space !== undefined && space.length >= wanted ? space : Buffer.allocUnsafe(wanted);
    let got = 0;
    while (got < wanted) {
      const count = readSync(this.#descriptor, buffer, got, wanted - got, from + got);
      if (count === 0) break;
      got += count;
    }
    return buffer.subarray(0, got);
  }

  /** A hash of the first `end` bytes by their edges and samples: the cost does not grow with the file. */
  fingerprint(end: number): string {
    const hash = createHash("sha256");
    hash.update(this.read(0, Math.min(edgeSize, end)));
    const step = Math.floor(end / (samples + 1));
    for (let at = step; step > sampleSize && at + sampleSize < end; at += step) {
      hash.update(this.read(at, at + sampleSize));
    }
    hash.update(this.read(Math.max(0, end - edgeSize), end));
    return hash.digest("base64");
  }

  /**
   * What became of a file of which the first `end` bytes had this fingerprint. A file of the same size with any other
   * time or number is another one: samples could miss what was changed in its middle, and a touch costs no more
   * than reading it anew. What was appended is told by the beginning, the end and samples of what there was: reading all
   * of it again to hash it would make each new mail cost as much as the whole file. A change that keeps every length and
   * falls between the samples is missed when mail is appended before anybody looks; then a row and its words are those of
   * the old bytes until the archive is read anew, and what is shown is what the file holds.
   */
  since(before: { file: FileState; fingerprint: string; fresh?: boolean }, end: number): Since {
    if (sameState(before.file, this.state)) {
      return before.fresh && this.fingerprint(end) !== before.fingerprint ? "other" : "same";
    }
    const grown = this.size > before.file.size && this.fingerprint(end) === before.fingerprint;
    return grown ? "grown" : "other";
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
