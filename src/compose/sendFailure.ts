/** Why a mail did not go out, as something to act on: what becomes of it follows from the kind alone. */
import { UserError } from "../base/report.ts";
import { oneLine } from "./headerFields.ts";

/**
 * - `offline`: no server was reached, or it went away before it could have the whole mail; tried again later.
 * - `deferred`: the server says "not now" (4xx); tried again later.
 * - `refused`: the server does not take this mail (5xx); it is a draft again.
 * - `unknown`: the whole mail was handed over and no answer came; never tried again without asking.
 * - `login`, `encryption`, `setup`: the way to send has to be mended first; it waits for the person.
 * - `sevenBit`: the server takes no 8-bit text; the mail has to be made anew and looked at again.
 */
export type FailureKind =
  | "offline"
  | "deferred"
  | "refused"
  | "unknown"
  | "login"
  | "encryption"
  | "setup"
  | "sevenBit";

/** A recipient that the server refused, with the server's words. */
export interface Refusal {
  address: string;
  reply: string;
}

/** Whether the server may take it for this recipient later (4xx). */
export const isTemporary = ({ reply }: Refusal): boolean => reply.startsWith("4");

export class SendFailure extends UserError {
  readonly kind: FailureKind;
  /** The server's (or the program's) own words, on one line; "" when it said nothing. */
  readonly reply: string;
  readonly refusals: readonly Refusal[];

  constructor(
    kind: FailureKind,
    message: string,
    nextStep: string,
    words: { reply?: string; refusals?: readonly Refusal[] } = {},
  ) {
    super(message, nextStep);
    this.kind = kind;
    this.reply = words.reply ?? "";
    this.refusals = words.refusals ?? [];
  }
}

/** The longest answer of a server that is kept and shown, in characters. */
const LONGEST_REPLY = 500;

/** What a server or program said, on one line, without control characters and without the secrets given. */
export function wordsOf(text: string, secrets: readonly string[] = []): string {
  let words = oneLine(text.slice(0, 4 * LONGEST_REPLY));
  for (const secret of secrets) if (secret !== "") words = words.replaceAll(secret, "***");
  return words.length > LONGEST_REPLY ? `${words.slice(0, LONGEST_REPLY)}...` : words;
}

/** Every form in which a login's secret goes over the wire: a server that echoes it must not get it into a log. */
export function secretForms(user: string, secret: string): string[] {
  if (secret === "") return [];
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  return [
    secret,
    base64(secret),
    base64(`\0${user}\0${secret}`),
    base64(`user=${user}\x01auth=Bearer ${secret}\x01\x01`),
    base64(`n,a=${user},\x01auth=Bearer ${secret}\x01\x01`),
  ];
}
