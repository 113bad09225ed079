/** Indexes one archive into a fresh index and prints the summary as JSON: `node indexOnce.ts DB BODIES SOURCE`. */
import { openArchive } from "../../src/archive/archive.ts";

const [, , db = "", bodies, path = ""] = process.argv;
const archive = openArchive({
  db,
  git: "git",
  bodies: bodies === "prose" || bodies === "all" ? bodies : "none",
});
const summary = await archive.index({ archive: { path } });
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ ...summary, cpuSeconds: (user + system) / 1e6 })}\n`);
archive.close();
