/** How much is read at a time, and how others get their turn meanwhile. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { abortError } from "../base/channel.ts";

/**
 * How much of one mail is looked at for its row, in bytes. Headers end long before; prose beyond it is not searched.
 * Bounds memory whatever a stranger sends.
 */
export const mailLimit = 1 << 20;

/** Rows of a batch: a screen of threads, and as many as may wait in memory several times over. */
export const batchMails = 500;

/**
 * Reading a file is synchronous because that is several times faster; between two pieces of some milliseconds the
 * event loop gets its turn, so that a cancel can arrive. Rejects with an AbortError when it has.
 */
export async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  if (signal.aborted) throw abortError();
}
