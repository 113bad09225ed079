/** Blobs of one repository in the order they are asked for, by the thousand: `git cat-file --batch --buffer`. */
import { type Frame, Frames } from "./frames.ts";
import {
  complaint,
  complaints,
  type GitChild,
  type GitIntoFile,
  startFailure,
  startGit,
  startGitInto,
} from "./git.ts";
import { Spool } from "./spool.ts";

/** A damaged pack can end cat-file at each object; so many times it is started again behind the damage. */
const restarts = 64;

/** So many are started: while the answers of one are read, the other works, and a second core has time for that. */
const atOnce = 2;

/**
 * How many blobs one git is asked for: few at first, so that it answers soon; then many, for each takes its time to start,
 * ours for the copy of this process that it begins as included.
 */
const firstShare = 512;
const lastShare = 8192;
/** About as many bytes as one git may write. */
const shareBytes = 1 << 26;
/** What is taken for the size of a blob until some have come. */
const firstGuess = 1 << 14;

export interface CatFileOptions {
  git: string;
  directory: string;
  /** Of a larger blob only the first bytes are given. */
  limit: number;
  /**
   * Called with each blob, in the order asked; of type "missing" where there is none or it is damaged. Its bytes are
   * valid only during the call. False: no more until `resume`.
   */
  take: (frame: Frame) => boolean;
  /** Called after some were taken. */
  taken: () => void;
  /** git cannot be started, or does not answer as git would. */
  failed: (error: unknown) => void;
}

/** One git, at work on its share of the questions or waiting for one. */
interface Run {
  child: GitChild | GitIntoFile;
  spool: Spool | undefined;
  complaints: () => string;
  /** The number of the first question that is not for it. */
  until: number;
  /** How it ended, 0 when all is well. */
  code: number | undefined;
}

export class CatFile {
  readonly #options: CatFileOptions;
  /** The questions, from number `#first` on. Those from `#answered` on await their answer, from `#sent` on their turn. */
  #oids: string[] = [];
  #first = 0;
  #answered = 0;
  #sent = 0;
  /** In the order of their questions; the first is being read. */
  #runs: Run[] = [];
  /** Started before there was anything to ask: it is ready by then. */
  #waiting: Run | undefined;
  #frames: Frames;
  #share = firstShare;
  #spooling = true;
  /** Files that have been read. */
  #spare: Spool[] = [];
  #paused = false;
  #finishing = false;
  #stopped = false;
  #immediate: NodeJS.Immediate | undefined;
  #restarts = 0;
  #blobs = 1;
  #bytes = firstGuess;

  constructor(options: CatFileOptions) {
    this.#options = options;
    this.#frames = new Frames(options.limit);
    this.#waiting = this.#start();
  }

  /** Asks for more; git is started when there is enough to ask for. */
  ask(oids: readonly string[]): void {
    for (const oid of oids) this.#oids.push(oid);
    this.#send();
  }

  /** What has been asked is wanted now, however little it is. */
  hurry(): void {
    this.#send(1);
  }

  /** Nothing more will be asked. */
  finish(): void {
    this.#finishing = true;
    this.#send();
  }

  /** Goes on after `take` has said false. */
  resume(): void {
    if (!this.#paused || this.#stopped) return;
    this.#paused = false;
    this.#soon();
  }

  /** Ends all children. Safe to call at any time, also twice. */
  stop(): void {
    this.#stopped = true;
    this.#endRuns();
  }

  #endRuns(): void {
    clearImmediate(this.#immediate);
    for (const { child, spool } of this.#waiting ? [...this.#runs, this.#waiting] : this.#runs) {
      child.kill();
      spool?.close();
    }
    for (const spool of this.#spare) spool.close();
    this.#runs = [];
    this.#waiting = undefined;
    this.#spare = [];
    this.#frames = new Frames(this.#options.limit);
  }

  /** What happens in an event or a timer must reach whoever waits. */
  #guard(work: () => void): void {
    if (this.#stopped) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.failed(error);
  }

  #soon(): void {
    clearImmediate(this.#immediate);
    this.#immediate = setImmediate(() => this.#guard(() => this.#look()));
  }

  /** Starts git while there is room for one more and at least `enough` to ask for. */
  #send(enough = this.#finishing ? 1 : this.#share): void {
    while (!this.#stopped && this.#runs.length < atOnce) {
      const all = this.#first + this.#oids.length;
      if (all - this.#sent < enough) break;
      const until = Math.min(all, this.#sent + this.#share);
      const questions = this.#oids.slice(this.#sent - this.#first, until - this.#first);
      this.#sent = until;
      const run = this.#waiting ?? this.#start();
      this.#waiting = undefined;
      run.until = until;
      run.child.stdin.end(`${questions.join("\n")}\n`);
      if (this.#runs.push(run) === 1) this.#listen(run);
      const fits = Math.ceil((shareBytes * this.#blobs) / this.#bytes);
      this.#share = Math.min(2 * this.#share, lastShare, fits);
    }
  }

  #start(): Run {
    const { git, directory } = this.#options;
    // Each git would keep up to 96 MB of what others may be made from; a chain of mails needs some hundred kB.
    const words = ["-c", "core.deltaBaseCacheLimit=8m", "cat-file", "--batch", "--buffer"];
    const spool = this.#spare.pop() ?? this.#newSpool();
    const child =
      spool === undefined
        ? startGit(git, directory, words)
        : startGitInto(spool.begin(), git, directory, words);
    spool?.handedOver();
    const run: Run = { child, spool, complaints: complaints(child), until: 0, code: undefined };
    child.on("error", (error) => this.#fail(startFailure(git, error)));
    child.on("close", (code) => {
      run.code = code ?? -1;
      if (this.#runs[0] === run) this.#guard(() => this.#look());
    });
    return run;
  }

  /** A file to write into; none where none can be made, then a pipe has to do. */
  #newSpool(): Spool | undefined {
    if (!this.#spooling) return undefined;
    try {
      return new Spool();
    } catch {
      this.#spooling = false;
      return undefined;
    }
  }

  /** Begins to read what a git writes, when it is its turn. */
  #listen(run: Run): void {
    run.child.stdout?.on("data", (chunk: Buffer) =>
      this.#guard(() => {
        if (this.#runs[0] !== run) return;
        this.#frames.push(chunk);
        this.#came(chunk.length);
        if (this.#paused) run.child.stdout?.pause();
      }),
    );
    this.#soon();
  }

  #came(bytes: number): void {
    this.#bytes += bytes;
    this.#drain();
  }

  /** Hands out what has come; true when that was anything. */
  #drain(): boolean {
    const before = this.#answered;
    // What follows in a file is what an earlier git has left there.
    const until = this.#runs[0]?.until ?? 0;
    while (!this.#paused && !this.#stopped && this.#answered < until) {
      const frame = this.#frames.next();
      if (frame === undefined) break;
      this.#answer(frame);
    }
    if (this.#answered === before) return false;
    this.#blobs += this.#answered - before;
    this.#options.taken();
    return true;
  }

  #answer(frame: Frame): void {
    if (frame.oid !== this.#oids[this.#answered - this.#first]) {
      throw new Error("git cat-file answered what was not asked");
    }
    this.#answered++;
    if (this.#answered - this.#first > lastShare) {
      this.#oids = this.#oids.slice(this.#answered - this.#first);
      this.#first = this.#answered;
    }
    if (!this.#options.take(frame)) this.#paused = true;
  }

  /** Hands out, then reads on; one piece at a time, so that others have their turn. */
  #look(): void {
    if (this.#drain()) {
      if (!this.#paused) this.#soon();
    } else if (!this.#paused && !this.#stopped) this.#read();
  }

  #read(): void {
    const [run] = this.#runs;
    if (run === undefined) return;
    const { spool, code } = run;
    if (this.#answered === run.until) this.#over(run);
    else if (code === undefined) run.child.stdout?.resume();
    else if (spool === undefined || code !== 0) this.#again(run.complaints());
    else {
      // All that was asked is there.
      const bytes = spool.read(this.#frames.room());
      if (bytes === 0) throw new Error("git cat-file left out what was asked");
      this.#frames.filled(bytes);
      this.#came(bytes);
      if (!this.#paused) this.#soon();
    }
  }

  /** One git has answered all that it was asked. */
  #over({ spool }: Run): void {
    this.#runs.shift();
    if (spool?.usable) this.#spare.push(spool);
    else spool?.close();
    // What lies behind the last answer is none of the next one's.
    this.#frames = new Frames(this.#options.limit);
    const [next] = this.#runs;
    if (next !== undefined) this.#listen(next);
    this.#send();
  }

  /**
   * Asks again for what is not answered, from now on through pipes: it may have been the file that could take no more, and
   * git's words do not tell. The blob at which git ends there is damaged, and the next one is asked for.
   */
  #again(text: string): void {
    this.#endRuns();
    this.#sent = this.#answered;
    if (this.#spooling) this.#spooling = false;
    else {
      if (++this.#restarts > restarts) throw new Error(`git cat-file keeps failing: ${complaint(text)}`);
      this.#sent++;
      this.#answer({
        oid: this.#oids[this.#answered - this.#first] ?? "",
        type: "missing",
        size: 0,
        bytes: undefined,
      });
    }
    this.#send(1);
    this.#options.taken();
  }
}
