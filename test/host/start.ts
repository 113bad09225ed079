/** Opens a real VS Code with the packaged extension and the given archives, or the sample: `npm start [-- PATH…]`. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { root } from "../fixtures.ts";
import { packageExtension } from "../ui/vsix.ts";
import { cacheFolder, ensureHost } from "./install.mjs";
import { installExtension, quietSettings, startServer } from "./server.ts";

/** A problem with what was asked for; told without a stack. */
class Refusal extends Error {}

/** Runs a program with its output shown; throws where it fails. */
function mustRun(program: string, args: readonly string[]): void {
  const outcome = spawnSync(program, args, { cwd: root(), stdio: ["ignore", "inherit", "inherit"] });
  if (outcome.error !== undefined) throw outcome.error;
  if (outcome.status !== 0) throw new Refusal(`${program} ${args[0] ?? ""} failed.`);
}

/** Desktop VS Code's command, where the PATH has one. */
function desktopCode(): string | undefined {
  const names = process.platform === "win32" ? ["code.cmd", "code.exe"] : ["code"];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/**
 * Writes the settings of a profile: quiet ones where it has none yet, and always those that are given. What the person
 * has set since stays.
 */
function writeSettings(folder: string, given: Record<string, unknown> = {}): void {
  const file = join(folder, "settings.json");
  const present = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>) : {};
  writeFileSync(file, JSON.stringify({ ...quietSettings, ...present, ...given }, null, 2));
}

/** Opens desktop VS Code with folders of its own, so that the person's settings and extensions are not touched. */
function openDesktop(code: string, vsix: string, archives: readonly object[]): void {
  const folder = join(cacheFolder(), "desktop");
  const user = join(folder, "data", "User");
  mkdirSync(user, { recursive: true });
  writeSettings(user, { "kernelMail.archives": archives });
  const args = ["--user-data-dir", join(folder, "data"), "--extensions-dir", join(folder, "extensions")];
  // As root, VS Code starts only without its sandbox and with a data folder that is named.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  mustRun(code, [...args, "--install-extension", vsix, "--force"]);
  mustRun(code, [...args, "--new-window"]);
  console.log("Desktop VS Code is opening. Click the Kernel Mail icon on its left side.");
}

/** Starts the embedded VS Code and stays until Ctrl-C. */
async function openEmbedded(vsix: string, archives: readonly object[]): Promise<void> {
  const host = await ensureHost();
  const folder = join(cacheFolder(), "embedded");
  const user = join(folder, "data", "User");
  mkdirSync(user, { recursive: true });
  writeSettings(user);
  await installExtension(host, folder, vsix);
  const server = await startServer({
    host,
    folder,
    machineSettings: { "kernelMail.archives": archives },
    // The person's own: git's configuration says who they are, and ~ in a path means what it says.
    home: homedir(),
    // What the server would leave in that home goes beside its other files instead.
    env: { XDG_DATA_HOME: join(folder, "share"), XDG_CACHE_HOME: join(folder, "cache") },
  });
  console.log(`\nKernel Mail is at  ${server.url}\n`);
  console.log("Open it in a browser and click the Kernel Mail icon on the left side. Ctrl-C ends it.");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void server.stop());
  await server.ended;
}

async function start(paths: readonly string[]): Promise<void> {
  const archives =
    paths.length === 0
      ? [{ path: join(root(), "media", "sample", "sample.mbox"), name: "Sample archive" }]
      : paths.map((path) => ({ path: resolve(process.env["INIT_CWD"] ?? process.cwd(), path) }));
  for (const { path } of archives) {
    if (!existsSync(path)) throw new Refusal(`There is nothing at ${path}.`);
  }
  mustRun("npm", ["run", "--silent", "build"]);
  const scratch = mkdtempSync(join(tmpdir(), "kernel-mail-start-"));
  process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const vsix = await packageExtension(join(scratch, "kernel-mail.vsix"));
  const code = desktopCode();
  if (code !== undefined) openDesktop(code, vsix, archives);
  else await openEmbedded(vsix, archives);
}

try {
  await start(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Refusal ? error.message : error);
  process.exitCode = 1;
}
