/** What the preview says of a draft's recipients: how they differ from those that answering its parent gives. */
import type { Draft } from "../compose/draft.ts";
import { type RecipientChange, recipientChange } from "../compose/recipientChange.ts";
import { replyRecipients } from "../compose/recipients.ts";
import type { Mailbox } from "../mail/address.ts";
import type { Archive } from "./archiveWorker.ts";
import { decodeMessage } from "./decoder.ts";
import { findWriter } from "./identity.ts";
import type { Settings } from "./settings.ts";

/** How many are named before the others are counted. */
const NAMED = 4;

const named = (mailboxes: readonly Mailbox[]): string => {
  const names = mailboxes.slice(0, NAMED).map(({ name, address }) => name || address);
  const more = mailboxes.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
};

/** "Added: Ada", "Left out: Bo", or that nothing changed. */
export function changeWords(change: RecipientChange | undefined): string[] {
  if (change === undefined) return [];
  const { added, leftOut } = change;
  if (added.length + leftOut.length === 0) return ["Recipients as in the message it answers"];
  return [
    ...(added.length > 0 ? [`Added: ${named(added)}`] : []),
    ...(leftOut.length > 0 ? [`Left out: ${named(leftOut)}`] : []),
  ];
}

/** Compares a draft with its parent; undefined when it answers nothing that any archive has. */
export async function parentChange(
  { archive, settings }: { archive: Archive; settings: Settings },
  draft: Draft,
): Promise<RecipientChange | undefined> {
  if (draft.inReplyTo === undefined) return undefined;
  const [found] = await archive.request("raw", { messageIds: [draft.inReplyTo] });
  const writer = await findWriter(settings);
  if (found === undefined || writer === undefined) return undefined;
  const options = { from: draft.from, exclude: writer.exclude };
  return recipientChange(draft, replyRecipients(await decodeMessage(found.raw), writer.self, options));
}
