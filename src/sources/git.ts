/** git, started so that a stranger's repository can neither run programs nor be written to. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { missingProgram, startProgram, startProgramInto } from "../base/process.ts";
import { UserError } from "../base/report.ts";

/**
 * Settings in the command scope win over the repository's own configuration, which a stranger wrote. Those named
 * here can start a program or draw in other settings while history is read.
 */
const safeSettings = [
  "safe.directory=*",
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.alternateRefsCommand=false",
  "log.showSignature=false",
  "gpg.program=false",
  "color.ui=false",
];

/** No prompt, no lock, no lazy fetch by any protocol, nobody's own configuration. */
const safeEnvironment = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: process.platform === "win32" ? "NUL" : "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  LC_ALL: "C",
};

export type GitChild = ReturnType<typeof startProgram>;
export type GitIntoFile = ReturnType<typeof startProgramInto>;

/** `--git-dir` leaves no room for discovery, so neither the owner of the folder nor a `.git` above it matters. */
function safeArguments(directory: string, args: readonly string[]): string[] {
  const settings = safeSettings.flatMap((setting) => ["-c", setting]);
  return ["--no-pager", "--no-replace-objects", ...settings, `--git-dir=${directory}`, ...args];
}

/** Starts git on exactly this repository. */
export function startGit(git: string, directory: string, args: readonly string[]): GitChild {
  const child = startProgram(git, safeArguments(directory, args), { env: safeEnvironment });
  // git may end before it has read all we write; how it ended says what that means.
  child.stdin.on("error", () => undefined);
  return child;
}

/** The same, writing to an open file. */
export function startGitInto(
  fd: number,
  git: string,
  directory: string,
  args: readonly string[],
): GitIntoFile {
  const child = startProgramInto(fd, git, safeArguments(directory, args), { env: safeEnvironment });
  child.stdin.on("error", () => undefined);
  return child;
}

/** What git says when it cannot be started at all. */
export function startFailure(git: string, error: NodeJS.ErrnoException): Error {
  return error.code === "ENOENT" ? missingProgram(git) : error;
}

/** How a git command ended. `stderr` is cut: a damaged pack can complain once for each object. */
export interface GitEnd {
  code: number;
  stdout: string;
  stderr: string;
}

const stderrLimit = 4096;

/** Collects what a child complains about; the first lines say it. */
export function complaints(child: GitChild | GitIntoFile): () => string {
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (text.length < stderrLimit) text += chunk.toString("latin1").slice(0, stderrLimit - text.length);
  });
  return () => text;
}

/** Runs a short git command to its end. A missing git is a UserError; any other outcome is an answer. */
export function runGit(git: string, directory: string, args: readonly string[]): Promise<GitEnd> {
  return new Promise((answer, reject) => {
    const child = startGit(git, directory, args);
    const stderr = complaints(child);
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.on("error", (error) => reject(startFailure(git, error)));
    child.on("close", (code) =>
      answer({ code: code ?? -1, stdout: Buffer.concat(out).toString("latin1"), stderr: stderr() }),
    );
    child.stdin.end();
  });
}

/** One sentence out of git's complaints, without its prefixes. */
export function complaint(stderr: string): string {
  const line = stderr.split("\n").find((each) => each.startsWith("fatal:") || each.startsWith("error:"));
  return (line ?? stderr.split("\n")[0] ?? "").replace(/^(fatal|error): /, "").trim() || "git gave no reason";
}

const oidPattern = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw unreadable(path, error);
  }
}

/** Whether a path that cannot be found was listed under a name whose bytes are no UTF-8: nothing opens it. */
export const isMisnamed = (path: string): boolean => path.includes("\ufffd");

/** A file or folder that cannot be read, as a sentence with a next step; what is no failure of a file stays as it is. */
export function unreadable(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM") {
    return new UserError(
      `“${path}” may not be read.`,
      "Give yourself read permission, or choose another archive.",
    );
  }
  if (code === "EISDIR") {
    return new UserError(
      `“${path}” is a folder, not a file.`,
      "Leave out the kind of archive, or choose a file.",
    );
  }
  if (code === "ENOENT" && isMisnamed(path)) {
    return new UserError(`“${path}” has a name that is not UTF-8.`, "Rename it.");
  }
  if (code === "ENOENT") {
    return new UserError(
      `“${path}” is not there any more.`,
      "Check that its disk is mounted, and try again.",
    );
  }
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) {
    return new UserError(`“${path}” could not be read (${code}).`, "Check its disk, and try again.");
  }
  return error as Error;
}

/** True for a folder that git would take as a repository. */
export function isRepository(directory: string): boolean {
  try {
    return (
      statSync(join(directory, "HEAD")).isFile() &&
      statSync(join(directory, "objects")).isDirectory() &&
      (statSync(join(directory, "refs")).isDirectory() ||
        textOf(join(directory, "packed-refs")) !== undefined)
    );
  } catch {
    // Any of them absent: another kind of folder.
    return false;
  }
}

function refIn(packed: string, name: string): string | undefined {
  const at = packed.indexOf(` ${name}\n`);
  if (at < 0) return undefined;
  const oid = packed.slice(packed.lastIndexOf("\n", at) + 1, at);
  return oidPattern.test(oid) ? oid : undefined;
}

/** Branches by name, loose ones of `refs/heads` first, as far as a mirror has any. */
function onlyBranch(packed: string): string | undefined {
  const heads = [...packed.matchAll(/^([0-9a-f]{40,64}) refs\/heads\/\S+$/gm)];
  return heads.length === 1 ? heads[0]?.[1] : undefined;
}

/**
 * The commit a repository is at, by reading its files: no process, so that looking at an unchanged archive costs
 * microseconds an epoch. Undefined when there is none yet. "ask" when only git can tell (reftable storage).
 */
export function headCommit(directory: string): string | undefined {
  const head = textOf(join(directory, "HEAD"))?.trim();
  if (head === undefined) return undefined;
  if (oidPattern.test(head)) return head;
  const packed = textOf(join(directory, "packed-refs")) ?? "";
  let name = head.replace(/^ref:\s*/, "");
  // A symbolic ref may name another one; git itself stops after five.
  for (let depth = 0; depth < 5; depth++) {
    if (!/^refs\/[^\0-\x20~^:?*[\\]+$/.test(name) || name.includes("..")) return undefined;
    const loose = textOf(join(directory, name))?.trim();
    if (loose === undefined) return refIn(packed, name) ?? onlyBranch(packed);
    if (oidPattern.test(loose)) return loose;
    name = loose.replace(/^ref:\s*/, "");
  }
  return undefined;
}

/** The commits at which a shallow clone was cut off from its past; none for a whole one. */
export function shallowCommits(directory: string): string[] {
  const lines = (textOf(join(directory, "shallow")) ?? "").split("\n");
  return lines.filter((line) => oidPattern.test(line)).sort();
}

/** True when the references are kept where only git can read them. */
export function usesReftable(directory: string): boolean {
  try {
    return statSync(join(directory, "reftable")).isDirectory();
  } catch {
    // The usual case: no such folder.
    return false;
  }
}

/** The commit a repository is at; asks git only where the files do not say. */
export async function headOf(git: string, directory: string): Promise<string | undefined> {
  if (!usesReftable(directory)) return headCommit(directory);
  const { stdout } = await runGit(git, directory, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  return oidPattern.test(stdout.trim()) ? stdout.trim() : undefined;
}
