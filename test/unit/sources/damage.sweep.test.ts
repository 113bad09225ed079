import assert from "node:assert/strict";
import { archives, chance, damaged, round } from "./mutations.ts";
import { file, folder, mail, mboxOf, removeFolders, Shelf } from "./shelf.ts";

describe("damaged archives", () => {
  afterEach(removeFolders);

  it("neither throw nor hang, and settle", async function () {
    // Hundreds of git processes, on a machine that may have other things to do.
    this.timeout(240_000);
    const root = folder();
    const files = await archives(root);
    const next = chance(20261116);
    for (let n = 0; n < 15; n++) assert.notEqual(await round(root, files, next), "unsettled", `round ${n}`);
  });
  it("a damaged mail of an mbox does not take its neighbours with it", async () => {
    const next = chance(7);
    const path = folder();
    for (let n = 0; n < 200; n++) {
      const victim = damaged(Buffer.from(mail("victim", "one\n\ntwo\n")), next)
        .toString("latin1")
        .replace(/^content-length/gim, "X");
      const name = file(
        `${path}/${n}.mbox`,
        `${mboxOf(mail("before"), mail("ahead"))}${mboxOf(victim)}${mboxOf(mail("behind"))}`,
      );
      const { ids } = await new Shelf().index(name);
      for (const id of ["before", "ahead", "behind"])
        assert.ok(ids.includes(`${id}@kernel.example`), `${n} lost ${id}: ${victim}`);
    }
  });
});
