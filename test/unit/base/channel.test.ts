import assert from "node:assert/strict";
import { Channel, type Contract, isAbort, type Port } from "../../../src/base/channel.ts";
import { isUserError, UserError } from "../../../src/base/report.ts";

interface Clock extends Contract {
  requests: {
    add: { params: { a: number; b: number }; result: number };
    fail: { params: null; result: null };
    wait: { params: null; result: null };
  };
  events: { tick: { n: number } };
}

/** Two ends of one wall; messages are cloned, as they are between threads and pages. */
function wall(): { near: Port; far: Port } {
  const receivers = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()];
  const end = (mine: number, other: number): Port => ({
    post: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const receive of receivers[other] ?? []) receive(copy);
      });
    },
    listen: (receive) => {
      receivers[mine]?.add(receive);
      return () => receivers[mine]?.delete(receive);
    },
  });
  return { near: end(0, 1), far: end(1, 0) };
}

function clock() {
  const { near, far } = wall();
  const client = new Channel<Clock>(near);
  const server = new Channel<Contract, Clock>(far);
  const seen = { aborted: false };
  server.serve({
    add: ({ a, b }) => a + b,
    fail: () => {
      throw new UserError("No clock here.", "Wind it up.");
    },
    wait: (_params, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          seen.aborted = true;
          reject(new Error("stopped"));
        });
      }),
  });
  return { client, server, near, seen };
}

describe("channel", () => {
  it("answers a request by its name", async () => {
    assert.equal(await clock().client.request("add", { a: 2, b: 3 }), 5);
  });

  it("carries a UserError across with its next step", async () => {
    await assert.rejects(
      clock().client.request("fail", null),
      (error) => isUserError(error) && error.message === "No clock here." && error.nextStep === "Wind it up.",
    );
  });

  it("answers an unknown request with an error instead of leaving the caller waiting", async () => {
    const { client } = clock();
    await assert.rejects(client.request("nothing" as "add", { a: 1, b: 1 }), /No such request: nothing/);
    await assert.rejects(client.request("constructor" as "add", { a: 1, b: 1 }), /No such request/);
  });

  it("cancels on both sides", async () => {
    const { client, seen } = clock();
    const controller = new AbortController();
    const answer = client.request("wait", null, controller.signal);
    queueMicrotask(() => queueMicrotask(() => controller.abort()));
    await assert.rejects(answer, (error) => isAbort(error));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(seen.aborted, true);
  });

  it("tells events until stopped", async () => {
    const { client, server } = clock();
    const heard: number[] = [];
    const stop = client.on("tick", ({ n }) => heard.push(n));
    server.emit("tick", { n: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    stop();
    server.emit("tick", { n: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, [1]);
  });

  it("rejects what waits when the wall closes", async () => {
    const { client } = clock();
    const answer = client.request("wait", null);
    client.close();
    await assert.rejects(answer, /gone/);
    await assert.rejects(client.request("add", { a: 1, b: 1 }), /gone/);
  });

  it("refuses parameters that fail their check, and ignores what is no message of ours", async () => {
    const { near, far } = wall();
    const client = new Channel<Clock>(near);
    const server = new Channel<Contract, Clock>(far);
    server.serve(
      { add: ({ a, b }) => a + b, fail: () => null, wait: () => null },
      {
        add: (params) =>
          typeof params === "object" && params !== null && "a" in params && typeof params.a === "number",
        fail: (params) => params === null,
        wait: (params) => params === null,
      },
    );
    near.post("noise");
    near.post({ kind: "request", id: "x" });
    await assert.rejects(
      client.request("add", { a: "1", b: 2 } as unknown as { a: number; b: number }),
      /Refused parameters of add/,
    );
    assert.equal(await client.request("add", { a: 1, b: 2 }), 3);
  });
});
