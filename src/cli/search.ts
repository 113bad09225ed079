/** `search`: the messages that fit a query. */
import { formatMailbox } from "../mail/address.ts";
import type { Call } from "./call.ts";
import { sayReach } from "./reach.ts";
import { isoTime, readLimit } from "./threads.ts";
import { UsageError } from "./usage.ts";

/** Messages asked for at a time. */
const pageSize = 500;

export async function search(call: Call): Promise<number> {
  const query = call.args.join(" ");
  if (query.trim() === "") throw new UsageError("search takes a query.");
  let left = readLimit(call.options.limit);
  const archive = await call.open();
  try {
    let after: number | undefined;
    do {
      const limit = Math.min(left, pageSize);
      const page = await archive.search({ query, ...(after === undefined ? {} : { after }), limit });
      for (const row of page.found) {
        call.signal.throwIfAborted();
        await call.out.print({
          messageId: row.messageId,
          thread: row.thread,
          subject: row.subject,
          from: formatMailbox({ name: row.fromName, address: row.fromAddress }),
          date: isoTime(row.dateMs),
          list: row.list,
        });
      }
      left -= page.found.length;
      after = page.next;
    } while (after !== undefined && left > 0);
    await sayReach(call, archive);
  } finally {
    archive.close();
  }
  return 0;
}
