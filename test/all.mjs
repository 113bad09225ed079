/** What `npm test` and its siblings start: makes sure of packages and Node 24, then goes on in all.ts. Runs on Node 20. */
import { join } from "node:path";
import { ensureDependencies, ensureNode, goOn, root } from "./host/install.mjs";

try {
  await ensureDependencies();
  goOn(await ensureNode(), join(root, "test", "all.ts"), process.argv.slice(2));
} catch (error) {
  console.error(`Cannot prepare the tests: ${error.message}`);
  console.log("0 passed, 1 failed, 0 skipped");
  process.exitCode = 1;
}
