#!/usr/bin/env node
/** The third door: the same core without an editor. It looks at the Node first, so that an old one gets a sentence. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 16)) {
  process.stderr.write(
    `kernel-mail: Node.js 22.16 or later is needed, and this is ${process.versions.node}. Install a newer Node.js and try again.\n`,
  );
  process.exitCode = 1;
} else {
  const warn = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  // stderr is for what a person can act on: that Node calls its SQLite experimental is known here. All else is told.
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === "ExperimentalWarning" && String(warning).startsWith("SQLite ")) return;
    warn(warning, ...rest);
  };
  // Only now: what follows needs node:sqlite, which an older Node does not have.
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
}
