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

/** A file grows to so many bytes, then the next git writes into a new one: what was read gives its room back. */
const spoolBytes = 1 << 26;

/** git runs ahead of us by about so many bytes at most, and never by more blobs than that. */
const aheadBytes = 1 << 24;
const aheadBlobs = 2048;
/** What is taken for the size of a blob until some have come. */
const firstGuess = 1 << 15;

/** How long to wait when git has not come further. */
const pollMs = 2;
/** After so many fruitless looks the answers may be waiting in git's own buffer for more questions. */
const patience = 25;

/** What git says when the file it writes to can take no more. */
const spoolFull = /No space left|File too large|quota exceeded|write (?:failure|error)|unable to write/i;

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

/** One git at work. */
interface Run {
  child: GitChild | GitIntoFile;
  spool: Spool | undefined;
  complaints: () => string;
  bytes: number;
  /** The number of the first question that is not for it. */
  until: number;
  /** It has been told that nothing more will be asked. */
  finished: boolean;
  closed: boolean;
}

export class CatFile {
  readonly #options: CatFileOptions;
  /** The questions, from number `#first` on. Those from `#answered` on await their answer, from `#sent` on their turn. */
  #oids: string[] = [];
  #first = 0;
  #answered = 0;
  #sent = 0;
  /** The first is being read, the last is being asked. */
  #runs: Run[] = [];
  #frames: Frames;
  #spooling = true;
  #paused = false;
  #finishing = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #fruitless = 0;
  #restarts = 0;
  #blobs = 1;
  #bytes = firstGuess;

  constructor(options: CatFileOptions) {
    this.#options = options;
    this.#frames = new Frames(options.limit);
  }

  /** Asks for more. */
  ask(oids: readonly string[]): void {
    for (const oid of oids) this.#oids.push(oid);
    this.#send();
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
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    for (const { child, spool } of this.#runs) {
      child.kill();
      spool?.close();
    }
    this.#runs = [];
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

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#guard(() => this.#look()), pollMs);
  }

  /** Asks as far ahead as is good, many at a time: each writing wakes git. */
  #send(more = 0): void {
    const ahead = Math.min(aheadBlobs, Math.ceil((aheadBytes * this.#blobs) / this.#bytes)) + more;
    const all = this.#first + this.#oids.length;
    const until = Math.min(all, this.#answered + ahead);
    if (this.#sent < until && (more > 0 || this.#sent - this.#answered <= ahead / 2)) {
      const run = this.#asked();
      const questions = this.#oids.slice(this.#sent - this.#first, until - this.#first);
      run.child.stdin.write(`${questions.join("\n")}\n`);
      run.until = until;
      this.#sent = until;
    }
    if (this.#finishing && this.#sent === all) this.#end(this.#runs.at(-1));
  }

  /** The git that questions go to. */
  #asked(): Run {
    const last = this.#runs.at(-1);
    if (last !== undefined && last.bytes < spoolBytes && !last.finished) return last;
    this.#end(last);
    return this.#start();
  }

  #end(run: Run | undefined): void {
    if (run === undefined || run.finished) return;
    run.finished = true;
    run.child.stdin.end();
  }

  #start(): Run {
    const { git, directory } = this.#options;
    const words = ["cat-file", "--batch", "--buffer"];
    const spool = this.#newSpool();
    const child =
      spool === undefined ? startGit(git, directory, words) : startGitInto(spool.fd, git, directory, words);
    spool?.handedOver();
    const run: Run = {
      child,
      spool,
      complaints: complaints(child),
      bytes: 0,
      until: this.#sent,
      finished: false,
      closed: false,
    };
    this.#runs.push(run);
    child.on("error", (error) => this.#fail(startFailure(git, error)));
    child.stdout?.on("data", (chunk: Buffer) =>
      this.#guard(() => {
        if (!this.#runs.includes(run)) return;
        this.#came(run, chunk.length, () => this.#frames.push(chunk));
        if (this.#paused) child.stdout?.pause();
      }),
    );
    child.on("close", () =>
      this.#guard(() => {
        run.closed = true;
        if (this.#runs[0] === run) this.#soon();
      }),
    );
    if (spool !== undefined && this.#runs.length === 1) this.#later();
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

  #came(run: Run, bytes: number, put: () => void): void {
    put();
    run.bytes += bytes;
    this.#bytes += bytes;
    this.#fruitless = 0;
    this.#drain();
  }

  /** Hands out what has come; true when that was anything. */
  #drain(): boolean {
    const before = this.#answered;
    while (!this.#paused && !this.#stopped) {
      const frame = this.#frames.next();
      if (frame === undefined) break;
      if (this.#answered === this.#sent) throw new Error("git cat-file answered what was not asked");
      this.#answer(frame);
    }
    if (this.#answered === before) return false;
    this.#blobs += this.#answered - before;
    this.#send();
    this.#options.taken();
    return true;
  }

  #answer(frame: Frame): void {
    this.#answered++;
    if (this.#answered - this.#first > 4 * aheadBlobs) {
      this.#oids = this.#oids.slice(this.#answered - this.#first);
      this.#first = this.#answered;
    }
    if (!this.#options.take(frame)) this.#paused = true;
  }

  /** Reads on; one piece at a time, so that others have their turn. */
  #look(): void {
    if (this.#drain() && !this.#paused) this.#soon();
    else if (!this.#paused && !this.#stopped) this.#read();
  }

  #read(): void {
    const [run] = this.#runs;
    if (run === undefined) return;
    if (run.spool === undefined) {
      if (run.closed) this.#over(run);
      else run.child.stdout?.resume();
      return;
    }
    // Asked before it is read: what was written until the end is there then.
    const { closed } = run;
    const bytes = run.spool.read(this.#frames.room());
    if (bytes > 0) {
      this.#came(run, bytes, () => this.#frames.filled(bytes));
      if (!this.#paused) this.#soon();
    } else if (closed) this.#over(run);
    else {
      if (++this.#fruitless % patience === 0) this.#send(this.#fruitless);
      this.#later();
    }
  }

  /** One git has ended and is read to its end. It answers all it was asked, or it met damage. */
  #over(run: Run): void {
    run.spool?.close();
    this.#runs.shift();
    if (this.#answered < run.until) this.#again(run.complaints());
    else if (this.#runs.length > 0) this.#soon();
  }

  /** Goes on behind the blob at which git ended; or with a pipe, when it was the file that ended it. */
  #again(text: string): void {
    this.#endRuns();
    this.#sent = this.#answered;
    if (this.#spooling && spoolFull.test(text)) this.#spooling = false;
    else {
      if (++this.#restarts > restarts) throw new Error(`git cat-file keeps failing: ${complaint(text)}`);
      this.#sent++;
      this.#answer({ oid: "", type: "missing", size: 0, bytes: undefined });
    }
    this.#send();
    this.#options.taken();
  }
}
