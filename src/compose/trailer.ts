/** Trailers that one gives in a reply: their names, which of them fit a message, and the text of one (R711, R12xx). */
import { formatMailbox, type Mailbox } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import { type Edit, replaceLines } from "./edit.ts";
import { readReply } from "./replySheet.ts";

/** R1202: the names that tools and people know. */
export const TRAILER_NAMES: readonly string[] = [
  ...["Signed-off-by", "Co-developed-by", "Acked-by", "Reviewed-by", "Tested-by", "Reported-by"],
  ...["Suggested-by", "Assisted-by", "NACKed-by", "Cc", "Link", "Closes", "Fixes"],
];

/** A trailer that can be given in answer to a message. */
export interface Offer {
  name: string;
  /** The letter that chooses it. */
  letter: string;
  says: string;
}

const REVIEWED: Offer = { name: "Reviewed-by", letter: "r", says: "I have read it and find it good" };
const ACKED: Offer = { name: "Acked-by", letter: "a", says: "I maintain this and have no objection" };
const TESTED: Offer = { name: "Tested-by", letter: "t", says: "I have run it, and it works" };
const REPORTED: Offer = { name: "Reported-by", letter: "p", says: "I found what this repairs" };
const NACKED: Offer = { name: "NACKed-by", letter: "n", says: "This must not go in" };

/** Whether tools attach trailers to this message: a patch, a cover letter, or text with a diff (R1205). */
export function takesTrailers({ subject, body }: Pick<Message, "subject" | "body">): boolean {
  const { isPatch, pull } = readPatchPrefix(subject);
  return isPatch || pull || /^(?:diff --git |@@ -\d)/m.test(body);
}

/** What one may give in answer to `message`, the most likely first. */
export function offersFor(message: Pick<Message, "subject" | "body">): Offer[] {
  const { isReply, pull } = readPatchPrefix(message.subject);
  if (pull) return [ACKED, TESTED, NACKED, REVIEWED];
  // In a discussion a test or a report is confirmed; there is nothing to review.
  if (isReply || !takesTrailers(message)) return [TESTED, REPORTED, ACKED, REVIEWED, NACKED];
  return [REVIEWED, ACKED, TESTED, REPORTED, NACKED];
}

/** `Reviewed-by: Ada Reviewer <ada@example.org>` (R1201). */
export const trailerLine = (name: string, identity: Mailbox): string => `${name}: ${formatMailbox(identity)}`;

/**
 * Puts a trailer into a reply (R754): on the empty own line that is given, else below the last own line and above the
 * signature; with a blank line above unless another trailer stands there.
 * @param body the draft's text below the header
 * @param at a line of it, from 1
 */
export function insertTrailer(body: string, text: string, at?: number): Edit[] {
  const written = body.split("\n");
  const { lines } = readReply(body);
  const isFree = at !== undefined && written[at - 1] === "" && lines[at - 1]?.role === "blank";
  let above = isFree ? at - 2 : lines.findIndex(({ role }) => role === "tail") - 1;
  if (!isFree && above < 0) above = written.length - 1;
  if (!isFree) while (above >= 0 && lines[above]?.role === "blank") above--;
  const joins = above < 0 || written[above] === "" || lines[above]?.kind === "trailers";
  const block = [...(joins ? [] : [""]), text];
  if (isFree) return [replaceLines(written, at, at, block)];
  const below = written[above + 1];
  return [replaceLines(written, above + 2, above + 1, below === undefined ? [...block, ""] : block)];
}
