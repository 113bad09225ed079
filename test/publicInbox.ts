/** A real public-inbox server on loopback, of its own folder, serving an inbox made from given messages. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

export interface PublicInboxServer {
  /** `http://127.0.0.1:PORT/`. */
  base: string;
  /** Delivers a message; the running server shows it at once. */
  deliver(mail: Buffer): Promise<void>;
  /** Takes notice of what has changed in the inbox's folder, such as a new epoch. */
  index(): Promise<void>;
  close(): Promise<void>;
}

interface ServedInbox {
  /** The inbox's name on the server. */
  name: string;
  /** The list's address. */
  address: string;
  /** A v2 inbox with its epochs that becomes the server's own: it writes its index beside it. */
  folder: string;
}

/** Whether Debian's public-inbox is installed. */
export const hasPublicInbox = (): boolean =>
  spawnSync("public-inbox-httpd", ["--help"], { stdio: "ignore" }).error === undefined;

/** Skips the running test (or, from a hook, its suite) with a reason where there is no public-inbox. */
export function needPublicInbox(test: Mocha.Context): void {
  if (hasPublicInbox()) return;
  console.log("      skipped: public-inbox is not installed (apt-get install public-inbox)");
  test.skip();
}

/** How long the server may take to answer, in milliseconds. */
const READY_MS = 60_000;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, "127.0.0.1", resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

/** Indexes the inbox and serves it. */
export async function servePublicInbox({ name, address, folder }: ServedInbox): Promise<PublicInboxServer> {
  const home = mkdtempSync(join(tmpdir(), "kernel-mail-inbox-"));
  mkdirSync(join(home, ".public-inbox"));
  const base = `http://127.0.0.1:${await freePort()}/`;
  const config = join(home, "config");
  const env = { ...process.env, HOME: home, PI_CONFIG: config };
  const run = async (program: string, ...args: string[]) => {
    await promisify(execFile)(program, args, { env });
  };
  await run("public-inbox-init", "-V2", "-L", "full", name, folder, `${base}${name}`, address);
  const index = () => run("public-inbox-index", "-L", "full", folder);
  await index();
  await run("git", "config", "-f", config, "publicinbox.wwwlisting", "all");
  await run("git", "config", "-f", config, "publicinboxmda.spamcheck", "none");
  const server = spawn("public-inbox-httpd", ["-W0", "-l", base.slice(0, -1)], { env, stdio: "ignore" });
  const atExit = (): void => void server.kill();
  process.on("exit", atExit);
  await ready(`${base}${name}/`, server);
  return {
    base,
    index,
    deliver: async (mail) => {
      const child = spawn("public-inbox-mda", ["--no-precheck"], {
        env: { ...env, ORIGINAL_RECIPIENT: address },
        stdio: ["pipe", "ignore", "ignore"],
      });
      child.stdin.end(mail);
      const code = await new Promise((resolve) => child.on("close", resolve));
      if (code !== 0) throw new Error(`public-inbox-mda ended with ${code}`);
    },
    close: async () => {
      process.off("exit", atExit);
      server.kill();
      if (server.exitCode === null) await new Promise((resolve) => server.on("close", resolve));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (server.exitCode !== null) throw new Error("public-inbox-httpd ended at once.");
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error("public-inbox-httpd does not answer.");
    await delay(50);
  }
}
