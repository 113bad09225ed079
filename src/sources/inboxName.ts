/** What an inbox is called when nothing but its place on disk says so. */
import { basename, dirname, resolve } from "node:path";

const endings = /\.(?:gz|mbox|mboxrd|mboxo|mboxcl2?|mbx|txt|git)$/i;

/** The name of its folder or file, without endings that name the format; of Maildir++ without the dot. */
export function inboxName(path: string): string {
  let full = resolve(path);
  if (/^(?:\.git|all\.git)$/.test(basename(full))) full = dirname(full);
  // An epoch is called by its inbox: lkml for lkml/git/7.git.
  if (/^\d+\.git$/.test(basename(full)) && basename(dirname(full)) === "git") full = dirname(full);
  if (basename(full) === "git") full = dirname(full);
  let name = basename(full);
  while (endings.test(name) && name.replace(endings, "") !== "") name = name.replace(endings, "");
  return name.replace(/^\.(?=.)/, "");
}
