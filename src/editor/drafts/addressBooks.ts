/** The person's address books, where git send-email finds them too; read again when git or a file says otherwise. */
import { readFile, stat } from "node:fs/promises";
import { readGitConfig } from "../../base/gitConfig.ts";
import { expandPath } from "../../base/homePath.ts";
import { UserError } from "../../base/report.ts";
import { ALIAS_FORMATS, type Aliases, aliasFiles, readAliases } from "../../compose/aliases.ts";
import { trustedFolder } from "../openFolder.ts";
import type { Settings } from "../settings.ts";

/** A larger file is no address book, in bytes. */
const LARGEST = 4_000_000;
/** How long git's answer is believed, in milliseconds. */
const BELIEVED_MS = 60_000;

const NONE: Aliases = new Map();

export interface AddressBooks {
  /** Every name of every book; the later file counts where two have it. The same object as long as no book changes. */
  aliases(): Promise<Aliases>;
}

/** Why a file is no address book, in words; other failures are bugs. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it may not be read",
  ENOTDIR: "there is no such folder",
};

/** @param tell is called once for each book that cannot be read, and again when it fails for another reason */
export function openAddressBooks(settings: Settings, tell: (error: UserError) => void): AddressBooks {
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

  const told = new Map<string, string>();
  const tellOnce = (what: string, reason: string, next: string): void => {
    if (told.get(what) === reason) return;
    told.set(what, reason);
    tell(new UserError(`Names of ${what} are not known in drafts: ${reason}.`, next));
  };
  const correctPath = "Correct sendemail.aliasesFile in git's configuration, or the file.";

  /** One book; an empty one where there is none to read, as git send-email has it. */
  const readBook = async (path: string, format: Parameters<typeof readAliases>[1]): Promise<Aliases> => {
    try {
      const { mtimeMs, size } = await stat(path);
      const held = books.get(path);
      if (held?.changedMs === mtimeMs) return held.aliases;
      const text = size > LARGEST ? "" : await readFile(path, "utf8");
      if (size > LARGEST) tellOnce(path, "it is too large for an address book", correctPath);
      const aliases = readAliases(text, format);
      books.set(path, { changedMs: mtimeMs, aliases });
      return aliases;
    } catch (error) {
      const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
      if (reason === undefined) throw error;
      tellOnce(path, reason, correctPath);
      return NONE;
    }
  };

  return {
    aliases: async () => {
      const { paths, format } = await files();
      if (format === undefined) {
        const [path] = paths;
        if (path !== undefined) {
          const next = `Set sendemail.aliasFileType in git's configuration to ${ALIAS_FORMATS.join(", ")}.`;
          tellOnce(path, "git's configuration does not say of what kind it is", next);
        }
        return NONE;
      }
      const read = await Promise.all(paths.map((path) => readBook(expandPath(path), format)));
      if (read.length !== joined.books.length || read.some((book, at) => book !== joined.books[at])) {
        joined = { books: read, aliases: new Map(read.flatMap((book) => [...book])) };
      }
      return joined.aliases;
    },
  };
}
