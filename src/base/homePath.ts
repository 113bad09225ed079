/** Paths as people write them: `~/x` stands for x in the home folder. */
import { homedir } from "node:os";
import { join } from "node:path";

export const homePath = (path: string): string =>
  path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
