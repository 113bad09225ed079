/** A proxy on loopback that leads every CONNECT to one port, whatever host is asked for. */
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface ConnectProxy {
  /** As `http.proxy` names it. */
  url: string;
  /** `HOST:PORT` of every CONNECT, in order. */
  asked: string[];
  /** From now on it refuses, with this status. */
  refuse(status: number): void;
  close(): Promise<void>;
}

/** Starts a proxy whose every way leads to `127.0.0.1:port`. */
export async function connectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let refused: number | undefined;
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", (request, client) => {
    asked.push(request.url ?? "");
    client.on("error", () => client.destroy());
    if (refused !== undefined) {
      client.end(`HTTP/1.1 ${refused} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const target = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client);
      client.pipe(target);
    });
    target.on("error", () => client.destroy());
    client.on("close", () => target.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuse: (status) => {
      refused = status;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
