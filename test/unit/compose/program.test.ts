/** Mail by a sendmail-compatible program, and passwords from git's helpers and from a command. */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../../src/base/process.ts";
import { commandToken, gitCredential, openProgram } from "../../../src/compose/program.ts";
import type { Outgoing } from "../../../src/compose/send.ts";
import { SendFailure } from "../../../src/compose/sendFailure.ts";
import type { SmtpServer } from "../../../src/compose/transport.ts";

const MAIL: Outgoing = {
  bytes: Buffer.from("Subject: x\r\n\r\nGrüße\r\n.\r\nlone\rCR\r\n"),
  from: "ada@kernel.example",
  to: ["bo@kernel.example", "list@lists.kernel.example"],
  eightBit: true,
};

let folder = "";

/** A program of the test's own, in `sh`; $D is the folder. */
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nD='${folder}'\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const send = (path: string, ...args: string[]) =>
  openProgram({ kind: "program", command: [path, ...args] }, { onlyReserved: true, cwd: folder }).deliver(
    MAIL,
  );

const failure = async (work: Promise<unknown>): Promise<SendFailure> => {
  const error = await work.then(
    () => assert.fail("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SendFailure, String(error));
  return error;
};

describe("sending by a program", () => {
  before(function () {
    // The programs are written in sh.
    if (process.platform === "win32") this.skip();
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-program-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gives the mail with LF line ends, and each recipient as one argument", async () => {
    const path = program("ok", 'cat >"$D/mail"; printf "%s\\n" "$@" >"$D/args"');
    await send(path, "-i");
    assert.equal(readFileSync(join(folder, "mail"), "utf8"), "Subject: x\n\nGrüße\n.\nlone\rCR\n");
    assert.equal(
      readFileSync(join(folder, "args"), "utf8"),
      "-i\nbo@kernel.example\nlist@lists.kernel.example\n",
    );
  });

  it("names no recipients to a program that reads them from the header", async () => {
    const path = program("t", 'cat >/dev/null; printf "%s\\n" "$@" >"$D/args"');
    await send(path, "-t");
    assert.equal(readFileSync(join(folder, "args"), "utf8"), "-t\n");
  });

  for (const [code, kind] of [
    [75, "deferred"],
    [67, "refused"],
    [78, "setup"],
  ] as const) {
    it(`code ${code} is ${kind}, with the program's words`, async () => {
      const found = await failure(send(program("fail", `cat >/dev/null; echo "no way" >&2; exit ${code}`)));
      assert.equal(found.kind, kind);
      assert.match(found.message, /says “no way”/);
    });
  }

  it("killed: nobody knows", async () => {
    assert.equal((await failure(send(program("killed", "cat >/dev/null; kill -9 $$")))).kind, "unknown");
  });

  it("is not there", async () => {
    const found = await failure(send(join(folder, "nothing")));
    assert.equal(found.kind, "setup");
    assert.match(found.message, /cannot be started/);
  });

  it("is not given mail to real addresses", async () => {
    const connection = openProgram(
      { kind: "program", command: [program("real", "touch $D/ran")] },
      { onlyReserved: true, cwd: folder },
    );
    const found = await failure(connection.deliver({ ...MAIL, to: ["list@vger.kernel.org"] }));
    assert.match(found.message, /guard/);
    assert.throws(() => readFileSync(join(folder, "ran")));
  });

  it("a token command prints the token", async () => {
    assert.equal(await commandToken([program("token", "echo ya29.x; echo more")], folder), "ya29.x");
    assert.match(
      (await failure(commandToken([program("none", "true")], folder))).message,
      /printed no token/,
    );
    assert.match(
      (await failure(commandToken([program("bad", "echo gone >&2; exit 1")], folder))).message,
      /failed: “gone”/,
    );
  });

  it("git's credential helper gives the password for the server, port and user, and nobody is asked", async function () {
    if ((await runProgram("git", ["--version"]).catch(() => undefined)) === undefined) this.skip();
    const helper = program(
      "helper",
      'test "$1" = get || exit 0; cat >"$D/asked"; grep -q username=ada "$D/asked" && echo password=s3same',
    );
    await runProgram("git", ["init", "-q", folder]);
    await runProgram("git", ["-C", folder, "config", "credential.helper", helper]);
    const server: SmtpServer = {
      kind: "smtp",
      host: "mx.example",
      port: 587,
      encryption: "starttls",
      user: "ada",
    };
    assert.equal(await gitCredential("git", server, folder), "s3same");
    assert.match(readFileSync(join(folder, "asked"), "utf8"), /^protocol=smtp\nhost=mx\.example:587\n/m);
    assert.equal(await gitCredential("git", { ...server, user: "bo" }, folder), undefined);
  });
});
