/** What hangs a reply into its thread: In-Reply-To, References, and a Message-ID of its own (R301 to R308, R401, R402). */
import { randomBytes } from "node:crypto";
import { domainToASCII } from "node:url";
import type { Message } from "../mail/message.ts";

/** R306: from here on the middle of References is left out. */
const mostReferences = 50;

export interface Threading {
  /** Absent when the parent has no id of its own (R304). */
  inReplyTo?: string;
  references: string[];
}

/** The ancestry of a reply to `parent`, ids without angle brackets, oldest first, the parent last. */
export function threadingOf(parent: Message): Threading {
  if (!parent.hasMessageId) return { references: [] };
  // Two ids in In-Reply-To alone do not say which is the parent's parent: none is taken (R302).
  const before =
    parent.references.length > 0 ? parent.references : parent.inReplyTo.length === 1 ? parent.inReplyTo : [];
  const people = new Set(
    [...parent.from, ...parent.to, ...parent.cc].map((mailbox) => mailbox.address.toLowerCase()),
  );
  const ids = new Set(
    before.filter((id) => id !== parent.messageId && /^[^<>\s]+$/.test(id) && !people.has(id.toLowerCase())),
  );
  return { inReplyTo: parent.messageId, references: shortened([...ids, parent.messageId]) };
}

/** R306: the first id and the last 49. */
function shortened(ids: string[]): string[] {
  return ids.length > mostReferences ? [...ids.slice(0, 1), ...ids.slice(1 - mostReferences)] : ids;
}

/** R402: characters that no archive has to escape in a link. */
function linkSafe(domain: string): string {
  return domain.replace(/[^A-Za-z0-9.-]/g, "").replace(/^\.+|\.+$/g, "");
}

/**
 * A new Message-ID without angle brackets, `YYYYMMDDhhmmss.RANDOM-reply@DOMAIN` with the time in UTC. The domain is
 * that of `address`, never the machine's own name (R402).
 */
export function makeMessageId(address: string, now: Date = new Date()): string {
  const stamp = now
    .toISOString()
    .slice(0, 19)
    .replace(/[^0-9]/g, "");
  const domain = linkSafe(domainToASCII(address.slice(address.lastIndexOf("@") + 1).toLowerCase()));
  return `${stamp}.${randomBytes(10).toString("hex")}-reply@${domain || "mail.invalid"}`;
}
