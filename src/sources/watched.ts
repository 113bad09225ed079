/** Where on disk it shows that an archive has changed: few folders, each watched without those below it. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { epochsIn } from "./epochs.ts";
import { unreadable } from "./git.ts";
import { mailFolders } from "./mailFolders.ts";
import { survey } from "./recognise.ts";
import type { Format, SourceSpec } from "./source.ts";

/** A folder to watch, by its absolute path. With `names` only what happens to these entries counts. */
export interface WatchedFolder {
  folder: string;
  names?: string[];
}

/** Systems give a user some thousands of watches for all programs together. */
const most = 400;

/** The entry of a git directory that packed branches stand in, and where loose ones lie. */
const packedRefs = "packed-refs";
const looseRefs = join("refs", "heads");

/**
 * The folders to watch for one archive, at most 400: the folder of an mbox, `new` and `cur` of a Maildir and what holds
 * them, branches of the newest epoch of a mirror and the folder where the next epoch will lie. Of an archive that is not
 * there, the folder where it would come back. Reads folders, no mail. Throws a UserError when that is not permitted.
 */
export async function watchedFolders(
  spec: SourceSpec,
  format: Format,
  git: string,
): Promise<WatchedFolder[]> {
  if (!existsSync(spec.path)) return [whereItComes(spec.path)];
  const watched = new Watched();
  try {
    await watched.archive(spec, format, git);
  } catch (error) {
    throw unreadable(spec.path, error);
  }
  return watched.all();
}

/** The nearest folder above a path that is there, and the name that would appear in it. */
function whereItComes(path: string): WatchedFolder {
  let at = path;
  while (dirname(at) !== at && !existsSync(dirname(at))) at = dirname(at);
  return { folder: dirname(at), names: [basename(at)] };
}

class Watched {
  /** By folder: the names that count, undefined when all do. */
  readonly #folders = new Map<string, Set<string> | undefined>();

  async archive(spec: SourceSpec, format: Format, git: string): Promise<void> {
    switch (format) {
      case "mbox":
        this.file(spec.path);
        break;
      case "maildir":
      case "eml":
        this.mails(spec.path);
        break;
      case "v1":
      case "v2":
        this.repository(spec.path);
        break;
      case "inboxes":
      case "folder": {
        const { parts, files } = await survey(spec.path, git);
        this.folder(spec.path);
        if (files) this.mails(spec.path);
        for (const { path, kind } of parts) {
          if (kind === "git") this.repository(join(spec.path, path));
          else this.file(join(spec.path, path));
        }
      }
    }
  }

  all(): WatchedFolder[] {
    return [...this.#folders]
      .slice(0, most)
      .map(([folder, names]) => (names === undefined ? { folder } : { folder, names: [...names] }));
  }

  folder(folder: string, names?: readonly string[]): void {
    const known = this.#folders.get(folder);
    if (names === undefined || (known === undefined && this.#folders.has(folder))) {
      this.#folders.set(folder, undefined);
    } else this.#folders.set(folder, new Set([...(known ?? []), ...names]));
  }

  file(path: string): void {
    this.folder(dirname(path), [basename(path)]);
    // Behind a link another folder sees what is written.
    const real = realpathSync(path);
    if (real !== path) this.folder(dirname(real), [basename(real)]);
  }

  mails(path: string): void {
    if (!statSync(path).isDirectory()) this.file(path);
    else for (const folder of mailFolders(path, [])) this.folder(join(path, folder.path));
  }

  repository(path: string): void {
    const epochs = epochsIn(path);
    const newest = epochs.at(-1);
    if (newest === undefined) return;
    this.folder(newest.directory, ["HEAD", packedRefs]);
    this.folder(join(newest.directory, looseRefs));
    // An epoch that is the path itself has no other beside it.
    if (newest.path !== "" && newest.path !== ".git") this.folder(dirname(newest.directory));
  }
}
