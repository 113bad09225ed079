/** A server asked politely: a scripted one on loopback, with a clock that runs as fast as it is asked. */
import assert from "node:assert/strict";
import { sentence } from "../../../src/base/report.ts";
import { Server, serverAddress } from "../../../src/sources/server.ts";
import { type FaultServer, faultServer } from "../../faultServer.ts";

describe("sources/server", () => {
  let remote: FaultServer;
  let waits: number[];
  let server: Server;
  const never = new AbortController().signal;
  const open = async (scripts: Parameters<typeof faultServer>[0]): Promise<void> => {
    remote = await faultServer(scripts);
    waits = [];
    let now = 0;
    server = new Server(remote.base, {
      now: () => now,
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
  };
  afterEach(() => remote.close());

  const textOf = async (path: string, signal = never, kept = false): Promise<string | undefined> => {
    const answer = await server.ask({ path, signal, kept });
    if (answer === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.body) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const failure = async (asked: Promise<unknown>): Promise<string> =>
    await asked.then(
      (answer) => assert.fail(`answered ${answer}`),
      (error) => sentence(error),
    );

  it("says who asks", async () => {
    await open({ "/a": { body: "x" } });
    assert.equal(await textOf("a"), "x");
    assert.match(remote.headers[0]?.["user-agent"] ?? "", /^Kernel-Mail/);
  });
  it("404 is no failure", async () => {
    await open({});
    assert.equal(await textOf("a"), undefined);
    assert.deepEqual(remote.asked, ["GET /a"]);
  });
  it("a busy server is asked again after the time that it names, else after longer and longer waits", async () => {
    await open({ "/a": [{ status: 429, headers: { "Retry-After": "7" } }, { status: 503 }, { body: "x" }] });
    assert.equal(await textOf("a"), "x");
    assert.deepEqual(waits, [7000, 4000]);
  });
  it("a server that stays busy is told of", async () => {
    await open({ "/a": { status: 503 } });
    assert.match(
      await failure(textOf("a")),
      /is busy and wants not to be asked now\. Try again in 16 seconds\./,
    );
    assert.equal(remote.asked.length, 3);
  });
  it("a server that wants peace for long is not asked again before", async () => {
    await open({ "/a": { status: 429, headers: { "Retry-After": "600" } } });
    assert.match(await failure(textOf("a")), /Try again in 10 minutes\./);
    assert.match(await failure(textOf("a")), /Try again in 10 minutes\./);
    assert.equal(remote.asked.length, 1);
  });
  it("one that refuses with a page wants a browser", async () => {
    await open({ "/a": { status: 403, headers: { "Content-Type": "text/html" } } });
    assert.match(await failure(textOf("a")), /asks for a browser or a login \(403\)/);
  });
  it("other statuses are told with their number", async () => {
    await open({ "/a": { status: 500 } });
    assert.match(await failure(textOf("a")), /failed with status 500\. Try again later\./);
  });
  it("one that is not there cannot be reached", async () => {
    await open({});
    await remote.close();
    assert.match(await failure(textOf("a")), /cannot be reached \(ECONNREFUSED\)\. Check the network/);
  });
  it("an answer that breaks off is told of", async () => {
    await open({ "/a": { body: "x".repeat(1000), headers: { "Content-Length": "2000" }, breakOff: true } });
    assert.match(await failure(textOf("a")), /broke off .*Try again\./);
  });
  it("asks with what was kept, and takes it when it still holds", async () => {
    const fresh = { body: "old", headers: { ETag: '"1"', "Last-Modified": "Mon, 16 Nov 2026 09:15:42 GMT" } };
    await open({ "/a": [fresh, { status: 304 }, { body: "new" }] });
    assert.deepEqual(
      [await textOf("a", never, true), await textOf("a", never, true), await textOf("a", never, true)],
      ["old", "old", "new"],
    );
    assert.equal(remote.headers[1]?.["if-none-match"], '"1"');
    assert.equal(remote.headers[1]?.["if-modified-since"], "Mon, 16 Nov 2026 09:15:42 GMT");
  });
  it("never more than two connections, and a pause between beginnings", async () => {
    await open({ "/a": { body: "x" } });
    await Promise.all(Array.from({ length: 6 }, () => textOf("a")));
    assert.ok(remote.most <= 2, `${remote.most} at once`);
    assert.equal(remote.asked.length, 6);
    assert.ok(waits.length >= 4 && waits.every((ms) => ms <= 1500));
  });
  it("a cancelled request ends at once and gives its connection back", async () => {
    await open({ "/hang": { hang: true }, "/a": { body: "x" } });
    const controllers = [new AbortController(), new AbortController()];
    const hanging = controllers.map(({ signal }) => textOf("hang", signal));
    const waiting = textOf("a");
    for (const controller of controllers) controller.abort();
    for (const one of hanging) await assert.rejects(one, { name: "AbortError" });
    assert.equal(await waiting, "x");
  });

  it("addresses as people type them", () => {
    const check = (typed: string, expected: string | undefined) =>
      assert.equal(serverAddress(typed), expected);
    check(" https://lore.example ", "https://lore.example/");
    check("https://lore.example/list-a", "https://lore.example/list-a/");
    check("http://127.0.0.1:8080/", "http://127.0.0.1:8080/");
    for (const typed of ["lore.example", "ftp://lore.example", "https://", "https://a b", "https://a/?q=x"]) {
      check(typed, undefined);
    }
  });
});
