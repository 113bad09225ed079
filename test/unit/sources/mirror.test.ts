/** Mirrors cloned and fetched by git from a repository beside them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isUserError, sentence } from "../../../src/base/report.ts";
import { epochsIn } from "../../../src/sources/epochs.ts";
import { runGit } from "../../../src/sources/git.ts";
import {
  adoptEpoch,
  cloneEpoch,
  epochOrigins,
  fetchEpoch,
  fetchedMs,
  fetchRewritten,
  inboxAddress,
  isGrokmirrors,
  type MirrorOptions,
} from "../../../src/sources/mirror.ts";
import { connectProxy } from "../../connectProxy.ts";
import { faultServer } from "../../faultServer.ts";
import { addToMirror, writeMirror } from "../../mirror.ts";
import { mail } from "./shelf.ts";

describe("sources/mirror", function () {
  this.timeout(60_000);
  let folder: string;
  let origin: string;
  const options: MirrorOptions = { git: "git", signal: new AbortController().signal };
  const one = (name: string): Buffer => Buffer.from(mail(name), "latin1");
  const commits = async (directory: string): Promise<number> =>
    Number((await runGit("git", directory, ["rev-list", "--count", "HEAD"])).stdout);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-mirror-"));
    origin = join(folder, "origin");
    writeMirror([one("a"), one("b")], origin);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const epoch = (): string => join(folder, "list", "git", "0.git");
  const clone = (with_: Partial<MirrorOptions> = {}, number = 0): Promise<void> =>
    cloneEpoch(join(origin, "git", "0.git"), join(folder, "list"), number, { ...options, ...with_ });

  it("clones an epoch, and says that it is ours", async () => {
    await clone();
    assert.equal(await commits(epoch()), 2);
    assert.deepEqual(
      epochsIn(join(folder, "list")).map(({ number }) => number),
      [0],
    );
    await runGit("git", epoch(), ["config", "remote.origin.url", "https://lore.example/list/0"]);
    assert.deepEqual(await epochOrigins(join(folder, "list"), "git"), [
      { number: 0, directory: epoch(), url: "https://lore.example/list/0", isOurs: true },
    ]);
  });
  it("goes on with a mirror: epochs that are there are left alone", async () => {
    await clone();
    addToMirror([one("c")], origin);
    await clone();
    await clone({}, 1);
    assert.equal(await commits(epoch()), 2);
    assert.equal(await commits(join(folder, "list", "git", "1.git")), 3);
  });
  it("fetches what is new", async () => {
    await clone();
    addToMirror([one("c")], origin);
    await fetchEpoch(epoch(), options);
    assert.equal(await commits(epoch()), 3);
  });
  it("an epoch whose history the server has written anew is fetched, once for each time", async () => {
    await clone();
    await runGit("git", epoch(), ["config", "remote.origin.url", "https://lore.example/list/0"]);
    await runGit("git", epoch(), [
      "config",
      `url.${join(origin, "git", "0.git")}.insteadOf`,
      "https://lore.example/list/0",
    ]);
    const served = join(origin, "git", "0.git");
    const manifest = async () =>
      createHash("sha1")
        .update((await runGit("git", served, ["show-ref"])).stdout)
        .digest("hex");
    const look = async (said: string) => {
      const [held] = await epochOrigins(join(folder, "list"), "git");
      assert.ok(held);
      await fetchRewritten(held, said, options);
    };
    await look(await manifest());
    assert.equal(fetchedMs(epoch()), 0);
    await runGit("git", served, ["update-ref", "refs/heads/master", "refs/heads/master~1"]);
    await look(await manifest());
    assert.equal(await commits(epoch()), 1);
    // What never comes to agree is not asked for again and again.
    await look("0".repeat(40));
    addToMirror([one("c")], origin);
    await look("0".repeat(40));
    assert.equal(await commits(epoch()), 1);
  });
  it("a server that has fallen silent is given up with a sentence", async () => {
    const server = await faultServer({ "/list/0/info/refs": { hang: true } });
    await assert.rejects(
      cloneEpoch(`${server.base}list/0`, join(folder, "list"), 0, { ...options, silenceSeconds: 1 }),
      (error) =>
        isUserError(error) &&
        sentence(error) ===
          "The server of the mirror has said nothing for 1 seconds. Check the network, and try again.",
    );
    await server.close();
    assert.deepEqual(readdirSync(join(folder, "list", "git")), []);
  });
  it("a cancelled clone leaves nothing behind", async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(clone({ signal: controller.signal }), { name: "AbortError" });
    assert.deepEqual(readdirSync(join(folder, "list", "git")), []);
  });
  it("a clone that is cancelled under way leaves nothing behind, and the next one is whole", async () => {
    const server = await faultServer({ "/list/0/info/refs": { hang: true } });
    const controller = new AbortController();
    const list = join(folder, "list");
    const cloning = cloneEpoch(`${server.base}list/0`, list, 0, { ...options, signal: controller.signal });
    cloning.catch(() => undefined);
    while (server.asked.length === 0) await new Promise(setImmediate);
    assert.equal(readdirSync(join(list, "git")).length, 1);
    controller.abort();
    await assert.rejects(cloning, { name: "AbortError" });
    await server.close();
    assert.deepEqual(readdirSync(join(list, "git")), []);
    await clone();
    assert.equal(await commits(epoch()), 2);
  });
  it("goes through the editor's proxy, but for the hosts that are asked without it", async () => {
    const server = await faultServer({});
    const proxy = await connectProxy(server.port);
    const through = (...except: string[]) =>
      assert.rejects(
        cloneEpoch(`https://127.0.0.1:${server.port}/list/0`, join(folder, "list"), 0, {
          ...options,
          proxy: { url: proxy.url, except },
        }),
        (error) => isUserError(error),
      );
    await through();
    assert.deepEqual(proxy.asked, [`127.0.0.1:${server.port}`]);
    await through("other.example", "127.0.0.1");
    assert.equal(proxy.asked.length, 1);
    await proxy.close();
    await server.close();
  });
  it("half an epoch that a killed process left is taken away, that of another window is not", async () => {
    const git = join(folder, "list", "git");
    mkdirSync(join(git, "part-0-999999999"), { recursive: true });
    mkdirSync(join(git, "part-1-1"));
    await clone();
    assert.deepEqual(readdirSync(git).sort(), ["0.git", "part-1-1"]);
  });
  it("says when it was last looked for new mail", async () => {
    await clone();
    assert.equal(fetchedMs(epoch()), 0);
    await fetchEpoch(epoch(), options);
    assert.ok(Math.abs(Date.now() - fetchedMs(epoch())) < 60_000);
  });
  it("what git cannot fetch is told in its words, and leaves nothing behind", async () => {
    await assert.rejects(
      cloneEpoch(join(folder, "nowhere"), join(folder, "list"), 0, options),
      (error) =>
        isUserError(error) &&
        /git could not fetch the mirror: .*nowhere.*\. Check the network/.test(sentence(error)),
    );
    assert.equal(existsSync(epoch()), false);
  });
  it("a mirror of the person's own is theirs until it is adopted, one of grokmirror is only read", async () => {
    await clone();
    await runGit("git", epoch(), ["config", "--unset", "kernelmail.mirror"]);
    await runGit("git", epoch(), ["config", "remote.origin.url", "http://lore.example/list/git/0.git"]);
    const ours = async () => (await epochOrigins(join(folder, "list"), "git"))[0]?.isOurs;
    assert.equal(await ours(), false);
    await adoptEpoch(epoch(), "git");
    assert.equal(await ours(), true);
    assert.equal(isGrokmirrors(epoch()), false);
    writeFileSync(join(epoch(), "grokmirror.fingerprint"), "");
    assert.equal(isGrokmirrors(epoch()), true);
    rmSync(join(epoch(), "grokmirror.fingerprint"));
    mkdirSync(join(folder, "list"), { recursive: true });
    writeFileSync(join(folder, "list", "manifest.js.gz"), "");
    assert.equal(isGrokmirrors(epoch()), true);
  });
  it("the address of the inbox of an epoch", () => {
    for (const url of [
      "https://l.example/a/0",
      "https://l.example/a/git/12.git",
      "https://l.example/a/git/1.git/",
    ]) {
      assert.equal(inboxAddress(url), "https://l.example/a/");
    }
  });
});
