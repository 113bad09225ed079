/** The git repositories of one inbox on disk: the epochs of a v2 mirror, or the only one of v1. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isRepository } from "./git.ts";

/** One repository. `path` is below the source's path, "" for the path itself. */
export interface Epoch {
  path: string;
  directory: string;
  number: number;
}

const epochName = /^(\d{1,6})(\.git)?$/;

/** The number of an epoch by its path, also when it is not there any more. */
export const epochNumber = (path: string): number =>
  Number(/(\d{1,6})(?:\.git)?(?:\/\.git)?$/.exec(path)?.[1] ?? 0);

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Absent, no folder, or closed to us: no epochs there. Whoever opens the path itself says so.
    return [];
  }
}

/** The repository in a folder: the folder itself (bare) or its `.git`. Undefined when there is none. */
export function repositoryIn(path: string): string | undefined {
  if (isRepository(path)) return "";
  return isRepository(join(path, ".git")) ? ".git" : undefined;
}

function numbered(path: string, below: string): Epoch[] {
  const epochs: Epoch[] = [];
  for (const name of namesIn(join(path, below))) {
    const number = epochName.exec(name)?.[1];
    if (number === undefined) continue;
    const inner = repositoryIn(join(path, below, name));
    if (inner === undefined) continue;
    const epochPath = [below, name, inner].filter((part) => part !== "").join("/");
    epochs.push({ path: epochPath, directory: join(path, below, name, inner), number: Number(number) });
  }
  return epochs.sort((a, b) => a.number - b.number);
}

/**
 * The epochs of a path, oldest first: `git/N.git` below it as public-inbox and lore lay them out, or `N.git`, or the
 * path itself when it is a repository. `all.git` only borrows the objects of the epochs beside it: it stands for them.
 */
export function epochsIn(path: string): Epoch[] {
  const own = repositoryIn(path);
  if (own === undefined) {
    const mirrored = numbered(path, "git");
    return mirrored.length > 0 ? mirrored : numbered(path, "");
  }
  const beside = basename(path) === "all.git" ? numbered(path, "../git") : [];
  if (beside.length > 0) return beside;
  return [
    { path: own, directory: join(path, own), number: Number(epochName.exec(basename(path))?.[1] ?? 0) },
  ];
}

/** Folders with the objects of a repository: its own and those it borrows from. git follows five steps. */
function objectFolders(directory: string): string[] {
  const folders = [join(directory, "objects")];
  for (let at = 0; at < folders.length && at < 64; at++) {
    const folder = folders[at] ?? "";
    try {
      for (const line of readFileSync(join(folder, "info", "alternates"), "utf8").split("\n")) {
        const other = line.startsWith("#") || line === "" ? undefined : resolve(folder, line);
        if (other !== undefined && !folders.includes(other)) folders.push(other);
      }
    } catch {
      // No alternates: the usual case.
    }
  }
  return folders;
}

/**
 * About how many commits a repository has: a third of the objects in its packs (a commit, a tree and a blob for each
 * mail), by the size of their indexes. For progress only.
 */
export function commitsAbout(directory: string): number {
  let objects = 0;
  for (const folder of objectFolders(directory)) {
    for (const name of namesIn(join(folder, "pack"))) {
      if (name.endsWith(".idx")) objects += objectsIn(join(folder, "pack", name));
    }
  }
  return Math.ceil(objects / 3);
}

/** Objects of one pack, by the size of its index: a fixed part and 24 + 4 bytes (SHA-1) an object. */
function objectsIn(index: string): number {
  try {
    return Math.max(0, Math.floor((statSync(index).size - 1072) / 28));
  } catch {
    // Gone since the folder was listed: a repack. The figure is an estimate.
    return 0;
  }
}
