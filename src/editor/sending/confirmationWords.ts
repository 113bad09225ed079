/** What a box that confirms mail says: how many messages, to which lists and to whom. */
import type { Draft } from "../../compose/draft.ts";
import { readReply } from "../../compose/replySheet.ts";
import { isListAddress } from "../../mail/listAddress.ts";
import { count } from "../counts.ts";

/** How many lists a question names before it counts them. */
const NAMED = 3;

/** The question of a modal box, and the text below it. */
export interface Question {
  title: string;
  detail: string;
}

const recipientsOf = ({ to, cc, bcc }: Draft) => [...to, ...cc, ...bcc];

/** What the person wrote themselves: neither cited nor attribution nor signature, no empty line. */
export const ownLines = ({ body }: Draft): string[] =>
  readReply(body)
    .lines.filter(({ role }) => role === "own")
    .map(({ content }) => content);

/** One small message: its own lines, and everybody who gets it. */
export function askToSend(draft: Draft): Question {
  const recipients = recipientsOf(draft).map(({ name, address }) =>
    name === "" ? address : `${name} <${address}>`,
  );
  return {
    title: draft.subject,
    detail: [...ownLines(draft), "", ...recipients.map((one) => `→ ${one}`)].join("\n"),
  };
}

/** "a, b, 2 more lists and 3 people"; that no list is among them is said. */
function audience(addresses: readonly string[]): string {
  const lists = addresses.filter(isListAddress);
  const people = addresses.length - lists.length;
  const more = lists.length - NAMED;
  const parts = [
    ...lists.slice(0, NAMED),
    ...(more > 0 ? [count(more, "more list")] : []),
    ...(people > 0 ? [count(people, "person", "people")] : []),
  ];
  if (lists.length === 0) return `${parts.join("")}, and to no list`;
  return parts.join(", ").replace(/, (?=[^,]*$)/, " and ");
}

/** Several messages at once: how many and to which lists, then their subjects and everybody who gets one of them. */
export function askToSendAll(drafts: readonly Draft[]): Question {
  const addresses = [
    ...new Map(
      drafts.flatMap(recipientsOf).map(({ address }) => [address.toLowerCase(), address] as const),
    ).values(),
  ];
  return {
    title: `Send ${count(drafts.length, "message")} to ${audience(addresses)}?`,
    detail: [...drafts.map(({ subject }) => subject), "", ...addresses.map((address) => `→ ${address}`)].join(
      "\n",
    ),
  };
}
