/** One typed channel for every wall: requests, answers, cancellation and events over any post/receive pair. */

/** Either end of a wall: a worker's message port, a webview, or a pair made for a test. */
export interface Port {
  post(message: unknown): void;
  /** Calls `receive` for each message from the other side; returns what stops it. */
  listen(receive: (message: unknown) => void): () => void;
}

/** What one side of a wall answers and tells. The name of a request fixes its parameters and its result. */
export interface Contract {
  requests: Record<never, { params: unknown; result: unknown }>;
  events: Record<never, unknown>;
}

/** The contract of a side that answers nothing and tells nothing. */
export interface Silent extends Contract {
  requests: Record<never, never>;
  events: Record<never, never>;
}

type Params<T> = T extends { params: infer P } ? P : never;
type Result<T> = T extends { result: infer R } ? R : never;
type Name<T> = Extract<keyof T, string>;

export type Handlers<Requests> = {
  [N in Name<Requests>]: (
    params: Params<Requests[N]>,
    signal: AbortSignal,
  ) => Result<Requests[N]> | Promise<Result<Requests[N]>>;
};

/** Guards for parameters that come from outside the door (a webview): false means the request is refused. */
export type Checks<Requests> = { [N in Name<Requests>]: (params: unknown) => boolean };

type UncheckedHandlers = Record<string, (params: unknown, signal: AbortSignal) => unknown>;
type UncheckedChecks = Record<string, (params: unknown) => boolean>;

/** What crosses a wall instead of an Error object. */
interface WireError {
  name: string;
  message: string;
  stack?: string;
  nextStep?: string;
}

type Wire =
  | { kind: "request"; id: number; name: string; params: unknown }
  | { kind: "cancel"; id: number }
  | { kind: "result"; id: number; result: unknown }
  | { kind: "failure"; id: number; error: WireError }
  | { kind: "event"; name: string; body: unknown };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The error a request ends with when its signal was aborted, on either side. */
export function abortError(): Error {
  const error = new Error("The request was cancelled.");
  error.name = "AbortError";
  return error;
}

/** The error a request ends with when the wall went away (worker stopped, panel closed). */
function closedError(): Error {
  const error = new Error("The other side is gone.");
  error.name = "ClosedError";
  return error;
}

export function isClosed(error: unknown): boolean {
  return error instanceof Error && error.name === "ClosedError";
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { nextStep } = error as { nextStep?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(typeof nextStep === "string" ? { nextStep } : {}),
  };
}

function fromWire(wire: WireError): Error {
  const error = new Error(wire.message);
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return wire.nextStep === undefined ? error : Object.assign(error, { nextStep: wire.nextStep });
}

function isWire(message: unknown): message is Wire {
  if (typeof message !== "object" || message === null || !("kind" in message)) return false;
  const { kind, id, name } = message as { kind: unknown; id?: unknown; name?: unknown };
  if (kind === "event") return typeof name === "string";
  if (kind === "request") return typeof id === "number" && typeof name === "string";
  return (kind === "cancel" || kind === "result" || kind === "failure") && typeof id === "number";
}

/**
 * One end of a wall. `Remote` is what the other side offers, `Local` what this side offers.
 * A handler that throws answers with its error; nothing is left waiting, not even when the wall closes.
 */
export class Channel<Remote extends Contract, Local extends Contract = Silent> {
  readonly #port: Port;
  readonly #stop: () => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #running = new Map<number, AbortController>();
  readonly #listeners = new Map<string, Set<(body: never) => void>>();
  #handlers: UncheckedHandlers = {};
  #checks: UncheckedChecks | undefined;
  #lastId = 0;
  #closed = false;

  constructor(port: Port) {
    this.#port = port;
    this.#stop = port.listen((message) => {
      if (isWire(message)) this.#receive(message);
    });
  }

  /** Asks the other side. Rejects with its error, with an AbortError, or when the wall is gone. */
  request<N extends Name<Remote["requests"]>>(
    name: N,
    params: Params<Remote["requests"][N]>,
    signal?: AbortSignal,
  ): Promise<Result<Remote["requests"][N]>> {
    if (this.#closed) return Promise.reject(closedError());
    if (signal?.aborted) return Promise.reject(abortError());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        if (!this.#waiting.delete(id)) return;
        this.#port.post({ kind: "cancel", id } satisfies Wire);
        reject(abortError());
      };
      const settle = () => signal?.removeEventListener("abort", cancel);
      this.#waiting.set(id, {
        resolve: (result) => {
          settle();
          resolve(result as Result<Remote["requests"][N]>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener("abort", cancel, { once: true });
      this.#port.post({ kind: "request", id, name, params } satisfies Wire);
    });
  }

  /** Hears one kind of event of the other side; returns what stops it. */
  on<N extends Name<Remote["events"]>>(name: N, listener: (body: Remote["events"][N]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Tells the other side; nobody answers. */
  emit<N extends Name<Local["events"]>>(name: N, body: Local["events"][N]): void {
    if (!this.#closed) this.#port.post({ kind: "event", name, body } satisfies Wire);
  }

  /** Answers the other side's requests. With `checks`, parameters that fail theirs are refused unseen. */
  serve(handlers: Handlers<Local["requests"]>, checks?: Checks<Local["requests"]>): void {
    this.#handlers = handlers as UncheckedHandlers;
    this.#checks = checks as UncheckedChecks | undefined;
  }

  /** Ends the wall: what waits here is rejected, what runs here is aborted. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    for (const waiting of this.#waiting.values()) waiting.reject(closedError());
    for (const running of this.#running.values()) running.abort();
    this.#waiting.clear();
    this.#running.clear();
  }

  #receive(message: Wire): void {
    switch (message.kind) {
      case "request":
        void this.#answer(message.id, message.name, message.params);
        return;
      case "cancel":
        this.#running.get(message.id)?.abort();
        return;
      case "event":
        for (const listener of this.#listeners.get(message.name) ?? []) listener(message.body as never);
        return;
      case "result":
        this.#settle(message.id)?.resolve(message.result);
        return;
      case "failure":
        this.#settle(message.id)?.reject(fromWire(message.error));
        return;
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  async #answer(id: number, name: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    let answer: Wire;
    try {
      const handler = Object.hasOwn(this.#handlers, name) ? this.#handlers[name] : undefined;
      if (!handler) throw new Error(`No such request: ${name}`);
      if (this.#checks && !this.#checks[name]?.(params)) throw new Error(`Refused parameters of ${name}`);
      answer = { kind: "result", id, result: await handler(params, controller.signal) };
    } catch (error) {
      answer = { kind: "failure", id, error: toWire(error) };
    }
    this.#running.delete(id);
    if (!this.#closed) this.#port.post(answer);
  }
}
