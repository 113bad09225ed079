/**
 * Puts what the tests and `npm start` need onto a bare machine: the project's own packages, and in the user's cache a
 * real VS Code without a desktop with the Node it runs on. Plain JavaScript for Node 20, which is all there may be.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The repository's root. */
export const root = resolve(here, "..", "..");

/** Where everything that outlives a clone is kept: `$XDG_CACHE_HOME/kernel-mail` or `~/.cache/kernel-mail`. */
export const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), ".cache"), "kernel-mail");

/** npm as this process was started by it, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js")) return [process.execPath, script];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/**
 * Runs npm in a folder. What a surrounding `npm start` or `npm test` says about its own package is taken out of the
 * environment, or npm would work on that one.
 */
function npm(folder, args) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(package_|lifecycle_|config_(prefix|local_prefix|global_prefix)$)/i.test(name))
      delete env[name];
  }
  const [program, ...first] = npmCommand();
  const outcome = spawnSync(program, [...first, ...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (outcome.error) throw outcome.error;
  if (outcome.status !== 0)
    throw new Error(`npm ${args[0]} failed in ${folder} (exit code ${outcome.status}).`);
}

const digest = (file) => createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);

/** Runs `npm ci` at the root when there are no packages yet, or when the lock file is not the one they came from. */
export async function ensureDependencies() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  const stamp = join(root, "node_modules", ".kernel-mail-lock");
  const want = digest(lock);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === want) return;
  const current = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (!current || existsSync(stamp)) {
    console.log("Installing the project's packages (npm ci) ...");
    npm(root, ["ci", "--ignore-scripts"]);
  }
  await writeFile(stamp, want);
}

/** The folder names of the Node package that carries a Node for this machine, or undefined where there is none. */
const nodePackage = () =>
  process.platform === "linux" && ["x64", "arm64"].includes(process.arch)
    ? `node-linux-${process.arch}`
    : undefined;

/** Removes what an installation that was killed left behind. The name ends in the id of the process that wrote it. */
async function removeRemains(cache) {
  for (const name of readdirSync(cache)) {
    const pid = /^host-[0-9a-f]+\.installing-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch (error) {
      if (error.code === "ESRCH") await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}

/**
 * The installed host: `node` is a Node 24, `codeServer` the script that starts VS Code on it. Installed once for each
 * state of the lock file, shared by all clones of one user, and never seen half done: it is built beside and renamed.
 */
export async function ensureHost() {
  const carrier = nodePackage();
  if (carrier === undefined) {
    throw new Error(
      `There is no embedded VS Code for ${process.platform} ${process.arch}. Put desktop VS Code's "code" on the PATH and use Node 24 or later.`,
    );
  }
  const cache = cacheFolder();
  // A test process has a home of its own, and with it an empty cache: it is told where the host is.
  const folder =
    process.env.KERNEL_MAIL_HOST || join(cache, `host-${digest(join(here, "package-lock.json"))}`);
  const host = {
    folder,
    node: join(folder, "node_modules", carrier, "bin", "node"),
    codeServer: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
  };
  if (existsSync(host.codeServer)) return host;

  mkdirSync(cache, { recursive: true });
  await removeRemains(cache);
  console.log(`Installing the embedded VS Code into ${folder} (once, about 700 MB) ...`);
  const building = `${folder}.installing-${process.pid}`;
  mkdirSync(building);
  try {
    for (const name of ["package.json", "package-lock.json"])
      copyFileSync(join(here, name), join(building, name));
    npm(building, ["ci", "--ignore-scripts"]);
    if (!existsSync(join(building, "node_modules", carrier, "bin", "node"))) {
      throw new Error(`npm did not install ${carrier}. Is "omit=optional" set in an .npmrc?`);
    }
    // The server's own dependencies come from its shrinkwrap; `npm ci` refuses that file, `npm install` follows it.
    npm(join(building, "node_modules", "code-server", "lib", "vscode"), [
      "install",
      "--omit=dev",
      "--omit=optional",
      "--ignore-scripts",
      "--no-save",
    ]);
    await rename(building, folder);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // Another run may have been first; its copy is as good as ours.
    if (!existsSync(host.codeServer)) throw error;
  }
  return host;
}

/** The Node this project's TypeScript runs on: the present one when it is new enough, else the host's. */
export async function ensureNode() {
  if (Number(process.versions.node.split(".")[0]) >= 24 && nodePackage() === undefined)
    return process.execPath;
  return (await ensureHost()).node;
}

/** Goes on in another script on that Node, with the same streams; ends this process as that one ends. */
export function goOn(node, script, args, env = {}) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", script, ...args], {
    stdio: "inherit",
    env: { ...process.env, ...env, KERNEL_MAIL_ROOT: root },
  });
  // Ctrl-C reaches the whole group; the child decides how it ends.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
}
