// Builds what ships: three bundles for the editor (host, worker, pane) and the command line. Only the host
// bundle knows `vscode`; a leak of it, or of Node into the pane, is a build error.
import { rmSync } from "node:fs";
import { build } from "esbuild";

const release = !process.argv.includes("--development");

const shared = {
  bundle: true,
  minify: release,
  sourcemap: release ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.KERNEL_MAIL_DEVELOPMENT": release ? "undefined" : '"1"' },
};
const node = { ...shared, platform: "node", target: "node22" };

rmSync("dist", { recursive: true, force: true });
await Promise.all([
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
      { in: "src/reader/client/reader.css", out: "reader" },
    ],
    outdir: "dist",
  }),
]);
