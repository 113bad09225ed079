/** Which mails a range of a repository's history takes away. */
import { Walk } from "./history.ts";
import type { ReadOptions } from "./source.ts";

type Asking = Pick<ReadOptions, "git" | "signal">;

/** The blobs that the commits of a range remove, as far as they are still there to be read. Rejects with an AbortError on abort. */
export async function removalsIn(
  directory: string,
  range: string,
  { git, signal }: Asking,
): Promise<Set<string>> {
  const removed = new Set<string>();
  const walk = new Walk({
    git,
    directory,
    revisions: [range],
    signal,
    wants: () => false,
    take: (change) => {
      if (change.removed !== undefined) removed.add(change.removed);
    },
    full: () => false,
  });
  try {
    while ((await walk.next()) !== undefined);
    return removed;
  } finally {
    walk.stop();
  }
}

/** Whether a history that went from one commit to another, which does not follow it, takes a removal back. */
export async function takesBack(
  directory: string,
  before: string,
  after: string,
  asking: Asking,
): Promise<boolean> {
  const undone = await removalsIn(directory, `${after}..${before}`, asking);
  if (undone.size === 0) return false;
  const stay = await removalsIn(directory, `${before}..${after}`, asking);
  return [...undone].some((oid) => !stay.has(oid));
}
