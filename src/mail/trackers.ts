/** Numbers of bug trackers: CVE ids, bugs of bugzilla.kernel.org, syzbot's reports, and trackers that a person named. */
import { type LinkSpan, matchesOf } from "./link.ts";

/** What stands before the number, and the address with `${id}` for it. */
export type Trackers = Readonly<Record<string, string>>;

/** Where the number goes in a tracker's address. */
const PLACEHOLDER = /\$\{id\}/g;

const FINDERS: readonly { pattern: RegExp; page: (id: string) => string }[] = [
  {
    pattern: /(?<![\w-])CVE-(\d{4}-\d{4,7})(?![\w-])/g,
    page: (id) => `https://www.cve.org/CVERecord?id=CVE-${id}`,
  },
  {
    pattern:
      /(?<![\w/.])(?:bugzilla\.kernel\.org|kernel(?:\.org)? bugzilla|\bbko|korg bugzilla)[ :]?\s?(?:bug |#|bug #)?(\d{4,7})(?!\w)/gi,
    page: (id) => `https://bugzilla.kernel.org/show_bug.cgi?id=${id}`,
  },
  {
    pattern: /(?<![\w+.])syzbot(?:\+|%2B)([0-9a-f]{20,40})@[\w.-]{1,80}/g,
    page: (id) => `https://syzkaller.appspot.com/bug?extid=${id}`,
  },
];

/** A word of every one of them. */
const MAY_NAME = /CVE-|bugzilla|bko|syzbot/i;

/** The bugs that a line names. `more` are prefixes of further trackers: `ABC-` finds `ABC-123`. */
export function bugsIn(line: string, more: Trackers = {}): LinkSpan[] {
  if (line.length > 4000) return [];
  const spans: LinkSpan[] = [];
  const add = (found: RegExpMatchArray, target: string) => {
    const [text] = found;
    const start = found.index ?? 0;
    spans.push({ kind: "bug", start, end: start + text.length, text, target });
  };
  for (const { pattern, page } of MAY_NAME.test(line) ? FINDERS : []) {
    for (const found of matchesOf(pattern, line)) add(found, page(found[1] ?? ""));
  }
  for (const [prefix, address] of Object.entries(more)) {
    if (prefix === "" || !line.includes(prefix)) continue;
    const named = prefix.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = new RegExp(`(?<![\\w-])${named}(\\d{1,12})(?![\\w-])`, "g");
    for (const found of matchesOf(pattern, line)) add(found, address.replace(PLACEHOLDER, found[1] ?? ""));
  }
  return spans;
}
