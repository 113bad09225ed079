/** The row that a source yields for a mail, made from its bytes. */
import { prose } from "../mail/prose.ts";
import { searchText } from "../mail/searchText.ts";
import { readOverview, type Skeleton } from "../mail/skeleton.ts";

/** Where the bytes of one mail lie. Small, plain, stored with every row; meaning is the source's own. */
export interface Place {
  /** File below the source's path ("" = the path itself), or the git directory for `oid`. */
  path: string;
  /** Byte range in that file. For mbox: from the first header byte, after the "From " line. */
  offset?: number;
  length?: number;
  /** Blob id in lower-case hex, for git sources. */
  oid?: string;
}

/** One mail met while reading a source. `flags` are Maildir's letters, sorted. */
export interface Found {
  place: Place;
  skeleton: Skeleton;
  /** The addresses of To and Cc for search, each as one word. */
  recipients?: Uint8Array;
  /** When the archive got it (commit date, envelope date, file time), milliseconds since 1970 UTC. */
  arrivedMs?: number;
  flags?: string;
  /** The author's own words for search, in UTF-8, when `bodies` was asked for. */
  prose?: Uint8Array;
  /** Size of the mail in bytes. */
  size: number;
  /** What its inbox, folder or file is called: a name for the list when the mail has no List-Id. */
  inbox?: string;
}

/** What to take out of bodies for the search index. */
export type Bodies = "prose" | "all" | "none";

/** What the source knows of a mail beside its bytes. */
export interface Circumstances {
  size: number;
  arrivedMs?: number | undefined;
  flags?: string | undefined;
  inbox?: string | undefined;
}

/** Makes the row. `raw` is the mail as received (escapes undone), cut at `mailLimit`; it is not kept. */
export function foundOf(place: Place, raw: Buffer, known: Circumstances, bodies: Bodies): Found {
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
