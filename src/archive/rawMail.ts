/** The bytes of messages, read where they lie: from their first home, and from the next where that one lost them. */
import { isSynthetic } from "../mail/messageId.ts";
import { readMessageId } from "../mail/skeleton.ts";
import { mailLimit } from "../sources/pace.ts";
import type { Source } from "../sources/source.ts";
import type { Held } from "./held.ts";
import type { RawMessage } from "./remote.ts";

/** Whether the bytes at a place still are the message: a file may have been rewritten since it was read. */
export function isOf(raw: Buffer, messageId: string): boolean {
  // An id made from the bytes is made from no more of them than a source looks at.
  if (isSynthetic(messageId)) return raw.length > mailLimit || readMessageId(raw) === messageId;
  return readMessageId(raw.subarray(0, mailLimit)) === messageId;
}

/**
 * The bytes of messages that the index holds, in their order; one that is at none of its homes any more is left out.
 * `sourceAt` opens an archive by its path, or gives undefined where it is not there.
 */
export async function readAtHomes(
  wanted: readonly Held[],
  sourceAt: (path: string) => Promise<Source | undefined>,
): Promise<RawMessage[]> {
  const found = new Array<RawMessage | undefined>(wanted.length);
  // Homes in turn: most messages come from their first, all of a source in one question.
  for (let turn = 0; ; turn += 1) {
    const bySource = new Map<string, number[]>();
    for (const [at, { homes }] of wanted.entries()) {
      const home = homes[turn];
      if (home === undefined || found[at] !== undefined) continue;
      bySource.set(home.source, [...(bySource.get(home.source) ?? []), at]);
    }
    if (bySource.size === 0) break;
    for (const [path, some] of bySource) {
      const source = await sourceAt(path);
      const homes = some.map((at) => wanted[at]?.homes[turn]);
      const places = homes.flatMap((home) => (home === undefined ? [] : [home.place]));
      const bytes = (await source?.bytes(places)) ?? [];
      for (const [index, at] of some.entries()) {
        const raw = bytes[index];
        const [one, home] = [wanted[at], homes[index]];
        if (raw === undefined || one === undefined || home === undefined) continue;
        if (!isOf(raw, one.messageId)) continue;
        const { format, place, list } = home;
        found[at] = { messageId: one.messageId, raw, origin: { source: path, format, place }, list };
      }
    }
  }
  return found.filter((message) => message !== undefined);
}
