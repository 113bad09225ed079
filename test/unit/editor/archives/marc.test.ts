/** Addresses of marc.info, and the messages that they may mean in an archive made by hand. */
import assert from "node:assert/strict";
import type { FoundRow } from "../../../../src/archive/remote.ts";
import type { Archive } from "../../../../src/editor/archives/archiveWorker.ts";
import { findMarc, marcAddress } from "../../../../src/editor/archives/marc.ts";

const MS = Date.UTC(2026, 10, 16, 9, 15, 42);
const address = (ms: number): string => `https://marc.info/?l=linux-pond&m=${ms / 1000}03372&w=2`;

/** Messages by id: when they were sent and when they arrived, in seconds after `MS`. */
async function found(mails: Record<string, [sent: number, arrived?: number]>): Promise<string> {
  const asked: string[] = [];
  const raw = (id: string) => {
    const [sent, arrived] = mails[id] ?? [0];
    const at = (seconds: number) => new Date(MS + seconds * 1000).toUTCString();
    const passed = (seconds: number) =>
      `Received: from a (b [192.0.2.1]; c)\n\tby d.example; ${at(seconds)}\n`;
    const received = arrived === undefined ? "" : passed(arrived) + passed(arrived - 1);
    return Buffer.from(`${received}Date: ${at(sent)}\n\nx\n`);
  };
  const rows = Object.entries(mails).map(
    ([messageId, [sent]]) => ({ messageId, dateMs: MS + sent * 1000 }) as FoundRow,
  );
  const archive = {
    request: async (name: string, params: { query: string; messageIds: string[] }) => {
      if (name === "search") asked.push(params.query);
      return name === "search"
        ? { found: rows }
        : params.messageIds.map((messageId) => ({ messageId, raw: raw(messageId) }));
    },
  };
  const named = marcAddress(address(MS));
  assert.deepEqual(named, { list: "linux-pond", ms: MS });
  const { rows: near, isSure } = await findMarc(archive as unknown as Archive, named);
  assert.deepEqual(asked, ["list:linux-pond since:2026-11-15 until:2026-11-16"]);
  return `${near.map(({ messageId }) => messageId).join(" ")}${isSure ? " sure" : ""}`;
}

describe("editor/marc", () => {
  it("the address names a list and the second of arrival", () => {
    assert.equal(marcAddress("https://marc.info/?l=linux-pond&r=1&w=2"), undefined);
    assert.equal(marcAddress("https://marc.info/?l=linux-pond&m=123"), undefined);
    assert.equal(marcAddress("https://example.org/?l=linux-pond&m=176328454203372"), undefined);
  });
  it("what arrived then is meant, whatever its Date says", async () =>
    assert.equal(await found({ a: [-340, 1], b: [-300, -280], c: [4000, 4001] }), "a sure"));
  it("a Date counts where no server has written when it passed", async () =>
    assert.equal(await found({ a: [-2], b: [300] }), "a sure"));
  it("of several that came together none is sure, the nearest first", async () =>
    assert.equal(await found({ a: [-31, -25], b: [-32, -26], c: [900, 901] }), "a b"));
  it("nothing came then", async () => assert.equal(await found({ a: [900, 901] }), ""));
});
