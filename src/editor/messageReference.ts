/** Message-IDs in whatever a person pastes: an id, a link, a header line, or text round any of them. */
import { archivedId, loreLink } from "../mail/loreLink.ts";
import { extractIds, messageIdFromUrl } from "../mail/messageId.ts";

export interface MessageReference {
  /** Candidates without brackets, the likeliest first. */
  messageIds: string[];
  /** The first web address in the text. */
  url?: string;
}

/** Nobody pastes more than a mail; what is behind this many characters is not looked at. */
const LONGEST = 20_000;
const LONGEST_WORD = 2_000;

/** An address, also of the kernel's servers without its scheme. */
const ADDRESS =
  /https?:\/\/|(?<![\w.@/-])(?:www\.)?(?:(?:lore|lkml)\.kernel\.org|(?:patch\.)?msgid\.link)\//i;

/** Takes off what stands round a word in prose; a closing bracket only where no opening one belongs to it. */
function bare(word: string): string {
  const start = word.replace(/^[<([{"'“‘]+/, "");
  return start.replace(/[>)\]}"'”’,;:.!?]+$/, "");
}

/** Finds the ids: those in links, then those in angle brackets, then bare words of the form `left@right`. */
export function findReference(text: string): MessageReference {
  const read = text.slice(0, LONGEST);
  const fromLinks: string[] = [];
  const bareIds: string[] = [];
  let url: string | undefined;
  for (const word of read.split(/\s+/)) {
    if (word === "" || word.length > LONGEST_WORD) continue;
    const at = word.search(ADDRESS);
    if (at >= 0) {
      const written = bare(word.slice(at));
      const address = /^https?:/i.test(written) ? written : `https://${written}`;
      url ??= address;
      const id = archivedId(address) ?? messageIdFromUrl(address);
      if (id !== undefined) fromLinks.push(id);
      continue;
    }
    const id = bare(word).replace(/^(?:mid|id|message-id):<?/i, "");
    if (/^[^@\s<>]+@[^@\s<>]+$/.test(id)) bareIds.push(id);
  }
  const messageIds = [...new Set([...fromLinks, ...extractIds(read), ...bareIds])].filter((id) =>
    id.includes("@"),
  );
  return url === undefined ? { messageIds } : { messageIds, url };
}

/** The trailer that points at the message. */
export function linkTrailer(messageId: string): string {
  return `Link: ${loreLink(messageId)}`;
}
