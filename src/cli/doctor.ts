/** `doctor`: what there is to work with, and what is missing, for a person and for a bug report. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { readGitConfig } from "../base/gitConfig.ts";
import { runProgram } from "../base/process.ts";
import { isUserError, sentence } from "../base/report.ts";
import { chooseSelf } from "../compose/identity.ts";
import { formatMailbox } from "../mail/address.ts";
import type { Call } from "./call.ts";
import { UsageError } from "./usage.ts";
import { version } from "./version.ts";

/** The first of these files that can be run; null when there is none. */
async function firstProgram(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
  return null;
}

/** Where a program is: on the PATH, or in the places beside it where mail servers put theirs. */
function findProgram(name: string): Promise<string | null> {
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/lib",
    "/usr/local/sbin",
  ];
  return firstProgram(folders.filter((folder) => folder !== "").map((folder) => join(folder, name)));
}

/** What `git` answers to a question, null when there is no git or no answer. */
async function askGit(args: readonly string[]): Promise<string | null> {
  try {
    const { code, stdout } = await runProgram("git", args);
    return code === 0 ? stdout.toString("utf8").trim() : null;
  } catch (error) {
    if (isUserError(error)) return null;
    throw error;
  }
}

/** What the index says of itself, or why it cannot be opened. */
async function lookAtIndex(call: Call) {
  try {
    const archive = await call.open();
    try {
      await archive.check();
      const facts = await archive.diagnose();
      const archives = await archive.archives();
      return { facts, archives, problems: [...archive.notices] };
    } finally {
      archive.close();
    }
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { facts: {}, archives: [], problems: [sentence(error)] };
  }
}

export async function doctor(call: Call): Promise<number> {
  if (call.args.length > 0) throw new UsageError("doctor takes no argument.");
  const { facts, archives, problems } = await lookAtIndex(call);
  const git = await askGit(["--version"]);
  const gitPath = await askGit(["--exec-path"]);
  const sendEmail = gitPath && (await firstProgram([join(gitPath, "git-send-email")]));
  const self = chooseSelf(await readGitConfig("git", process.cwd(), call.signal));
  if (git === null) problems.push("git was not found: mirrors cannot be read. Install git.");
  if (!self) problems.push("git names nobody: set user.name and user.email to write replies.");
  for (const { source, problem, notes = [] } of archives) {
    if (problem !== undefined) problems.push(problem);
    problems.push(...notes.map((note) => `${source}: ${note}`));
  }
  await call.out.print({
    version: version(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    ...facts,
    git,
    gitSendEmail: sendEmail ? "present" : null,
    sendmail: await findProgram("sendmail"),
    identity: self ? formatMailbox(self.identity) : null,
    index: call.db,
    archives,
    problems,
  });
  return 0;
}
