/** git's configuration as data: the one place that asks git who the person is and how they send. */

import { runProgram } from "./process.ts";
import { isUserError } from "./report.ts";

/**
 * The values of the `user`, `sendemail` and `b4` sections as git prints them (section and key in lower case), in
 * git's order, so that the last value of a key is the one that counts. `cwd` decides which repository's
 * configuration takes part. A machine without git has no such values: empty.
 */
export async function readGitConfig(
  git: string,
  cwd: string,
  signal?: AbortSignal,
): Promise<[key: string, value: string][]> {
  const args = ["-C", cwd, "config", "--null", "--get-regexp", "^(user|sendemail|b4)\\."];
  try {
    const { stdout } = await runProgram(git, args, signal ? { signal } : {});
    return stdout
      .toString("utf8")
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => {
        const end = entry.indexOf("\n");
        return end < 0 ? [entry, "true"] : [entry.slice(0, end), entry.slice(end + 1)];
      });
  } catch (error) {
    if (isUserError(error)) return [];
    throw error;
  }
}
