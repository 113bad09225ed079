/** Changes of single fields of a draft's header, as edits of its text. */
import type { Mailbox } from "../mail/address.ts";
import { readDraft, writeMailboxes } from "./draftText.ts";
import { type Edit, replaceLines } from "./edit.ts";
import type { Struck } from "./recipients.ts";

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * Gives a field of mailboxes these; it is made where it is missing, below the ones that stand above it in a draft.
 * Undefined when the field says so already.
 */
export function setMailboxes(
  text: string,
  name: "From" | "To" | "Cc" | "Bcc",
  mailboxes: readonly Mailbox[],
): Edit | undefined {
  const { fields } = readDraft(text);
  const lines = text.split("\n");
  const written = writeMailboxes(name, mailboxes).split("\n");
  const field = fields.find((one) => same(one.name, name));
  if (field !== undefined) {
    const before = lines.slice(field.firstLine - 1, field.lastLine);
    if (before.join("\n") === written.join("\n")) return undefined;
    return replaceLines(lines, field.firstLine, field.lastLine, written);
  }
  if (mailboxes.length === 0) return undefined;
  const order = ["from", "to", "cc", "bcc"];
  const above = fields.findLast((one) => {
    const place = order.indexOf(one.name.toLowerCase());
    return place >= 0 && place < order.indexOf(name.toLowerCase());
  });
  const line = (above?.lastLine ?? 0) + 1;
  return replaceLines(lines, line, line - 1, written);
}

/** Takes fields away, as many as there are of these names. */
export function dropFields(text: string, ...names: string[]): Edit[] {
  const lines = text.split("\n");
  return readDraft(text)
    .fields.filter(({ name }) => names.some((one) => same(one, name)))
    .map(({ firstLine, lastLine }) => replaceLines(lines, firstLine, lastLine, []));
}

/** Somebody who gets the message, or does not any more. */
export interface Recipient {
  mailbox: Mailbox;
  field: "To" | "Cc" | "Bcc";
  /** Against what a reply to the parent has: as there, added by the person, or left out. */
  difference: "none" | "added" | "left out";
  /** Why they were left out from the start. */
  why?: Struck["why"];
}

/**
 * The recipients of a draft and those of the reply that it began as, compared by address. Without a parent nobody is
 * added or left out.
 * @param expected whom a reply to the parent goes to, and whom it leaves out from the start
 */
export function compareRecipients(
  draft: { to: Mailbox[]; cc: Mailbox[]; bcc: Mailbox[] },
  expected: { to: Mailbox[]; cc: Mailbox[]; struck?: Struck[] } | undefined,
): Recipient[] {
  const inFields = (fields: [Recipient["field"], readonly Mailbox[]][]) =>
    fields.flatMap(([field, mailboxes]) => mailboxes.map((mailbox) => ({ field, mailbox })));
  const now = inFields([
    ["To", draft.to],
    ["Cc", draft.cc],
    ["Bcc", draft.bcc],
  ]);
  const then =
    expected &&
    inFields([
      ["To", expected.to],
      ["Cc", expected.cc],
    ]);
  const struck = expected?.struck ?? [];
  const isIn = (list: readonly { mailbox: Mailbox }[], { address }: Mailbox): boolean =>
    list.some(({ mailbox }) => same(mailbox.address, address));
  return [
    ...now.map(
      (one): Recipient => ({
        ...one,
        difference: then === undefined || isIn([...then, ...struck], one.mailbox) ? "none" : "added",
      }),
    ),
    ...(then ?? [])
      .filter(({ mailbox }) => !isIn(now, mailbox))
      .map((one): Recipient => ({ ...one, difference: "left out" })),
    ...struck
      .filter(({ mailbox }) => !isIn(now, mailbox))
      .map(({ mailbox, why }): Recipient => ({ mailbox, field: "Cc", difference: "left out", why })),
  ];
}
