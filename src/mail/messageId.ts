/** Message-ID, References and In-Reply-To: find the ids, clean them, and make one for mail that has none. */
import { createHash } from "node:crypto";

// Longer ids are noise: RFC 5322 lines end at 998 octets.
const maxId = 998;
// The longest real list of ancestors has 47.
const maxAncestors = 1_000;
const maxAddressField = 20_000;

// Reserved by RFC 2606, so that no mailer can own an id that ends in it.
const syntheticDomain = "@synthetic.kernel-mail.invalid";

/** The ids in a References or In-Reply-To value, in order, without brackets; text around them is dropped (R303). */
export function extractIds(value: string): string[] {
  const ids: string[] = [];
  let open = value.indexOf("<");
  while (open >= 0) {
    const close = value.indexOf(">", open);
    if (close < 0) break;
    // "<<a@b>" and "<text <a@b>": the id starts at the last bracket before the closing one.
    const start = value.lastIndexOf("<", close) + 1;
    const id = value.slice(start, close);
    if (id !== "" && id.length <= maxId && !/\s/.test(id)) ids.push(id);
    open = value.indexOf("<", close);
  }
  return ids;
}

/** What is known of a mail when its ancestry is cleaned. Values are unfolded header text. */
export interface AncestrySource {
  references: string;
  inReplyTo: string;
  /** The mail's own id: a mail is not its own ancestor. */
  messageId: string;
  /** True for an id that is really an address of From, To or Cc: old mailers put those into In-Reply-To. */
  isAddress: (id: string) => boolean;
}

/** True when `id` stands in an address field: such an "id" names a person, not a mail (R303). */
export function isAddressIn(id: string, ...values: string[]): boolean {
  if (id.length > 100) return false;
  return values.some((value) => {
    const at = value.slice(0, maxAddressField).indexOf(id);
    if (at < 0) return false;
    return !/[\w.+-]/.test(value.charAt(at - 1)) && !/[\w.-]/.test(value.charAt(at + id.length));
  });
}

/** More ids than this are looked up in a set; fewer are compared faster one by one. */
const fewIds = 32;

/** What people typed at git's old prompt for In-Reply-To. */
const isPromptAnswer = (id: string): boolean => id.length === 1 && /[yn]/i.test(id);

/** Each id once, first place kept, without own id, addresses, and the answers to git's old prompt (R303). */
function clean(ids: string[], source: AncestrySource): string[] {
  const seen = ids.length > fewIds ? new Set<string>() : undefined;
  const kept: string[] = [];
  for (const id of ids) {
    const known = seen === undefined ? kept.includes(id) : seen.has(id);
    if (known || id === source.messageId || isPromptAnswer(id) || source.isAddress(id)) continue;
    seen?.add(id);
    kept.push(id);
  }
  return kept;
}

/** Too long a list is cut as programs for news cut it (RFC 5537 section 3.4.4): the root stays, and who is nearest. */
function cut(ids: string[]): string[] {
  return ids.length <= maxAncestors ? ids : [...ids.slice(0, 1), ...ids.slice(1 - maxAncestors)];
}

/** The cleaned ids of References alone, oldest first. */
export function cleanReferences(source: AncestrySource): string[] {
  return source.references === "" ? [] : cut(clean(extractIds(source.references), source));
}

/** The cleaned ids of In-Reply-To alone. */
export function cleanInReplyTo(source: AncestrySource): string[] {
  return source.inReplyTo === "" ? [] : cut(clean(extractIds(source.inReplyTo), source));
}

/**
 * All ancestors a mail names, oldest first and the direct parent last: References, then what only In-Reply-To
 * names, as public-inbox threads them. A single In-Reply-To is the parent (RFC 5322 section 3.6.4) wherever
 * References has it.
 */
export function ancestry(source: AncestrySource): string[] {
  const references = cleanReferences(source);
  const inReplyTo = cleanInReplyTo(source);
  if (inReplyTo.length === 0) return references;
  const [parent = ""] = inReplyTo;
  if (inReplyTo.length > 1) return [...new Set([...references, ...inReplyTo])];
  if (references.at(-1) === parent) return references;
  return [...references.filter((id) => id !== parent), parent];
}

/** True for an id made by `syntheticId`; such a mail cannot be answered in its thread (R304). */
export function isSynthetic(id: string): boolean {
  return id.endsWith(syntheticDomain);
}

/**
 * The id in a Message-ID value, without brackets; undefined when it holds none. A value without brackets counts
 * when it is one word; blanks inside the brackets come from folding and are dropped. An id that pretends to be
 * synthetic counts as none.
 */
export function ownId(value: string): string | undefined {
  const [first] = extractIds(value);
  const bracketed = first ?? /<([^<>]{1,998})>/.exec(value)?.[1]?.replace(/\s+/g, "");
  const id = bracketed ?? value.trim().replace(/^<|>$/g, "");
  if (id === "" || id.length > maxId || /\s/.test(id) || isSynthetic(id)) return undefined;
  return id;
}

/**
 * A stable id for a mail without one, from its bytes. `raw` starts at the first header byte; CRs and the empty
 * lines at the end are left out, so that the same mail has the same id in a Maildir, an mbox and a git blob.
 */
export function syntheticId(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const text = bytes.toString("latin1").replaceAll("\r", "");
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x0a) end--;
  const hash = createHash("sha256")
    .update(Buffer.from(text.slice(0, end), "latin1"))
    .digest("hex");
  return hash + syntheticDomain;
}

/**
 * The Message-ID an archive link leads to, percent-decoded (R307); undefined when the address holds none.
 * Understands `HOST/LIST/ID/`, `/r/ID`, `/all/ID/T/#u`, `/ID/raw`, `/ID/t.mbox.gz` and a bare path.
 */
export function messageIdFromUrl(url: string): string | undefined {
  const [path = ""] = url.slice(0, 2_000).split(/[?#]/);
  const withoutHost = path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "");
  for (const part of withoutHost.split("/")) {
    let id: string;
    try {
      id = decodeURIComponent(part);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      id = part;
    }
    id = id.replace(/^<|>$/g, "");
    if (/^[^\s<>]+@[^\s<>]+$/.test(id)) return id;
  }
  return undefined;
}
