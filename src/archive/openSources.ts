/** The sources in use, each opened once and closed when nobody has asked it for a while. */
import type { Source, SourceSpec } from "../sources/source.ts";

/** A source that nobody asked for bytes is closed after so long: it may keep a git process. */
const IDLE_MS = 60_000;

interface OpenSource {
  source: Promise<Source>;
  lastUse: number;
  users: number;
}

export class OpenSources {
  readonly #make: (spec: SourceSpec) => Source | Promise<Source>;
  readonly #sources = new Map<string, OpenSource>();
  #idle: NodeJS.Timeout | undefined;

  /** `make` recognises and opens a source. */
  constructor(make: (spec: SourceSpec) => Source | Promise<Source>) {
    this.#make = make;
  }

  /** The source at a path, opened when it is not. Whoever asks calls `released` when done. */
  open(spec: SourceSpec): Promise<Source> {
    let open = this.#sources.get(spec.path);
    if (open === undefined) {
      open = {
        source: Promise.resolve().then(() => this.#make(spec)),
        lastUse: performance.now(),
        users: 0,
      };
      this.#sources.set(spec.path, open);
    }
    open.users += 1;
    this.#idle ??= setInterval(() => this.#closeIdle(), IDLE_MS / 2).unref();
    return open.source;
  }

  released(path: string): void {
    const open = this.#sources.get(path);
    if (open === undefined) return;
    open.users = Math.max(0, open.users - 1);
    open.lastUse = performance.now();
  }

  /** Closes a source, used or not; the next one who asks gets it opened anew. */
  close(path: string): void {
    const open = this.#sources.get(path);
    if (open === undefined) return;
    this.#sources.delete(path);
    void open.source.then(
      (source) => source.close(),
      () => undefined,
    );
  }

  closeAll(): void {
    clearInterval(this.#idle);
    for (const path of [...this.#sources.keys()]) this.close(path);
  }

  #closeIdle(): void {
    for (const [path, { lastUse, users }] of this.#sources) {
      if (users === 0 && performance.now() - lastUse > IDLE_MS) this.close(path);
    }
  }
}
