/** Mails that are files: a Maildir with its folders, a folder of single mails, one single mail. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isUserError } from "../base/report.ts";
import { type Found, foundOf, type Place } from "./found.ts";
import { isMisnamed, unreadable } from "./git.ts";
import { inboxName } from "./inboxName.ts";
import { mailIn } from "./mailFile.ts";
import {
  deliveredMs,
  type FolderState,
  fileNames,
  flagsOf,
  folderState,
  type MailFolder,
  mailFolders,
  uniqueName,
} from "./mailFolders.ts";
import { looksLikeMail } from "./mboxLines.ts";
import { mailLimit, turn } from "./pace.ts";
import { Sheaf } from "./sheaf.ts";
import type { Batch, ReadOptions, Source, SourceSpec } from "./source.ts";

/** One read gives the whole header of nearly every mail. */
const headSize = 16 << 10;

/** Files between two turns of the event loop: some milliseconds of reading. */
const filesPerTurn = 100;

interface State {
  version: 1;
  /** By path of the folder. A single file is its own folder. */
  folders: Record<string, FolderState>;
  /** The first reading has come to its end. */
  whole: boolean;
  /** When the last reading began, in milliseconds: plain files changed since are read again. */
  at: number;
}

function stateOf(cursor: string | undefined): State | undefined {
  if (cursor === undefined) return undefined;
  const state = JSON.parse(cursor) as State;
  return state.version === 1 ? state : undefined;
}

/** A file to be read. `ms` orders: when it was delivered, or last changed. */
interface Candidate {
  path: string;
  folder: MailFolder;
  ms: number;
}

/** What lies beside mail, and what MH renames a mail to when it is removed (",12"). */
const whatNoMailIs =
  /^(?:dovecot|maildir|courier|subscriptions|\.|_|#|,)|\.(?:tsv|md|html?|db|lock|log|msf|dat)$/i;

export class MailFiles implements Source {
  readonly spec: SourceSpec;
  readonly format: "maildir" | "eml";
  /** Files (below the path) that another source reads. */
  readonly #others: ReadonlySet<string>;
  readonly #buffer = Buffer.allocUnsafe(mailLimit);

  constructor(spec: SourceSpec, format: "maildir" | "eml", others: ReadonlySet<string> = new Set()) {
    this.spec = spec;
    this.format = format;
    this.#others = others;
  }

  async *read(cursor: string | undefined, options: ReadOptions): AsyncGenerator<Batch> {
    const before = stateOf(cursor);
    const state: State = { version: 1, folders: {}, whole: before?.whole ?? false, at: Date.now() };
    const changed: MailFolder[] = [];
    const closed: string[] = [];
    const folders = this.#folders(closed);
    for (const folder of folders) {
      const old = before?.folders[folder.path];
      const now = this.#stateOf(folder, old, closed);
      if (now === undefined) continue;
      state.folders[folder.path] = now;
      if (now.names !== old?.names) changed.push(folder);
    }
    // What is only closed to us stays as it was.
    for (const [path, old] of Object.entries(before?.folders ?? {})) {
      if (isIn(path, closed)) state.folders[path] = old;
    }
    const lost = Object.keys(before?.folders ?? {}).filter((path) => state.folders[path] === undefined);
    if (before?.whole && changed.length === 0 && lost.length === 0 && closed.length === 0) {
      const settled = folders.some(({ path }) => before.folders[path]?.fresh && !state.folders[path]?.fresh);
      // Only the cursor is new: from now on the folders' times prove that nothing changed.
      if (settled) yield emptyBatch(JSON.stringify({ ...state, at: before.at }));
      return;
    }

    const restart = before !== undefined && options.held === undefined;
    const everything = restart || !before?.whole;
    const held = new Map<string, Place>();
    const looked = (everything ? folders : changed).filter(({ path }) => !isIn(path, closed));
    if (before !== undefined && options.held !== undefined) {
      const asked = everything ? [""] : [...looked.map(({ path }) => path), ...lost];
      for (const path of asked) for (const place of options.held(path)) held.set(place.path, place);
    }
    for (const [path] of held) if (isIn(path, closed)) held.delete(path);
    const { wanted, removed } = this.#compare(looked, lost, held, before, everything);
    const direction = everything ? "older" : "newer";
    wanted.sort(everything ? (a, b) => b.ms - a.ms : (a, b) => a.ms - b.ms);
    yield* this.#readAll(wanted, removed, direction, restart, {
      before,
      state,
      options,
      closed,
    });
  }

  /** How a folder looks now; undefined for one that may not be read, which `closed` gets. */
  #stateOf(folder: MailFolder, old: FolderState | undefined, closed: string[]): FolderState | undefined {
    try {
      return folderState(this.spec.path, folder, old);
    } catch (error) {
      if (!isUserError(error) || folder.path === "") throw error;
      closed.push(folder.path);
      return undefined;
    }
  }

  bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    return Promise.resolve(places.map(({ path }) => this.#bytesOf(path)));
  }

  close(): void {
    // Files are open during a call only.
  }

  #folders(closed: string[]): MailFolder[] {
    const path = this.spec.path;
    if (!statSync(path).isDirectory()) return [{ path: "", kind: "plain" }];
    const folders = mailFolders(path, closed);
    if (closed.includes("")) throw unreadable(path, Object.assign(new Error("closed"), { code: "EACCES" }));
    return folders;
  }

  #names(folder: MailFolder): string[] {
    return statSync(this.spec.path).isDirectory() ? fileNames(this.spec.path, folder) : [""];
  }

  /** What is to be read and what is gone, in the folders looked at. */
  #compare(
    looked: MailFolder[],
    lost: string[],
    held: Map<string, Place>,
    before: State | undefined,
    everything: boolean,
  ): { wanted: Candidate[]; removed: Place[] } {
    const wanted: Candidate[] = [];
    const removed: Place[] = [];
    const present = new Set<string>();
    // `new` comes before `cur`: of a mail seen in both, the one in `cur` is where it is now.
    const unique = new Map<string, number>();
    for (const folder of looked) {
      for (const name of this.#names(folder)) {
        const path = folder.path === "" ? name : `${folder.path}/${name}`;
        if (this.#others.has(path)) continue;
        const full = join(this.spec.path, path);
        const ms = folder.kind === "plain" ? undefined : deliveredMs(name);
        const time =
          ms ?? statSync(full, { throwIfNoEntry: false })?.mtimeMs ?? (isMisnamed(path) ? 0 : undefined);
        if (time === undefined) continue;
        present.add(path);
        const edited = folder.kind === "plain" && before !== undefined && time >= before.at - 2000;
        const place = held.get(path);
        if (place !== undefined && !edited) continue;
        if (place !== undefined) removed.push(place);
        const candidate = { path, folder, ms: time };
        const key = folder.kind === "plain" ? path : `${dirname(folder.path)}/${uniqueName(name)}`;
        const twin = unique.get(key);
        if (twin === undefined || folder.kind === "plain") unique.set(key, wanted.push(candidate) - 1);
        else wanted[twin] = candidate;
      }
    }
    const folders = new Set(looked.map(({ path }) => path));
    for (const [path, place] of held) {
      if (present.has(path)) continue;
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
      if (everything || folders.has(folder) || lost.includes(folder)) removed.push(place);
    }
    return { wanted, removed };
  }

  async *#readAll(
    wanted: Candidate[],
    gone: Place[],
    direction: Batch["direction"],
    restart: boolean,
    run: { before: State | undefined; state: State; options: ReadOptions; closed: string[] },
  ): AsyncGenerator<Batch> {
    const { before, state, options } = run;
    const closed = [...run.closed];
    // Until all is read the cursor says so; what is held by then is not read again.
    const halfway = JSON.stringify(before?.whole ? before : { ...state, folders: {}, whole: false });
    let found = new Sheaf();
    let removed = gone;
    let first = true;
    const batch = (cursor: string, done: number): Batch => {
      const made: Batch = { direction, found, removed, cursor, done, total: wanted.length };
      if (restart && first) made.restart = true;
      first = false;
      found = found.next();
      removed = [];
      return made;
    };
    for (const [index, candidate] of wanted.entries()) {
      if (index % filesPerTurn === 0) await turn(options.signal);
      const row = this.#found(candidate, options);
      if (row === "closed") {
        closed.push(candidate.path);
        // Permission may be given without a trace in the folder's time: it is looked at again.
        state.folders[candidate.folder.path] = { mtime: "", names: "" };
      }
      if (row !== undefined && row !== "closed") found.push(row);
      if (found.full) yield batch(halfway, index + 1);
    }
    state.whole = true;
    const last = batch(JSON.stringify(state), wanted.length);
    if (closed.length > 0) last.problems = [this.#problemOf(closed)];
    yield last;
  }

  #problemOf([first = "", ...others]: string[]): string {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const why = isMisnamed(first)
      ? "cannot be opened by a name that is not UTF-8. Rename it."
      : "may not be read. Give yourself read permission.";
    return `“${join(this.spec.path, first)}”${more} ${why}`;
  }

  #found(candidate: Candidate, options: ReadOptions): Found | "closed" | undefined {
    const { path, folder, ms } = candidate;
    const descriptor = this.#open(path);
    if (descriptor === undefined || descriptor === "closed") return descriptor;
    try {
      const buffer = this.#buffer;
      let got = readSync(descriptor, buffer, 0, headSize, 0);
      let size = got;
      if (folder.kind === "plain" && !isMail(join(this.spec.path, path), buffer.subarray(0, got)))
        return undefined;
      if (got === headSize) {
        size = fstatSync(descriptor).size;
        if (options.bodies !== "none") got = this.#fill(descriptor, got);
      }
      const inbox = this.#inboxOf(folder);
      const known = {
        size,
        arrivedMs: ms,
        flags: folder.kind === "plain" ? undefined : flagsOf(basename(path)),
        inbox,
      };
      const row = foundOf({ path }, mailIn(buffer.subarray(0, got)), known, options.bodies);
      if (row.skeleton.hasMessageId || got === size || got === mailLimit) return row;
      // The id is then made from the bytes: from all of them, or other sources would make another.
      return foundOf(
        { path },
        mailIn(buffer.subarray(0, this.#fill(descriptor, got))),
        known,
        options.bodies,
      );
    } finally {
      closeSync(descriptor);
    }
  }

  #fill(descriptor: number, from: number): number {
    let got = from;
    while (got < mailLimit) {
      const count = readSync(descriptor, this.#buffer, got, mailLimit - got, got);
      if (count === 0) break;
      got += count;
    }
    return got;
  }

  /**
   * Undefined for a file that has gone since its folder was listed; the next reading sees where to. "closed" for one of
   * several that cannot be read: it keeps none of the others from being read.
   */
  #open(path: string): number | "closed" | undefined {
    try {
      return openSync(join(this.spec.path, path), "r");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return isMisnamed(path) ? "closed" : undefined;
      if (path !== "" && (code === "EACCES" || code === "EPERM")) return "closed";
      throw unreadable(join(this.spec.path, path), error);
    }
  }

  /** The bytes of one file, also when a mail program has renamed it since it was read. */
  #bytesOf(path: string): Buffer | undefined {
    const full = join(this.spec.path, path);
    const direct = readIfThere(full);
    if (direct !== undefined) return direct;
    const folder = dirname(dirname(path));
    const wanted = uniqueName(basename(path));
    for (const kind of ["cur", "new"] as const) {
      const at = folder === "." ? kind : `${folder}/${kind}`;
      const name = fileNames(this.spec.path, { path: at, kind }).find((each) => uniqueName(each) === wanted);
      if (name !== undefined) return readIfThere(join(this.spec.path, at, name));
    }
    return undefined;
  }

  #inboxOf(folder: MailFolder): string {
    const path = folder.kind === "plain" ? folder.path : dirname(folder.path);
    return inboxName(join(this.spec.path, path));
  }
}

const emptyBatch = (cursor: string): Batch => ({
  direction: "newer",
  found: new Sheaf(),
  removed: [],
  cursor,
  done: 0,
  total: 0,
});

/** Whether a path is one of these folders or lies in one. */
const isIn = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** A file of a plain folder is a mail by its name, or by how it begins. */
function isMail(path: string, head: Buffer): boolean {
  if (head.length === 0) return false;
  if (/\.eml$/i.test(path)) return true;
  return !whatNoMailIs.test(basename(path)) && looksLikeMail(mailIn(head));
}

/** The mail in a file. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return mailIn(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}
