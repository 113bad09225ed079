/** How much is read at a time, and how others get their turn meanwhile. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { abortError } from "../base/channel.ts";

/**
 * How much of one mail is looked at for its row, in bytes. Headers end long before; prose beyond it is not searched.
 * Bounds memory whatever a stranger sends.
 */
export const mailLimit = 1 << 20;

/** Rows of the first batch of a first reading (a screen of threads) and of later ones (as many as are stored well together). */
const firstBatch = 500;
export const laterBatch = 3000;

/** How many rows the next batch of a first reading has when so many were given: at most as many as all before it. */
export const batchAfter = (given: number): number => Math.min(laterBatch, Math.max(firstBatch, given));

/**
 * Reading a file is synchronous because that is several times faster; between two pieces of some milliseconds the
 * event loop gets its turn, so that a cancel can arrive. Rejects with an AbortError when it has.
 */
export async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn();
  if (signal.aborted) throw abortError();
}
