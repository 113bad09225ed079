/** Who is who in a thread: one colour and one short name for a person, by address or by name. */
import type { OutlineEntry } from "../protocol.ts";

/** How many colours the styles have (F814). */
const COLOURS = 5;

export interface People {
  /** 1 to 5, the same for a person in the whole thread. */
  colour(author: string, address?: string): number;
}

interface Author {
  name: string;
  address: string;
}

/** "Ada Moreno <ada@kernel.example>", "Ada Moreno" or an address, taken apart; parts keep their letters. */
export function authorOf(author: string): Author {
  const open = author.lastIndexOf("<");
  if (open >= 0 && author.endsWith(">")) {
    return { name: author.slice(0, open).trim(), address: author.slice(open + 1, -1).trim() };
  }
  return author.includes("@") && !author.trim().includes(" ")
    ? { name: "", address: author.trim() }
    : { name: author.trim(), address: "" };
}

/** The name as shown: the display name without the quotes that mailers set twice, else the part before the @. */
export function nameOf(author: string): string {
  const { name, address } = authorOf(author);
  return name.replace(/^'(.+)'$/, "$1") || address.split("@", 1)[0] || author;
}

/** "Ada" of "Ada Moreno", also of "Moreno, Ada". */
export function firstNameOf(author: string): string {
  const name = nameOf(author);
  const [family = "", given = ""] = name.split(",", 2);
  const words = (given.trim() || family).split(/\s+/, 2);
  return words[0] ?? name;
}

/** Two letters for the round mark beside a heading: first of the first word, first of the last. */
export function initialsOf(author: string): string {
  const words = nameOf(author)
    .slice(0, 100)
    .split(/[\s._-]+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => (word ? String.fromCodePoint(word.codePointAt(0) ?? 63) : ""))
    .join("")
    .toUpperCase();
}

/** Gives out colours in the order in which people come up in the thread. */
export function peopleOf(outline: readonly OutlineEntry[]): People {
  const known = new Map<string, number>();
  let people = 0;
  const colour = (author: string, address = ""): number => {
    const parts = authorOf(author);
    const keys = [address || parts.address, parts.name].filter(Boolean).map((key) => key.toLowerCase());
    const found = keys.map((key) => known.get(key)).find((value) => value !== undefined);
    const value = found ?? (people++ % COLOURS) + 1;
    for (const key of keys) if (!known.has(key)) known.set(key, value);
    return value;
  };
  for (const entry of outline) {
    if (!entry.missing) colour(entry.from, entry.address);
  }
  return { colour };
}

/** A person who is no person is called by the whole name: "kernel test robot", "syzbot ci". */
const MACHINE = /\b(?:[Rr]obot|[Bb]ot|CI|ci|[Tt]est)\b|bot\b|^[\p{Ll}\d]/u;

/** What each author of a thread is called in a word: the first name where no one else has it. */
export function shortNames(outline: readonly OutlineEntry[]): ReadonlyMap<string, string> {
  const byFirst = new Map<string, Set<string>>();
  for (const { from, missing } of outline) {
    if (missing) continue;
    const first = firstNameOf(from);
    byFirst.set(first, (byFirst.get(first) ?? new Set()).add(nameOf(from)));
  }
  const short = new Map<string, string>();
  for (const { from } of outline) {
    const first = firstNameOf(from);
    const isOne = byFirst.get(first)?.size === 1 && first.length > 1 && !MACHINE.test(nameOf(from));
    short.set(from, isOne ? first : nameOf(from));
  }
  return short;
}
