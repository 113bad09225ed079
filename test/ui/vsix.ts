/** Packages the extension as it is published. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVSIX, listFiles, PackageManager } from "@vscode/vsce";
import { root } from "../fixtures.ts";

/** Writes the package of what is built now; the default is `kernel-mail-VERSION.vsix` at the root. Returns its path. */
export async function packageExtension(path?: string): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(root(), "package.json"), "utf8")) as { version: string };
  const packagePath = path ?? join(root(), `kernel-mail-${manifest.version}.vsix`);
  await createVSIX({ cwd: root(), packagePath, dependencies: false });
  return packagePath;
}

/** What the package holds, sorted, with `/` between folders. */
export async function packagedFiles(): Promise<string[]> {
  return (await listFiles({ cwd: root(), packageManager: PackageManager.None })).sort();
}
