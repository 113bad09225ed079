/** A server asked politely: a scripted one on loopback, with a clock that runs as fast as it is asked. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { sentence } from "../../../src/base/report.ts";
import { Server, type ServerParts, serverAddress } from "../../../src/sources/server.ts";
import { type FaultServer, faultServer } from "../../faultServer.ts";

describe("sources/server", () => {
  let remote: FaultServer;
  let waits: number[];
  let server: Server;
  const never = new AbortController().signal;
  const open = async (scripts: Parameters<typeof faultServer>[0], more: ServerParts = {}): Promise<void> => {
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
      ...more,
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
  /** A server whose answers are these pieces, without an end unless there is one. */
  const stalling = (pieces: string[] | undefined, ends: boolean, silenceMs: number): Server =>
    new Server("https://lore.example/", {
      silenceMs,
      fetch: (_, init) =>
        new Promise((resolve, reject) => {
          if (pieces === undefined)
            init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
          const start = (body: ReadableStreamDefaultController) => {
            for (const piece of pieces ?? []) body.enqueue(Buffer.from(piece));
            if (ends) body.close();
            else init?.signal?.addEventListener("abort", () => body.error(new Error("aborted")));
          };
          if (pieces !== undefined) resolve(new Response(new ReadableStream({ start })));
        }),
    });
  it("one that falls silent is given up, before its answer and in the middle of it", async () => {
    await open({});
    server = stalling(undefined, false, 20);
    assert.match(await failure(textOf("a")), /cannot be reached \(nothing came for a minute\)/);
    server = stalling(["x"], false, 20);
    for (const path of ["a", "b", "c"]) {
      assert.match(await failure(textOf(path)), /broke off \(hardly anything came for a minute\)\./);
    }
  });
  it("one that sends drop by drop is given up, and can be cancelled before", async () => {
    await open({ "/a": { body: "x", againEveryMs: 1 } }, { silenceMs: 100 });
    assert.match(await failure(textOf("a")), /broke off \(hardly anything came for a minute\)\. Try again\./);
    const cancel = new AbortController();
    const answer = await server.ask({ path: "a", signal: cancel.signal });
    const read = async () => {
      for await (const _ of answer?.body ?? []) cancel.abort();
    };
    await assert.rejects(read(), { name: "AbortError" });
  });
  it("a reader who takes long is not taken for a silent server", async () => {
    await open({});
    server = stalling(["a", "b"], true, 20);
    const answer = await server.ask({ path: "a", signal: never });
    let text = "";
    for await (const piece of answer?.body ?? []) {
      text += Buffer.from(piece).toString();
      await delay(40);
    }
    assert.equal(text, "ab");
  });
  it("an answer that is to be kept and breaks off is told of, and not kept", async () => {
    const cut = { body: "x", headers: { ETag: '"1"', "Content-Length": "9" }, breakOff: true };
    await open({ "/a": [cut, { body: "whole" }] });
    assert.match(await failure(textOf("a", never, true)), /broke off .*Try again\./);
    assert.equal(await textOf("a", never, true), "whole");
    assert.equal(remote.headers[1]?.["if-none-match"], undefined);
  });
  it("one that leads in a circle, one that says “not modified” unasked", async () => {
    await open({ "/a": { status: 302, headers: { Location: "/a" } }, "/b": { status: 304 } });
    assert.match(await failure(textOf("a")), /cannot be reached \(redirect count exceeded\)/);
    assert.match(await failure(textOf("b")), /failed with status 304\. Try again later\./);
  });
  it("one that leads from encryption to an address without it is not followed", async () => {
    const plain = {
      ok: true,
      status: 200,
      url: "http://other.example/a",
      headers: new Headers(),
      body: null,
    };
    await open({});
    server = new Server("https://lore.example/", { fetch: async () => plain as Response });
    assert.match(
      await failure(textOf("a")),
      /^lore\.example leads on to an address without encryption \(other\.example\)\./,
    );
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
