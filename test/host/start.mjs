/** What `npm start` starts: makes sure of packages and Node 24, then goes on in start.ts. Runs on Node 20. */
import { join } from "node:path";
import { ensureDependencies, ensureNode, goOn, root } from "./install.mjs";

try {
  await ensureDependencies();
  goOn(await ensureNode(), join(root, "test", "host", "start.ts"), process.argv.slice(2));
} catch (error) {
  console.error(`Cannot start: ${error.message}`);
  process.exitCode = 1;
}
