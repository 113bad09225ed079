/** The history of one git repository of mail, as the mails its commits add and remove. */
import { abortError } from "../base/channel.ts";
import { Backlog, type Change } from "./backlog.ts";
import { CatFile } from "./catFile.ts";
import type { Frame } from "./frames.ts";
import { complaint, complaints, type GitChild, startFailure, startGit } from "./git.ts";
import { mailLimit } from "./pace.ts";

/** `git log` in a form that is one line a commit, with its time and parents, and one a file. */
const logArguments = [
  "log",
  "--raw",
  "--no-abbrev",
  "--no-renames",
  "--no-color",
  "--no-ext-diff",
  "--no-notes",
  "--no-show-signature",
  "--no-decorate",
  "--no-mailmap",
  // Undoes diff.orderFile, which could name any file.
  "-O/dev/null",
  "--format=@%H %ct %P",
];

/** v1 keeps each mail in a file named by the SHA-1 of its Message-ID. */
const v1Path = /^[0-9a-f]{2}\/[0-9a-f]{38}$/;

/** Reads the lines of `git log` above; calls `take` for each change of a mail. */
export class History {
  readonly #take: (change: Change) => void;
  #rest = "";
  #commit = "";
  #ms = 0;
  /** The parents of the first commit; undefined until it has come. */
  parents: readonly string[] | undefined;

  constructor(take: (change: Change) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString("latin1");
    let from = 0;
    for (;;) {
      const end = text.indexOf("\n", from);
      if (end < 0) break;
      const first = text.charCodeAt(from);
      if (first === 0x3a) this.#file(text.slice(from, end));
      else if (first === 0x40) this.#head(text, from, end);
      from = end + 1;
    }
    // A path can be long, but none of ours is: the rest of a line stays short.
    this.#rest = text.slice(from, from + 4096);
  }

  #head(text: string, from: number, end: number): void {
    const blank = text.indexOf(" ", from);
    const second = text.indexOf(" ", blank + 1);
    this.#commit = text.slice(from + 1, blank);
    this.#ms = Number(text.slice(blank + 1, second)) * 1000;
    this.parents ??= text.slice(second + 1, end).split(" ");
  }

  #file(line: string): void {
    // ":100644 100644 <old> <new> M\tm"
    const tab = line.indexOf("\t");
    const [, mode = "", before = "", after = ""] = line.slice(0, tab).split(" ");
    const path = line.slice(tab + 1);
    const came = mode.startsWith("100") && !/^0+$/.test(after) ? after : undefined;
    const base = { commit: this.#commit, ms: this.#ms };
    if (path === "m") {
      if (came !== undefined) this.#take({ ...base, added: came });
    } else if (path === "d") {
      if (came !== undefined) this.#take({ ...base, removed: came });
    } else if (v1Path.test(path)) {
      const change: Change = base;
      if (came !== undefined) change.added = came;
      if (!/^0+$/.test(before)) change.removed = before;
      this.#take(change);
    }
  }
}

export interface WalkOptions {
  git: string;
  directory: string;
  /** Revisions for `git log`: newest first unless `--reverse` is among them. */
  revisions: readonly string[];
  signal: AbortSignal;
  /** False: this blob is not wanted; `take` is then called without a frame. */
  wants?: (oid: string) => boolean;
  /** Called in the order of the log. The frame's bytes are valid only during the call; none when unreadable. */
  take: (change: Change, frame: Frame | undefined) => void;
  /** True when what `take` gathered should be handed on before more is read. */
  full: () => boolean;
}

/** How far the walk is: changes taken so far, and the last of them. */
export interface Stride {
  changes: number;
  last: Change;
  /** Nothing follows. */
  end: boolean;
}

/** How a walk ended, in sentences: mails that could not be read, and why the log did not come to its own end. */
export interface WalkEnd {
  notes: string[];
  /** Undefined: the history is read whole. */
  problem: string | undefined;
}

/** How far `git log` may run ahead of `git cat-file`, in changes: bounds memory on an epoch of any length. */
const ahead = 1 << 14;

/** `git log` streamed into `git cat-file --batch --buffer`; both go on while what was taken is used. */
export class Walk {
  readonly #options: WalkOptions;
  readonly #log: GitChild;
  readonly #history: History;
  readonly #cat: CatFile;
  /** Changes in the order of the log, still without their blob. */
  readonly #backlog = new Backlog();
  #changes = 0;
  #told = 0;
  #last: Change | undefined;
  #wake: () => void = () => undefined;
  #logEnd: { code: number; text: string } | undefined;
  #failure: unknown;
  #lost = 0;
  #stopped = false;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#history = new History((change) => {
      const { added } = change;
      this.#backlog.push(change, added !== undefined && options.wants?.(added) !== false);
    });
    this.#cat = new CatFile({
      git: options.git,
      directory: options.directory,
      limit: mailLimit,
      take: (frame) => this.#fromCat(frame),
      taken: () => this.#guard(() => this.#advance()),
      failed: (error) => this.#fail(error),
    });
    this.#log = startGit(options.git, options.directory, [...logArguments, ...options.revisions, "--"]);
    const text = complaints(this.#log);
    this.#log.on("error", (error) => this.#fail(startFailure(options.git, error)));
    this.#log.on("close", (code) => {
      this.#logEnd = { code: code ?? -1, text: text() };
      this.#guard(() => this.#advance());
    });
    this.#log.stdout.on("data", (chunk: Buffer) => this.#guard(() => this.#fromLog(chunk)));
    this.#log.stdin.end();
  }

  /** Waits until there is something to hand on; undefined at the end. Rejects with an AbortError on abort. */
  async next(): Promise<Stride | undefined> {
    await this.#until(() => {
      if (this.#done() || (this.#options.full() && this.#changes > this.#told)) return true;
      this.#cat.resume();
      if (this.#backlog.length < ahead) this.#log.stdout.resume();
      return false;
    });
    if (this.#last === undefined || this.#changes === this.#told) return undefined;
    this.#told = this.#changes;
    return { changes: this.#changes, last: this.#last, end: this.#done() };
  }

  /** Whether the log begins with a child of this commit. Rejects as `next` does. */
  async follows(commit: string): Promise<boolean> {
    await this.#until(() => this.#history.parents !== undefined || this.#logEnd !== undefined);
    return this.#history.parents?.includes(commit) === true;
  }

  /** Waits for what the children bring, until this is so. */
  async #until(so: () => boolean): Promise<void> {
    const { signal } = this.#options;
    const aborted = () => this.#wake();
    signal.addEventListener("abort", aborted, { once: true });
    try {
      for (;;) {
        if (signal.aborted) throw abortError();
        if (this.#failure !== undefined) throw this.#failure;
        if (so()) return;
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    } finally {
      signal.removeEventListener("abort", aborted);
    }
  }

  /** What there is to say about the repository, once `next` gave undefined. */
  end(): WalkEnd {
    const { code = 0, text = "" } = this.#logEnd ?? {};
    const lost = this.#lost === 1 ? "one of its mails is" : `${this.#lost} of its mails are`;
    return {
      notes: this.#lost > 0 ? [`${lost} missing or damaged.`] : [],
      problem: code === 0 ? undefined : `its history could not be read to the end (${complaint(text)}).`,
    };
  }

  /** Ends both children. Safe to call at any time, also twice. */
  stop(): void {
    this.#stopped = true;
    this.#log.kill();
    this.#cat.stop();
    this.#wake();
  }

  #done(): boolean {
    return this.#logEnd !== undefined && this.#backlog.length === 0;
  }

  /** What happens in an event of a child must reach the caller of `next`. */
  #guard(work: () => void): void {
    if (this.#stopped) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  #fromLog(chunk: Buffer): void {
    const before = this.#backlog.length;
    const { parents } = this.#history;
    this.#history.push(chunk);
    // `follows` waits for it.
    if (parents === undefined) this.#wake();
    const oids = this.#backlog.asked(this.#backlog.length - before);
    if (oids.length > 0) this.#cat.ask(oids);
    if (this.#backlog.length >= ahead) {
      this.#log.stdout.pause();
      this.#cat.hurry();
    }
    this.#advance();
  }

  /** Takes one blob; false when enough is gathered. */
  #fromCat(frame: Frame): boolean {
    this.#settleSilent();
    if (!this.#backlog.isAsked) throw new Error("git cat-file answered what was not asked");
    const readable = frame.type === "blob" && frame.bytes !== undefined;
    if (!readable) this.#lost++;
    this.#settle(readable ? frame : undefined);
    this.#settleSilent();
    return !this.#options.full();
  }

  /** Settles the changes at the head of the queue that await nothing. */
  #settleSilent(): void {
    while (this.#backlog.length > 0 && !this.#backlog.isAsked) this.#settle(undefined);
  }

  #settle(frame: Frame | undefined): void {
    const change = this.#backlog.shift();
    this.#changes++;
    this.#last = change;
    this.#options.take(change, frame);
  }

  #advance(): void {
    this.#settleSilent();
    if (this.#logEnd !== undefined) this.#cat.finish();
    if (this.#options.full() || this.#done()) this.#wake();
    else if (this.#backlog.length < ahead / 2) this.#log.stdout.resume();
  }
}
