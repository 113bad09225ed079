import assert from "node:assert/strict";
import { readStructure } from "../../../src/mail/body.ts";
import { readCites } from "../../../src/mail/cite.ts";
import { Wordings } from "../../../src/mail/wording.ts";
import { viewBlocks } from "../../../src/reader/blockViews.ts";
import type { ReadBlock } from "../../../src/threads/reading.ts";
import { messageOf } from "../../mails.ts";

/** Marks and lines of one block of a depth over a whole body. */
async function split(body: string, depth: number): Promise<[marks: string[], lines: string[]]> {
  const message = await messageOf({}, body);
  const lastLine = message.body.split("\n").length;
  const block: ReadBlock = {
    kind: depth > 0 ? "cited" : "text",
    depth,
    firstLine: 1,
    lastLine,
    folded: false,
  };
  const lines = readCites(new Wordings().read(message.body));
  const [view] = viewBlocks(message, { blocks: [block], lines }, new Map());
  return [view?.marks ?? [], view?.lines ?? []];
}

describe("reader/blockViews", () => {
  it("Q03 takes exactly the marks of the depth off", async () =>
    assert.deepEqual(await split("> >> x\n", 3), [["> >> "], ["x"]]));
  it("Q04 one blank belongs to the mark", async () =>
    assert.deepEqual(await split(">   x\n", 1), [["> "], ["  x"]]));
  it("leaves deeper marks to the text where the block is shallower", async () =>
    assert.deepEqual(await split("> > x\n", 1), [["> "], ["> x"]]));
  it("Q304 shows no marks of a line that says nothing", async () => {
    assert.deepEqual(await split("> > \n", 1), [["> > "], [""]]);
    assert.deepEqual(await split(">\n", 0), [[">"], [""]]);
  });
  it("leaves lines alone that bear no mark (A19)", async () =>
    assert.deepEqual(await split("> > a\nb\n", 2), [
      ["> > ", ""],
      ["a", "b"],
    ]));
  it("Q07 takes nothing off own text", async () =>
    assert.deepEqual(await split(">> new\n", 0), [[""], [">> new"]]));
  const orphans = async (body: string): Promise<string[]> => {
    const message = await messageOf({}, body);
    const { lines, blocks } = readStructure(message.body);
    const read = blocks.map((block) => ({ ...block, folded: false }));
    return viewBlocks(message, { lines, blocks: read }, new Map())
      .filter(({ orphan }) => orphan)
      .map(({ kind, firstLine }) => `${kind} ${firstLine}`);
  };
  it("A412 A18 an attribution without its text is an orphan", async () =>
    assert.deepEqual(await orphans("> > On 1 May 2024 10:00, Bo wrote:\n> next topic\n\nown\n"), [
      "attribution 1",
    ]));
  it("A410 one inside its own text is none", async () =>
    assert.deepEqual(await orphans("> On 1 May 2024 10:00, Bo wrote:\n> his text\n\nown\n"), []));
  it("one above its text is none", async () =>
    assert.deepEqual(await orphans("On 1 May 2024 10:00, Bo wrote:\n> his text\n\nown\n"), []));
});
