/** Hostile mail on its way from bytes to what is shown: nothing throws, nothing takes long, nothing is markup. */
import assert from "node:assert/strict";
import { hostileMails, readHostile } from "../hostileMails.ts";

/** Small enough for every run; their whole size is in the long tests. */
const MAILS = hostileMails(0.02);

describe("hostile mail", function () {
  this.timeout(60_000);
  for (const [name, bytes] of MAILS) {
    it(`D104 D105 ${name}`, async () => {
      const { seconds } = await readHostile(bytes());
      assert.ok(seconds < 10, `${seconds} s of the processor`);
    });
  }
  it("D207 D235 nothing that steers a terminal or a line of text comes through unseen", async () => {
    for (const [name, bytes] of MAILS.filter(([name]) => /NULs|escapes/.test(name))) {
      const { view } = await readHostile(bytes());
      const lines = view.blocks.flatMap((block) => block.lines).join("\n");
      assert.doesNotMatch(lines, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/, name);
    }
    const [, unseen] = MAILS.find(([name]) => name.startsWith("characters")) ?? [];
    const { view } = await readHostile(unseen?.() ?? Buffer.alloc(0));
    assert.match(view.defects.join(), /600 invisible characters .* other than it is/);
  });
});
