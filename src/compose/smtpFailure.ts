/** A fault of an SMTP session as a sentence with a next step, and as what becomes of the mail. */
import { type Refusal, SendFailure, wordsOf } from "./sendFailure.ts";
import { type SmtpServer, takesToken } from "./transport.ts";

/** How far a session had come: after `end` the server may have the whole mail. */
export type Reached = "connect" | "login" | "envelope" | "data" | "end";

/** What nodemailer says of a fault; every part of it may be missing. */
interface Fault {
  code: string;
  /** The system's own code, behind nodemailer's. */
  system: string;
  message: string;
  /** The server's answer that was the fault, with its code. */
  response: string;
  responseCode: number;
  timeout: string;
  command: string;
}

function readFault(error: unknown): Fault {
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  return {
    code: text("code"),
    system: text("originalCode"),
    message: error instanceof Error ? error.message : String(error),
    response: text("response"),
    responseCode: typeof fields["responseCode"] === "number" ? fields["responseCode"] : 0,
    timeout: text("timeoutType"),
    command: text("command"),
  };
}

/** Why a certificate was not taken, by OpenSSL's codes. */
const CERTIFICATE_FAULTS: Record<string, string> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server signed it itself",
  SELF_SIGNED_CERT_IN_CHAIN: "it comes from an authority that is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "it comes from an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "it comes from an authority that is not trusted here",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is made out to another name",
};

const usualPorts = "Usual are port 465 with “tls” and port 587 with “starttls”.";

/**
 * The failure that an error of a session is. `secrets` are left out of everything the server said. An error that is
 * a SendFailure already stays what it is.
 */
export function smtpFailure(
  error: unknown,
  server: SmtpServer,
  reached: Reached,
  secrets: readonly string[],
): Error {
  if (error instanceof SendFailure) return error;
  const fault = readFault(error);
  const reply = wordsOf(fault.response, secrets);
  if (fault.code === "ESTREAM") return error instanceof Error ? error : new Error(fault.message);
  if (fault.responseCode > 0) return answered(fault, server, reached, reply, refusalsOf(error, secrets));
  if (reached === "end") {
    return new SendFailure(
      "unknown",
      `${server.host} went away after it had the whole mail and before it said whether it takes it.`,
      "Look for the mail on the list. To send it again keeps its Message-ID.",
    );
  }
  return reached === "login" ? loginFailure(fault, server, reply) : lost(fault, server, reached);
}

function refusalsOf(error: unknown, secrets: readonly string[]): Refusal[] {
  const list = (error as { rejectedErrors?: unknown }).rejectedErrors;
  if (!Array.isArray(list)) return [];
  return list.map((one: { recipient?: unknown; response?: unknown }) => ({
    address: String(one.recipient ?? ""),
    reply: wordsOf(String(one.response ?? ""), secrets),
  }));
}

/** The server gave an answer, and it was no. */
function answered(
  fault: Fault,
  server: SmtpServer,
  reached: Reached,
  reply: string,
  refusals: Refusal[],
): SendFailure {
  const words = { reply, refusals };
  if (reached === "connect" && fault.code === "ETLS") return noEncryption(server, words);
  if (reached === "login") return loginFailure(fault, server, reply);
  // Of recipients that were all refused, one that may have it later counts: nobody has it yet.
  if (fault.responseCode < 500) {
    return new SendFailure("deferred", `${server.host} says “${reply}”.`, "It is tried again later.", words);
  }
  if (reached === "connect") {
    return new SendFailure(
      "setup",
      `${server.host} turns the connection away: “${reply}”.`,
      "Ask whoever runs the server, or use another one.",
      words,
    );
  }
  // "Authentication required" and "Must issue a STARTTLS command first" are about the session, not about the mail.
  if (fault.responseCode === 530) {
    const missing = server.user === undefined ? "It wants a login." : "";
    return new SendFailure(
      "login",
      `${server.host} does not take mail like this: “${reply}”.`,
      `${missing} Use the command “Check Sending”.`.trim(),
      words,
    );
  }
  const [first] = refusals;
  const all = refusals.length > 1 ? ` All ${refusals.length} recipients were refused.` : "";
  return new SendFailure(
    "refused",
    `${server.host} refused the mail: “${first?.reply ?? reply}”.${all}`,
    "It is a draft again: correct it, and send it anew.",
    words,
  );
}

function noEncryption(server: SmtpServer, words: { reply?: string } = {}): SendFailure {
  return new SendFailure(
    "encryption",
    `${server.host} offers no encryption (STARTTLS) on port ${server.port}, and nothing is sent without it.`,
    usualPorts,
    words,
  );
}

function loginFailure(fault: Fault, server: SmtpServer, reply: string): SendFailure {
  const user = server.user ?? "";
  if (fault.responseCode > 0 && fault.responseCode < 500) {
    const text = `${server.host} cannot check the login of ${user} now: “${reply}”.`;
    return new SendFailure("deferred", text, "It is tried again later.", { reply });
  }
  if (fault.responseCode > 0 || fault.message.includes("token was refused")) {
    const said = reply === "" ? "" : `: “${reply}”`;
    const secret = takesToken(server.auth) ? "token" : "password";
    return new SendFailure(
      "login",
      `${server.host} does not accept the login of ${user}${said}.`,
      `Check user and ${secret} with the command “Set Up Sending...”.`,
      { reply },
    );
  }
  if (fault.code === "EAUTH" || fault.message.startsWith("Missing credentials")) {
    return new SendFailure(
      "login",
      `There is no password for ${user} at ${server.host}.`,
      "Use the command “Set Up Sending...”.",
    );
  }
  return lost(fault, server, "login");
}

/** OpenSSL's reason, out of `…:error:0A000102:SSL routines:function:unsupported protocol:file.c:1234:`. */
const tlsReason = (message: string): string =>
  wordsOf(/:error:[0-9a-f]+:[^:]*:[^:]*:([^:]+):/i.exec(message)?.[1] ?? message);

/** No answer at all: the server was not reached, spoke something else, or went away. */
function lost(fault: Fault, server: SmtpServer, reached: Reached): SendFailure {
  const at = `${server.host}, port ${server.port},`;
  const offline = (text: string, next = "It is tried again later.") => new SendFailure("offline", text, next);
  const system = fault.system || fault.code;
  const certificate = CERTIFICATE_FAULTS[system];
  if (certificate !== undefined || /certificate|altnames/i.test(fault.message)) {
    return new SendFailure(
      "encryption",
      `The certificate of ${server.host} is not to be trusted: ${certificate ?? wordsOf(fault.message)}.`,
      "Nothing was sent. Correct the server's name, or have this machine trust who signed it " +
        "(for the server of git's configuration, by sendemail.smtpSSLCertPath).",
    );
  }
  if (fault.code === "EDNS" || system === "ENOTFOUND" || system === "EAI_AGAIN") {
    return offline(
      `There is no server named ${server.host}, or the network is away.`,
      "Check the name and the connection.",
    );
  }
  if (system === "ECONNREFUSED") {
    return offline(`Nothing listens at ${at.slice(0, -1)}.`, `Check host and port. ${usualPorts}`);
  }
  if (fault.timeout === "CONNECT_TIMEOUT" || system === "ETIMEDOUT" || system === "EHOSTUNREACH") {
    if (fault.timeout === "GREETING_TIMEOUT") {
      return offline(
        `${at} takes the connection and says nothing.`,
        `It may want TLS from the start. ${usualPorts}`,
      );
    }
    if (fault.timeout === "SOCKET_TIMEOUT") return offline(`${at} stopped answering.`);
    if (fault.timeout === "UPGRADE_TIMEOUT")
      return offline(`${at} began the encryption and stopped answering.`);
    return offline(`${at} cannot be reached.`, "Check host and port, and whether a firewall stands between.");
  }
  if (
    system === "ERR_SSL_WRONG_VERSION_NUMBER" ||
    /wrong version number|packet length/i.test(fault.message)
  ) {
    return new SendFailure(
      "encryption",
      `${at} does not speak TLS from the first byte.`,
      `Set the encryption to “starttls”, or use port 465. ${usualPorts}`,
    );
  }
  if (fault.code === "ETLS") return offline(`${at} began the encryption and broke it off.`);
  if (fault.code === "EPROTOCOL") {
    const said = wordsOf(fault.response || fault.message);
    const isPage = /^(?:HTTP\/|<)/i.test(said);
    return offline(
      `${at} does not speak SMTP: “${said}”.`,
      isPage
        ? "It is a web page: perhaps this network wants you to sign in first."
        : `Check host and port. ${usualPorts}`,
    );
  }
  if (/SSL|TLS/.test(system)) {
    if (reached !== "connect") return offline(`The encryption with ${at} broke in the middle of the work.`);
    return new SendFailure(
      "encryption",
      `The encryption with ${at} failed: ${tlsReason(fault.message)}.`,
      usualPorts,
    );
  }
  const when = reached === "connect" ? "before it said anything" : "in the middle of the work";
  return offline(`${at} broke the connection off ${when}.`);
}
