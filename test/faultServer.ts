/** A web server on loopback that does what a test has written for each path, faults included. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** The connection is broken off behind the body. */
  breakOff?: boolean;
  /** Nothing is answered until `close`. */
  hang?: boolean;
  /** The body comes again and again, so many milliseconds apart, until who asked goes away. */
  againEveryMs?: number;
}

type Script = Reply | ((request: IncomingMessage) => Reply);

export interface FaultServer {
  /** Ends in a slash. */
  base: string;
  port: number;
  /** `METHOD /path?query` of every request, in order. */
  asked: string[];
  /** The headers of every request. */
  headers: IncomingMessage["headers"][];
  /** The largest number of requests that were open at the same time. */
  most: number;
  close(): Promise<void>;
}

/**
 * Starts a server; several scripts for a path are used up one after the other, the last one stays. With a key and a
 * certificate it speaks HTTPS.
 */
export async function faultServer(
  scripts: Record<string, Script | Script[]>,
  tls?: { cert: Buffer; key: Buffer },
): Promise<FaultServer> {
  const left = new Map(Object.entries(scripts).map(([path, all]) => [path, [all].flat()]));
  let open = 0;
  const state = { asked: [] as string[], headers: [] as IncomingMessage["headers"][], most: 0 };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    state.asked.push(`${request.method} ${request.url}`);
    state.headers.push(request.headers);
    open += 1;
    state.most = Math.max(state.most, open);
    response.on("close", () => {
      open -= 1;
    });
    const path = request.url ?? "";
    const scripted = left.get(path) ?? left.get(path.replace(/\?.*/, ""));
    const script = scripted !== undefined && scripted.length > 1 ? scripted.shift() : scripted?.[0];
    const reply =
      script === undefined
        ? { status: 404, body: "Not Found" }
        : script instanceof Function
          ? script(request)
          : script;
    if (reply.hang) return;
    response.writeHead(reply.status ?? 200, { "Content-Type": "text/plain", ...reply.headers });
    if (reply.againEveryMs !== undefined) again(response, reply.body ?? "", reply.againEveryMs);
    else if (reply.breakOff) response.write(reply.body ?? "", () => response.socket?.destroy());
    else response.end(reply.body);
  };
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    base: `http${tls === undefined ? "" : "s"}://127.0.0.1:${port}/`,
    port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
}

/** Writes the same piece without an end, no faster than it is taken. */
function again(response: ServerResponse, piece: string | Uint8Array, ms: number): void {
  let timer: NodeJS.Timeout | undefined;
  response.on("close", () => clearTimeout(timer));
  const next = (): void => {
    if (response.destroyed) return;
    response.write(piece, () => {
      timer = setTimeout(next, ms);
    });
  };
  next();
}

/** An answer as public-inbox gives a thread: an mboxrd, packed. */
export const packedMails = (...mails: string[]): Reply => ({
  headers: { "Content-Type": "application/gzip" },
  body: gzipSync(mails.map((mail) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${mail}\n`).join("")),
});

/** The page of a server that wants to see a browser. */
export const challengePage: Reply = {
  headers: { "Content-Type": "text/html; charset=utf-8" },
  body: "<!doctype html><title>Making sure you're not a bot!</title>",
};
