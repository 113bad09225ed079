/** Runs the suites and says in one last line what came of all tests. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { root } from "./fixtures.ts";
import { browserPath, noBrowser } from "./host/browser.ts";
import { ensureHost } from "./host/install.mjs";
import { buildHostBundle, runInHost } from "./hostDoor.ts";
import type { TestResult } from "./run.ts";
import { type SuiteName, suiteFiles } from "./suites.ts";
import { packageExtension } from "./ui/vsix.ts";

const total = { passed: 0, failed: 0, skipped: 0 };
/** What a run writes is some 60 MB at a time; a system that lends less than this may miss it elsewhere. */
const SCRATCH_BYTES = 2 ** 30;

/**
 * A folder for everything that a run writes, in memory where the system lends some: it is thousands of
 * small files, many of them synced, and a disk lets each of these wait.
 */
function openScratch(): string {
  const memory = "/dev/shm";
  const roomy = existsSync(memory) && freeBytes(memory) >= SCRATCH_BYTES;
  const folder = mkdtempSync(join(roomy ? memory : tmpdir(), "kernel-mail-test-"));
  // Servers that run as users of their own look into it.
  chmodSync(folder, 0o755);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function freeBytes(folder: string): number {
  const { bsize, bavail } = statfsSync(folder);
  return bsize * bavail;
}

const scratch = openScratch();
process.env["TMPDIR"] = scratch;

/** One result that is not a Mocha test: a step of the check, a suite that could not start. */
function count(state: keyof typeof total, suite: string, reason: string): void {
  total[state] += 1;
  console.log(`${suite}: ${state}: ${reason}`);
}

/** How a failure is called that is not the last word. */
const AGAIN = "FAILED, and run again";

const isFailed = ({ state }: TestResult): boolean => state === "failed";

const readResults = (file: string): TestResult[] => JSON.parse(readFileSync(file, "utf8")) as TestResult[];

/** Prints the tests that failed, each with its error; `said` is how that is called. */
function printFailed(suite: string, results: readonly TestResult[], said = "FAILED"): void {
  for (const { title, file, error } of results.filter(isFailed)) {
    console.log(`\n${suite}: ${said}: ${title}\n  in ${file}\n${(error ?? "").replace(/^/gm, "    ")}\n`);
  }
}

/**
 * Reads what the processes of a suite wrote, prints it and adds it up. A process that left no file has failed, and so
 * has a suite that ran no test.
 */
function report(suite: string, resultsFiles: readonly string[], startedMs: number): void {
  const [left, lost] = [resultsFiles.filter(existsSync), resultsFiles.filter((file) => !existsSync(file))];
  for (const file of lost) count("failed", suite, `${basename(file)}: it ended without leaving results`);
  const results = left.flatMap(readResults);
  if (lost.length === 0 && results.length === 0) count("failed", suite, "no test ran");
  const of = (state: TestResult["state"]): TestResult[] => results.filter((result) => result.state === state);
  printFailed(suite, results);
  for (const state of ["passed", "failed", "skipped"] as const) total[state] += of(state).length;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `${suite}: ${of("passed").length} passed, ${of("failed").length} failed, ${of("skipped").length} skipped in ${seconds} s`,
  );
}

/** Runs a program with its output shown; resolves with its exit code. */
async function show(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, args, { cwd: root(), env, stdio: ["ignore", "inherit", "inherit"] });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/**
 * The environment of a test process: a home of its own, so that neither the person's git configuration nor a cache
 * decides what a test sees, and nothing is left behind in either.
 */
function testEnvironment(): NodeJS.ProcessEnv {
  const home = join(scratch, "home");
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, ".gitconfig"),
    "[user]\n\tname = Test Runner\n\temail = runner@kernel.example\n[init]\n\tdefaultBranch = master\n[safe]\n\tdirectory = *\n",
  );
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(npm_|GIT_|XDG_(CACHE|CONFIG|DATA|STATE)_HOME$)/.test(name)) delete env[name];
  }
  return { ...env, HOME: home, KERNEL_MAIL_ROOT: root() };
}

/** Runs test files of a suite on plain Node, in a process of their own; where the results are then. */
async function onNode(
  suite: SuiteName,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const resultsFile = join(mkdtempSync(join(scratch, `${suite}-`)), `${basename(words[0] ?? suite)}.json`);
  const flags = ["--disable-warning=ExperimentalWarning"];
  const door = join(root(), "test", "nodeDoor.ts");
  const args = [...flags, door, suite, resultsFile, ...words];
  await show(process.execPath, args, { ...testEnvironment(), ...env });
  return resultsFile;
}

/**
 * Whether a file starts many programs. To start one, the memory of the process that does it is mapped once more, 10 ms
 * for 400 MB: such files run in a process of their own, that has loaded little.
 */
const startsPrograms = (file: string): boolean => /^test\/(cli|unit\/sources)\//.test(file);

async function unit(words: readonly string[]): Promise<void> {
  const startedMs = Date.now();
  const files = suiteFiles("unit", words);
  const results: string[] = [];
  for (const part of [files.filter(startsPrograms), files.filter((file) => !startsPrograms(file))]) {
    if (part.length > 0) results.push(await onNode("unit", part));
  }
  report("unit", results, startedMs);
}

/** `npm run check`; where it fails the tests still run, as long as the build does not fail. */
async function check(): Promise<boolean> {
  if ((await show("npm", ["run", "--silent", "check"], process.env)) === 0) {
    count("passed", "check", "formatting, lint, types and build");
    return true;
  }
  count("failed", "check", "see above");
  return await build();
}

/** Runs test files inside the extension host; those that fail once more, as with the workbench, in a new one. */
async function inExtensionHost(suite: SuiteName, files: readonly string[]): Promise<void> {
  if (browserPath() === undefined) return count("skipped", suite, noBrowser);
  const startedMs = Date.now();
  const folder = mkdtempSync(join(scratch, `${suite}-`));
  const [first, second] = [join(folder, "first.json"), join(folder, "again.json")];
  try {
    await runInHost(await ensureHost(), await buildHostBundle(files), first);
    const results = existsSync(first) ? readResults(first) : [];
    const failed = new Set(results.filter(isFailed).map(({ file }) => file));
    if (failed.size === 0) return report(suite, [first], startedMs);
    printFailed(suite, results, AGAIN);
    writeFileSync(first, JSON.stringify(results.filter(({ file }) => !failed.has(file))));
    await runInHost(await ensureHost(), await buildHostBundle([...failed]), second);
  } catch (error) {
    return count("failed", suite, String(error));
  }
  report(suite, [first, second], startedMs);
}

const host = async (words: readonly string[]): Promise<void> =>
  await inExtensionHost("host", suiteFiles("host", words));

/** The same bundle in a desktop VS Code, where one is named. */
async function desktop(): Promise<void> {
  const vscodeExecutablePath = process.env["VSCODE_EXECUTABLE"];
  if (vscodeExecutablePath === undefined) {
    return count("skipped", "desktop", "VSCODE_EXECUTABLE names no desktop VS Code");
  }
  const startedMs = Date.now();
  const resultsFile = join(scratch, "desktop.json");
  try {
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root(),
      extensionTestsPath: await buildHostBundle(suiteFiles("host")),
      extensionTestsEnv: { KERNEL_MAIL_TEST_RESULTS: resultsFile, KERNEL_MAIL_ROOT: root() },
      launchArgs: ["--disable-extensions"],
    });
  } catch (error) {
    console.log(`desktop: ${String(error)}`);
  }
  report("desktop", [resultsFile], startedMs);
}

/**
 * On two busy cores a click can be lost to an animation, and a focus to an editor that opens late. VS Code's own smoke
 * tests are retried for that reason; ours once, a whole file in a new workbench, since its tests build on one another.
 */
const triesOf = (file: string): number => (file.startsWith("test/ui/") ? 2 : 1);

/**
 * Runs test files two at a time, each in a process of its own, the second row of them after `begun`; where the results
 * are then. Every failure of a file that is run again is printed; what its last run says counts.
 */
async function twoAtATime(
  suite: SuiteName,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  begun?: Promise<void>,
): Promise<string[]> {
  const waiting = [...files];
  const results: string[] = [];
  const run = async (file: string, left: number): Promise<string> => {
    const resultsFile = await onNode(suite, [file], env);
    const failed = existsSync(resultsFile) ? readResults(resultsFile).filter(isFailed) : undefined;
    if (left === 0 || failed?.length === 0) return resultsFile;
    printFailed(suite, failed ?? [], AGAIN);
    rmSync(resultsFile, { force: true });
    return await run(file, left - 1);
  };
  const row = async (start: Promise<void> | undefined): Promise<void> => {
    await start;
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      results.push(await run(file, triesOf(file) - 1));
    }
  };
  await Promise.all([row(undefined), row(begun)]);
  return results;
}

/** Every file has a workbench of its own, which waits more than it works; the second row of them begins after `begun`. */
async function ui(words: readonly string[], begun?: Promise<void>): Promise<void> {
  if (browserPath() === undefined) return count("skipped", "ui", noBrowser);
  const startedMs = Date.now();
  const vsix = await packageExtension(join(scratch, "kernel-mail.vsix"));
  const { folder } = await ensureHost();
  const env = { KERNEL_MAIL_VSIX: vsix, KERNEL_MAIL_HOST: folder };
  report("ui", await twoAtATime("ui", suiteFiles("ui", words), env, begun), startedMs);
}

/** What needs the extension host runs there, beside the rest. */
async function long(words: readonly string[]): Promise<void> {
  const startedMs = Date.now();
  const { folder } = await ensureHost();
  const files = suiteFiles("long", words);
  const inHost = files.filter((file) => file.startsWith("test/host/"));
  const others = files.filter((file) => !inHost.includes(file));
  const hosted = inHost.length === 0 ? Promise.resolve() : inExtensionHost("long", inHost);
  const results = await twoAtATime("long", others, { KERNEL_MAIL_HOST: folder }, hosted);
  await hosted;
  if (others.length > 0 || inHost.length === 0) report("long", results, startedMs);
}

const build = async (): Promise<boolean> =>
  (await show("npm", ["run", "--silent", "build"], process.env)) === 0;

/** Runs a suite; one that cannot run has failed and keeps the others from nothing. */
async function attempt(name: string, suite: () => Promise<void>): Promise<void> {
  try {
    await suite();
  } catch (error) {
    count("failed", name, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Everything, or the one suite that is named. False when there is no such suite. */
async function runSuites(task: string, words: readonly string[]): Promise<boolean> {
  const suites = new Map<string, () => Promise<void>>([
    ["unit", () => unit(words)],
    ["host", () => host(words)],
    ["ui", () => ui(words)],
    ["desktop", desktop],
    ["long", () => long(words)],
  ]);
  const suite = suites.get(task);
  if (suite === undefined && task !== "all") return false;
  if (!(suite === undefined ? await check() : await build())) {
    count("failed", "build", "nothing else can run");
    return true;
  }
  if (suite !== undefined) await attempt(task, suite);
  else {
    // Each of the three waits a third of its time: side by side they keep two cores busy, and a fourth would be too many.
    const units = attempt("unit", () => unit(words));
    await Promise.all([units, attempt("host", () => host(words)), attempt("ui", () => ui(words, units))]);
    await attempt("desktop", desktop);
  }
  return true;
}

const [task = "all", ...words] = process.argv.slice(2);
if (task === "package") {
  if (!(await build())) process.exit(1);
  console.log(`Wrote ${await packageExtension()}`);
} else if (task === "bench") {
  process.exitCode = await show(
    process.execPath,
    [join(root(), "test", "bench", "index.ts"), ...words],
    process.env,
  );
} else if (task === "pictures") {
  if (!(await build())) process.exit(1);
  process.exitCode = await show(process.execPath, [join(root(), "test", "ui", "pictures.ts")], process.env);
} else if (await runSuites(task, words)) {
  process.exitCode = total.failed === 0 ? 0 : 1;
  // Nothing is said after this line.
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
} else {
  console.error(
    `There is no suite “${task}”: unit, host, ui, desktop, long, bench, package, pictures, or nothing for all.`,
  );
  process.exitCode = 2;
}
