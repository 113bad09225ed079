/** Where a browser comes back to after a sign-in: a listener on this machine, for one answer (RFC 8252, 7.3). */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as vscode from "vscode";

export interface BrowserListener extends vscode.Disposable {
  /** The address by which the browser, wherever it runs, reaches the listener. */
  address: string;
  /** The first query that comes with this state; what else comes is turned away. */
  answer(state: string): Promise<URLSearchParams>;
}

/** Listens until it is disposed of. Providers know `localhost` as the place of programs, whatever the port. */
export async function listenForBrowser(): Promise<BrowserListener> {
  let waiting: { state: string; resolve: (query: URLSearchParams) => void } | undefined;
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const isAnswer = waiting !== undefined && query.get("state") === waiting.state;
    response.writeHead(isAnswer ? 200 : 404, {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      Connection: "close",
    });
    response.end(
      isAnswer
        ? "Kernel Mail has the answer. Close this page and go back to the editor.\n"
        : "Nobody waits for this page. Begin again in the editor.\n",
    );
    if (isAnswer) waiting?.resolve(query);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const local = vscode.Uri.parse(`http://localhost:${port}`);
  const external = (await vscode.env.asExternalUri(local)).toString(true);
  return {
    // Some providers compare the address with what was registered, and that has no slash.
    address: external.replace(/^(https?:\/\/[^/]+)\/$/, "$1"),
    answer: (state) =>
      new Promise((resolve) => {
        waiting = { state, resolve };
      }),
    dispose: () => void server.close(),
  };
}
