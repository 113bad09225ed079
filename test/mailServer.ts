/** Mail servers on loopback for the tests: a whole one, and one that says what its script says. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { fixture, fixturePath } from "./fixtures.ts";

export const USER = "kmail";
export const PASSWORD = "sesame-öffne";
export const TOKEN = "ya29.token";

/** The certificate of the whole server, made for localhost and 127.0.0.1. */
export const certificate = (): string => fixturePath("tls", "cert.pem");

export interface Received {
  from: string;
  to: string[];
  /** As it stood between DATA and the final dot, dots undoubled. */
  bytes: Buffer;
  /** What MAIL FROM said beside the address, such as BODY. */
  args: Record<string, string | true>;
}

export interface MailServer {
  port: number;
  received: Received[];
  /** Connections that were made since the start. */
  connections: () => number;
  /** Cuts every connection, as a crash does, and takes new ones. */
  cut(): void;
  close(): Promise<void>;
}

export interface MailServerOptions extends SMTPServerOptions {
  port?: number;
  /** The answer to a mail, by what was received; a number in front is the code. Nothing: taken. */
  answer?: (mail: Received) => string | undefined | Promise<string | undefined>;
  /** The answer to a recipient. Nothing: taken. */
  recipient?: (address: string) => string | undefined;
}

/** An error that smtp-server tells its client by code and text: "550 5.1.1 No such user". */
function refusal(answer: string): Error {
  const [, code = "550", text = answer] = /^(\d{3}) (.*)$/s.exec(answer) ?? [];
  return Object.assign(new Error(text), { responseCode: Number(code) });
}

/** A mail server with STARTTLS and a login (PLAIN, LOGIN, CRAM-MD5, XOAUTH2), unless the options say otherwise. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { answer, recipient, port = 0, ...more } = options;
  const received: Received[] = [];
  let connections = 0;
  const server = new SMTPServer({
    name: "mx.test.example",
    key: fixture("tls", "key.pem"),
    cert: fixture("tls", "cert.pem"),
    authMethods: ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"],
    logger: false,
    disableReverseLookup: true,
    size: 41_943_040,
    onAuth: (auth, _session, callback) => {
      const isRight =
        auth.username === USER &&
        (auth.method === "XOAUTH2"
          ? auth.accessToken === TOKEN
          : auth.method === "CRAM-MD5"
            ? auth.validatePassword(PASSWORD)
            : auth.password === PASSWORD);
      if (isRight) callback(null, { user: USER });
      else callback(refusal("535 5.7.8 Error: authentication failed"));
    },
    onRcptTo: ({ address }, _session, callback) => {
      const said = recipient?.(address);
      callback(said === undefined ? null : refusal(said));
    },
    onData: (stream, session: SMTPServerSession, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail: Received = {
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          bytes: Buffer.concat(chunks),
          args: (mailFrom === false ? {} : mailFrom.args) || {},
        };
        void Promise.resolve(answer?.(mail)).then((said) => {
          if (said === undefined || said.startsWith("2")) received.push(mail);
          if (said === undefined) callback(null, "2.0.0 Ok: queued");
          else if (said.startsWith("2")) callback(null, said.slice(4));
          else callback(refusal(said));
        });
      });
    },
    ...more,
  });
  server.on("error", () => undefined);
  server.server.on("connection", () => {
    connections += 1;
  });
  // The sockets that speak, encrypted or not: to destroy the one below a TLS socket crashes Node.
  const cut = () => {
    for (const { _socket: socket } of server.connections) socket.destroy();
  };
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: portOf(server.server),
    received,
    connections: () => connections,
    cut,
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

export interface ScriptedServer {
  port: number;
  /** Every line that the client sent, mail text included. */
  lines: string[];
  close(): Promise<void>;
}

/**
 * A server that greets, and answers each line as `answer` says: text without a line end, "" for silence, or `close`
 * for the end of the connection.
 */
export async function startScript(
  greeting: string,
  answer: (line: string) => string | typeof close,
): Promise<ScriptedServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const say = (text: string | typeof close) => {
      if (text === close) socket.destroy();
      else if (text !== "") socket.write(`${text}\r\n`);
    };
    say(greeting);
    let rest = "";
    socket.on("data", (chunk) => {
      const parts = (rest + chunk.toString("latin1")).split("\r\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        say(answer(line));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server),
    lines,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A relay to a port of loopback that spoils everything that a client sends behind so many bytes. */
export async function startSpoiler(
  port: number,
  behind: number,
): Promise<Pick<ScriptedServer, "port" | "close">> {
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      socket.on("error", () => undefined);
      socket.on("close", () => other.destroy());
    }
    let passed = 0;
    client.on("data", (chunk) => {
      passed += chunk.length;
      target.write(passed > behind ? Buffer.alloc(chunk.length, "A") : chunk);
    });
    target.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: portOf(server), close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What a script says to end the connection. */
export const close = Symbol("close");

/** A script that takes mails: `overrule` goes first, by line. */
export function polite(
  overrule: (line: string) => string | typeof close | undefined = () => undefined,
): (line: string) => string | typeof close {
  let inData = false;
  return (line) => {
    const other = overrule(line);
    if (other !== undefined) return other;
    if (inData) {
      if (line !== ".") return "";
      inData = false;
      return "250 2.0.0 Ok";
    }
    if (line === "DATA") {
      inData = true;
      return "354 Go ahead";
    }
    if (line.startsWith("EHLO")) return "250-mx.test.example\r\n250-8BITMIME\r\n250 SIZE 1000000";
    return line === "QUIT" ? "221 Bye" : "250 2.1.0 Ok";
  };
}
