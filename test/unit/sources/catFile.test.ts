import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { CatFile } from "../../../src/sources/catFile.ts";
import { commit } from "./repository.ts";
import { file, folder, mail, removeFolders } from "./shelf.ts";

/** A repository with so many mails, and the ids of their blobs. */
async function epoch(mails: readonly string[]): Promise<{ directory: string; oids: string[] }> {
  const directory = join(folder(), "0.git");
  await commit(
    directory,
    mails.map((m) => ({ m })),
  );
  const args = ["-C", directory, "log", "--reverse", "--format=", "--raw", "--no-abbrev"];
  const log = spawnSync("git", args, { encoding: "utf8" }).stdout;
  return { directory, oids: [...log.matchAll(/^:\S+ \S+ \S+ (\S+)/gm)].map(([, oid]) => oid ?? "") };
}

/** All answers to these questions, asked at once; `missing` for what git does not have. Pauses at every third. */
function answers(directory: string, oids: readonly string[], git = "git"): Promise<string[]> {
  const given: string[] = [];
  return new Promise((resolve, reject) => {
    const cat = new CatFile({
      git,
      directory,
      limit: 4000,
      take: ({ type, size, bytes }) => {
        given.push(type === "missing" ? type : `${bytes?.toString("latin1")}${size > 4000 ? "…" : ""}`);
        return given.length % 3 !== 0;
      },
      taken: () => {
        if (given.length === oids.length) {
          cat.stop();
          resolve(given);
        } else cat.resume();
      },
      failed: reject,
    });
    cat.ask(oids);
    cat.finish();
  });
}

/** A git whose `cat-file` does what the script says when it writes into a file; everything else is git's own. */
function gitWith(script: string): string {
  const text = `#!/bin/sh\nif [ -f /dev/stdout ]; then\n${script}\nfi\nexec git "$@"\n`;
  const path = file(join(folder(), "git"), text);
  chmodSync(path, 0o755);
  return path;
}

describe("CatFile", () => {
  afterEach(removeFolders);
  const mails = Array.from({ length: 40 }, (_, at) => mail(`m${at}`, `${"x".repeat(70)}\n`.repeat(at)));

  it("gives every blob in the order asked", async () => {
    const { directory, oids } = await epoch(mails);
    assert.deepEqual(await answers(directory, oids), mails);
    assert.deepEqual(await answers(directory, oids.toReversed()), mails.toReversed());
  });
  it("cuts what is larger than the limit, and gives what follows it", async () => {
    const large = mail("large", "y".repeat(2_000_000));
    const { directory, oids } = await epoch([large, ...mails]);
    assert.deepEqual(await answers(directory, oids), [`${large.slice(0, 4000)}…`, ...mails]);
  });
  it("says which blob is missing", async () => {
    const { directory, oids } = await epoch(mails);
    const asked = [...oids.slice(0, 2), "0123456789".repeat(4), ...oids.slice(2)];
    assert.deepEqual(await answers(directory, asked), [...mails.slice(0, 2), "missing", ...mails.slice(2)]);
  });
  it("goes on through a pipe when the disk is full", async () => {
    const { directory, oids } = await epoch(mails);
    const full = 'git "$@" | head -c 9000\necho "fatal: unable to stream a blob to stdout" >&2\nexit 128';
    assert.deepEqual(await answers(directory, oids, gitWith(full)), mails);
  });
  it("fails with a sentence when there is no git", async () => {
    const { directory, oids } = await epoch(mails.slice(0, 1));
    await assert.rejects(answers(directory, oids, "/no/such/git"), /was not found/);
  });
});
