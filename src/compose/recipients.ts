/** Who gets a reply: the author, everybody the parent went to, and nobody by accident (R101 to R119). */
import { type Mailbox, parseAddresses } from "../mail/address.ts";
import { fieldValues } from "../mail/headers.ts";
import { listsOf } from "../mail/listAddress.ts";
import type { Message } from "../mail/message.ts";
import type { Self } from "./draft.ts";
import { isAddress, isAsciiLocal } from "./headerFields.ts";
import { isSelf, matchesGlob } from "./identity.ts";
import type { Note } from "./note.ts";

export interface RecipientOptions {
  /** As whom the reply is written; stands for self where nobody else is left (R107). */
  from: Mailbox;
  /** R101: answer the author alone. */
  toSender?: boolean;
  /** Globs of addresses that are never taken over (R113). */
  exclude?: readonly string[];
  /** Addresses known to be mailing lists, beside those the parent names itself. */
  lists?: readonly string[];
  /** Addresses, in lower case, from which mail came back (R114). */
  bounced?: ReadonlySet<string>;
}

/** Somebody who is left out from the start, and why; one act takes them in again (R114). */
export interface Struck {
  mailbox: Mailbox;
  /** Mail to them came back, or a mail can not carry their address (R1008). */
  why: "bounced" | "unwritable";
}

export interface Recipients {
  to: Mailbox[];
  cc: Mailbox[];
  struck: Struck[];
  notes: Note[];
}

/** R113: addresses of machines that nobody reads, as globs. */
export const unreadAddresses: readonly string[] = [
  "mailer-daemon@*",
  "*-bounces@*",
  "*-owner@*",
  "bounces+*",
  "no-reply@*",
  "noreply@*",
  "devnull+*@kernel.org",
];

/** R119: more than this is told. */
const manyRecipients = 50;

const lower = (mailbox: Mailbox): string => mailbox.address.toLowerCase();

/** A name as a relay writes it, without its own addition: `Bo B via B4 Relay` is Bo B. */
function withoutVia(name: string): string {
  const via = name.toLowerCase().indexOf(" via ");
  return via > 0 ? name.slice(0, via).trim() : name;
}

/** R118: a name that only repeats the address is no name, with blanks in it neither; quotes round it were a mailer's. */
function named(mailbox: Mailbox, name = mailbox.name): Mailbox {
  const bare = name.replace(/^'(.+)'$/, "$1");
  const isAddressAgain = bare.toLowerCase().replace(/[\s'"]/g, "") === lower(mailbox);
  return { name: isAddressAgain ? "" : bare, address: mailbox.address };
}

/** Whether a relay put itself in the place of the author (R103 b). */
function isRelayed(message: Message): boolean {
  return (
    fieldValues(message.headers, "x-original-from").length > 0 ||
    message.from.some(
      ({ name, address }) => matchesGlob("devnull+*@kernel.org", address) || / via /i.test(name),
    )
  );
}

/** R103 (b): who stands behind a relay, from what it leaves of them. */
function behindRelay(
  parent: Message,
  from: readonly Mailbox[],
  replyTo: readonly Mailbox[],
  lists: ReadonlySet<string>,
): Mailbox[] {
  const name = withoutVia(from[0]?.name ?? "");
  const original = fieldValues(parent.headers, "x-original-from").flatMap((value) => parseAddresses(value));
  // A list that rewrites From and sets Reply-To to itself puts the author into Cc.
  const copied = [...parent.cc, ...parent.to].filter((one) => one.name !== "" && one.name === name);
  const isRelay = (one: Mailbox) => from.some((relay) => lower(relay) === lower(one));
  const others = replyTo.filter((one) => !isRelay(one));
  const people = [others, original.map((one) => named(one)), copied.slice(0, 1)]
    .map((found) => found.filter((one) => !isRelay(one) && !lists.has(lower(one))))
    .find((found) => found.length > 0);
  if (people !== undefined)
    return people.length === 1 ? people.map((one) => named(one, one.name || name)) : people;
  if (others.length > 0) return others;
  // Nothing says who it is: the relay's address is then the only way back to the author.
  return from.map((one) => named(one, lists.has(lower(one)) ? "" : withoutVia(one.name)));
}

/** R102, R103: whom an answer to the author reaches. Empty when the message names nobody. */
export function authorsOf(parent: Message, lists: readonly string[] = []): Mailbox[] {
  const from = (parent.from.length > 0 ? parent.from : parent.sender).map((one) => named(one));
  const replyTo = parent.replyTo.map((one) => named(one));
  const known = new Set([...lists.map((list) => list.toLowerCase()), ...listsOf(parent)]);
  if (isRelayed(parent)) return behindRelay(parent, from, replyTo, known);
  const [first] = from;
  const [only] = replyTo;
  if (replyTo.length === 1 && only && from.length === 1 && first && lower(only) === lower(first)) return from;
  if (replyTo.every((one) => known.has(lower(one)))) return from;
  return replyTo;
}

/** R110: one mailbox for each address, at its first place, with the first name that is given for it. */
function distinct(mailboxes: readonly Mailbox[]): Mailbox[] {
  const byAddress = new Map<string, Mailbox>();
  for (const mailbox of mailboxes) {
    if (mailbox.address === "") continue;
    const held = byAddress.get(lower(mailbox));
    if (!held) byAddress.set(lower(mailbox), { ...mailbox });
    else if (held.name === "") held.name = mailbox.name;
  }
  return [...byAddress.values()];
}

/** R114, R1008: who can not be reached; nobody is struck where nobody else would be left. */
function strikable(mailboxes: readonly Mailbox[], bounced: ReadonlySet<string> | undefined): Struck[] {
  const struck = mailboxes.flatMap((mailbox): Struck[] => {
    if (bounced?.has(lower(mailbox))) return [{ mailbox, why: "bounced" }];
    return isAsciiLocal(mailbox.address) ? [] : [{ mailbox, why: "unwritable" }];
  });
  return struck.length < mailboxes.length ? struck : [];
}

/** One sentence about those who are left out from the start. */
export function struckText(struck: readonly Struck[]): string {
  const named = (why: Struck["why"]): string =>
    struck.flatMap((one) => (one.why === why ? [one.mailbox.name || one.mailbox.address] : [])).join(", ");
  const [bounced, unwritable] = [named("bounced"), named("unwritable")];
  return [
    ...(bounced === "" ? [] : [`Left out, since mail came back: ${bounced}.`]),
    ...(unwritable === ""
      ? []
      : [`Left out, since a mail can not carry letters outside ASCII before the @: ${unwritable}.`]),
  ].join(" ");
}

/** Who gets the reply to `parent`, and what the person should be told about it. */
export function replyRecipients(parent: Message, self: Self, options: RecipientOptions): Recipients {
  const exclude = [...unreadAddresses, ...(options.exclude ?? [])];
  const takes = ({ address }: Mailbox) =>
    isAddress(address) && !isSelf(address, self) && !exclude.some((glob) => matchesGlob(glob, address));
  const authors = authorsOf(parent, options.lists);
  const isOwn = authors.length > 0 && authors.every((one) => isSelf(one.address, self));
  const known = new Set([...(options.lists ?? []).map((list) => list.toLowerCase()), ...listsOf(parent)]);
  const munged = parent.replyTo.filter((one) => known.has(lower(one)));

  let to = distinct((isOwn ? parent.to : authors).map((one) => named(one)).filter(takes));
  const others = [...(isOwn ? [] : parent.to), ...parent.cc, ...munged]
    .map((one) => named(one))
    .filter(takes);
  // One pass over both, so that a name given only in Cc is kept for the same address in To (R110).
  const all = distinct([...to, ...others]);
  const struck = strikable(all, options.bounced);
  const isStruck = (one: Mailbox) => struck.some(({ mailbox }) => mailbox === one);
  const inTo = to.length;
  to = all.slice(0, inTo).filter((one) => !isStruck(one));
  let cc = all.slice(inTo).filter((one) => !isStruck(one));

  const notes: Note[] = [];
  if (struck.length > 0) notes.push({ rule: "R114", severity: "info", text: struckText(struck) });
  if (options.toSender) {
    cc = [];
    notes.push({
      rule: "R101",
      severity: "warning",
      text: "This leaves the list: only the author gets the reply.",
    });
  }
  if (to.length === 0) [to, cc] = [cc, []];
  if (to.length === 0 && isOwn) {
    to = [options.from];
    notes.push({ rule: "L-SELF-ONLY", severity: "warning", text: "Nobody but yourself is a recipient." });
  } else if (to.length === 0) {
    notes.push({ rule: "L-NO-RCPT", severity: "error", text: "Nobody is left who could get this reply." });
  }
  if (!options.toSender) notes.push(...listNotes(parent, [...to, ...cc], known));
  notes.push(...followupNotes(parent, [...to, ...cc]));
  if (to.length + cc.length > manyRecipients) {
    const text = `The reply goes to ${to.length + cc.length} recipients.`;
    notes.push({ rule: "R119", severity: "info", text });
  }
  return { to, cc, struck, notes };
}

/** R111: a message that was read from a list, and a reply that does not go there. */
function listNotes(parent: Message, recipients: readonly Mailbox[], known: ReadonlySet<string>): Note[] {
  const [list] = listsOf(parent);
  if (list === undefined || recipients.some((one) => known.has(lower(one)))) return [];
  const text = `No list is among the recipients; the message came through ${list}.`;
  return [{ rule: "L-NO-LIST", severity: "warning", text, add: [{ name: "", address: list }] }];
}

/** R112: Mail-Followup-To removes people, so it is only ever suggested. */
function followupNotes(parent: Message, recipients: readonly Mailbox[]): Note[] {
  const wished = fieldValues(parent.headers, "mail-followup-to").flatMap((value) => parseAddresses(value));
  if (wished.length === 0) return [];
  const dropped = recipients.filter((one) => !wished.some((wish) => lower(wish) === lower(one)));
  if (dropped.length === 0) return [];
  const text = `The author asks for answers to ${wished.map((one) => one.address).join(", ")} only.`;
  return [{ rule: "R112", severity: "info", text, drop: dropped }];
}
