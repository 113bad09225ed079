/** Threads that were opened by link: they stand in their own archive until they are followed, or another one has them. */
import assert from "node:assert/strict";
import type { Archive } from "../../../src/archive/archive.ts";
import { useArchives } from "./archives.ts";
import type { Mail } from "./memorySource.ts";

const NOW = 1_700_000_000;
const mail = (id: string, daysAgo: number, ...references: string[]): Mail => ({
  id,
  date: NOW - daysAgo * 86_400,
  from: "Bob <bob@kernel.example>",
  list: "maps.kernel.example",
  references,
});
const OPENED = { path: "/opened", passing: true } as const;

describe("archive/passing", () => {
  const archives = useArchives();
  const open = async (): Promise<Archive> => {
    const archive = archives.openHere(() => NOW * 1000);
    await archives.index(archive, OPENED, { mails: [mail("a", 3), mail("b", 2, "a"), mail("c", 1)] });
    return archive;
  };
  const shown = async (archive: Archive, how: { passed?: boolean; query?: string } = {}): Promise<string[]> =>
    (await archive.threads({ source: "/opened", limit: 9, ...how })).threads.map(({ thread }) => thread);
  /** Threads, messages, unread ones, and threads that have left. */
  const counted = async (archive: Archive) => {
    const row = (await archive.archives()).find(({ source }) => source === "/opened");
    return [row?.threads, row?.messages, row?.unread, row?.passed];
  };
  const follow = (archive: Archive, thread: string, value: string) =>
    archive.mark({ words: "follow", kind: "follow", value, threads: [thread] });

  it("what was opened stands there", async () => {
    const archive = await open();
    assert.deepEqual(await shown(archive), ["c", "a"]);
    assert.deepEqual(await counted(archive), [2, 3, 3, 0]);
  });
  it("a thread leaves when it is followed, and comes back when it is not any more", async () => {
    const archive = await open();
    await follow(archive, "a", "1");
    assert.deepEqual(await shown(archive), ["c"]);
    assert.deepEqual(await counted(archive), [1, 1, 1, 1]);
    assert.deepEqual(await shown(archive, { passed: true, query: "is:followed" }), ["a"]);
    await follow(archive, "a", "0");
    assert.deepEqual(await shown(archive), ["c", "a"]);
  });
  it("a thread leaves when another archive brings it or an answer in it, and comes back with the loss of that", async () => {
    const archive = await open();
    await archives.index(archive, "/mirror", { mails: [mail("c", 1), mail("d", 0, "a")] });
    assert.deepEqual(await shown(archive), []);
    assert.deepEqual(await counted(archive), [0, 0, 0, 2]);
    await archive.forget({ source: "/mirror" });
    assert.deepEqual(await shown(archive), ["c", "a"]);
  });
  it("an old thread that a link led to is no news; an answer that comes into it later is", async () => {
    const archive = await open();
    const old = [mail("a", 3), mail("b", 2, "a"), mail("c", 1), mail("x", 300), mail("y", 299, "x")];
    await archives.index(archive, OPENED, { mails: old });
    assert.deepEqual(await counted(archive), [3, 5, 3, 0]);
    await archives.index(archive, OPENED, { mails: [...old, mail("z", 298, "y")] });
    assert.deepEqual(await counted(archive), [3, 6, 4, 0]);
  });
  it("a search finds what has left", async () => {
    const archive = await open();
    await follow(archive, "a", "1");
    assert.equal((await archive.search({ query: "about", limit: 9 })).found.length, 3);
    assert.equal((await archive.threads({ query: "is:followed", limit: 9 })).threads.length, 1);
  });
  it("without a state only other archives count", async () => {
    const archive = archives.openHere();
    await archives.index(archive, OPENED, { mails: [mail("a", 3), mail("c", 1)] });
    await archives.index(archive, "/mirror", { mails: [mail("c", 1)] });
    assert.deepEqual(await shown(archive), ["a"]);
    assert.deepEqual(await counted(archive), [1, 1, undefined, 1]);
  });
});
