#!/usr/bin/env node
/** The third door: the same core without an editor. It looks at the Node first, so that an old one gets a sentence. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 16)) {
  process.stderr.write(
    `kernel-mail: Node.js 22.16 or later is needed, and this is ${process.versions.node}. Install a newer Node.js and try again.\n`,
  );
  process.exitCode = 1;
} else {
  // Only now: what follows needs node:sqlite, which an older Node does not have.
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
}
