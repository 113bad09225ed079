/** What the preview says of a draft's recipients: how they differ from those that answering its parent gives. */
import type { Recipient } from "../../compose/headerEdit.ts";

/** How many are named before the others are counted. */
const NAMED = 4;

/** "Added: Ada", "Left out: Bo and Dan", or that nothing changed. */
export function recipientRemarks(recipients: readonly Recipient[]): string[] {
  const named = (difference: Recipient["difference"]): string | undefined => {
    const all = recipients.filter((one) => one.difference === difference);
    const names = all.slice(0, NAMED).map(({ mailbox }) => mailbox.name || mailbox.address);
    const more = all.length - names.length;
    return all.length === 0 ? undefined : names.join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  const added = named("added");
  const leftOut = named("left out");
  if (added === undefined && leftOut === undefined) return ["Recipients as in the message it answers"];
  return [
    ...(added === undefined ? [] : [`Added: ${added}`]),
    ...(leftOut === undefined ? [] : [`Left out: ${leftOut}`]),
  ];
}
