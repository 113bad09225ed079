/**
 * The outbox: mails that the person has confirmed, as files. Each is on the disk before its first byte leaves, and its
 * record says at every moment what is known of it, so that a crash never loses one and never sends one twice unseen.
 */
import { mkdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../base/report.ts";
import { writeWhole } from "../base/wholeFile.ts";
import { type Claim, makeClaim, stateOfClaim } from "./claim.ts";
import { FolderLock } from "./folderLock.ts";
import { RecordLog } from "./recordLog.ts";
import type { Refusal } from "./sendFailure.ts";

/**
 * - `waiting`: goes out when it is due; until then it can be taken back, unless some recipients have it.
 * - `sending`: somebody has it in hand, and no byte of it has left.
 * - `handed`: its bytes are leaving, and the answer is not there; what a crash leaves so is `unknown`.
 * - `sent`: the server has taken it.
 * - `held`: the way to send has to be mended by the person first.
 * - `unknown`: the server may have it; only the person sends it again.
 * - `returned`: the server refused it, and it is a draft again; the record keeps the server's words.
 */
export type OutboxState = "waiting" | "sending" | "handed" | "sent" | "held" | "unknown" | "returned";

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
  /** Recipients that a server refused for good. */
  refused: Refusal[];
  /** Recipients that have it while others are still to get it. */
  reached?: string[];
  /** It came back because the server takes no 8-bit text. */
  wantsSevenBit?: boolean;
  /** When the first recipients had it. */
  sentMs?: number;
  /** The Message-ID that the server put in the place of ours. */
  serverMessageId?: string;
  /** A copy of it is in the file of sent mail. */
  filed?: boolean;
  echo?: Echo;
  /** The person has been told that the list does not show it. */
  isLateTold?: boolean;
}

/** No mail is ever put off for longer than this, in milliseconds: what is due later was put off by another clock. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

/** Whether a mail waits that may leave now. */
export const isDue = ({ state, dueMs }: OutboxMail, nowMs: number): boolean =>
  state === "waiting" && (dueMs <= nowMs || dueMs > nowMs + LONGEST_WAIT_MS);

/** Whether somebody has it: it is a draft no more then, whatever becomes of it for the others. */
export const hasLeft = ({ state, sentMs }: OutboxMail): boolean => state === "sent" || sentMs !== undefined;

/** The recipients that are still to get it. */
export function outstanding({ to, reached = [], refused }: OutboxMail): string[] {
  const done = new Set([...reached, ...refused.map(({ address }) => address)]);
  return to.filter((address) => !done.has(address));
}

/** The name itself, or the first with a number behind it that no mail has. */
function freeName(name: string, mails: readonly OutboxMail[]): string {
  const taken = new Set(mails.map((mail) => mail.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

const ENDINGS = [".eml", ".draft"] as const;

/** The file of all records. */
export const RECORDS = "records.jsonl";

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
  readonly #log: RecordLog<OutboxMail>;
  readonly #now: () => number;
  /** Claims of this process that it is done with, though that could not be written. */
  readonly #dropped = new Set<string>();

  constructor(folder: string, now: () => number = Date.now) {
    this.folder = folder;
    this.#log = new RecordLog(join(folder, RECORDS), isRecord);
    this.#lock = new FolderLock(join(folder, "lock"), () => this.#log.close());
    this.#now = now;
  }

  #path(name: string, ending: (typeof ENDINGS)[number]): string {
    return join(this.folder, `${name}${ending}`);
  }

  /** Does work on the records while nobody else changes them. `lingers`: more of it follows at once. */
  #hold<T>(work: () => Promise<T>, lingers = false): Promise<T> {
    return this.#lock.hold(async (isKept) => {
      if (!isKept) await this.#log.refresh();
      return await work();
    }, lingers);
  }

  /**
   * Takes mails in, all or none: bytes and drafts first, then the records that make them count. They leave at `dueMs`,
   * not before. A UserError when one with the same Message-ID is here already, or the disk takes none.
   */
  async addAll(mails: readonly NewMail[], dueMs: number): Promise<OutboxMail[]> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      return await this.#hold(async () => {
        // A log that stays long does no harm.
        await this.#log.tidy().catch(() => undefined);
        const records: OutboxMail[] = [];
        for (const mail of mails) records.push(await this.#makeRecord(mail, records, dueMs));
        const files = mails.flatMap(({ bytes, draftText }, at) => {
          const name = records[at]?.name ?? "";
          return [
            writeWhole(this.#path(name, ".eml"), bytes),
            writeWhole(this.#path(name, ".draft"), draftText),
          ];
        });
        const failed = (await Promise.allSettled(files)).find((one) => one.status === "rejected");
        if (failed !== undefined) {
          for (const { name } of records) await this.#removeFiles(name);
          throw failed.reason;
        }
        await this.#log.append(records, [], true);
        return records;
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** Takes one mail in; see `addAll`. */
  async add(mail: NewMail, dueMs: number): Promise<OutboxMail> {
    const [record] = await this.addAll([mail], dueMs);
    if (record === undefined) throw new Error("No record was made.");
    return record;
  }

  /** The record of a new mail. That of its refused forerunner goes. */
  async #makeRecord(mail: NewMail, others: readonly OutboxMail[], dueMs: number): Promise<OutboxMail> {
    const { bytes: _bytes, draftText: _draftText, ...what } = mail;
    const all = [...this.#log.records.values(), ...others];
    const same = all.filter(({ messageId }) => messageId === mail.messageId);
    if (same.some(({ state }) => state !== "returned")) {
      throw new UserError(
        "This message is in the outbox already, or has been sent.",
        "Look for it in the view “Drafts and Outbox”; for another message, begin a new reply.",
      );
    }
    for (const old of same) await this.#forget(old.name);
    return {
      ...what,
      name: freeName(
        mail.name,
        all.filter((one) => !same.includes(one)),
      ),
      state: "waiting",
      queuedMs: this.#now(),
      dueMs,
      attempts: 0,
      refused: [],
    };
  }

  /** Every mail, first queued first, those of one batch in their order. */
  async list(): Promise<OutboxMail[]> {
    await this.#log.refresh();
    // The log keeps the order in which mails were taken in, which counts within one moment.
    return [...this.#log.records.values()].sort((a, b) => a.queuedMs - b.queuedMs);
  }

  /** The record of a mail; undefined when it is not here. */
  async find(name: string): Promise<OutboxMail | undefined> {
    await this.#log.refresh();
    return this.#log.records.get(name);
  }

  /** The exact bytes of a mail. */
  async bytes(name: string): Promise<Buffer> {
    return await readFile(this.#path(name, ".eml"));
  }

  async #removeFiles(name: string): Promise<void> {
    for (const ending of ENDINGS) {
      await unlink(this.#path(name, ending)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
  }

  async #forget(name: string): Promise<void> {
    await this.#log.append([], [name], true);
    await this.#removeFiles(name);
  }

  /**
   * Changes records while nobody else does. `change` gives the new record, or undefined to leave it; the results are
   * those that were changed, in their order. What is not `isDurable` a power cut may forget.
   */
  async changeAll(
    names: readonly string[],
    change: (mail: OutboxMail) => OutboxMail | undefined | Promise<OutboxMail | undefined>,
    { isDurable = true, lingers = false } = {},
  ): Promise<OutboxMail[]> {
    return await this.#hold(async () => {
      const changed: OutboxMail[] = [];
      for (const name of names) {
        const mail = this.#log.records.get(name);
        const next = mail && (await change(mail));
        if (next !== undefined) changed.push(next);
      }
      if (changed.length > 0) await this.#log.append(changed, [], isDurable);
      return changed;
    }, lingers);
  }

  /** Changes one record; the result is what is on the disk then, undefined when nothing was changed. */
  async change(
    name: string,
    change: (mail: OutboxMail) => OutboxMail | undefined | Promise<OutboxMail | undefined>,
  ): Promise<OutboxMail | undefined> {
    return (await this.changeAll([name], change))[0];
  }

  /**
   * Takes those mails in hand that wait, are due, and that nobody else has; each is to be settled or released. That is on
   * the disk: after a power cut nobody knows of these how far they had come.
   */
  async claim(...names: string[]): Promise<OutboxMail[]> {
    const claim = await makeClaim();
    return await this.changeAll(
      names,
      (mail) =>
        isDue(mail, this.#now())
          ? { ...mail, state: "sending", claim, attempts: mail.attempts + 1 }
          : undefined,
      { lingers: true },
    );
  }

  /** Changes mails that are held by a claim, after which they are not. */
  async #drop(
    claimed: readonly OutboxMail[],
    change: (mail: OutboxMail) => OutboxMail | undefined,
    options?: { isDurable: boolean; lingers: boolean },
  ): Promise<OutboxMail[]> {
    const names = claimed.map(({ name }) => name);
    const token = claimed[0]?.claim?.token ?? "";
    try {
      return await this.changeAll(
        names,
        ({ claim, ...mail }) => (claim?.token === token ? change(mail) : undefined),
        options,
      );
    } catch (error) {
      this.#dropped.add(token);
      throw error;
    }
  }

  /** Gives back claimed mails whose turn has not come: they wait as before. */
  async release(claimed: readonly OutboxMail[]): Promise<void> {
    await this.#drop(claimed, (mail) =>
      mail.state === "sending" ? { ...mail, state: "waiting", attempts: mail.attempts - 1 } : undefined,
    );
  }

  /** Notes that the first byte is about to leave. Throws when the mail is in other hands by now. */
  async hand(claimed: OutboxMail): Promise<void> {
    const token = claimed.claim?.token;
    const [handed] = await this.changeAll(
      [claimed.name],
      (mail) =>
        mail.state === "sending" && mail.claim?.token === token ? { ...mail, state: "handed" } : undefined,
      // The claim is on the disk, which is enough to know that it may have left.
      { isDurable: false, lingers: true },
    );
    if (handed === undefined) {
      throw new UserError("Another window has this mail in hand.", "Nothing was sent from here.");
    }
  }

  /**
   * Notes what came of a mail that was claimed. When it was given up meanwhile, what really came of it still counts;
   * when it is in other hands, it does not. That a mail was sent is on the disk with the next claim, or by `sync`.
   */
  async settle(claimed: OutboxMail, outcome: Partial<OutboxMail>): Promise<OutboxMail | undefined> {
    const [settled] = await this.#drop(
      [claimed],
      ({ problem: _problem, ...mail }) => ({ ...mail, ...outcome }),
      { isDurable: outcome.state !== "sent", lingers: true },
    );
    return settled;
  }

  /** Has everything that was noted on the disk. */
  async sync(): Promise<void> {
    await this.#hold(() => this.#log.sync());
  }

  /** What a crash has left: mail in the hands of nobody waits again, or is unknown where its bytes may have left. */
  async recover(): Promise<OutboxMail[]> {
    const left = (await this.list()).filter(({ state }) => state === "sending" || state === "handed");
    if (left.length === 0) return [];
    return await this.changeAll(
      left.map(({ name }) => name),
      async (mail) => {
        if (mail.state !== "sending" && mail.state !== "handed") return undefined;
        const isDropped = this.#dropped.has(mail.claim?.token ?? "");
        const state = isDropped ? "gone" : await stateOfClaim(mail.claim, mail.dueMs, this.#now());
        if (state === "there") return undefined;
        if (mail.state === "sending" && state === "gone") return { ...mail, state: "waiting" };
        return { ...mail, state: "unknown", problem: INTERRUPTED };
      },
    );
  }

  /** Has a held or unknown mail, or a sent one some recipients of which were refused, go out (to those) now. */
  async retry(name: string): Promise<OutboxMail | undefined> {
    return await this.change(name, (mail) => {
      const { problem: _problem, claim: _claim, ...rest } = mail;
      if (mail.state === "sent" && mail.refused.length > 0) {
        const refused = new Set(mail.refused.map(({ address }) => address));
        const reached = mail.to.filter((address) => !refused.has(address));
        return { ...rest, state: "waiting", dueMs: this.#now(), reached, refused: [] };
      }
      if (!["waiting", "held", "unknown"].includes(mail.state)) return undefined;
      return { ...rest, state: "waiting", dueMs: this.#now() };
    });
  }

  /**
   * Takes a mail that nobody has in hand out of the outbox. `restore` is given its draft's text and makes a draft of
   * it before anything is removed. False when it is being sent, or was to anybody.
   */
  async takeBack(name: string, restore: (draftText: string) => Promise<void>): Promise<boolean> {
    return await this.#hold(async () => {
      const mail = this.#log.records.get(name);
      if (mail === undefined || hasLeft(mail)) return false;
      if (!["waiting", "held", "unknown"].includes(mail.state)) return false;
      await restore(await readFile(this.#path(name, ".draft"), "utf8"));
      await this.#forget(name);
      return true;
    });
  }

  /** Makes a draft of a mail that was refused; its record stays, with the server's words. Done once. */
  async giveBack(name: string, restore: (draftText: string) => Promise<void>): Promise<boolean> {
    return await this.#hold(async () => {
      const mail = this.#log.records.get(name);
      const text = await readFile(this.#path(name, ".draft"), "utf8").catch(() => undefined);
      if (mail?.state !== "returned" || text === undefined) return false;
      await restore(text);
      await unlink(this.#path(name, ".draft"));
      return true;
    });
  }

  /** Puts the bytes of mails that have left where `append` puts them, of each once; gives those that were put there now. */
  async file(names: readonly string[], append: (bytes: Buffer[]) => Promise<void>): Promise<Buffer[]> {
    return await this.#hold(async () => {
      const mails = [...new Set(names)].flatMap((name) => this.#log.records.get(name) ?? []);
      const unfiled = mails.filter((mail) => hasLeft(mail) && !mail.filed);
      if (unfiled.length === 0) return [];
      const bytes = await Promise.all(unfiled.map(({ name }) => this.bytes(name)));
      await append(bytes);
      await this.#log.append(
        unfiled.map((mail) => ({ ...mail, filed: true })),
        [],
        true,
      );
      return bytes;
    });
  }

  /** Removes what is done with: a sent mail, or the record of a returned one. */
  async forget(name: string): Promise<void> {
    await this.#hold(async () => {
      const mail = this.#log.records.get(name);
      if (mail?.state === "sent" || mail?.state === "returned") await this.#forget(name);
    });
  }
}

/** What is wrong with the disk, as the beginning of a sentence; undefined for any other error. */
export function diskTrouble(error: unknown): string | undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return "The disk is full";
  return ["EACCES", "EROFS", "EPERM"].includes(code)
    ? "The folder of the outbox cannot be written to"
    : undefined;
}

/** What a person reads when the disk takes no mail; any other error as it is. */
function refusalOf(error: unknown): unknown {
  const trouble = diskTrouble(error);
  if (trouble === undefined) return error;
  return new UserError(
    `${trouble}, so nothing was sent.`,
    "The drafts are as they were; try again once that is mended.",
  );
}

const INTERRUPTED =
  "The program ended after the mail had begun to leave and before the server answered: it may have gone out. " +
  "Look for it on the list. To send it again keeps its Message-ID.";
