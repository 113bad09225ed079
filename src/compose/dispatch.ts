/** Sends what is due in the outbox, one mail after the other over one connection, and notes what came of each. */
import { UserError } from "../base/report.ts";
import { diskTrouble, hasLeft, isDue, type Outbox, type OutboxMail, outstanding } from "./outbox.ts";
import type { Connection, Delivered } from "./send.ts";
import { isTemporary, SendFailure } from "./sendFailure.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long a mail that could not go out waits, by the number of times it was tried. */
const BACK_OFF = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE];

export const backOff = (attempts: number): number =>
  BACK_OFF[Math.min(Math.max(attempts, 1), BACK_OFF.length) - 1] ?? MINUTE;

/** A timer fires within this even for what is due much later: a machine that slept has other ideas of time. */
const LONGEST_NAP = MINUTE;

/** So many mails are taken in hand at a time: that is written to the disk once for all of them. */
const TOGETHER = 32;

export interface DispatchParts {
  outbox: Outbox;
  /** Rejects with a SendFailure when there is no way to send now. */
  connect: () => Promise<Connection>;
  /** Told each time the record of a mail has changed. */
  onChange: (mail: OutboxMail) => void;
  /** A UserError where the disk takes nothing now, else a fault of the program; in the end all that is due waits. */
  onFault: (error: unknown) => void;
  now?: () => number;
  backOff?: (attempts: number) => number;
}

export interface Dispatch {
  /** Looks for mail that is due now, and sets the clock for what is due later. */
  kick(): void;
  /** Everything that was due when it was asked has been tried. */
  settled(): Promise<void>;
  /** Nothing more is begun; what is leaving is finished. */
  close(): Promise<void>;
}

/** How long some recipients are tried while the others have it (RFC 5321 4.5.4.1). */
const GIVE_UP = 5 * 24 * 60 * MINUTE;

const isGivenUp = ({ sentMs }: OutboxMail, nowMs: number): boolean =>
  sentMs !== undefined && nowMs - sentMs > GIVE_UP;

/** What becomes of a mail by its failure. */
export function outcomeOf(
  failure: SendFailure,
  mail: OutboxMail,
  nowMs: number,
  wait: (attempts: number) => number = backOff,
): Partial<OutboxMail> {
  const { message, nextStep, reply, refusals } = failure;
  const told = { problem: `${message} ${nextStep}`.trim(), ...(reply ? { reply } : {}) };
  switch (failure.kind === "deferred" && isGivenUp(mail, nowMs) ? "refused" : failure.kind) {
    case "offline":
    case "deferred":
      return { ...told, state: "waiting", dueMs: nowMs + wait(mail.attempts) };
    case "refused":
    case "sevenBit": {
      if (!hasLeft(mail)) {
        const sevenBit = failure.kind === "sevenBit" ? { wantsSevenBit: true } : {};
        return { ...told, ...sevenBit, state: "returned", refused: [...refusals] };
      }
      // Some have it: as a draft again it would go to them twice.
      const words = (address: string) => refusals.find((one) => one.address === address)?.reply;
      const refused = outstanding(mail).map((address) => ({
        address,
        reply: words(address) ?? (reply || message),
      }));
      return { state: "sent", refused: [...mail.refused, ...refused] };
    }
    case "unknown":
      return { ...told, state: "unknown" };
    case "login":
    case "encryption":
    case "setup":
      return { ...told, state: "held" };
  }
}

/** What becomes of a mail that a server took: those who were refused for now alone are tried again by themselves. */
export function outcomeOfDelivery(
  { refused, reply, serverMessageId }: Delivered,
  mail: OutboxMail,
  nowMs: number,
  wait: (attempts: number) => number = backOff,
): Partial<OutboxMail> {
  const { sentMs = nowMs, reached = [] } = mail;
  const later = isGivenUp(mail, nowMs) ? [] : refused.filter(isTemporary);
  const left = {
    sentMs,
    reply,
    refused: [...mail.refused, ...refused.filter((one) => !later.includes(one))],
    ...(serverMessageId === undefined ? {} : { serverMessageId }),
  };
  const [first] = later;
  if (first === undefined) return { ...left, state: "sent" };
  const missed = new Set(refused.map(({ address }) => address));
  return {
    ...left,
    state: "waiting",
    dueMs: nowMs + wait(mail.attempts),
    reached: [...reached, ...outstanding(mail).filter((address) => !missed.has(address))],
    problem: `The server does not take it for ${first.address} now: “${first.reply}”. It is tried again later.`,
  };
}

export function startDispatch(parts: DispatchParts): Dispatch {
  const { outbox, onChange, onFault } = parts;
  const now = parts.now ?? Date.now;
  let connection: Connection | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let isClosed = false;

  const change = (mail: OutboxMail | undefined) => {
    if (mail !== undefined) onChange(mail);
  };

  const failureOf = (error: unknown): SendFailure => {
    if (error instanceof SendFailure) return error;
    const trouble = diskTrouble(error);
    if (trouble !== undefined) return new SendFailure("offline", `${trouble}.`, "It is tried again later.");
    onFault(error);
    const text = error instanceof Error ? error.message : String(error);
    return new SendFailure("setup", `The mail could not be sent: ${text}.`, "The log has more.");
  };

  /** What is due now, first queued first. */
  const dueNames = async (): Promise<string[]> =>
    (await outbox.list()).filter((mail) => isDue(mail, now())).map(({ name }) => name);

  /** No way to send: everything that is due waits together, without trying the door once for each. */
  const postpone = async (failure: SendFailure): Promise<void> => {
    const postponed = await outbox.changeAll(await dueNames(), (mail) => {
      if (!isDue(mail, now())) return undefined;
      const tried = { ...mail, attempts: mail.attempts + 1 };
      return { ...tried, ...outcomeOf(failure, tried, now(), parts.backOff) };
    });
    postponed.forEach(change);
  };

  /** Connects where there is no connection; what is due is put off when that fails. */
  const isConnected = async (): Promise<boolean> => {
    if (connection?.isOpen) return true;
    connection?.close();
    connection = undefined;
    try {
      connection = await parts.connect();
      return true;
    } catch (error) {
      await postpone(failureOf(error));
      return false;
    }
  };

  const deliver = async (over: Connection, mail: OutboxMail, bytes: Promise<Buffer>): Promise<void> => {
    change(mail);
    let outcome: Partial<OutboxMail>;
    try {
      const delivered = await over.deliver({
        bytes: await bytes,
        from: mail.from,
        to: outstanding(mail),
        eightBit: mail.eightBit,
        beforeData: () => outbox.hand(mail),
      });
      outcome = outcomeOfDelivery(delivered, mail, now(), parts.backOff);
    } catch (error) {
      outcome = outcomeOf(failureOf(error), mail, now(), parts.backOff);
    }
    // Where this cannot be written, nothing else may be: the server has it perhaps, and the mail is unknown.
    change(await outbox.settle(mail, outcome));
  };

  /** Sends those that can be had, as long as the connection holds; gives back the others. False when there were none. */
  const sendSome = async (names: readonly string[]): Promise<boolean> => {
    if (!(await isConnected()) || connection === undefined) return false;
    const mails = await outbox.claim(...names);
    const isAny = mails.length > 0;
    const read = (mail: OutboxMail | undefined): Promise<Buffer> => {
      const bytes = mail === undefined ? Promise.resolve(Buffer.alloc(0)) : outbox.bytes(mail.name);
      // What goes wrong with it is told when its turn comes.
      bytes.catch(() => undefined);
      return bytes;
    };
    try {
      let next = read(mails[0]);
      for (let mail = mails.shift(); mail !== undefined; mail = mails.shift()) {
        const bytes = next;
        next = read(mails[0]);
        await deliver(connection, mail, bytes);
        if (isClosed || !connection.isOpen) break;
      }
    } finally {
      if (mails.length > 0) await outbox.release(mails);
    }
    return isAny;
  };

  const run = async (): Promise<void> => {
    for (const mail of await outbox.recover()) change(mail);
    let isAny = false;
    for (let names = await dueNames(); names.length > 0 && !isClosed; names = await dueNames()) {
      isAny = true;
      // What another window has in hand is looked at again by the clock.
      if (!(await sendSome(names.slice(0, TOGETHER)))) break;
    }
    connection?.close();
    connection = undefined;
    // Who has never sent anything has no folder for it.
    if (isAny) await outbox.sync();
    const waiting = (await outbox.list()).filter(({ state }) => state === "waiting");
    const next = Math.min(...waiting.map(({ dueMs }) => dueMs));
    clearTimeout(timer);
    if (isClosed || waiting.length === 0) return;
    timer = setTimeout(kick, Math.min(Math.max(next - now(), 0), LONGEST_NAP));
    timer.unref();
  };

  function kick(): void {
    again = true;
    if (isClosed || running !== undefined) return;
    running = run()
      .catch((error: unknown) => {
        const trouble = diskTrouble(error);
        const next = "What is in the outbox waits, and goes out once that is mended.";
        onFault(trouble === undefined ? error : new UserError(`${trouble}.`, next));
        // A disk that is full now has room again some time.
        clearTimeout(timer);
        timer = setTimeout(kick, LONGEST_NAP);
        timer.unref();
      })
      .finally(() => {
        running = undefined;
        // Asked for while the last ones were being looked at.
        if (again && !isClosed) kick();
      });
    again = false;
  }

  return {
    kick,
    settled: async () => {
      while (running !== undefined) await running;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
