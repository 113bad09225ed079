/** Writes mirrors for the tests: a public-inbox v2 epoch made from the messages of an mbox, by git itself. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** The messages of an mboxrd, escapes undone. Made for well-formed fixtures; it knows nothing of damage. */
export function splitMbox(mbox: Buffer): Buffer[] {
  return mbox
    .toString("latin1")
    .split(/^From mboxrd@z [^\n]*\n/m)
    .slice(1)
    .map((text) => Buffer.from(text.replace(/\n$/, "").replace(/^>(>*From )/gm, "$1"), "latin1"));
}

function git(args: readonly string[], input?: Buffer): void {
  const outcome = spawnSync("git", args, { input });
  if (outcome.status !== 0) throw new Error(`git ${args.join(" ")}: ${outcome.stderr}`);
}

/**
 * Writes one epoch of a v2 inbox, `git/0.git` below `folder` unless told otherwise: one commit a message in the order given, whose tree holds
 * the message as blob `m`. Commit dates are a minute apart from `firstMs` on.
 */
export function writeMirror(
  messages: readonly Buffer[],
  folder: string,
  { firstMs = Date.UTC(2026, 8, 14), number = 0 } = {},
): void {
  const epoch = join(folder, "git", `${number}.git`);
  mkdirSync(epoch, { recursive: true });
  git(["init", "--quiet", "--bare", "--initial-branch=master", epoch]);
  const stream = messages.flatMap((message, index) => {
    const who = `Test Runner <runner@kernel.example> ${firstMs / 1000 + index * 60} +0000`;
    const note = `message ${index + 1}\n`;
    return [
      Buffer.from(
        `commit refs/heads/master\nauthor ${who}\ncommitter ${who}\ndata ${note.length}\n${note}` +
          `M 100644 inline m\ndata ${message.length}\n`,
      ),
      message,
      Buffer.from("\n"),
    ];
  });
  git(["-C", epoch, "fast-import", "--quiet"], Buffer.concat(stream));
}

/** Commits further messages on top of the newest ones of an epoch, as a fetch does. */
export function addToMirror(messages: readonly Buffer[], folder: string, epoch = 0): void {
  const stream = messages.flatMap((message) => [
    Buffer.from(
      "commit refs/heads/master\ncommitter Test Runner <runner@kernel.example> now\ndata 2\nx\n" +
        `from refs/heads/master^0\nM 100644 inline m\ndata ${message.length}\n`,
    ),
    message,
    Buffer.from("\n"),
  ]);
  const repository = join(folder, "git", `${epoch}.git`);
  git(["-C", repository, "fast-import", "--quiet", "--date-format=now"], Buffer.concat(stream));
}
