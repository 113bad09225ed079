/** lore links: URLs of public-inbox servers and of redirectors to them, and the Message-ID that they name. */

/** Servers whose URLs name messages wherever an id stands in the path. */
const SERVERS =
  /^(?:lore\.kernel\.org|lore\.proxmox\.com|(?:patch\.)?msgid\.link|lkml\.kernel\.org|public-inbox\.org|inbox\.\w+\.org|yhbt\.net|mid\.mail-archive\.com|mid\.gmane\.org|linux-regtracking\.leemhuis\.info)$/i;

/** Servers that keep files in folders named by the mail that they belong to: the kernel test robot's. */
const FILES = /(?:^|\.)01\.org$/i;

/** What public-inbox (raw, thread views, mboxes, attachments) and patchwork (mbox) set behind an id. */
const TAIL = /^(?:raw|[tT]|d|s|f|t\.mbox(?:\.gz)?|t\.atom|T\.mbox|R|mbox|2-.{1,80}|\d+-.{1,80})?$/;

/** Archives that are asked for an id in the query: marc.info and mail-archive.com. */
const ASKED =
  /^https?:\/\/(?:www\.)?(?:marc\.info\/\?(?:.{0,100}&)?i=|mail-archive\.com\/search\?l=mid&q=)([^&#]{3,900})/i;

/**
 * The Message-ID that a URL names, percent-decoded; undefined when it names none (P507, lore's forms: `/LIST/ID/`,
 * `/r/ID`, `/all/ID/T/#anchor`, `lkml.kernel.org/r/ID`, `patch.msgid.link/ID`).
 */
export function archivedId(url: string): string | undefined {
  const asked = ASKED.exec(url)?.[1];
  if (asked !== undefined) {
    const id = decodeSegment(asked);
    return /^[^@\s]+@[^@\s]+$/.test(id) ? id : undefined;
  }
  const shape = /^https?:\/\/([\w.-]{1,200}(?::\d{1,5})?)\/([^?#]{1,1900})/i.exec(url);
  if (shape === null) return undefined;
  const host = (shape[1] ?? "").replace(/:\d+$/, "").replace(/^www\./i, "");
  const segments = (shape[2] ?? "").split("/");
  const known = SERVERS.test(host);
  if (FILES.test(host)) return undefined;
  for (let at = 0; at < segments.length && at < 6; at++) {
    const id = decodeSegment(segments[at] ?? "");
    if (!isId(id, known)) continue;
    if (known) return id;
    const tail = segments.slice(at + 1);
    return at >= 1 && tail.length <= 2 && TAIL.test(tail[0] ?? "") ? id : undefined;
  }
  return undefined;
}

/** Addresses that mail gateways put round the ones in a mail: Outlook's with the address in its query, Proofpoint's. */
const WRAPPERS =
  /^https?:\/\/(?:[\w-]{1,60}\.safelinks\.protection\.outlook\.com\/\?(?:[^#]{0,200}&)?url=([^&#]{1,1500})|urldefense\.(?:com|us|proofpoint\.com)\/v3\/__(https?:\/\/.{1,1500}?)__;)/i;

/** The address that a gateway wrapped, or the address itself. What Proofpoint left out of it, `*`, cannot be had again. */
export function unwrapped(url: string): string {
  const found = WRAPPERS.exec(url);
  const inner = found?.[1] === undefined ? (found?.[2] ?? url) : decodeSegment(found[1]);
  return /^https?:\/\/[^\s<>"]+$/i.test(inner) && !inner.includes("*") ? inner : url;
}

/** On other servers only what looks made by a machine: `user@host` stands in many paths. */
const isId = (id: string, known: boolean): boolean =>
  known
    ? /^[^@\s]+@[^@\s]+$/.test(id)
    : /^[^@\s:]{10,}@[^@\s:]+$/.test(id) && /\d/.test(id.slice(0, id.indexOf("@")));

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not UTF-8 behind the percent signs: the id stands as it is.
    return segment;
  }
}

/** Characters that a path segment of an archive link may hold as they are; all others are percent-encoded. */
const encodeId = (messageId: string): string =>
  encodeURIComponent(messageId).replace(/%(?:40|2B|24|3D|3A|2C|3B)/g, decodeURIComponent);

/** Where the message stands on lore, whichever list it went to. */
export function loreLink(messageId: string): string {
  return `https://lore.kernel.org/r/${encodeId(messageId)}`;
}

/** The page of a message on a server, by the server's address with a slash at its end; on lore without one. */
export function messagePage(server: string | undefined, messageId: string): string {
  // lore's root shows no message by its id; its redirect for all lists does.
  if (server === undefined || new URL(server).host === "lore.kernel.org") return loreLink(messageId);
  return `${server}${encodeId(messageId)}/`;
}
