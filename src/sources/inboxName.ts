/** What an inbox is called when nothing but its place on disk says so. */
import { basename, dirname, resolve } from "node:path";

const endings = /\.(?:gz|mbox|mboxrd|mboxo|mboxcl2?|mbx|txt|git)$/i;

/** The name of its folder or file, without endings that name the format; of Maildir++ without the dot. */
export function inboxName(path: string): string {
  const full = resolve(path);
  let name = basename(full);
  if (name === ".git") name = basename(dirname(full));
  while (endings.test(name) && name.replace(endings, "") !== "") name = name.replace(endings, "");
  return name.replace(/^\.(?=.)/, "");
}
