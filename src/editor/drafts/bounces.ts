/** Whom mail does not reach: read from the delivery reports that came to the person. */

import type { Self } from "../../compose/draft.ts";
import { addressGlobs, isSelf } from "../../compose/identity.ts";
import { failedRecipients } from "../../mail/bounce.ts";
import { fieldValues } from "../../mail/headers.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { decodeMessage } from "../decoder.ts";

/** Reports that are read, newest first. */
const REPORTS = 40;
/** What came back longer ago may be mended by now, in milliseconds. */
const BELIEVED_MS = 180 * 86_400_000;
/** How long an answer is used again, in milliseconds. */
const FRESH_MS = 5 * 60_000;

export interface Bounces {
  /** The addresses, in lower case, to which the person's mail came back and who have written nothing since. */
  known(self: Self): Promise<ReadonlySet<string>>;
}

export function openBounces(archive: Archive): Bounces {
  let held: { of: string; atMs: number; bounced: Promise<ReadonlySet<string>> } | undefined;

  /** By address: when mail to it came back last. */
  const reported = async (self: Self): Promise<Map<string, number>> => {
    const { found } = await archive.request("search", { query: "from:mailer-daemon", limit: REPORTS });
    const recent = found.filter(({ dateMs }) => dateMs > Date.now() - BELIEVED_MS);
    const bytes = await archive.request("raw", { messageIds: recent.map(({ messageId }) => messageId) });
    const times = new Map<string, number>();
    for (const one of bytes) {
      const message = await decodeMessage(one);
      // Anybody can send a report to a list; one that came to the person alone is about the person's mail.
      const isMine = message.to.some(({ address }) => isSelf(address, self));
      if (!isMine || fieldValues(message.headers, "list-id").length > 0) continue;
      for (const address of failedRecipients(message, one.raw)) {
        times.set(address, Math.max(times.get(address) ?? 0, message.date?.ms ?? 0));
      }
    }
    return times;
  };

  const find = async (self: Self): Promise<ReadonlySet<string>> => {
    const bounced = new Set<string>();
    for (const [address, dateMs] of await reported(self)) {
      const person = await archive.request("person", { address, limit: 1 });
      if ((person?.recent[0]?.dateMs ?? 0) <= dateMs) bounced.add(address);
    }
    return bounced;
  };

  return {
    known: (self) => {
      const of = addressGlobs(self).join(" ");
      if (held?.of === of && Date.now() - held.atMs < FRESH_MS) return held.bounced;
      held = { of, atMs: Date.now(), bounced: find(self) };
      held.bounced.catch(() => {
        held = undefined;
      });
      return held.bounced;
    },
  };
}
