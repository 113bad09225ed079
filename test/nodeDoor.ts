/** The runner's door for plain Node: `node test/nodeDoor.ts SUITE RESULTS-FILE [WORD…]`. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./fixtures.ts";
import { run } from "./run.ts";
import { type SuiteName, suiteFiles, suiteTimeoutMs } from "./suites.ts";

const [suite, resultsFile, ...words] = process.argv.slice(2) as [SuiteName, string, ...string[]];
const files = suiteFiles(suite, words).map((path) => ({
  path,
  load: () => import(pathToFileURL(join(root(), path)).href),
}));
const failures = await run(files, resultsFile, suiteTimeoutMs(suite));
// A test that leaves a timer or a socket behind must not keep the whole run waiting.
process.exit(failures === 0 ? 0 : 1);
