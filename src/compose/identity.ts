/** Who the person is: read from git's configuration and the settings, and as whom they answer a message (R108, R109). */
import { type Mailbox, parseAddresses } from "../mail/address.ts";
import { listsOf } from "../mail/listAddress.ts";
import type { Message } from "../mail/message.ts";
import type { Self } from "./draft.ts";

/**
 * Whether `text` matches a glob in which `*` stands for any run of characters and `?` for one; case is ignored.
 * Two pointers instead of a regular expression: a pattern of many stars must not cost more than length times length.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < given.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === given[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** The form in which a kernel.org relay sends for an address: `devnull+local.domain@kernel.org`. */
function relayForm(address: string): string {
  return `devnull+${address.replace("@", ".")}@kernel.org`;
}

/** Globs over the addresses that are the person's own, relay forms included (R108). */
export function addressGlobs(self: Self): string[] {
  const own = [self.identity.address, ...self.identities.map((one) => one.address), ...self.addresses];
  return own.flatMap((glob) => [glob, relayForm(glob)]);
}

/** R108: whether an address is the person's own, relay forms included. */
export function isSelf(address: string, self: Self): boolean {
  return addressGlobs(self).some((glob) => matchesGlob(glob, address));
}

/** Fields in which relays and delivery agents note the address that got a mail, best first (R109). */
const deliveryFields = ["envelope-to", "x-original-to", "delivered-to"];

/** R109: as whom to answer: the own address that got the parent, else the one for its list, else the default. */
export function chooseIdentity(parent: Message, self: Self): Mailbox {
  const delivered = deliveryFields.flatMap((field) =>
    parent.headers
      .filter(([name]) => name.toLowerCase() === field)
      .map(([, value]) => value.trim().replace(/^<|>$/g, "")),
  );
  const visible = [...parent.to, ...parent.cc].map((mailbox) => mailbox.address);
  for (const address of [...visible, ...delivered]) {
    const lower = address.toLowerCase();
    const known = [self.identity, ...self.identities].find((one) => one.address.toLowerCase() === lower);
    if (known) return known;
    if (self.addresses.some((glob) => matchesGlob(glob, address))) {
      return { name: self.identity.name, address };
    }
  }
  // A list that the parent went through or to, where an identity is meant for it.
  const through = [...listsOf(parent), ...visible.map((address) => address.toLowerCase())];
  const meant = self.byList?.find(({ lists }) =>
    lists.some((glob) => through.some((list) => matchesGlob(glob, list))),
  );
  return meant?.identity ?? self.identity;
}

/** What the person has set in the editor, beside git's configuration. */
export interface IdentitySettings {
  /** First match wins; the first one is the default when git names nobody. */
  identities?: readonly (Mailbox & { lists?: readonly string[] })[];
  /** Globs of further own addresses. */
  addresses?: readonly string[];
}

/**
 * The person, from git's configuration as key/value pairs (keys as git prints them; the last value of a key counts)
 * and from settings, which go before git. Undefined when neither names an address. `sendemail.identity` selects a
 * section of its own, as in git send-email.
 */
export function chooseSelf(
  config: readonly (readonly [key: string, value: string])[],
  settings: IdentitySettings = {},
): Self | undefined {
  const value = (key: string) => config.findLast(([name]) => name === key)?.[1].trim() || undefined;
  const section = value("sendemail.identity");
  const sender = (section && value(`sendemail.${section}.from`)) || value("sendemail.from");
  const name = value("user.name") ?? "";
  const email = value("user.email");
  const [from] = sender === undefined ? [] : parseAddresses(sender);
  const found: Mailbox[] = [...(settings.identities ?? [])];
  if (from) found.push({ name: from.name || name, address: from.address });
  if (email) found.push({ name, address: email });
  const [identity, ...identities] = found.filter(
    ({ address }, index) =>
      /^[^\s@]+@[^\s@]+$/.test(address) &&
      found.findIndex((one) => one.address.toLowerCase() === address.toLowerCase()) === index,
  );
  const byList = (settings.identities ?? []).flatMap(({ name: own, address, lists = [] }) =>
    lists.length > 0 ? [{ identity: { name: own, address }, lists: [...lists] }] : [],
  );
  return (
    identity && {
      identity: { name: identity.name, address: identity.address },
      identities: identities.map(({ name: own, address }) => ({ name: own, address })),
      addresses: [...(settings.addresses ?? [])],
      ...(byList.length > 0 ? { byList } : {}),
    }
  );
}

/** Globs of recipients that are never taken over: those b4 is told to exclude (R113). */
export function excludedRecipients(config: readonly (readonly [key: string, value: string])[]): string[] {
  return config
    .filter(([key]) => key === "b4.email-exclude")
    .flatMap(([, value]) => value.split(","))
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
}
