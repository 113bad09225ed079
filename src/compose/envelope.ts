/** The envelope of a draft: whom the server is told to give it to. */
import type { Draft } from "./draft.ts";

/** The addresses of To, Cc and Bcc in this order, each once whatever its case. */
export function envelopeOf({ to, cc, bcc }: Pick<Draft, "to" | "cc" | "bcc">): string[] {
  const byAddress = new Map<string, string>();
  for (const { address } of [...to, ...cc, ...bcc]) {
    if (!byAddress.has(address.toLowerCase())) byAddress.set(address.toLowerCase(), address);
  }
  return [...byAddress.values()];
}
