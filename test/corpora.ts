/** Real mail for the tests that can use it; the only file that knows where it lies. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./fixtures.ts";

/** The folder with real mail, or undefined on a machine that has none. */
export function corporaFolder(): string | undefined {
  const folder = process.env["KERNEL_MAIL_CORPORA"] ?? resolve(root(), "..", "shared", "corpora");
  return existsSync(folder) ? folder : undefined;
}

/**
 * The path of a file or folder of real mail. Where it is absent, the running test is skipped and says why.
 * Call it with the test's own `this`.
 */
export function corpus(test: Mocha.Context, ...path: string[]): string {
  const folder = corporaFolder();
  const wanted = folder === undefined ? undefined : join(folder, ...path);
  if (wanted !== undefined && existsSync(wanted)) return wanted;
  console.log(`      skipped: no real mail at ${join("corpora", ...path)} (set KERNEL_MAIL_CORPORA)`);
  return test.skip();
}
