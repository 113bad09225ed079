/** The settings about sending, read from values of any shape: what is unusable counts as not set. */
import type { OauthClient } from "../compose/oauth.ts";
import type { SendSettings } from "../compose/transport.ts";

export interface SendingSettings {
  send: SendSettings;
  /** Program and arguments; empty when there is none. */
  tokenCommand: string[];
  /** The client to sign in with; undefined when none is described whole. */
  oauthClient: OauthClient | undefined;
  /** How long a confirmed mail can be taken back, in milliseconds. */
  undoMs: number;
  /** `summary`: small replies without findings are confirmed in one box. */
  confirmation: "preview" | "summary";
  /** A Maildir or an mbox for copies; absolute. */
  copyTo: string | undefined;
  /** After how long without the list's copy the person is told, in milliseconds. */
  echoMs: number;
  serverRewritesIds: "detect" | "yes" | "no";
  /** The guard: reserved domains and this machine alone. */
  onlyReserved: boolean;
  /** Where one is after a mail was confirmed. */
  afterSend: "back" | "nextUnread" | "stay";
}

const LONGEST_UNDO_S = 120;
const HOUR_MS = 3_600_000;

function readClient(given: unknown): OauthClient | undefined {
  const fields = new Map<string, unknown>(Object.entries(given ?? {}));
  const [id, secret, authority] = ["id", "secret", "authority"].map((name) => fields.get(name));
  if (typeof id !== "string" || id === "" || typeof authority !== "string" || authority === "")
    return undefined;
  const scopes = strings(fields.get("scopes"));
  return { id, authority, scopes, ...(typeof secret === "string" && secret !== "" ? { secret } : {}) };
}

/** One of these words, else the first. */
const oneOf = <T extends string>(found: unknown, usual: T, ...others: T[]): T =>
  others.find((word) => word === found) ?? usual;

const strings = (found: unknown): string[] =>
  Array.isArray(found) ? found.filter((one): one is string => typeof one === "string" && one !== "") : [];

/**
 * `value` gives what the person has set under `kernelMail.NAME`, or the default of the manifest; `expandPath` makes a
 * path as typed an absolute one.
 */
export function readSending(
  value: (name: string) => unknown,
  expandPath: (path: string) => string,
): SendingSettings {
  const number = (name: string, usual: number): number => {
    const found = value(name);
    return typeof found === "number" && found >= 0 ? found : usual;
  };
  const smtp = new Map(Object.entries(value("send.smtp") ?? {}));
  const text = (name: string): string | undefined => {
    const found: unknown = smtp.get(name);
    return typeof found === "string" ? found : undefined;
  };
  const port: unknown = smtp.get("port");
  const copyTo = value("send.copyTo");
  return {
    send: {
      method: oneOf(value("send.method"), "auto", "git", "smtp", "program", "none"),
      smtp: {
        host: text("host"),
        port: typeof port === "number" ? port : undefined,
        encryption: text("encryption"),
        user: text("user"),
        auth: text("auth"),
      },
      program: strings(value("send.program")),
    },
    tokenCommand: strings(value("send.tokenCommand")),
    oauthClient: readClient(value("send.oauthClient")),
    undoMs: Math.min(LONGEST_UNDO_S, number("send.undoSeconds", 10)) * 1000,
    confirmation: oneOf(value("send.confirmation"), "preview", "summary"),
    copyTo: typeof copyTo === "string" && copyTo.trim() !== "" ? expandPath(copyTo.trim()) : undefined,
    echoMs: number("send.echoHours", 6) * HOUR_MS,
    serverRewritesIds: oneOf(value("send.serverRewritesIds"), "detect", "yes", "no"),
    onlyReserved: value("send.onlyReserved") === true,
    afterSend: oneOf(value("compose.afterSend"), "back", "nextUnread", "stay"),
  };
}
