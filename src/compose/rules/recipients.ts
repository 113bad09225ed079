/** Rules about who gets the message (R1xx). */
import { formatMailbox, type Mailbox } from "../../mail/address.ts";
import { listsOf } from "../../mail/listAddress.ts";
import { isAddress } from "../headerFields.ts";
import { isSelf, matchesGlob } from "../identity.ts";
import { authorsOf, type Recipients, replyRecipients, struckText, unreadAddresses } from "../recipients.ts";
import type { Rule } from "./rule.ts";
import { type DraftSheet, fieldPlace, nameWords, recipientsOf, writeRecipients } from "./sheet.ts";

const lower = (mailbox: Mailbox): string => mailbox.address.toLowerCase();
const isUnread = ({ address }: Mailbox): boolean =>
  unreadAddresses.some((glob) => matchesGlob(glob, address));
const names = (mailboxes: readonly Mailbox[]): string =>
  mailboxes.map(({ name, address }) => name || address).join(", ");

/** Whom a reply to all of the parent goes to; nobody where the parent is not at hand. */
function expected(sheet: DraftSheet): Omit<Recipients, "notes"> {
  const { parent, draft, self, lists, exclude, bounced } = sheet;
  if (parent === undefined) return { to: [], cc: [], struck: [] };
  const own = self ?? { identity: draft.from, identities: [], addresses: [] };
  return replyRecipients(parent.message, own, { from: draft.from, lists: [...lists], exclude, bounced });
}

/** A message to one person or two, none of them a list, was meant for them alone. */
function isPrivate(sheet: DraftSheet): boolean {
  const { draft, parent, lists } = sheet;
  const recipients = [...draft.to, ...draft.cc, ...draft.bcc];
  const known = new Set([...lists, ...(parent === undefined ? [] : listsOf(parent.message))]);
  return recipients.length <= 1 && !recipients.some((one) => known.has(lower(one)));
}

/** The person's own address, or one that goes by the person's name. */
function isOwn({ self, draft }: DraftSheet, { name, address }: Mailbox): boolean {
  const { from } = draft;
  if (name !== "" && nameWords(name) === nameWords(from.name)) return true;
  if (self === undefined) return from.address.toLowerCase() === address.toLowerCase();
  return isSelf(address, { ...self, identity: from, identities: [self.identity, ...self.identities] });
}

/** Public by its address alone: list servers, and the domains of lists. */
const isPublicList = (address: string, lists: ReadonlySet<string>): boolean =>
  lists.has(address) || /@(?:vger\.|lists?\.|lore\.|googlegroups\.)/.test(address);

const isSecret = (address: string): boolean =>
  /^(?:security|secalert|psirt|embargo\w*|(?:linux-)?distros|[\w.-]+-security)@/.test(address);

export const recipientRules: readonly Rule[] = [
  {
    id: "L-NO-RCPT",
    severity: "error",
    title: "Nobody gets this",
    why: "A message needs somebody in To or Cc.",
    before: "To:\nCc:",
    after: "To: Bob B <bob@example.org>\nCc: list-a@vger.example",
    check: (sheet, tell) => {
      if (recipientsOf(sheet).size > 0) return;
      const { to, cc } = expected(sheet);
      const fix = {
        title: "Take the recipients of the message answered",
        edits: [
          writeRecipients(sheet, "To", to),
          ...(cc.length > 0 ? [writeRecipients(sheet, "Cc", cc)] : []),
        ],
      };
      tell(fieldPlace(sheet, "to"), "Nobody is in To or Cc.", to.length > 0 ? { fix } : {});
    },
  },
  {
    id: "L-SELF-ONLY",
    severity: "warning",
    title: "Only you get this",
    why: "Where nobody but yourself is left, the recipients were probably lost on the way.",
    before: "To: Ada Reviewer <ada@example.org>",
    after: "To: Bob B <bob@example.org>\nCc: list-a@vger.example",
    check: (sheet, tell) => {
      const recipients = [...recipientsOf(sheet)];
      if (recipients.length === 0 || !recipients.every((address) => isOwn(sheet, { name: "", address })))
        return;
      const { to, cc } = expected(sheet);
      const fix = {
        title: "Restore the recipients",
        edits: [
          writeRecipients(sheet, "To", to),
          ...(cc.length > 0 ? [writeRecipients(sheet, "Cc", cc)] : []),
        ],
      };
      const restores = [...to, ...cc].some((one) => !isOwn(sheet, one));
      tell(fieldPlace(sheet, "to"), "Nobody but yourself is a recipient.", restores ? { fix } : {});
    },
  },
  {
    id: "L-DROPPED-CC",
    severity: "warning",
    title: "Somebody of the thread was left out",
    why: "People are copied because it concerns them. Lists ask never to remove a recipient without a strong reason.",
    before: "Cc: list-a@vger.example",
    after: "Cc: list-a@vger.example, Carol <carol@example.org>",
    check: (sheet, tell) => {
      if (sheet.parent === undefined || isPrivate(sheet)) return;
      const held = recipientsOf(sheet);
      const { to, cc, struck } = expected(sheet);
      const missing = struck.filter(({ mailbox }) => !held.has(lower(mailbox)));
      const back = missing.flatMap(({ why, mailbox }) => (why === "bounced" ? [mailbox] : []));
      if (missing.length > 0) {
        tell(fieldPlace(sheet, "cc"), struckText(missing), {
          severity: "info",
          ...(back.length === 0
            ? {}
            : {
                fix: {
                  title: `Write to ${names(back)} all the same`,
                  edits: [writeRecipients(sheet, "Cc", [...sheet.draft.cc, ...back])],
                },
              }),
        });
      }
      const authors = new Set(authorsOf(sheet.parent.message, [...sheet.lists]).map(lower));
      const lists = new Set([...sheet.lists, ...listsOf(sheet.parent.message)]);
      // The author and the list have rules of their own.
      const dropped = [...to, ...cc].filter(
        (one) =>
          !held.has(lower(one)) && !authors.has(lower(one)) && !lists.has(lower(one)) && !isOwn(sheet, one),
      );
      if (dropped.length === 0) return;
      const fix = {
        title: dropped.length === 1 ? `Add ${names(dropped)}` : `Add all ${dropped.length}`,
        edits: [writeRecipients(sheet, "Cc", [...sheet.draft.cc, ...dropped])],
      };
      const few = dropped.slice(0, 5);
      const more = dropped.length > few.length ? ` and ${dropped.length - few.length} more` : "";
      const were = dropped.length === 1 ? "was a recipient" : "were recipients";
      tell(
        fieldPlace(sheet, "cc"),
        `${names(few)}${more} ${were} of the message answered, and not of this one.`,
        {
          fix,
        },
      );
    },
  },
  {
    id: "L-AUTHOR-MISSING",
    severity: "warning",
    title: "The author does not get this",
    why: "Whoever is answered must get the answer directly; not everybody reads the list.",
    before: "To: list-a@vger.example",
    after: "To: Bob B <bob@example.org>\nCc: list-a@vger.example",
    check: (sheet, tell) => {
      if (sheet.parent === undefined) return;
      const held = recipientsOf(sheet);
      const authors = authorsOf(sheet.parent.message, [...sheet.lists]);
      const { struck } = expected(sheet);
      const isStruck = (one: Mailbox) => struck.some(({ mailbox }) => lower(mailbox) === lower(one));
      const reachable = authors.filter(
        (one) => isAddress(one.address) && !isOwn(sheet, one) && !isUnread(one) && !isStruck(one),
      );
      if (reachable.length === 0 || reachable.some((one) => held.has(lower(one)))) return;
      const [author] = reachable;
      // The author's other address serves as well: the one in From where Reply-To names another.
      if (sheet.parent.message.from.some((one) => held.has(lower(one)) && !isUnread(one))) return;
      tell(
        fieldPlace(sheet, "to"),
        `${author?.name || author?.address}, who wrote the message answered, is not a recipient.`,
        {
          fix: {
            title: "Add the author",
            edits: [writeRecipients(sheet, "To", [...reachable, ...sheet.draft.to])],
          },
        },
      );
    },
  },
  {
    id: "L-RELAY-ADDR",
    severity: "warning",
    title: "An address that nobody reads",
    why: "Relays, bounce handlers and no-reply addresses swallow mail. The person behind a relay stands in Reply-To or X-Original-From.",
    before: "To: Bo B via B4 Relay <devnull+bo.example.net@kernel.org>",
    after: "To: Bo B <bo@example.net>",
    check: (sheet, tell) => {
      const { draft } = sheet;
      for (const name of ["To", "Cc"] as const) {
        const mailboxes = name === "To" ? draft.to : draft.cc;
        const unread = mailboxes.filter(isUnread);
        if (unread.length === 0) continue;
        const kept = mailboxes.filter((one) => !unread.includes(one));
        const authors = sheet.parent === undefined ? [] : authorsOf(sheet.parent.message, [...sheet.lists]);
        const behind = authors.filter((one) => !isUnread(one));
        const missing = behind.filter((one) => !recipientsOf(sheet).has(lower(one)));
        const replaced = [...(name === "To" ? missing : []), ...kept];
        tell(
          fieldPlace(sheet, name.toLowerCase()),
          `Nobody reads ${names(unread.map(({ address }) => ({ name: "", address })))}.`,
          {
            fix: {
              title:
                missing.length > 0 && name === "To"
                  ? `Replace by ${formatMailbox(missing[0] as Mailbox)}`
                  : "Remove it",
              edits: [writeRecipients(sheet, name, replaced)],
            },
          },
        );
      }
    },
  },
  {
    id: "L-NO-LIST",
    severity: "warning",
    title: "This leaves the list",
    why: "What is said on a list is archived and can be found by everybody who has the same question; a private answer helps one person.",
    before: "To: Bob B <bob@example.org>",
    after: "To: Bob B <bob@example.org>\nCc: list-a@vger.example",
    check: (sheet, tell) => {
      if (sheet.parent === undefined) return;
      const lists = [...new Set([...listsOf(sheet.parent.message), ...sheet.lists])];
      const held = recipientsOf(sheet);
      if (lists.some((list) => held.has(list)) || [...held].some((one) => isPublicList(one, sheet.lists)))
        return;
      const { to, cc } = expected(sheet);
      const known = [...to, ...cc].filter((one) => isPublicList(lower(one), new Set(lists)));
      const through = listsOf(sheet.parent.message)
        .slice(0, 1)
        .map((address) => ({ name: "", address }));
      const missing = known.length > 0 ? known : through;
      if (missing.length === 0) return;
      tell(fieldPlace(sheet, "cc"), `No list is a recipient: this leaves ${names(missing.slice(0, 1))}.`, {
        fix: {
          title: `Add ${names(missing)}`,
          edits: [writeRecipients(sheet, "Cc", [...sheet.draft.cc, ...missing])],
        },
      });
    },
  },
  {
    id: "L-SECRET-LIST",
    severity: "warning",
    title: "A security address together with a public list",
    why: "Reports to a security team are under embargo until a fix is out. With a public list among the recipients the embargo is over.",
    before: "To: security@kernel.example\nCc: list-a@vger.example",
    after: "To: security@kernel.example",
    check: (sheet, tell) => {
      const held = [...recipientsOf(sheet)];
      const secret = held.find(isSecret);
      const open = held.find((address) => isPublicList(address, sheet.lists) && !isSecret(address));
      if (secret === undefined || open === undefined) return;
      tell(fieldPlace(sheet, "cc"), `${secret} and the public ${open} both get this.`);
    },
  },
];
