/** Starts and stops the embedded VS Code: one server on loopback with folders of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Host } from "./install.mjs";

export interface ServerOptions {
  host: Host;
  /** Where the server keeps everything; two servers never share one at the same time. */
  folder: string;
  /** The person's settings, and those of the machine. */
  settings?: Record<string, unknown>;
  machineSettings?: Record<string, unknown>;
  /** Lets a test run in the extension host; hides toasts, so it is off where a person is played. */
  smokeDriver?: boolean;
  env?: Record<string, string>;
  port?: number;
  /** The home folder that programs see; by default one of the server's own. */
  home?: string;
}

export interface Server {
  port: number;
  /** The address to open, ending in a slash. */
  url: string;
  /** What the server has said, for a person to read. */
  logFile: string;
  /** Settles when the process has ended. */
  ended: Promise<void>;
  /** Ends the server and all it started; `SIGKILL` is the power cut. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Settings for a workbench that shows what is asked of it and nothing else. */
export const quietSettings: Record<string, unknown> = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "workbench.enableExperiments": false,
  "extensions.autoUpdate": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "git.openRepositoryInParentFolders": "never",
  "github.gitAuthentication": false,
  "npm.fetchOnlinePackageInfo": false,
};

/** Further settings that make a workbench fit for reading by a program. */
export const testSettings: Record<string, unknown> = {
  ...quietSettings,
  "workbench.trustedDomains.promptInTrustedWorkspace": true,
  "workbench.editor.empty.hint": "hidden",
  "window.commandCenter": false,
  "workbench.editor.useModal": "off",
  "window.confirmBeforeClose": "never",
  "files.simpleDialog.enable": true,
  "git.autofetch": false,
  "typescript.disableAutomaticTypeAcquisition": true,
  "json.schemaDownload.enable": false,
  "workbench.reduceMotion": "on",
  "editor.cursorBlinking": "solid",
  "editor.accessibilitySupport": "off",
  "terminal.integrated.gpuAcceleration": "off",
  "workbench.colorTheme": "Light Modern",
};

/** A port on loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port on 127.0.0.1 is free.");
  return address.port;
}

/** The arguments by which every command finds the same folders. */
const folderArguments = (folder: string): string[] => [
  "--config",
  join(folder, "config.yaml"),
  "--user-data-dir",
  join(folder, "data"),
  "--extensions-dir",
  join(folder, "extensions"),
];

function environment(home: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|GIT_|CODE_SERVER)/.test(name)) delete env[name];
  }
  return { ...env, HOME: home, ...extra };
}

/** Installs a packaged extension into the server's folder. Rejects with what the program said. */
export async function installExtension(host: Host, folder: string, vsix: string): Promise<void> {
  mkdirSync(join(folder, "home"), { recursive: true });
  const args = [host.codeServer, ...folderArguments(folder), "--install-extension", vsix, "--force"];
  const child = spawn(host.node, args, {
    env: environment(join(folder, "home")),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`Installing ${vsix} failed (exit code ${code}):\n${said}`);
}

async function untilHealthy(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server ended at once; see ${logFile}.`);
    const answer = await fetch(`${url}healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
  throw new Error(`The server does not answer at ${url}; see ${logFile}.`);
}

/** Starts a server and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, folder } = options;
  for (const name of ["home", join("data", "User"), join("data", "Machine"), "extensions"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  if (options.settings !== undefined) {
    writeFileSync(join(folder, "data", "User", "settings.json"), JSON.stringify(options.settings, null, 2));
  }
  if (options.machineSettings !== undefined) {
    const file = join(folder, "data", "Machine", "settings.json");
    writeFileSync(file, JSON.stringify(options.machineSettings, null, 2));
  }
  const port = options.port ?? (await freePort());
  const logFile = join(folder, "server.log");
  const log = openSync(logFile, "a");
  const child = spawn(
    host.node,
    [
      host.codeServer,
      ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
      ...folderArguments(folder),
      ...["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
      "--disable-getting-started-override",
      ...(options.smokeDriver === true ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ],
    {
      env: environment(options.home ?? join(folder, "home"), options.env),
      stdio: ["ignore", log, log],
      detached: true,
    },
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const atExit = (): void => signalGroup("SIGKILL");
  process.on("exit", atExit);
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    signalGroup(signal);
    await Promise.race([ended, delay(3000, undefined, { ref: false })]);
    // An extension host may outlive its server.
    signalGroup("SIGKILL");
    await ended;
    process.off("exit", atExit);
  };
  const url = `http://127.0.0.1:${port}/`;
  try {
    await Promise.race([
      untilHealthy(url, child, logFile),
      new Promise((_, reject) => child.on("error", reject)),
    ]);
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return { port, url, logFile, ended, stop };
}
