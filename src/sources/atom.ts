/** Atom feeds as public-inbox writes them: who wrote what when, and which message it answers. */
import { archivedId } from "../mail/loreLink.ts";

/** One message of a feed. Dates are milliseconds since 1970 UTC. */
export interface AtomEntry {
  messageId: string;
  /** The message that it answers. */
  parent?: string;
  subject: string;
  name: string;
  address: string;
  dateMs: number;
}

/** Feeds have 25 entries; more than this is no feed of ours. */
const MOST = 1000;

/** The messages of a feed, in its order; entries that name no message are left out. Linear in its length. */
export function readAtom(feed: string): AtomEntry[] {
  const entries: AtomEntry[] = [];
  for (
    let at = feed.indexOf("<entry>");
    at >= 0 && entries.length < MOST;
    at = feed.indexOf("<entry>", at + 7)
  ) {
    const end = feed.indexOf("</entry>", at);
    const whole = feed.slice(at, end < 0 ? undefined : end);
    // The body of the mail may hold anything: what is said of it stands before it.
    const body = whole.indexOf("<content");
    const head = body < 0 ? whole : whole.slice(0, body);
    const messageId = idIn(/<link\s+(?:rel="alternate"\s+)?href="([^"]*)"/.exec(head)?.[1]);
    if (messageId === undefined) continue;
    const parent = idIn(/<thr:in-reply-to\s[^>]*?href="([^"]*)"/.exec(head)?.[1]);
    const entry: AtomEntry = {
      messageId,
      subject: text(/<title[^>]*>([^<]*)/.exec(head)?.[1]),
      name: text(/<name>([^<]*)/.exec(head)?.[1]),
      address: text(/<email>([^<]*)/.exec(head)?.[1]),
      dateMs: Date.parse(/<updated>([^<]*)/.exec(head)?.[1] ?? "") || 0,
    };
    if (parent !== undefined) entry.parent = parent;
    entries.push(entry);
  }
  return entries;
}

const idIn = (href: string | undefined): string | undefined => {
  if (href === undefined) return undefined;
  const url = text(href);
  const known = archivedId(url);
  if (known !== undefined) return known;
  // On a server that we do not know, the id is the last part of the path.
  const last =
    url
      .replace(/\/(?:[?#].*)?$/, "")
      .split("/")
      .at(-1) ?? "";
  const id = decode(last);
  return /^[^@\s]+@[^@\s]+$/.test(id) ? id : undefined;
};

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No UTF-8 behind the percent signs: the id stands as it is.
    return part;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Text of XML: the five names and numbers of characters. */
function text(xml = ""): string {
  return xml
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES[String(name)] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/\s+/g, " ")
    .trim();
}
