/** The runner's door for the extension host: what is bundled, how it is started, and what runs there. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import { fixturePath, root } from "./fixtures.ts";
import { openBrowser } from "./host/browser.ts";
import type { Host } from "./host/install.mjs";
import { startServer, testSettings } from "./host/server.ts";
import { suiteTimeoutMs } from "./suites.ts";

const bundle = (): string => join(root(), "dist-test", "host.cjs");

/**
 * Bundles the runner and test files, paths below the root, into the one file that the extension host loads. It exports
 * `run()`, as VS Code asks of a test entry; every file is loaded when its turn comes, so that Mocha knows which it is in.
 */
export async function buildHostBundle(files: readonly string[]): Promise<string> {
  const entry = [
    'import { run as runFiles } from "./test/run.ts";',
    "const files = [",
    ...files.map(
      (path) => `{ path: ${JSON.stringify(path)}, load: () => require(${JSON.stringify(`./${path}`)}) },`,
    ),
    "];",
    "export async function run() {",
    '  const resultsFile = process.env["KERNEL_MAIL_TEST_RESULTS"];',
    '  if (resultsFile === undefined) throw new Error("KERNEL_MAIL_TEST_RESULTS is not set");',
    `  const failures = await runFiles(files, resultsFile, ${suiteTimeoutMs("host")});`,
    "  if (failures > 0) throw new Error(`$" + "{failures} failed`);",
    "}",
  ].join("\n");
  await build({
    stdin: { contents: entry, resolveDir: root(), sourcefile: "host-entry.ts", loader: "ts" },
    outfile: bundle(),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["vscode", "mocha", "playwright-core", "esbuild"],
    sourcemap: "linked",
    logLevel: "warning",
  });
  return bundle();
}

/**
 * Runs the bundle in the extension host of the embedded VS Code, the repository being the extension under
 * development. The results are in `resultsFile` afterwards. Rejects when the host did not run the tests at all.
 */
export async function runInHost(host: Host, testBundle: string, resultsFile: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-host-"));
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  const server = await startServer({
    host,
    folder,
    settings: testSettings,
    // No test asks a server that it has not started.
    machineSettings: { "kernelMail.servers": [] },
    smokeDriver: true,
    env: {
      KERNEL_MAIL_TEST_RESULTS: resultsFile,
      KERNEL_MAIL_ROOT: root(),
      // The authority that the system knows; no test asks a server outside.
      SSL_CERT_FILE: fixturePath("tls", "authority.pem"),
    },
  });
  const browser = await openBrowser();
  try {
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
    const payload = JSON.stringify([
      ["extensionDevelopmentPath", remote(root())],
      ["extensionTestsPath", remote(testBundle)],
      ["skipWelcome", "true"],
    ]);
    // A page that is driven has each frame of its web sockets told to the driver, a sixth of the whole run's work.
    // This one is opened and left alone: it is small, as nobody looks, and the results say when the tests have ended.
    const session = await browser.newBrowserCDPSession();
    const { targetId } = await session.send("Target.createTarget", {
      url: `${server.url}?${new URLSearchParams({ folder: workspace, payload })}`,
      width: 480,
      height: 360,
    });
    const title = async (): Promise<string> =>
      (await session.send("Target.getTargetInfo", { targetId })).targetInfo.title;
    const until = async (
      holds: () => boolean | Promise<boolean>,
      ms: number,
      what: string,
    ): Promise<void> => {
      for (const deadline = Date.now() + ms; !(await holds()); await delay(100)) {
        if (Date.now() > deadline) throw new Error(`${what}; see ${server.logFile}.`);
      }
    };
    const testsEnd = async (): Promise<void> => {
      // A server without the smoke driver ignores the payload without a word; the title tells.
      const started = async (): Promise<boolean> =>
        existsSync(resultsFile) || (await title()).includes("[Extension Development Host]");
      await until(started, 60_000, "The extension host does not start");
      const late = "The extension host did not end the tests within ten minutes";
      await until(() => existsSync(resultsFile), 10 * 60_000, late);
    };
    const serverEnds = server.ended.then(() => {
      throw new Error(`The server ended before the tests did; see ${server.logFile}.`);
    });
    await Promise.race([testsEnd(), serverEnds]);
    rmSync(folder, { recursive: true, force: true });
  } finally {
    await browser.close();
    await server.stop();
  }
}
