/** Paths as people write them: `~` and `~/x` stand for the home folder and x in it. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A path or the name of a program; what does not begin with `~` stays as it is. */
export function homePath(path: string, home = homedir()): string {
  if (path === "~") return home;
  return path.startsWith("~/") || path.startsWith("~\\") ? join(home, path.slice(2)) : path;
}

/** As `homePath`, and anything relative counts from the home folder too, since no folder is open for sure. */
export const expandPath = (path: string, home = homedir()): string => resolve(home, homePath(path, home));
