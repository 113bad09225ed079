/** Message-IDs that stand in a line as such: in angle brackets, or behind their label. */
import { type LinkSpan, matchesOf } from "./link.ts";

const BRACKETED_ID = /<([^\s<>@]{1,200}@[^\s<>@]{1,200})>/g;
const LABEL = /(?:message-?id|in-reply-to|references|msg-?id|mid|link|closes|lore|patch ?link)\s*[:=]?\s*$/i;
const ID_LABEL = /(?:in message|see|in|from message|at|and|id|of|to)\s*:?\s*$/i;
const MAILBOX_LINE = /^\W*(?:from|to|cc|bcc|sender|reply-to|[a-z-]{1,40}-by|m|r|l)\s?:/i;
const LABELLED_ID =
  /\b(?:(?:message-id|in-reply-to|msg-?id|mid|id)(?::\s?|=)|b4 \w{2,10} (?:-\S{1,20} (?:\d[\d,-]{0,200} )?){0,6})([^\s<>@,;"()]{4,200}@[^\s<>@,;:"()]{3,200})/gi;

/** Ids that git, b4, robots and one large mailer make stand alone, too: no mailbox has their shape. */
const BARE_ID =
  /(?<![\w<@/.=+%:-])(?:20\d{6}(?:\d{4,6})?[.-][\w.+=-]{5,100}|CA[\w+=-]{40,80})@[A-Za-z0-9][\w.-]{2,100}\w/g;

/** What is looked at of a line. */
const LONGEST_LINE = 4000;

/** `<id@host>`, when its shape or the words before it say that it is no mailbox; `Message-ID: id@host`. */
export function idsIn(line: string): LinkSpan[] {
  if (!line.includes("@")) return [];
  const spans: LinkSpan[] = [];
  const slice = line.slice(0, LONGEST_LINE);
  const add = (start: number, id: string) =>
    spans.push({ kind: "messageId", start, end: start + id.length, text: id, target: id });
  for (const found of matchesOf(BRACKETED_ID, slice)) {
    const id = found[1] ?? "";
    const before = slice.slice(Math.max(0, found.index - 40), found.index);
    if (!LABEL.test(before) && (MAILBOX_LINE.test(slice.slice(0, 60)) || !looksLikeId(id, before))) continue;
    add(found.index + 1, id);
  }
  for (const found of matchesOf(LABELLED_ID, slice)) {
    const id = (found[1] ?? "").replace(/[.'`*]+$/, "");
    const label = /^(?:message-id|in-reply-to|b4 )/i.test(found[0]);
    if (label || looksLikeId(id, "")) add(found.index + found[0].indexOf(found[1] ?? ""), id);
  }
  for (const { 0: id, index } of matchesOf(BARE_ID, slice)) add(index, id);
  return spans;
}

/** Ids are made by machines: long, with many digits. Mailboxes that look so follow a name or are bots'. */
export function looksLikeId(id: string, before: string): boolean {
  const local = id.slice(0, id.indexOf("@"));
  if (/^(?:mailto:|syzbot|devnull|bounce|noreply)|^\d+$/i.test(local)) return false;
  const digits = local.replace(/\D/g, "").length;
  const machine =
    local.length >= 16 && (digits >= 6 || /^CA[\w+=-]{20,}$/.test(local) || /\.fsf(?:_-_)?$/.test(local));
  if (!machine) return false;
  const named =
    /[\p{L}"'.)]\s$/u.test(before) && !ID_LABEL.test(before.trimEnd()) && /\p{Lu}\S*\s$/u.test(before);
  return !named || /[.-]\d{3,}|\d{8,}/.test(local);
}
