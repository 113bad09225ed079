/** The bundled sample archive is what the README and the other tests say it is. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixturePath, root } from "../fixtures.ts";
import { splitMbox, writeMirror } from "../mirror.ts";

const sample = (): Buffer => readFileSync(join(root(), "media", "sample", "sample.mbox"));
const field = (message: Buffer, name: string): string =>
  new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)`, "im").exec(message.toString("latin1"))?.[1] ?? "";
const messageId = (message: Buffer): string => field(message, "Message-ID").slice(1, -1);
const git = (folder: string, ...args: string[]) =>
  spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });

describe("the sample archive", function () {
  this.timeout(60_000);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-sample-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("holds 43 messages, each id once, on two lists", () => {
    const messages = splitMbox(sample());
    assert.equal(messages.length, 43);
    assert.equal(new Set(messages.map(messageId)).size, 43);
    const lists = messages.map((message) => field(message, "List-Id").split(" ")[0]);
    assert.deepEqual([...new Set(lists)].sort(), ["linux-pond", "linux-tide"]);
  });

  it("writes to nobody: every address is in a reserved domain", () => {
    const unbroken = sample().toString("latin1").replaceAll("=\n", "");
    const domains = [...unbroken.matchAll(/[\w.+-]+@([\w-]+(?:\.[\w-]+)+)/g)].map((m) => m[1] ?? "");
    const foreign = domains.filter(
      (domain) => !/(?:^|\.)(?:example|example\.(?:org|net|com))\.?$/.test(domain),
    );
    assert.ok(domains.length > 100);
    assert.deepEqual(foreign, []);
  });

  it("answers exactly one message that it does not hold", () => {
    const messages = splitMbox(sample());
    const held = new Set(messages.map(messageId));
    const answered = messages
      .map((message) => field(message, "In-Reply-To").slice(1, -1))
      .filter((id) => id !== "");
    assert.deepEqual(
      [...new Set(answered.filter((id) => !held.has(id)))],
      ["20261006151200.p6@brandt.example"],
    );
  });

  for (const version of ["[PATCH", "[PATCH v2"]) {
    it(`has a series ${version} 1/3] to 3/3] that git applies to the tree`, () => {
      cpSync(fixturePath("pond"), folder, { recursive: true });
      git(folder, "init", "--quiet");
      git(folder, "add", "--all");
      const messages = splitMbox(sample());
      for (const n of [1, 2, 3]) {
        const patch = messages.find((message) => field(message, "Subject").startsWith(`${version} ${n}/3]`));
        assert.ok(patch !== undefined);
        const applied = spawnSync("git", ["-C", folder, "apply", "--index"], {
          input: patch,
          encoding: "utf8",
        });
        assert.equal(applied.stderr, "");
        assert.equal(applied.status, 0);
      }
    });
  }

  it("becomes a v2 mirror of 43 commits whose blobs are the messages", () => {
    const messages = splitMbox(sample());
    writeMirror(messages, folder);
    const epoch = join(folder, "git", "0.git");
    assert.equal(git(epoch, "rev-list", "--count", "master").stdout.trim(), "43");
    const newest = spawnSync("git", ["-C", epoch, "cat-file", "blob", "master:m"]).stdout;
    assert.deepEqual(newest, messages.at(-1));
    assert.equal(git(epoch, "fsck", "--strict").status, 0);
  });
});
