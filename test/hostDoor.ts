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
import { suiteFiles, suiteTimeoutMs } from "./suites.ts";

const bundle = (): string => join(root(), "dist-test", "host.cjs");

/**
 * Bundles the runner and the host suite into the one file that the extension host loads. It exports `run()`, as
 * VS Code asks of a test entry; every test file is loaded when its turn comes, so that Mocha knows which it is in.
 */
export async function buildHostBundle(words: readonly string[]): Promise<string> {
  const files = suiteFiles("host", words);
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
    const page = await browser.newPage();
    let ended: (code: number) => void = () => undefined;
    const exit = new Promise<number>((resolve) => {
      ended = resolve;
    });
    await page.exposeFunction("codeAutomationExit", (code: number) => ended(code));
    await page.exposeFunction("codeAutomationLog", () => undefined);
    const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
    const payload = JSON.stringify([
      ["extensionDevelopmentPath", remote(root())],
      ["extensionTestsPath", remote(testBundle)],
      ["skipWelcome", "true"],
    ]);
    await page.goto(`${server.url}?${new URLSearchParams({ folder: workspace, payload })}`);
    // A server without the smoke driver ignores the payload without a word; the title tells.
    await page.waitForFunction('document.title.includes("[Extension Development Host]")', undefined, {
      timeout: 60_000,
    });
    const code = await Promise.race([exit, server.ended, delay(10 * 60_000, "late", { ref: false })]);
    if (code === "late") throw new Error("The extension host did not end the tests within ten minutes.");
    if (code === undefined) throw new Error("The server ended before the tests did.");
    if (!existsSync(resultsFile)) {
      throw new Error(`The extension host ended with ${code} and ran no test; see ${server.logFile}.`);
    }
    rmSync(folder, { recursive: true, force: true });
  } finally {
    await browser.close();
    await server.stop();
  }
}
