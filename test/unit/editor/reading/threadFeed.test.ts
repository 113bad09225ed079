/** Threads as the reader gets them: what is decoded once stays, and what changed is read anew. */
import assert from "node:assert/strict";
import type { ThreadNode } from "../../../../src/archive/remote.ts";
import type { Archive } from "../../../../src/editor/archives/archiveWorker.ts";
import { openThreadFeed, type Thread } from "../../../../src/editor/reading/threadFeed.ts";
import type { MessageView } from "../../../../src/reader/protocol.ts";

/** An archive with one thread: a root and answers to it; counts the messages whose bytes were asked for. */
function archiveOf(ids: string[], missing = new Set<string>()): { archive: Archive; asked: () => number } {
  let asked = 0;
  const answers = {
    thread: ({ messageId }: { messageId: string }) =>
      ids.includes(messageId)
        ? {
            row: { thread: ids[0], subject: "slack", list: "list", participants: 1 },
            nodes: ids.map((id, at) => ({
              ...{
                messageId: id,
                missing: missing.has(id),
                subject: "slack",
                fromName: "Ada",
                fromAddress: "ada@x.example",
              },
              ...(at === 0 ? { depth: 0 } : { depth: 1, parent: ids[0] }),
            })) as ThreadNode[],
          }
        : null,
    raw: ({ messageIds }: { messageIds: string[] }) =>
      messageIds.map((messageId) => {
        asked++;
        return { messageId, raw: Buffer.from(`Message-ID: <${messageId}>\n\nsee lore\n`) };
      }),
    has: ({ messageIds }: { messageIds: string[] }) => messageIds.map(() => false),
  };
  const request = async (name: keyof typeof answers, params: never) => answers[name](params);
  return { archive: { request } as unknown as Archive, asked: () => asked };
}

async function viewAll(thread: Thread | undefined): Promise<MessageView[]> {
  assert.ok(thread);
  const views: MessageView[] = [];
  for await (const { messages } of thread.chunks(undefined, new AbortController().signal))
    views.push(...messages);
  return views;
}

const readAll = async (thread: Thread | undefined): Promise<string[]> =>
  (await viewAll(thread)).map(({ messageId }) => messageId);

describe("editor/threadFeed", () => {
  it("decodes a thread once, however often it is gone back to", async () => {
    const ids = ["a@x.example", "b@x.example"];
    const { archive, asked } = archiveOf(ids);
    const load = openThreadFeed(archive, () => ({}));
    assert.deepEqual(await readAll(await load("b@x.example")), ids);
    assert.deepEqual(await readAll(await load("a@x.example")), ids);
    assert.equal(asked(), 2);
  });
  it("reads only what has come when a thread has grown", async () => {
    const ids = ["a@x.example"];
    const { archive, asked } = archiveOf(ids);
    const load = openThreadFeed(archive, () => ({}));
    await readAll(await load("a@x.example"));
    ids.push("b@x.example");
    assert.deepEqual(await readAll(await load("a@x.example")), ids);
    assert.equal(asked(), 2);
  });
  it("views anew what answers a message that was missing", async () => {
    const ids = ["a@x.example", "b@x.example"];
    const missing = new Set(["a@x.example"]);
    const { archive } = archiveOf(ids, missing);
    const load = openThreadFeed(archive, () => ({}));
    const answers = async (): Promise<(string | undefined)[]> =>
      (await viewAll(await load("b@x.example"))).map(({ parentState }) => parentState);
    assert.deepEqual(await answers(), ["missing"]);
    missing.clear();
    assert.deepEqual((await answers()).sort(), ["seen", undefined]);
  });
  it("says when no archive knows the message", async () => {
    const { archive } = archiveOf([]);
    assert.equal(await openThreadFeed(archive, () => ({}))("gone@x.example"), undefined);
  });
});
