/** Whether a mail is the change that a commit is: git's patch-ids of both, which neither line numbers nor blanks change. */
import type { Finished } from "../../base/process.ts";

/** git in one tree. */
export type TreeGit = (args: readonly string[], input?: string) => Promise<Finished>;

/** A commit with more files came by no mail of its own: that of a first import would be hundreds of megabytes of diff. */
const MOST_FILES = 500;

/** How many files a commit changes; 0 for a merge. */
export async function filesChanged(git: TreeGit, id: string): Promise<number> {
  const args = ["diff-tree", "-r", "--root", "--name-only", "--no-commit-id", "--end-of-options", id];
  return (await git(args)).stdout.toString("latin1").split("\n").length - 1;
}

/** The diff of a commit as `git format-patch` writes it, whatever the person has configured; "" for one of too many files. */
export async function changeOf(git: TreeGit, id: string): Promise<string> {
  if ((await filesChanged(git, id)) > MOST_FILES) return "";
  // Plumbing: neither prefixes, context nor algorithm of the person's configuration.
  const args = ["diff-tree", "--root", "-p", "-M", "--no-commit-id", "--no-ext-diff", "--no-textconv"];
  return (await git([...args, "--end-of-options", id])).stdout.toString("utf8");
}

/** The diff in the body of a mail, to its end; "" without one. */
export function diffIn(body: string): string {
  const start = body.search(/^(?:diff --git |--- \S)/m);
  return start < 0 ? "" : body.slice(start);
}

/** The patch-ids of diffs, in their order, each `undefined` where there is none. Nothing but text may stand around them. */
export async function patchIds(git: TreeGit, diffs: readonly string[]): Promise<(string | undefined)[]> {
  // One git for all: each diff follows a line that names a commit, which comes back beside the patch-id.
  const nameOf = (at: number) => (at + 1).toString(16).padStart(40, "0");
  const input = diffs.map((diff, at) => `From ${nameOf(at)} Mon Sep 17 00:00:00 2001\n${diff}\n`);
  const { stdout } = await git(["patch-id", "--stable"], input.join(""));
  const found = new Map<string, string>();
  for (const [, patchId = "", name = ""] of stdout
    .toString("latin1")
    .matchAll(/^([0-9a-f]{40}) ([0-9a-f]{40})$/gm)) {
    if (!found.has(name)) found.set(name, patchId);
  }
  return diffs.map((_, at) => found.get(nameOf(at)));
}
