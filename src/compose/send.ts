/** Bytes out by SMTP, over a connection that serves many mails: the one door to nodemailer, loaded when first used. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { domainToASCII } from "node:url";
import SMTPConnection, { type SMTPConnectionCustomAuthContext } from "nodemailer/lib/smtp-connection";
import { homePath } from "../base/homePath.ts";
import { isLoopback, refusedByGuard } from "./guard.ts";
import { isAddress } from "./headerFields.ts";
import { type Refusal, SendFailure, secretForms, wordsOf } from "./sendFailure.ts";
import { type Reached, smtpFailure } from "./smtpFailure.ts";
import { type AuthMethod, type SmtpServer, takesToken } from "./transport.ts";

/** A mail on its way: the bytes that were previewed, and whom the server is told to give them to. */
export interface Outgoing {
  /** CRLF line ends; dots are doubled on the way. */
  bytes: Uint8Array;
  from: string;
  to: readonly string[];
  /** The text has bytes above 127: the server must take 8BITMIME. */
  eightBit: boolean;
  /** Awaited after the server has accepted the recipients and before the first byte of the mail leaves. */
  beforeData?: () => Promise<void>;
}

export interface Delivered {
  /** Recipients that the server refused; the others get the mail. */
  refused: Refusal[];
  /** The server's final words. */
  reply: string;
  /** The Message-ID that the server put in the place of ours, where its final words name it; no angle brackets. */
  serverMessageId?: string;
}

/** Something that takes mails one after the other. Everything it rejects with is a SendFailure, or a bug. */
export interface Connection {
  deliver(mail: Outgoing): Promise<Delivered>;
  /** False once nothing more can be sent over it. */
  readonly isOpen: boolean;
  close(): void;
}

export interface SmtpOptions {
  /** The password or token of the server's user; `isRefused` asks for another one than last time. */
  secret?: (isRefused: boolean) => Promise<string>;
  /** Refuse every recipient outside reserved domains and every server that is not this machine. */
  onlyReserved: boolean;
  /** Milliseconds for the connection with its greeting, and for a silence of the server. */
  timeouts?: { connect: number; silence: number };
}

/** RFC 5321 4.5.3.2 gives a server minutes for its answers. */
const TIMEOUTS = { connect: 30_000, silence: 5 * 60_000 };

/** Everything but a release (development builds, tests from the sources) is guarded, whatever is set. */
const isRelease = (): boolean => process.env["KERNEL_MAIL_RELEASE"] === "1";

/** How much of a mail is handed over at a time, in bytes. */
const CHUNK = 64 * 1024;

/** The guard: throws when this mail or this server is none of those that development builds and tests may use. */
export function holdGuard(recipients: readonly string[], host: string, onlyReserved: boolean): void {
  if (isRelease() && !onlyReserved) return;
  const [first, ...more] = refusedByGuard(recipients, host);
  if (first === undefined) return;
  throw new SendFailure(
    "refused",
    `The guard stopped this mail: ${first}${more.length > 0 ? ` and ${more.length} more` : ""} is a real address.`,
    "Development builds and the setting kernelMail.send.onlyReserved allow reserved domains and this machine alone.",
  );
}

/** A domain outside ASCII in its ASCII form; throws for what no envelope can hold. */
export function envelopeAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = domainToASCII(address.slice(at + 1)) || address.slice(at + 1);
  const result = `${address.slice(0, at)}@${domain}`;
  if (isAddress(address) && isAddress(result) && !address.startsWith("-")) return result;
  throw new SendFailure(
    "refused",
    `“${wordsOf(address)}” is not an address that mail can be sent to.`,
    "Correct or remove it in the draft's header.",
  );
}

/** The certificates of a file, or of every file in a folder. */
async function readCertificates(path: string): Promise<string[]> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const files = isFolder ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
    return texts.filter((text) => text.includes("BEGIN CERTIFICATE"));
  } catch {
    throw new SendFailure(
      "setup",
      `The certificates in ${path} cannot be read.`,
      "Correct sendemail.smtpSSLCertPath in git's configuration, or remove it.",
    );
  }
}

/** What a server offers, from its answer to EHLO: `8BITMIME`, `SMTPUTF8`, `SIZE 1000`, `AUTH PLAIN LOGIN`. */
function capabilitiesOf(answer: string): string[] {
  return answer
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.replace(/^\d+[ -]/, "").toUpperCase());
}

/** Of the ways that may be used to log in the first that the server offers; undefined leaves it to nodemailer. */
function methodOf({ auth = [] }: SmtpServer, capabilities: readonly string[]): AuthMethod | undefined {
  const offered = new Set(
    capabilities.flatMap((line) => (line.startsWith("AUTH") ? line.split(/[ =]/) : [])),
  );
  return auth.find((method) => offered.has(method)) ?? auth[0];
}

/** The name under which nodemailer is given our own login: it would put a password's method in XOAUTH2's place. */
const BY_TOKEN = "TOKEN";

/** XOAUTH2 and OAUTHBEARER (RFC 7628): a token in the place of a password. */
async function authenticateByToken(
  method: AuthMethod | undefined,
  { auth, sendCommand }: SMTPConnectionCustomAuthContext,
): Promise<void> {
  const { user, pass } = auth.credentials;
  const words =
    method === "XOAUTH2"
      ? `user=${user}\x01auth=Bearer ${pass}\x01\x01`
      : `n,a=${user},\x01auth=Bearer ${pass}\x01\x01`;
  let answer = await sendCommand(`AUTH ${method} ${Buffer.from(words, "utf8").toString("base64")}`);
  // The server says why in a challenge of its own, which has to be answered before it refuses.
  if (answer.status === 334) answer = await sendCommand(method === "XOAUTH2" ? "" : "AQ==");
  if (answer.status < 200 || answer.status >= 300) throw new Error("The token was refused");
}

/** The options of a connection: encrypted unless the server is this machine, and never less than asked for. */
async function connectionOptions(server: SmtpServer, timeouts: typeof TIMEOUTS) {
  const isLocal = isLoopback(server.host);
  if (server.certificates === "" && !isLocal) {
    throw new SendFailure(
      "setup",
      `git is told to trust any certificate of ${server.host}, which would give the password to anyone in between.`,
      "Name the certificate of the server in sendemail.smtpSSLCertPath.",
    );
  }
  const ca = server.certificates ? await readCertificates(homePath(server.certificates)) : undefined;
  return {
    host: server.host,
    port: server.port,
    // The machine's own name is nobody's business, unless it is to be told.
    name: server.domain ?? "[127.0.0.1]",
    secure: server.encryption === "tls",
    requireTLS: server.encryption === "starttls" || (server.encryption === "none" && !isLocal),
    ignoreTLS: server.encryption === "none" && isLocal,
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.connect,
    socketTimeout: timeouts.silence,
    socketCloseTimeout: 1000,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(server.certificates === "" ? { rejectUnauthorized: false } : {}),
      minVersion: "TLSv1.2" as const,
    },
  };
}

/**
 * Connects, encrypts and logs in. Rejects with a SendFailure that says what is wrong: the name, the port, the
 * encryption, the certificate, the login.
 */
export async function connectSmtp(server: SmtpServer, options: SmtpOptions): Promise<Connection> {
  const { batch, ...always } = server;
  if (batch !== undefined) return await inBatches(() => connectSmtp(always, options), batch);
  holdGuard([], server.host, options.onlyReserved);
  const timeouts = options.timeouts ?? TIMEOUTS;
  const shape = await connectionOptions(server, timeouts);
  const start = (secret: string | undefined) =>
    startSession(server, shape, { secret, onlyReserved: options.onlyReserved });
  const secret = server.user === undefined ? undefined : await options.secret?.(false);
  try {
    return await start(secret);
  } catch (error) {
    const isLogin = error instanceof SendFailure && error.kind === "login";
    if (!isLogin || !takesToken(server.auth)) throw error;
    // A token runs out within the hour: a newer one is asked for, once.
    const newer = await options.secret?.(true);
    if (!newer || newer === secret) throw error;
    return await start(newer);
  }
}

type Session = { secret: string | undefined; onlyReserved: boolean };

/** A connection that is closed and made anew each time it has taken so many mails, a pause later. */
async function inBatches(
  connect: () => Promise<Connection>,
  { size, pauseMs }: NonNullable<SmtpServer["batch"]>,
): Promise<Connection> {
  let current = await connect();
  let taken = 0;
  return {
    get isOpen() {
      return current.isOpen;
    },
    close: () => current.close(),
    deliver: async (mail) => {
      if (taken === size) {
        current.close();
        await delay(pauseMs);
        current = await connect();
        taken = 0;
      }
      taken++;
      return await current.deliver(mail);
    },
  };
}

async function startSession(
  server: SmtpServer,
  shape: Awaited<ReturnType<typeof connectionOptions>>,
  { secret, onlyReserved }: Session,
): Promise<Connection> {
  const secrets = secretForms(server.user ?? "", secret ?? "");
  const failure = (error: unknown, reached: Reached) => smtpFailure(error, server, reached, secrets);
  let method: AuthMethod | undefined;
  const byToken = (context: SMTPConnectionCustomAuthContext) => authenticateByToken(method, context);
  const connection = new SMTPConnection({ ...shape, customAuth: { [BY_TOKEN]: byToken } });
  let isOpen = true;
  connection.on("error", () => {
    isOpen = false;
  });
  connection.on("end", () => {
    isOpen = false;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once("error", reject);
      connection.once("end", () => reject(new Error("Connection closed unexpectedly")));
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    connection.close();
    throw failure(error, "connect");
  }
  const capabilities = capabilitiesOf(connection.lastServerResponse || "");
  if (server.user !== undefined) {
    method = methodOf(server, capabilities);
    const named = takesToken(server.auth) ? BY_TOKEN : (method ?? false);
    const auth = { user: server.user, pass: secret ?? "", method: named } as const;
    try {
      if (secret === undefined || secret === "") throw new Error("Missing credentials");
      await new Promise<void>((resolve, reject) => {
        connection.once("error", reject);
        connection.login(auth, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      connection.close();
      throw failure(error, "login");
    }
  }

  const send = (mail: Outgoing, to: string[]): Promise<Delivered> =>
    new Promise((resolve, reject) => {
      let reached: Reached = "envelope";
      const envelope = {
        from: envelopeAddress(server.sender ?? mail.from),
        to,
        size: mail.bytes.byteLength,
        use8BitMime: mail.eightBit,
      };
      let stopped: { by: unknown } | undefined;
      const parts = async function* () {
        try {
          await mail.beforeData?.();
        } catch (error) {
          // Told as it is: nodemailer would give it a code of its own.
          stopped = { by: error };
          throw new Error("The mail was not to leave.", { cause: error });
        }
        reached = "data";
        for (let at = 0; at < mail.bytes.byteLength; at += CHUNK) {
          yield Buffer.from(mail.bytes.subarray(at, at + CHUNK));
        }
        // From here on the end of the mail may reach the server.
        reached = "end";
      };
      connection.send(envelope, Readable.from(parts(), { objectMode: false }), (error, info) => {
        if (info === undefined || error) {
          reject(stopped === undefined ? failure(error, reached) : stopped.by);
          return;
        }
        const refused = (info.rejectedErrors ?? []).map((one) => ({
          address: String(one.recipient ?? ""),
          reply: wordsOf(String(one.response ?? ""), secrets),
        }));
        const serverMessageId = info.serverMessageId?.replace(/^<|>$/g, "");
        const reply = wordsOf(info.response, secrets);
        resolve({ refused, reply, ...(serverMessageId === undefined ? {} : { serverMessageId }) });
      });
    });

  return {
    get isOpen() {
      return isOpen;
    },
    close: () => {
      if (isOpen) connection.quit();
      else connection.close();
      isOpen = false;
    },
    deliver: async (mail) => {
      holdGuard(mail.to, server.host, onlyReserved);
      const to = mail.to.map(envelopeAddress);
      checkCapabilities(mail, to, capabilities, server);
      // Recipients are told by the name they were given under.
      const given = new Map(to.map((address, at) => [address, mail.to[at] ?? address]));
      try {
        const { refused, ...delivered } = await send(mail, to);
        const named = refused.map((one) => ({ ...one, address: given.get(one.address) ?? one.address }));
        return { ...delivered, refused: named };
      } catch (error) {
        // What the server still holds of this mail must not meet the next one.
        isOpen = false;
        connection.close();
        throw error;
      }
    },
  };
}

/** What this server cannot take is said before anything is handed to it. */
function checkCapabilities(
  mail: Outgoing,
  to: readonly string[],
  capabilities: readonly string[],
  server: SmtpServer,
): void {
  if (mail.eightBit && !capabilities.includes("8BITMIME")) {
    throw new SendFailure(
      "sevenBit",
      `${server.host} takes no 8-bit text.`,
      "Look at the new preview, in which the text is quoted-printable, and send that.",
    );
  }
  const international = to.find((address) => /[^\x20-\x7e]/.test(address));
  if (international !== undefined && !capabilities.includes("SMTPUTF8")) {
    throw new SendFailure(
      "refused",
      `${server.host} takes no addresses with letters outside ASCII, such as ${international}.`,
      "Write to an address without them.",
    );
  }
  const most = Number(/^SIZE (\d+)/.exec(capabilities.find((line) => line.startsWith("SIZE ")) ?? "")?.[1]);
  if (most > 0 && mail.bytes.byteLength > most) {
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    throw new SendFailure(
      "refused",
      `The mail has ${megabytes(mail.bytes.byteLength)}, and ${server.host} takes ${megabytes(most)} at most.`,
      "Make it shorter: lists take far less than that.",
    );
  }
}
