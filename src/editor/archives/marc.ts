/** Addresses of marc.info: they name no Message-ID, but a list and the second of arrival, which archives know too. */
import type { FoundRow } from "../../archive/remote.ts";
import { parseDate } from "../../mail/date.ts";
import { allFields, readHeaders } from "../../mail/headers.ts";
import type { Archive } from "./archiveWorker.ts";

/** What such an address says. */
export interface MarcAddress {
  list: string;
  /** When marc.info got the message, in milliseconds since 1970, whole seconds. */
  ms: number;
}

/** The messages that an address may mean, the likeliest first. */
export interface MarcFound {
  rows: FoundRow[];
  /** The first one is meant: no other arrived near that time. */
  isSure: boolean;
}

/** Messages of a day and a bit on the largest list, and those that are looked into, nearest by their Date. */
const MOST = 5000;
const LOOKED_INTO = 60;
/** Arrivals this far from the address are other messages, in milliseconds. */
const NEAR_MS = 120_000;
/** One this near is meant when every other is so much farther. */
const SURE_MS = 30_000;
const APART_MS = 10_000;

const HOUR_MS = 3_600_000;

/** `marc.info/?l=LIST&m=NUMBER`: the first ten digits of the number are seconds since 1970. Undefined for any other address. */
export function marcAddress(url: string): MarcAddress | undefined {
  if (!/^https?:\/\/(?:www\.)?marc\.(?:info|theaimsgroup\.com)\/\?/i.test(url) || !URL.canParse(url))
    return undefined;
  const asked = new URL(url.replaceAll("&amp;", "&")).searchParams;
  const list = asked.get("l") ?? "";
  const seconds = /^(\d{10})\d{3,7}$/.exec(asked.get("m") ?? "")?.[1];
  if (seconds === undefined || !/^[\w.+-]{1,80}$/.test(list)) return undefined;
  return { list, ms: Number(seconds) * 1000 };
}

/** How far the times of a message, its own and those of the servers that it passed, are from this one. */
function distance(raw: Uint8Array, ms: number): number {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const { fields } = readHeaders(bytes, 0);
  const passed = allFields(fields, "received").flatMap((value) => {
    return parseDate(value.slice(value.lastIndexOf(";") + 1))?.ms ?? [];
  });
  const sent = allFields(fields, "date").flatMap((value) => parseDate(value)?.ms ?? []);
  const arrived = passed.length === 0 ? [] : [Math.max(...passed)];
  return Math.min(Number.POSITIVE_INFINITY, ...[...arrived, ...sent].map((one) => Math.abs(one - ms)));
}

/** What the archives have of an address; nothing of a list or a time that none of them holds. */
export async function findMarc(archive: Archive, { list, ms }: MarcAddress): Promise<MarcFound> {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const query = `list:${list} since:${day(ms - 12 * HOUR_MS)} until:${day(ms + HOUR_MS)}`;
  const { found } = await archive.request("search", { query, limit: MOST });
  const near = found
    .toSorted((one, other) => Math.abs(one.dateMs - ms) - Math.abs(other.dateMs - ms))
    .slice(0, LOOKED_INTO);
  const rows = new Map(near.map((row) => [row.messageId, row]));
  const far = new Map<string, number>();
  for (const { messageId, raw } of await archive.request("raw", { messageIds: [...rows.keys()] })) {
    far.set(messageId, Math.min(distance(raw, ms), far.get(messageId) ?? Number.POSITIVE_INFINITY));
  }
  const likely = [...far].filter(([, off]) => off <= NEAR_MS).sort(([, one], [, other]) => one - other);
  const [best, next] = likely.map(([, off]) => off);
  return {
    rows: likely.flatMap(([messageId]) => rows.get(messageId) ?? []),
    isSure: best !== undefined && best <= SURE_MS && (next === undefined || next - best >= APART_MS),
  };
}
