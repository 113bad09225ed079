import assert from "node:assert/strict";
import { useArchives } from "./archives.ts";
import type { Mail } from "./memorySource.ts";

const YEAR = 365 * 86_400;
const now = Math.floor(Date.now() / 1000);
const mail = (id: string, from: string, ageYears: number, list = "maps.kernel.example"): Mail => ({
  id,
  from,
  date: Math.floor(now - ageYears * YEAR),
  list,
});
const mails: Mail[] = [
  ...[1, 2, 3, 4, 5, 6].map((number) => mail(`old${number}`, "Ada Moreno <ada@old.example>", 6)),
  mail("a1", "Ada Moreno <ada@moreno.example>", 0.2),
  mail("a2", "A. Moreno-Diaz <ada@moreno.example>", 0.1, "pond.kernel.example"),
  mail("b1", "Bo Lind <bo.lind@kernel.example>", 0.1),
];

describe("correspondents", () => {
  const { openHere, index } = useArchives();
  const opened = async () => {
    const archive = openHere();
    await index(archive, "/m", { mails });
    return archive;
  };
  const found = async (text: string) =>
    (await (await opened()).people({ text, limit: 10 })).map(
      ({ name, address, messages }) => `${name} <${address}> ${messages}`,
    );

  it("finds people by the beginning of a name's word, the recent before the many", async () => {
    assert.deepEqual(await found("moren"), [
      "A. Moreno-Diaz <ada@moreno.example> 2",
      "Ada Moreno <ada@old.example> 6",
    ]);
  });
  it("finds people by address, by domain, and by a name after a hyphen", async () => {
    assert.deepEqual(await found("bo.l"), ["Bo Lind <bo.lind@kernel.example> 1"]);
    assert.deepEqual(await found("kernel"), ["Bo Lind <bo.lind@kernel.example> 1"]);
    assert.deepEqual(await found("diaz"), ["A. Moreno-Diaz <ada@moreno.example> 1"]);
  });
  it("wants each word, and finds nothing in the middle of one", async () => {
    assert.deepEqual(await found("ada kernel"), []);
    assert.deepEqual(await found("oreno"), []);
    assert.deepEqual(await found("%"), []);
  });
  it("says what an address has written, and on which lists", async () => {
    const archive = await opened();
    const known = await archive.person({ address: "ada@moreno.example", limit: 1 });
    assert.deepEqual([known?.messages, known?.isMore], [2, false]);
    assert.deepEqual(
      known?.lists.map(({ list, messages }) => `${list} ${messages}`),
      ["maps.kernel.example 1", "pond.kernel.example 1"],
    );
    assert.deepEqual(known?.recent.length, 1);
    assert.equal(await archive.person({ address: "nobody@x.example", limit: 1 }), null);
  });
});
