/** From the bytes of one mail to the row that a source yields for it. */
import { prose } from "../mail/prose.ts";
import { searchText } from "../mail/searchText.ts";
import { readOverview } from "../mail/skeleton.ts";
import type { Found, Place, ReadOptions } from "./source.ts";

/** What the source knows of a mail beside its bytes. */
export interface Circumstances {
  size: number;
  arrivedMs?: number | undefined;
  flags?: string | undefined;
  inbox?: string | undefined;
}

/** Makes the row. `raw` is the mail as received (escapes undone), cut at `mailLimit`; it is not kept. */
export function foundOf(
  place: Place,
  raw: Buffer,
  known: Circumstances,
  bodies: ReadOptions["bodies"],
): Found {
  const { skeleton, recipients, head } = readOverview(raw);
  const found: Found = { place, skeleton, recipients, size: known.size };
  if (known.arrivedMs !== undefined) found.arrivedMs = known.arrivedMs;
  if (known.flags !== undefined) found.flags = known.flags;
  if (known.inbox !== undefined) found.inbox = known.inbox;
  if (bodies !== "none") {
    const body = searchText(raw, head);
    // Copied: the body may lie in the bytes of the mail, which are not kept.
    found.prose = bodies === "all" ? Buffer.from(body) : prose(body);
  }
  return found;
}
