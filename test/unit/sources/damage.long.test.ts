import assert from "node:assert/strict";
import { archives, chance, round } from "./mutations.ts";
import { folder, removeFolders } from "./shelf.ts";

/** How long, in seconds, and from which seed on: set both by hand to look longer or elsewhere. */
const seconds = Number(process.env["KERNEL_MAIL_MUTATION_SECONDS"] ?? 60);
const seed = Number(process.env["KERNEL_MAIL_MUTATION_SEED"] ?? 1);

describe("archives damaged for a minute", () => {
  after(removeFolders);

  it("neither throw nor hang, and settle", async () => {
    const root = folder();
    const files = await archives(root);
    const stop = performance.now() + seconds * 1000;
    let rounds = 0;
    for (; performance.now() < stop; rounds++) {
      const started = performance.now();
      const outcome = await round(root, files, chance(seed + rounds));
      assert.notEqual(outcome, "unsettled", `seed ${seed + rounds}`);
      assert.ok(performance.now() - started < 20_000, `seed ${seed + rounds} took too long`);
    }
    console.log(`      ${rounds} rounds`);
  }).timeout((seconds + 60) * 1000);
});
