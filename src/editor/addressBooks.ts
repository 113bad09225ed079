/** The person's address books, where git send-email finds them too; read again when git or a file says otherwise. */
import { readFile, stat } from "node:fs/promises";
import { readGitConfig } from "../base/gitConfig.ts";
import { expandPath } from "../base/homePath.ts";
import { type Aliases, aliasFiles, readAliases } from "../compose/aliases.ts";
import { trustedFolder } from "./openFolder.ts";
import type { Settings } from "./settings.ts";

/** A larger file is no address book, in bytes. */
const LARGEST = 4_000_000;
/** How long git's answer is believed, in milliseconds. */
const BELIEVED_MS = 60_000;

const NONE: Aliases = new Map();

export interface AddressBooks {
  /** Every name of every book; the later file counts where two have it. The same object as long as no book changes. */
  aliases(): Promise<Aliases>;
}

export function openAddressBooks(settings: Settings): AddressBooks {
  let asked: { atMs: number; files: ReturnType<typeof aliasFiles> } | undefined;
  const books = new Map<string, { changedMs: number; aliases: Aliases }>();
  let joined: { books: Aliases[]; aliases: Aliases } = { books: [], aliases: NONE };

  const files = async () => {
    if (asked === undefined || Date.now() - asked.atMs > BELIEVED_MS) {
      const config = await readGitConfig(settings.git(), trustedFolder());
      asked = { atMs: Date.now(), files: aliasFiles(config) };
    }
    return asked.files;
  };

  /** One book; an empty one where there is none to read, as git send-email has it. */
  const readBook = async (path: string, format: Parameters<typeof readAliases>[1]): Promise<Aliases> => {
    try {
      const { mtimeMs, size } = await stat(path);
      const held = books.get(path);
      if (held?.changedMs === mtimeMs) return held.aliases;
      const aliases = size > LARGEST ? NONE : readAliases(await readFile(path, "utf8"), format);
      books.set(path, { changedMs: mtimeMs, aliases });
      return aliases;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "EISDIR" && code !== "EACCES") throw error;
      return NONE;
    }
  };

  return {
    aliases: async () => {
      const { paths, format } = await files();
      if (format === undefined) return NONE;
      const read = await Promise.all(paths.map((path) => readBook(expandPath(path), format)));
      if (read.length !== joined.books.length || read.some((book, at) => book !== joined.books[at])) {
        joined = { books: read, aliases: new Map(read.flatMap((book) => [...book])) };
      }
      return joined.aliases;
    },
  };
}
