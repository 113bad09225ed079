/** One web server, asked politely: few connections, a pause between requests, patience when it is busy. */
import { abortError } from "../base/channel.ts";
import { UserError } from "../base/report.ts";

/** What a test puts in the place of the network and the clock. Times are milliseconds. */
export interface ServerParts {
  fetch?: typeof fetch;
  now?: () => number;
  /** From 0 to 1, for the jitter of waits. */
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How long a server may say nothing before it is given up. */
  silenceMs?: number;
  userAgent?: string;
}

export interface Question {
  /** Below the server's address, without a slash in front; percent-encoded. */
  path: string;
  method?: "GET" | "POST" | "HEAD";
  signal: AbortSignal;
  /** The answer may be one that was kept, when the server says that it still holds (ETag, Last-Modified). */
  kept?: boolean;
}

/** An answer of the kind that was asked for; its body is read once. */
export interface Answer {
  /** Where it came from in the end. */
  url: string;
  type: string;
  /** Of the whole body, in bytes, where the server says it. */
  length?: number;
  body: AsyncIterable<Uint8Array>;
}

/** Connections to one server at a time. */
const CONNECTIONS = 2;
/** Between the beginnings of two requests. */
const PAUSE_MS = 250;
/** Requests made before giving up on a busy server, and the first wait; each further one is four times as long. */
const TRIES = 3;
const FIRST_WAIT_MS = 1000;
/** A server that asks for more patience than this is told of instead. */
const LONGEST_WAIT_MS = 20_000;
/** A server that says nothing for so long has gone. */
const SILENCE_MS = 60_000;
const NO_WORD = "nothing came for a minute";
/** So has one that sends less of its answer than this in that time: it would hold a connection for days. */
const LEAST_BYTES = 1024;
const HARDLY_A_WORD = "hardly anything came for a minute";
/** Answers kept for questions that may be answered by "not modified". */
const KEPT = 20;
const KEPT_BYTES = 8 << 20;

interface Kept {
  etag?: string;
  modified?: string;
  url: string;
  type: string;
  bytes: Uint8Array;
}

const defaultSleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer);
      reject(abortError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cancel);
      resolve();
    }, ms);
    signal.addEventListener("abort", cancel, { once: true });
  });

/** The base address of a server as a person types it: with a slash at the end; undefined for what is no address. */
export function serverAddress(typed: string): string | undefined {
  const text = typed.trim();
  if (!/^https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/i.test(text) || !URL.canParse(text)) return undefined;
  const { href } = new URL(text);
  return href.endsWith("/") ? href : `${href}/`;
}

export class Server {
  /** Ends in a slash. */
  readonly base: string;
  /** What a person calls it. */
  readonly name: string;
  readonly #parts: Required<Omit<ServerParts, "userAgent">> & { userAgent: string };
  readonly #kept = new Map<string, Kept>();
  readonly #queue: (() => void)[] = [];
  #open = 0;
  #nextMs = 0;
  /** Before this time it wants not to be asked. */
  #closedUntilMs = 0;

  constructor(base: string, parts: ServerParts = {}) {
    this.base = base;
    this.name = new URL(base).host;
    this.#parts = {
      fetch: parts.fetch ?? ((input, init) => fetch(input, init)),
      now: parts.now ?? Date.now,
      random: parts.random ?? Math.random,
      sleep: parts.sleep ?? defaultSleep,
      silenceMs: parts.silenceMs ?? SILENCE_MS,
      userAgent: parts.userAgent ?? "Kernel-Mail",
    };
  }

  /**
   * Asks once more where that helps. Undefined when the server has no such thing (404). Throws UserErrors: it cannot
   * be reached, refuses, is busy. The body must be read to its end or cancelled by the signal: it holds a connection.
   */
  async ask(question: Question): Promise<Answer | undefined> {
    await this.#enter(question.signal);
    let isReading = false;
    try {
      const answer = await this.#askPatiently(question);
      if (answer?.body === undefined) return undefined;
      const leave = once(() => this.#leave());
      // A body that nobody reads gives its connection back with the signal.
      question.signal.addEventListener("abort", leave, { once: true });
      isReading = true;
      return { ...answer, body: untilEnd(answer.body, leave) };
    } finally {
      if (!isReading) this.#leave();
    }
  }

  async #askPatiently(question: Question): Promise<Answer | undefined> {
    for (let attempt = 1; ; attempt++) {
      const wait = this.#closedUntilMs - this.#parts.now();
      if (wait > LONGEST_WAIT_MS) throw this.#busy(wait);
      if (wait > 0) await this.#parts.sleep(wait, question.signal);
      const outcome = await this.#once(question);
      if (typeof outcome !== "number") return outcome;
      const backOff = FIRST_WAIT_MS * 4 ** (attempt - 1) * (0.75 + this.#parts.random() / 2);
      const asked = Math.max(outcome, backOff);
      this.#closedUntilMs = this.#parts.now() + asked;
      if (attempt === TRIES || asked > LONGEST_WAIT_MS) throw this.#busy(asked);
    }
  }

  /** One request. A number says that the server is busy and wants so many milliseconds of peace. */
  async #once({ path, method = "GET", signal, kept }: Question): Promise<Answer | undefined | number> {
    const url = new URL(path, this.base).href;
    const before = kept ? this.#kept.get(url) : undefined;
    const headers: Record<string, string> = { "User-Agent": this.#parts.userAgent };
    if (before?.etag !== undefined) headers["If-None-Match"] = before.etag;
    if (before?.modified !== undefined) headers["If-Modified-Since"] = before.modified;
    let response: Response;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.#parts.silenceMs);
    try {
      response = await this.#parts.fetch(url, {
        method,
        headers,
        redirect: "follow",
        signal: AbortSignal.any([signal, silence.signal]),
      });
    } catch (error) {
      if (signal.aborted) throw abortError();
      throw this.#unreachable(silence.signal.aborted ? NO_WORD : reasonOf(error));
    } finally {
      clearTimeout(timer);
    }
    const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const said = { url: response.url || url, type };
    if (/^https:/i.test(url) && !/^https:/i.test(said.url)) {
      await response.body?.cancel().catch(() => undefined);
      throw new UserError(
        `${this.name} leads on to an address without encryption (${new URL(said.url).host}).`,
        "Name another server in the setting kernelMail.servers.",
      );
    }
    if (response.status === 304 && before !== undefined) return keptAnswer(before);
    if (response.ok) {
      const length = Number(response.headers.get("content-length") ?? Number.NaN);
      const body = this.#heard(response.body ?? oneBody(new Uint8Array()), signal, silence);
      const answer: Answer = { ...said, body, ...(Number.isFinite(length) ? { length } : {}) };
      return kept ? this.#keep(url, answer, response.headers) : answer;
    }
    await response.body?.cancel().catch(() => undefined);
    switch (response.status) {
      case 404:
      case 410:
        return undefined;
      case 429:
      case 502:
      case 503:
      case 504:
        return retryAfterMs(response.headers.get("retry-after"), this.#parts.now());
      default:
        throw this.#refused(response.status, type);
    }
  }

  /** The answer, which is kept when it has come to its end and is not too large. */
  #keep(url: string, answer: Answer, headers: Headers): Answer {
    const etag = headers.get("etag");
    const modified = headers.get("last-modified");
    if (etag === null && modified === null) return answer;
    const store = (bytes: Uint8Array) => {
      const kept: Kept = { url: answer.url, type: answer.type, bytes };
      if (etag !== null) kept.etag = etag;
      if (modified !== null) kept.modified = modified;
      this.#kept.delete(url);
      this.#kept.set(url, kept);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    };
    return { ...answer, body: gathering(answer.body, store) };
  }

  /** The body, with its failures in plain words; given up when hardly anything more of it comes for long. */
  async *#heard(
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    silence: AbortController,
  ): AsyncGenerator<Uint8Array> {
    const { silenceMs } = this.#parts;
    let came = 0;
    let leftMs = silenceMs;
    let timer: NodeJS.Timeout | undefined;
    try {
      let since = performance.now();
      timer = setTimeout(() => silence.abort(), leftMs);
      for await (const piece of body) {
        clearTimeout(timer);
        came += piece.length;
        // What the reader takes its time for is not the server's.
        leftMs -= performance.now() - since;
        if (came >= LEAST_BYTES) {
          came = 0;
          leftMs = silenceMs;
        }
        yield piece;
        since = performance.now();
        timer = setTimeout(() => silence.abort(), Math.max(0, leftMs));
      }
    } catch (error) {
      if (signal.aborted) throw abortError();
      const reason = silence.signal.aborted ? HARDLY_A_WORD : reasonOf(error);
      throw new UserError(`The answer of ${this.name} broke off (${reason}).`, "Try again.");
    } finally {
      clearTimeout(timer);
    }
  }

  // --- turns --------------------------------------------------------------------------------------------------

  async #enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortError();
    if (this.#open >= CONNECTIONS) {
      await new Promise<void>((resolve, reject) => {
        const go = () => {
          signal.removeEventListener("abort", cancel);
          resolve();
        };
        const cancel = () => {
          const at = this.#queue.indexOf(go);
          if (at >= 0) this.#queue.splice(at, 1);
          reject(abortError());
        };
        signal.addEventListener("abort", cancel, { once: true });
        this.#queue.push(go);
      });
    } else this.#open += 1;
    const now = this.#parts.now();
    const at = Math.max(now, this.#nextMs);
    this.#nextMs = at + PAUSE_MS;
    try {
      if (at > now) await this.#parts.sleep(at - now, signal);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Gives the connection to the next one who waits. */
  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#open -= 1;
    else next();
  }

  // --- failures -----------------------------------------------------------------------------------------------

  #busy(waitMs: number): UserError {
    const seconds = Math.ceil(waitMs / 1000);
    const when = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    return new UserError(`${this.name} is busy and wants not to be asked now.`, `Try again in ${when}.`);
  }

  #unreachable(reason: string): UserError {
    return new UserError(
      `${this.name} cannot be reached (${reason}).`,
      "Check the network, VS Code's proxy settings, and the address in the setting kernelMail.servers.",
    );
  }

  #refused(status: number, type: string): UserError {
    if (status === 401 || status === 403) {
      const what =
        type === "text/html" ? "answers with a web page that asks for a browser or a login" : "refuses";
      return new UserError(
        `${this.name} ${what} (${status}).`,
        "Open the message in the browser, or name another server in the setting kernelMail.servers.",
      );
    }
    return new UserError(`${this.name} failed with status ${status}.`, "Try again later.");
  }
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    run();
  };
}

/** A body that says when it was read to its end, or no further. */
async function* untilEnd(body: AsyncIterable<Uint8Array>, ended: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    ended();
  }
}

/** A body that gives all of itself to `store` at its end, when it is small enough to be kept. */
async function* gathering(
  body: AsyncIterable<Uint8Array>,
  store: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size <= KEPT_BYTES) pieces.push(piece);
    else pieces = [];
    yield piece;
  }
  if (size <= KEPT_BYTES) store(Buffer.concat(pieces));
}

async function* oneBody(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const keptAnswer = ({ url, type, bytes }: Kept): Answer => ({
  url,
  type,
  length: bytes.length,
  body: oneBody(bytes),
});

/** What a failed fetch says: Node hides the cause in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.message;
}

/** Retry-After (RFC 9110 section 10.2.3) in milliseconds: seconds, or a date; 0 when it says nothing. */
function retryAfterMs(value: string | null, nowMs: number): number {
  if (value === null) return 0;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
