/** Files and folders that may not be read while a test looks at them, also where the tests run as root. */
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Somebody who owns nothing. */
const nobody = 65_534;

/** Opens a tree to everybody, so that nobody can go through it and write where root could. */
function open(path: string): void {
  chmodSync(path, statSync(path).isDirectory() ? 0o777 : 0o666);
  if (!statSync(path).isDirectory()) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) open(join(path, entry.name));
  }
}

/**
 * Closes these paths while `work` runs. Root may read everything: it works as nobody meanwhile, below `root`, which is
 * opened to everybody. Where the system knows no such permissions the running test is skipped.
 */
export async function closedTo(
  test: Mocha.Context,
  root: string,
  paths: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  if (process.platform === "win32" || process.geteuid === undefined) {
    console.log("      skipped: this system has no permissions to take away");
    return test.skip();
  }
  const isRoot = process.geteuid() === 0;
  if (isRoot) open(root);
  const modes = paths.map((path) => statSync(path).mode & 0o777);
  for (const path of paths) chmodSync(path, 0);
  if (isRoot) process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const [at, path] of paths.entries()) chmodSync(path, modes[at] ?? 0o644);
  }
}
