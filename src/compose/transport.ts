/** How mail leaves: a server, a program, or not at all; from the settings or from git send-email's configuration. */
import { UserError } from "../base/report.ts";

/** A way to prove who one is; the last two take an access token in the place of a password (RFC 7628). */
export type AuthMethod = "PLAIN" | "LOGIN" | "CRAM-MD5" | "XOAUTH2" | "OAUTHBEARER";

const TOKENS: readonly AuthMethod[] = ["XOAUTH2", "OAUTHBEARER"];

/** Whether what stands in the place of the password is an access token. */
export const takesToken = (methods: readonly AuthMethod[] = []): boolean =>
  methods.some((method) => TOKENS.includes(method));

export interface SmtpServer {
  kind: "smtp";
  host: string;
  port: number;
  /** `tls` from the first byte, `starttls` before anything is said; `none` is for this machine only. */
  encryption: "tls" | "starttls" | "none";
  /** Absent: no login. */
  user?: string;
  /** Ways that may be used to log in, of which the server offers one; absent: the best that it offers. */
  auth?: readonly AuthMethod[];
  /** The password that stands in git's configuration. */
  password?: string;
  /** A file or folder of certificates to trust in place of the system's; "" trusts no check at all, and is refused. */
  certificates?: string;
  /** The envelope's sender, where it is not the From address. */
  sender?: string;
  /** What this machine is called when it greets; absent: by its loopback address. */
  domain?: string;
  /** After so many mails the connection is made anew, `pauseMs` milliseconds later. */
  batch?: { size: number; pauseMs: number };
}

export interface SendProgram {
  kind: "program";
  /** Program and arguments, as they are given to it. */
  command: [program: string, ...args: string[]];
  /** The envelope's sender, given as -f; `auto` is the From address, told all the same. */
  sender?: string;
}

export type Transport = SmtpServer | SendProgram;

/** What the settings say about sending; see the settings of the same names. */
export interface SendSettings {
  method: "auto" | "git" | "smtp" | "program" | "none";
  smtp: {
    host?: string | undefined;
    port?: number | undefined;
    encryption?: string | undefined;
    user?: string | undefined;
    auth?: string | undefined;
  };
  program: readonly string[];
}

type GitConfig = readonly (readonly [key: string, value: string])[];

const METHODS: readonly AuthMethod[] = ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"];

/** The methods of a list that are spoken here: those for a token, or those for a password, as the first of them. */
function readMethods(list: string): AuthMethod[] {
  const known = list
    .toUpperCase()
    .split(/[\s,]+/)
    .flatMap((word) => METHODS.find((method) => method === word) ?? []);
  const isToken = takesToken(known.slice(0, 1));
  return known.filter((method) => TOKENS.includes(method) === isToken);
}

/** The ports of RFC 8314 and RFC 6409. */
const usualPort = (encryption: SmtpServer["encryption"]): number =>
  encryption === "tls" ? 465 : encryption === "starttls" ? 587 : 25;

/**
 * A command line as the words that a shell would make of it: blanks apart, quotes and backslashes as in `sh`. A
 * UserError for anything that only a shell can do.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? "";
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = line.indexOf(char, i + 1);
      const inside = end < 0 ? "" : line.slice(i + 1, end);
      if (end < 0 || (char === '"' && /[$`\\]/.test(inside))) throw needsShell(line);
      word = (word ?? "") + inside;
      i = end;
    } else if (char === "\\" && i + 1 < line.length) {
      word = (word ?? "") + line[++i];
    } else if (/[$`|&;<>()*?[\]#\\]/.test(char)) {
      throw needsShell(line);
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

const needsShell = (line: string): UserError =>
  new UserError(
    `The command “${line.slice(0, 200)}” needs a shell, and mail is given to no shell here.`,
    "Write the program and its arguments into the setting kernelMail.send.program.",
  );

/** The variables of git's `sendemail` section, those of the chosen identity first. Keys in lower case. */
function sendemailValues(config: GitConfig): (key: string) => string[] {
  const all = (key: string) => config.filter(([name]) => name === key).map(([, value]) => value);
  const identity = all("sendemail.identity").at(-1);
  return (key) => {
    const own = identity ? all(`sendemail.${identity}.${key}`) : [];
    return own.length > 0 ? own : all(`sendemail.${key}`);
  };
}

/** A port by its number, or by the name that it has in the system's list of services. */
function portNumber(text: string): number | undefined {
  const names: Record<string, number> = { smtp: 25, submission: 587, submissions: 465, smtps: 465 };
  const port = names[text.toLowerCase()] ?? Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
}

/** The encryption that git's words mean. Git takes anything else for none at all. */
function gitEncryption(text: string | undefined): SmtpServer["encryption"] {
  const word = text?.trim().toLowerCase();
  return word === "ssl" ? "tls" : word === "tls" ? "starttls" : "none";
}

/**
 * What `git send-email` would send with, from git's configuration as key/value pairs (keys as git prints them, the
 * last value of a key counts, `sendemail.identity` chooses a section). Undefined when it says nothing. Where git looks
 * for a sendmail by itself, that is no configuration.
 */
export function gitTransport(config: GitConfig): Transport | undefined {
  const values = sendemailValues(config);
  const value = (key: string) => values(key).at(-1)?.trim() || undefined;
  const sender = value("envelopesender")?.replace(/^.*<([^<>]*)>$/, "$1");
  const program = (name: string, ...args: string[]): SendProgram => ({
    kind: "program",
    command: [name, ...args, ...values("smtpserveroption"), "-i"],
    ...(sender === undefined ? {} : { sender }),
  });

  const command = value("sendmailcmd");
  if (command !== undefined) {
    const [name, ...args] = shellWords(command);
    if (name === undefined) throw needsShell(command);
    return program(name, ...args);
  }
  const server = value("smtpserver");
  if (server === undefined) return undefined;
  if (/^(?:~?\/|[a-z]:[\\/])/i.test(server)) return program(server);
  const encryption = gitEncryption(value("smtpencryption"));
  const [, host = server, inHost] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(server) ?? [];
  const port = portNumber(value("smtpserverport") ?? inHost ?? "");
  const user = value("smtpuser");
  const methods = value("smtpauth");
  const wantsLogin = user !== undefined && methods?.toLowerCase() !== "none";
  const auth = readMethods(methods ?? "");
  if (wantsLogin && methods !== undefined && auth.length === 0) {
    throw new UserError(
      `git's sendemail.smtpAuth names ${methods}, and no such login is known here.`,
      `Known are ${METHODS.join(", ")}.`,
    );
  }
  const domain = value("smtpdomain");
  const size = Number(value("smtpbatchsize"));
  const seconds = Number(value("smtprelogindelay") ?? 0);
  const password = value("smtppass");
  const certificates = values("smtpsslcertpath").at(-1)?.trim();
  return {
    kind: "smtp",
    host: host.replace(/^\[|\]$/g, ""),
    // git's own defaults: 465 for ssl, 25 for anything else, STARTTLS included.
    port: port ?? (encryption === "tls" ? 465 : 25),
    encryption,
    ...(wantsLogin ? { user } : {}),
    ...(auth.length === 0 ? {} : { auth }),
    ...(password === undefined ? {} : { password }),
    ...(certificates === undefined ? {} : { certificates }),
    // "auto" is the From address, which a server is told anyway.
    ...(sender === undefined || sender === "auto" ? {} : { sender }),
    ...(domain === undefined ? {} : { domain }),
    ...(size > 0 ? { batch: { size, pauseMs: seconds > 0 ? seconds * 1000 : 0 } } : {}),
  };
}

/** The server of the settings; undefined when no host is named. */
function settingsServer({ smtp }: SendSettings): SmtpServer | undefined {
  const host = smtp.host?.trim();
  if (!host) return undefined;
  const word = smtp.encryption?.trim().toLowerCase();
  const encryption = word === "none" || word === "starttls" ? word : word === "tls" ? "tls" : undefined;
  const chosen = encryption ?? (smtp.port === 587 || smtp.port === 25 ? "starttls" : "tls");
  const user = smtp.user?.trim();
  const auth = readMethods(smtp.auth ?? "");
  return {
    kind: "smtp",
    host,
    port: smtp.port ?? usualPort(chosen),
    encryption: chosen,
    ...(user ? { user } : {}),
    ...(auth.length === 0 ? {} : { auth }),
  };
}

function settingsProgram({ program: [program, ...args] }: SendSettings): SendProgram | undefined {
  return program === undefined ? undefined : { kind: "program", command: [program, ...args] };
}

/**
 * How mail leaves. `auto` takes a server or program named in the settings, else git's. Undefined when there is no way
 * to send; a UserError when the chosen way is not described.
 */
export function chooseTransport(settings: SendSettings, config: GitConfig): Transport | undefined {
  const missing = (what: string, setting: string) =>
    new UserError(
      `Mail is to be sent by ${what}, but the setting kernelMail.${setting} names none.`,
      "Use the command “Set Up Sending...”.",
    );
  switch (settings.method) {
    case "none":
      return undefined;
    case "smtp": {
      const server = settingsServer(settings);
      if (server === undefined) throw missing("a server", "send.smtp");
      return server;
    }
    case "program": {
      const program = settingsProgram(settings);
      if (program === undefined) throw missing("a program", "send.program");
      return program;
    }
    case "git":
      return gitTransport(config) ?? { kind: "program", command: ["sendmail", "-i"] };
    case "auto":
      return settingsServer(settings) ?? settingsProgram(settings) ?? gitTransport(config);
  }
}

/**
 * How mail of an identity leaves that has a section of its own in git's configuration: as
 * `git send-email --identity=NAME` would send it. A UserError when there is no such section.
 */
export function identityTransport(name: string, config: GitConfig): Transport {
  const own = gitTransport([...config, ["sendemail.identity", name]]);
  if (own !== undefined && config.some(([key]) => key.startsWith(`sendemail.${name}.`))) return own;
  throw new UserError(
    `An identity is to send by git's section sendemail.${name}, but git's configuration names no server there.`,
    "Set it with git config, or correct the transport in the setting kernelMail.identities.",
  );
}

/** The name of a transport as a person knows it: "mail.example, port 465" or "msmtp". */
export const transportName = (transport: Transport): string =>
  transport.kind === "smtp" ? `${transport.host}, port ${transport.port}` : transport.command[0];
