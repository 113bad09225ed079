/**
 * The outbox: mails that the person has confirmed, as files. Each is on the disk before its first byte leaves, and its
 * record says at every moment what is known of it, so that a crash never loses one and never sends one twice unseen.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, unlink } from "node:fs/promises";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { UserError } from "../base/report.ts";
import { writeWhole } from "../base/wholeFile.ts";
import { FolderLock } from "./folderLock.ts";
import type { Refusal } from "./sendFailure.ts";

/**
 * - `waiting`: goes out when it is due; until then it can be taken back.
 * - `sending`: somebody has it in hand, and no byte of it has left.
 * - `handed`: its bytes are leaving, and the answer is not there; what a crash leaves so is `unknown`.
 * - `sent`: the server has taken it.
 * - `held`: the way to send has to be mended by the person first.
 * - `unknown`: the server may have it; only the person sends it again.
 * - `returned`: the server refused it, and it is a draft again; the record keeps the server's words.
 */
export type OutboxState = "waiting" | "sending" | "handed" | "sent" | "held" | "unknown" | "returned";

/** Who has a mail in hand. */
interface Claim {
  host: string;
  pid: number;
  /** When the machine was started, in seconds since 1970 UTC: process numbers begin anew then. */
  bootS: number;
  token: string;
}

/** What the list's archive showed of a sent mail. */
export interface Echo {
  seenMs: number;
  /** The Message-ID it has there. */
  messageId: string;
  /** What the servers changed, one sentence each; empty when nothing. */
  changes: string[];
}

/** What a mail is. Addresses are bare, ids without angle brackets. */
interface MailFacts {
  /** The name of its files, without ending. */
  name: string;
  messageId: string;
  subject: string;
  from: string;
  /** Whom the server is told to give it to: To, Cc and Bcc. */
  to: string[];
  /** It has bytes above 127. */
  eightBit: boolean;
  /** The message it answers. */
  inReplyTo?: string;
}

/** A mail that is put into the outbox. */
export interface NewMail extends MailFacts {
  bytes: Uint8Array;
  /** The draft's own text, for when it comes back. */
  draftText: string;
}

/** The record of one mail. Times are milliseconds since 1970 UTC. */
export interface OutboxMail extends MailFacts {
  state: OutboxState;
  queuedMs: number;
  /** Waiting mail does not leave before. */
  dueMs: number;
  attempts: number;
  claim?: Claim;
  /** Why it is where it is: one sentence and the next step. */
  problem?: string;
  /** The last words of the server. */
  reply?: string;
  refused: Refusal[];
  /** It came back because the server takes no 8-bit text. */
  wantsSevenBit?: boolean;
  sentMs?: number;
  /** The Message-ID that the server put in the place of ours. */
  serverMessageId?: string;
  /** A copy of it is in the file of sent mail. */
  filed?: boolean;
  echo?: Echo;
  /** The person has been told that the list does not show it. */
  isLateTold?: boolean;
}

/** The name itself, or the first with a number behind it that no mail has. */
function freeName(name: string, mails: readonly OutboxMail[]): string {
  const taken = new Set(mails.map((mail) => mail.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

const ENDINGS = [".json", ".eml", ".draft"] as const;

/** Somebody of whom nothing can be known (another machine) is given up after this long. */
const GIVEN_UP_MS = 60 * 60_000;
/** What two readings of the machine's start may differ by, in seconds. */
const BOOT_SLACK_S = 120;

const bootedS = (): number => Math.round(Date.now() / 1000 - uptime());

function makeClaim(): Claim {
  return { host: hostname(), pid: process.pid, bootS: bootedS(), token: randomBytes(8).toString("hex") };
}

/** Whether the process that has a mail in hand is there no more. */
function isGone(claim: Claim | undefined, dueMs: number, nowMs: number): boolean {
  if (claim === undefined) return true;
  if (claim.host !== hostname()) return nowMs - dueMs > GIVEN_UP_MS;
  if (Math.abs(claim.bootS - bootedS()) > BOOT_SLACK_S) return true;
  try {
    process.kill(claim.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const isRecord = (value: unknown): value is OutboxMail =>
  typeof value === "object" &&
  value !== null &&
  ["name", "messageId", "state"].every(
    (key) => typeof (value as Record<string, unknown>)[key] === "string",
  ) &&
  Array.isArray((value as Record<string, unknown>)["to"]);

export class Outbox {
  readonly folder: string;
  readonly #lock: FolderLock;
  readonly #now: () => number;

  constructor(folder: string, now: () => number = Date.now) {
    this.folder = folder;
    this.#lock = new FolderLock(join(folder, "lock"));
    this.#now = now;
  }

  #path(name: string, ending: (typeof ENDINGS)[number]): string {
    return join(this.folder, `${name}${ending}`);
  }

  /**
   * Takes a mail in: bytes and draft first, then the record that makes it count. It leaves at `dueMs`, not before. A
   * UserError when a mail with its Message-ID is here already.
   */
  async add(mail: NewMail, dueMs: number): Promise<OutboxMail> {
    const { bytes, draftText, ...what } = mail;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return await this.#lock.hold(async () => {
      const all = await this.list();
      const same = all.filter(({ messageId }) => messageId === mail.messageId);
      if (same.some(({ state }) => state !== "returned")) {
        throw new UserError(
          "This message is in the outbox already, or has been sent.",
          "Look for it in the view “Drafts and Outbox”; for another message, begin a new reply.",
        );
      }
      const nowMs = this.#now();
      for (const old of same) await this.#forget(old.name);
      const record: OutboxMail = {
        ...what,
        name: freeName(
          mail.name,
          all.filter((one) => !same.includes(one)),
        ),
        state: "waiting",
        queuedMs: nowMs,
        dueMs,
        attempts: 0,
        refused: [],
      };
      await writeWhole(this.#path(record.name, ".eml"), bytes);
      await writeWhole(this.#path(record.name, ".draft"), draftText);
      await this.#write(record);
      return record;
    });
  }

  /** Every mail, first queued first. A record that cannot be read is left out, and left alone. */
  async list(): Promise<OutboxMail[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const mails: OutboxMail[] = [];
    for (const file of names) {
      if (!file.endsWith(".json")) continue;
      const mail = await this.find(file.slice(0, -".json".length));
      if (mail !== undefined) mails.push(mail);
    }
    return mails.sort((a, b) => a.queuedMs - b.queuedMs || (a.name < b.name ? -1 : 1));
  }

  /** The record of a mail; undefined when it is not here. */
  async find(name: string): Promise<OutboxMail | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path(name, ".json"), "utf8"));
      return isRecord(value) ? value : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")
        return undefined;
      throw error;
    }
  }

  /** The exact bytes of a mail. */
  async bytes(name: string): Promise<Buffer> {
    return await readFile(this.#path(name, ".eml"));
  }

  async #write(mail: OutboxMail): Promise<void> {
    // A power cut that forgets a claim forgets nothing: no byte had left.
    const isDurable = mail.state !== "sending";
    await writeWhole(this.#path(mail.name, ".json"), `${JSON.stringify(mail, undefined, 1)}\n`, isDurable);
  }

  async #forget(name: string): Promise<void> {
    for (const ending of ENDINGS) {
      await unlink(this.#path(name, ending)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
  }

  /**
   * Changes a record while nobody else does. `change` gives the new record, or undefined to leave it; the result is
   * what is on the disk then, undefined when nothing was changed.
   */
  async change(
    name: string,
    change: (mail: OutboxMail) => OutboxMail | undefined | Promise<OutboxMail | undefined>,
  ): Promise<OutboxMail | undefined> {
    return await this.#lock.hold(async () => {
      const mail = await this.find(name);
      const next = mail && (await change(mail));
      if (next !== undefined) await this.#write(next);
      return next;
    });
  }

  /** Takes a waiting mail in hand, when it is due and nobody else has it. */
  async claim(name: string): Promise<OutboxMail | undefined> {
    return await this.change(name, (mail) => {
      if (mail.state !== "waiting" || mail.dueMs > this.#now()) return undefined;
      return { ...mail, state: "sending", claim: makeClaim(), attempts: mail.attempts + 1 };
    });
  }

  /** Notes that the first byte is about to leave. Throws when the mail is in other hands by now. */
  async hand(claimed: OutboxMail): Promise<void> {
    const token = claimed.claim?.token;
    const handed = await this.change(claimed.name, (mail) =>
      mail.state === "sending" && mail.claim?.token === token ? { ...mail, state: "handed" } : undefined,
    );
    if (handed === undefined) {
      throw new UserError("Another window has this mail in hand.", "Nothing was sent from here.");
    }
  }

  /**
   * Notes what came of a mail that was claimed. When it was given up meanwhile, what really came of it still counts;
   * when it is in other hands, it does not.
   */
  async settle(claimed: OutboxMail, outcome: Partial<OutboxMail>): Promise<OutboxMail | undefined> {
    const token = claimed.claim?.token;
    return await this.change(claimed.name, (mail) => {
      if (mail.claim?.token !== token) return undefined;
      const { claim: _claim, problem: _problem, ...rest } = mail;
      return { ...rest, ...outcome };
    });
  }

  /** What a crash has left: mail in the hands of nobody waits again, or is unknown once its bytes were leaving. */
  async recover(): Promise<OutboxMail[]> {
    const recovered: OutboxMail[] = [];
    for (const { name, state } of await this.list()) {
      if (state !== "sending" && state !== "handed") continue;
      const mail = await this.change(name, (found) => {
        if (!isGone(found.claim, found.dueMs, this.#now())) return undefined;
        if (found.state === "sending") return { ...found, state: "waiting" };
        if (found.state !== "handed") return undefined;
        return { ...found, state: "unknown", problem: INTERRUPTED };
      });
      if (mail !== undefined) recovered.push(mail);
    }
    return recovered;
  }

  /** Has a held or unknown mail, or a sent one some recipients of which were refused, go out (to those) now. */
  async retry(name: string): Promise<OutboxMail | undefined> {
    return await this.change(name, (mail) => {
      const { problem: _problem, claim: _claim, ...rest } = mail;
      if (mail.state === "sent" && mail.refused.length > 0) {
        const to = mail.refused.map(({ address }) => address);
        return { ...rest, state: "waiting", dueMs: this.#now(), to, refused: [] };
      }
      if (!["waiting", "held", "unknown"].includes(mail.state)) return undefined;
      return { ...rest, state: "waiting", dueMs: this.#now() };
    });
  }

  /**
   * Takes a mail that nobody has in hand out of the outbox. `restore` is given its draft's text and makes a draft of
   * it before anything is removed. False when it is being sent, or was.
   */
  async takeBack(name: string, restore: (draftText: string) => Promise<void>): Promise<boolean> {
    return await this.#lock.hold(async () => {
      const mail = await this.find(name);
      if (mail === undefined || !["waiting", "held", "unknown"].includes(mail.state)) return false;
      await restore(await readFile(this.#path(name, ".draft"), "utf8"));
      await this.#forget(name);
      return true;
    });
  }

  /** Makes a draft of a mail that was refused; its record stays, with the server's words. Done once. */
  async giveBack(name: string, restore: (draftText: string) => Promise<void>): Promise<boolean> {
    return await this.#lock.hold(async () => {
      const mail = await this.find(name);
      const text = await readFile(this.#path(name, ".draft"), "utf8").catch(() => undefined);
      if (mail?.state !== "returned" || text === undefined) return false;
      await restore(text);
      await unlink(this.#path(name, ".draft"));
      return true;
    });
  }

  /** Puts the bytes of a sent mail where `append` puts them, once. */
  async file(name: string, append: (bytes: Buffer) => Promise<void>): Promise<void> {
    await this.change(name, async (mail) => {
      if (mail.state !== "sent" || mail.filed) return undefined;
      await append(await this.bytes(name));
      return { ...mail, filed: true };
    });
  }

  /** Removes what is done with: a sent mail, or the record of a returned one. */
  async forget(name: string): Promise<void> {
    await this.#lock.hold(async () => {
      const mail = await this.find(name);
      if (mail?.state === "sent" || mail?.state === "returned") await this.#forget(name);
    });
  }
}

const INTERRUPTED =
  "The program ended after the mail had begun to leave and before the server answered: it may have gone out. " +
  "Look for it on the list. To send it again keeps its Message-ID.";
