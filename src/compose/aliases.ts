/** Address books as git send-email reads them: short names for mailboxes (`sendemail.aliasesFile`). */
import { type Mailbox, parseAddresses } from "../mail/address.ts";

/** `sendemail.aliasFileType`. */
export const ALIAS_FORMATS = ["mutt", "mailrc", "pine", "sendmail", "gnus"] as const;
export type AliasFormat = (typeof ALIAS_FORMATS)[number];

/** By the name in lower case: what it stands for, which may be names again. */
export type Aliases = ReadonlyMap<string, { name: string; value: string }>;

/** More entries are no address book. */
const MOST_ENTRIES = 50_000;
/** Names may stand for names; a circle ends here. */
const DEEPEST = 10;

/** Lines with those that go on joined to them; `continues` says that a line belongs to the one above. */
function joined(text: string, continues: (line: string, above: string) => boolean): string[] {
  const lines: string[] = [];
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const above = lines.at(-1);
    if (above !== undefined && continues(line, above)) {
      lines[lines.length - 1] = `${above.replace(/\\$/, "")} ${line.trim()}`;
    } else lines.push(line);
  }
  return lines;
}

type Entry = [name: string, value: string];

const readers: Readonly<Record<AliasFormat, (text: string) => (Entry | undefined)[]>> = {
  // alias [-group NAME]... KEY ADDRESS, ADDRESS # comment
  mutt: (text) =>
    joined(text, (_, above) => above.endsWith("\\")).map((line) => {
      const found = /^\s*alias\s+(?:-group\s+\S+\s+)*(\S+)\s+(.+)$/.exec(line.slice(0, 4000));
      return found === null ? undefined : [found[1] ?? "", (found[2] ?? "").replace(/\s+#.*$/, "")];
    }),
  // alias KEY "Name <address>" address ...
  mailrc: (text) =>
    joined(text, (_, above) => above.endsWith("\\")).map((line) => {
      const found = /^\s*(?:alias|group)\s+(\S+)\s+(.+)$/.exec(line.slice(0, 4000));
      if (found === null) return undefined;
      const words = [...(found[2] ?? "").matchAll(/"((?:[^"\\]|\\.){0,400})"|'([^']{0,400})'|(\S+)/g)];
      return [found[1] ?? "", words.map((word) => word[1] ?? word[2] ?? word[3] ?? "").join(", ")];
    }),
  // KEY <tab> Full Name <tab> address, or (address, address)
  pine: (text) =>
    joined(text, (line) => /^[ \t]+\S/.test(line)).map((line) => {
      const [key = "", name = "", address = ""] = line.slice(0, 4000).split("\t");
      const value = address.trim().replace(/^\((.*)\)$/, "$1");
      if (key.trim() === "" || value === "" || key.startsWith("#")) return undefined;
      const isOne = !value.includes(",") && !value.includes("<");
      const turned = name.includes(",") ? name.split(",").reverse().join(" ").trim() : name.trim();
      return [key.trim(), isOne && turned !== "" ? `"${turned.replaceAll('"', "")}" <${value}>` : value];
    }),
  // KEY: address, address
  sendmail: (text) =>
    joined(text, (line, above) => /^[ \t]+\S/.test(line) || above.endsWith("\\")).map((line) => {
      if (/^\s*(?:#|$)/.test(line)) return undefined;
      const found = /^([^:\s"]+)\s*:\s*(.+)$/.exec(line.slice(0, 4000));
      // What is delivered to a program or a file is nobody's mailbox.
      if (found === null || /[|/]|:include:/.test(found[2] ?? "")) return undefined;
      return [found[1] ?? "", found[2] ?? ""];
    }),
  // (define-mail-alias "KEY" "address")
  gnus: (text) =>
    [...text.matchAll(/\(define-mail-(?:alias|abbrev)\s+"([^"]{1,200})"\s+"([^"]{1,2000})"/g)].map(
      (found) => [found[1] ?? "", found[2] ?? ""],
    ),
};

/** The names of an address book. Lines that say something else are passed over. */
export function readAliases(text: string, format: AliasFormat): Aliases {
  const aliases = new Map<string, { name: string; value: string }>();
  for (const entry of readers[format](text)) {
    if (entry === undefined || aliases.size >= MOST_ENTRIES) continue;
    const [name, value] = entry;
    if (name !== "" && value.trim() !== "") aliases.set(name.toLowerCase(), { name, value: value.trim() });
  }
  return aliases;
}

/** Whom a name stands for, names in it followed; empty when it stands for nobody. */
export function resolveAlias(aliases: Aliases, name: string): Mailbox[] {
  const found: Mailbox[] = [];
  const seen = new Set<string>();
  let open = [name];
  for (let depth = 0; open.length > 0 && depth < DEEPEST; depth++) {
    const next: string[] = [];
    for (const one of open) {
      const key = one.toLowerCase();
      if (seen.has(key)) continue;
      seen.add(key);
      for (const mailbox of parseAddresses(aliases.get(key)?.value ?? "")) {
        if (mailbox.address.includes("@")) found.push(mailbox);
        else if (mailbox.address !== "" || mailbox.name !== "") next.push(mailbox.address || mailbox.name);
      }
    }
    open = next;
  }
  return found.filter(
    ({ address }, at) => found.findIndex((one) => one.address.toLowerCase() === address.toLowerCase()) === at,
  );
}

/** Where git's configuration says that address books are, the format of all of them; of the chosen identity first. */
export function aliasFiles(config: readonly (readonly [key: string, value: string])[]): {
  paths: string[];
  format: AliasFormat | undefined;
} {
  const all = (key: string) => config.filter(([name]) => name === key).map(([, value]) => value);
  const identity = all("sendemail.identity").at(-1);
  const of = (key: string): string[] => {
    const own = identity === undefined ? [] : all(`sendemail.${identity}.${key}`);
    return own.length > 0 ? own : all(`sendemail.${key}`);
  };
  const named = of("aliasfiletype").at(-1)?.toLowerCase();
  return { paths: of("aliasesfile"), format: ALIAS_FORMATS.find((format) => format === named) };
}
