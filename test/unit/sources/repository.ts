/** Repositories of mail written by git itself, commit by commit. */
import { mkdirSync } from "node:fs";
import { runProgram } from "../../../src/base/process.ts";

/** Files that a commit sets (path to content) or, with undefined, takes away. */
export type Step = Record<string, string | undefined>;

export async function git(directory: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram("git", ["-C", directory, ...args]);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.toString("latin1").trim();
}

export interface Writing {
  /** Seconds since 1970 of the first commit; the others follow a minute apart. */
  first?: number;
  /** Begin a new history instead of going on with the present one. */
  anew?: boolean;
  sha256?: boolean;
}

/** Adds commits to `master` of a bare repository, which is made when it is not there. */
export async function commit(
  directory: string,
  steps: readonly Step[],
  writing: Writing = {},
): Promise<void> {
  const { first = Date.UTC(2026, 10, 16) / 1000, anew = false, sha256 = false } = writing;
  mkdirSync(directory, { recursive: true });
  const format = sha256 ? ["--object-format=sha256"] : [];
  await git(directory, "init", "--quiet", "--bare", "--initial-branch=master", ...format);
  const { code } = await runProgram("git", ["-C", directory, "rev-parse", "--verify", "--quiet", "master"]);
  const pieces = steps.map((step, index) => {
    const who = `Test Runner <runner@kernel.example> ${first + index * 60} +0000`;
    const from = index === 0 && code === 0 && !anew ? "from refs/heads/master^0\n" : "";
    const files = Object.entries(step).map(([path, content]) =>
      content === undefined ? `D ${path}\n` : `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`,
    );
    return `commit refs/heads/master\nauthor ${who}\ncommitter ${who}\ndata 2\nx\n${from}${files.join("")}\n`;
  });
  const reset = anew ? "reset refs/heads/master\n" : "";
  const input = Buffer.from(reset + pieces.join(""), "latin1");
  const done = await runProgram("git", ["-C", directory, "fast-import", "--quiet", "--force"], { input });
  if (done.code !== 0) throw new Error(`git fast-import: ${done.stderr}`);
}

/** v2 steps: a mail comes as `m`, goes as `d`. */
export const comes = (mail: string): Step => ({ d: undefined, m: mail });
export const goes = (mail: string): Step => ({ m: undefined, d: mail });
