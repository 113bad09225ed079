// Builds what ships: the bundles of the editor (host, worker, pane, its colours of code) and the command line. Only the host
// bundle knows `vscode`; a leak of it, or of Node into the pane, is a build error.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const release = !process.argv.includes("--development");

const shared = {
  bundle: true,
  minify: release,
  sourcemap: release ? false : "linked",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  define: {
    "process.env.KERNEL_MAIL_DEVELOPMENT": release ? "undefined" : '"1"',
    // Only a release may write to real addresses.
    "process.env.KERNEL_MAIL_RELEASE": release ? '"1"' : "undefined",
  },
};
const node = { ...shared, platform: "node", target: "node22" };

rmSync("dist", { recursive: true, force: true });
const outcomes = await Promise.all([
  build({
    ...node,
    entryPoints: { extension: "src/extension.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    external: ["vscode"],
  }),
  build({
    ...node,
    entryPoints: { indexer: "src/indexer.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
  }),
  build({
    ...node,
    entryPoints: { cli: "src/cli.ts" },
    outdir: "dist",
    format: "esm",
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  }),
  build({
    ...shared,
    platform: "browser",
    target: "es2023",
    format: "iife",
    entryPoints: [
      { in: "src/reader/client/main.ts", out: "reader" },
      { in: "src/reader/client/highlight.ts", out: "highlight" },
      { in: "src/reader/client/reader.css", out: "reader" },
    ],
    outdir: "dist",
  }),
]);

/** The folder of the package that a bundled file is from, or undefined for a file of ours. */
const packageFolder = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];

// Whose code is inside has to be said with their licences, so the package carries them.
const folders = outcomes.flatMap(({ metafile }) => Object.keys(metafile.inputs).map(packageFolder));
const texts = [...new Set(folders.filter((folder) => folder !== undefined))].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry));
  const text =
    file === undefined ? "(the package holds no licence text)" : readFileSync(join(folder, file), "utf8");
  return `${name} ${version}, licence: ${license}\n\n${text.trim()}\n`;
});
const intro = "Kernel Mail contains code of the following packages.\n";
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", [intro, ...texts].join(`\n${"-".repeat(78)}\n\n`));
