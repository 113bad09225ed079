/** `threads` and `thread`: what the archives hold, and one thread in reading order. */

import type { PageEnd } from "../archive/remote.ts";
import { UserError } from "../base/report.ts";
import { formatMailbox } from "../mail/address.ts";
import { type Call, onlyMessageId } from "./call.ts";
import { sayReach } from "./reach.ts";
import { UsageError } from "./usage.ts";

/** Threads asked for at a time: a page is held in memory, the whole list never. */
const pageSize = 500;

/** ISO 8601 in UTC; null for a time that is not known. */
export const isoTime = (ms: number | undefined): string | null =>
  ms === undefined || Number.isNaN(new Date(ms).getTime()) ? null : new Date(ms).toISOString();

/** `--limit`: a whole number above 0, without end when it is not given. */
export function readLimit(given: string | undefined): number {
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new UsageError(`--limit takes a number above 0, not “${given}”.`);
  return Number(given);
}

export async function threads(call: Call): Promise<number> {
  if (call.args.length > 0) throw new UsageError("threads takes no argument.");
  let left = readLimit(call.options.limit);
  const { query, list } = call.options;
  const narrow = { ...(query === undefined ? {} : { query }), ...(list === undefined ? {} : { list }) };
  const archive = await call.open();
  try {
    let after: PageEnd | undefined;
    do {
      const limit = Math.min(left, pageSize);
      const page = await archive.threads({ ...narrow, ...(after ? { after } : {}), limit });
      for (const row of page.threads) {
        call.signal.throwIfAborted();
        await call.out.print({
          thread: row.thread,
          subject: row.subject,
          from: formatMailbox({ name: row.fromName, address: row.fromAddress }),
          date: isoTime(row.dateMs),
          lastDate: isoTime(row.lastMs),
          messages: row.messages,
          participants: row.participants,
          unread: row.unread,
          ...(row.series ? { series: row.series } : {}),
          list: row.list,
        });
      }
      left -= page.threads.length;
      after = page.next;
    } while (after && left > 0);
    if (query !== undefined) await sayReach(call, archive);
  } finally {
    archive.close();
  }
  return 0;
}

export async function thread(call: Call): Promise<number> {
  const messageId = onlyMessageId(call);
  const archive = await call.open();
  try {
    const found = await archive.thread({ messageId });
    if (!found) throw unknownMessage(messageId);
    for (const node of found.nodes) {
      call.signal.throwIfAborted();
      await call.out.print({
        messageId: node.messageId,
        parent: node.parent ?? null,
        depth: node.depth,
        subject: node.missing ? null : node.subject,
        from: node.missing ? null : formatMailbox({ name: node.fromName, address: node.fromAddress }),
        date: isoTime(node.dateMs),
        missing: node.missing,
        ...(node.imposters > 0 ? { imposters: node.imposters } : {}),
      });
    }
  } finally {
    archive.close();
  }
  return 0;
}

/** No archive in the index has the message. */
export function unknownMessage(messageId: string): UserError {
  return new UserError(
    `No message <${messageId}> is in the index.`,
    "Check the Message-ID, or index the archive that has it: kernel-mail index SOURCE.",
  );
}
