/** Blobs of one git repository on demand, from one `git cat-file --batch` that is kept until it is idle. */
import { Frames } from "./frames.ts";
import { type GitChild, startFailure, startGit } from "./git.ts";

/** Long enough to go from thread to thread without a new process, short enough not to hold packs for a day. */
const idleMs = 30_000;

interface Question {
  wanted: number;
  blobs: (Buffer | undefined)[];
  answer(blobs: (Buffer | undefined)[]): void;
  reject(error: unknown): void;
}

export class Blobs {
  readonly #git: string;
  readonly #directory: string;
  #child: GitChild | undefined;
  #idle: NodeJS.Timeout | undefined;
  #question: Question | undefined;
  /** Questions are put one after the other, so that it is known which blob git ended at. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(git: string, directory: string) {
    this.#git = git;
    this.#directory = directory;
  }

  /** Whole blobs, in the order asked; undefined where one is missing or damaged. All are asked for in one write. */
  read(oids: readonly string[]): Promise<(Buffer | undefined)[]> {
    const blobs = this.#last.then(() => this.#readAll(oids));
    // A failure is told to who asked; the next question starts afresh.
    this.#last = blobs.catch(() => undefined);
    return blobs;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  async #readAll(oids: readonly string[]): Promise<(Buffer | undefined)[]> {
    clearTimeout(this.#idle);
    const blobs: (Buffer | undefined)[] = [];
    while (blobs.length < oids.length && !this.#closed) {
      blobs.push(...(await this.#ask(oids.slice(blobs.length))));
      // git ends at an object that is damaged: what it answered until then stands, that one is skipped.
      if (blobs.length < oids.length) blobs.push(undefined);
    }
    while (blobs.length < oids.length) blobs.push(undefined);
    this.#idle = setTimeout(() => this.#stop(), idleMs);
    this.#idle.unref();
    return blobs;
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#child?.kill();
    this.#child = undefined;
  }

  #ask(oids: readonly string[]): Promise<(Buffer | undefined)[]> {
    return new Promise((answer, reject) => {
      const child = this.#child ?? this.#start();
      this.#question = { wanted: oids.length, blobs: [], answer, reject };
      child.stdin.write(oids.map((oid) => `${oid}\n`).join(""));
    });
  }

  #start(): GitChild {
    const child = startGit(this.#git, this.#directory, ["cat-file", "--batch"]);
    this.#child = child;
    const frames = new Frames(Number.POSITIVE_INFINITY);
    child.stdout.on("data", (chunk: Buffer) => {
      frames.push(chunk);
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
        const question = this.#question;
        if (question === undefined || this.#child !== child) return;
        const { type, bytes } = frame;
        question.blobs.push(type === "blob" && bytes ? Buffer.from(bytes) : undefined);
        if (question.blobs.length === question.wanted) this.#settle((each) => each.answer(each.blobs));
      }
    });
    // Nobody reading what git complains about would one day block it.
    child.stderr.resume();
    child.on("error", (error) => this.#settle((each) => each.reject(startFailure(this.#git, error))));
    child.on("close", () => {
      if (this.#child !== undefined && this.#child !== child) return;
      this.#child = undefined;
      this.#settle((each) => each.answer(each.blobs));
    });
    return child;
  }

  #settle(tell: (question: Question) => void): void {
    const question = this.#question;
    this.#question = undefined;
    if (question !== undefined) tell(question);
  }
}
