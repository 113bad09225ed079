/** Records in one file: each change is appended as a line of JSON, and of each name the last line counts. */
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeWhole } from "../base/wholeFile.ts";

/** With more bytes than this, most of which no longer count, a log is written anew. */
const LARGE = 1 << 18;

const NEWLINE = 10;

/** Where the reading has come to, and in which file: a log that is written anew is another one. */
interface Position {
  file: string;
  /** Behind the last whole line. */
  offset: number;
  /** More than `offset` when a line was cut off by a crash. */
  size: number;
}

const START: Position = { file: "", offset: 0, size: 0 };

async function fileOf(handle: FileHandle): Promise<{ file: string; size: number }> {
  const { ino, birthtimeNs, size } = await handle.stat({ bigint: true });
  return { file: `${ino} ${birthtimeNs}`, size: Number(size) };
}

/** Reading needs no lock; only one process at a time may change. What cannot be read as a record is passed over. */
export class RecordLog<T extends { name: string }> {
  readonly #path: string;
  readonly #isRecord: (value: unknown) => value is T;
  readonly #records = new Map<string, T>();
  #at = START;
  #writing: FileHandle | undefined;

  constructor(path: string, isRecord: (value: unknown) => value is T) {
    this.#path = path;
    this.#isRecord = isRecord;
  }

  /** The records as they were when last read. */
  get records(): ReadonlyMap<string, T> {
    return this.#records;
  }

  #apply(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    if (this.#isRecord(value)) this.#records.set(value.name, value);
    else if (typeof value === "object" && value !== null && "gone" in value)
      this.#records.delete(String(value.gone));
  }

  /** Reads what was appended since, by whomever. */
  async refresh(): Promise<void> {
    for (;;) {
      const at = this.#at;
      const handle = await open(this.#path, "r").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (handle === undefined) {
        this.#records.clear();
        this.#at = START;
        return;
      }
      try {
        const { file, size } = await fileOf(handle);
        const start = file === at.file && size >= at.offset ? at.offset : 0;
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
        // Another reading, or a change, was quicker.
        if (this.#at !== at) continue;
        if (start === 0) this.#records.clear();
        const whole = bytesRead === 0 ? 0 : buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
        for (const line of buffer.toString("utf8", 0, whole).split("\n")) if (line !== "") this.#apply(line);
        this.#at = { file, offset: start + whole, size: start + bytesRead };
        return;
      } finally {
        await handle.close();
      }
    }
  }

  /**
   * Appends records, and the names of those that are gone. Under a lock, and after everything was read. With `isDurable`
   * these and all before them are on the disk when it returns; else a power cut, but no crash of ours, may forget them.
   */
  async append(records: readonly T[], gone: readonly string[], isDurable: boolean): Promise<void> {
    const lines = [...records, ...gone.map((name) => ({ gone: name }))].map(
      (one) => `${JSON.stringify(one)}\n`,
    );
    const isNew = this.#at.file === "";
    try {
      this.#writing ??= await open(this.#path, "a", 0o600);
      if (isNew) this.#at = { ...START, file: (await fileOf(this.#writing)).file };
      const { file, offset, size } = this.#at;
      const bytes = Buffer.from(`${size > offset ? "\n" : ""}${lines.join("")}`);
      await this.#writing.appendFile(bytes);
      if (isDurable) await this.#writing.datasync();
      if (isDurable && isNew) await syncFolder(dirname(this.#path));
      for (const line of lines) this.#apply(line);
      this.#at = { file, offset: size + bytes.byteLength, size: size + bytes.byteLength };
    } catch (error) {
      // On a full disk a part of it may be there: all is read again.
      this.#at = START;
      this.#records.clear();
      await this.close();
      await this.refresh();
      throw error;
    }
  }

  /** Has everything that was appended on the disk. */
  async sync(): Promise<void> {
    if (this.#at.file !== "") await this.append([], [], true);
  }

  /** Writes the log anew when most of it no longer counts. Under the lock. */
  async tidy(): Promise<void> {
    if (this.#at.size < LARGE) return;
    const text = [...this.#records.values()].map((record) => `${JSON.stringify(record)}\n`).join("");
    if (text.length * 2 > this.#at.size) return;
    await this.close();
    await writeWhole(this.#path, text);
    await this.refresh();
  }

  /** Lets the file go; it is opened again when it is needed. */
  async close(): Promise<void> {
    const writing = this.#writing;
    this.#writing = undefined;
    await writing?.close();
  }
}
