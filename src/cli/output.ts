/** What goes to stdout: JSON, text or bytes, at the pace at which it is taken. */
import { once } from "node:events";
import type { Writable } from "node:stream";

export interface Output {
  /** One object: a line of JSON, or several with `--pretty`. Resolves when more can be taken. */
  print(object: object): Promise<void>;
  write(bytes: Uint8Array | string): Promise<void>;
  /** Aborted when nobody reads any more, as with `| head`. */
  readonly closed: AbortSignal;
}

/** Writes to `stream`. A reader that goes away ends the work; it is not an error. */
export function openOutput(stream: Writable, pretty: boolean): Output {
  const controller = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    controller.abort();
  });
  const write = async (bytes: Uint8Array | string): Promise<void> => {
    controller.signal.throwIfAborted();
    if (stream.write(bytes)) return;
    await once(stream, "drain", { signal: controller.signal });
  };
  return {
    closed: controller.signal,
    write,
    print: (object) => write(`${JSON.stringify(object, null, pretty ? 2 : undefined)}\n`),
  };
}
