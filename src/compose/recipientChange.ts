/** How the recipients of a draft differ from those that answering its parent would give. */
import type { Mailbox } from "../mail/address.ts";
import type { Draft } from "./draft.ts";

export interface RecipientChange {
  added: Mailbox[];
  leftOut: Mailbox[];
}

const everybody = ({ to, cc, bcc }: Pick<Draft, "to" | "cc" | "bcc">): Mailbox[] => [...to, ...cc, ...bcc];

/** Compared by address alone, in any case and any order; To and Cc count as one. */
export function recipientChange(draft: Draft, expected: Pick<Draft, "to" | "cc">): RecipientChange {
  const address = (mailbox: Mailbox) => mailbox.address.toLowerCase();
  const wanted = everybody({ ...expected, bcc: [] });
  const has = new Set(everybody(draft).map(address));
  const want = new Set(wanted.map(address));
  return {
    added: everybody(draft).filter((one) => !want.has(address(one))),
    leftOut: wanted.filter((one) => !has.has(address(one))),
  };
}

/** Each address once, in the order To, Cc, Bcc: whom the server is told to give the mail to. */
export function envelopeOf(draft: Draft): string[] {
  const byAddress = new Map(everybody(draft).map(({ address }) => [address.toLowerCase(), address] as const));
  return [...byAddress.values()];
}
