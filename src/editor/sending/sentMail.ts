/** Copies of what was sent: appended to an mbox, or put into a Maildir, and on the disk when the call returns. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withLineFeeds } from "../../compose/wire.ts";
import { writeMboxrd } from "../../sources/mboxrd.ts";

async function writeSynced(path: string, flags: "a" | "wx", bytes: Buffer): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Puts copies where the person keeps sent mail: a Maildir when `path` is a folder, else an mboxrd file. */
export async function keepSent(path: string, mails: readonly Buffer[]): Promise<void> {
  if (!(await isFolder(path))) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeSynced(path, "a", Buffer.concat(mails.map((bytes) => writeMboxrd(withLineFeeds(bytes)))));
    return;
  }
  for (const name of ["tmp", "new", "cur"]) await mkdir(join(path, name), { recursive: true, mode: 0o700 });
  for (const bytes of mails) {
    const name = `${Math.floor(Date.now() / 1000)}.${process.pid}_${randomBytes(6).toString("hex")}.kernel-mail`;
    await writeSynced(join(path, "tmp", name), "wx", withLineFeeds(bytes));
    // S: the person has seen what they wrote.
    await rename(join(path, "tmp", name), join(path, "cur", `${name}:2,S`));
  }
}
