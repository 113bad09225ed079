/** Files and folders that may not be read while a test looks at them, also where the tests run as root. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The words before a program that take from root the right to read and write whatever is closed; none for everybody
 * else. Undefined where root cannot be without it.
 */
export function asAnybody(): string[] | undefined {
  if (process.geteuid?.() !== 0) return [];
  // By its whole path, so that it is found where a test leaves the program no PATH.
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const setpriv = folders.map((folder) => join(folder, "setpriv")).find((path) => existsSync(path));
  if (setpriv === undefined) return undefined;
  const right = "--bounding-set=-dac_override,-dac_read_search";
  return spawnSync(setpriv, [right, "true"]).status === 0 ? [setpriv, right] : undefined;
}

/**
 * Closes these paths while `work` runs, which looks at them by programs that it starts with the words of `asAnybody`.
 * Where the system knows no such permissions the running test is skipped.
 */
export async function closedTo(
  test: Mocha.Context,
  paths: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  if (process.platform === "win32" || asAnybody() === undefined) {
    console.log("      skipped: the permissions of files do not hold here (as root they do with setpriv)");
    return test.skip();
  }
  const modes = paths.map((path) => statSync(path).mode & 0o777);
  for (const path of paths) chmodSync(path, 0);
  try {
    await work();
  } finally {
    for (const [at, path] of paths.entries()) chmodSync(path, modes[at] ?? 0o644);
  }
}
