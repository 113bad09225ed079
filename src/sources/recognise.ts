/** What kind of archive a path is. */
import { statSync } from "node:fs";
import type { Format } from "./source.ts";

export function recognise(path: string, _git = "git"): Promise<Format> {
  return Promise.resolve(statSync(path).isDirectory() ? "v2" : "mbox");
}
