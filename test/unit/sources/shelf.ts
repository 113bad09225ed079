/** What an archive would hold after reading a source: applies batches as their contract says. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Found, Place } from "../../../src/sources/found.ts";
import { openSource } from "../../../src/sources/open.ts";
import type { Batch, ReadOptions, Source } from "../../../src/sources/source.ts";

const keyOf = ({ path, oid, offset, length }: Place): string => JSON.stringify([path, oid, offset, length]);

export class Shelf {
  readonly rows = new Map<string, Found>();
  cursor: string | undefined;
  /** The batches of the last run. */
  batches: Batch[] = [];
  /** False: the source is not told which places are held. */
  tells = true;

  /** Reads a source to its end, or until `stop` says so after a batch was stored. */
  async run(
    source: Source,
    stop: (batch: Batch) => boolean = () => false,
    bodies: ReadOptions["bodies"] = "prose",
  ) {
    this.batches = [];
    const held = (below: string): Place[] =>
      [...this.rows.values()]
        .map(({ place }) => place)
        .filter(({ path }) => below === "" || path === below || path.startsWith(`${below}/`));
    const options: ReadOptions = { bodies, git: "git", signal: new AbortController().signal };
    if (this.tells) options.held = held;
    for await (const batch of source.read(this.cursor, options)) {
      this.batches.push(batch);
      if (batch.restart) this.rows.clear();
      for (const place of batch.removed) this.rows.delete(keyOf(place));
      for (const found of batch.found) this.rows.set(keyOf(found.place), found);
      this.cursor = batch.cursor;
      if (stop(batch)) break;
    }
    return this;
  }

  /** Opens, reads and closes. */
  async index(path: string, stop?: (batch: Batch) => boolean): Promise<this> {
    const source = await openSource({ path });
    try {
      return await this.run(source, stop);
    } finally {
      source.close();
    }
  }

  /** Message-IDs held, sorted. */
  get ids(): string[] {
    return [...this.rows.values()].map(({ skeleton }) => skeleton.messageId).sort();
  }

  /** Message-IDs in the order they were given in the last run. */
  get given(): string[] {
    return this.batches.flatMap(({ found }) => [...found].map(({ skeleton }) => skeleton.messageId));
  }

  get notes(): string[] {
    return this.batches.flatMap(({ notes = [], problems = [] }) => [...notes, ...problems]);
  }

  get restarts(): number {
    return this.batches.filter(({ restart }) => restart).length;
  }

  /** Whether the last run gave or took any mail. */
  get quiet(): boolean {
    return this.batches.every(
      ({ found, removed, restart }) => found.length + removed.length === 0 && !restart,
    );
  }
}

/** One mail as text, `\n` line ends. */
export const mail = (id: string, body = `text of ${id}\n`): string =>
  `From: Ada Author <ada@example.org>\nDate: Mon, 16 Nov 2026 09:15:42 +0000\nSubject: about ${id}\nMessage-ID: <${id}@kernel.example>\n\n${body}`;

/** A mail's Message-ID as a row has it. */
export const idOf = (id: string): string => `${id}@kernel.example`;
export const idsOf = (...ids: string[]): string[] => ids.map(idOf).sort();

export const envelope = "From mboxrd@z Thu Jan  1 00:00:00 1970\n";
export const mboxOf = (...mails: string[]): string => mails.map((each) => `${envelope}${each}\n`).join("");

const folders: string[] = [];

/** A fresh folder below the machine's temporary one; `removeFolders` takes them all away. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "kernel-mail-sources-"));
  folders.push(path);
  return path;
}

export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
}

/** Writes a file, its folders as needed, and returns its path. */
export function file(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? Buffer.from(content, "latin1") : content);
  return path;
}

/** Every entry below a folder with its size, mode and time: equal texts mean that nothing was written. */
export function listing(path: string): string {
  const lines: string[] = [];
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { size, mode, mtimeNs } = statSync(next, { bigint: true });
    lines.push(`${next} ${size} ${mode} ${mtimeNs}`);
    if (!statSync(next).isDirectory()) continue;
    for (const name of readdirSync(next)) open.push(join(next, name));
  }
  return lines.sort().join("\n");
}
