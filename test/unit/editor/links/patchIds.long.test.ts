/** Patch-ids of real patches: each is applied to a tree made of what it expects, and the commit must be known as its mail. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Finished, runProgram } from "../../../../src/base/process.ts";
import { changeOf, diffIn, patchIds, type TreeGit } from "../../../../src/editor/links/patchIds.ts";
import { parseMessage } from "../../../../src/mail/message.ts";
import { readPatchPrefix } from "../../../../src/mail/subject.ts";
import { corpus } from "../../../corpora.ts";
import { splitMbox } from "../../../mirror.ts";

/** The files that a diff expects: the lines of its hunks where they say they stand, and filler round them. */
function expected(diff: string): Map<string, string[]> {
  const files = new Map<string, string[]>();
  let lines: string[] | undefined;
  let left = 0;
  /** Lines of context at the end of a hunk: fewer than three stand at the end of their file. */
  let context = 0;
  const end = () => {
    if (context >= 3) for (let at = 0; at < 9; at++) lines?.push(`filler behind ${at}`);
  };
  for (const line of diff.split("\n")) {
    if (left > 0 && /^(?:[ -]|$)/.test(line)) {
      lines?.push(line.slice(1));
      left -= 1;
      context = line.startsWith("-") ? 0 : context + 1;
      continue;
    }
    if (left > 0) context = 0;
    const old = /^--- (?:a\/(\S+)|\/dev\/null)/.exec(line);
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (old !== null && left === 0) {
      end();
      lines = old[1] === undefined ? undefined : [];
      if (lines !== undefined) files.set(old[1] ?? "", lines);
    } else if (hunk !== null && lines !== undefined) {
      while (lines.length < Number(hunk[1]) - 1) lines.push(`filler ${lines.length}`);
      left = Number(hunk[2] ?? 1);
    }
  }
  end();
  return files;
}

describe("editor/patchIds on real series", function () {
  this.timeout(10 * 60_000);
  let folder: string;
  const git: TreeGit = (args, input): Promise<Finished> =>
    runProgram(
      "git",
      [
        "-C",
        folder,
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@kernel.example",
        "-c",
        "gc.auto=0",
        ...args,
      ],
      input === undefined ? {} : { input },
    );
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-patches-"));
    await git(["init", "--quiet"]);
    // What a person may have set for reading diffs.
    await git(["config", "diff.noprefix", "true"]);
    await git(["config", "diff.algorithm", "patience"]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The commit that applying a diff makes; undefined where git does not apply it to what it expects. */
  async function applied(diff: string): Promise<string | undefined> {
    await git(["rm", "-rfq", "--ignore-unmatch", "."]);
    for (const [path, lines] of expected(diff)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${lines.join("\n")}\n`);
    }
    await git(["add", "-A"]);
    await git(["commit", "--quiet", "--allow-empty", "-m", "before"]);
    const { code } = await git(["apply", "--index", "--whitespace=nowarn", "-"], diff);
    if (code !== 0) return undefined;
    await git(["commit", "--quiet", "-m", "after"]);
    return (await git(["rev-parse", "HEAD"])).stdout.toString().trim();
  }

  it("a commit has the patch-id of the mail that it was made of", async function () {
    const series = corpus(this, "series");
    const diffs: string[] = [];
    for (const name of readdirSync(series).filter((one) => one.endsWith(".gz"))) {
      for (const raw of splitMbox(gunzipSync(readFileSync(join(series, name))))) {
        const { subject, body } = await parseMessage(raw);
        const { isPatch, isReply } = readPatchPrefix(subject);
        const diff = isPatch && !isReply ? diffIn(body) : "";
        if (diff !== "") diffs.push(diff);
      }
    }
    const ids = await patchIds(git, diffs);
    let tried = 0;
    let commits = 0;
    let same = 0;
    for (const [at, diff] of diffs.entries()) {
      // A part of them, versions of the same patches, is enough for each run.
      if (at % 3 !== 0) continue;
      tried += 1;
      const commit = await applied(diff);
      if (commit === undefined) continue;
      commits += 1;
      const [own] = await patchIds(git, [await changeOf(git, commit)]);
      if (own !== undefined && own === ids[at]) same += 1;
    }
    console.log(`      ${same} of ${commits} commits are known as their mail; ${tried} patches`);
    assert.ok(commits > 60 && commits > 0.9 * tried);
    // git may slide a hunk over equal lines otherwise than the author's: those are known by subject and author.
    assert.ok(same >= 0.94 * commits);
  });
});
