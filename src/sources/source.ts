/** Where mail comes from: the contract every kind of archive on disk fulfils. */
import type { Bodies, Place } from "./found.ts";
import type { Sheaf } from "./sheaf.ts";

export type Format = "mbox" | "maildir" | "v1" | "v2" | "inboxes" | "eml" | "folder";

/** What names a source across walls. `path` is absolute. `kind` only overrules what was recognised. */
export interface SourceSpec {
  path: string;
  name?: string;
  kind?: Format;
  /** Its threads are shown in it only until the person follows them or another archive has them. */
  passing?: true;
}

/** A step of reading. After a batch is stored together with its `cursor`, reading can resume from there. */
export interface Batch {
  /**
   * "older": `found` is newest first and older than everything given so far (first reading);
   * "newer": `found` is oldest first and newer than everything given so far (what has come since).
   */
  direction: "older" | "newer";
  found: Sheaf;
  /**
   * Mails that are no longer in the source (git `d`, removed files, rewritten mbox). Applied before `found`;
   * may name places that were never found.
   */
  removed: Place[];
  /** True: forget every row of this source first (it was replaced by something else). */
  restart?: boolean;
  /** Opaque text to resume from. */
  cursor: string;
  /** For progress: how much of the whole is behind us, in units of the source's own (bytes, commits, files). */
  done: number;
  total: number;
  /** Defects of the archive itself met in this step, one sentence each: kept with what was read. */
  notes?: string[];
  /** What of the archive cannot be read at present, a sentence each: told by every run as long as it is so. */
  problems?: string[];
}

export interface ReadOptions {
  bodies: Bodies;
  signal: AbortSignal;
  /** The git program to use. */
  git: string;
  /**
   * Every place stored for this source whose `path` is `below` or lies under it ("" = all), in any order.
   * Asked only when a source cannot know from its cursor what is gone: files of a Maildir, rewritten git history.
   * Without it such a change costs a `restart`.
   */
  held?: (below: string) => Iterable<Place>;
}

/** An open archive on disk. Opened read-only; never writes in or beside the archive. */
export interface Source {
  readonly spec: SourceSpec;
  readonly format: Format;
  /**
   * Reads what changed since `cursor` (everything when undefined), newest first on a first reading.
   * Yields nothing (or an empty batch with a better cursor) when nothing changed, at a cost that does not grow with
   * the archive.
   * Several inboxes in one source come one after the other: `direction` holds within each `Found.inbox`.
   * Rejects with an AbortError when `signal` is aborted; what was yielded until then can be kept.
   */
  read(cursor: string | undefined, options: ReadOptions): AsyncIterable<Batch>;
  /** The bytes as received (mbox escapes undone) for each place, undefined where they are gone. Order kept. */
  bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]>;
  close(): void;
}
