/** The one test runner: loads test files into Mocha, runs them and writes what came of each test to a file. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import * as fc from "fast-check";
import * as mochaModule from "mocha";

/** What came of one test. `title` is the whole path of titles; `ms` how long it took. */
export interface TestResult {
  title: string;
  file: string;
  state: "passed" | "failed" | "skipped";
  ms: number;
  error?: string;
}

/** A test file: its path below the root, and what loads it. */
export interface TestFile {
  path: string;
  load: () => unknown;
}

// Mocha is an ES module that older Nodes hand to `require` wrapped once more.
const candidate: unknown = (mochaModule as { default?: unknown }).default ?? mochaModule;
const MochaClass = candidate as new (options: object) => Mocha;

/** Says nothing: who started the run prints what the file says. */
class Silent {}

/**
 * The stack with the places of our bundle told as places of the sources: the editor makes stacks of its own kind. Mocha
 * shortens paths to those below the working folder, from where they are read here as well.
 */
function inSources(stack: string): string {
  const maps = new Map<string, SourceMap>();
  return stack.replace(
    /([^\s():]+\.cjs):(\d+):(\d+)/g,
    (place, file: string, line: string, column: string) => {
      if (!existsSync(`${file}.map`)) return place;
      const map = maps.get(file) ?? new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
      maps.set(file, map);
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return place;
      return `${entry.originalSource.replace(/^(?:\.\.\/)+/, "")}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    },
  );
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? "";
  const text = stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`;
  const difference =
    "expected" in error && "actual" in error && !error.message.includes("\n")
      ? `\nexpected: ${JSON.stringify(error.expected)}\nactual:   ${JSON.stringify(error.actual)}`
      : "";
  return text + difference;
}

/** Whoever waits for the file finds it whole. */
function write(resultsFile: string, results: readonly TestResult[]): void {
  writeFileSync(`${resultsFile}.new`, JSON.stringify(results));
  renameSync(`${resultsFile}.new`, resultsFile);
}

/**
 * Loads and runs the files, in order, in this process. The results are written to `resultsFile` when the last test
 * has ended and not before, so that a run that dies half way leaves none; a file that cannot be loaded is the one
 * result, and nothing is run. Returns the number of failures.
 */
export async function run(files: TestFile[], resultsFile: string, timeoutMs: number): Promise<number> {
  // Property tests draw the same cases every time, so that a run says something of the change that it is run for;
  // KERNEL_MAIL_SEED draws others.
  fc.configureGlobal({ seed: Number(process.env["KERNEL_MAIL_SEED"] ?? 1) });
  const mocha = new MochaClass({ ui: "bdd", timeout: timeoutMs, reporter: Silent });
  mocha.cleanReferencesAfterRun(false);
  for (const { path, load } of files) {
    mocha.suite.emit("pre-require", globalThis, path, mocha);
    try {
      mocha.suite.emit("require", await load(), path, mocha);
    } catch (error) {
      const said = inSources(describeError(error));
      write(resultsFile, [{ title: "is loaded", file: path, state: "failed", ms: 0, error: said }]);
      return 1;
    }
    mocha.suite.emit("post-require", globalThis, path, mocha);
  }
  const results: TestResult[] = [];
  const note = (state: TestResult["state"]) => (test: Mocha.Runnable, error?: unknown) => {
    results.push({
      title: test.fullTitle(),
      file: test.file ?? "",
      state,
      ms: test.duration ?? 0,
      ...(error === undefined ? {} : { error: inSources(describeError(error)) }),
    });
  };
  return await new Promise((resolve) => {
    const runner = mocha.run((failures) => {
      write(resultsFile, results);
      resolve(failures);
    });
    runner.on("pass", note("passed"));
    runner.on("fail", note("failed"));
    runner.on("pending", note("skipped"));
  });
}
