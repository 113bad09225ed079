/** The folders of a Maildir or of single mails in files: which there are, and which have changed. */
import { createHash } from "node:crypto";
import { type BigIntStats, type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isUserError } from "../base/report.ts";
import { isMisnamed, unreadable } from "./git.ts";

/** One folder that can hold mail. `path` is below the root, "" for the root itself. */
export interface MailFolder {
  path: string;
  /** `cur` and `new` hold mail and nothing else; in a plain folder other files may lie about. */
  kind: "cur" | "new" | "plain";
}

/** How a folder looked: equal texts mean that no mail came, went or was renamed. */
export interface FolderState {
  mtime: string;
  /** A hash of the names; in a plain folder of sizes and times as well, since files there may be edited. */
  names: string;
  /** Listed within the resolution of its time: names must be compared, the time proves nothing. */
  fresh?: true;
}

/** Deeper nesting than this is not a mail folder of a person. */
const deepest = 16;
/** Some file systems keep times in steps of two seconds. */
const timeStepMs = 2000n;

function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code === "ENOENT" && !isMisnamed(directory)) || code === "ENOTDIR") return [];
    throw unreadable(directory, error);
  }
}

/** A folder of a program's own (.git, .notmuch), unless it is a Maildir. KMail keeps what is below a folder in `.NAME.directory`. */
export const isPrivate = (name: string): boolean => name.startsWith(".") && !name.endsWith(".directory");

const below = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

/** The children of a folder that are folders; undefined when it may not be read. */
function foldersIn(directory: string): Dirent[] | undefined {
  try {
    return list(directory).filter((entry) => entry.isDirectory());
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

/**
 * Folders of a tree, `new` before `cur`: a mail moved from one to the other meanwhile is then seen twice, not missed.
 * `.Sub` folders of Maildir++ and plain folders are followed, links to folders and other hidden folders are not.
 * `closed` gets the paths of those that may not be read.
 */
export function mailFolders(root: string, closed: string[]): MailFolder[] {
  const folders: MailFolder[] = [];
  const open: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, depth } = next;
    const children = foldersIn(join(root, path));
    if (children === undefined) {
      closed.push(path);
      continue;
    }
    const names = new Set(children.map(({ name }) => name));
    const isMaildir = names.has("cur") || names.has("new");
    if (path !== "" && !isMaildir && isPrivate(path.split("/").at(-1) ?? "")) continue;
    folders.push({ path, kind: "plain" });
    if (names.has("new")) folders.push({ path: below(path, "new"), kind: "new" });
    if (names.has("cur")) folders.push({ path: below(path, "cur"), kind: "cur" });
    if (depth === deepest) continue;
    for (const name of names) {
      if (isMaildir && (name === "cur" || name === "new" || name === "tmp")) continue;
      open.push({ path: below(path, name), depth: depth + 1 });
    }
  }
  return folders;
}

function stateOfFile(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Names of the files in a folder, hidden ones left out. */
export function fileNames(root: string, folder: MailFolder): string[] {
  const directory = join(root, folder.path);
  const names: string[] = [];
  for (const entry of list(directory)) {
    if (entry.name.startsWith(".")) continue;
    const isFile =
      entry.isFile() ||
      (entry.isSymbolicLink() && stateOfFile(join(directory, entry.name))?.isFile() === true);
    if (isFile) names.push(entry.name);
  }
  return names.sort();
}

/** How a folder looks now; `before` spares the listing where its time proves that nothing changed. */
export function folderState(root: string, folder: MailFolder, before: FolderState | undefined): FolderState {
  const directory = join(root, folder.path);
  const now = BigInt(Date.now());
  const stat = stateOfFile(directory);
  const mtime = `${stat?.mtimeNs ?? 0n}`;
  if (before !== undefined && !before.fresh && before.mtime === mtime && folder.kind !== "plain")
    return before;
  const hash = createHash("sha256");
  // A single mail is a folder of itself.
  if (stat?.isFile()) hash.update(`${stat.size}/${stat.mtimeNs}`);
  for (const name of fileNames(root, folder)) {
    hash.update(name);
    if (folder.kind === "plain") {
      const file = stateOfFile(join(directory, name));
      hash.update(`/${file?.size}/${file?.mtimeNs}`);
    }
    hash.update("\n");
  }
  const state: FolderState = { mtime, names: hash.digest("base64") };
  if (stat !== undefined && now - stat.mtimeMs < timeStepMs) state.fresh = true;
  return state;
}

/** The part of a Maildir file name that stays when flags change. */
export const uniqueName = (name: string): string => name.replace(/[:;!]2,[A-Za-z]*$/, "");

/** Maildir's flags of a file name, sorted; undefined where there is no info part. */
export function flagsOf(name: string): string | undefined {
  const flags = /[:;!]2,([A-Za-z]*)$/.exec(name)?.[1];
  return flags === undefined ? undefined : [...flags].sort().join("");
}

/** When a Maildir file was delivered, by the seconds its name begins with. */
export function deliveredMs(name: string): number | undefined {
  const seconds = /^(\d{9,10})[._]/.exec(name)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
