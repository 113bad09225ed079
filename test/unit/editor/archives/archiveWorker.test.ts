import assert from "node:assert/strict";
import type { ArchiveClient } from "../../../../src/archive/worker.ts";
import { isAbort } from "../../../../src/base/channel.ts";
import { isUserError } from "../../../../src/base/report.ts";
import { openArchiveWorker } from "../../../../src/editor/archives/archiveWorker.ts";

const closed = (): Error => Object.assign(new Error("gone"), { name: "ClosedError" });

/** A client whose answers are made by `answer`, one after the other. */
function client(
  answer: () => unknown,
): ArchiveClient & { isClosed: boolean; tell: (source: string) => void } {
  const listeners = new Set<(body: never) => void>();
  return {
    isClosed: false,
    tell: (source) => {
      for (const listener of listeners) listener({ source } as never);
    },
    request: async () => (await answer()) as never,
    on: (name, listener) => {
      if (name === "changed") listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notices: async () => [],
    close() {
      this.isClosed = true;
    },
  };
}

function open(...clients: ReturnType<typeof client>[]) {
  const silent = () => undefined;
  const log = { info: silent, warn: silent, bug: silent, show: silent, dispose: silent };
  const started: ReturnType<typeof client>[] = [];
  const worker = openArchiveWorker({
    start: () => {
      const next = clients.shift() ?? assert.fail("no more clients");
      started.push(next);
      return next;
    },
    log,
  });
  return { worker, started };
}

describe("openArchiveWorker", () => {
  it("starts nothing before the first question, and one worker for all", async () => {
    const { worker, started } = open(client(() => [true]));
    assert.equal(started.length, 0);
    await worker.request("has", { messageIds: ["a"] });
    assert.deepEqual(await worker.request("has", { messageIds: ["a"] }), [true]);
    assert.equal(started.length, 1);
  });

  it("asks again when the worker went away under the question", async () => {
    const answers = [closed(), [true]];
    const { worker } = open(
      client(() => {
        const next = answers.shift();
        if (next instanceof Error) throw next;
        return next;
      }),
    );
    assert.deepEqual(await worker.request("has", { messageIds: ["a"] }), [true]);
  });

  it("says what to do when it stays away", async () => {
    const { worker } = open(
      client(() => {
        throw closed();
      }),
    );
    await assert.rejects(
      worker.request("archives", null),
      (error) => isUserError(error) && /Reload/.test(error.nextStep),
    );
  });

  it("passes on any other failure, asked once", async () => {
    let asked = 0;
    const { worker } = open(
      client(() => {
        asked += 1;
        throw new Error("a bug");
      }),
    );
    await assert.rejects(worker.request("archives", null), /a bug/);
    assert.equal(asked, 1);
  });

  it("ends the worker for a restart, and hears the next one too", async () => {
    const { worker, started } = open(
      client(() => []),
      client(() => []),
    );
    const heard: string[] = [];
    const stop = worker.on("changed", ({ source }) => heard.push(source));
    await worker.request("archives", null);
    started[0]?.tell("one");
    worker.restart();
    assert.equal(started[0]?.isClosed, true);
    await worker.request("archives", null);
    started[1]?.tell("two");
    stop();
    started[1]?.tell("three");
    assert.deepEqual(heard, ["one", "two"]);
  });

  it("is silent once it is ended", async () => {
    const { worker, started } = open(client(() => []));
    await worker.request("archives", null);
    worker.dispose();
    assert.equal(started[0]?.isClosed, true);
    await assert.rejects(worker.request("archives", null), isAbort);
  });
});
